"""Text from the catalog into Markdown files, so that it can never become markup.

Pages are Markdown with blocks of HTML, and a text may land in either. So everything that means
something in HTML *or* Markdown is written as a numeric character reference, which both leave
alone; line ends too, so that no text starts a line of the file.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, urlsplit

from markupsafe import Markup

_SPECIAL: Final = "&<>\"'`\\*_{}[]()|~^=$#!\n\r\t"
# Control characters are not allowed in HTML, the others can reorder what surrounds them on a page.
_DROPPED: Final = (
    *range(9), 11, 12, *range(14, 32), *range(127, 160),
    0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF,
)  # fmt: skip
_TABLE: Final = {**{ord(c): f"&#{ord(c)};" for c in _SPECIAL}, **dict.fromkeys(_DROPPED, "")}
_CODE_TABLE: Final = {**{ord(c): f"&#{ord(c)};" for c in "&<>\"'`\n\r\t"}, **dict.fromkeys(_DROPPED, "")}


def safe(value: object) -> Markup:
    """``value`` as text that is literal in HTML and in Markdown; :class:`Markup` passes unchanged."""
    if isinstance(value, Markup):
        return value
    return _escaped(str(value))


@lru_cache(maxsize=1 << 16)
def _escaped(text: str) -> Markup:
    return html(text.translate(_TABLE))


def html(text: str) -> Markup:
    """Marks HTML that this package has composed of escaped parts; nothing else may go through here."""
    # What Markup(text) does, without its look for __html__: this runs half a million times a build.
    return str.__new__(Markup, text)


def code(text: str) -> Markup:
    """``text`` for ``<pre><code>`` inside a block of HTML, where Markdown does not look: shorter than :func:`safe`.

    Line ends stay references, so that no text starts a line of the file.
    """
    return html(text.translate(_CODE_TABLE))


def finalize(value: Any) -> Any:
    """Jinja's hook for every ``{{ … }}``: escape what a template prints unless it is marked safe."""
    if value is None:
        return ""
    return safe(value)


def fill(template: str, **parts: object) -> Markup:
    """A sentence with ``{name}`` places filled; sentence and parts are escaped, Markup parts kept."""
    return html("".join([safe(parts[piece]) if place % 2 else piece for place, piece in enumerate(_pieces(template))]))


@lru_cache(maxsize=4096)
def _pieces(template: str) -> tuple[str, ...]:
    """A sentence in turns of escaped text and names of places."""
    out: list[str] = []
    rest = template
    while rest:
        before, brace, after = rest.partition("{")
        out.append(safe(before))
        if not brace:
            break
        name, _, rest = after.partition("}")
        out.append(name)
    return tuple(out)


@lru_cache(maxsize=1 << 14)
def href(url: str) -> Markup:
    """A web address for an attribute; anything but http(s) becomes ``#``."""
    if urlsplit(url).scheme.lower() not in ("http", "https"):
        return Markup("#")
    return safe(quote(url, safe="%/:=&?~#+!$,;'@()*[]"))


def front_matter(text: str) -> str:
    """A text as a YAML string whose content is HTML-escaped: Material prints titles as they are."""
    escaped = str(text).translate({**_TABLE, 10: " ", 13: " ", 9: " "})
    return f'"{escaped}"'
