"""The ten questions of docs/questions.md: every path is walked by clicks, and the answer stands where it leads."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.whole import serve_whole
from tests.catalogs import CHECKOUT

pytestmark = pytest.mark.browser

Step = Callable[[Page], Locator]
MOST = 3


def link(name: str) -> Step:
    """The first link of this very name that a visitor sees."""
    return lambda page: page.get_by_role("link", name=name, exact=True).first


def tab(name: str) -> Step:
    return lambda page: page.locator(".md-tabs").get_by_role("link", name=name, exact=True)


def beside(name: str) -> Step:
    return lambda page: page.locator(".ga-subtabs").get_by_role("link", name=name, exact=True)


def fold(text: str) -> Step:
    return lambda page: page.locator("details[open] details summary:visible", has_text=text).first


@dataclass(frozen=True)
class Asked:
    """A question, the clicks from the home page, and the answer: where it stands and words of it."""

    question: str
    clicks: tuple[Step, ...]
    place: str
    words: tuple[str, ...]


ASKED = (
    Asked(
        "Which Chinese model of about 7B may I sell a service on and run on 8 GB?",
        (link("Which Chinese model of about 7B may I sell a service on and run on 8 GB?"),),
        ".ga-models tbody",
        ("Qwen2.5 7B", "yes"),
    ),
    Asked(
        "May I sell a service on Vicuna?",
        (
            link("Vicuna"),
            lambda page: page.locator(".md-sidebar--secondary").get_by_text("May I sell a service on it?"),
        ),
        ".ga-usegroup--no >> nth=0",
        ("Vicuna 7B v1.3", "inherited from LLaMA 7B", "non-commercial"),
    ),
    Asked(
        "What is Vicuna made of?",
        (link("What is Vicuna made of?"),),
        ".ga-recipes",
        ("fine-tuned from LLaMA", "fine-tuned from Llama 2", "ShareGPT"),
    ),
    Asked(
        "Why do two sources give LLaMA-7B different ARC scores?",
        (tab("Trust"),),
        '[id="_conflict-llama-7b-arc-easy.acc.0-shot.lm-eval"]',
        ("LLaMA 7B", "ARC Easy", "is affected by a known defect"),
    ),
    Asked(
        "How much memory does Falcon 7B need, and how do I start it?",
        (link("How much memory does Falcon 7B need, and how do I start it?"), fold("transformers")),
        "details.ga-cp[open]",
        ("Memory", "16 bits (fp16, bf16)", "24 GB card", "tiiuae/falcon-7b", "from transformers import"),
    ),
    Asked(
        "LLaMA 7B or Falcon 7B: which is better?",
        (link("LLaMA 7B or Falcon 7B: which is better?"),),
        ".ga-compare",
        ("LLaMA 7B", "Falcon 7B", "HellaSwag", "◇"),
    ),
    Asked(
        "Which models were made from LLaMA?",
        (tab("Explore"), beside("Family trees")),
        '.ga-chart[aria-label*="from LLaMA,"]',
        ("LLaMA", "Vicuna"),
    ),
    Asked(
        "What did the survey get wrong about BELLE?",
        (link("BELLE"), lambda page: page.locator(".md-sidebar--secondary").get_by_text("Corrections to the survey")),
        ".ga-corrections",
        ("Pythia", "BLOOMZ-7B1-mt"),
    ),
    Asked("What came out last?", (tab("News"),), ".ga-news >> nth=0", ("ChatGLM2-6B",)),
    Asked(
        "Where can I download all of it, and may I?",
        (
            tab("Trust"),
            beside("About the data"),
            lambda page: page.locator(".md-sidebar--secondary").get_by_text("Downloads"),
        ),
        ".md-content",
        ("They may be used under CC-BY-4.0", "catalog.json", "claims.csv", "one row a published score"),
    ),
)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.question)
def test_the_answer_is_at_most_three_clicks_away(page: Page, site: str, asked: Asked) -> None:
    serve_whole(page)
    assert len(asked.clicks) <= MOST
    page.goto(site)
    for click in asked.clicks:
        click(page).click()
    place = page.locator(asked.place)
    expect(place).to_be_visible()
    for words in asked.words:
        expect(place).to_contain_text(words)


def test_the_questions_are_those_of_the_page_and_of_the_docs(page: Page, site: str) -> None:
    text = (CHECKOUT / "docs/questions.md").read_text()
    documented = re.findall(r"^\d+\. \*\*(.+?)\*\*", text, re.MULTILINE)
    assert documented == [asked.question for asked in ASKED]
    page.goto(site)
    assert page.locator(".ga-questions a").all_inner_texts() == documented


@pytest.mark.parametrize("language", ["", "zh/"])
def test_every_question_of_the_home_page_leads_to_a_place_that_exists(page: Page, site: str, language: str) -> None:
    page.goto(site + language)
    links = page.locator(".ga-questions a")
    addresses = links.evaluate_all("all => all.map((a) => a.href)")
    assert len(addresses) == len(ASKED)
    for address in addresses:
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        if "#" in address:
            assert page.locator(f'[id="{address.partition("#")[2]}"]').count() == 1
