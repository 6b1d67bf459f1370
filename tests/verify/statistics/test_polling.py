"""The polling audit: exact risks by dynamic programming, certainty at the edges, validity at every look."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gptalt_catalog.verify.statistics.operating import Operating, items_needed, looks, stops
from gptalt_catalog.verify.statistics.polling import Mixture, PollingAudit, PollingRule, interval, log_factorials
from gptalt_catalog.verify.statistics.zone import Zone, zone_of

pytest.importorskip("numpy", reason="numpy comes with the extra `verify`")


def rule_of(items: int, claimed: str, tolerance: str = "0.03", half: str = "0.0005", risk: float = 0.05) -> PollingRule:
    return PollingRule(zone_of(items, Fraction(claimed), Fraction(tolerance), Fraction(half)), risk)


def some_zone(items: int, share: int, points: int) -> Zone:
    try:
        return zone_of(items, Fraction(share, 1000), Fraction(points, 100), Fraction(1, 2000))
    except ValueError:
        assume(False)
        raise


@given(
    st.integers(20, 260),
    st.integers(0, 1000),
    st.sampled_from([1, 2, 3, 5]),
    st.sampled_from([0.05, 0.01, 0.2]),
    st.data(),
)
def test_exact_risks(items: int, share: int, points: int, risk: float, data: st.DataObject) -> None:
    zone = some_zone(items, share, points)
    schedule = looks(items, data.draw(st.integers(1, items)), data.draw(st.integers(1, 40)))
    operating = Operating(PollingRule(zone, risk), schedule)
    assert operating.risk_of_confirming() <= risk
    assert operating.risk_of_refuting() <= risk
    true = operating.claim_true()
    assert true.chance_reproduced + true.chance_refuted == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(
    ("items", "claimed", "expected", "needed"),
    [
        (10042, "0.761", 1714, 2848),
        (14042, "0.351", 2179, 3680),
        (3270, "0.765", 1245, 1792),
        (1172, "0.476", 834, 992),
        (500, "0.572", 434, 480),
    ],
)
def test_costs_of_known_benchmarks(items: int, claimed: str, expected: int, needed: int) -> None:
    rule = rule_of(items, claimed)
    assert round(Operating(rule).claim_true().expected_items) == expected
    assert items_needed(rule) == needed


@given(st.integers(5, 60), st.integers(0, 1000), st.sampled_from([1, 3, 5]), st.data())
def test_the_expected_multiplier_is_at_most_one(items: int, share: int, points: int, data: st.DataObject) -> None:
    """At the edge of its null, a ratio does not grow on average, whatever came before."""
    zone = some_zone(items, share, points)
    rule, table = PollingRule(zone, 0.05), log_factorials(items)
    mixtures: list[Mixture] = [*rule.confirming, *rule.refuting]
    mixture = mixtures[data.draw(st.integers(0, len(mixtures) - 1))]
    drawn = data.draw(st.integers(0, items - 1))
    right = data.draw(st.integers(max(0, drawn - (items - mixture.null)), min(drawn, mixture.null)))
    now = mixture.log_ratio(items, drawn, right, table)
    assume(math.isfinite(now))
    chance = (mixture.null - right) / (items - drawn)
    up = math.exp(mixture.log_ratio(items, drawn + 1, right + 1, table) - now) if chance > 0 else 0.0
    down = math.exp(mixture.log_ratio(items, drawn + 1, right, table) - now) if chance < 1 else 0.0
    assert chance * up + (1 - chance) * down <= 1 + 1e-9


@given(st.integers(1, 80), st.integers(0, 1000), st.sampled_from([1, 3, 5]), st.data())
def test_after_the_last_item_the_truth_is_known(items: int, share: int, points: int, data: st.DataObject) -> None:
    zone = some_zone(items, share, points)
    right = data.draw(st.integers(0, items))
    expected = "reproduced" if right in zone else "not-reproduced"
    assert PollingRule(zone, 0.05).verdict(items, right) == expected


def test_zones_at_the_edges() -> None:
    whole = rule_of(100, "0.5", "0.5")
    assert (whole.zone.low, whole.zone.high) == (0, 100)
    assert whole.verdict(0, 0) == "reproduced"
    none = rule_of(100, "0", "0.03")
    assert none.zone.low == 0
    assert none.verdict(50, 50) == "not-reproduced"
    every = rule_of(100, "1", "0.03")
    assert every.zone.high == 100
    assert every.verdict(60, 0) == "not-reproduced"
    assert 3.0 not in every.zone


def test_impossible_input() -> None:
    with pytest.raises(ValueError, match="no count of 7 items"):
        zone_of(7, Fraction("0.123456"), Fraction(0), Fraction(0))
    for items, claimed, tolerance in ((0, "0.5", "0.1"), (10, "1.5", "0.1"), (10, "0.5", "-0.1")):
        with pytest.raises(ValueError, match=r"at least one item|share from 0 to 1"):
            zone_of(items, Fraction(claimed), Fraction(tolerance), Fraction(0))
    rule = rule_of(10, "0.5")
    for drawn, right in ((11, 5), (5, 6), (5, -1)):
        with pytest.raises(ValueError, match="of 10"):
            rule.verdict(drawn, right)
    with pytest.raises(ValueError, match="between 0 and 1"):
        rule_of(10, "0.5", risk=0)
    audit = PollingAudit(rule)
    with pytest.raises(ValueError, match="0 or 1"):
        audit.add([2])
    audit.add([1, 0] * 5)
    with pytest.raises(ValueError, match="only 10 items"):
        audit.add([1])
    with pytest.raises(ValueError, match="11 of 10"):
        Operating(rule).law(11)


def test_the_verdict_does_not_depend_on_how_batches_are_cut() -> None:
    rng = random.Random(3)
    results = [int(rng.random() < 0.7) for _ in range(400)]
    rule = rule_of(500, "0.7")
    whole = PollingAudit(rule)
    whole.add(results)
    parts = PollingAudit(rule)
    at = 0
    while at < 400:
        step = rng.randint(1, 37)
        parts.add(results[at : at + step])
        at += step
    assert (parts.drawn, parts.right) == (whole.drawn, whole.right)
    assert rule.verdict(parts.drawn, parts.right) == rule.verdict(whole.drawn, whole.right)


def test_peeking_as_often_as_one_likes() -> None:
    """The risk with a look after every single item is still below the stated one."""
    for claimed in ("0.3", "0.72"):
        operating = Operating(rule_of(150, claimed, "0.05"), range(1, 151))
        assert operating.risk_of_confirming() <= 0.05
        assert operating.risk_of_refuting() <= 0.05


def test_a_wrong_claim_is_refuted_soon() -> None:
    rule = rule_of(1838, "0.80", "0.02")
    law = Operating(rule).law(round(1838 * 0.70))
    assert law.chance_refuted > 0.95
    assert 90 <= law.expected_items <= 413


def test_stops_are_the_rule() -> None:
    rule = rule_of(200, "0.6")
    for drawn in (32, 96, 160, 200):
        stop = stops(rule, drawn)
        for right in range(drawn + 1):
            verdict = (
                "reproduced"
                if stop.a <= right <= stop.b
                else "not-reproduced"
                if right <= stop.c or right >= stop.d
                else "undecided"
            )
            assert verdict == rule.verdict(drawn, right)


def test_looks() -> None:
    assert looks(100) == (32, 64, 96, 100)
    assert looks(10) == (10,)
    assert looks(96) == (32, 64, 96)


@given(st.integers(1, 200), st.data())
def test_the_interval_holds_the_best_guess_and_shrinks_to_the_truth(items: int, data: st.DataObject) -> None:
    drawn = data.draw(st.integers(0, items))
    right = data.draw(st.integers(0, drawn))
    low, high = interval(items, drawn, right, 0.05)
    assert right <= low <= high <= items - (drawn - right) or drawn == 0
    if drawn == items:
        assert low == high == right
    if drawn:
        assert low <= min(max(round(items * right / drawn), right), items - drawn + right) <= high


def test_the_interval_covers_at_every_look() -> None:
    """Exact chance that a running interval ever misses the truth, by enumeration of the urn."""
    items, count, risk = 60, 23, 0.05
    chance = {0: 1.0}
    missed = 0.0
    for drawn in range(items):
        ahead: dict[int, float] = {}
        for right, p in chance.items():
            up = (count - right) / (items - drawn)
            for step, q in ((1, up), (0, 1 - up)):
                if q > 0:
                    ahead[right + step] = ahead.get(right + step, 0) + p * q
        chance = {}
        for right, p in ahead.items():
            low, high = interval(items, drawn + 1, right, risk)
            if low <= count <= high:
                chance[right] = p
            else:
                missed += p
    assert missed <= risk
