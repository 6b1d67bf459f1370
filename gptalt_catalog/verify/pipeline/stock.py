"""The stock way to score: whole sequences, padded on the right, as lm-eval's own model class does it.

It is slow and right for every causal model, so it is what the other ways are held against, and what is
left when they fail.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gptalt_catalog.verify.pipeline.batches import Batches
from gptalt_catalog.verify.pipeline.requests import NotANumberError

Found = tuple[str, tuple[float, bool]]
"""The name of a question, its log-likelihood (natural logarithm), and whether greedy decoding answers the same."""

NAME = "stock-1"


@dataclass
class Row:
    """One sequence to feed, with all questions about it: a name, and the tokens that are scored at its end.

    The last scored token is not in ``inputs``: the output after ``inputs`` predicts it.
    """

    inputs: tuple[int, ...]
    asked: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)

    @property
    def scored(self) -> int:
        """The first position whose output is needed."""
        return len(self.inputs) - max(len(continuation) for _, continuation in self.asked)


Fed = Callable[[Row, int], None]
"""Told for each row how many tokens were fed on its behalf."""


def score_rows(model: Any, rows: Iterable[Row], batches: Batches, fed: Fed) -> list[Found]:
    """Answers to all questions about the rows. Raises :class:`NotANumberError`."""
    found: list[Found] = []

    def work(chunk: Sequence[Row]) -> None:
        found.extend(_forward(model, chunk))
        for row in chunk:
            fed(row, len(row.inputs))

    batches.run(list(rows), lambda row: len(row.inputs), work)
    return found


def _forward(model: Any, rows: Sequence[Row]) -> list[Found]:
    """One batch, padded on the right: in a causal model nothing before the padding sees it."""
    import torch

    width = max(len(row.inputs) for row in rows)
    inputs = torch.tensor([list(row.inputs) + [0] * (width - len(row.inputs)) for row in rows])
    with torch.no_grad():
        logits = model(inputs.to(model.device)).logits
    found: list[Found] = []
    for row, row_logits in zip(rows, logits, strict=True):
        last = row_logits[row.scored : len(row.inputs)].float()
        log_probabilities = torch.log_softmax(last, dim=-1)
        greedy = log_probabilities.argmax(dim=-1)
        for name, continuation in row.asked:
            target = torch.tensor(continuation, device=last.device)
            chosen = log_probabilities[-len(continuation) :].gather(1, target.unsqueeze(1))
            value = number(float(chosen.sum()))
            found.append((name, (value, bool((greedy[-len(continuation) :] == target).all()))))
    return found


def number(value: float) -> float:
    """``value``, if it is a number. Raises :class:`NotANumberError`."""
    if not math.isfinite(value):
        raise NotANumberError(value)
    return value
