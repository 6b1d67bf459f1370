"""Verdicts in a real browser: what a sign shows on hover and tap, narrowing, filtering, comparing, phone, languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from gptalt_catalog.render.build import build
from gptalt_catalog.render.project import Project
from tests.browser.conftest import serving
from tests.catalogs import CHECKOUT, read
from tests.records import GPU, RECORD, catalog_with_a_record

pytestmark = pytest.mark.browser
pytest.importorskip("numpy", reason="audits need numpy, which comes with the extras `verify` and `dev`")

ADDRESSES = ("verifications/", f"verifications/{RECORD}/", "models/small/", "benchmarks/quiz/")


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small catalog's site with a record."""
    folder = tmp_path_factory.mktemp("verified")
    built = build(read(catalog_with_a_record(folder)).catalog, Project.of(CHECKOUT / "catalog"), folder / "build")
    assert built.warnings == ()
    with serving(folder / "build" / "site") as address:
        yield address


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", ["", "zh/"])
def test_pages_fit_a_phone(page: Page, verified: str, address: str, language: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(verified + language + address)
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_the_language_switch_leads_to_the_same_record(page: Page, verified: str) -> None:
    page.goto(f"{verified}verifications/{RECORD}/")
    page.get_by_role("link", name="中文", exact=True).click()
    page.wait_for_url(f"{verified}zh/verifications/{RECORD}/")
    expect(page.get_by_text("未能复现").first).to_be_visible()


def test_records_are_in_the_navigation_and_lead_on(page: Page, verified: str) -> None:
    page.goto(f"{verified}conflicts/")
    page.get_by_role("link", name="Verifications").first.click()
    page.wait_for_url(f"{verified}verifications/")
    page.locator(".ga-stack").get_by_role("link", name="Small 70M").click()
    page.wait_for_url(f"{verified}verifications/{RECORD}/")
    expect(page.locator(".ga-verified tbody tr")).to_have_count(2)


def test_a_sign_shows_the_whole_row_on_hover_and_leads_to_it(page: Page, verified: str) -> None:
    page.goto(f"{verified}models/small/")
    mark = page.locator(".ga-scores a.ga-vf--no").first
    mark.hover()
    for said in ("31.50 %", "not reproduced", "± 3 points", "risk 5 %", GPU, "2026-11-25", "self-reported"):
        expect(page.locator(".ga-pop")).to_contain_text(said.replace("31.50", "31.5"))
    page.keyboard.press("Escape")
    expect(page.locator(".ga-pop")).to_have_count(0)
    mark.click()
    assert page.url.endswith(f"#_v-{RECORD.replace('/', '-')}-2")


def test_a_tap_shows_the_row_and_the_record_is_one_more_tap_away(browser: Browser, verified: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{verified}models/small/")
    page.locator(".ga-scores a.ga-vf--yes").first.tap()
    pop = page.locator(".ga-pop")
    expect(pop).to_contain_text("reproduced")
    pop.get_by_role("link", name="2026-11-25").tap()
    page.wait_for_url(f"{verified}verifications/{RECORD}/")
    context.close()


def test_without_scripts_a_sign_leads_to_its_row(browser: Browser, verified: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{verified}benchmarks/quiz/")
    page.locator(".ga-rank a.ga-vf--yes").first.click()
    expect(page.locator(":target")).to_contain_text(GPU)
    context.close()


def test_a_ranking_is_narrowed_to_scores_that_were_run_again(page: Page, verified: str) -> None:
    page.goto(f"{verified}benchmarks/quiz/")
    page.locator(".ga-ranking").first.evaluate(
        """ranking => { const row = ranking.querySelector("tbody tr").cloneNode(true);
                        row.className = "ga-notvf"; ranking.querySelector("tbody").append(row); }"""
    )
    rows = page.locator(".ga-ranking").first.locator("tbody tr:visible")
    expect(rows).to_have_count(2)
    page.get_by_label("Only scores that were run again").first.check()
    expect(rows).to_have_count(1)


def test_models_are_filtered_by_trust_and_show_the_sign_beside_the_score(page: Page, verified: str) -> None:
    page.goto(f"{verified}models/?verified=self-reported&score=quiz")
    rows = page.locator(".ga-models tbody tr")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Small 70M")
    sign = rows.first.locator("a.ga-vf--yes")
    assert GPU in str(sign.get_attribute("title"))
    sign.click()
    page.wait_for_url(f"{verified}verifications/{RECORD}/#_v-*")


def test_a_comparison_shows_the_sign(page: Page, verified: str) -> None:
    page.goto(f"{verified}compare/?ids=small-70m,small-70m-chat")
    page.get_by_label("all").first.wait_for(state="attached")
    page.locator('input[name="all"]').check()
    expect(page.locator(".ga-compare a.ga-vf").first).to_be_visible()
    assert page.locator(".ga-compare a.ga-vf--no").count() == 1


@pytest.mark.parametrize(("language", "word"), [("", "run again"), ("zh/", "重新运行")])
def test_the_search_finds_the_record(page: Page, verified: str, language: str, word: str) -> None:
    page.goto(verified + language)
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill(word)
    hit = page.locator(f'.ga-search__hit[href*="{RECORD}"]')
    expect(hit).to_have_count(1)
    hit.click()
    page.wait_for_url(f"{verified}{language}verifications/{RECORD}/")
