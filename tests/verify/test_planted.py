"""Verdicts on planted truths, counted, against the exact law; the tables of docs/audit-costs.md."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from pathlib import Path

import pytest

from gptalt_catalog.verify.audit import Options
from gptalt_catalog.verify.costs import cost, table
from gptalt_catalog.verify.planted import BENCHMARKS, OFFSETS, SEEDS, VERDICTS, frequency, stopping
from tests.catalogs import CHECKOUT

pytest.importorskip("numpy", reason="numpy comes with the extra `verify`")

DOCUMENTED = CHECKOUT / "docs" / "audit-costs.md"
UNLIKELY = 1e-6
"""A count so unlikely under the law is a fault: some thirty are looked at, so chance alone does not get there."""


def tail(count: int, trials: int, chance: float) -> float:
    """The chance of a count at least as far out on its side, twice: exact, binomial."""
    if chance <= 0 or chance >= 1:
        return 1.0 if count == round(trials * chance) else 0.0
    weights = [math.comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(trials + 1)]
    return min(1.0, 2 * min(sum(weights[: count + 1]), sum(weights[count:])))


def test_the_bound_itself() -> None:
    assert tail(100, 200, 0.5) == 1.0
    assert tail(60, 200, 0.5) < 1e-7
    assert tail(0, 200, 1e-9) == pytest.approx(1.0)
    assert tail(1, 200, 0.0) == 0.0


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("benchmark", ["openbookqa", "arc-challenge"])
def test_verdicts_on_planted_truths_are_as_the_law_says(benchmark: str, offset: int) -> None:
    found = frequency(benchmark, offset, SEEDS)
    assert sum(found.seen.values()) == SEEDS
    for verdict in VERDICTS:
        assert tail(found.seen[verdict], SEEDS, found.chance[verdict]) > UNLIKELY, (verdict, found)
    if abs(offset) > 3:  # outside the tolerance: a confirmation is false
        assert found.chance["reproduced"] <= 0.05
    else:
        assert found.chance["not-reproduced"] <= 0.05


def test_with_all_items_every_verdict_is_decided() -> None:
    found = frequency("openbookqa", -5, 100, Options(full=True))
    assert found.seen["undecided"] == 0
    for verdict in VERDICTS:
        assert tail(found.seen[verdict], 100, found.chance[verdict]) > UNLIKELY, (verdict, found)


def test_looking_after_every_item_is_safe_and_naive_looking_is_not() -> None:
    for row in stopping("openbookqa", seeds=400):
        assert row.exact <= 0.05
        assert tail(row.simulated, row.seeds, row.exact) > UNLIKELY
        assert row.naive > 0.05 * row.seeds


# ---- the tables in the docs


def rows_of(heading: str) -> list[list[str]]:
    """The cells of the table below a line that begins with ``heading``."""
    lines = DOCUMENTED.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(heading)) + 2
    found = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def test_documented_risks_are_below_the_stated_one() -> None:
    rows = rows_of("| benchmark | items | claim | tolerance")
    assert {row[3] for row in rows} == {"1", "2", "3", "5"}
    for row in rows:
        assert max(float(row[-1]), float(row[-2])) <= 0.05, row


def test_every_benchmark_of_a_suite_is_documented() -> None:
    from gptalt_catalog.loading.catalog_loader import load_catalog

    catalog = load_catalog(CHECKOUT / "catalog")
    suites = {catalog.protocol_benchmark[task.protocol] for suite in catalog.suites.values() for task in suite.tasks}
    assert suites <= {row[0] for row in rows_of("| benchmark | items | claim | tolerance")}


def test_the_documented_costs_are_what_the_command_computes() -> None:
    """Each row again from its own first four cells: medians move when claims are added, the law does not."""
    rows = [row for row in rows_of("| benchmark | items | claim | tolerance") if int(row[1]) <= 1300 and row[3] == "3"]
    assert len(rows) > 5
    again = (cost(row[0], int(row[1]), Fraction(row[2].rstrip("%")) / 100, 3, 0.05) for row in rows)
    assert table(again).splitlines()[2:] == [f"| {' | '.join(row)} |" for row in rows]


def test_the_documented_counts_are_of_these_benchmarks() -> None:
    rows = rows_of("| benchmark | items | claim | true score")
    assert len(rows) == len(BENCHMARKS) * len(OFFSETS)
    for row in rows:
        for cell in row[4:]:
            counted, expected = (float(number) for number in re.findall(r"[\d.]+", cell))
            assert tail(round(counted), SEEDS, expected / SEEDS) > UNLIKELY or abs(counted - expected) < 1, row


def test_the_file_says_which_command_made_it() -> None:
    assert "verify costs --planted" in Path(DOCUMENTED).read_text(encoding="utf-8")
