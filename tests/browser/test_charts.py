"""Charts in a browser: tooltips, the keyboard path, tables behind them, and the pages without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

CHARTS = ("timeline/", "family-tree/", "size-score/hellaswag/")


@pytest.mark.parametrize("address", CHARTS)
@pytest.mark.parametrize("language", ["", "zh/"])
def test_a_mark_shows_its_tooltip_and_leads_to_its_page(page: Page, site: str, address: str, language: str) -> None:
    page.goto(site + language + address)
    mark = page.locator("a.ga-mark").first
    mark.focus()
    tip = page.locator(".ga-tip")
    expect(tip).to_be_visible()
    lines = tip.inner_text().split("\n")
    assert lines[0]
    assert (mark.get_attribute("aria-label") or "").startswith(lines[0])
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    target = mark.evaluate("a => new URL(a.getAttribute('href'), location.href).href")
    page.keyboard.press("Enter")
    page.wait_for_url(target)
    expect(page.locator("h1").first).to_be_visible()


@pytest.mark.parametrize("address", CHARTS)
def test_arrow_keys_go_from_mark_to_mark_and_tab_leaves(page: Page, site: str, address: str) -> None:
    page.goto(site + address)
    chart = page.locator("svg.ga-chart[role=group]").first
    marks = chart.locator(".ga-mark")
    assert marks.count() > 2
    assert chart.locator('.ga-mark[tabindex="0"]').count() == 1
    marks.first.focus()
    seen = {marks.first.get_attribute("href")}
    for key in ("ArrowDown", "ArrowRight", "ArrowUp", "ArrowRight", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
        seen.add(page.evaluate("document.activeElement.getAttribute('href')"))
    assert len(seen) > 2
    page.keyboard.press("End")
    expect(marks.last).to_be_focused()
    page.keyboard.press("Home")
    expect(marks.first).to_be_focused()
    page.keyboard.press("Tab")
    assert not page.evaluate(
        "document.activeElement.closest('svg.ga-chart') === document.querySelector('svg.ga-chart[role=group]')"
    )


@pytest.mark.parametrize("address", CHARTS)
def test_the_table_behind_a_picture_has_as_many_rows_as_it_has_marks(page: Page, site: str, address: str) -> None:
    page.goto(site + address)
    chart = page.locator("svg.ga-chart[role=group]").first
    table = page.locator(".ga-months" if address == "timeline/" else ".ga-figure .ga-table").first
    rows = table.locator("tbody tr:not(.ga-monthrow)").count()
    assert rows == chart.locator("a.ga-mark").count()


@pytest.mark.parametrize("address", CHARTS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colors_follow_the_scheme(browser: Browser, site: str, address: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
    page = context.new_page()
    page.goto(site + address)
    ink = page.locator("svg.ga-chart[role=group] text").first.evaluate("t => getComputedStyle(t).fill")
    grid = page.locator(".ga-grid").first.evaluate("t => getComputedStyle(t).stroke")
    brightness = [sum(int(part) for part in color.strip("rgb()").split(",")) for color in (ink, grid)]
    assert (brightness[0] > 380) == (scheme == "dark")  # light letters on dark ground
    assert (brightness[1] < 380) == (scheme == "dark")  # no white grid lines there
    context.close()


@pytest.mark.parametrize("address", CHARTS)
def test_without_a_script_the_picture_and_its_links_are_there(browser: Browser, site: str, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + address)
    mark = page.locator("a.ga-mark").first
    expect(mark).to_be_visible()
    assert mark.locator("title").count() == 1
    expect(page.locator(".ga-chart-help").first).to_be_hidden()
    context.close()


@pytest.mark.parametrize("address", CHARTS)
def test_on_a_phone_the_picture_scrolls_in_its_box_at_its_own_size(page: Page, site: str, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site + address)
    chart = page.locator("svg.ga-chart[role=group]").first
    natural = float(chart.get_attribute("width") or 0)
    box = chart.bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(natural, abs=1)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0


def test_benchmarks_are_switched_by_links(page: Page, site: str) -> None:
    page.goto(f"{site}size-score/")
    page.get_by_role("navigation", name="Benchmark").get_by_role("link", name="LAMBADA").first.click()
    expect(page.locator("h1")).to_contain_text("LAMBADA")
    assert page.locator('.ga-jump a[aria-current="page"]').count() == 1


# ---- filters of the pages on fields ----------------------------------------------------------------


def test_a_filter_hides_rows_and_lives_in_the_address(page: Page, site: str) -> None:
    page.goto(f"{site}scientific/")
    rows = page.locator("[data-item]:visible")
    total = rows.count()
    page.get_by_role("searchbox").fill("biogpt")
    expect(rows).to_have_count(1)
    assert page.url.endswith("?q=biogpt")
    shared = page.url
    page.goto(f"{site}about/")
    page.goto(shared)
    expect(rows).to_have_count(1)
    page.goto(f"{site}scientific/?q=%00%FF&use=nonsense&x=1")
    page.get_by_role("searchbox").fill("")
    expect(rows).to_have_count(total)
    page.get_by_role("searchbox").fill("nothing has this")
    expect(page.get_by_role("status").filter(has_text="Nothing passes")).to_be_visible()


def test_the_first_tap_shows_a_mark_and_the_second_goes_there(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{site}timeline/")
    mark = page.locator("svg.ga-chart[role=group]").first.locator(".ga-mark").last
    mark.tap()
    tip = page.locator(".ga-tip")
    expect(tip).to_be_visible()
    assert (mark.get_attribute("aria-label") or "").startswith(tip.inner_text().split("\n")[0])
    assert page.url == f"{site}timeline/"
    mark.tap()
    page.wait_for_url(f"{site}models/*/")
    context.close()


def test_a_phone_starts_the_timeline_at_its_end(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}timeline/")
    box = page.locator(".ga-picture").first
    assert box.evaluate("b => b.scrollWidth > b.clientWidth && b.scrollLeft + b.clientWidth >= b.scrollWidth - 1")
