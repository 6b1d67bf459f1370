"""Fast scoring that fails, runs out of memory, or would be wrong: the answers are the stock ones all the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lm_eval")
pytest.importorskip("torch")

from gptalt_catalog.verify.pipeline.prefix.outputs import Outputs
from gptalt_catalog.verify.pipeline.prefix.packed import PackedScoring
from gptalt_catalog.verify.pipeline.prefix.staged import StagedScoring
from gptalt_catalog.verify.pipeline.requests import (
    Answer,
    Document,
    Header,
    NotANumberError,
    PipelineError,
    PlannedTask,
    Request,
    ResponseFile,
    open_requests,
)
from gptalt_catalog.verify.pipeline.scorer import Scorer, description, main, told
from tests.verify.pipeline import models
from tests.verify.pipeline.test_scorer import documents

pytestmark = pytest.mark.verify

BOTH = ["loglikelihood", "generate_until"]


def answers(scorer: Scorer, some: Sequence[Document]) -> dict[str, Answer]:
    return {key: value for one in scorer.answer(some) for key, value in one.answers.items()}


def same(found: dict[str, Answer], wanted: dict[str, Answer]) -> bool:
    return found == {k: v if isinstance(v, str) else pytest.approx(v, abs=1e-3) for k, v in wanted.items()}


@pytest.fixture(scope="module")
def model() -> tuple[Any, Any]:
    tokenizer = models.random_tokenizer()
    return models.random_model(tokenizer), tokenizer


@pytest.fixture(scope="module")
def wanted(model: tuple[Any, Any]) -> dict[str, Answer]:
    return answers(Scorer(*model, scorer="stock"), documents(12, BOTH))


class Full:
    """Memory for so many tokens a pass, batch and what is remembered together."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, tokens: int) -> None:
        import torch

        self.refused = 0
        run = Outputs.run

        def crowded(outputs: Outputs, inputs: Any, *args: Any, **options: Any) -> Any:
            if len(inputs) * len(inputs[0]) > tokens:
                self.refused += 1
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
            return run(outputs, inputs, *args, **options)

        monkeypatch.setattr(Outputs, "run", crowded)


def test_memory_that_runs_out_makes_rows_shorter(
    model: tuple[Any, Any], wanted: dict[str, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer = Scorer(*model)
    assert scorer.check(documents(12, BOTH)).outcome == "passed"
    scorer.rows.forget()
    full = Full(monkeypatch, 60)
    assert same(answers(scorer, documents(12, BOTH)), wanted)
    assert scorer.rows.name == "prefix-packed-1"
    assert full.refused > 0
    assert scorer.batches.halvings > 0
    before = full.refused
    scorer.answer(documents(12, BOTH))
    assert full.refused <= before + 1, "what did not fit once is not tried again and again"


def test_memory_for_nothing_is_an_error(model: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in BOTH:
        scorer = Scorer(*model)
        assert scorer.check(documents(6, [kind])).outcome == "passed"
        scorer.rows.forget()
        with monkeypatch.context() as patch:
            Full(patch, 0)
            with pytest.raises(PipelineError, match="not even one sequence of"):
                scorer.answer(documents(6, [kind]))


@pytest.mark.parametrize(("tokens", "way"), [(60, "prefix-packed-1"), (8, "stock-1")])
def test_memory_that_runs_out_in_the_check_makes_rows_shorter_too(
    model: tuple[Any, Any], wanted: dict[str, Answer], monkeypatch: pytest.MonkeyPatch, tokens: int, way: str
) -> None:
    full = Full(monkeypatch, tokens)
    scorer = Scorer(*model)
    found = answers(scorer, documents(12, ["loglikelihood"]))
    assert full.refused > 0
    assert same(found, {k: v for k, v in wanted.items() if not isinstance(v, str)})
    assert scorer.rows.name == way
    assert ("not even one sequence" in scorer.self_check.note) == (way == "stock-1")


def off(way: type[Any], monkeypatch: pytest.MonkeyPatch, by: float) -> None:
    """Make a way wrong by so many nats in the first choice of each item."""
    score = way.score

    def wrong(self: Any, rows: Any, budget: int, fed: Any) -> Iterator[Any]:
        for some in score(self, rows, budget, fed):
            yield [(name, (value + by, greedy)) for name, (value, greedy) in some]

    monkeypatch.setattr(way, "score", wrong)


def test_a_way_that_is_wrong_is_not_used(
    model: tuple[Any, Any], wanted: dict[str, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    off(PackedScoring, monkeypatch, 0.01)
    scorer = Scorer(*model)
    check = scorer.check(documents(12, BOTH))
    assert (check.outcome, scorer.rows.name) == ("passed", "prefix-staged-1")
    assert check.note == "prefix-packed-1: log-likelihoods differ by more than rounding explains"
    assert same(answers(scorer, documents(12, BOTH)), wanted)

    off(StagedScoring, monkeypatch, -0.5)
    scorer = Scorer(*model)
    check = scorer.check(documents(12, BOTH))
    assert (check.outcome, scorer.rows.name) == ("fallback", "stock-1")
    assert "prefix-staged-1: log-likelihoods differ" in check.note
    assert "stock-1 (prefix-packed-1:" in told(check, scorer)
    assert answers(scorer, documents(12, ["loglikelihood"])) == {
        k: v for k, v in wanted.items() if not isinstance(v, str)
    }
    said = description(scorer)
    assert (said["scorer"], said["self_check"], said["self_check_note"]) == ("stock-1", "fallback", check.note)
    with pytest.raises(PipelineError, match=r"prefixes cannot be shared.*--scorer stock"):
        Scorer(*model, scorer="prefix").check(documents(12, BOTH))


@pytest.mark.parametrize("when", ["in the check", "later"])
def test_a_way_that_raises_is_not_used_again(
    model: tuple[Any, Any], wanted: dict[str, Answer], monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    scorer = Scorer(*model)
    if when == "later":
        scorer.check(documents(3, BOTH))
        assert description(scorer)["self_check"] == "passed"

    def broken(*_: Any) -> Any:
        raise ValueError("/somewhere: unexpected <mask> of `4` dimensions")

    for way in (PackedScoring, StagedScoring):
        monkeypatch.setattr(way, "score", broken)
    assert same(answers(scorer, documents(12, BOTH)), wanted)
    assert scorer.self_check.outcome == "fallback"
    assert "ValueError" in scorer.self_check.note
    assert not set("<>`/") & set(scorer.self_check.note), "a record takes plain text only"
    assert len(scorer.self_check.note) <= 200


def test_half_of_a_batch_that_is_done_stays_when_the_rest_fails(
    model: tuple[Any, Any], wanted: dict[str, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer = Scorer(*model, batch=1)
    scorer.check(documents(3, BOTH))
    scorer.rows.forget()
    score = PackedScoring.score

    def fails_soon(self: Any, rows: Any, budget: int, fed: Any) -> Iterator[Any]:
        for number, some in enumerate(score(self, rows, budget, fed)):
            if number == 3:
                raise RuntimeError("CUDA error: an illegal memory access was encountered")
            yield some

    monkeypatch.setattr(PackedScoring, "score", fails_soon)
    assert same(answers(scorer, documents(12, BOTH)), wanted)
    assert scorer.self_check.outcome == "fallback"


def test_numbers_that_are_none_in_a_fast_way_are_asked_again_the_stock_way(
    model: tuple[Any, Any], wanted: dict[str, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer = Scorer(*model)
    scorer.check(documents(12, BOTH))
    scorer.rows.forget()

    def nothing(*_: Any) -> Any:
        raise NotANumberError

    monkeypatch.setattr(PackedScoring, "score", nothing)
    assert same(answers(scorer, documents(12, BOTH)), wanted)
    assert scorer.self_check.outcome == "fallback"


def test_a_decoder_that_is_wrong_is_not_used(model: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from gptalt_catalog.verify.pipeline.prefix.decoding import Decoder

    decode = Decoder.decode
    monkeypatch.setattr(Decoder, "decode", lambda *args, **more: [[7, *new[1:]] for new in decode(*args, **more)])
    some = documents(6, ["generate_until"])
    scorer = Scorer(*model)
    check = scorer.check(some)
    assert (check.outcome, scorer.generator.name) == ("fallback", "stock-1")
    assert "other tokens than those of transformers" in check.note
    assert answers(scorer, some) == answers(Scorer(*model, scorer="stock"), some)


def test_a_model_with_generation_settings_of_its_own_generates_as_before(model: tuple[Any, Any]) -> None:
    own, tokenizer = models.random_model(model[1]), model[1]
    own.generation_config.repetition_penalty = 3.0
    some = documents(6, ["generate_until"])
    scorer = Scorer(own, tokenizer)
    check = scorer.check(some)
    assert (check.outcome, scorer.generator.name) == ("not-run", "stock-1")
    assert "settings of its own: repetition_penalty" in check.note
    found = answers(scorer, some)
    assert found == answers(Scorer(own, tokenizer, scorer="stock"), some)
    assert found != answers(Scorer(*model), some)


def test_rows_much_longer_than_those_checked_are_checked_again(
    model: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer = Scorer(*model)
    scorer.check(documents(1, ["loglikelihood"]))
    checked = scorer.rows._checked_length
    off(PackedScoring, monkeypatch, 0.01)
    long = [
        Document("q", "q", i, "", tuple(Request("loglikelihood", (f"{i} " + "river " * 90, f" {x}")) for x in "AB"))
        for i in range(3)
    ]
    found = answers(scorer, long)
    assert scorer.rows._checked_length > 2 * checked
    assert scorer.rows.name == "prefix-staged-1"
    assert same(found, answers(Scorer(*model, scorer="stock"), long))


def test_a_scorer_that_was_described_unchecked_stays_with_what_was_said(model: tuple[Any, Any]) -> None:
    scorer = Scorer(*model)
    assert description(scorer)["scorer"] == "stock-1"
    scorer.answer(documents(3, BOTH))
    assert (scorer.rows.name, scorer.generator.name, scorer.self_check.outcome) == ("stock-1", "stock-1", "not-run")


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_short_types_keep_their_predictions(dtype: str) -> None:
    import torch

    tokenizer = models.random_tokenizer()
    model = models.random_model(tokenizer).to(getattr(torch, dtype))
    scorer = Scorer(model, tokenizer)
    check = scorer.check(documents(20, ["loglikelihood"]))
    assert check.outcome == "passed"
    assert check.difference is not None
    assert check.difference.changed == 0
    assert check.difference.predictions >= 10


def lettered(count: int) -> list[Document]:
    """Subjects with examples of their own, asked in turns."""
    found = []
    for i in range(count):
        examples = " ".join(f"{(i % 4) * k} river cat" for k in range(40))
        asked = tuple(Request("loglikelihood", (f"{examples} garden {i} Answer:", f" {x}")) for x in "ABCD")
        found.append(Document("quiz", f"subject{i % 4}", i, f"{i:064x}", asked))
    return found


@pytest.mark.parametrize("way", ["prefix-packed-1", "prefix-staged-1"])
def test_examples_of_a_subject_are_computed_once_over_all_batches(model: tuple[Any, Any], way: str) -> None:
    some = lettered(24)
    scorer = Scorer(*model)
    if way == "prefix-staged-1":
        scorer.rows._open = scorer.rows._open[1:]
    scorer.check(some)
    assert scorer.rows.name == way
    scorer.rows.forget()
    expected = scorer.rows._found.expected  # type: ignore[union-attr]
    assert len(expected.prefixes) == 4
    before = scorer.rows.outputs_fed
    found: dict[str, Answer] = {}
    for start in range(0, 24, 4):  # every batch has one item of each subject
        found |= answers(scorer, some[start : start + 4])
    prefixes = sum(len(prefix) for prefix in expected.prefixes)
    whole = sum(len(row) for row in scorer.distinct_rows(some))
    assert scorer.rows.outputs_fed - before < whole - 5 * prefixes + 24
    assert same(found, answers(Scorer(*model, scorer="stock"), some))


def audit(folder: Path, checkpoint: Path, scorer: str) -> tuple[int, dict[str, Answer], dict[str, Any]]:
    task = PlannedTask("1", 0, "joint", "seed-1234", 8, "0" * 64, {"owner/data": "pending"})
    folder.mkdir()
    plan = open_requests(folder / "requests.jsonl", Header("s", "r", ("p",), {"quiz": task}, "0.4.13"))
    plan.extend([dataclasses.replace(document, task="quiz") for document in documents(8, BOTH)])
    code = main(
        [
            str(plan.file.path),
            str(folder / "out.jsonl"),
            "--model",
            str(checkpoint),
            "--device",
            "cpu",
            "--scorer",
            scorer,
        ]
    )
    responses = ResponseFile(folder / "out.jsonl")
    return code, dict(responses.answers), dict(responses.scorer)


def test_the_command_line_chooses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint = models.random_checkpoint(tmp_path / "model")
    code, found, said = audit(tmp_path / "auto", checkpoint, "auto")
    assert (code, said["scorer"], said["generation"], said["self_check"]) == (
        0,
        "prefix-packed-1",
        "refill-1",
        "passed",
    )
    assert "0 of" in capsys.readouterr().err
    code, plain, said = audit(tmp_path / "stock", checkpoint, "stock")
    assert (code, said["scorer"], said["generation"], said["self_check"]) == (0, "stock-1", "stock-1", "not-run")
    assert same(found, plain)
