"""The comparison audit and verdicts over several claims."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptalt_catalog.verify.statistics.comparison import BATCH, ComparisonAudit
from gptalt_catalog.verify.statistics.multiplicity import holm, p_value
from gptalt_catalog.verify.statistics.zone import Zone, zone_of


def zone(items: int, right: int, tolerance: str) -> Zone:
    return zone_of(items, Fraction(right, items), Fraction(tolerance), Fraction(0))


def run(audit: ComparisonAudit, results: list[float], every: int = BATCH) -> tuple[str, int]:
    """The verdict and the number of items at which it fell, looking every 16 items."""
    while audit.drawn < len(results):
        verdict = audit.add(results[audit.drawn : audit.drawn + every])
        if verdict != "undecided":
            return verdict, audit.drawn
    return audit.verdict(), audit.drawn


@pytest.mark.parametrize("items", [500, 1172, 10042])
def test_no_discrepancy_is_cheap_whatever_the_size(items: int) -> None:
    rng = random.Random(items)
    known = [float(rng.random() < 0.7) for _ in range(items)]
    audit = ComparisonAudit(zone(items, int(sum(known)), "0.02"), known, 0.05)
    verdict, drawn = run(audit, known)
    assert verdict == "reproduced"
    assert 130 <= drawn <= 176


def test_one_percent_of_discrepancies() -> None:
    rng = random.Random(1)
    drawn = []
    for _ in range(20):
        known = [float(rng.random() < 0.7) for _ in range(3000)]
        results = [1 - x if rng.random() < 0.01 else x for x in known]
        verdict, items = run(ComparisonAudit(zone(3000, int(sum(known)), "0.02"), known, 0.05), results)
        assert verdict == "reproduced"
        drawn.append(items)
    assert 200 < sum(drawn) / len(drawn) < 700


def test_a_shift_is_refuted() -> None:
    rng = random.Random(2)
    known = [float(rng.random() < 0.7) for _ in range(3000)]
    results = [0.0 if x == 1 and rng.random() < 0.15 else x for x in known]
    verdict, items = run(ComparisonAudit(zone(3000, int(sum(known)), "0.02"), known, 0.05), results)
    assert verdict == "not-reproduced"
    assert items < 800


@pytest.mark.parametrize("edge", [-1, 1])
@pytest.mark.parametrize("discrepant", [0.0, 0.2])
def test_risk_at_the_edge(edge: int, discrepant: float) -> None:
    """Monte Carlo at the hardest truths: just outside the zone (confirming), and just inside (refuting)."""
    rng = random.Random(17)
    items, base, runs = 240, 150, 400
    agreed = zone(items, base, "0.02")
    width = agreed.high - base if edge > 0 else base - agreed.low
    wrong = {"reproduced": 0, "not-reproduced": 0}
    for outside in (True, False):
        shift = edge * (width + (1 if outside else 0))
        for _ in range(runs):
            known = [1.0] * base + [0.0] * (items - base)
            results = list(known)
            flips = [i for i in range(items) if (results[i] == 0) == (edge > 0)]
            for i in rng.sample(flips, abs(shift)):
                results[i] = 1 - results[i]
            for _ in range(int(discrepant * items / 4)):
                i, j = rng.sample(range(items), 2)
                if results[i] != results[j]:
                    results[i], results[j] = results[j], results[i]
            order = rng.sample(range(items), items)
            verdict, _ = run(ComparisonAudit(agreed, [known[i] for i in order], 0.05), [results[i] for i in order])
            if verdict == ("reproduced" if outside else "not-reproduced"):
                wrong[verdict] += 1
    assert wrong["reproduced"] / runs <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)
    assert wrong["not-reproduced"] / runs <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)


@given(st.integers(1, 60), st.data())
def test_after_the_last_item_the_truth_is_known(items: int, data: st.DataObject) -> None:
    bits = st.lists(st.integers(0, 1), min_size=items, max_size=items)
    known, results = data.draw(bits), data.draw(bits)
    agreed = zone(items, sum(known), "0.05")
    audit = ComparisonAudit(agreed, [float(x) for x in known], 0.05)
    for result in results:
        verdict = audit.add([float(result)])
        if verdict == "reproduced" and sum(results) not in agreed and audit.drawn == items:
            pytest.fail("confirmed for certain what is false")
    settled = {"reproduced": sum(results) in agreed, "not-reproduced": sum(results) not in agreed}
    certain = [b for b in audit._bettors if math.isinf(b.log_capital)]
    assert certain
    assert settled[audit.verdict()] or audit.log_refutation < math.inf


@given(st.lists(st.floats(0, 1), min_size=5, max_size=60), st.data())
def test_capital_does_not_grow_on_average(values: list[float], data: st.DataObject) -> None:
    """With a truth at the edge of a null, the next bet's expectation over a random order is at most one."""
    items = len(values)
    known = [0.5] * items
    agreed = Zone(items, sum(values) / items, max(0, math.floor(sum(values)) - 1), min(items, math.ceil(sum(values))))
    order = data.draw(st.permutations(range(items)))
    cut = data.draw(st.integers(0, items - 1))
    audit = ComparisonAudit(agreed, known, 0.05)
    audit.add([values[i] for i in order[:cut]])
    for bettor, null in zip(audit._bettors, (agreed.low - 1, agreed.high + 1, agreed.low, agreed.high), strict=True):
        rest = [values[i] for i in order[cut:]]
        holds = sum(values) <= null if bettor.side > 0 else sum(values) >= null
        if not holds or not math.isfinite(bettor.log_capital):
            continue
        expected = (bettor.null - audit.total) / len(rest)
        room = 1 + bettor.side * expected
        stake = min(bettor.stake, 0.99 / room) if room > 1e-12 else 0.0
        factors = [1 + stake * bettor.side * (x - 0.5 - expected) for x in rest]
        assert min(factors) >= -1e-9
        assert math.fsum(factors) / len(factors) <= 1 + 1e-9


def test_the_verdict_does_not_depend_on_how_batches_are_cut() -> None:
    rng = random.Random(5)
    known = [float(rng.random() < 0.6) for _ in range(600)]
    results = [1 - x if rng.random() < 0.03 else x for x in known]
    agreed = zone(600, int(sum(known)), "0.03")
    whole, parts = ComparisonAudit(agreed, known, 0.05), ComparisonAudit(agreed, known, 0.05)
    for result in results[:300]:
        parts.add([result])
    whole.add(results[:300])
    assert [b.log_capital for b in whole._bettors] == [b.log_capital for b in parts._bettors]


def test_impossible_input() -> None:
    agreed = zone(10, 5, "0.1")
    with pytest.raises(ValueError, match="9 known results for 10 items"):
        ComparisonAudit(agreed, [0.0] * 9, 0.05)
    with pytest.raises(ValueError, match="known result is between"):
        ComparisonAudit(agreed, [2.0] * 10, 0.05)
    audit = ComparisonAudit(agreed, [0.0] * 10, 0.05)
    with pytest.raises(ValueError, match="a result is between"):
        audit.add([-1])
    audit.add([0.0] * 10)
    with pytest.raises(ValueError, match="only 10 items"):
        audit.add([0.0])


def test_several_claims() -> None:
    assert p_value(math.inf) == 0
    assert p_value(-1) == 1
    assert p_value(math.log(80)) == pytest.approx(1 / 40)
    assert holm({"a": 0.01, "b": 0.04, "c": 0.2}, 0.05) == frozenset({"a"})
    assert holm({"a": 0.01, "b": 0.02, "c": 0.04}, 0.05) == frozenset({"a", "b", "c"})
    assert holm({}, 0.05) == frozenset()
