"""What the records say of published scores, and when they no longer speak for the catalog."""

from __future__ import annotations

from typing import Any

import pytest

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.views.verified import VerificationBook
from tests.views.entries import TEXT, Tree, benchmark, catalog_of, checkpoint, family, protocol

SHA = "0123456789abcdef" * 4
COMMIT = "ab" * 20
PROTOCOL = "quiz.acc.0-shot"
ENVIRONMENT = {
    "lm_eval": "0.4.13", "transformers": "5", "torch": "2", "scorer": "stock-1", "dtype": "bfloat16", "self_check": "not-run",
}  # fmt: skip


def audited(claimed: str = "60.0", verdict: str = "reproduced", **more: Any) -> Tree:
    claim = {
        "protocol": PROTOCOL, "source": "paper", "claimed": claimed, "unit": "percent", "task": "quiz", "metric": "acc",
        "comparability": "identical", "verdict": verdict, "mode": "polling", "estimate": "0.61", "interval": ["0.55", "0.67"],
        "risk": "0.05", "tolerance": "0.03", "right": "122", "items_used": 200, "items": 1000,
    }  # fmt: skip
    return {**claim, **more}


def record(*claims: Tree, **more: Any) -> Tree:
    hashes = dict.fromkeys(("requests_sha256", "responses_sha256", "tokenizer_sha256", "items_sha256"), SHA)
    content = {
        "checkpoint": "one", "revision": COMMIT, "suite": "compact", "suite_version": 1, "date": "2026-11-20", "seed": "s",
        "weights_sha256": {"model.safetensors": SHA}, "items_file": "x.items.json", "truncated_requests": 0,
        "wall_seconds": 60, "tokens": 1000, "peak_memory_bytes": 1000, "environment": ENVIRONMENT,
    }  # fmt: skip
    return {**content, **hashes, "claims": list(claims or [audited()]), **more}


def suite(version: int = 1, revision: str = "pending", **software: str) -> Tree:
    task = {"protocol": PROTOCOL, "data_repository": "lab/quiz", "data_revision": revision}
    return {"version": version, "summary": TEXT, "software": software, "tasks": [task]}


def catalog(records: dict[str, Tree], now: Tree | None = None, hub: Tree | None = None) -> Catalog:
    claims = [
        {"protocol": PROTOCOL, "value": "60.0"},
        {"protocol": PROTOCOL, "value": "70.0"},
        {"protocol": "quiz.f1", "value": "50.0"},
    ]
    place = {
        "checkpoint": "one",
        "printed_name": "One",
        "basis": "in-source",
        "path": "p",
        "unit": "percent",
        "grade": "A",
    }
    sets = {"seen": "2026-11-01", "sets": [{**place, "by_model_author": "no", "claims": claims}]}
    more: dict[str, Any] = {"hub": {"evidence": "readme", **hub}} if hub else {}
    return catalog_of(
        {
            "models/fam.yaml": family({"one": checkpoint(**more)}),
            "benchmarks/quiz.yaml": benchmark(),
            "protocols/quiz.yaml": {"protocols": {PROTOCOL: protocol(), "quiz.f1": protocol(metric="f1")}},
            "claims/paper.yaml": sets,
            "suites/compact.yaml": now or suite(),
            **{f"verifications/one/{name}.yaml": content for name, content in records.items()},
        }
    )


def test_the_newest_current_verdict_speaks_for_a_claim() -> None:
    found = catalog(
        {
            "1-old-suite": record(date="2026-11-25", suite_version=2),
            "2-verdict": record(audited(verdict="not-reproduced"), date="2026-11-10"),
            "3-newer-verdict": record(date="2026-11-11"),
            "4-newest": record(audited(verdict="undecided"), date="2026-11-12"),
        }
    )
    book = VerificationBook(found)
    first, second, _ = found.claims
    assert [one.record for one in book.of_claim(first)] == [
        "one/3-newer-verdict", "one/2-verdict", "one/4-newest", "one/1-old-suite",
    ]  # fmt: skip
    best = book.best(first)
    assert best is not None
    assert (best.place, best.stale, best.decided) == (1, False, True)
    assert book.best(second) is None
    assert book.records[0][0] == "one/1-old-suite"


@pytest.mark.parametrize(
    ("more", "now", "hub", "what"),
    [
        ({}, suite(), {"revision": "cd" * 20}, [("revision", COMMIT, "cd" * 20)]),
        ({}, suite(), {"revision": COMMIT[:7]}, []),
        ({}, suite(), {}, []),
        ({}, suite(2), {}, [("suite", "1", "2")]),
        ({}, suite(lm_eval="0.4.14"), {}, [("software", "0.4.13", "0.4.14")]),
        ({}, suite(lm_eval="0.4.13", scorer="stock-1"), {}, []),
        ({"data": {"quiz": {"repository": "lab/quiz", "revision": "11", "rows_sha256": SHA}}}, suite(1, "22"), {}, [("data", "11", "22")]),
        ({"data": {"quiz": {"repository": "lab/quiz", "revision": "pending", "rows_sha256": SHA}}}, suite(1, "22"), {}, []),
        ({"data": {"quiz": {"repository": "lab/quiz", "revision": "11", "rows_sha256": SHA}}}, suite(1, "11"), {}, []),
        ({"suite": "gone"}, suite(2), {}, []),
    ],
)  # fmt: skip
def test_what_makes_a_record_stale(more: Tree, now: Tree, hub: Tree, what: list[tuple[str, str, str]]) -> None:
    (one,) = VerificationBook(catalog({"a": record(**more)}, now, {"repository": "lab/one", **hub})).all
    assert [(change.what, change.ran, change.now) for change in one.changes] == what
    assert one.stale == bool(what)


def test_the_share_counts_verdicts_on_claims_that_a_suite_runs() -> None:
    nothing = VerificationBook(catalog({})).share
    assert (nothing.claims, nothing.in_suites, nothing.current, nothing.share) == (2, 2, 0, 0.0)
    half = VerificationBook(catalog({"a": record(audited(), audited("70.0", "undecided"))})).share
    assert (half.current, half.stale, half.undecided, half.share) == (1, 0, 1, 0.5)
    assert half.verdicts == {"reproduced": 1, "undecided": 1}
    old = VerificationBook(catalog({"a": record(audited(), audited("70.0", "not-reproduced"))}, suite(2))).share
    assert (old.current, old.stale, old.share, old.verdicts) == (0, 2, 0.0, {})
    assert VerificationBook(catalog_of({})).share.share == 0.0


def test_trust_is_the_best_of_the_current_records() -> None:
    records = {"a": record(trust="rechecked"), "b": record(trust="independently-repeated", suite_version=9)}
    assert VerificationBook(catalog(records)).trust_of("one") == "rechecked"
    assert VerificationBook(catalog({"b": records["b"]})).trust_of("one") == "stale"
    assert VerificationBook(catalog(records)).trust_of("two") is None
