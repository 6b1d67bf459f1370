"""The page of each benchmark: what it tests, and rankings within single protocols only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil, floor

from gptalt_catalog.domain.claim import Protocol
from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.places import entry_address
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.views.conflicts import defects_of
from gptalt_catalog.views.formats import text_in
from gptalt_catalog.views.ranking import Place, ranking
from gptalt_catalog.views.scores import Score
from gptalt_catalog.views.words import Language


@dataclass(frozen=True)
class Ranking:
    """The places of one protocol; ``headline`` marks the one by which the benchmark is compared.

    ``low`` and ``high`` are the ends of the scale on which values are drawn, ``chance`` the
    chance level, all in percent.
    """

    protocol: str
    spec: Protocol
    places: tuple[Place, ...]
    headline: bool
    low: float
    high: float
    chance: float | None


def pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """A page for each benchmark."""
    for key, benchmark in data.catalog.benchmarks.items():
        scores = data.book.of_benchmark(key)
        yield PageFile(
            address=entry_address("benchmark", key),
            template="benchmark.md.j2",
            title=benchmark.title(language),
            description=text_in(benchmark.summary, language),
            content={
                "key": key,
                "benchmark": benchmark,
                "entry": data.readers[language].entry("benchmark", key, benchmark),
                "rankings": rankings(data, key),
                "apart": apart(scores.scores),
                "defects": defects_of(scores.scores),
                "protocols": [
                    (p, data.catalog.protocols[p], len(data.book.by_protocol.get(p, ())))
                    for p, owner in data.catalog.protocol_benchmark.items()
                    if owner == key
                ],
                "statements": data.backlinks.benchmark_statements.get(key, ()),
                "children": data.backlinks.sub_benchmarks.get(key, ()),
            },
        )


def rankings(data: SiteData, benchmark: str) -> tuple[Ranking, ...]:
    """The rankings of a benchmark, the headline protocol first, then those with most places."""
    headline = data.book.headlines.get(benchmark)
    items = data.catalog.benchmarks[benchmark].items
    chance = items.chance * 100 if items is not None and items.chance is not None else None
    found = []
    for group in data.book.of_benchmark(benchmark).protocols:
        places = ranking(data.book, group.protocol) if group.comparable else ()
        if places:
            low, high = scale([place.score for place in places], chance)
            found.append(Ranking(group.protocol, group.spec, places, group.protocol == headline, low, high, chance))
    return tuple(sorted(found, key=lambda r: (not r.headline, -len(r.places), r.protocol)))


def scale(scores: Iterable[Score], chance: float | None = None) -> tuple[float, float]:
    """The ends of a scale, in percent and multiples of five, that holds all intervals and the chance level."""
    bounds = [end for score in scores for end in (score.interval or (score.percent, score.percent))]
    if chance is not None:
        bounds.append(chance)
    low, high = (5 * floor(min(bounds) / 5), 5 * ceil(max(bounds) / 5))
    return float(max(0, low)), float(min(100, high) if high > low else low + 5)


def apart(scores: tuple[Score, ...]) -> tuple[Score, ...]:
    """The scores that may not be ranked, those of one checkpoint together."""
    return tuple(sorted((s for s in scores if not s.ranked), key=lambda s: (s.claim.target, s.protocol, s.source)))
