from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from gptalt_catalog.render import build as build_module
from gptalt_catalog.render.build import SiteBuildError, build
from gptalt_catalog.render.live_site import LiveSite, Workshop
from gptalt_catalog.render.page_maker import PageMaker
from gptalt_catalog.render.places import file_of
from gptalt_catalog.render.project import Project, default_out
from gptalt_catalog.views.words import Language
from tests.catalogs import CHECKOUT, GOOD, read
from tests.render.pages import EXTENSIONS

pytestmark = pytest.mark.xdist_group("site")  # one build serves all tests here


@pytest.fixture(scope="module")
def project() -> Project:
    return replace(Project.of(CHECKOUT / "catalog"), catalog=GOOD)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, project: Project) -> Path:
    folder = tmp_path_factory.mktemp("build")
    said: list[str] = []
    built = build(read(GOOD).catalog, project, folder, said.append)
    assert built.warnings == ()  # pages outside the navigation are no reason to warn
    assert built.site == folder / "site"
    assert said
    return folder


@pytest.mark.parametrize("name", ["mkdocs.yml", "mkdocs.zh.yml"])
def test_output_goes_into_the_build_folder(name: str) -> None:
    config = yaml.safe_load((CHECKOUT / name).read_text())
    assert config["docs_dir"].startswith("build/")
    assert config["site_dir"].startswith("build/")


def test_the_tests_read_pages_with_the_extensions_of_the_site() -> None:
    config = yaml.safe_load((CHECKOUT / "mkdocs.yml").read_text())
    names = [
        extension if isinstance(extension, str) else next(iter(extension))
        for extension in config["markdown_extensions"]
    ]
    assert names == EXTENSIONS


@pytest.mark.parametrize("name", ["mkdocs.yml", "mkdocs.zh.yml"])
def test_the_navigation_lists_no_entry_and_names_only_pages_that_exist(name: str, out: Path) -> None:
    def files(items: list[object]) -> list[str]:
        found: list[str] = []
        for item in items:
            assert isinstance(item, dict)
            for target in item.values():
                found.extend(files(target) if isinstance(target, list) else [target])
        return found

    listed = files(yaml.safe_load((CHECKOUT / name).read_text())["nav"])
    assert listed
    assert all(path.endswith("index.md") and path.count("/") <= 1 for path in listed)
    assert all((out / "docs" / "zh" / path).is_file() for path in listed)


def test_both_languages_are_built_with_the_same_pages(out: Path) -> None:
    english = {p.relative_to(out / "site") for p in (out / "site").rglob("index.html") if "zh" not in p.parts}
    chinese = {p.relative_to(out / "site/zh") for p in (out / "site/zh").rglob("index.html")}
    assert english == chinese
    assert Path(file_of("models/small/").replace(".md", "/index.html")) in english
    assert (out / "site/404.html").is_file()


def test_the_language_switch_leads_to_the_same_page(out: Path) -> None:
    english = (out / "site/models/small/index.html").read_text()
    chinese = (out / "site/zh/models/small/index.html").read_text()
    assert 'href="../../zh/models/small/" hreflang="zh"' in english
    assert 'href="../../../models/small/" hreflang="en"' in chinese
    assert 'href="zh/" hreflang="zh"' in (out / "site/index.html").read_text()
    assert 'href="./../" hreflang="en"' in (out / "site/zh/index.html").read_text()
    assert '<html lang="zh"' in chinese


def test_pages_load_nothing_from_other_hosts(out: Path) -> None:
    for page in (out / "site").rglob("*.html"):
        text = page.read_text()
        assert "fonts.googleapis" not in text
        assert 'src="http' not in text
        assert '<link rel="stylesheet" href="http' not in text


def test_a_failing_build_leaves_the_old_site(out: Path, project: Project, tmp_path: Path) -> None:
    before = (out / "site/index.html").read_bytes()
    broken = tmp_path / "mkdocs.yml"
    broken.write_text("site_name: x\ntheme: {name: nothing}\n")
    with pytest.raises(SiteBuildError, match="MkDocs failed"):
        build(read(GOOD).catalog, replace(project, config=broken), out)
    assert (out / "site/index.html").read_bytes() == before
    assert not list(out.glob("site.new*"))


def test_a_single_page_is_the_same_as_in_a_full_build(out: Path, project: Project, tmp_path: Path) -> None:
    configs: dict[Language, Path] = {"en": project.config, "zh": project.config_zh}
    for language, config in configs.items():
        maker = PageMaker(config, tmp_path)
        site = out / "site" / ("" if language == "en" else language)
        for source in sorted((out / "docs" / language).rglob("*.md")):
            path = source.relative_to(out / "docs" / language)
            built = site / path.with_suffix(".html" if path.stem == "index" else "")
            html = (built if built.suffix else built / "index.html").read_text()
            assert maker.page(path.as_posix(), source.read_text()) == html, path
        assert maker.not_found() == (site / "404.html").read_text()
        assert maker.theme_file("assets/javascripts/nothing.js") is None


def test_the_preview_serves_what_a_full_build_writes(out: Path, project: Project) -> None:
    live = LiveSite(read(GOOD).catalog, Workshop(project))
    skipped = ("sitemap.xml", "sitemap.xml.gz", "404.html")
    for file in sorted((out / "site").rglob("*")):
        path = file.relative_to(out / "site").as_posix()
        if file.is_file() and not path.endswith(skipped):
            answer = live.answer(f"/{path.removesuffix('index.html')}")
            assert (answer.status, answer.body) == (200, file.read_bytes()), path


def test_a_new_site_replaces_the_old_one_whole(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "old").mkdir(parents=True)
    fresh = {"en": tmp_path / "new-en", "zh": tmp_path / "new-zh"}
    for language, folder in fresh.items():
        folder.mkdir()
        (folder / "index.html").write_text(language)
    build_module._put_in_place(fresh, site)  # type: ignore[arg-type]  # the two languages
    assert (site / "index.html").read_text() == "en"
    assert (site / "zh/index.html").read_text() == "zh"
    assert not (site / "old").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_output_lies_beside_the_catalog_of_a_checkout_else_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert default_out(CHECKOUT / "catalog") == CHECKOUT / "build"
    assert default_out(tmp_path / "catalog") == tmp_path / "build"
