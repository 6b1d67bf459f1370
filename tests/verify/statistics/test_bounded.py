"""The interval of a mean of shares: valid at every look, certain at the edges."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptalt_catalog.verify.statistics.bounded import bounded_interval


def test_nothing_drawn_says_nothing_and_all_drawn_says_all() -> None:
    assert bounded_interval(10, [], 0.05) == (0.0, 1.0)
    assert bounded_interval(4, [0.5, 0.25, 1.0, 0.25], 0.05) == (0.5, 0.5)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.integers(1, 60))
def test_it_never_contradicts_what_is_certain(results: list[float], more: int) -> None:
    items = len(results) + more
    low, high = bounded_interval(items, results, 0.05)
    assert sum(results) / items - 1e-9 <= low <= high <= (sum(results) + more) / items + 1e-9


def test_it_covers_the_truth_at_every_look() -> None:
    rng = random.Random(8)
    missed = 0
    for _ in range(200):
        population = [rng.choice([0.0, 0.25, 0.5, 1.0, 1.0]) for _ in range(150)]
        truth = sum(population) / 150
        rng.shuffle(population)
        spans = (bounded_interval(150, population[:drawn], 0.1) for drawn in range(10, 150, 10))
        missed += any(not low - 1e-3 <= truth <= high + 1e-3 for low, high in spans)
    assert missed <= 33  # 20 are allowed; 33 have a chance of one in a thousand then


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_it_becomes_narrow(share: float) -> None:
    rng = random.Random(3)
    results = [min(1.0, max(0.0, rng.gauss(share, 0.1))) for _ in range(1000)]
    low, high = bounded_interval(10_000, results, 0.05)
    assert low < sum(results) / 1000 < high
    assert high - low < 0.06
