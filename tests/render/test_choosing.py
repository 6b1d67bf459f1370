"""What helps to choose, on pages and in the JSON that scripts read."""

from __future__ import annotations

import json

import pytest

from gptalt_catalog.domain.memory import GIB, PRECISIONS
from gptalt_catalog.render.checkpoint_details import comparison_words, family_details
from gptalt_catalog.render.choosing import Choosing, gigabytes
from gptalt_catalog.render.environment import Templates
from gptalt_catalog.render.escape import code
from gptalt_catalog.render.finder import static_list
from gptalt_catalog.render.model_table import model_table
from gptalt_catalog.render.page_tools import PageTools
from gptalt_catalog.render.pages import all_pages
from gptalt_catalog.render.places import Place
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.views.memory_terms import memory_terms
from gptalt_catalog.views.model_list import query_checkpoints
from tests.catalogs import CHECKOUT, GOOD, read
from tests.render.pages import parsed, split

SITE = CHECKOUT / "site"


@pytest.fixture(scope="module")
def data() -> SiteData:
    return SiteData(read(CHECKOUT / "catalog").catalog)


@pytest.fixture(scope="module")
def small() -> SiteData:
    return SiteData(read(GOOD).catalog)


def page_text(data: SiteData, address: str) -> str:
    page = next(page for page in all_pages(data, "en") if page.address == address)
    templates = Templates([SITE / "templates", SITE / "pages"])
    return " ".join(" ".join(parsed(split(templates.render(page.template, page.context(data, "en")))[1]).text).split())


# ---- home ----------------------------------------------------------------------------------------


def test_the_static_lists_hold_what_the_filters_give(data: SiteData) -> None:
    picks = static_list(data, "en", 16)
    allowed = {r.id for r in query_checkpoints(data.catalog, license="commercial", fits=16 * GIB, rows=data.rows["en"])}
    assert len(picks) == 5
    assert {pick.row.id for pick in picks} <= allowed
    assert not any(pick.row.superseded_by for pick in picks)


def test_reasons_say_fit_standing_and_license(data: SiteData) -> None:
    h = PageTools(data, Place("", "en"))
    choose = Choosing(data, "en")
    for pick in static_list(data, "en", 24):
        assert pick.fit is not None
        fits, standing, use, *_ = (str(reason.striptags()) for reason in choose.reasons(h, pick, 24))
        spare = gigabytes(24 * GIB - pick.fit.high)
        assert fits == f"fits with {spare} GB to spare at 4,096 tokens"
        assert use.startswith("commercial use: ")
        if pick.standing is not None:
            assert f"of {pick.standing.of} comparable on" in standing
            assert standing.startswith("best" if pick.standing.first == 1 else "rank")


def test_the_home_page_of_a_small_catalog_says_that_nothing_fits(small: SiteData) -> None:
    assert "Find a model for my machine" in page_text(small, "")


# ---- model page ------------------------------------------------------------------------------------


def test_a_model_page_has_memory_commands_and_citation(data: SiteData) -> None:
    text = page_text(data, "models/vicuna/")
    assert "24 GB card" in text
    assert "vllm serve lmsys/vicuna-7b-v1.5 --max-model-len 4096 --dtype float16" in text
    assert "vLLM repository: model registry" in text
    assert "@misc{vicuna, title = {{Vicuna}}" in text
    assert "Published is the difference to its base" in text


HOSTILE_PROMPT = "</code></pre>\n\n# head\n\n<script>x</script> `a` *b* [c](d) {: #e } &amp; \u202e"


def test_code_stays_code_whatever_a_prompt_holds() -> None:
    body = f'<div class="ga-code"><pre><code>{code(HOSTILE_PROMPT)}</code></pre></div>\n\nafter\n'
    page = parsed(body)
    assert page.tags == ["div", "pre", "code", "/code", "/pre", "/div", "p", "/p"]
    assert "".join(page.text).split() == [*HOSTILE_PROMPT.replace("\u202e", "").split(), "after"]


# ---- JSON ------------------------------------------------------------------------------------------


def test_rows_carry_the_terms_of_memory(data: SiteData) -> None:
    table = json.loads(json.dumps(model_table(data, "en")))
    assert table["memory"]["precisions"] == list(PRECISIONS)
    assert table["memory"]["margin"] == data.fitting.margin
    rows = {row["id"]: row for row in table["rows"]}
    terms = memory_terms(data.fitting, "mistral-7b-v0.1")
    assert terms is not None
    assert rows["mistral-7b-v0.1"]["fit"] == [
        *terms.weights, terms.workspace, terms.logits, terms.per_token, terms.state, terms.everywhere, terms.windowed,
        terms.window,
    ]  # fmt: skip
    assert "fit" not in rows["baize-lora-7b"]


def test_the_words_of_all_values_are_there(data: SiteData) -> None:
    for language in ("en", "zh"):
        table = model_table(data, language)
        for row in table["rows"]:
            values = (*row["roles"], *row["conds"], row["use"], row["domain"], row["access"], row["form"])
            assert all(value in table["words"] for value in values), row["id"]
            assert all(key in table["families"] for key in row["next"])
            assert all(key in table["organizations"] for key in row["orgs"])


def test_details_of_a_checkpoint(data: SiteData) -> None:
    found = family_details(data, "en", "llama")["llama-7b"]
    assert found["facts"]["shape.layers"] == ["32"]
    words = comparison_words(data, "en")
    known = {key for _, fields in words["facts"] for key in fields}
    assert set(found["facts"]) <= known
    best = data.book.best("llama-7b", "arc-easy.acc.0-shot.lm-eval")
    assert best is not None
    first = next(score for score in found["scores"] if score[0] == best.protocol)
    assert (first[1], first[4]) == (best.source, [])
    assert all(score[0] in words["protocols"] and score[1] in words["sources"] for score in found["scores"])
    assert any(score[4] for score in found["scores"]), "reasons of those that are not ranked"


def test_details_are_text_and_not_markup(data: SiteData) -> None:
    for key in data.catalog.families:
        for details in family_details(data, "zh", key).values():
            for _, _, _, _, reasons in details["scores"]:
                assert not any("<" in reason or "&#" in reason for reason in reasons)


@pytest.mark.parametrize(("count", "text"), [(3.04 * GIB, "3.0"), (99.94 * GIB, "99.9"), (140.6 * GIB, "141")])
def test_gigabytes(count: float, text: str) -> None:
    assert gigabytes(count) == text


def test_every_script_and_style_that_a_page_names_exists(small: SiteData) -> None:
    templates = Templates([SITE / "templates", SITE / "pages"])
    named = set()
    for page in all_pages(small, "en"):
        head, _ = split(templates.render(page.template, page.context(small, "en")))
        named |= {f"js/{name}.js" for name in head.get("scripts", ())}
        named |= {f"css/{name}.css" for name in head.get("styles", ())}
    assert {"js/choose.js", "js/finder.js", "js/compare.js", "js/models.js", "css/choose.css"} <= named
    assert all((SITE / "assets" / path).is_file() for path in named)
