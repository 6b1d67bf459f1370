"""Legends: the signs of a chart with their words, as a list beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from markupsafe import Markup

from gptalt_catalog.domain.family import Domain
from gptalt_catalog.domain.license import Commercial
from gptalt_catalog.render.charts.scatter import sign
from gptalt_catalog.render.charts.svg import element
from gptalt_catalog.render.charts.timeline import mark
from gptalt_catalog.render.escape import html, safe
from gptalt_catalog.render.strings.charts import ChartStrings
from gptalt_catalog.views.size_scores import Era
from gptalt_catalog.views.timeline import Milestone, Openness
from gptalt_catalog.views.words import Language, value_label

KEY = 16.0
"""The width and height of a sign."""


def legend(title: str, entries: Iterable[tuple[Markup, str]]) -> Markup:
    """A list of signs and their words."""
    items = "".join(f"<li>{_key(drawn)} {safe(text)}</li>" for drawn, text in entries)
    return html(f'<div class="ga-legend"><span>{safe(title)}</span><ul>{items}</ul></div>')


def _key(drawn: Markup) -> Markup:
    return element(
        "svg",
        drawn,
        class_="ga-chart ga-key",
        viewBox="0 0 16 16",
        width=KEY,
        height=KEY,
        aria_hidden="true",
    )


def family_signs(t: ChartStrings, language: Language) -> Markup:
    """The signs of families in the timeline and in trees."""
    entries = [(_family("open", domain), _domain(domain, language)) for domain in get_args(Domain)]
    entries.append((_family("closed", "language"), t.openness_closed))
    return legend(t.legend, entries)


def _domain(domain: Domain, language: Language) -> str:
    word = value_label(domain, language)
    return word[:1].upper() + word[1:]


def _family(openness: Openness, domain: Domain) -> Markup:
    return mark(Milestone("", "", "2023", openness, domain, (), 0, None), KEY / 2, KEY / 2)


def license_signs(answers: Iterable[Commercial], t: ChartStrings, language: Language) -> Markup:
    """The shapes of commercial-use answers."""
    return legend(
        t.shape_license,
        [(sign(answer, "late", KEY / 2, KEY / 2), value_label(answer, language)) for answer in answers],
    )


def era_signs(eras: Iterable[Era], t: ChartStrings) -> Markup:
    """The fillings of eras."""
    return legend(t.fill_date, [(sign("yes", era, KEY / 2, KEY / 2), getattr(t, f"era_{era}")) for era in eras])


def line_sign(class_: str, text: str) -> Markup:
    """One kind of line with its meaning."""
    return legend("", [(element("path", d="M0 8H16", class_=class_), text)])
