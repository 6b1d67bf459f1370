"""How often an audit says what, on planted truths: counted over many orders of items, against the exact law.

The item results are those of a recorded run in which exactly so many are right; only the order differs from
audit to audit. The whole audit runs (:mod:`.audit`), not only its rule, so what is counted is what users get.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from gptalt_catalog.verify.audit import Audit, Options, Results
from gptalt_catalog.verify.statistics.operating import Operating, stops
from gptalt_catalog.verify.statistics.polling import PollingRule
from gptalt_catalog.verify.statistics.zone import zone_of
from gptalt_catalog.verify.targets import ROUNDING, Target, TaskLink

if TYPE_CHECKING:
    import numpy as np

OFFSETS = (-10, -5, -2, 0, 2, 5, 10)
"""How far the true score is from the claimed one, in percentage points."""

SEEDS = 200
BENCHMARKS: Mapping[str, tuple[int, Fraction]] = {
    "openbookqa": (500, Fraction("0.320")),
    "arc-challenge": (1172, Fraction("0.353")),
    "boolq": (3270, Fraction("0.680")),
    "hellaswag": (10042, Fraction("0.672")),
}
"""Sizes of benchmarks, and claims that are the median published ones."""

_HALF_UNIT = Fraction(1, 2000)
_TASK = "planted"


class Recorded:
    """Item results in a random order: what an audit asks instead of a model."""

    def __init__(self, items: int, right: int, seed: int) -> None:
        self.results_of = [1.0] * right + [0.0] * (items - right)
        Random(seed).shuffle(self.results_of)  # noqa: S311  # an order of items, no secret

    def documents(self, task: str) -> Sequence[str]:
        """Names for the items."""
        del task
        return [f"{number:064x}" for number in range(len(self.results_of))]

    def results(self, task: str, start: int, stop: int) -> Sequence[Results]:
        """The results of some items."""
        del task
        return [{"acc": result} for result in self.results_of[start:stop]]


@dataclass(frozen=True)
class Frequency:
    """Verdicts over ``seeds`` audits of one truth, and their exact chances."""

    benchmark: str
    items: int
    claimed: Fraction
    offset: int
    seeds: int
    seen: Mapping[str, int]
    chance: Mapping[str, float]


VERDICTS = ("reproduced", "not-reproduced", "undecided")


def frequency(
    benchmark: str, offset: int, seeds: int = SEEDS, options: Options | None = None, first_seed: int = 0
) -> Frequency:
    """Audits of a claim whose truth is ``offset`` points away, on a benchmark of :data:`BENCHMARKS`."""
    given = options or Options()
    items, claimed = BENCHMARKS[benchmark]
    right = round((claimed + Fraction(offset, 100)) * items)
    link = TaskLink(_TASK, "acc", "identical")
    target = Target(_TASK, "planted", f"{float(claimed):.1%}", "percent", link, claimed, _HALF_UNIT)
    seen: Counter[str] = Counter()
    cap = 0
    for seed in range(first_seed, first_seed + seeds):
        audit = Audit([target], Recorded(items, right, seed), given)
        for _ in audit.run():
            pass
        seen[audit.claims[0].verdict] += 1
        cap = audit.claims[0].cap
    rule = PollingRule(audit.claims[0].zone, given.risk)
    law = Operating(rule).law(right)
    yes, no = float(law.reproduced[: cap + 1].sum()), float(law.refuted[: cap + 1].sum())
    chance = dict(zip(VERDICTS, (yes, no, max(0.0, 1 - yes - no)), strict=True))
    return Frequency(benchmark, items, claimed, offset, seeds, {v: seen[v] for v in VERDICTS}, chance)


def frequencies(seeds: int = SEEDS) -> Iterator[Frequency]:
    """All benchmarks and offsets."""
    for benchmark in BENCHMARKS:
        for offset in OFFSETS:
            yield frequency(benchmark, offset, seeds)


def table(rows: Iterator[Frequency]) -> str:
    """The rows as a Markdown table: counted, and in brackets what the exact law expects."""
    heads = ("benchmark", "items", "claim", "true score", *VERDICTS)
    lines = [f"| {' | '.join(heads)} |", "| --- |" + " --: |" * (len(heads) - 1)]
    for row in rows:
        told = " | ".join(f"{row.seen[v]} ({row.chance[v] * row.seeds:.1f})" for v in VERDICTS)
        lines.append(f"| {row.benchmark} | {row.items} | {float(row.claimed):.1%} | {row.offset:+d} points | {told} |")
    return "\n".join(lines) + "\n"


# ---- looking whenever one likes


@dataclass(frozen=True)
class Stopping:
    """False verdicts of somebody who looks after every item and stops at the first verdict.

    ``simulated`` of ``seeds`` audits, and the ``exact`` chance; ``naive``: how many of those would be misled by
    an interval of 95 % (1.96 standard errors) that is looked at every 50 items.
    """

    benchmark: str
    items: int
    truth: str
    simulated: int
    exact: float
    naive: int
    seeds: int


def stopping(benchmark: str, points: int = 3, seeds: int = 1000, risk: float = 0.05) -> Iterator[Stopping]:
    """The hardest truths: just outside the zone (nothing may be confirmed), just inside (nothing refuted)."""
    import numpy as np

    items, claimed = BENCHMARKS[benchmark]
    rule = PollingRule(zone_of(items, claimed, Fraction(points, 100), _HALF_UNIT + ROUNDING), risk)
    looks = range(1, items + 1)
    limits = [stops(rule, drawn) for drawn in looks]
    a, b, c, d = (np.array([getattr(limit, name) for limit in limits]) for name in "abcd")
    operating = Operating(rule, looks)
    drawn = np.arange(1, items + 1)
    for truth, right in (("just outside", rule.zone.high + 1), ("just inside", rule.zone.high)):
        false = naive = 0
        for seed in range(seeds):
            results = np.array(Recorded(items, right, seed).results_of)
            counts = results.cumsum()
            confirmed, refuted = (counts >= a) & (counts <= b), (counts <= c) | (counts >= d)
            first_yes, first_no = _first(confirmed), _first(refuted & ~confirmed)
            false += first_yes < first_no if truth == "just outside" else first_no < first_yes
            share = counts / drawn
            error = 1.96 * np.sqrt(share * (1 - share) / drawn)
            misses = np.abs(share - right / items) > error
            naive += bool(misses[49::50].any())
        law = operating.law(right)
        exact = law.chance_reproduced if truth == "just outside" else law.chance_refuted
        yield Stopping(benchmark, items, truth, int(false), exact, naive, seeds)


def _first(marks: np.ndarray) -> float:
    """The place of the first mark; infinite if there is none."""
    return float(marks.argmax()) if marks.any() else math.inf


def stopping_table(rows: Iterator[Stopping]) -> str:
    """The rows as a Markdown table."""
    heads = ("benchmark", "items", "true score", "false verdicts", "exact chance", "naive interval misses the truth")
    lines = [f"| {' | '.join(heads)} |", "| --- | --: | --- | --: | --: | --: |"]
    lines += [
        f"| {row.benchmark} | {row.items} | {row.truth} the zone | {row.simulated / row.seeds:.1%} | {row.exact:.1%} "
        f"| {row.naive / row.seeds:.1%} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"
