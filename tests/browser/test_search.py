"""The search: what is found, in which order, by keyboard, and what it costs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Response, expect

pytestmark = pytest.mark.browser


def groups(page: Page) -> list[str]:
    return [text.split("\n")[0].rsplit(" ", 1)[0] for text in page.locator(".ga-search__group h2").all_inner_texts()]


def hits(page: Page) -> list[str]:
    found: list[str] = page.locator(".ga-search__hit strong").all_inner_texts()
    return found


def search(page: Page, query: str) -> None:
    page.keyboard.press("/")
    box = page.get_by_role("searchbox")
    expect(page.locator(".ga-search__input[placeholder]")).to_be_visible()  # the index is there
    box.fill(query)
    expect(page.locator(".ga-search__hit").first).to_be_visible()


@pytest.mark.parametrize(
    ("language", "query", "first", "group"),
    [
        ("", "llama-7b", "LLaMA", "Model families"),
        ("", "LLaMA", "LLaMA", "Model families"),
        ("", "llama 2", "Llama 2", "Model families"),
        ("", "lmsys/vicuna-7b-v1.5", "Vicuna", "Model families"),
        ("", "apache", "Apache License 2.0", "Licenses"),
        ("", "Be Everyone's Large Language", "BELLE", "Model families"),
        ("", "hellaswag", "HellaSwag", "Benchmarks"),
        ("", "timeline", "Timeline", "Pages"),
        ("zh/", "LLaMA-7B", "LLaMA", "模型系列"),
        ("zh/", "许可证", "许可证", "页面"),
        ("zh/", "时间线", "时间线", "页面"),
        ("zh/", "apache", "Apache License 2.0", "许可证"),
    ],
)
def test_what_is_asked_for_comes_first(
    page: Page, site: str, language: str, query: str, first: str, group: str
) -> None:
    page.goto(site + language)
    search(page, query)
    assert groups(page)[0] == group
    assert hits(page)[0] == first, hits(page)[:8]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("开源大模型", "首页"),
        ("中文 指令模型", "BELLE（开源中文对话大模型）"),
        ("清华 对话", "ChatGLM-6B"),
        ("许可证 非商业", "ChatGLM-6B 许可证"),
        ("生物医学文本生成", "BioGPT"),
    ],
)
def test_chinese_queries_of_several_words_find_their_entries(page: Page, site: str, query: str, wanted: str) -> None:
    page.goto(f"{site}zh/")
    search(page, query)
    assert any(wanted.split("（", maxsplit=1)[0] in hit for hit in hits(page)), hits(page)


def test_results_are_grouped_by_kind_and_long_groups_fold(page: Page, site: str) -> None:
    page.goto(site)
    search(page, "pythia")
    assert groups(page)[:2] == ["Model families", "Checkpoints"]
    shown = len(hits(page))
    page.get_by_role("button", name="Show all").first.click()
    assert len(hits(page)) > shown


@pytest.mark.parametrize(("query", "said"), [("vicunna", "Similar names"), ("zzzzqq", "Nothing has these words")])
def test_what_is_not_found_is_said(page: Page, site: str, query: str, said: str) -> None:
    page.goto(site)
    page.keyboard.press("/")
    expect(page.locator(".ga-search__input[placeholder]")).to_be_visible()
    page.get_by_role("searchbox").fill(query)
    expect(page.locator(".ga-search__status")).to_contain_text(said)
    assert ("Vicuna" in hits(page)) == (query == "vicunna")


@pytest.mark.parametrize("query", ["<img src=x onerror=alert(1)>", "\\", "(", "[", "a" * 200, "%00", "\u202eabc"])
def test_nonsense_is_only_text(page: Page, site: str, query: str) -> None:
    page.goto(site)
    page.keyboard.press("/")
    expect(page.locator(".ga-search__input[placeholder]")).to_be_visible()
    page.get_by_role("searchbox").fill(query)
    expect(page.locator(".ga-search__status")).not_to_be_empty()
    assert page.locator(".ga-search img").count() == 0


def test_by_keyboard_alone(page: Page, site: str) -> None:
    page.goto(f"{site}benchmarks/hellaswag/")
    search(page, "vicuna")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".ga-search__hit").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}models/vicuna/")
    page.keyboard.press("s")
    expect(page.locator("dialog.ga-search")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.ga-search")).to_be_hidden()
    page.get_by_role("button", name="Search").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Search")).to_be_focused()


def test_keys_typed_into_a_field_stay_there(page: Page, site: str) -> None:
    page.goto(f"{site}models/")
    box = page.get_by_role("searchbox", name="Search names")
    box.click()
    page.keyboard.type("fs/")
    assert box.input_value() == "fs/"
    expect(page.locator("dialog.ga-search")).to_have_count(0)


def test_it_costs_nothing_until_it_is_used(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("response", lambda answer: note(answer, asked))
    page.goto(f"{site}models/vicuna/")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "search" in url and url.endswith(".json")]
    search(page, "llama")
    assert len([url for url in asked if url.endswith("assets/data/search.json")]) == 1


def note(answer: Response, asked: list[str]) -> None:
    asked.append(answer.url)


def test_on_a_phone(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}zh/")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("searchbox").fill("羊驼")
    expect(page.locator(".ga-search__status")).not_to_be_empty()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
