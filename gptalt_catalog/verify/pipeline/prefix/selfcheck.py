"""Holds a way of scoring against the stock way, on real requests, before it is trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

from gptalt_catalog.verify.pipeline.stock import Found, Row

Outcome = Literal["passed", "fallback", "not-run"]

TOLERANCES = {"float32": 0.002, "float16": 0.05, "bfloat16": 0.25}
"""How much a log-likelihood may differ, in nats, times the root of its tokens where the type is a short one.

In short types the stock way differs from itself by as much when its batch is another one."""


@dataclass(frozen=True)
class Difference:
    """How far two ways are apart. ``excess``: the largest difference by its tolerance, 1 being the limit."""

    largest: float
    excess: float
    changed: int
    predictions: int

    @property
    def close(self) -> bool:
        """Whether they count as the same."""
        return self.excess <= 1 and self.changed == 0


@dataclass(frozen=True)
class Check:
    """What came out: which way is used from now on, and why if it is not the fastest one.

    ``note`` is one plain line of at most 200 characters, the same on every machine.
    """

    outcome: Outcome = "not-run"
    note: str = ""
    difference: Difference | None = None


def both(one: Check, other: Check) -> Check:
    """Two checks as one: a fallback of either counts."""
    outcomes = {one.outcome, other.outcome}
    outcome: Outcome = "fallback" if "fallback" in outcomes else "passed" if "passed" in outcomes else "not-run"
    notes = [check.note for check in (one, other) if check.note]
    return Check(outcome, noted(notes), one.difference or other.difference)


def noted(reasons: Sequence[str]) -> str:
    """Reasons as a line that a record can hold."""
    return re.sub(r"[^\w .,:;=()'+-]+", " ", "; ".join(reasons)).strip()[:200].strip()


def difference(
    rows: Sequence[Row], items: Sequence[Sequence[str]], one: Sequence[Found], other: Sequence[Found], dtype: str
) -> Difference:
    """Compare two sets of answers about some rows. ``items``: the names of the choices of each item.

    A prediction is the choice with the greatest log-likelihood. In short types a prediction counts as changed
    only if the difference is larger than rounding explains.
    """
    left, right = dict(one), dict(other)
    tolerance = TOLERANCES.get(dtype, TOLERANCES["bfloat16"])
    lengths = {name: len(continuation) for row in rows for name, continuation in row.asked}
    allowed = {name: tolerance * (1 if dtype == "float32" else sqrt(n)) for name, n in lengths.items()}
    apart = {name: abs(left[name][0] - right[name][0]) for name in lengths}
    choices = [item for item in items if len(item) > 1]
    predicted = [(_best(item, left), _best(item, right)) for item in choices]
    changed = sum(
        a != b and (dtype == "float32" or right[b][0] - right[a][0] > allowed[a] + allowed[b]) for a, b in predicted
    )
    return Difference(
        max(apart.values(), default=0.0),
        max((value / allowed[name] for name, value in apart.items()), default=0.0),
        changed,
        len(predicted),
    )


def _best(item: Sequence[str], found: Mapping[str, tuple[float, bool]]) -> str:
    """The choice with the greatest log-likelihood, the first of equals."""
    return max(item, key=lambda name: found[name][0])


def dtype_of(model: Any) -> str:
    """The data type of a model's outputs, by its name."""
    return str(model.dtype).removeprefix("torch.")
