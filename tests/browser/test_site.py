"""What every page must do in a real browser. The fixture `page` fails on foreign requests and console errors."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PAGES = (
    "", "models/", "compare/", "models/vicuna/", "models/llama/", "models/belle-7b/", "benchmarks/", "benchmarks/hellaswag/",
    "datasets/", "licenses/", "licenses/llama-1/", "tools/", "techniques/", "applications/", "sources/",
    "sources/stability-ai-stablelm/", "conflicts/", "corrections/", "about/",
)  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["", "zh/"])
def test_pages_fit_a_phone_and_say_who_they_are(page: Page, site: str, address: str, language: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site + language + address)
    expect(page.locator("h1").first).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, "the page scrolls sideways"
    assert page.title()
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize(
    "address", ["", "models/?role=chat", "models/vicuna/#_license", "benchmarks/hellaswag/", "about/"]
)
def test_the_language_switch_leads_to_the_same_page_and_back(page: Page, site: str, address: str) -> None:
    page.goto(site + address)
    page.get_by_role("link", name="中文", exact=True).click()
    page.wait_for_url(f"{site}zh/{address}")
    assert page.locator("html").get_attribute("lang") == "zh"
    page.get_by_role("link", name="English", exact=True).click()
    page.wait_for_url(site + address)


def test_dark_mode_can_be_switched_and_stays(page: Page, site: str) -> None:
    def background() -> str:
        found: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return found

    page.goto(site)
    light = background()
    page.get_by_title("Dark mode").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    dark = background()
    assert dark != light
    page.goto(f"{site}models/llama/")
    assert background() == dark


@pytest.mark.parametrize(
    ("language", "query", "title", "address"),
    [
        ("", "vicuna", "Vicuna", "models/vicuna/"),
        ("", "apache", "Apache License 2.0", "licenses/apache-2.0/"),
        ("", "Be Everyone's Large Language", "BELLE", "models/belle-7b/"),
        ("zh/", "中文 指令模型", "BELLE", "zh/models/belle-7b/"),
        ("zh/", "许可证", "许可证", "zh/licenses/"),
    ],
)
def test_search_finds_in_both_languages(
    page: Page, site: str, language: str, query: str, title: str, address: str
) -> None:
    page.goto(site + language)
    page.locator(".ga-searchbutton").click()
    page.locator("dialog.ga-search input").fill(query)
    hits = page.locator("dialog.ga-search a")
    expect(hits.first).to_be_visible(timeout=60_000)
    links = hits.evaluate_all("all => all.map(a => a.href)")
    assert any(link.split("?")[0].split("#")[0] == site + address for link in links), links
    assert any(title in text for text in hits.all_inner_texts())


def test_evidence_shows_on_hover_focus_and_tap(page: Page, site: str) -> None:
    page.goto(f"{site}models/vicuna/")
    mark = page.locator("a.ga-ev").first
    mark.hover()
    expect(page.locator(".ga-pop")).to_be_visible()
    assert page.locator(".ga-pop").inner_text().strip()
    page.keyboard.press("Escape")
    expect(page.locator(".ga-pop")).to_have_count(0)
    page.mouse.move(0, 0)
    mark.focus()
    expect(page.locator(".ga-pop")).to_be_visible()
    page.locator("h1").click()
    expect(page.locator(".ga-pop")).to_have_count(0)


def test_a_link_to_a_checkpoint_opens_its_facts(page: Page, site: str) -> None:
    page.goto(f"{site}models/vicuna/#vicuna-7b-v1.5")
    expect(page.get_by_role("heading", name="Vicuna 7B v1.5")).to_be_in_viewport()
    assert page.locator("details.ga-cp[open]").count() == 1


def test_wide_tables_scroll_in_their_box_with_a_cue(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}corrections/")
    box = page.locator(".ga-scroll").first
    assert box.evaluate("b => b.scrollWidth > b.clientWidth")
    assert "ga-scroll--more" in (box.get_attribute("class") or "")
    box.evaluate("b => { b.scrollLeft = b.scrollWidth; }")
    expect(box).not_to_have_class("ga-scroll ga-scroll--more")


def test_an_unknown_address_gets_a_helpful_page(page: Page, site: str) -> None:
    # The browser reports the 404 itself as a console error, so this asks without loading it as a page.
    answer = page.request.get(f"{site}models/no-such-model/")
    assert answer.status == 404
    assert "There is no such page" in answer.text()
    assert 'href="/models/"' in answer.text()


# ---- the questions that the site must answer -------------------------------------------------------


def test_what_is_vicuna_made_of(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("link", name="What is Vicuna made of?").click()
    expect(page.locator(".ga-recipes tbody tr").first).to_be_visible()
    rows = page.locator(".ga-recipes tbody tr").all_inner_texts()
    assert any("Vicuna 7B v1.3" in row and "fine-tuned from LLaMA" in row and "ShareGPT" in row for row in rows)
    assert any("Vicuna 7B v1.5" in row and "fine-tuned from Llama 2" in row for row in rows)


def test_may_i_sell_a_service_on_vicuna(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("link", name="May I sell a service on Vicuna?").click()
    expect(page.locator(".ga-usegroup").first).to_be_visible()
    groups = page.locator(".ga-usegroup").all_inner_texts()
    no = next(text for text in groups if "Vicuna 7B v1.3" in text)
    assert no.replace("\n", " ").startswith("✕ no")
    assert "inherited from LLaMA 7B" in no
    conditional = next(text for text in groups if "Vicuna 7B v1.5" in text)
    assert "under conditions" in conditional
    assert "separate license above a number of users" in conditional
    assert "700 million monthly active users" in conditional


def test_why_two_sources_give_llama_7b_different_arc_scores(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("link", name="Why do two sources give LLaMA-7B different ARC scores?").click()
    expect(page.locator(".ga-conflict").first).to_be_visible()
    cards = page.locator(".ga-conflict").all_inner_texts()
    arc = next(text for text in cards if "LLaMA 7B" in text and "ARC Easy" in text and "length-normalized" in text)
    assert "52.48" in arc
    assert "72.85" in arc
    assert "known defect: LLaMA results of lm-eval before June 2023" in arc
    assert "tokenized apart" in page.locator(".ga-defects").inner_text()


def test_what_the_survey_got_wrong_about_belle(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("link", name="What did the survey get wrong about BELLE?").click()
    row = page.locator(".ga-corrections tbody tr", has_text="E06").inner_text()
    assert "Backbone" in row
    assert "Pythia" in row
    assert "BLOOMZ-7B1-mt" in row
    assert "BELLE repository" in row
