from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gptalt_catalog.render.preview import Preview, State, serve
from gptalt_catalog.render.project import Project
from tests.catalogs import CHECKOUT, copy_of_good


@pytest.fixture
def said() -> list[str]:
    """What the terminal shows."""
    return []


@pytest.fixture
def preview(tmp_path: Path, said: list[str]) -> Preview:
    project = replace(Project.of(CHECKOUT / "catalog"), catalog=copy_of_good(tmp_path))
    return Preview(project, said.append)


def change(preview: Preview, file: str, old: str, new: str) -> None:
    path = preview.project.catalog / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def body(preview: Preview, path: str) -> str:
    return preview.answer(path).body.decode()


def test_a_change_shows_in_the_pages_it_touches_and_no_change_does_nothing(preview: Preview) -> None:
    assert preview.refresh()
    assert not preview.refresh()
    assert "Free to use." in body(preview, "/models/small/")
    change(preview, "models/small.yaml", "Free to use.", "Free as air.")
    assert preview.refresh()
    assert preview.state.pages == 2
    for path in ("/models/small/", "/models/", "/assets/data/search.json", "/data/models/small.json"):
        assert "Free as air." in body(preview, path), path
        assert "Free to use." not in body(preview, path), path


def test_errors_keep_the_last_good_site_and_are_told(preview: Preview, said: list[str]) -> None:
    preview.refresh()
    change(preview, "models/small.yaml", "domain: language", "domain: languages")
    assert not preview.refresh()
    assert preview.state.pages == 1
    (error,) = preview.state.errors
    assert "models/small.yaml:15:9: bad-value" in error
    assert "fix: did you mean `language`?" in error
    assert said[-1] == "1 errors; the last good site stays"
    assert "Small" in body(preview, "/models/small/")
    change(preview, "models/small.yaml", "domain: languages", "domain: language")
    assert preview.refresh()
    assert preview.state.errors == ()


def test_templates_and_styles_are_watched_too(preview: Preview, tmp_path: Path) -> None:
    import shutil

    site = tmp_path / "site"
    shutil.copytree(CHECKOUT / "site", site)
    configs = {name: tmp_path / name for name in ("mkdocs.yml", "mkdocs.zh.yml")}
    for name, path in configs.items():
        path.write_text((CHECKOUT / name).read_text())
    project = replace(preview.project, site=site, config=configs["mkdocs.yml"], config_zh=configs["mkdocs.zh.yml"])
    own = Preview(project, lambda _: None)
    assert own.refresh()
    (site / "assets/css/site.css").write_text("b { color: red }")
    template = site / "templates/cite.md.j2"
    template.write_text(template.read_text() + "\n<p>More.</p>\n")
    assert own.refresh()
    assert own.answer("/zh/assets/css/site.css").body == b"b { color: red }"
    assert "<p>More.</p>" in body(own, "/cite/")
    template.write_text("{{ nothing }}")
    assert own.refresh()
    answer = own.answer("/cite/")
    assert (answer.status, answer.body) == (500, b"UndefinedError: 'nothing' is undefined")
    configs["mkdocs.yml"].write_text("site_name: x\ntheme: {name: nothing}\n")
    assert not own.refresh()
    assert "Unrecognised theme name: 'nothing'" in own.state.errors[0] or own.state.errors


@contextmanager
def served(preview: Preview) -> Iterator[str]:
    server = preview.server("127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_pages_carry_the_script_and_the_state_can_be_asked(preview: Preview) -> None:
    preview.refresh()
    with served(preview) as base:
        status, page = get(f"{base}/")
        assert status == 200
        assert '<script src="/__preview/preview.js"></script></body>' in page
        assert get(f"{base}/models")[1] == get(f"{base}/models/")[1]  # redirected to the slash
        assert get(f"{base}/zh")[1] == get(f"{base}/zh/")[1]
        assert get(f"{base}/assets/css/site.css")[0] == 200
        state = json.loads(get(f"{base}/__preview/status.json")[1])
        assert state == {"version": 1, "pages": 1, "errors": []}
        assert get(f"{base}/__preview/preview.js")[0] == 200


def test_a_question_for_news_waits_until_there_are_some() -> None:
    state = State()
    heard: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: heard.append(state.news(0)))
    thread.start()
    assert heard == []
    state.set(pages=True)
    thread.join(5)
    assert heard == [{"version": 1, "pages": 1, "errors": []}]
    assert state.news(0)["version"] == 1  # known is old already
    assert state.news(1, patience=0)["version"] == 1  # nothing came


def test_what_is_not_there_gets_the_404_page_and_nothing_outside_is_served(preview: Preview) -> None:
    preview.refresh()
    with served(preview) as base:
        status, page = get(f"{base}/nothing/")
        assert status == 404
        assert "There is no such page" in page
        for path in ("/../catalog/catalog.yaml", "/%2e%2e/catalog/catalog.yaml", "/..%2fcatalog/catalog.yaml"):
            assert get(base + path)[0] == 404


def test_without_a_site_the_page_waits_and_shows_the_errors(preview: Preview) -> None:
    change(preview, "models/small.yaml", "domain: language", "domain: languages")
    preview.refresh()
    with served(preview) as base:
        status, page = get(f"{base}/models/")
        assert status == 503
        assert "preview.js" in page
        assert len(json.loads(get(f"{base}/__preview/status.json")[1])["errors"]) == 1


def test_serving_reads_the_catalog_first_and_stops_when_told(preview: Preview, said: list[str]) -> None:
    stop = threading.Event()
    stop.set()
    serve(preview, "127.0.0.1", 0, stop)
    assert preview.state.pages == 1
    assert said[0].startswith("http://127.0.0.1:")
