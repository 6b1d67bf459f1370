"""The audit as a whole, on planted item results."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from gptalt_catalog.verify.audit import Audit, ClaimAudit, Options
from gptalt_catalog.verify.journal import FileJournal, JournalError, order_hash
from gptalt_catalog.verify.targets import Target, given_target
from tests.verify.fakes import FakeRunner, MemoryJournal, planted, target

pytest.importorskip("numpy", reason="numpy comes with the extra `verify`")


def audited(targets: list[Target], runner: FakeRunner, options: Options | None = None) -> list[ClaimAudit]:
    audit = Audit(targets, runner, MemoryJournal(), options or Options())
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


def test_the_cap_leaves_it_undecided_and_a_larger_one_goes_on() -> None:
    runner = FakeRunner({"quiz": planted(5000, 3500, seed=5)})
    journal = MemoryJournal()
    for cap, expected in ((64, "undecided"), (None, "reproduced")):
        audit = Audit([target("70.0")], runner, journal, Options(max_items=cap))
        list(audit.run())
        assert audit.claims[0].verdict == expected
    assert [a[1] for a in runner.asked] == sorted({a[1] for a in runner.asked})


def test_full_runs_every_item_when_nothing_decides() -> None:
    runner = FakeRunner({"quiz": planted(200, 100, seed=6)})
    [claim] = audited([target("50.0")], runner, Options(tolerance=Fraction(0), full=True))
    assert claim.drawn == 200
    assert claim.verdict == "reproduced"
    assert claim.bounds == (0.5, 0.5)


def test_comparison_needs_few_items() -> None:
    results = planted(5000, 3500, seed=7)
    runner = FakeRunner({"quiz": results})
    audit = Audit([target("70.0")], runner, MemoryJournal(), Options(), lambda *_: [r["acc"] for r in results])
    list(audit.run())
    [claim] = audit.claims
    assert (claim.verdict, claim.mode) == ("reproduced", "comparison")
    assert claim.drawn < 400


@pytest.mark.parametrize(("offset", "frequent"), [(0, "reproduced"), (50, "not-reproduced"), (-100, "not-reproduced")])
def test_verdict_frequencies(offset: int, frequent: str) -> None:
    """Planted truths at the claim and 5 and 10 points off, over seeds: the stated risk holds with room."""
    runs = 40
    seen = Counter(
        audited([target("60.0")], FakeRunner({"quiz": planted(1000, 600 + offset, seed)}), Options(full=True))[
            0
        ].verdict
        for seed in range(runs)
    )
    wrong = "not-reproduced" if frequent == "reproduced" else "reproduced"
    assert seen[wrong] <= 5
    assert seen[frequent] >= 0.85 * runs


def journal_at(path: Path, runner: FakeRunner, revision: str = "abc") -> FileJournal:
    return FileJournal(path, {"checkpoint": "x", "revision": revision}, {"quiz": order_hash(runner.documents("quiz"))})


@pytest.mark.parametrize("cut", [0, 1, 7, 40, 100])
def test_interrupted_at_any_byte_the_same_audit_goes_on(tmp_path: Path, cut: int) -> None:
    results = planted(3000, 2100, seed=8)
    whole = FakeRunner({"quiz": results})
    straight = Audit([target("70.0"), target("65.0")], whole, journal_at(tmp_path / "a", whole), Options())
    list(straight.run())
    first = FakeRunner({"quiz": results})
    audit = Audit([target("70.0"), target("65.0")], first, journal_at(tmp_path / "b", first), Options())
    for step, _ in enumerate(audit.run()):
        if step == 4:
            break
    path = tmp_path / "b"
    path.write_bytes(path.read_bytes()[: len(path.read_bytes()) - cut])
    second = FakeRunner({"quiz": results})
    again = Audit([target("70.0"), target("65.0")], second, journal_at(path, second), Options())
    list(again.run())
    assert [(c.verdict, c.drawn) for c in again.claims] == [(c.verdict, c.drawn) for c in straight.claims]
    assert (tmp_path / "a").read_bytes() == path.read_bytes()
    assert sum(stop - start for _, start, stop in second.asked) <= max(c.drawn for c in straight.claims) - 32 * (
        4 if cut else 5
    )


def test_a_journal_of_something_else_is_refused(tmp_path: Path) -> None:
    runner = FakeRunner({"quiz": planted(100, 50, seed=9)})
    journal = journal_at(tmp_path / "a", runner)
    journal.keep("quiz", 0, [{"acc": 1.0}])
    with pytest.raises(JournalError, match="revision: 'abc' there, 'def' here"):
        journal_at(tmp_path / "a", runner, "def")
    with pytest.raises(ValueError, match="batch 5 after 1 results"):
        journal.keep("quiz", 5, [{"acc": 1.0}])
    text = (tmp_path / "a").read_text()
    (tmp_path / "a").write_text(text.replace('"acc":1.0', '"acc":0.0'))
    with pytest.raises(JournalError, match="changed by hand"):
        journal_at(tmp_path / "a", runner)
    (tmp_path / "a").write_text(text.replace('"version":1', '"version":9'))
    with pytest.raises(JournalError, match="another version"):
        journal_at(tmp_path / "a", runner)
    (tmp_path / "a").write_text(text.replace('{"task"', '"task"'))
    with pytest.raises(JournalError, match="damaged"):
        journal_at(tmp_path / "a", runner)


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
