from __future__ import annotations

import html
import json
import posixpath
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gptalt_catalog.domain.base import Text
from gptalt_catalog.domain.catalog import Catalog, Document
from gptalt_catalog.domain.family import Family
from gptalt_catalog.render.environment import Templates
from gptalt_catalog.render.escape import safe
from gptalt_catalog.render.generate import Writer, generate
from gptalt_catalog.render.pages.families import pages as family_pages
from gptalt_catalog.render.places import Place, entry_address, file_of
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.views.words import Language
from tests.catalogs import CHECKOUT, GOOD, read
from tests.render.pages import Parsed, pages_below, parsed, scanned, split
from tests.render.test_escape import HOSTILE, texts
from tests.views.entries import catalog_of, family

SITE = CHECKOUT / "site"


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("docs")
    generate(read(GOOD).catalog, SITE, out)
    return out


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Parsed]]:
    """The sources made from the whole catalog, and its Chinese pages."""
    out = tmp_path_factory.mktemp("whole")
    generate(read(CHECKOUT / "catalog").catalog, SITE, out)
    return out, {path: scanned(split(text)[1]) for path, text in pages_below(out / "zh").items()}


def test_both_languages_have_the_same_pages(docs: Path) -> None:
    english, chinese = set(pages_below(docs / "en")), set(pages_below(docs / "zh"))
    assert english == chinese
    assert {"index.md", "models/index.md", "models/small.md", "benchmarks/quiz.md", "about/index.md"} <= english


def broken_links(docs: Path, language: Language, pages: Mapping[str, Parsed]) -> list[str]:
    ids = {path: set(page.all("id")) for path, page in pages.items()}
    return [
        f"{path}: {link}"
        for path, page in pages.items()
        for link in page.all("href")
        if not urlsplit(link).scheme and not leads_somewhere(docs, language, path, link, ids)
    ]


def leads_somewhere(docs: Path, language: Language, path: str, link: str, ids: Mapping[str, set[str]]) -> bool:
    """Whether a relative link of a page leads to a page (and place in it) or a file."""
    address, _, fragment = link.partition("#")
    address = address.partition("?")[0]
    here = path.removesuffix("index.md") if path.endswith("index.md") else path.removesuffix(".md") + "/"
    root = f"/{language}/" if language != "en" else "/"
    target = posixpath.normpath(posixpath.join(root + here, address)) + (
        "/" if address.endswith("/") or not address else ""
    )
    target = target.replace("//", "/")
    if target.startswith(("/data/", "/schema/")):
        return (docs / "en" / target.lstrip("/")).is_file()
    found = file_of(target.removeprefix(root))
    return found in ids and (not fragment or fragment in ids[found])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_internal_links_of_the_small_catalog_resolve(docs: Path, language: Language) -> None:
    pages = {path: parsed(split(text)[1]) for path, text in pages_below(docs / language).items()}
    assert broken_links(docs, language, pages) == []


def test_internal_links_of_the_whole_catalog_resolve(whole: tuple[Path, dict[str, Parsed]]) -> None:
    assert broken_links(whole[0], "zh", whole[1]) == []


def test_every_page_has_a_title_a_description_and_one_first_heading(docs: Path) -> None:
    for path, text in pages_below(docs).items():
        head, body = split(text)
        assert head["title"], path
        assert head["description"], path
        assert parsed(body).tags.count("h1") == 1, path


def test_no_page_of_the_whole_catalog_has_a_script_or_a_handler(whole: tuple[Path, dict[str, Parsed]]) -> None:
    for path, page in whole[1].items():
        assert not {"script", "img", "iframe", "style"} & set(page.tags), path
        assert not [name for _, name, _ in page.attributes if name.startswith("on")], path
        assert all(urlsplit(link).scheme in ("", "http", "https") for link in page.all("href")), path


def test_the_family_page_says_what_the_catalog_says(docs: Path) -> None:
    page = parsed(split((docs / "en/models/small.md").read_text())[1])
    text = " ".join(" ".join(page.text).split())
    assert "A small model for tests. Free to use." in text
    assert "May I sell a service on it?" in text
    assert "✕ no Small 70M Chat" in text
    assert "Research License its own license" in text
    assert "Free License inherited from Small 70M" in text
    assert "“" not in text or "You may use it for any purpose." in text
    assert "70,426,624 1" in text  # the number with its evidence mark
    assert "30.50 24.5–37.2" in text  # the score with Wilson's interval
    chinese = parsed(split((docs / "zh/models/small.md").read_text())[1])
    assert "能用它提供收费服务吗？" in "".join(chinese.text)
    assert "供测试用的小模型，可自由使用。" in "".join(chinese.text)


def test_scores_that_cannot_be_ranked_are_struck_with_the_reason(docs: Path) -> None:
    page = parsed(split((docs / "en/benchmarks/quiz.md").read_text())[1])
    text = " ".join(" ".join(page.text).split())
    ranked, _, apart = text.partition("Not ranked here, and why")
    assert "Small 70M 30.50" in ranked
    assert "40.00" not in ranked
    assert "40.00" in apart
    assert "number of examples of the protocol is not known" in apart
    assert page.tags.count("s") == 1


def test_data_files_are_json_and_csv(docs: Path) -> None:
    rows = json.loads((docs / "en/data/checkpoints.json").read_text())
    assert [row["id"] for row in rows] == ["small-70m", "small-70m-chat"]
    assert (docs / "en/data/claims.csv").read_text().startswith("checkpoint,family,benchmark,protocol,value")
    assert json.loads((docs / "en/data/models/small.json").read_text())["name"] == "Small"
    table = json.loads((docs / "zh/assets/data/models.json").read_text())
    assert [row["url"] for row in table["rows"]] == ["models/small/#small-70m", "models/small/#small-70m-chat"]
    assert table["rows"][0]["scores"] == {"quiz": [30.5, 0.05, 3.26, 24.54, 37.2]}
    assert table["labels"]["model"] == "模型"


def test_only_changed_files_are_written_and_stale_ones_removed(tmp_path: Path) -> None:
    catalog = read(GOOD).catalog
    first = generate(catalog, SITE, tmp_path)
    assert first.files == len(first.written)
    second = generate(catalog, SITE, tmp_path)
    assert second.written == second.removed == ()
    assert second.files == first.files
    without = Catalog(tuple(d for d in catalog.documents if d.file != "tools/runner.yaml"))
    third = generate(without, SITE, tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in third.removed} == {
        "en/tools/runner.md",
        "zh/tools/runner.md",
        "en/data/tools/runner.json",
    }
    assert 0 < len(third.written) < 20


def test_the_writer_removes_folders_that_became_empty(tmp_path: Path) -> None:
    (tmp_path / "old" / "deep").mkdir(parents=True)
    (tmp_path / "old" / "deep" / "file").write_text("x")
    writer = Writer(tmp_path)
    writer.write("new/file", "y")
    writer.finish()
    assert [p.name for p in tmp_path.iterdir()] == ["new"]


def test_an_empty_catalog_still_makes_a_site(tmp_path: Path) -> None:
    generate(catalog_of({}), SITE, tmp_path)
    assert "tools/index.md" in pages_below(tmp_path / "en")


# ---- hostile text --------------------------------------------------------------------------------

TEMPLATES = Templates([SITE / "templates", SITE / "pages"])
SURVEY = {"place": "Table 1", "backbone": "x", "params": ["x"], "errors": [
    {"error": "E01", "field": "backbone", "printed": "x", "note": {"en": "x"}, "evidence": "readme"}]}  # fmt: skip


def family_with(text: str) -> Catalog:
    """A family with ``text`` in its fields, past the checks that would keep it out of a catalog."""
    catalog = catalog_of(
        {
            "models/fam.yaml": family(
                {"a": {"name": "A", "roles": ["base"]}}, aliases=["x"], advice={"en": "x"}, survey=SURVEY
            )
        }
    )
    document = catalog.files["models/fam.yaml"]
    entry = document.content
    assert isinstance(entry, Family)
    words = Text.model_construct(en=text, zh=text)
    survey = entry.survey
    assert survey is not None
    error = survey.errors[0].model_copy(update={"printed": text, "note": words})
    piece = entry.evidence["readme"].model_copy(update={"locator": text, "quote": text, "note": text})
    part = entry.checkpoints["a"].model_copy(update={"name": text, "note": words, "aliases": (text,)})
    hostile = entry.model_copy(
        update={
            "name": text,
            "aliases": (text,),
            "summary": words,
            "advice": words,
            "survey": survey.model_copy(
                update={"backbone": text, "params": (text,), "place": text, "errors": (error,)}
            ),
            "evidence": {"readme": piece},
            "checkpoints": {"a": part},
        }
    )
    changed = Document(document.file, document.id, document.kind, hostile)
    return Catalog(tuple(changed if d is document else d for d in catalog.documents))


def rendered(text: str) -> tuple[dict[str, str], Parsed]:
    data = SiteData(family_with(text))
    (page,) = family_pages(data, "en")
    head, body = split(TEMPLATES.render(page.template, page.context(data, "en")))
    return head, parsed(body)


@settings(max_examples=40)
@given(st.one_of(st.sampled_from(HOSTILE), texts).filter(lambda t: safe(t).strip() != ""))
def test_no_text_changes_what_a_page_is_made_of(text: str) -> None:
    _, plain = rendered("x")
    head, hostile = rendered(text)
    assert hostile.tags == plain.tags
    assert [a[:2] for a in hostile.attributes] == [a[:2] for a in plain.attributes]
    assert hostile.all("href") == plain.all("href")
    assert not set('<>"') & set(head["title"])
    assert html.unescape(head["title"]).split() == html.unescape(str(safe(text))).split()


# ---- addresses -----------------------------------------------------------------------------------


def test_addresses_and_files() -> None:
    assert entry_address("family", "vicuna") == "models/vicuna/"
    assert entry_address("family", "index") == "models/index_/"
    assert file_of("models/vicuna/") == "models/vicuna.md"
    assert file_of("models/") == "models/index.md"
    assert file_of("") == "index.md"


@pytest.mark.parametrize(
    ("address", "language", "root", "other", "data"),
    [
        ("", "en", "./", "./zh/", "./data/x.json"),
        ("models/vicuna/", "en", "../../", "../../zh/models/vicuna/", "../../data/x.json"),
        ("models/vicuna/", "zh", "../../", "../../../models/vicuna/", "../../../data/x.json"),
    ],
)
def test_links_between_pages_and_languages(address: str, language: Language, root: str, other: str, data: str) -> None:
    place = Place(address, language)
    assert place.root == root
    assert place.other("zh" if language == "en" else "en") == other
    assert place.other(language) == root + address
    assert place.data("x.json") == data
