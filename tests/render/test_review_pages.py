"""The pages of the living review: fields, human evaluation, open problems, news, cite, redirects."""

from __future__ import annotations

from pathlib import Path

import pytest

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.render.generate import generate
from gptalt_catalog.render.pages import all_pages
from gptalt_catalog.render.pages.fields import split_empty
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings.review import EN, ZH
from gptalt_catalog.views.open_problems import directions
from gptalt_catalog.views.statements import HUMAN, MULTIMODAL, SCIENCE, said_in
from tests.catalogs import CHECKOUT, read
from tests.render.pages import parsed, split
from tests.views.entries import catalog_of, family

SITE = CHECKOUT / "site"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read(CHECKOUT / "catalog").catalog


@pytest.fixture(scope="module")
def docs(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of a part of the catalog, quick to make."""
    kept = tuple(
        d
        for d in catalog.documents
        if d.kind.name not in ("source", "claims", "measurements", "verification")
        and (d.kind.name != "family" or getattr(d.content, "domain", "") != "language")
    )
    out = tmp_path_factory.mktemp("docs")
    generate(Catalog(kept), SITE, out, None, (CHECKOUT / "CHANGELOG.md").read_text())
    return out


def text_of(docs: Path, path: str) -> str:
    return " ".join(" ".join(parsed(split((docs / path).read_text())[1]).text).split())


def test_every_statement_of_a_section_is_on_its_page_and_empty_slots_are_marked(docs: Path, catalog: Catalog) -> None:
    for page, section in (("scientific", SCIENCE), ("multimodal", MULTIMODAL), ("human-evaluation", HUMAN)):
        english, chinese = (text_of(docs, f"{language}/{page}/index.md") for language in ("en", "zh"))
        found, empty = split_empty(said_in(catalog, section))
        assert found
        assert empty
        for said in (*found, *empty):
            quote = said.statement.quote
            shown = " ".join(said.statement.what.en.split()) in english or (quote is not None and quote in english)
            assert shown, said.id
        assert "empty slot" in english
        assert "空缺" in chinese


def test_the_human_evaluation_shows_printed_and_derived_numbers_and_sixteen_places(docs: Path) -> None:
    page = parsed(split((docs / "en/human-evaluation/index.md").read_text())[1])
    slots = [value for _, name, value in page.attributes if name == "class" and value.startswith("ga-slot ")]
    assert slots == ["ga-slot ga-slot--printed", "ga-slot ga-slot--derived", *["ga-slot ga-slot--empty"] * 14]
    text = " ".join(page.text)
    assert "1222" in text
    assert "≈ 1172" in text
    assert "a win rate of 57.1 % for a difference of 50 points" in text


def test_the_five_directions_have_sentences_for_all_they_count(catalog: Catalog) -> None:
    data = SiteData(catalog)
    found = directions(catalog, data.lineage, data.book, data.size_plots["en"])
    assert [d.id for d in found] == ["scale", "data", "interpretability", "safety", "instructions"]
    for direction in found:
        assert direction.findings
        for strings in (EN, ZH):
            assert getattr(strings, f"direction_{direction.id}")
            assert getattr(strings, f"gap_{direction.id}")
            for finding in direction.findings:
                sentence: str = getattr(strings, f"find_{finding.id}")
                assert sentence.format(**finding.numbers, links="x")


def test_news_lists_the_change_log_as_text(docs: Path) -> None:
    text = text_of(docs, "en/news/index.md")
    assert "Unreleased" in text
    assert "gptalt-catalog check" in text
    assert "`" not in text


def test_the_catalog_and_the_survey_can_be_cited(docs: Path) -> None:
    text = text_of(docs, "zh/cite/index.md")
    assert "@article{gao2023examining," in text
    assert "@misc{gptalt-catalog," in text
    assert "arXiv:2308.14149" in text


def test_former_addresses_lead_to_the_entry_of_today(tmp_path: Path) -> None:
    files = {
        "models/new.yaml": family({}, name="New", former_ids=["old", "taken"]),
        "models/taken.yaml": family({}, name="Taken"),
    }
    generate(catalog_of(files), SITE, tmp_path)
    head, body = split((tmp_path / "zh/models/old.md").read_text())
    assert head["redirect"] == "../../models/new/"
    assert "../../models/new/" in parsed(body).all("href")
    assert "redirect" not in split((tmp_path / "en/models/taken.md").read_text())[0]


def test_addresses_are_unique(catalog: Catalog) -> None:
    addresses = [page.address for page in all_pages(SiteData(catalog), "en")]
    assert len(addresses) == len(set(addresses))
