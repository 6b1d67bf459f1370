"""Quality lost by quantization: estimates worked out by hand, intervals that hold, and the size of quantized weights."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("numpy", reason="numpy comes with the extra `verify`")

from gptalt_catalog.verify.precision import loss


def test_the_mean_of_the_differences() -> None:
    pairs = [(1.0, 0.0)] * 3 + [(0.0, 1.0)] + [(1.0, 1.0)] * 50 + [(0.0, 0.0)] * 46
    found = loss(100, pairs, 0.05)
    assert found.mean == pytest.approx(-0.02)
    assert found.low == pytest.approx(-0.02)
    assert found.high == pytest.approx(-0.02)
    assert found.items == 100
    nothing = loss(100, [], 0.05)
    assert (nothing.low, nothing.high, nothing.items) == (-1.0, 1.0, 0)


def test_runs_that_agree_give_a_narrow_interval_and_others_a_wide_one() -> None:
    same = [(float(n % 3 == 0), float(n % 3 == 0)) for n in range(800)]
    other = [(float(n % 3 == 0), float(n % 2 == 0)) for n in range(800)]
    narrow, wide = loss(10_000, same, 0.05), loss(10_000, other, 0.05)
    assert narrow.low < 0 < narrow.high
    assert narrow.high - narrow.low < 0.04
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)
    assert wide.low > 0


def test_the_interval_holds_whenever_one_looks() -> None:
    chance = random.Random(11)
    missed = 0
    for _ in range(60):
        full = [float(chance.random() < 0.6) for _ in range(600)]
        rounded = [x if chance.random() < 0.9 else float(chance.random() < 0.4) for x in full]
        true = (sum(rounded) - sum(full)) / 600
        pairs = list(zip(full, rounded, strict=True))
        looks = [loss(600, pairs[:count], 0.1) for count in (40, 120, 300, 500)]
        missed += any(not found.low - 1e-3 <= true <= found.high + 1e-3 for found in looks)
    assert missed <= 12  # six are expected at most; twelve would be a chance of one in a hundred
