"""The finder on the home page gives the command's answer, shares it by address, and says what it does not understand."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from gptalt_catalog.domain.memory import GIB, PRECISIONS, Precision
from gptalt_catalog.views.memory_terms import memory_terms
from gptalt_catalog.views.model_list import query_checkpoints
from gptalt_catalog.views.run_commands import how_to_run, run_text
from gptalt_catalog.views.shortlist import shortlist
from tests.browser.whole import serve_whole, table, whole
from tests.catalogs import CHECKOUT
from tests.cli.test_check import run

pytestmark = pytest.mark.browser

CONTEXTS = (1, 513, 2048, 2049, 4096, 32768, 131072)


def shown(page: Page) -> list[str]:
    """The ids of all picks, in order."""
    more = page.locator("#ga-finder .ga-more")
    if more.count():
        more.click()
    ids: list[str] = page.locator("#ga-finder .ga-picks--long > li").evaluate_all("all => all.map(li => li.dataset.id)")
    return ids


def test_24_gb_int4_commercial_chinese_is_the_commands_list_and_travels_by_address(
    page: Page, browser: Browser, site: str
) -> None:
    serve_whole(page)
    page.goto(site)
    page.get_by_label("Memory").fill("24")
    page.get_by_label("Precision").select_option("4 bits (GGUF Q4_K_M)")
    page.get_by_label("Language").select_option("Chinese")
    page.get_by_label("License").select_option("commercial")
    page.get_by_role("button", name="Show the shortlist").click()
    expect(page.locator("#ga-finder .ga-picks--long > li").first).to_be_visible()
    found = shown(page)
    question = "list models --fits 24GB --precision int4 --license commercial --language zh --format json"
    expected = [row["id"] for row in json.loads(run(*question.split(), "--catalog", CHECKOUT).stdout)]
    assert set(found) == set(expected)
    assert len(found) == len(expected) > 20
    assert parse_qs(urlsplit(page.url).query)["fits"] == ["24GB"]

    context = browser.new_context()
    other = context.new_page()
    serve_whole(other)
    other.goto(page.url)
    expect(other.locator("#ga-finder .ga-picks--long > li").first).to_be_visible()
    assert shown(other) == found
    assert other.get_by_label("Language").input_value() == "zh"
    context.close()


@pytest.mark.parametrize(
    ("address", "filters", "memory", "precision", "context"),
    [
        ("fits=8GB&license=commercial", {"license": "commercial"}, 8, "q4_k_m", 4096),
        ("fits=24&precision=fp16&role=chat", {"role": "chat"}, 24, "fp16", 4096),
        ("fits=16&precision=int8&context=2048&license=yes", {"license": "yes"}, 16, "int8", 2048),
        ("fits=11.5GiB&precision=nf4&language=zh&context=8192", {"language": "zh"}, 11.5, "nf4", 8192),
        ("fits=80&precision=bf16&context=32768&license=mit", {"license": "mit"}, 80, "fp16", 32768),
    ],
)
def test_list_and_order_are_those_of_python(
    page: Page, site: str, address: str, filters: dict[str, Any], memory: float, precision: Precision, context: int
) -> None:
    serve_whole(page)
    page.goto(f"{site}?{address}")
    expect(page.locator("#ga-finder .ga-found")).to_be_visible()
    data = whole()
    rows = query_checkpoints(
        data.catalog, **filters, fits=int(memory * GIB), precision=precision, context=context, rows=data.rows["en"]
    )
    picks = shortlist(rows, data.fitting, precision, context)
    assert picks
    assert shown(page) == [pick.row.id for pick in picks]
    reasons = page.locator("#ga-finder .ga-picks--long > li").evaluate_all(
        "all => all.map(li => li.querySelector('.ga-pick__reasons').innerText)"
    )
    for pick, text in zip(picks, reasons, strict=True):
        if pick.standing is None:
            assert "no published score that can be compared" in text
        else:
            assert f"of {pick.standing.of} comparable on" in text
            assert text.count("\nbest of ") == (pick.standing.first == 1)
        assert ("superseded by" in text) == bool(pick.row.superseded_by)


def test_the_script_computes_the_bytes_of_python_for_every_checkpoint(page: Page, site: str) -> None:
    page.goto(site)
    data = whole()
    known = {key: terms for key in data.catalog.checkpoints if (terms := memory_terms(data.fitting, key)) is not None}
    rows = [row for row in table()["rows"] if "fit" in row]
    assert {row["id"] for row in rows} == set(known)
    found = page.evaluate(
        """([memory, rows, contexts]) => {
          const tool = new window.GA.Memory(memory);
          return rows.map((row) => memory.precisions.map((p) => contexts.map((c) => [tool.need(row.fit, p, c), tool.fit(row, p, c).high])));
        }""",
        [table()["memory"], rows, CONTEXTS],
    )
    for row, by_precision in zip(rows, found, strict=True):
        for precision, by_context in zip(PRECISIONS, by_precision, strict=True):
            for context, (need, high) in zip(CONTEXTS, by_context, strict=True):
                fit = data.fitting.fit(row["id"], precision, context)
                assert fit is not None
                assert (need, high) == (fit.need.total, fit.high), (row["id"], precision, context)


def test_commands_are_those_of_python(page: Page, site: str) -> None:
    serve_whole(page)
    page.goto(f"{site}?fits=24GB&precision=int4&language=zh&role=chat")
    pick = page.locator('#ga-finder li[data-id="qwen3-8b"]')
    page.locator("#ga-finder .ga-more").click()
    pick.get_by_text("How to run it").click()
    expect(pick.locator("code").first).to_be_visible()
    options = {option.program: option for option in how_to_run(whole().catalog, "qwen3-8b").options}
    assert pick.locator("code").all_inner_texts() == [
        run_text(options["llama.cpp"], "q4_k_m", 4096),
        run_text(options["transformers"], "nf4", 4096),
        run_text(options["vLLM"], "fp16", 4096),
    ]


def test_the_page_says_what_it_does_not_understand_and_stays_whole(page: Page, site: str) -> None:
    page.goto(f"{site}?fits=<b>much</b>&precision=int3&context=-5&language=tlh&license=%E2%80%AEliar&role=king")
    told = page.locator("#ga-finder .ga-ignored")
    expect(told).to_contain_text("fits=<b>much</b>, precision=int3, context=-5, language=tlh, license=liar, role=king")
    assert told.locator("b").count() == 0
    expect(page.locator("#ga-finder .ga-picks--long > li").first).to_be_visible()
    assert page.get_by_label("Memory").input_value() == "24"


def test_nothing_fits_is_said(page: Page, site: str) -> None:
    page.goto(f"{site}?fits=0.1")
    expect(page.get_by_text("No checkpoint passes all of these")).to_be_visible()


def test_the_question_goes_on_to_the_table_and_the_comparison(page: Page, site: str) -> None:
    page.goto(f"{site}?fits=16GB&precision=int8&license=commercial&role=chat")
    expect(page.locator("#ga-finder .ga-found")).to_be_visible()
    found = shown(page)
    page.get_by_role("link", name="The same as a table").click()
    expect(page.locator(".ga-models tbody tr").first).to_be_visible()
    assert page.locator(".ga-found").inner_text().startswith(f"{len(found)} of ")
    page.go_back()
    page.get_by_role("link", name="Compare").last.click()
    expect(page.locator(".ga-compare thead th").first).to_be_visible()
    assert page.locator(".ga-compare thead th").count() == min(5, len(found))


def test_without_javascript_there_are_lists_for_three_cards(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    assert page.locator(".ga-threelists section").count() == 3
    assert page.locator(".ga-threelists section >> nth=2").locator("li").count() == 5
    assert page.get_by_text("Choosing freely needs JavaScript").is_visible()
    assert not page.locator(".ga-find__form").is_visible()
    context.close()


@pytest.mark.parametrize("language", ["", "zh/"])
def test_the_answer_fits_a_phone(page: Page, site: str, language: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}{language}?fits=24GB&license=commercial")
    expect(page.locator("#ga-finder .ga-picks--long > li").first).to_be_visible()
    page.locator("#ga-finder .ga-picks--long summary").first.click()
    expect(page.locator("#ga-finder .ga-code").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
