"""The reports, and the pages of docs/ that they make."""

from __future__ import annotations

import os

import pytest

from gptalt_catalog.loading.catalog_loader import read_catalog
from gptalt_catalog.views.reports import REPORTS, markdown_table
from tests.catalogs import CHECKOUT, GOOD


@pytest.mark.parametrize("name", ["coverage", "scores"])
def test_pages_are_current(name: str) -> None:
    reading = read_catalog(CHECKOUT)
    text = REPORTS[name](reading.catalog, reading.problems)
    page = CHECKOUT / "docs" / f"{name}.md"
    if os.environ.get("GPTALT_WRITE_GOLDEN"):
        page.write_text(text, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == text, f"run: gptalt-catalog report {name} > docs/{name}.md"


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_reports_of_a_small_catalog(name: str) -> None:
    reading = read_catalog(GOOD)
    text = REPORTS[name](reading.catalog, reading.problems)
    assert "| --- |" in text


def test_cells_cannot_break_a_table() -> None:
    assert markdown_table(["a", "#b"], [("x|y\n<b>", 1234)]) == "| a | b |\n| --- | --: |\n| x\\|y &lt;b> | 1,234 |\n"
