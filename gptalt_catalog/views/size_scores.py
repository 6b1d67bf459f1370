"""Size against score: the checkpoints of one benchmark's headline protocol, by license and date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from gptalt_catalog.domain.claim import Protocol
from gptalt_catalog.domain.license import Commercial
from gptalt_catalog.views.model_list import ModelRow
from gptalt_catalog.views.scores import Score, ScoreBook

Era = Literal["survey", "after", "late", "undated"]
"""``survey``: out by the survey's month; ``after``: to the end of 2024; ``late``: since 2025."""

FEWEST = 10
"""Fewer checkpoints than this make no picture; the benchmark's page has their table."""


@dataclass(frozen=True)
class SizePoint:
    """One checkpoint with its size and its score under the protocol."""

    checkpoint: str
    name: str
    parameters: int
    score: Score
    commercial: Commercial
    released: str | None
    era: Era
    best: bool = False


@dataclass(frozen=True)
class SizePlot:
    """All points of a benchmark, small to large. ``best`` points have no better one of their size or smaller."""

    benchmark: str
    protocol: str
    spec: Protocol
    points: tuple[SizePoint, ...]
    chance: float | None


def plotted(book: ScoreBook) -> tuple[str, ...]:
    """The benchmarks that have a plot, in the order of :func:`size_plots`, without making the plots."""
    checkpoints = book.catalog.checkpoints
    sized = {key for key, c in checkpoints.items() if c.parameters is not None and isinstance(c.parameters.total, int)}
    counts = {
        benchmark: len({s.checkpoint for s in book.by_protocol[protocol] if s.ranked and s.checkpoint in sized})
        for benchmark, protocol in book.headlines.items()
    }
    chosen = [key for key, count in counts.items() if count >= FEWEST]
    return tuple(sorted(chosen, key=lambda key: (-counts[key], key)))


def size_plots(book: ScoreBook, rows: Iterable[ModelRow]) -> dict[str, SizePlot]:
    """A plot for each benchmark with enough points, those with most points first."""
    found: dict[str, list[SizePoint]] = {}
    for row in rows:
        for benchmark, score in row.scores.items():
            if row.parameters is not None:
                found.setdefault(benchmark, []).append(_point(row, row.parameters, score))
    plots = {key: _plot(book, key, points) for key, points in found.items() if len(points) >= FEWEST}
    return dict(sorted(plots.items(), key=lambda pair: (-len(pair[1].points), pair[0])))


def _point(row: ModelRow, parameters: int, score: Score) -> SizePoint:
    return SizePoint(row.id, row.name, parameters, score, row.commercial, row.released, era(row.released))


def era(released: str | None) -> Era:
    """The era of a release date."""
    if released is None:
        return "undated"
    return "survey" if released[:7] <= "2023-08" else "after" if released < "2025" else "late"


def _plot(book: ScoreBook, benchmark: str, points: list[SizePoint]) -> SizePlot:
    items = book.catalog.benchmarks[benchmark].items
    protocol = book.headlines[benchmark]
    return SizePlot(
        benchmark=benchmark,
        protocol=protocol,
        spec=book.catalog.protocols[protocol],
        points=frontier(points),
        chance=items.chance * 100 if items is not None and items.chance is not None else None,
    )


def frontier(points: Iterable[SizePoint]) -> tuple[SizePoint, ...]:
    """The points by size, with those marked that are better than all of their size and below."""
    ordered = sorted(points, key=lambda p: (p.parameters, -p.score.percent, p.checkpoint))
    found: list[SizePoint] = []
    best = float("-inf")
    for point in ordered:
        leads = point.score.percent > best
        best = max(best, point.score.percent)
        found.append(SizePoint(**{**vars(point), "best": leads}))
    return tuple(found)


def smallest_reaching(plot: SizePlot, percent: float) -> Mapping[str, SizePoint]:
    """For each year, the smallest checkpoint out by its end that reaches a score; years in order.

    A year without a smaller one than before is left out.
    """
    reaching = [p for p in plot.points if p.released is not None and p.score.percent >= percent]
    found: dict[str, SizePoint] = {}
    smallest: int | None = None
    for year in sorted({p.released[:4] for p in reaching if p.released is not None}):
        now = [p for p in reaching if p.released is not None and p.released[:4] == year]
        point = min(now, key=lambda p: (p.parameters, -p.score.percent))
        if smallest is None or point.parameters < smallest:
            smallest = point.parameters
            found[year] = point
    return found
