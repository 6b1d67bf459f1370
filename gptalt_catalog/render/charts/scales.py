"""Scales: from numbers and dates to positions, with the values at which to draw ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Linear:
    """Values from ``low`` to ``high`` on positions from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The position of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, most: int = 8) -> tuple[float, ...]:
        """Round values inside the scale, ``most`` at most."""
        span = self.high - self.low
        step = next(s for s in _steps(span / most) if span / s <= most)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return tuple(step * i for i in range(first, last + 1))


def _steps(least: float) -> tuple[float, ...]:
    power = 10.0 ** math.floor(math.log10(least))
    return tuple(power * factor for factor in (1, 2, 5, 10, 20))


@dataclass(frozen=True)
class Log:
    """Positive values by their logarithm."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The position of a value."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> tuple[float, ...]:
        """One, three and ten of every power of ten inside the scale (1, 2, 5 where there are few)."""
        few = self.high / self.low < 30
        found = []
        for power in range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1):
            found += [10.0**power * factor for factor in ((1, 2, 5) if few else (1, 3))]
        return tuple(value for value in found if self.low <= value * 1.0001 and value <= self.high * 1.0001)


def moment(date: str) -> float:
    """A date as years since 0, in the middle of what it leaves open (``2023``: its 1 July)."""
    year, month, day = (int(part) if part else 0 for part in [*date.split("-"), "", ""][:3])
    if not month:
        return year + 0.5
    return year + (month - 1 + ((day - 1) / 31 if day else 0.5)) / 12


def years(low: float, high: float) -> tuple[int, ...]:
    """The beginnings of years between two moments."""
    return tuple(range(math.ceil(low), math.floor(high) + 1))


def date_ticks(scale: Linear, room: float = 70.0) -> tuple[tuple[float, str], ...]:
    """(moment, label) of years, half-years, quarters or months: the finest that leave ``room`` for a label."""
    per_year = abs(scale.end - scale.start) / (scale.high - scale.low)
    each = next((n for n in (1, 3, 6) if per_year * n / 12 >= room), 12)
    first, last = math.ceil(scale.low * 12 / each - 1e-9), math.floor(scale.high * 12 / each + 1e-9)
    found = []
    for step in range(first, last + 1):
        year, month = divmod(step * each, 12)
        found.append((step * each / 12, f"{year}-{month + 1:02}" if month else str(year)))
    return tuple(found)
