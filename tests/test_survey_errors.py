"""Each error of the survey is shown on an entry or kept out by a named rule, as docs/survey-errors.md says."""

from __future__ import annotations

import re

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.problem import ERRORS, WARNINGS
from gptalt_catalog.loading.catalog_loader import load_catalog
from tests.catalogs import CHECKOUT

NUMBERS = [f"E{n:02d}" for n in (*range(1, 36), 43, 44)]


def _rows() -> dict[str, str]:
    text = (CHECKOUT / "docs" / "survey-errors.md").read_text(encoding="utf-8")
    return {row[0]: row[1] for row in re.findall(r"^\| (E\d\d) \|.*\| ([^|]+) \|$", text, re.MULTILINE)}


def _shown(catalog: Catalog) -> dict[str, set[str]]:
    shown: dict[str, set[str]] = {}
    for key, family in catalog.families.items():
        for error in family.survey.errors if family.survey else ():
            shown.setdefault(error.error, set()).add(key)
    return shown


def test_the_page_lists_every_error_once() -> None:
    assert list(_rows()) == NUMBERS


def test_the_entries_named_show_their_errors() -> None:
    shown = _shown(load_catalog(CHECKOUT))
    for number, kept in _rows().items():
        named = re.match(r"(?:entry|entries) ([a-z0-9.-]+(?:, [a-z0-9.-]+)*)", kept)
        for entry in named[1].split(", ") if named else ():
            assert entry in shown.get(number, set()), (number, entry)


def test_the_rules_named_exist() -> None:
    for number, kept in _rows().items():
        for code in re.findall(r"`([a-z]+-[a-z-]+)`", kept):
            assert code in ERRORS or code in WARNINGS, (number, code)


def test_errors_on_entries_are_errors_of_the_page() -> None:
    assert _shown(load_catalog(CHECKOUT)).keys() <= set(NUMBERS)
