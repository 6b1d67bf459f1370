"""The audit with the item results of an earlier run at hand, and of metrics between 0 and 1.

Betting with known proxies: for each item the earlier result (or the claimed share) ``a`` is known
before the item is drawn, and the audit bets on the difference ``d = x - a``. Where two runs agree on
nearly every item, the differences are nearly all zero and 160 items suffice whatever the benchmark's
size. The capital of a bettor is a non-negative supermartingale under its null, so the chance that it
ever passes 1/risk is at most the risk.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from gptalt_catalog.verify.statistics.zone import Verdict, Zone

BATCH = 16
"""Items between two decisions on how much to bet. Fixed by the number drawn, not by who asks when."""

_PSEUDO = 40.0
"""Weight, in items, of what is believed before the first one."""

_PSEUDO_LOSS = _PSEUDO_GAIN = 0.005
"""What is believed: one result in two hundred is lost, and one gained."""

_CAP = 0.99


@dataclass
class _Bettor:
    """One null hypothesis about the sum of all differences, and the capital of the bets against it.

    ``side`` +1: the null is "the sum is at most ``null``"; -1: "at least". ``log_capital`` is infinite
    where the results have excluded the null, minus infinite where they have proved it.
    """

    null: float
    side: int
    log_capital: float = 0.0
    stake: float = 0.0

    def settle(self, remaining: int, total: float) -> None:
        """What the results so far imply for certain, with ``remaining`` items to come."""
        rest = self.null - total
        slack = 1e-9
        if self.side * rest < -remaining - slack:
            self.log_capital = math.inf
        elif self.side * rest >= remaining - slack and self.log_capital != math.inf:
            self.log_capital = -math.inf

    def bet(self, lost: float, gained: float, remaining: int, total: float) -> None:
        """Decide the stake of the next batch: the one that would have grown the capital fastest.

        ``lost`` and ``gained`` are the shares of items by which results fell and rose so far.
        """
        expected = max(-0.999, min(0.999, (self.null - total) / remaining))
        same = 1 - lost - gained
        outcomes = [(p, self.side * (d - expected)) for p, d in ((lost, -1), (same, 0), (gained, 1))]
        low, high = 0.0, _CAP / (1 + self.side * expected)
        for _ in range(24):
            stake = (low + high) / 2
            growth = sum(p * gain / (1 + stake * gain) for p, gain in outcomes)
            low, high = (stake, high) if growth > 0 else (low, stake)
        self.stake = (low + high) / 2

    def take(self, difference: float, remaining: int, total: float) -> None:
        """One result; ``remaining`` and ``total`` as before it."""
        expected = (self.null - total) / remaining
        room = 1 + self.side * expected
        if room <= 1e-12:  # even the least result speaks against the null, unless it is that least one
            if self.side * difference > -1 + 1e-12:
                self.log_capital = math.inf
            return
        stake = min(self.stake, _CAP / room)
        self.log_capital += math.log1p(stake * self.side * (difference - expected))


@dataclass
class ComparisonAudit:
    """One running comparison audit.

    Args:
        zone: The counts (sums of item results) that agree with the claim.
        known: The earlier result of each item, from 0 to 1, in the order of drawing.
        risk: The chance that is accepted of confirming a claim that is outside the zone, and of
            refuting one that is inside.
    """

    zone: Zone
    known: Sequence[float]
    risk: float
    drawn: int = 0
    total: float = 0.0
    right: float = 0.0
    _lost: float = 0.0
    _gained: float = 0.0
    _bettors: tuple[_Bettor, ...] = field(init=False)

    def __post_init__(self) -> None:
        if len(self.known) != self.zone.items:
            raise ValueError(f"{len(self.known)} known results for {self.zone.items} items")
        if any(not 0 <= value <= 1 for value in self.known):
            raise ValueError("a known result is between 0 and 1")
        base = math.fsum(self.known)
        self._bettors = (
            _Bettor(self.zone.low - 1 - base, +1),
            _Bettor(self.zone.high + 1 - base, -1),
            _Bettor(self.zone.low - base, -1),
            _Bettor(self.zone.high - base, +1),
        )
        self._settle()

    def add(self, results: Sequence[float]) -> Verdict:
        """Take the results of the next items, in the order of drawing, and say what may be said now."""
        for result in results:
            if not 0 <= result <= 1:
                raise ValueError(f"a result is between 0 and 1, not {result!r}")
            if self.drawn == self.zone.items:
                raise ValueError(f"the benchmark has only {self.zone.items} items")
            self._take(result)
        return self.verdict()

    def _take(self, result: float) -> None:
        remaining = self.zone.items - self.drawn
        if self.drawn % BATCH == 0:
            weight = _PSEUDO + self.drawn
            lost = (_PSEUDO * _PSEUDO_LOSS + self._lost) / weight
            gained = (_PSEUDO * _PSEUDO_GAIN + self._gained) / weight
            for bettor in self._bettors:
                bettor.bet(lost, gained, remaining, self.total)
        difference = result - self.known[self.drawn]
        for bettor in self._bettors:
            if math.isfinite(bettor.log_capital):
                bettor.take(difference, remaining, self.total)
        self.drawn += 1
        self.total += difference
        self.right += result
        self._lost += max(0.0, -difference)
        self._gained += max(0.0, difference)
        self._settle()

    def _settle(self) -> None:
        for bettor in self._bettors:
            bettor.settle(self.zone.items - self.drawn, self.total)

    def verdict(self) -> Verdict:
        """What may be said now."""
        below, above, at_least, at_most = (bettor.log_capital for bettor in self._bettors)
        confirm = min(
            math.inf if self.zone.low == 0 else below, math.inf if self.zone.high == self.zone.items else above
        )
        if confirm >= math.log(1 / self.risk):
            return "reproduced"
        return "not-reproduced" if max(at_least, at_most) >= math.log(2 / self.risk) else "undecided"

    @property
    def log_refutation(self) -> float:
        """The logarithm of the e-value against "inside the zone"."""
        return max(self._bettors[2].log_capital, self._bettors[3].log_capital)
