"""The model list: filters, sorting and the address that holds them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.memory import GIB
from gptalt_catalog.views.model_list import query_checkpoints
from gptalt_catalog.views.verified import VerificationBook
from tests.browser.whole import serve_whole, table

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


def test_the_newest_come_first(models: Page) -> None:
    dates = models.locator('td[data-label="Released"]').all_inner_texts()
    known = [date for date in dates if date]
    assert known == sorted(known, reverse=True)
    assert dates == known + [""] * (len(dates) - len(known))  # what is not known comes last


def test_fits_on_gives_what_the_query_gives(models: Page, catalog: Catalog) -> None:
    chip(models, "fits", "8")
    assert set(names(models)) == expected(catalog, fits=8 * GIB)
    models.locator('select[name="precision"]').select_option("fp16")
    models.locator('select[name="context"]').select_option("2048")
    wanted = expected(catalog, fits=8 * GIB, precision="fp16", context=2048)
    assert wanted
    assert set(names(models)) == wanted
    assert query_of(models) == {"fits": ["8GB"], "precision": ["fp16"], "context": ["2048"]}
    assert models.locator('td[data-label="Memory"]').first.inner_text().startswith("8 GB card")


def test_columns_are_chosen_and_kept_in_the_address(models: Page) -> None:
    models.get_by_text("Columns", exact=True).click()
    models.get_by_label("Repository").check()
    models.get_by_label("Languages", exact=True).first.uncheck()
    heads = models.locator(".ga-models thead th").all_inner_texts()
    assert "Repository" in heads
    assert "Languages" not in heads
    models.reload()
    expect(models.locator(".ga-models thead th", has_text="Repository")).to_be_visible()
    assert models.locator(".ga-models thead th", has_text="Languages").count() == 0


def test_downloads_hold_what_is_shown(models: Page, tmp_path: Path) -> None:
    chip(models, "role", "chat")
    for form in ("CSV", "JSON"):
        with models.expect_download() as waiting:
            models.get_by_role("button", name=form).click()
        waiting.value.save_as(tmp_path / form)
    shown = names(models)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "CSV").read_text(encoding="utf-8"))))
    assert [row["name"] for row in rows] == shown
    records = json.loads((tmp_path / "JSON").read_text(encoding="utf-8"))
    assert [record["name"] for record in records] == shown
    assert {"id", "size", "use", "released"} <= set(records[0])


def test_five_are_selected_at_most(models: Page) -> None:
    boxes = models.locator('[name="pick"]')
    for place in range(5):
        boxes.nth(place).check()
    assert boxes.nth(5).is_disabled()
    expect(models.locator(".ga-picked")).to_contain_text("that is the most")
    models.get_by_role("button", name="Clear the selection").click()
    assert boxes.nth(5).is_enabled()
    expect(models.locator(".ga-picked")).to_be_hidden()


def test_no_facet_for_verifications_while_there_are_none(models: Page, catalog: Catalog) -> None:
    assert models.locator('[data-facet="verified"]').count() == len(
        {VerificationBook(catalog).trust_of(key) for key in catalog.checkpoints} - {None}
    )


def many_rows() -> list[dict[str, Any]]:
    """Five thousand rows: copies of the real ones under other names."""
    rows = table()["rows"]
    return [rows[i % len(rows)] | {"id": f"m{i}", "name": f"Model {i}"} for i in range(5000)]


def test_five_thousand_rows_are_sorted_and_filtered(page: Page, site: str) -> None:
    rows = many_rows()
    serve_whole(page, rows)
    page.goto(f"{site}models/")
    expect(page.locator(".ga-found")).to_have_text("5,000 of 5,000 checkpoints")
    chip(page, "use", "yes")
    free = [row for row in rows if row["use"] == "yes"]
    expect(page.locator(".ga-found")).to_have_text(f"{len(free):,} of 5,000 checkpoints")
    page.get_by_role("button", name="Model", exact=True).click()
    assert names(page)[:3] == [row["name"] for row in sorted(free, key=lambda row: int(row["name"][6:]))[:3]]
    page.get_by_role("button", name="Size").click()
    assert names(page)[0] in {row["name"] for row in free if row["params"] == max(r["params"] or 0 for r in free)}


def test_hostile_and_very_long_names_leave_the_page_whole(page: Page, site: str) -> None:
    name = "<img src=x onerror=alert(1)>" + "\u202egnirts" + "שלום עולם" + "x" * 400
    runs = [row for row in table()["rows"] if row["fam"] == "pythia"][:3]
    rows = [row | {"name": name, "conds": [], "orgs": ["<i>a</i>"], "context": 4096} for row in runs]
    serve_whole(page, rows)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for address in ("models/?cols=org,size", "?fits=80&license=", f"compare/?ids={rows[0]['id']},{rows[1]['id']}"):
            page.goto(site + address)
            shown = page.locator("bdi", has_text="<img src=x").first
            expect(shown).to_be_visible()
            assert "\u202e" not in shown.inner_text()
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
            assert page.locator("#ga-models img, #ga-finder img, #ga-compare img").count() == 0


def test_nothing_found_is_said(models: Page) -> None:
    models.get_by_role("searchbox", name="Search names").fill("no such model anywhere")
    expect(models.get_by_text("No checkpoint passes all filters")).to_be_visible()


def test_nonsense_in_the_address_is_told_and_ignored(page: Page, site: str) -> None:
    page.goto(
        f"{site}models/?role=chat,<b>x</b>&lang=klingon&sort=-shoe&license=<script>&size=8&fits=huge&cols=size,mood"
    )
    expect(page.locator(".ga-ignored")).to_contain_text(
        "role=<b>x</b>, lang=klingon, license=<script>, fits=huge, cols=mood"
    )
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
