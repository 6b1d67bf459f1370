"""The page that says what can be verified, in a real browser: filters, their state in the address, both languages."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Locator, Page, expect

from gptalt_catalog.domain.catalog import Catalog

pytestmark = pytest.mark.browser


def choice(page: Page, place: int) -> Locator:
    """The choice of answers, of reasons, or of memory."""
    return page.locator(".ga-filterbar select").nth(place)


def shown(page: Page) -> int:
    return page.locator("[data-item]:not([hidden])").count()


def test_filters_leave_what_was_asked_for_and_the_address_brings_it_back(
    page: Page, site: str, catalog: Catalog
) -> None:
    page.goto(f"{site}verifiable/")
    expect(page.get_by_role("status")).to_contain_text(f"of {len(catalog.checkpoints)} checkpoints")
    assert shown(page) == len(catalog.checkpoints)
    choice(page, 0).select_option("no")
    choice(page, 1).select_option("remote code")
    rows = page.locator("[data-item]:not([hidden])")
    assert 0 < rows.count() < len(catalog.checkpoints)
    for text in rows.all_inner_texts():
        assert "remote code" in text
    kept = shown(page)
    assert "answer=no" in page.url
    page.reload()
    expect(choice(page, 1)).to_have_value("remote code")
    assert shown(page) == kept
    page.get_by_role("searchbox", name="Filter by name or reason").fill("chatglm")
    assert 0 < shown(page) < kept
    choice(page, 2).select_option("fits a 16 GB card")
    assert shown(page) <= kept


def test_the_page_in_chinese_and_without_a_script(page: Page, site: str, catalog: Catalog) -> None:
    page.goto(f"{site}zh/verifiable/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("可验证性")
    choice(page, 0).select_option("可以")
    assert 0 < shown(page) < len(catalog.checkpoints)
    context = page.context.browser.new_context(java_script_enabled=False) if page.context.browser else None
    assert context is not None
    plain = context.new_page()
    plain.goto(f"{site}verifiable/")
    assert plain.locator("[data-item]").count() == len(catalog.checkpoints)
    context.close()


@pytest.mark.parametrize("language", ["", "zh/"])
def test_the_page_fits_a_phone(page: Page, site: str, language: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}{language}verifiable/")
    expect(page.get_by_role("status")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
