"""The model list: filters, sorting and the address that holds them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.views.model_list import query_checkpoints

pytestmark = pytest.mark.browser


def names(page: Page) -> list[str]:
    return page.locator(".ga-models tbody th a").all_inner_texts()


def expected(catalog: Catalog, **filters: object) -> set[str]:
    return {row.name for row in query_checkpoints(catalog, **filters)}  # type: ignore[arg-type]


def query_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def chip(page: Page, facet: str, value: str) -> None:
    page.locator(f'[data-facet="{facet}"][data-value="{value}"]').click()


@pytest.fixture
def models(page: Page, site: str) -> Page:
    page.goto(f"{site}models/")
    expect(page.locator(".ga-models tbody tr").first).to_be_visible()
    return page


def test_filters_give_what_the_query_gives_and_live_in_the_address(models: Page, catalog: Catalog, site: str) -> None:
    chip(models, "role", "chat")
    assert set(names(models)) == expected(catalog, role="chat")
    chip(models, "use", "conditional")
    chip(models, "use", "yes")
    wanted = expected(catalog, role="chat", license="commercial")
    assert set(names(models)) == wanted
    models.locator('select[name="lang"]').select_option("zh")
    wanted = expected(catalog, role="chat", license="commercial", language="zh")
    assert wanted
    assert set(names(models)) == wanted
    assert query_of(models) == {"role": ["chat"], "use": ["conditional,yes"], "lang": ["zh"]}
    shared = models.url
    models.goto(f"{site}about/")
    models.goto(shared)
    expect(models.locator(".ga-found")).to_contain_text(str(len(wanted)))
    assert set(names(models)) == wanted
    assert models.locator('[data-facet="role"][data-value="chat"]').get_attribute("aria-pressed") == "true"


def test_the_counts_of_a_facet_say_what_a_click_would_give(models: Page) -> None:
    button = models.locator('[data-facet="role"][data-value="chat"]')
    promised = int(button.locator("small").inner_text())
    button.click()
    assert len(names(models)) == promised


def test_text_search_and_clear(models: Page, catalog: Catalog) -> None:
    before = len(names(models))
    models.get_by_role("searchbox", name="Search names").fill("lmsys 33b")
    expect(models.locator(".ga-models tbody tr")).to_have_count(len(expected(catalog, text="lmsys 33b")))
    assert query_of(models) == {"q": ["lmsys 33b"]}
    models.get_by_role("button", name="Clear all").click()
    assert len(names(models)) == before
    assert query_of(models) == {}


def test_sorting_by_a_column_and_by_a_score(models: Page) -> None:
    models.get_by_role("button", name="Size").click()
    sizes = [s for s in models.locator('td[data-label="Size"]').all_inner_texts() if s]
    assert sizes[0] == "176B"
    assert query_of(models) == {"sort": ["-params"]}
    models.locator('select[name="score"]').select_option("hellaswag")
    values = models.locator('td[data-label="HellaSwag"]').all_inner_texts()
    shown = [float(v.split()[0]) for v in values if v.strip()]
    assert len(shown) > 5
    assert shown == sorted(shown, reverse=True)
    assert not any(v.strip() for v in values[len(shown) :])  # what has no score comes last
    header = models.locator("th[aria-sort]")
    expect(header).to_have_attribute("aria-sort", "descending")
    header.get_by_role("button").click()
    expect(models.locator("th[aria-sort]")).to_have_attribute("aria-sort", "ascending")


def test_nothing_found_is_said(models: Page) -> None:
    models.get_by_role("searchbox", name="Search names").fill("no such model anywhere")
    expect(models.get_by_text("No checkpoint passes all filters")).to_be_visible()


def test_nonsense_in_the_address_is_told_and_ignored(page: Page, site: str) -> None:
    page.goto(f"{site}models/?role=chat,<b>x</b>&lang=klingon&sort=-shoe&license=<script>&size=8")
    expect(page.locator(".ga-ignored")).to_contain_text("role=<b>x</b>, lang=klingon, license=<script>, sort=-shoe")
    assert page.locator(".ga-ignored b").count() == 0
    assert page.locator('[data-facet="size"][data-value="8"]').get_attribute("aria-pressed") == "true"


def test_on_a_phone_the_filters_are_folded_and_the_table_is_on_the_screen(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}models/")
    first = page.locator(".ga-models tbody tr").first
    expect(first).to_be_in_viewport()
    assert not page.locator(".ga-filters form").is_visible()
    page.locator(".ga-filters summary").click()
    expect(page.locator(".ga-filters form")).to_be_visible()


def test_without_javascript_a_table_and_all_families_stand_there(browser: Browser, site: str, catalog: Catalog) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}models/")
    assert page.locator(".ga-static tbody tr").count() > 5
    assert page.locator(".ga-cards--family li").count() == len(catalog.families)
    assert page.get_by_text("Sorting and filtering need JavaScript").is_visible()
    context.close()
