"""Generation whose rows do not wait for one another: the same texts, with fewer tokens fed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

pytest.importorskip("lm_eval")
pytest.importorskip("torch")

from gptalt_catalog.verify.pipeline.prefix.outputs import Outputs
from gptalt_catalog.verify.pipeline.requests import Document, NotANumberError, PipelineError, Request
from gptalt_catalog.verify.pipeline.scorer import Scorer
from tests.verify.pipeline import models
from tests.verify.pipeline.test_survival import answers

pytestmark = pytest.mark.verify

WORDS = ("river", "cat", "the", "garden", "violin", "月亮", "A", "engine")
EXAMPLES = " ".join(f"{WORDS[k % 7]} {k}" for k in range(60))


def asking(count: int, examples: str = "", until: Sequence[str] = (".", "\n"), length: int = 24) -> list[Document]:
    """Prompts of ragged lengths."""
    settings = {"until": list(until), "max_gen_toks": length}
    prompts = [f"{examples}{' '.join(WORDS[(i * k + k) % 8] for k in range(1 + 5 * i % 31))}:" for i in range(count)]
    return [
        Document("q", "q", i, "", (Request("generate_until", (prompt, settings)),)) for i, prompt in enumerate(prompts)
    ]


@pytest.fixture(scope="module")
def model() -> tuple[Any, Any]:
    tokenizer = models.random_tokenizer()
    return models.random_model(tokenizer), tokenizer


class Passes:
    """The shapes (rows, columns) of all passes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, full: int | None = None) -> None:
        import torch

        self.shapes: list[tuple[int, int]] = []
        self.refused = 0
        run = Outputs.run

        def watched(outputs: Outputs, inputs: Any, *args: Any, **options: Any) -> Any:
            if full is not None and len(inputs) > full:
                self.refused += 1
                raise torch.OutOfMemoryError("CUDA out of memory")
            self.shapes.append((len(inputs), len(inputs[0])))
            return run(outputs, inputs, *args, **options)

        monkeypatch.setattr(Outputs, "run", watched)


@pytest.mark.parametrize("batch", [1, 3, 8, None])
@pytest.mark.parametrize(("examples", "until"), [("", (".", "\n")), (EXAMPLES, ("#", "Ä", "19"))])
def test_texts_are_those_of_transformers(
    model: tuple[Any, Any], batch: int | None, examples: str, until: tuple[str, ...]
) -> None:
    some = asking(20, examples, until)
    scorer = Scorer(*model, batch=batch)
    found = answers(scorer, some)
    assert scorer.generator.name == "refill-1"
    assert found == answers(Scorer(*model, scorer="stock"), some)
    assert len({text for text in found.values() if isinstance(text, str)}) > 5


def test_rows_leave_when_they_are_done_and_others_take_their_places(
    model: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    some = asking(24)
    scorer = Scorer(*model, batch=8)
    scorer.check(some)
    passes = Passes(monkeypatch)
    found = answers(scorer, some)
    reading = [shape for shape in passes.shapes if shape[1] > 1]
    growing = [rows for rows, columns in passes.shapes if columns == 1]
    assert sum(rows for rows, _ in reading) == 24
    assert reading[0][0] == 8
    assert all(2 <= rows < 8 for rows, _ in reading[1:-1])
    assert len(reading) > 3, "places are filled before all eight rows are done"
    lengths = [len(model[1].encode(str(text))) for text in found.values()]
    assert sum(growing) <= sum(lengths) + 4 * 24, "no row is fed long after its stop"
    assert max(growing) <= 8


def test_what_all_prompts_begin_with_is_read_once(model: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    some = asking(16, EXAMPLES)
    scorer = Scorer(*model)
    scorer.check(some)
    passes = Passes(monkeypatch)
    scorer.answer(some)
    examples = len(model[1].encode(EXAMPLES)) - 1
    assert passes.shapes[0][0] == 1
    assert passes.shapes[0][1] >= examples
    assert all(columns < examples for _, columns in passes.shapes[1:])


def test_memory_that_runs_out_begins_the_rows_again(model: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    some = asking(20)
    wanted = answers(Scorer(*model, scorer="stock"), some)
    scorer = Scorer(*model, batch=16)
    scorer.check(some)
    passes = Passes(monkeypatch, full=5)
    assert answers(scorer, some) == wanted
    assert passes.refused == 2
    assert scorer.batches.halvings == 2
    with monkeypatch.context() as patch:
        Passes(patch, full=0)
        with pytest.raises(PipelineError, match="not even one sequence of"):
            scorer.answer(some)


def test_logits_that_are_no_numbers_are_reported(model: tuple[Any, Any]) -> None:
    import torch

    broken, tokenizer = models.random_model(model[1]), model[1]
    some = asking(4)
    scorer = Scorer(broken, tokenizer)
    assert scorer.check(some).outcome == "passed"
    with torch.no_grad():
        broken.model.norm.weight.fill_(float("nan"))
    with pytest.raises(NotANumberError):
        scorer.answer(some)


def test_an_end_token_ends_a_row(model: tuple[Any, Any]) -> None:
    import torch

    ending, tokenizer = models.random_model(model[1]), model[1]
    with torch.no_grad():
        ending.lm_head.weight[tokenizer.eos_token_id] *= 4
    some = asking(12, until=("never said",))
    scorer = Scorer(ending, tokenizer, batch=4)
    found = answers(scorer, some)
    assert scorer.generator.name == "refill-1"
    assert found == answers(Scorer(ending, tokenizer, batch=1, scorer="stock"), some)
    assert any(len(tokenizer.encode(str(text))) < 20 for text in found.values())
