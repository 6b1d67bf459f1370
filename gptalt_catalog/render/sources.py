"""The site's sources by path: Markdown, JSON and assets, each made only when it is asked for.

``generate`` writes all of them; the preview makes the ones that a browser wants. Both get the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from gptalt_catalog.render.checkpoint_details import comparison_words, family_details
from gptalt_catalog.render.environment import Templates
from gptalt_catalog.render.model_table import model_table
from gptalt_catalog.render.pages import PageFile, all_pages
from gptalt_catalog.render.places import ENTRY_KINDS, file_of
from gptalt_catalog.render.search_index import search_index
from gptalt_catalog.render.site_data import Lazily, SiteData
from gptalt_catalog.views.export import (
    CHECKPOINT_COLUMNS,
    CLAIM_COLUMNS,
    VERIFICATION_COLUMNS,
    checkpoint_record,
    claim_record,
    csv_text,
    entry_record,
    verification_record,
)
from gptalt_catalog.views.words import LANGUAGES, Language

Make = Callable[[], str | bytes]


class Sources:
    """What the site of one catalog is made from; paths are below ``build/docs`` (``zh/models/llama.md``)."""

    def __init__(self, data: SiteData, site: Path, templates: Templates, schema: Path | None = None) -> None:
        self.data = data
        self._site = site
        self._templates = templates
        self._schema = schema

    @cached_property
    def pages(self) -> Mapping[Language, dict[str, PageFile]]:
        """The pages of each language by address."""
        return Lazily(lambda language: {p.address: p for p in all_pages(self.data, language)})

    @cached_property
    def files(self) -> dict[str, Make]:
        """Everything that is no page, by path."""
        return dict(self._files())

    def markdown(self, language: Language, address: str) -> str:
        """The Markdown of a page. Raises ``KeyError`` if there is none at the address."""
        page = self.pages[language][address]
        return self._templates.render(page.template, page.context(self.data, language))

    def all(self) -> Iterator[tuple[str, Make]]:
        """Every path with what makes its content, pages first."""
        for language in LANGUAGES:
            for address in self.pages[language]:
                yield f"{language}/{file_of(address)}", partial(self.markdown, language, address)
        yield from self.files.items()

    def _search(self, language: Language) -> str:
        return json_text(search_index(self.data, language, self.pages[language].values()))

    def _files(self) -> Iterator[tuple[str, Make]]:
        for language in LANGUAGES:
            yield f"{language}/assets/data/models.json", partial(_table, self.data, language)
            yield f"{language}/assets/data/compare.json", partial(_comparison, self.data, language)
            for key, family in self.data.catalog.families.items():
                if family.checkpoints:
                    yield f"{language}/assets/data/families/{key}.json", partial(_details, self.data, language, key)
            yield f"{language}/assets/data/search.json", partial(self._search, language)
            yield from _copies(self._site / "assets", f"{language}/assets")
        for path, make in data_files(self.data):
            yield f"en/data/{path}", make
        if self._schema is not None:
            yield from _copies(self._schema, "en/schema")


def _table(data: SiteData, language: Language) -> str:
    return json_text(model_table(data, language))


def _comparison(data: SiteData, language: Language) -> str:
    return json_text(comparison_words(data, language))


def _details(data: SiteData, language: Language, family: str) -> str:
    return json_text(family_details(data, language, family))


def data_files(data: SiteData) -> Iterator[tuple[str, Make]]:
    """The downloads by path: checkpoints, claims, and every entry as JSON."""
    for name, columns, records in (
        ("checkpoints", CHECKPOINT_COLUMNS, lambda: [checkpoint_record(row) for row in data.rows["en"]]),
        ("claims", CLAIM_COLUMNS, lambda: [claim_record(s, data.verified.best(s.claim)) for s in data.book.scores]),
        ("verifications", VERIFICATION_COLUMNS, lambda: [verification_record(one) for one in data.verified.all]),
    ):
        yield f"{name}.json", partial(_records_json, records)
        yield f"{name}.csv", partial(_records_csv, columns, records)
    yield "catalog.json", partial(_catalog_json, data)
    for document in data.catalog.documents:
        if document.kind.name in (*ENTRY_KINDS, "verification"):
            yield (
                f"{document.kind.folder}/{document.id}.json",
                partial(_entry_json, document.id, document.content),
            )


def _catalog_json(data: SiteData) -> str:
    """The whole catalog as its files have it, by folder and id."""
    folders: dict[str, list[str]] = {}
    for document in data.catalog.documents:
        content = document.content.model_dump_json(exclude_defaults=True)
        if document.kind.folder:
            folders.setdefault(document.kind.folder, []).append(f"{json.dumps(document.id)}:{content}")
        else:
            folders["catalog"] = [content[1:-1]]
    parts = (f'"{folder}":{{{",".join(entries)}}}' for folder, entries in folders.items())
    return "{" + ",".join(parts) + "}\n"


def _records_json(records: Callable[[], list[Any]]) -> str:
    return json_text(records())


def _records_csv(columns: tuple[str, ...], records: Callable[[], list[Any]]) -> str:
    return csv_text(columns, records())


def _entry_json(key: str, content: Any) -> str:
    return json_text(entry_record(key, content))


def json_text(value: Any) -> str:
    """JSON as the site ships it: compact, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _copies(folder: Path, target: str) -> Iterator[tuple[str, Make]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"{target}/{path.relative_to(folder).as_posix()}", path.read_bytes
