"""Nonsense in addresses, and a catalog of hostile texts: pages stay whole and say what is wrong."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.hostile import ATTACK, LONG, MANY

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
BIDI = ("\u202e", "\u202c", "\u2066", "\u2069")
NONSENSE = (
    "?q=" + "x" * 3000,
    "?%E0%A4%A&&&===?#%E0%A4%A",
    "?q=%00%E2%80%AE%3Cimg%20src%3Dx%20onerror%3Dwindow.hacked%3D1%3E",
    "?use=%E2%80%AE%3Cscript%3Ewindow.hacked=1%3C/script%3E&group=%E2%80%AEbogus&ids=%F0%9F%92%A9,,&fits=NaN&sort=-__proto__&cols=constructor",
    "?precision=toString&context=1e999&language=__proto__&license=hasOwnProperty&role=valueOf&score=constructor&lang=%27",
    "#%3Cscript%3Ewindow.hacked=1%3C/script%3E",
)
INTERACTIVE = (
    "", "models/", "compare/", "benchmarks/", "datasets/", "sources/", "scientific/", "multimodal/",
    "size-score/", "timeline/", "family-tree/", "models/llama/",
)  # fmt: skip
ANSWERS = {"models/": ".ga-bar2 .ga-found", "compare/": "#ga-compare p", "scientific/": ".ga-filterbar"}
"""What these pages show once their script has read the address."""


def whole(page: Page) -> None:
    """Nothing hangs out of the phone's screen, no script of the catalog or the address ran, nothing is reordered."""
    found = page.evaluate(
        """(marks) => {
          const root = document.documentElement;
          const text = document.body.innerText;
          return {
            wide: root.scrollWidth - root.clientWidth,
            hacked: window.hacked ?? null,
            marks: marks.filter((mark) => text.includes(mark)),
            headings: document.querySelectorAll("h1").length,
            foreign: document.querySelectorAll(".md-content img, .md-content iframe, .md-content article script").length,
            handlers: [...document.querySelectorAll(".md-content *")].filter((e) => e.hasAttribute("onclick")).length,
          };
        }""",
        list(BIDI),
    )
    assert found == {"wide": 0, "hacked": None, "marks": [], "headings": 1, "foreign": 0, "handlers": 0}, page.url


@pytest.mark.parametrize("address", INTERACTIVE)
def test_nonsense_in_the_address_leaves_the_page_whole(page: Page, site: str, address: str) -> None:
    page.set_viewport_size(PHONE)
    for nonsense in NONSENSE:
        page.goto(f"{site}{address}{nonsense}")
        expect(page.locator("h1")).to_be_visible()
        if address in ANSWERS and not nonsense.startswith("#"):
            expect(page.locator(ANSWERS[address]).first).to_be_visible()
        whole(page)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("?precision=int3", "precision=int3"),
        ("models/?role=king", "role=king"),
        ("compare/?ids=llama-7b,no-such-model", "Not in the catalog: no-such-model."),
        ("datasets/?group=<b>bogus</b>", "group=<b>bogus</b>"),
        ("zh/scientific/?use=maybe", "use=maybe"),
    ],
)
def test_what_is_not_understood_is_said(page: Page, site: str, address: str, told: str) -> None:
    page.goto(site + address)
    notice = page.locator(".ga-ignored:visible, .ga-compare__said:visible").first
    expect(notice).to_contain_text(told)
    assert notice.locator("b").count() == 0


def test_a_filter_over_cards_hides_headings_without_cards_and_is_in_the_address(page: Page, site: str) -> None:
    page.goto(f"{site}licenses/")
    cards = page.locator("[data-item]:visible")
    total = cards.count()
    page.get_by_label("Filter by name and text").fill("llama 2")
    expect(page.get_by_role("status").first).to_contain_text(f"of {total}")
    assert 0 < cards.count() < total
    for text in cards.all_inner_texts():
        assert "llama" in text.lower()
        assert "2" in text
    headings = page.locator(".md-content h2:visible").all_inner_texts()
    assert not any("Commercial use: yes" in heading for heading in headings)
    page.reload()
    assert page.get_by_label("Filter by name and text").input_value() == "llama 2"
    page.get_by_label("Filter by name and text").fill("zzzz")
    expect(page.get_by_text("Nothing passes the filter.")).to_be_visible()


# ---- the hostile catalog -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["", "zh/"])
def test_every_page_of_a_hostile_catalog_stays_whole(
    page: Page, hostile: str, hostile_folder: Path, language: str
) -> None:
    page.set_viewport_size(PHONE)
    root = hostile_folder / language
    addresses = sorted(path.parent.relative_to(root).as_posix() for path in root.rglob("index.html"))
    addresses = [address for address in addresses if not address.startswith("zh")]
    assert len(addresses) > 35
    for address in addresses:
        page.goto(f"{hostile}{language}{address.removeprefix('.')}" + ("" if address == "." else "/"))
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        whole(page)


def test_hostile_text_is_shown_as_text(page: Page, hostile: str) -> None:
    page.goto(f"{hostile}models/small/")
    heading = page.locator("h1").inner_text()
    assert heading.startswith('Small "><script>window.hacked=1</script><img')
    assert "{{ 7*7 }} ${7*7} &amp; gnirts" in heading
    mark = page.locator("a.ga-ev").first
    mark.hover()
    expect(page.locator(".ga-pop")).to_contain_text("</script><img src=x")
    assert page.locator(".ga-pop img").count() == 0
    whole(page)


def test_hostile_names_in_finder_table_comparison_and_search(page: Page, hostile: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{hostile}models/?q={quote(ATTACK[:60])}")
    expect(page.locator(".ga-models tbody tr").first).to_be_visible()
    whole(page)
    page.goto(f"{hostile}compare/?ids=many-0,many-1,small-70m,nobody")
    expect(page.locator(".ga-compare thead th").first).to_contain_text("<script>window.hacked=1</script>")
    expect(page.locator(".ga-compare__said")).to_contain_text("Not in the catalog: nobody.")
    page.get_by_label("Export").select_option("LaTeX")
    whole(page)
    page.goto(f"{hostile}?fits=80GB")
    expect(page.locator("#ga-finder .ga-found")).to_be_visible()
    whole(page)
    page.keyboard.press("/")
    page.locator("dialog input").fill("script")
    expect(page.locator("dialog a").first).to_be_visible()
    whole(page)


def test_sixty_checkpoints_are_folded_listed_and_reached(page: Page, hostile: str) -> None:
    page.goto(f"{hostile}models/many/#many-59")
    assert page.locator("details.ga-cp").count() == MANY
    assert page.locator("details.ga-cp[open]").count() == 1
    expect(page.locator("#many-59")).to_be_in_viewport()
    page.get_by_role("link", name="Compare the checkpoints").click()
    expect(page.locator(".ga-compare thead th")).to_have_count(5)


def test_the_longest_id_has_a_page_that_says_what_it_is_made_of(page: Page, hostile: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{hostile}models/{LONG}/")
    expect(page.locator(".ga-recipes")).to_contain_text("fine-tuned from")
    whole(page)


def test_a_benchmark_without_comparable_claims_says_so(page: Page, hostile: str) -> None:
    page.goto(f"{hostile}benchmarks/lonely/")
    expect(page.get_by_role("heading", name="Not ranked here, and why")).to_be_visible()
    assert page.locator(".ga-rank").count() == 0
    expect(page.get_by_text("No ranking: no two scores")).to_be_visible()
    page.goto(f"{hostile}benchmarks/empty/")
    expect(page.get_by_text("No published score of it is in the catalog.")).to_be_visible()
    page.goto(f"{hostile}zh/benchmarks/empty/")
    expect(page.get_by_text("目录中没有它的公开成绩。")).to_be_visible()
