"""What every page must do in a real browser. The fixture `page` fails on foreign requests and console errors."""

from __future__ import annotations

import html
import os
import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from gptalt_catalog.render.page_maker import PageMaker
from tests.catalogs import CHECKOUT

pytestmark = pytest.mark.browser

PAGES = (
    "", "models/", "compare/", "models/vicuna/", "models/llama/", "models/belle-7b/", "benchmarks/", "benchmarks/hellaswag/",
    "datasets/", "licenses/", "licenses/llama-1/", "tools/", "techniques/", "applications/", "sources/",
    "sources/stability-ai-stablelm/", "conflicts/", "corrections/", "about/", "timeline/", "family-tree/",
    "size-score/", "size-score/hellaswag/", "scientific/", "multimodal/", "human-evaluation/", "open-problems/",
    "news/", "cite/", "verifications/",
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


@pytest.mark.parametrize("address", [*PAGES, "models/?role=chat", "models/vicuna/#_license", "scientific/?q=bio"])
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


def test_a_tap_shows_evidence_and_stays(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{site}models/vicuna/")
    page.locator("a.ga-ev").first.tap()
    expect(page.locator(".ga-pop")).to_be_visible()
    assert page.url == f"{site}models/vicuna/"
    context.close()


@pytest.mark.parametrize("language", ["", "zh/"])
def test_every_page_of_a_section_is_reached_from_its_first(page: Page, site: str, language: str) -> None:
    for first in ("timeline/", "tools/", "conflicts/", "news/"):
        page.goto(site + language + first)
        row = page.locator(".ga-subtabs a")
        expect(row.first).to_have_attribute("aria-current", "page")
        addresses: list[str] = row.evaluate_all("all => all.map((a) => a.href)")
        assert len(addresses) > 1
        page.goto(addresses[-1])
        expect(page.locator('.ga-subtabs a[aria-current="page"]')).to_have_count(1)
    page.goto(f"{site}{language}size-score/hellaswag/")
    expect(page.locator('.ga-subtabs a[aria-current="true"]')).to_have_count(1)


def test_a_link_to_a_checkpoint_opens_its_facts(page: Page, site: str) -> None:
    page.goto(f"{site}models/vicuna/#vicuna-7b-v1.5")
    expect(page.get_by_role("heading", name="Vicuna 7B v1.5")).to_be_in_viewport()
    assert page.locator("details.ga-cp[open]").count() == 1


def test_wide_tables_scroll_in_their_box_with_a_cue(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}scientific/")
    box = page.locator(".ga-scroll").first
    assert box.evaluate("b => b.scrollWidth > b.clientWidth")
    assert "ga-scroll--more" in (box.get_attribute("class") or "")
    box.evaluate("b => { b.scrollLeft = b.scrollWidth; }")
    expect(box).not_to_have_class("ga-scroll ga-scroll--more")


@pytest.mark.parametrize(
    ("address", "heading", "offer"),
    [
        ("models/vicunna/", "There is no such page", "/models/vicuna/"),
        ("models/vicuna-7b-v1.5/", "There is no such page", "/models/vicuna/"),
        ("zh/models/typo/belle/", "没有这个页面", "/zh/models/belle-7b/"),
        ("%E0%A4%A/", "There is no such page", None),
    ],
)
def test_an_unknown_address_gets_a_helpful_page(
    browser: Browser, site: str, address: str, heading: str, offer: str | None
) -> None:
    # Not the fixture `page`: the browser itself reports every 404 as a console error.
    page = browser.new_page()
    answer = page.goto(site + address)
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_text(heading)).to_be_visible()
    assert page.locator(".ga-missingpage:visible").count() == 1
    if offer:
        expect(page.locator(f'.ga-suggestions:visible a[href$="{offer}"]').first).to_be_visible()
    page.close()


def test_a_page_with_a_redirect_leads_to_its_target(page: Page, site: str, site_folder: Path) -> None:
    maker = PageMaker(CHECKOUT / "mkdocs.yml", site_folder)
    source = '---\ntitle: Old\ndescription: Old\nredirect: "../../models/vicuna/"\n---\n# Old\n'
    old = site_folder / "site/models/old-name"
    old.mkdir()
    (old / "index.html").write_text(maker.page("models/old-name.md", source))
    page.goto(f"{site}models/old-name/")
    page.wait_for_url(f"{site}models/vicuna/")
    shutil.rmtree(old)


def test_every_internal_link_of_every_page_resolves(site_folder: Path) -> None:
    root = site_folder / "site"
    texts = {page: page.read_text() for page in sorted(root.rglob("*.html"))}
    ids = {page: set(re.findall(r'\bid="([^"]+)"', text)) for page, text in texts.items()}
    broken = []
    for page, text in texts.items():
        for link in set(re.findall(r'\b(?:href|src)="([^"]+)"', text)):
            parts = urlsplit(html.unescape(link))
            if parts.scheme or parts.netloc:
                continue
            base = root if parts.path.startswith("/") else page.parent
            target = Path(os.path.normpath(base / unquote(parts.path).lstrip("/"))) if parts.path else page
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                broken.append(f"{page.relative_to(root)}: {link}")
            elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in ids[target]:
                broken.append(f"{page.relative_to(root)}: {link} (no such place)")
    assert broken == []


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
