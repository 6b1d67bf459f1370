"""The comparison: facts, memory and scores side by side, differences marked, exports, and bad addresses."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.views.ranking import ranking
from gptalt_catalog.views.scores import ScoreBook
from tests.browser.whole import serve_whole, table

pytestmark = pytest.mark.browser

THREE = ("pythia-6.9b", "llama-7b", "falcon-7b")


def opened(page: Page, site: str, query: str) -> None:
    page.goto(f"{site}compare/?{query}")
    expect(page.locator(".ga-compare thead th").first).to_be_visible()


def cells(page: Page, label: str) -> list[str]:
    row = page.locator(".ga-compare tbody tr", has=page.locator("th", has_text=label)).first
    return row.locator("td").all_inner_texts()


def test_three_checkpoints_side_by_side(page: Page, site: str, catalog: Catalog) -> None:
    opened(page, site, f"ids={','.join(THREE)}")
    heads = page.locator(".ga-compare thead th a").all_inner_texts()
    assert heads == [catalog.checkpoints[key].name for key in THREE]
    layers = [catalog.checkpoints[key].shape for key in THREE]
    assert cells(page, "Layers") == [str(shape.layers) for shape in layers if shape is not None]
    differs = page.locator(".ga-compare tr.ga-differs th").all_inner_texts()
    assert any("Weights" in text for text in differs)
    assert all("≠" in text for text in differs)
    same = page.locator(".ga-compare tbody tr:not(.ga-differs):not(.ga-part)", has_text="Hidden size")
    assert same.count() + page.locator(".ga-compare tr.ga-differs", has_text="Hidden size").count() == 1


def test_scores_of_one_protocol_share_a_row_and_ties_are_marked(page: Page, site: str, catalog: Catalog) -> None:
    opened(page, site, f"ids={','.join(THREE)}")
    book = ScoreBook(catalog)
    protocol = "hellaswag.acc-norm.0-shot.lm-eval"
    places = {place.score.checkpoint: place.score for place in ranking(book, protocol)}
    row = page.locator(".ga-compare tbody tr", has=page.locator(f'a[href$="#_p-{protocol}"]'))
    texts = row.locator("td").all_inner_texts()
    assert [text.split()[0] for text in texts] == [f"{places[key].percent:.2f}" for key in THREE]
    assert ["◇" in text for text in texts] == [False, True, True]  # LLaMA and Falcon cannot be told apart


def test_only_what_differs_and_the_choice_is_in_the_address(page: Page, site: str) -> None:
    opened(page, site, f"ids={','.join(THREE)}")
    before = page.locator(".ga-compare tbody tr").count()
    page.get_by_label("Only what differs").check()
    expect(page.locator(".ga-compare tbody tr:not(.ga-differs):not(.ga-part)", has_text="Positions")).to_have_count(0)
    assert page.locator(".ga-compare tbody tr").count() < before
    assert "only=1" in page.url
    page.reload()
    expect(page.get_by_label("Only what differs")).to_be_checked()


def test_checkpoints_are_added_and_removed(page: Page, site: str) -> None:
    opened(page, site, "ids=llama-7b")
    expect(page.get_by_text("One checkpoint so far")).to_be_visible()
    page.get_by_label("Add a checkpoint").fill("Falcon 7B")
    page.keyboard.press("Enter")
    expect(page.locator(".ga-compare thead th")).to_have_count(2)
    assert page.url.endswith("?ids=llama-7b,falcon-7b")
    page.get_by_role("button", name="Remove LLaMA 7B").click()
    expect(page.locator(".ga-compare thead th")).to_have_count(1)
    assert page.url.endswith("?ids=falcon-7b")


def exported(page: Page, form: str) -> str:
    page.get_by_label("Export").select_option(form)
    return page.locator(".ga-export code").inner_text()


def test_exports(page: Page, site: str, tmp_path: Path) -> None:
    opened(page, site, f"ids={','.join(THREE)}")
    table = list(csv.reader(io.StringIO(exported(page, "CSV"))))
    assert table[0] == ["section", "fact", "Pythia 6.9B", "LLaMA 7B", "Falcon 7B"]
    assert ["Shape of the network", "Layers", "32", "32", "32"] in table
    assert all(len(line) == 5 for line in table)
    markdown = exported(page, "Markdown").strip().splitlines()
    assert markdown[0] == "|  | Pythia 6.9B | LLaMA 7B | Falcon 7B |"
    assert "| Layers | 32 | 32 | 32 |" in markdown
    assert all(line.replace("\\|", "").count("|") == 5 for line in markdown)
    latex = exported(page, "LaTeX")
    assert latex.startswith("\\begin{tabular}{llll}")
    assert "Layers & 32 & 32 & 32 \\\\" in latex
    assert "huggyllama/llama-7b" in latex
    assert all(
        line.count(" & ") == 3 for line in latex.splitlines() if line.endswith("\\\\") and "multicolumn" not in line
    )
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    waiting.value.save_as(tmp_path / "table.tex")
    assert (tmp_path / "table.tex").read_text().strip() == latex.strip()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("ids=llama-7b,no-such-model,pythia-6.9b", "Not in the catalog: no-such-model."),
        ("ids=llama-7b,<b>x</b>%E2%80%AE", "Not in the catalog: <b>x</b>."),
        ("ids=llama-7b,llama-7b,pythia-6.9b", "Named twice: llama-7b."),
        ("ids=pythia-70m,pythia-160m,pythia-410m,pythia-1b,pythia-1.4b,pythia-2.8b", "Five at most: left out pythia-2.8b."),
    ],
)  # fmt: skip
def test_bad_addresses_are_told_and_the_rest_is_compared(page: Page, site: str, query: str, message: str) -> None:
    opened(page, site, query)
    expect(page.locator(".ga-compare__said")).to_contain_text(message)
    assert page.locator(".ga-compare__said b").count() == 0


def test_a_near_miss_is_offered(page: Page, site: str) -> None:
    opened(page, site, "ids=llama-7b,falcon-7bb")
    page.get_by_role("button", name="Falcon 7B", exact=True).click()
    expect(page.locator(".ga-compare thead th")).to_have_count(2)


def test_nothing_to_compare_is_said(page: Page, site: str) -> None:
    for query in ("", "ids=", "ids=,,,", "ids=" + "x" * 3000):
        page.goto(f"{site}compare/?{query}")
        expect(page.get_by_text("Nothing to compare yet")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_former_ids_lead_to_the_present_ones(page: Page, site: str) -> None:
    rows = [row | {"former": ["its-old-name"]} if row["id"] == "llama-7b" else row for row in table()["rows"]]
    serve_whole(page, rows)
    opened(page, site, "ids=its-old-name,falcon-7b")
    expect(page.locator(".ga-compare__said")).to_contain_text("its-old-name is now called llama-7b.")
    expect(page.locator(".ga-compare thead th").first).to_contain_text("LLaMA 7B")


def test_from_the_list_and_from_a_model_page(page: Page, site: str) -> None:
    page.goto(f"{site}models/?q=falcon")
    boxes = page.get_by_role("checkbox", name="Compare: select")
    expect(boxes.first).to_be_visible()
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("link", name="Compare 2").click()
    expect(page.locator(".ga-compare thead th")).to_have_count(2)
    page.goto(f"{site}models/vicuna/")
    page.get_by_role("link", name="Compare the checkpoints").click()
    expect(page.locator(".ga-compare thead th")).to_have_count(5)


@pytest.mark.parametrize("language", ["", "zh/"])
def test_the_comparison_fits_a_phone_and_scrolls_in_its_box(page: Page, site: str, language: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, site + language, f"ids={','.join(THREE)}")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    expect(page.locator("#ga-compare .ga-scroll")).to_have_class("ga-scroll ga-scroll--more")
