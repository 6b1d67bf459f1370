"""Item results of earlier runs: found, refused, and never used where they would mislead."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from gptalt_catalog.verify.audit import Audit, ClaimAudit, Earlier, Options
from gptalt_catalog.verify.earlier import Known, expected, items_of
from gptalt_catalog.verify.record import ItemResults, RecordError, sha256_text
from tests.verify.fakes import FakeRunner, planted, target

pytest.importorskip("numpy", reason="numpy comes with the extra `verify`")


def test_results_are_found_by_task_and_metric() -> None:
    known = Known("small/first", ItemResults({"quiz": ("a", "b")}, {"quiz": {"acc": [1.0, 0.0]}}), same_order=False)
    assert known.of(target("50.0")) == {"a": 1.0, "b": 0.0}
    assert known.of(target("50.0", metric="acc_norm")) == {}
    assert known.of(target("50.0", task="other")) == {}


def test_the_claimed_share_stands_in_for_what_is_not_known() -> None:
    assert expected(("a", "b"), {"b": 1.0}, target("25.0")) == (0.25, 1.0)


def test_item_files_are_those_that_the_record_names(tmp_path: Path) -> None:
    (tmp_path / "verifications" / "small").mkdir(parents=True)
    text = ItemResults({"quiz": ("a",)}, {"quiz": {"acc": [1.0]}}).text()
    (tmp_path / "verifications" / "small" / "first.items.json").write_text(text)
    assert items_of(tmp_path, "small/first", sha256_text(text)).documents == {"quiz": ("a",)}
    with pytest.raises(RecordError, match="SHA-256 differs"):
        items_of(tmp_path, "small/first", "0" * 64)
    with pytest.raises(RecordError, match="cannot be read"):
        items_of(tmp_path, "small/second", "0" * 64)


def verdict_with(results: list[dict[str, float]], known: int, *, first: bool, seed: int) -> ClaimAudit:
    """A comparison with ``known`` results of the same model: the first of the order, or some of all."""
    places = range(known) if first else Random(seed).sample(range(len(results)), known)
    values = [0.7] * len(results)
    for place in places:
        values[place] = results[place]["acc"]
    earlier = Earlier("small/first", tuple(values), whole=False)
    options = Options(mode="comparison", tolerance=Fraction(3, 100), full=True)
    audit = Audit([target("70.0")], FakeRunner({"quiz": results}), options, lambda _: earlier)
    list(audit.run())
    return audit.claims[0]


def test_why_part_of_a_run_in_the_same_order_is_refused() -> None:
    """A truth outside the tolerance: the first items known would confirm it, items known at random do not."""
    false: Counter[bool] = Counter()
    for seed in range(30):
        results = planted(1000, 668, seed)
        for first in (True, False):
            false[first] += verdict_with(results, 400, first=first, seed=seed).verdict == "reproduced"
    assert false[True] > 15
    assert false[False] <= 5
