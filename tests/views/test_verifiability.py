"""What can be verified, over a whole catalog: answers, reasons, scores that a task can check, memory."""

from __future__ import annotations

from typing import Any

import pytest

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.memory import GIB
from gptalt_catalog.domain.protocol_table import ProtocolRows
from gptalt_catalog.loading.protocol_table import read_protocol_table
from gptalt_catalog.views.verifiability import Verifiability, reasons, verifiability
from tests.catalogs import CHECKOUT, read
from tests.views.entries import benchmark, catalog_of, checkpoint, family, protocol

OPEN = {"evidence": "readme", "repository": "lab/model", "access": "open"}
FULL = {"evidence": "readme", "form": "full", "loader": "native", "files": ["safetensors"]}
SHAPE = {
    "evidence": "readme", "architecture": "Llama", "design": "decoder", "layers": 32, "hidden": 4096, "heads": 32,
    "ffn": 11008, "gated_ffn": True, "vocabulary": 32000, "context": 4096, "positions": "rotary",
    "tied_embeddings": False,
}  # fmt: skip
MANY = {"evidence": "readme", "total": 6_738_415_616}


def table() -> ProtocolRows:
    """0-shot is the claim's own task; 1-shot is known to differ; nothing runs 2-shot. 0.9 has another origin."""
    reading = {"origin": "any", "task": "quiz"}
    tree: dict[str, Any] = {
        "origins": {
            "any": {"era": "lm-eval-0.4", "because": "Words."},
            "new": {"era": "lm-eval-0.4", "because": "Words.", "harness_versions": ["0.9"]},
        },
        "comparisons": {},
        "protocols": {
            "quiz.acc.0-shot.lm-eval": {"metric": "acc", "readings": [{**reading, "grade": "identical"}]},
            "quiz.acc.1-shot.lm-eval": {"metric": "acc", "readings": [{**reading, "grade": "different"}]},
            "quiz.acc.3-shot.lm-eval": {
                "metric": "acc",
                "readings": [{**reading, "origin": "new", "grade": "unknown"}],
            },
        },
    }
    return ProtocolRows.model_validate(tree, strict=False)


def claims(**values: list[str]) -> dict[str, Any]:
    """Claims of checkpoints (name -> shots)."""
    return {
        "seen": "2026-11-01",
        "sets": [
            {
                "checkpoint": name, "printed_name": name, "basis": "mapped", "path": "x", "unit": "percent",
                "grade": "A", "by_model_author": "yes",
                "claims": [{"protocol": f"quiz.acc.{n}-shot.lm-eval", "value": "50.0"} for n in shots],
            }
            for name, shots in values.items()
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    whole = {"hub": OPEN, "weights": FULL, "parameters": MANY, "shape": SHAPE}

    def one(**changes: Any) -> dict[str, Any]:
        return {**checkpoint(), **whole, **changes}

    return catalog_of(
        {
            "benchmarks/quiz.yaml": benchmark(),
            "protocols/quiz.yaml": {
                "protocols": {f"quiz.acc.{n}-shot.lm-eval": protocol(shots=n) for n in (0, 1, 2, 3)},
            },
            "claims/paper.yaml": claims(good=["0", "1"], other=["1"], taskless=["2", "3"], gated=["0"], code=["0"]),
            "models/family.yaml": family(
                {
                    "good": one(),
                    "other": one(),
                    "taskless": one(),
                    "silent": one(),
                    "gated": one(hub={**OPEN, "access": "gated"}),
                    "code": one(weights={**FULL, "loader": "remote-code"}),
                }
            ),
        }
    )


def rows(catalog: Catalog, **options: Any) -> dict[str, Verifiability]:
    return {row.checkpoint: row for row in verifiability(catalog, table(), **options)}


def test_answers_and_reasons(catalog: Catalog) -> None:
    found = {key: (row.answer, row.codes) for key, row in rows(catalog).items()}
    assert found == {
        "good": ("yes", ()),
        "other": ("nothing-to-check", ("not-comparable",)),
        "taskless": ("nothing-to-check", ("no-task",)),
        "silent": ("nothing-to-check", ("no-claims",)),
        "gated": ("perhaps", ("gated",)),
        "code": ("no", ("remote-code",)),
    }


def test_scores_are_counted_by_what_runs_them(catalog: Catalog) -> None:
    found = rows(catalog)
    assert [getattr(found["good"].scores, name) for name in ("published", "checkable", "comparable")] == [2, 2, 1]
    assert [getattr(found["taskless"].scores, name) for name in ("published", "checkable", "comparable")] == [2, 0, 0]


def test_memory_blocks_only_what_surely_does_not_fit(catalog: Catalog) -> None:
    needed = rows(catalog)["good"].memory
    assert needed is not None
    assert 12 * GIB < needed < 25 * GIB
    for memory, answer in ((8, "no"), (14, "perhaps"), (80, "yes")):
        row = rows(catalog, memory=memory * GIB)["good"]
        assert row.answer == answer, memory
        assert row.codes == (() if answer == "yes" else ("too-large",))


def test_reasons_are_counted(catalog: Catalog) -> None:
    assert reasons(rows(catalog).values()) == (
        ("no-claims", 1, 0),
        ("no-task", 1, 0),
        ("not-comparable", 1, 0),
        ("remote-code", 1, 0),
        ("gated", 0, 1),
    )


def test_every_checkpoint_of_the_real_catalog_has_an_answer_with_its_reason() -> None:
    whole = read(CHECKOUT / "catalog").catalog
    found = {row.checkpoint: row for row in verifiability(whole, read_protocol_table(ProtocolRows))}
    assert set(found) == set(whole.checkpoints)
    assert all(row.obstacles for row in found.values() if row.answer != "yes")
    assert found["pythia-1.4b"].answer == "yes"
    assert found["pythia-1.4b"].scores.comparable > 10
    assert "remote-code" in found["chatglm2-6b"].codes
