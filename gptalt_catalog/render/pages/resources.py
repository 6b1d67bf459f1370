"""Pages of datasets, tools, techniques, applications, licenses and sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from gptalt_catalog.domain.evidence import Entry
from gptalt_catalog.domain.reports import Measurement, Statement
from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.places import entry_address
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.views.formats import text_in
from gptalt_catalog.views.words import Language


def pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """A page for each entry of these kinds."""
    catalog = data.catalog
    tables: tuple[tuple[str, Mapping[str, Entry]], ...] = (
        ("dataset", catalog.datasets),
        ("tool", catalog.tools),
        ("technique", catalog.techniques),
        ("application", catalog.applications),
        ("license", catalog.licenses),
    )
    for kind, table in tables:
        for key, entry in table.items():
            yield PageFile(
                address=entry_address(kind, key),
                template=f"{kind}.md.j2" if kind in ("dataset", "license") else "resource.md.j2",
                title=entry.title(language),
                description=text_in(entry.summary, language),
                content=partial(_content, data, language, kind, key, entry),
            )
    yield from _sources(data)


def _content(data: SiteData, language: Language, kind: str, key: str, entry: Entry) -> dict[str, Any]:
    content: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "item": entry,
        "entry": data.readers[language].entry(kind, key, entry),
        "corrections": [c for c in data.corrections[language] if (c.kind, c.entry) == (kind, key)],
    }
    links = data.backlinks
    if kind == "dataset":
        content |= {"trained": links.trained_on.get(key, ()), "derived": links.derived_datasets.get(key, ())}
    if kind == "license":
        own = links.licensed_weights.get(key, ())
        inheriting = [checkpoint for checkpoint in data.lineage.bound_by.get(key, ()) if checkpoint not in own]
        content |= {"own": own, "inheriting": inheriting, "others": links.licensed_data.get(key, ())}
    return content


def _sources(data: SiteData) -> Iterator[PageFile]:
    statements: dict[str, list[Statement]] = {}
    for name, _, statement in data.catalog.statements:
        statements.setdefault(name, []).append(statement)
    measured: dict[str, list[Measurement]] = {}
    for name, measurement in data.catalog.measurements:
        measured.setdefault(name, []).append(measurement)
    for key, source in data.catalog.sources.items():
        yield PageFile(
            address=entry_address("source", key),
            template="source.md.j2",
            title=source.title,
            description=source.title,
            content=partial(_source, data, key, statements.get(key, []), measured.get(key, [])),
        )


def _source(data: SiteData, key: str, statements: list[Statement], measured: list[Measurement]) -> dict[str, Any]:
    return {
        "key": key,
        "source": data.catalog.sources[key],
        "cited": data.backlinks.cited_in.get(key, ()),
        "benchmarks": data.book.arranged(data.book.by_source.get(key, ())),
        "statements": statements,
        "measured": measured,
    }
