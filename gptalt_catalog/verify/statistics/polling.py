"""The audit of a 0/1 metric from a random sample alone.

Hypergeometric likelihood ratios, mixed over a few alternatives. Each ratio of an alternative to the
edge of a composite null is a non-negative supermartingale under that null (the likelihood ratio is
monotone), so by Ville's inequality the chance that it *ever* passes 1/risk is at most the risk:
one may look after every item, and stop when one likes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gptalt_catalog.verify.statistics.zone import Verdict, Zone

_CONFIRM_AT = ((-0.5, 1), (-0.25, 2), (0.0, 4), (0.25, 2), (0.5, 1))
"""Where inside the zone the alternatives of a confirmation lie (parts of the half width), and weights."""

_REFUTE_AT = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32)
"""How far outside the zone the alternatives of a refutation lie, in shares of all items."""


@lru_cache(maxsize=64)
def log_factorials(items: int) -> tuple[float, ...]:
    """``log n!`` for n from 0 to ``items``."""
    found = [0.0]
    for n in range(1, items + 1):
        found.append(found[-1] + math.log(n))
    return tuple(found)


@dataclass(frozen=True)
class Mixture:
    """Alternatives (counts) with the logarithms of their weights, against one edge of the null.

    ``upper``: the null is "at most ``null``", so the alternatives lie above; else "at least".
    """

    counts: tuple[int, ...]
    log_weights: tuple[float, ...]
    null: int
    upper: bool

    def log_ratio(self, items: int, drawn: int, right: int, table: Sequence[float]) -> float:
        """The logarithm of the mixed likelihood ratio after ``right`` of ``drawn`` items.

        Certainty comes first: near the last item the ratio is 0/0, and the data may already have
        excluded or proved the null.
        """
        too_many, too_few = right > self.null, drawn - right > items - self.null
        if too_many or too_few:
            return math.inf if too_many == self.upper else -math.inf
        if not self.counts:
            return -math.inf
        base = _log_likelihood(items, self.null, drawn, right, table)
        terms = [
            w + _log_likelihood(items, k, drawn, right, table)
            for k, w in zip(self.counts, self.log_weights, strict=True)
        ]
        return _log_sum(terms) - base


def _log_likelihood(items: int, count: int, drawn: int, right: int, table: Sequence[float]) -> float:
    """The log-likelihood of one order of results if ``count`` of ``items`` are right, up to a constant."""
    if right > count or drawn - right > items - count:
        return -math.inf
    return table[count] - table[count - right] + table[items - count] - table[items - count - (drawn - right)]


def _log_sum(terms: Sequence[float]) -> float:
    top = max(terms)
    return top if top == -math.inf else top + math.log(sum(math.exp(term - top) for term in terms))


@dataclass(frozen=True)
class PollingRule:
    """When a polling audit of one claim stops: a function of (drawn, right) alone."""

    zone: Zone
    risk: float

    def __post_init__(self) -> None:
        if not 0 < self.risk < 1:
            raise ValueError("a risk is between 0 and 1")

    def verdict(self, drawn: int, right: int) -> Verdict:
        """What may be said after ``right`` right answers among ``drawn`` items."""
        if not 0 <= right <= drawn <= self.zone.items:
            raise ValueError(f"{right} of {drawn} items, of {self.zone.items}")
        confirm, refute = self.evidence(drawn, right)
        if confirm >= math.log(1 / self.risk):
            return "reproduced"
        return "not-reproduced" if refute >= math.log(2 / self.risk) else "undecided"

    def evidence(self, drawn: int, right: int) -> tuple[float, float]:
        """The logarithms of the e-values for "inside the zone" and for "outside" (twice the risk's share each side)."""
        table = log_factorials(self.zone.items)
        confirm = (
            min(m.log_ratio(self.zone.items, drawn, right, table) for m in self.confirming)
            if self.confirming
            else math.inf
        )
        refute = max(m.log_ratio(self.zone.items, drawn, right, table) for m in self.refuting)
        return confirm, refute

    @property
    def confirming(self) -> tuple[Mixture, ...]:
        """The mixtures against "below the zone" and "above it"; none for a side that cannot be."""
        return _confirming(self.zone)

    @property
    def refuting(self) -> tuple[Mixture, ...]:
        """The mixtures for "below the zone" and "above it", against "inside"."""
        return _refuting(self.zone)


@lru_cache(maxsize=256)
def _confirming(zone: Zone) -> tuple[Mixture, ...]:
    """Against "below the zone" and against "above it"; a side without counts holds by itself."""
    centre = zone.claimed * zone.items
    counts, weights = [], []
    for part, weight in _CONFIRM_AT:
        count = round(centre + part * ((zone.high - centre) if part >= 0 else (centre - zone.low)))
        counts.append(min(max(count, zone.low), zone.high))
        weights.append(math.log(weight / 10))
    found = []
    if zone.low > 0:
        found.append(Mixture(tuple(counts), tuple(weights), zone.low - 1, upper=True))
    if zone.high < zone.items:
        found.append(Mixture(tuple(counts), tuple(weights), zone.high + 1, upper=False))
    return tuple(found)


@lru_cache(maxsize=256)
def _refuting(zone: Zone) -> tuple[Mixture, ...]:
    """For "below the zone" (against "at least its low edge") and for "above it"."""
    return (_outside(zone, zone.low, -1), _outside(zone, zone.high, +1))


def _outside(zone: Zone, edge: int, side: int) -> Mixture:
    steps = [max(1, round(step * zone.items)) for step in _REFUTE_AT]
    counts = [edge + side * step for step in steps if 0 <= edge + side * step <= zone.items]
    if not counts and 0 <= edge + side <= zone.items:
        counts = [edge + side]
    weight = -math.log(len(counts)) if counts else 0.0
    return Mixture(tuple(counts), (weight,) * len(counts), edge, upper=side > 0)


class PollingAudit:
    """One running audit: results in, a verdict out; the verdict depends on the totals alone."""

    def __init__(self, rule: PollingRule) -> None:
        self.rule = rule
        self.drawn = 0
        self.right = 0

    def add(self, results: Iterable[int]) -> Verdict:
        """Take the results (0 or 1) of further items and say what may be said now.

        Raises ``ValueError`` for another result or for more items than the benchmark has.
        """
        for result in results:
            if result not in (0, 1):
                raise ValueError(f"a result is 0 or 1, not {result!r}")
            if self.drawn == self.rule.zone.items:
                raise ValueError(f"the benchmark has only {self.rule.zone.items} items")
            self.drawn += 1
            self.right += result
        return self.rule.verdict(self.drawn, self.right)


def interval(items: int, drawn: int, right: int, risk: float) -> tuple[int, int]:
    """The counts that the results leave possible, whenever one looks: an anytime confidence interval.

    Prior-posterior ratio with a uniform beta-binomial prior: K stays while its likelihood is at least
    ``risk`` times the average likelihood over all counts.
    """
    if drawn == 0:
        return 0, items
    table = log_factorials(items)
    low, high = right, items - (drawn - right)
    # the average over K of the sequence's likelihood is 1 / ((drawn + 1) * C(drawn, right)), up to the same constant
    log_binomial = table[drawn] - table[right] - table[drawn - right]
    average = -math.log(drawn + 1) - log_binomial
    falling = table[items] - table[items - drawn]

    def stays(count: int) -> bool:
        return _log_likelihood(items, count, drawn, right, table) - falling >= average + math.log(risk)

    best = min(max(round(items * right / drawn), low), high)
    return _edge(stays, best, low), _edge(stays, best, high)


def _edge(stays: Callable[[int], bool], inside: int, outside: int) -> int:
    """The last count from ``inside`` towards ``outside`` that stays; the likelihood falls on the way."""
    if stays(outside):
        return outside
    while abs(outside - inside) > 1:
        middle = (inside + outside) // 2
        inside, outside = (middle, outside) if stays(middle) else (inside, middle)
    return inside
