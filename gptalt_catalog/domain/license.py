"""Licenses with typed answers and a quotation each, and what they mean together."""

from __future__ import annotations

from typing import Literal

from gptalt_catalog.domain.base import Line, Model, Text, Url, Verbatim
from gptalt_catalog.domain.evidence import Block, Entry

Commercial = Literal["yes", "conditional", "no", "unclear"]
"""May one earn money with it? ``conditional``: yes, under the conditions listed."""

Condition = Literal[
    "attribution",
    "share-alike",
    "registration",
    "written-permission",
    "user-limit",
    "revenue-royalty",
    "use-restrictions",
    "naming",
    "no-competing-models",
    "source-disclosure",
]
"""``use-restrictions``: an acceptable-use policy; ``naming``: the model's name must appear in
derived names; ``user-limit``: a license is needed above a number of users."""

_STRICTNESS: tuple[Commercial, ...] = ("yes", "conditional", "unclear", "no")


class Terms(Block):
    """The answers that people look for."""

    commercial: Commercial
    conditions: tuple[Condition, ...] = ()
    modify: Literal["yes", "conditional", "no", "unclear"]
    redistribute: Literal["yes", "conditional", "no", "unclear"]


class Quotation(Model):
    """The words of the license that the answers rest on."""

    text: Verbatim
    locator: Line


class LicenseEntry(Entry):
    """One license text (a standard one or a model's own)."""

    spdx: Line | None = None
    url: Url | None = None
    terms: Terms
    quotation: Quotation | None = None
    advice: Text | None = None


def strictest(answers: tuple[Commercial, ...]) -> Commercial:
    """The strictest of several answers; without any the answer is ``unclear``."""
    return max(answers, key=_STRICTNESS.index, default="unclear")
