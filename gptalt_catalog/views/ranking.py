"""Order of checkpoints under one protocol, with ranges of ranks instead of a false order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

from gptalt_catalog.domain.claim import Protocol
from gptalt_catalog.views.scores import Score, ScoreBook, representative, surely_apart


@dataclass(frozen=True)
class Place:
    """One checkpoint in a ranking.

    ``first`` and ``last`` are the ranks it may hold: better ranks belong to those that are surely
    better (over two standard errors of the difference). ``others`` are further ranked scores of
    the same checkpoint under this protocol.
    """

    score: Score
    others: tuple[Score, ...]
    first: int
    last: int

    @property
    def tied(self) -> bool:
        """Whether its rank is not certain."""
        return self.first != self.last


def ranking(book: ScoreBook, protocol: str) -> tuple[Place, ...]:
    """The checkpoints with a ranked score under a protocol, best first; empty if it has an unknown part."""
    groups: dict[str, list[Score]] = {}
    for score in book.by_protocol.get(protocol, ()):
        if score.ranked and score.checkpoint is not None:
            groups.setdefault(score.checkpoint, []).append(score)
    chosen: list[tuple[Score, tuple[Score, ...]]] = []
    for scores in groups.values():
        best = representative(scores)
        if best is not None:
            chosen.append((best, tuple(score for score in scores if score is not best)))
    chosen.sort(key=lambda pair: (-pair[0].percent, pair[0].checkpoint))
    scores_only = [score for score, _ in chosen]
    places = []
    for score, others in chosen:
        first = 1 + sum(better(other, score) for other in scores_only)
        last = len(chosen) - sum(better(score, other) for other in scores_only)
        places.append(Place(score, others, first, last))
    return tuple(places)


def better(first: Score, second: Score) -> bool:
    """Whether ``first`` is surely higher; where an error is not known, the printed order stands."""
    if first.percent <= second.percent:
        return False
    if first.error is None or second.error is None:
        return True  # there is nothing to doubt the printed order with; pages say so
    return surely_apart(first, second)


@dataclass(frozen=True)
class ProtocolRanking:
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


def rankings(book: ScoreBook, benchmark: str) -> tuple[ProtocolRanking, ...]:
    """The rankings of a benchmark, the headline protocol first, then those with most places."""
    headline = book.headlines.get(benchmark)
    items = book.catalog.benchmarks[benchmark].items
    chance = items.chance * 100 if items is not None and items.chance is not None else None
    found = []
    for group in book.of_benchmark(benchmark).protocols:
        places = ranking(book, group.protocol) if group.comparable else ()
        if places:
            low, high = scale([place.score for place in places], chance)
            found.append(
                ProtocolRanking(group.protocol, group.spec, places, group.protocol == headline, low, high, chance)
            )
    return tuple(sorted(found, key=lambda r: (not r.headline, -len(r.places), r.protocol)))


def scale(scores: Iterable[Score], chance: float | None = None) -> tuple[float, float]:
    """The ends of a scale, in percent and multiples of five, that holds all intervals and the chance level."""
    bounds = [end for score in scores for end in (score.interval or (score.percent, score.percent))]
    if chance is not None:
        bounds.append(chance)
    low, high = (5 * floor(min(bounds) / 5), 5 * ceil(max(bounds) / 5))
    return float(max(0, low)), float(min(100, high) if high > low else low + 5)
