"""Where each page is: file names, addresses, and links relative to the page that has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gptalt_catalog.domain.kinds import BY_NAME
from gptalt_catalog.views.words import Language

ENTRY_KINDS: Final = ("family", "dataset", "benchmark", "tool", "technique", "application", "license", "source")
"""Kinds whose entries have a page each."""

_TAKEN: Final = frozenset({"index", "readme"})
"""Names that MkDocs gives a meaning; ids never hold an underscore, so one appended is unique."""


def folder(kind: str) -> str:
    """The folder of a kind's pages, the same as in the catalog."""
    return BY_NAME[kind].folder


def entry_address(kind: str, key: str) -> str:
    """The address of an entry's page below the site's root: ``models/vicuna/``."""
    name = f"{key}_" if key in _TAKEN else key
    return f"{folder(kind)}/{name}/"


def file_of(address: str) -> str:
    """The Markdown file of an address: ``models/vicuna.md``, ``models/index.md`` for a list."""
    if address.count("/") == 1 or address == "":
        return f"{address}index.md"
    return f"{address.rstrip('/')}.md"


@dataclass(frozen=True)
class Place:
    """A page's address and language; makes links to other pages relative to it."""

    address: str
    language: Language

    @property
    def root(self) -> str:
        """The way up to the root of this language's site: ``../../``; ``./`` on the home page."""
        return "../" * self.address.count("/") or "./"

    def to(self, address: str) -> str:
        """The relative address of another page of the same language."""
        return f"{self.root}{address}"

    def data(self, path: str) -> str:
        """The relative address of a data file."""
        return self.shared(f"data/{path}")

    def shared(self, path: str) -> str:
        """The relative address of a file that stands once, beside the English pages."""
        up = "../" if self.language != "en" else ""
        return f"{self.root}{up}{path}"

    def other(self, language: Language) -> str:
        """The relative address of the same page in another language."""
        if language == self.language:
            return self.to(self.address)
        up = "" if self.language == "en" else "../"
        down = "" if language == "en" else f"{language}/"
        return f"{self.root}{up}{down}{self.address}"
