"""Verification records for tests, made by the code that makes real ones: planted items, a real audit, a real file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from gptalt_catalog.domain.claim import Claim
from gptalt_catalog.domain.verification import Environment, TaskData
from gptalt_catalog.verify.audit import Audit, Options
from gptalt_catalog.verify.record import audited, item_results, sha256_text, write_record
from gptalt_catalog.verify.targets import TaskLink, targets_of
from tests.catalogs import GOOD, copy_of_good, read
from tests.verify.fakes import FakeRunner, planted

RECORD = "small-70m/2026-11-25-abababab"
GPU = "Card & Co. 4090"
ITEMS = 200
TRUE, FALSE = "30.5", "31.5"
"""What the small catalog's claims say; the planted model has the first score, and another than the second."""


def catalog_with_a_record(folder: Path, **changes: Any) -> Path:
    """A copy of the small catalog with one more record: a score that was reproduced, and one that was not.

    ``changes`` are laid over the record. The record that the small catalog has by itself is taken away.
    """
    root = copy_of_good(folder)
    for path in (root / "verifications").rglob("*.yaml"):
        path.unlink()
    catalog = read(root).catalog
    runner = FakeRunner({"quiz_0": planted(ITEMS, 61, seed=1), "quiz_1": planted(ITEMS, 120, seed=2)})

    def link(claim: Claim) -> TaskLink | None:
        tasks = {TRUE: "quiz_0", FALSE: "quiz_1"}
        task = tasks.get(claim.row.value)
        return TaskLink(task, "acc", "identical") if task is not None else None

    targets, _ = targets_of(catalog, "small-70m", link)
    audit = Audit(targets, runner, Options(tolerance=Fraction(3, 100), full=True))
    for _ in audit.run():
        pass
    items = item_results(audit)
    record = read(GOOD).catalog.verifications["small-70m/2026-11-01"].model_copy(
        update={
            "date": "2026-11-25",
            "revision": "ab" * 20,
            "items_file": f"{RECORD.rpartition('/')[2]}.items.json",
            "items_sha256": sha256_text(items.text()),
            "environment": Environment(
                lm_eval="0.4.13", transformers="5.23.0", torch="2.13.0", cuda="13.0", gpu=GPU, scorer="stock-1",
                dtype="bfloat16", self_check="passed",
            ),
            "data": {
                task: TaskData(repository="example-lab/quiz", revision="pending", rows_sha256="ab" * 32)
                for task in ("quiz_0", "quiz_1")
            },
            "claims": tuple(audited(claim) for claim in audit.claims),
            **changes,
        }
    )  # fmt: skip
    write_record(root, RECORD, record, items)
    return root
