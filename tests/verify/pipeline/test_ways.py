"""Both fast ways on sequences that no benchmark has: prefixes of one another, scored from their first token on."""

from __future__ import annotations

import random
from typing import Any

import pytest

pytest.importorskip("lm_eval")
pytest.importorskip("torch")

from gptalt_catalog.verify.pipeline.batches import Batches
from gptalt_catalog.verify.pipeline.prefix.packed import PackedScoring
from gptalt_catalog.verify.pipeline.prefix.staged import StagedScoring
from gptalt_catalog.verify.pipeline.prefix.ways import candidates
from gptalt_catalog.verify.pipeline.stock import Row, score_rows
from tests.verify.pipeline import models

pytestmark = pytest.mark.verify


@pytest.fixture(scope="module")
def model() -> Any:
    return models.random_model(models.random_tokenizer())


def branching(seed: int) -> list[Row]:
    """Rows that fork everywhere, end within one another, and ask about every length of their end."""
    draw = random.Random(seed)
    known: list[tuple[int, ...]] = [()]
    for _ in range(60):
        stem = draw.choice(known)
        cut = stem[: draw.randrange(len(stem) + 1)]
        known.append(cut + tuple(draw.randrange(5, 12) for _ in range(draw.choice((1, 2, 9, 40)))))
    rows: list[Row] = []
    for inputs in sorted(set(known) - {()}):
        row = Row(inputs)
        for question in range(draw.randrange(1, 4)):
            length = draw.choice((1, 2, len(inputs)))
            target = (*inputs[len(inputs) - min(length, len(inputs)) + 1 :], draw.randrange(5, 12))
            row.asked.append((f"{len(rows)} {question}", target))
        rows.append(row)
    return rows


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("budget", [32, 100, 5000])
@pytest.mark.parametrize("way", [PackedScoring, StagedScoring])
def test_every_question_gets_the_stock_answer(model: Any, way: type[Any], budget: int, seed: int) -> None:
    rows = branching(seed)
    wanted = dict(score_rows(model, rows, Batches(4096), lambda row, tokens: None))  # noqa: ARG005
    chosen = candidates(model, 1024)
    if seed % 2:
        longest = max((row.inputs for row in rows), key=len)
        chosen.expected.add([longest[:20], longest[:5]])
    fed: dict[int, int] = {}

    def count(row: Row, tokens: int) -> None:
        fed[id(row)] = fed.get(id(row), 0) + tokens

    found = [pair for some in way(chosen.outputs, chosen.expected).score(rows, budget, count) for pair in some]
    assert len(found) == len(wanted)
    assert dict(found) == {name: (pytest.approx(value, abs=2e-3), greedy) for name, (value, greedy) in wanted.items()}
    assert sum(fed.values()) <= chosen.outputs.fed
    if way is PackedScoring:
        assert sum(fed.values()) == chosen.outputs.fed, "nothing is padded"
