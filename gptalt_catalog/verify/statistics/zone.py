"""Which counts of right answers agree with a claim."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Verdict = Literal["reproduced", "not-reproduced", "undecided"]


@dataclass(frozen=True)
class Zone:
    """The counts K from ``low`` to ``high`` (both included) of ``items`` that agree with the claim."""

    items: int
    claimed: float
    low: int
    high: int

    def __contains__(self, count: object) -> bool:
        return isinstance(count, int) and self.low <= count <= self.high


def zone_of(items: int, claimed: Fraction, tolerance: Fraction, half_unit: Fraction) -> Zone:
    """The zone around a claim: ``|K/items - claimed| <= tolerance + half_unit``, in whole numbers.

    All shares are fractions of 1, exact, so that the edges are too; ``half_unit`` is half a unit of
    the last printed digit. Raises ``ValueError`` for a zone without a count (a claim of many digits,
    taken literally, with no tolerance).
    """
    if items < 1:
        raise ValueError("a benchmark has at least one item")
    if not 0 <= claimed <= 1 or tolerance < 0 or half_unit < 0:
        raise ValueError("a claim is a share from 0 to 1, and a tolerance is not negative")
    width = tolerance + half_unit
    low = max(0, math.ceil(items * (claimed - width)))
    high = min(items, math.floor(items * (claimed + width)))
    if low > high:
        raise ValueError(f"no count of {items} items is within {float(width)} of {float(claimed)}")
    return Zone(items, float(claimed), low, high)
