"""The audit as a whole, on planted item results."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction

import pytest

from gptalt_catalog.verify.audit import Audit, ClaimAudit, Earlier, Options
from gptalt_catalog.verify.targets import Target, given_target
from tests.verify.fakes import FakeRunner, planted, target

pytest.importorskip("numpy", reason="numpy comes with the extra `verify`")


def audited(targets: list[Target], runner: FakeRunner, options: Options | None = None) -> list[ClaimAudit]:
    audit = Audit(targets, runner, options or Options())
    for _ in audit.run():
        pass
    return audit.claims


def test_a_true_and_a_false_claim_of_one_task_share_its_items() -> None:
    runner = FakeRunner({"quiz": planted(3000, 2100, seed=1)})
    true, false = audited([target("70.0"), target("60.0")], runner)
    assert (true.verdict, false.verdict) == ("reproduced", "not-reproduced")
    assert false.drawn < true.drawn < 3000
    assert max(stop for _, _, stop in runner.asked) == true.drawn
    assert [a[2] for a in runner.asked[:-1]] == [a[1] for a in runner.asked[1:]]


def test_both_metrics_of_a_task_come_from_one_run() -> None:
    runner = FakeRunner({"quiz": planted(1500, 900, seed=2)})
    first, second = audited([target("60.0"), target("40.0", metric="acc_norm")], runner)
    assert (first.verdict, second.verdict) == ("reproduced", "reproduced")
    assert first.drawn == second.drawn


@pytest.mark.parametrize(
    ("comparability", "printed", "verdict"),
    [
        ("equivalent", "70.0", "reproduced"),
        ("unknown", "70.0", "consistent"),
        ("unknown", "50.0", "inconsistent"),
        ("different", "70.0", "not-comparable"),
    ],
)
def test_words_follow_comparability(comparability: str, printed: str, verdict: str) -> None:
    runner = FakeRunner({"quiz": planted(2000, 1400, seed=3)})
    [claim] = audited([target(printed, comparability=comparability)], runner)  # type: ignore[arg-type]
    assert claim.verdict == verdict
    assert claim.drawn >= 32


def test_an_impossible_value_costs_no_item() -> None:
    runner = FakeRunner({"quiz": planted(40, 20, seed=4)})
    [claim] = audited([target("51.3")], runner)
    assert claim.verdict == "claim-inconsistent"
    assert runner.asked == []


def test_the_cap_leaves_it_undecided_and_a_larger_one_decides() -> None:
    runner = FakeRunner({"quiz": planted(5000, 3500, seed=5)})
    [short] = audited([target("70.0")], runner, Options(max_items=64))
    [enough] = audited([target("70.0")], runner)
    assert (short.verdict, short.drawn, enough.verdict) == ("undecided", 64, "reproduced")


def test_full_runs_every_item_when_nothing_decides() -> None:
    runner = FakeRunner({"quiz": planted(200, 100, seed=6)})
    [claim] = audited([target("50.0")], runner, Options(tolerance=Fraction(0), full=True))
    assert claim.drawn == 200
    assert claim.verdict == "reproduced"
    assert claim.bounds == (0.5, 0.5)


def test_comparison_needs_few_items() -> None:
    results = planted(5000, 3500, seed=7)
    runner = FakeRunner({"quiz": results})
    earlier = Earlier("small/first", tuple(r["acc"] for r in results))
    audit = Audit([target("70.0")], runner, Options(), lambda _: earlier)
    list(audit.run())
    [claim] = audit.claims
    assert (claim.verdict, claim.mode) == ("reproduced", "comparison")
    assert claim.drawn < 400


@pytest.mark.parametrize(("offset", "frequent"), [(0, "reproduced"), (50, "not-reproduced"), (-100, "not-reproduced")])
def test_verdict_frequencies(offset: int, frequent: str) -> None:
    """Planted truths at the claim and 5 and 10 points off, over seeds: the stated risk holds with room."""
    runs = 40
    seen: Counter[str] = Counter(
        audited([target("60.0")], FakeRunner({"quiz": planted(1000, 600 + offset, seed)}), Options(full=True))[
            0
        ].verdict
        for seed in range(runs)
    )
    wrong = "not-reproduced" if frequent == "reproduced" else "reproduced"
    assert seen.get(wrong, 0) <= 5
    assert seen.get(frequent, 0) >= 0.85 * runs


def test_claims_given_by_hand() -> None:
    link = target("1").link
    given = given_target("p", "46.20", link)
    assert (given.claimed, given.half_unit) == (Fraction("0.462"), Fraction("0.00005"))
    assert given_target("p", " 31.5% ", link).claimed == Fraction("0.315")
    for value in ("101", "-1", "1/3", "1e1", "", "nan"):
        with pytest.raises(ValueError, match=r"is no percentage|is no number"):
            given_target("p", value, link)


def test_a_runner_that_answers_too_little_is_an_error() -> None:
    class Short(FakeRunner):
        def results(self, task: str, start: int, stop: int) -> list[dict[str, float]]:
            return [dict(r) for r in super().results(task, start, stop - 1)]

    with pytest.raises(RuntimeError, match="31 results for 32 items"):
        audited([target("50.0")], Short({"quiz": planted(100, 50, seed=1)}))


def test_scores_with_all_their_digits_have_a_zone_without_tolerance() -> None:
    exact = target("52.0312500000001")
    runner = FakeRunner({"quiz": planted(640, 333, seed=1)})
    [claim] = audited([exact], runner, Options(tolerance=Fraction(0), full=True))
    assert (claim.verdict, claim.drawn) == ("reproduced", 640)


def shares(items: int, mean: float, seed: int) -> list[dict[str, float]]:
    """F1 scores around a mean."""
    rng = random.Random(seed)
    return [{"f1": min(1.0, max(0.0, rng.gauss(mean, 0.25)))} for _ in range(items)]


@pytest.mark.parametrize(("printed", "verdict"), [("50.0", "reproduced"), ("70.0", "not-reproduced")])
def test_means_of_shares_are_bet_on(printed: str, verdict: str) -> None:
    """An F1 of 0.4 is no wrong answer: rounding it would make another score of it."""
    results = shares(3000, 0.5, seed=4)
    claim = target(printed, metric="f1")
    [audit] = audited([claim], FakeRunner({"quiz": results}), Options(full=True))
    assert (audit.verdict, audit.mode) == (verdict, "polling")
    assert audit.drawn < 3000
    low, high = audit.bounds
    assert low <= sum(r["f1"] for r in results) / 3000 <= high


def test_means_of_shares_need_no_whole_number_of_right_answers() -> None:
    [audit] = audited([target("50.01", metric="f1")], FakeRunner({"quiz": shares(40, 0.5, seed=4)}))
    assert audit.verdict != "claim-inconsistent"


def test_part_of_an_earlier_run_is_used_only_if_asked_for() -> None:
    results = planted(2000, 1400, seed=7)
    runner = FakeRunner({"quiz": results})
    part = Earlier("small/first", tuple([r["acc"] for r in results[:1500]] + [0.7] * 500), whole=False)
    for mode, expected in (("auto", "polling"), ("polling", "polling"), ("comparison", "comparison")):
        audit = Audit([target("70.0")], runner, Options(mode=mode), lambda _: part)  # type: ignore[arg-type]
        assert audit.claims[0].mode == expected


def test_answers_that_reach_so_far_only() -> None:
    runner = FakeRunner({"quiz": planted(2000, 1400, seed=7), "other": planted(2000, 1400, seed=8)})
    claims = [target("70.0"), target("70.0", task="other")]
    audit = Audit(claims, runner, Options(full=True), reach={"quiz": 40, "other": 2000})
    list(audit.run())
    assert (audit.claims[0].drawn, audit.claims[0].verdict) == (40, "undecided")
    assert audit.claims[1].verdict == "reproduced"
