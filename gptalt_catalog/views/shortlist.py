"""A short list of checkpoints to choose from, with the reasons, in an order that the page can state.

Scores are compared one protocol at a time, as in rankings; what is counted over protocols is only how often a
checkpoint is surely ahead or behind among those listed. The order is for reading and is no ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gptalt_catalog.domain.memory import Precision
from gptalt_catalog.views.memory_fit import Fit, MemoryFit
from gptalt_catalog.views.model_list import ModelRow
from gptalt_catalog.views.ranking import better
from gptalt_catalog.views.scores import Score


@dataclass(frozen=True)
class Standing:
    """Where a checkpoint stands among ``of`` listed ones with a ranked score on a benchmark's headline protocol.

    ``first`` and ``last`` are the ranks it may hold; ``tied`` are the checkpoints it may not be told apart from,
    from high to low.
    """

    benchmark: str
    first: int
    last: int
    of: int
    tied: tuple[str, ...]


@dataclass(frozen=True)
class Pick:
    """One checkpoint of a short list.

    ``standing`` is its best one, ``benchmarks`` the number of those it could be compared on, ``lead`` how many
    comparisons it surely wins less those it surely loses, over all of them.
    """

    row: ModelRow
    fit: Fit | None
    standing: Standing | None
    benchmarks: int
    lead: int


def shortlist(
    rows: Sequence[ModelRow], fitting: MemoryFit, precision: Precision, context: int = 4096
) -> tuple[Pick, ...]:
    """All of ``rows`` with their reasons: those without a successor first, then by ``lead``, the date, the size.

    Newer before older; of those that came out on one day the largest first, as all of them fit.

    Args:
        rows: The checkpoints that pass the reader's filters.
        fitting: The estimator of memory.
        precision: How the weights are stored.
        context: Tokens of prompt and answer.
    """
    standings: dict[str, list[Standing]] = {row.id: [] for row in rows}
    leads = dict.fromkeys(standings, 0)
    for benchmark in sorted({key for row in rows for key in row.scores}):
        scored = {row.id: row.scores[benchmark] for row in rows if benchmark in row.scores}
        if len(scored) > 1:
            for key, standing in _standings(benchmark, scored).items():
                standings[key].append(standing)
                leads[key] += (standing.of - standing.last) - (standing.first - 1)
    picks = [
        Pick(
            row=row,
            fit=fitting.fit(row.id, precision, context),
            standing=min(standings[row.id], key=_height, default=None),
            benchmarks=len(standings[row.id]),
            lead=leads[row.id],
        )
        for row in rows
    ]
    picks.sort(key=lambda pick: pick.row.id)
    picks.sort(key=lambda pick: -(pick.row.parameters or 0))
    picks.sort(key=lambda pick: pick.row.released or "", reverse=True)
    picks.sort(key=lambda pick: (bool(pick.row.superseded_by), -pick.lead))
    return tuple(picks)


def _height(standing: Standing) -> tuple[float, int, str]:
    """The smaller, the better: second of forty says more than first of two."""
    return standing.first / standing.of, -standing.of, standing.benchmark


def _standings(benchmark: str, scored: dict[str, Score]) -> dict[str, Standing]:
    found = {}
    order = sorted(scored, key=lambda key: (-scored[key].percent, key))
    for key in order:
        ahead = {other for other in order if better(scored[other], scored[key])}
        behind = {other for other in order if better(scored[key], scored[other])}
        tied = tuple(other for other in order if other != key and other not in ahead | behind)
        found[key] = Standing(benchmark, 1 + len(ahead), len(order) - len(behind), len(order), tied)
    return found
