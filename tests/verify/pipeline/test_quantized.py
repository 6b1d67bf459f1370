"""Models in 8 bits on a CPU: smaller, close to the full ones, and refused where they cannot be had."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from gptalt_catalog.verify.pipeline.quantized import bytes_of, options, quantized
from gptalt_catalog.verify.pipeline.requests import PipelineError
from gptalt_catalog.verify.pipeline.scorer import description, load
from tests.verify.pipeline import models
from tests.verify.pipeline.test_scorer import documents

pytestmark = pytest.mark.verify


def test_a_model_in_eight_bits_is_smaller_and_nearly_the_same(tmp_path: Path) -> None:
    folder = models.random_checkpoint(tmp_path / "model")
    full, small = load(folder, device="cpu"), load(folder, device="cpu", dtype="int8")
    assert small.weights_bytes < 0.6 * full.weights_bytes
    assert small.full_weights_bytes == full.weights_bytes == full.full_weights_bytes
    assert description(small, folder)["dtype"] == "int8"
    assert description(full, folder)["dtype"] == "float32"
    some = documents(4, ["loglikelihood", "generate_until"])
    one, other = ({k: v for found in scorer.answer(some) for k, v in found.answers.items()} for scorer in (full, small))
    pairs = [(left, other[key]) for key, left in one.items()]
    numbers = [(a[0], b[0]) for a, b in pairs if isinstance(a, tuple) and isinstance(b, tuple)]
    assert numbers
    assert all(abs(a - b) < 0.1 * abs(a) for a, b in numbers)
    assert any(a != b for a, b in numbers)


def test_answers_in_eight_bits_do_not_depend_on_what_else_is_asked(tmp_path: Path) -> None:
    scorer = load(models.random_checkpoint(tmp_path / "model"), device="cpu", dtype="int8", batch=16)
    some = documents(4, ["loglikelihood"])
    together = scorer.answer(some)
    assert [scorer.answer([one])[0].answers for one in some] == [found.answers for found in together]


def test_what_cannot_be_had_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    with pytest.raises(PipelineError, match="needs a GPU"):
        options("nf4", "cpu")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(PipelineError, match="pip install bitsandbytes"):
        options("nf4", "cuda")


def test_a_model_without_linear_layers_is_refused() -> None:
    import torch

    model: Any = torch.nn.Sequential(torch.nn.Embedding(4, 4))
    with pytest.raises(PipelineError, match="no linear layers"):
        quantized(model, "cpu")
    assert bytes_of(model) == 64
