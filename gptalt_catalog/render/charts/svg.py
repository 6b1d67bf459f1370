"""SVG elements as text, with escaped attributes and the width that a text will surely not exceed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from markupsafe import Markup

from gptalt_catalog.render.escape import html, safe

FONT_SIZE: Final = 11.0
"""The size of labels in a chart, in the units of its view box (pixels at its natural size)."""

_NARROW: Final = frozenset("iIjl.,:;'|!()[]/ \u00b7")
_WIDE: Final = frozenset("mwMW@%—\u2014")


def number(value: float) -> str:
    """A coordinate with one decimal at most, without a needless zero."""
    return f"{value:.1f}".removesuffix(".0")


def element(name: str, *content: object, **attributes: str | float | None) -> Markup:
    """An element; ``class_`` and ``aria_label`` become ``class`` and ``aria-label``, ``None`` is left out."""
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{number(value) if isinstance(value, float | int) else safe(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    body = "".join(safe(part) for part in content)
    return html(f"<{name}{words}>{body}</{name}>" if body else f"<{name}{words}/>")


def group(parts: Iterable[Markup], class_: str | None = None, **attributes: str | float | None) -> Markup:
    """Elements together in a ``g``."""
    return element("g", *parts, class_=class_, **attributes)


def label(text: object, x: float, y: float, class_: str | None = None, anchor: str | None = None) -> Markup:
    """A line of text whose baseline starts (or is centered, or ends) at a point."""
    return element("text", text, x=x, y=y, class_=class_, text_anchor=anchor)


def short(name: str, most: int = 48) -> str:
    """A name as a chart's label: cut with an ellipsis where it would fill the picture; the tooltip has all of it."""
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return element("path", d=f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", class_=class_)


def link(address: str, tip: str, parts: Iterable[Markup], class_: str) -> Markup:
    """A mark that leads to an entry; ``tip`` is its name for readers, and its tooltip."""
    return element("a", element("title", tip), *parts, href=address, class_=class_)


def chart(width: float, height: float, title: str, parts: Iterable[Markup], class_: str = "") -> Markup:
    """The whole picture, ``width`` x ``height`` pixels at its natural size, with a name for screen readers."""
    return element(
        "svg",
        *parts,
        class_=f"ga-chart {class_}".strip(),
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="group",
        aria_label=title,
    )


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = FONT_SIZE) -> float:
    """A width that ``text`` does not exceed in the usual fonts (measured on a wide one, DejaVu Sans)."""
    return size * sum(_advance(character) for character in text)


def _advance(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.4
    if character in _WIDE:
        return 0.99
    return 0.72 if character.isupper() else 0.64
