"""The interval of a mean of numbers from 0 to 1, drawn without replacement, whenever one looks.

Items that are only right or wrong have a sharper one (:func:`.polling.interval`). Here one bets that the sum
is larger than a candidate, and another that it is smaller, with stakes that depend on the past alone and not
on the candidate: so the capital falls as the candidate rises, and the edges are found by bisection. The
capital under a true candidate is a non-negative supermartingale (Ville's inequality).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

_MOST = 0.5
"""The largest stake: it keeps the capital positive whatever the result is."""

_PRECISION = 1e-4


def bounded_interval(items: int, results: Sequence[float], risk: float) -> tuple[float, float]:
    """The shares of ``items`` that the results leave possible: the bounds of the mean over all items.

    ``results`` are those drawn so far, each from 0 to 1. What is certain comes in, too: the items that are
    left are worth between nothing and one each.
    """
    drawn, total = len(results), math.fsum(results)
    certain = total / items, (total + items - drawn) / items
    if drawn in (0, items):
        return certain
    upward = _stakes(results, risk)
    low = _edge(items, results, upward, risk, certain)
    mirrored = [1 - result for result in results]
    high = 1 - _edge(items, mirrored, upward, risk, (1 - certain[1], 1 - certain[0]))
    return low, high


def _stakes(results: Sequence[float], risk: float) -> list[float]:
    """The stake on each result, from those before it: larger where they scatter less."""
    found, total, squares = [], 0.5, 0.25
    for count, result in enumerate(results, start=1):
        variance = squares / count
        stake = math.sqrt(2 * math.log(2 / risk) / (variance * count * math.log(1 + count)))
        found.append(min(_MOST, stake))
        total += result
        squares += (result - total / (count + 1)) ** 2
    return found


def _edge(
    items: int, results: Sequence[float], stakes: Sequence[float], risk: float, certain: tuple[float, float]
) -> float:
    """The largest mean that the bets refute from below, or what is certain if they refute nothing."""
    low, high = certain
    refuted = low
    while high - low > _PRECISION:
        middle = (low + high) / 2
        if _beaten(items * middle, items, results, stakes, math.log(2 / risk)):
            low = refuted = middle
        else:
            high = middle
    return refuted


def _beaten(sum_at_most: float, items: int, results: Sequence[float], stakes: Sequence[float], enough: float) -> bool:
    """Whether the bets against "the sum is at most this" ever reached ``enough`` (a logarithm)."""
    capital, total = 0.0, 0.0
    for count, (result, stake) in enumerate(zip(results, stakes, strict=True)):
        expected = (sum_at_most - total) / (items - count)
        if expected < 0:
            return True
        capital += math.log1p(stake * (result - min(expected, 1.0)))
        total += result
        if capital >= enough:
            return True
    return False
