from __future__ import annotations

from datetime import date as day
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptalt_catalog.render.charts.scales import Linear, Log, date_ticks, moment, years


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 20))
def test_linear_ticks_are_inside_even_and_few(low: float, span: float, most: int) -> None:
    scale = Linear(low, low + span, 0, 100)
    ticks = scale.ticks(most)
    assert 1 <= len(ticks) <= most + 1
    slack = span * 1e-6 + abs(low) * 1e-9
    assert all(low - slack <= tick <= low + span + slack for tick in ticks)
    steps = [b - a for a, b in pairwise(ticks)]
    assert all(step == pytest.approx(steps[0], rel=1e-3, abs=1e-9 + abs(low) * 1e-9) for step in steps)


def test_linear_positions_may_run_downward() -> None:
    scale = Linear(0, 100, 500, 0)
    assert (scale(0), scale(50), scale(100)) == (500, 250, 0)
    assert scale.ticks(5) == (0, 20, 40, 60, 80, 100)


def test_log_ticks_are_round_and_evenly_spaced_by_factor() -> None:
    scale = Log(70e6, 176e9, 0, 1000)
    assert scale.ticks() == (1e8, 3e8, 1e9, 3e9, 1e10, 3e10, 1e11)
    assert scale(1e10) - scale(1e9) == pytest.approx(scale(1e9) - scale(1e8))
    assert Log(1e9, 1e10, 0, 1).ticks() == (1e9, 2e9, 5e9, 1e10)


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2023", 2023.5), ("2023-01", 2023 + 0.5 / 12), ("2023-01-01", 2023.0), ("2023-07-01", 2023.5)],
)
def test_a_date_stands_in_the_middle_of_what_it_leaves_open(date: str, expected: float) -> None:
    assert moment(date) == pytest.approx(expected)


@given(
    st.dates(min_value=day(2018, 1, 1)),
    st.dates(min_value=day(2018, 1, 1)),
)
def test_moments_keep_the_order_of_days(first: object, second: object) -> None:
    assert (str(first) < str(second)) == (moment(str(first)) < moment(str(second)))


def test_years_and_the_finest_ticks_that_have_room() -> None:
    assert years(2018.4, 2021.0) == (2019, 2020, 2021)
    assert [text for _, text in date_ticks(Linear(2022.9, 2023.6, 0, 300))] == ["2023", "2023-04", "2023-07"]
    assert [text for _, text in date_ticks(Linear(2020.1, 2023.6, 0, 200))] == ["2021", "2022", "2023"]
