"""Reads generated pages as MkDocs would, for the tests of this folder."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import markdown  # type: ignore[import-untyped]  # it ships no types
import yaml

EXTENSIONS = ["attr_list", "toc"]
"""The extensions of mkdocs.yml; a test there keeps the two alike."""


@dataclass
class Parsed(HTMLParser):
    """The elements of a page: tags in order, attributes, text."""

    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend((tag, name, value or "") for name, value in attrs)

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.tags.append(f"!{data}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, name: str) -> list[str]:
        """All values of an attribute."""
        return [value for _, attribute, value in self.attributes if attribute == name]


def split(source: str) -> tuple[dict[str, Any], str]:
    """(front matter, Markdown) of a page."""
    _, head, body = source.split("---\n", 2)
    return yaml.safe_load(head), body


def parsed(body: str) -> Parsed:
    """The HTML that Markdown makes of a page's body, parsed."""
    page = Parsed()
    page.feed(markdown.markdown(body, extensions=EXTENSIONS))
    page.close()
    return page


_HEADING_ID = re.compile(r"^#+ .*\{: #(\S+) ", re.MULTILINE)


def scanned(body: str) -> Parsed:
    """The HTML blocks of a page's body without a run of Markdown (a hundred times faster), headings' ids included."""
    page = Parsed()
    page.feed(body)
    page.close()
    page.attributes.extend(("h2", "id", found) for found in _HEADING_ID.findall(body))
    return page


def pages_below(docs: Path) -> dict[str, str]:
    """All pages: path below ``docs`` -> source."""
    return {path.relative_to(docs).as_posix(): path.read_text(encoding="utf-8") for path in docs.rglob("*.md")}
