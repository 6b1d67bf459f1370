"""The search index: what each page is called and about, not all that stands on it.

One JSON file per language, loaded when somebody opens the search. Whole pages would be twenty times
larger and put every page that mentions LLaMA before LLaMA (docs/decisions/007-own-table-search-and-charts.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from gptalt_catalog.domain.evidence import Entry
from gptalt_catalog.domain.family import Family
from gptalt_catalog.domain.resource import Source
from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.places import ENTRY_KINDS, entry_address
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings.search import search_strings
from gptalt_catalog.views.formats import text_in
from gptalt_catalog.views.words import Language, kind_label

KINDS: Final = ("page", *ENTRY_KINDS, "checkpoint")
"""The groups of results, in the order in which equally good ones stand."""

Item = list[Any]
"""``[kind, title, address, further words, text, checkpoints]``, empty ends left out."""


def search_index(data: SiteData, language: Language, pages: Iterable[PageFile]) -> dict[str, Any]:
    """The index of one language, with the texts that the script shows."""
    t = search_strings(language)
    labels = {kind: kind_label(kind, language, plural=True) for kind in KINDS}
    labels["page"] = t.pages
    items = [*_pages(data, pages), *_entries(data, language)]
    return {
        "kinds": KINDS,
        "labels": {kind: label[:1].upper() + label[1:] for kind, label in labels.items()},
        "t": asdict(t),
        "items": [_short(item) for item in items],
    }


def _short(item: Item) -> Item:
    while item and not item[-1]:
        item.pop()
    return item


def _pages(data: SiteData, pages: Iterable[PageFile]) -> Iterator[Item]:
    entries = {entry_address(kind, key) for kind in ENTRY_KINDS for key in _table(data, kind)}
    for page in pages:
        if page.address not in entries and page.listed:
            yield [KINDS.index("page"), page.title, page.address, "", page.description]


def _table(data: SiteData, kind: str) -> Mapping[str, Any]:
    catalog = data.catalog
    others: dict[str, Mapping[str, Any]] = {
        "tool": catalog.tools,
        "technique": catalog.techniques,
        "application": catalog.applications,
    }
    return others[kind] if kind in others else catalog.tables[kind]


def _entries(data: SiteData, language: Language) -> Iterator[Item]:
    for kind in ENTRY_KINDS:
        for key, entry in _table(data, kind).items():
            place = KINDS.index(kind)
            if isinstance(entry, Source):
                yield [place, entry.title, entry_address(kind, key), entry.repository or ""]
            elif isinstance(entry, Family):
                words = _words(key, entry, language, _makers(data, language, entry))
                children = [_checkpoint(c, checkpoint) for c, checkpoint in entry.resolve(key).items()]
                summary = text_in(entry.summary, language)
                yield [place, entry.title(language), entry_address(kind, key), words, summary, children]
            elif isinstance(entry, Entry):
                words = _words(key, entry, language, (getattr(entry, "spdx", None) or "",))
                yield [place, entry.title(language), entry_address(kind, key), words, text_in(entry.summary, language)]


def _words(key: str, entry: Entry, language: Language, more: Iterable[str]) -> str:
    """The other names of an entry, each once; names of the other language too."""
    title = entry.title(language)
    names = (entry.name, *entry.names.values(), *entry.aliases, *entry.former_ids, key, *more)
    return " | ".join(name for name in dict.fromkeys(names) if name and name != title)


def _makers(data: SiteData, language: Language, family: Family) -> Iterator[str]:
    return (data.readers[language].named("organization", key) for key in family.organizations)


def _checkpoint(key: str, checkpoint: Any) -> Item:
    repository = checkpoint.hub.repository if checkpoint.hub is not None else None
    words = (*checkpoint.aliases, *checkpoint.former_ids, repository if repository and "/" in repository else "")
    return _short([checkpoint.name, key, " | ".join(word for word in words if word)])
