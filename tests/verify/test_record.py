"""Records: written, read, derived again, and refused where something does not fit or must not be published."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from gptalt_catalog.domain.verification import Verification
from gptalt_catalog.verify.audit import Audit, Earlier, Options
from gptalt_catalog.verify.finished import keep
from gptalt_catalog.verify.record import (
    ItemResults,
    RecordError,
    audited,
    item_results,
    leaks,
    read_items,
    read_record,
    recheck,
    recheck_file,
    sha256_text,
    write_record,
)
from tests.catalogs import GOOD, copy_of_good, read, told
from tests.verify.fakes import FakeRunner, planted, target

pytest.importorskip("numpy", reason="numpy comes with the extra `verify`")


@pytest.fixture
def finished() -> tuple[Verification, ItemResults]:
    runner = FakeRunner({"quiz": planted(2000, 1400, seed=1)})
    audit = Audit([target("70.0"), target("60.0")], runner, Options())
    list(audit.run())
    items = item_results(audit)
    example = read(GOOD).catalog.verifications["small-70m/2026-11-01"]
    claims = tuple(
        audited(claim).model_copy(update={"protocol": "quiz.acc.0-shot.lm-eval", "source": "small-repository"})
        for claim in audit.claims
    )
    return example.model_copy(update={"items_sha256": sha256_text(items.text()), "claims": claims}), items


def test_every_verdict_is_derived_again(finished: tuple[Verification, ItemResults]) -> None:
    record, items = finished
    again = recheck(record, items.text())
    assert [(r.verdict, r.holds) for r in again] == [("reproduced", True), ("not-reproduced", True)]


def test_a_false_verdict_is_found(finished: tuple[Verification, ItemResults]) -> None:
    record, items = finished
    lie = record.model_copy(update={"claims": (record.claims[1].model_copy(update={"verdict": "reproduced"}),)})
    assert [r.holds for r in recheck(lie, items.text())] == [False]
    sums = record.model_copy(update={"claims": (record.claims[0].model_copy(update={"right": "1"}),)})
    assert "sum to" in recheck(sums, items.text())[0].reason
    more = record.model_copy(update={"claims": (record.claims[0].model_copy(update={"items_used": 1999}),)})
    assert "of 1999 results" in recheck(more, items.text())[0].reason


def test_another_item_file_is_refused(finished: tuple[Verification, ItemResults]) -> None:
    record, items = finished
    with pytest.raises(RecordError, match="SHA-256 differs"):
        recheck(record, items.text() + " ")


def test_item_files_are_compact_and_read_back(finished: tuple[Verification, ItemResults]) -> None:
    _, items = finished
    text = items.text()
    assert read_items(text).results == {t: {m: list(v) for m, v in r.items()} for t, r in items.results.items()}
    assert len(text) < 25 * len(items.documents["quiz"])
    shares = ItemResults({"t": ("a", "b")}, {"t": {"f1": [0.25, 1.0]}})
    assert read_items(shares.text()).results == {"t": {"f1": [0.25, 1.0]}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "damaged"),
        ("[]", "damaged"),
        ('{"version": 7, "tasks": {}}', "version 7"),
        (
            '{"version": 1, "tasks": {"t": {"documents": [], "results": {"acc": {"n": 8, "bits": "/w=="}}}}}',
            "more results than documents",
        ),
        (
            '{"version": 1, "tasks": {"t": {"documents": ["a"], "results": {"acc": {"n": 1, "values": [7]}}}}}',
            "outside 0 to 1",
        ),
        ('{"version": 1, "tasks": {"t": {"documents": ["a"], "results": {"acc": {"n": 1, "bits": "!!"}}}}}', "damaged"),
        (" " * 3_000_000, "larger than 2 MiB"),
    ],
)
def test_damaged_item_files(text: str, message: str) -> None:
    with pytest.raises(RecordError, match=message):
        read_items(text)


def test_a_record_in_the_catalog_is_valid(tmp_path: Path, finished: tuple[Verification, ItemResults]) -> None:
    record, items = finished
    root = copy_of_good(tmp_path)
    path = write_record(root, "small-70m/2026-11-25", record, items)
    assert path == root / "verifications" / "small-70m" / "2026-11-25.yaml"
    assert [p.code for p in told(root)] == ["record-claim"] * 2  # the small catalog has other scores
    assert recheck(
        read(root).catalog.verifications["small-70m/2026-11-25"], path.with_suffix(".items.json").read_text()
    )
    with pytest.raises(RecordError, match="not allowed"):
        write_record(root, "../escape", record, items)


def test_nothing_private_is_published(
    tmp_path: Path, finished: tuple[Verification, ItemResults], monkeypatch: pytest.MonkeyPatch
) -> None:
    record, items = finished
    token = "hf_" + "a" * 30
    spoilt = record.model_copy(update={"environment": record.environment.model_copy(update={"gpu": f"card {token}"})})
    with pytest.raises(RecordError, match="would publish"):
        write_record(tmp_path, "small-70m/x", spoilt, items)
    monkeypatch.setenv("USER", "somebody")
    named = record.model_copy(
        update={"environment": record.environment.model_copy(update={"scorer": "stock by somebody"})}
    )
    with pytest.raises(RecordError, match="somebody"):
        write_record(tmp_path, "small-70m/x", named, items)
    assert not (tmp_path / "verifications").exists()
    home = "/" + "home/"
    assert leaks(f"seed {home}me/model and me@host") == [home, "me@host"]
    assert leaks(items.text()) == []


def test_the_manner_of_an_older_harness_is_no_address_and_a_part_of_a_word_is_no_name() -> None:
    assert leaks("task: hellaswag_10shot@lm-eval-0.3", ["swag", "task"]) == ["task"]
    assert leaks("tester@lm-evaluator.org") == ["tester@lm-evaluator.org"]


def test_a_record_is_replaced_only_by_one_that_goes_on_with_it(
    tmp_path: Path, finished: tuple[Verification, ItemResults]
) -> None:
    record, items = finished
    root = copy_of_good(tmp_path)
    first = keep(root, record, items)
    assert keep(root, record, items) == first

    def with_items(used: int) -> Verification:
        return record.model_copy(update={"claims": (record.claims[0].model_copy(update={"items_used": used}),)})

    fewer = keep(root, with_items(record.claims[0].items_used - 1), items)
    assert fewer.stem == f"{first.stem}-2"
    assert keep(root, with_items(record.claims[0].items_used), items) == fewer
    other = keep(root, record.model_copy(update={"suite_version": 9}), items)
    assert other.stem == f"{first.stem}-3"
    assert read_record(other)[0].items_file == f"{other.stem}.items.json"


def test_a_damaged_record_is_not_overwritten(tmp_path: Path, finished: tuple[Verification, ItemResults]) -> None:
    record, items = finished
    root = copy_of_good(tmp_path)
    first = keep(root, record, items)
    first.write_text("half of a record")
    assert keep(root, record, items).stem == f"{first.stem}-2"


def test_a_comparison_is_derived_again_with_the_record_that_it_names(tmp_path: Path) -> None:
    results = planted(2000, 1400, seed=1)
    runner = FakeRunner({"quiz": results})
    earlier = Earlier("small-70m/first", tuple(result["acc"] for result in results))
    audit = Audit([target("70.0")], runner, Options(), lambda _: earlier)
    list(audit.run())
    whole = Audit([target("70.0")], runner, Options(tolerance=Fraction(0), full=True))
    list(whole.run())
    example = read(GOOD).catalog.verifications["small-70m/2026-11-01"]
    for name, one in (("first", whole), ("second", audit)):
        items = item_results(one)
        claims = tuple(
            audited(claim).model_copy(update={"protocol": "quiz.acc.0-shot.lm-eval", "source": "small-repository"})
            for claim in one.claims
        )
        update = {"items_sha256": sha256_text(items.text()), "claims": claims, "items_file": f"{name}.items.json"}
        write_record(tmp_path, f"small-70m/{name}", example.model_copy(update=update), items)
    path = tmp_path / "verifications" / "small-70m" / "second.yaml"
    [again] = recheck_file(path)
    assert (again.claim.mode, again.claim.compared_with, again.holds) == ("comparison", "small-70m/first", True)
    path.with_name("first.items.json").write_text('{"version":1,"tasks":{}}\n')
    [again] = recheck_file(path)
    assert not again.holds
    assert "SHA-256 differs" in again.reason
