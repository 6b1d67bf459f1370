"""The page of each benchmark: what it tests, and rankings within single protocols only."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gptalt_catalog.domain.corpus import Benchmark
from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.places import entry_address
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.views.conflicts import defects_of
from gptalt_catalog.views.formats import text_in
from gptalt_catalog.views.scores import Score
from gptalt_catalog.views.words import Language


def pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """A page for each benchmark."""
    for key, benchmark in data.catalog.benchmarks.items():
        yield PageFile(
            address=entry_address("benchmark", key),
            template="benchmark.md.j2",
            title=benchmark.title(language),
            description=text_in(benchmark.summary, language),
            content=partial(_content, data, language, key, benchmark),
        )


def _content(data: SiteData, language: Language, key: str, benchmark: Benchmark) -> dict[str, Any]:
    scores = data.book.of_benchmark(key)
    protocols = [p for p, owner in data.catalog.protocol_benchmark.items() if owner == key]
    return {
        "key": key,
        "benchmark": benchmark,
        "entry": data.readers[language].entry("benchmark", key, benchmark),
        "rankings": data.rankings[key],
        "apart": apart(scores.scores),
        "defects": defects_of(scores.scores),
        "protocols": [(p, data.catalog.protocols[p], len(data.book.by_protocol.get(p, ()))) for p in protocols],
        "verified": [one for p in protocols for one in data.verified.by_protocol.get(p, ())],
        "checked": {p for p in protocols if any(data.verified.best(s.claim) for s in data.book.by_protocol.get(p, ()))},
        "statements": data.backlinks.benchmark_statements.get(key, ()),
        "children": data.backlinks.sub_benchmarks.get(key, ()),
    }


def apart(scores: tuple[Score, ...]) -> tuple[Score, ...]:
    """The scores that may not be ranked, those of one checkpoint together."""
    return tuple(sorted((s for s in scores if not s.ranked), key=lambda s: (s.claim.target, s.protocol, s.source)))
