"""Numbers as ``verify`` writes them for people."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gptalt_catalog.cli.verify_job import size
from gptalt_catalog.cli.verify_show import duration, points, rounded, show_skipped
from gptalt_catalog.verify.targets import Skipped


@pytest.mark.parametrize(
    ("share", "half_unit", "text"),
    [
        ("0.7", "0.005", "70 %"),
        ("0.7", "0.0005", "70.0 %"),
        ("0.705", "0.00005", "70.50 %"),
        ("0.29", "1e-17", "29.00 %"),
    ],
)
def test_claims_have_the_digits_that_were_printed_up_to_two(share: str, half_unit: str, text: str) -> None:
    assert points(Fraction(share), Fraction(half_unit)) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.1, "1 s"), (89, "89 s"), (600, "10 min"), (7200, "2.0 h")])
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"), [(17, "17"), (12_345, "12,000"), (2.34e6, "2.3 million"), (5e9, "5 billion")]
)
def test_rough_numbers(number: float, text: str) -> None:
    assert rounded(number) == text


def test_sizes() -> None:
    assert (size(400_000), size(2_500_000_000)) == ("0.4 MB", "2.50 GB")


def test_what_is_left_out_is_told_by_its_reason() -> None:
    said: list[str] = []
    many = [Skipped(f"p{i}", "s", "1", "no task runs this protocol") for i in range(9)]
    show_skipped([*many, Skipped("q", "s", "1", "flagged: copied")], said.append)
    assert said == [
        "left out: p0, p1, p2, p3, p4, p5 and 3 more: no task runs this protocol",
        "left out: q: flagged: copied",
    ]
