"""The page that says for every checkpoint whether its published scores can be verified, and if not, why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from gptalt_catalog.domain.memory import GIB
from gptalt_catalog.render.escape import fill, html, safe
from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings.verifiable import VerifiableStrings, verifiable_strings
from gptalt_catalog.views.memory_fit import CARDS
from gptalt_catalog.views.verifiability import ANSWERS, reasons
from gptalt_catalog.views.words import Language

ADDRESS = "verifiable/"


def pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """The page."""
    x = verifiable_strings(language)
    yield PageFile(ADDRESS, "verifiable.md.j2", x.title, x.lede, partial(_content, data, x))


def _content(data: SiteData, x: VerifiableStrings) -> dict[str, Any]:
    rows = data.verifiable
    counts = Counter(row.answer for row in rows)
    ranked = sorted(rows, key=lambda row: ANSWERS.index(row.answer))  # stable: the catalog's order within an answer
    return {
        "x": x,
        "rows": ranked,
        "counts": [(answer, counts[answer]) for answer in ANSWERS],
        "reasons": reasons(rows),
        "command": lambda text: html(f"<code>{safe(text)}</code>"),
        "card": partial(_card, x),
        "gib": lambda count: "" if count is None else f"{count / GIB:.1f}",
    }


def _card(x: VerifiableStrings, memory: int | None) -> str:
    """The smallest common card that is enough."""
    if memory is None:
        return x.filter_unknown
    enough = next((card for card in CARDS if memory <= card * GIB), None)
    return str(fill(x.filter_more, card=CARDS[-1]) if enough is None else fill(x.filter_card, card=enough))
