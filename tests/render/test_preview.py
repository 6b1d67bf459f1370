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

from gptalt_catalog.render import preview as preview_module
from gptalt_catalog.render.build import Built, SiteBuildError
from gptalt_catalog.render.generate import Generated
from gptalt_catalog.render.preview import Preview, serve
from gptalt_catalog.render.project import Project
from tests.catalogs import CHECKOUT, copy_of_good


class FakeBuild:
    """Stands for MkDocs: writes one page that counts the builds."""

    def __init__(self) -> None:
        self.count = 0
        self.fails = False

    def __call__(self, _catalog: object, _project: Project, out: Path, _say: object) -> Built:
        if self.fails:
            raise SiteBuildError("MkDocs failed: no theme")
        self.count += 1
        site = out / "site"
        (site / "models").mkdir(parents=True, exist_ok=True)
        (site / "index.html").write_text(f"<html><body>build {self.count}</body></html>")
        (site / "models/index.html").write_text("<html><body>models</body></html>")
        (site / "404.html").write_text("<html><body>no such page</body></html>")
        (site / "plain.txt").write_text("text")
        return Built(site, Generated(1, (), ()), ("a warning",))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeBuild:
    builder = FakeBuild()
    monkeypatch.setattr(preview_module, "build", builder)
    return builder


@pytest.fixture
def preview(tmp_path: Path, fake: FakeBuild) -> Preview:
    assert fake.count == 0
    said: list[str] = []
    project = replace(Project.of(CHECKOUT / "catalog"), catalog=copy_of_good(tmp_path))
    made = Preview(project, tmp_path / "build", said.append)
    made.said = said  # type: ignore[attr-defined]  # what the terminal showed
    return made


def change(preview: Preview, file: str, old: str, new: str) -> None:
    path = preview.project.catalog / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_change_rebuilds_and_no_change_does_not(preview: Preview, fake: FakeBuild) -> None:
    assert preview.refresh()
    assert not preview.refresh()
    change(preview, "models/small.yaml", "Free to use.", "Free.")
    assert preview.refresh()
    assert fake.count == 2
    assert preview.state.version == 2
    assert "warning: a warning" in preview.said  # type: ignore[attr-defined]


def test_errors_keep_the_last_good_site_and_are_told(preview: Preview, fake: FakeBuild) -> None:
    preview.refresh()
    change(preview, "models/small.yaml", "domain: language", "domain: languages")
    assert not preview.refresh()
    assert fake.count == 1
    assert preview.state.version == 1
    (error,) = preview.state.errors
    assert "models/small.yaml:15:9: bad-value" in error
    assert "fix: did you mean `language`?" in error
    assert preview.said[-1] == "1 errors; the last good site stays"  # type: ignore[attr-defined]
    change(preview, "models/small.yaml", "domain: languages", "domain: language")
    assert preview.refresh()
    assert preview.state.errors == ()


def test_a_failing_build_is_told_too(preview: Preview, fake: FakeBuild) -> None:
    fake.fails = True
    assert not preview.refresh()
    assert preview.state.errors == ("MkDocs failed: no theme",)
    assert preview.said[-1] == "1 errors; no site yet"  # type: ignore[attr-defined]
    assert not preview.state.building


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
        assert get(f"{base}/models")[1].startswith("<html><body>models")  # redirected to the slash
        assert get(f"{base}/plain.txt") == (200, "text")
        assert json.loads(get(f"{base}/__preview/status.json")[1]) == {"version": 1, "building": False, "errors": []}
        assert get(f"{base}/__preview/preview.js")[0] == 200


def test_what_is_not_there_gets_the_404_page_and_nothing_outside_is_served(preview: Preview) -> None:
    preview.refresh()
    with served(preview) as base:
        assert get(f"{base}/nothing/") == (404, "<html><body>no such page</body></html>")
        for path in ("/../catalog/catalog.yaml", "/%2e%2e/catalog/catalog.yaml", "/..%2fcatalog/catalog.yaml"):
            assert get(base + path)[0] == 404


def test_without_a_site_the_page_waits_and_shows_the_errors(preview: Preview) -> None:
    change(preview, "models/small.yaml", "domain: language", "domain: languages")
    preview.refresh()
    with served(preview) as base:
        status, page = get(f"{base}/models/")
        assert status == 503
        assert "preview.js" in page
        state: dict[str, Any] = json.loads(get(f"{base}/__preview/status.json")[1])
        assert len(state["errors"]) == 1


def test_serving_builds_first_and_stops_when_told(preview: Preview, fake: FakeBuild) -> None:
    stop = threading.Event()
    stop.set()
    serve(preview, "127.0.0.1", 0, stop)
    assert fake.count == 1
    assert preview.said[0].startswith("http://127.0.0.1:")  # type: ignore[attr-defined]
