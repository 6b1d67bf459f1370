"""Spares Python-Markdown the HTML blocks of our pages, which it would parse only to give them back unchanged.

Most of a page is HTML that the templates have made. Each block of it is taken out before Python-Markdown runs and
put back after; what is left are headings and the few hand-written paragraphs. The result is the same byte for byte
(a test compares them); without this, as in a bare ``mkdocs build``, pages only take longer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

_BLOCKS: Final = frozenset(
    {"article", "blockquote", "details", "div", "dl", "figure", "nav", "ol", "p", "section", "table", "ul"}
)
_VOID: Final = frozenset({"br", "col", "hr", "img", "input", "wbr"})
# No attribute holds a ">": everything that templates print is escaped.
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)[^>]*?(/?)>")
_START: Final = re.compile(r"^<([a-z]+)[ >]", re.MULTILINE)
_PLACE: Final = re.compile(r'<div id="ga-raw-(\d+)"></div>')


def take_out(markdown: str) -> tuple[str, list[str]]:
    """(Markdown with a small ``div`` for each block of HTML, the blocks).

    A block starts a line after a blank one, or after another block, and nothing follows it on its last line.
    """
    kept: list[str] = []
    blocks: list[str] = []
    at = done = 0
    while (start := _START.search(markdown, at)) is not None:
        begin = start.start()
        before = markdown[done:begin].rstrip(" ")
        free = before in {"", "\n"} or before.endswith("\n\n")
        end = _end(markdown, begin) if free and start[1] in _BLOCKS else None
        if end is None or markdown[end : end + 1] not in ("", "\n"):
            line_end = markdown.find("\n", begin)
            at = len(markdown) if line_end < 0 else line_end
            continue
        kept.append(markdown[done:begin])
        kept.append(f'<div id="ga-raw-{len(blocks)}"></div>')
        blocks.append(markdown[begin:end])
        at = done = end
    kept.append(markdown[done:])
    return "".join(kept), blocks


def _end(markdown: str, begin: int) -> int | None:
    """Where the element that begins at a place ends; ``None`` if it is never closed."""
    depth = 0
    for tag in _TAG.finditer(markdown, begin):
        closing, name, closed = tag.groups()
        if closing:
            depth -= 1
        elif not closed and name not in _VOID:
            depth += 1
        if depth == 0:
            return tag.end()
    return None


def put_back(html: str, blocks: list[str]) -> str:
    """The page's HTML with the blocks in their places."""
    return _PLACE.sub(lambda found: blocks[int(found[1])], html)


def spare_blocks(config: MkDocsConfig) -> None:
    """Make MkDocs take blocks out before Python-Markdown and put them back after."""
    from mkdocs.plugins import BasePlugin

    class RawBlocks(BasePlugin):  # type: ignore[type-arg, no-untyped-call]  # no options, and MkDocs types none
        """The two events; one page is made at a time."""

        def on_page_markdown(self, markdown: str, **_: Any) -> str:
            text, self.blocks = take_out(markdown)
            return text

        def on_page_content(self, html: str, **_: Any) -> str:
            return put_back(html, self.blocks)

    plugin = RawBlocks()
    plugin.load_config({})
    config.plugins["gptalt-catalog/raw-blocks"] = plugin
