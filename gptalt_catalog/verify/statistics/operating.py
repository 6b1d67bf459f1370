"""What a polling rule does, exactly: risks, chances and numbers of items by dynamic programming.

The rule looks at fixed numbers of items, and its verdict depends on (drawn, right) alone; so the law
of the stopping time under a true count K follows from the hypergeometric urn without simulation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gptalt_catalog.verify.statistics.polling import PollingRule

if TYPE_CHECKING:
    import numpy as np

FIRST_LOOK = 32
LOOK_EVERY = 32
_NEGLIGIBLE = 1e-15


def looks(items: int, first: int = FIRST_LOOK, every: int = LOOK_EVERY) -> tuple[int, ...]:
    """The numbers of drawn items at which the rule is asked; the last one is always asked."""
    found = list(range(min(first, items), items + 1, every))
    return tuple(found if found and found[-1] == items else [*found, items])


@dataclass(frozen=True)
class Stops:
    """At one look: confirmed from ``a`` to ``b`` right answers, refuted at most ``c`` or at least ``d``."""

    a: int
    b: int
    c: int
    d: int


def stops(rule: PollingRule, drawn: int) -> Stops:
    """The counts of right answers at which the rule stops after ``drawn`` items, found by bisection."""
    confirmed = _span(drawn, lambda right: rule.verdict(drawn, right) == "reproduced", rule, drawn)
    low = _last(0, drawn, lambda right: _refuted_low(rule, drawn, right))
    high = _last(0, drawn, lambda back: _refuted_high(rule, drawn, drawn - back))
    return Stops(*confirmed, low, drawn - high if high >= 0 else drawn + 1)


def _refuted_low(rule: PollingRule, drawn: int, right: int) -> bool:
    return rule.verdict(drawn, right) == "not-reproduced" and right <= drawn * rule.zone.claimed


def _refuted_high(rule: PollingRule, drawn: int, right: int) -> bool:
    return rule.verdict(drawn, right) == "not-reproduced" and right > drawn * rule.zone.claimed


def _last(start: int, end: int, holds: Callable[[int], bool]) -> int:
    """The last value up to which ``holds`` (true, then false); ``start - 1`` if it never does."""
    low, high = start - 1, end + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _span(drawn: int, holds: Callable[[int], bool], rule: PollingRule, size: int) -> tuple[int, int]:
    """The interval of confirmed counts: found outwards from the count that the claim expects."""
    centre = min(max(round(drawn * rule.zone.claimed), 0), size)
    inside = next((c for c in (centre, centre - 1, centre + 1) if 0 <= c <= size and holds(c)), None)
    if inside is None:
        return size + 1, -1
    low = inside - _last(0, inside, lambda back: holds(inside - back))
    high = inside + _last(0, size - inside, lambda on: holds(inside + on))
    return low, high


@dataclass(frozen=True)
class Law:
    """How the audit ends if ``count`` items are right: chances by the number of items drawn."""

    count: int
    reproduced: np.ndarray
    refuted: np.ndarray

    @property
    def chance_reproduced(self) -> float:
        """The chance of the verdict "reproduced"."""
        return float(self.reproduced.sum())

    @property
    def chance_refuted(self) -> float:
        """The chance of the verdict "not reproduced"."""
        return float(self.refuted.sum())

    @property
    def expected_items(self) -> float:
        """The average number of items until a verdict."""
        ends = self.reproduced + self.refuted
        return float((ends * range(len(ends))).sum() / ends.sum())

    def quantile(self, share: float) -> int:
        """The number of items by which ``share`` of all audits have ended."""
        ended = (self.reproduced + self.refuted).cumsum()
        reached = (ended >= share - 1e-12).nonzero()[0]
        return int(reached[0]) if len(reached) else len(ended) - 1


class Operating:
    """The operating characteristics of one rule with one schedule of looks."""

    def __init__(self, rule: PollingRule, schedule: Iterable[int] | None = None) -> None:
        self.rule = rule
        self.schedule = tuple(looks(rule.zone.items) if schedule is None else schedule)
        self._stops = {drawn: stops(rule, drawn) for drawn in self.schedule}

    def law(self, count: int) -> Law:
        """The law of the audit if ``count`` of the items are right. numpy is imported here."""
        import numpy as np

        items = self.rule.zone.items
        if not 0 <= count <= items:
            raise ValueError(f"{count} of {items} items")
        reproduced, refuted = np.zeros(items + 1), np.zeros(items + 1)
        chance = np.ones(1)  # chance[i]: the chance of `low + i` right answers, still running
        low = 0
        for drawn in range(items):
            right = np.arange(low, low + len(chance))
            up = chance * np.clip((count - right) / (items - drawn), 0, 1)
            chance = np.append(chance - up, 0.0)
            chance[1:] += up
            stop = self._stops.get(drawn + 1)
            if stop is not None:
                right = np.arange(low, low + len(chance))
                confirmed = (right >= stop.a) & (right <= stop.b)
                against = ((right <= stop.c) | (right >= stop.d)) & ~confirmed
                reproduced[drawn + 1], refuted[drawn + 1] = chance[confirmed].sum(), chance[against].sum()
                chance[confirmed | against] = 0.0
            kept = np.nonzero(chance > _NEGLIGIBLE)[0]
            if not len(kept):
                break
            low, chance = low + int(kept[0]), chance[kept[0] : kept[-1] + 1]
        return Law(count, reproduced, refuted)

    def claim_true(self) -> Law:
        """The law if the claim is exactly right."""
        zone = self.rule.zone
        return self.law(min(max(round(zone.claimed * zone.items), zone.low), zone.high))

    def risk_of_confirming(self) -> float:
        """The largest chance to confirm a claim that is just outside the zone."""
        zone = self.rule.zone
        outside = [k for k in (zone.low - 1, zone.high + 1) if 0 <= k <= zone.items]
        return max((self.law(k).chance_reproduced for k in outside), default=0.0)

    def risk_of_refuting(self) -> float:
        """The largest chance to refute a claim that is just inside the zone."""
        return max(self.law(k).chance_refuted for k in (self.rule.zone.low, self.rule.zone.high))


def items_needed(rule: PollingRule, share: float = 0.95) -> int:
    """The items by which ``share`` of the audits of a true claim have their verdict."""
    return Operating(rule).claim_true().quantile(share)
