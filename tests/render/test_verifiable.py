"""The page that says what can be verified: every checkpoint once, with its reasons, in both languages."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import get_args

import pytest

from gptalt_catalog.render.environment import Templates
from gptalt_catalog.render.pages.verifiable import ADDRESS, pages
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings.verifiable import EN, ZH
from gptalt_catalog.views.obstacles import Code
from gptalt_catalog.views.verifiability import ANSWERS
from gptalt_catalog.views.words import LANGUAGES
from tests.catalogs import CHECKOUT, read
from tests.render.pages import parsed, split


@pytest.fixture(scope="module")
def data() -> SiteData:
    return SiteData(read(CHECKOUT / "catalog").catalog)


@pytest.fixture(scope="module")
def made(data: SiteData) -> dict[str, str]:
    site = CHECKOUT / "site"
    templates = Templates([site / "templates", site / "pages"])
    found: dict[str, str] = {}
    for language in LANGUAGES:
        (page,) = pages(data, language)
        assert page.address == ADDRESS
        found[language] = templates.render(page.template, page.context(data, language))
    return found


def test_every_checkpoint_has_its_row_and_every_reason_its_words(data: SiteData, made: dict[str, str]) -> None:
    for language, x in (("en", EN), ("zh", ZH)):
        text = made[language]
        assert text.count("<tr data-item ") == len(data.catalog.checkpoints)
        for row in data.verifiable:
            assert f"#{row.checkpoint}" in text.replace("&#35;", "#"), row.checkpoint
            for code in row.codes:
                assert f"{x.reasons[code][0]}|" in unescape(text)
        shown = " ".join(parsed(split(text)[1]).text)
        assert all(x.counted[answer] in shown for answer in ANSWERS)


def test_counts_on_the_page_are_those_of_the_rows(data: SiteData, made: dict[str, str]) -> None:
    for answer in ANSWERS:
        count = sum(row.answer == answer for row in data.verifiable)
        assert f"<strong>{count}</strong> {EN.counted[answer]}" in made["en"]
        assert made["en"].count(f'data-answer="{EN.answers[answer]}"') == count


def test_both_languages_have_words_for_every_reason_and_answer() -> None:
    for x in (EN, ZH):
        assert set(x.reasons) == set(get_args(Code))
        assert set(x.answers) == set(x.counted) == set(ANSWERS)
        assert len({short for short, _ in x.reasons.values()}) == len(x.reasons), "the filter tells reasons apart"


def test_the_page_is_in_both_menus() -> None:
    for name in ("mkdocs.yml", "mkdocs.zh.yml"):
        assert f"{ADDRESS}index.md" in Path(CHECKOUT, name).read_text(encoding="utf-8")
