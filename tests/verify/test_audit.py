"""The audit as a whole, on planted item results."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest

from gptalt_catalog.verify.audit import Audit, ClaimAudit, Options
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
    audit = Audit([target("70.0")], runner, Options(), lambda *_: [r["acc"] for r in results])
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
    for value in ("101", "-1"):
        with pytest.raises(ValueError, match="is no percentage"):
            given_target("p", value, link)


def test_a_runner_that_answers_too_little_is_an_error() -> None:
    class Short(FakeRunner):
        def results(self, task: str, start: int, stop: int) -> list[dict[str, float]]:
            return [dict(r) for r in super().results(task, start, stop - 1)]

    with pytest.raises(RuntimeError, match="31 results for 32 items"):
        audited([target("50.0")], Short({"quiz": planted(100, 50, seed=1)}))
