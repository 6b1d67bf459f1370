"""Protocols (how a benchmark is run) and claims (published scores)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, StringConstraints

from gptalt_catalog.domain.base import (
    CheckpointId,
    DefectId,
    FamilyId,
    Line,
    Model,
    PartialDate,
    ProtocolId,
    Slug,
    Text,
    Verbatim,
)
from gptalt_catalog.domain.corpus import Metric

Harness = Literal[
    "lm-eval", "opencompass", "helm", "ceval-official", "cmmlu-official", "hendrycks-test", "instruct-eval", "lmflow",
    "llava-eval", "meta-internal", "own-script", "unknown",
]  # fmt: skip
"""The program that ran it. ``lm-eval``: EleutherAI's lm-evaluation-harness. ``own-script``: the
authors' own, published or not. ``unknown`` makes a protocol incomparable."""


class Protocol(Model):
    """How a benchmark is run. Any part may be ``unknown``; then no two claims are comparable.

    ``variant`` tells apart ways that a harness offers for one task (a prompt config, a
    generation form), ``default`` where there is one way.
    """

    split: Slug
    metric: Metric
    shots: NonNegativeInt | Literal["unknown"]
    prompt: Literal["standard", "system-instruction", "chat-template", "chain-of-thought", "fine-tuned", "unknown"]
    scoring: Literal["loglikelihood", "generation", "unknown"]
    harness: Harness
    variant: Slug = "default"
    task: Line | None = None
    note: Text | None = None

    def unknown_parts(self) -> tuple[str, ...]:
        """The parts that are not known; empty for a protocol whose claims can be compared."""
        return tuple(part for part in _PARTS if getattr(self, part) == "unknown")


_PARTS = ("split", "metric", "shots", "prompt", "scoring", "harness", "variant")


class ProtocolFile(Model):
    """All protocols of one benchmark (the file's name), by id."""

    protocols: dict[Slug, Protocol]


Printed = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?(e-?\d+)?$", max_length=40)]
Flag = Literal[
    "derived", "grim-fail", "requoted", "starred-in-source", "wrong-name-in-source", "below-chance",
    "rounded-in-source", "suspect-zero", "publisher-outlier",
]  # fmt: skip
"""``derived``: computed here from finer published scores. ``grim-fail``: not k/n at the printed
digits, acknowledged. ``requoted``: copied from elsewhere by its publisher. ``suspect-zero``,
``below-chance``, ``publisher-outlier``: kept as evidence, never shown as a score."""

NOT_RANKED: frozenset[str] = frozenset(
    {"suspect-zero", "below-chance", "publisher-outlier", "wrong-name-in-source", "grim-fail"}
)


class ClaimRow(Model):
    """One published value. ``value`` keeps the printed digits; ``counts`` is [correct, items]."""

    protocol: ProtocolId
    value: Printed
    counts: tuple[NonNegativeInt, PositiveInt] | None = None
    stderr: Printed | None = None
    flags: tuple[Flag, ...] = ()
    note: Line | None = None


class ClaimSet(Model):
    """Values that one file of the source gives for one checkpoint.

    Either ``checkpoint``, or ``family`` where the source does not say which checkpoint.
    ``basis``: how the checkpoint was found: printed in the source, or mapped by us from the
    printed name. ``counts_from``: how correct/items were obtained.
    """

    checkpoint: CheckpointId | None = None
    family: FamilyId | None = None
    printed_name: Verbatim
    basis: Literal["in-source", "mapped", "unstated"]
    path: Verbatim
    unit: Literal["percent", "fraction"]
    grade: Literal["A", "B", "C", "D"]
    by_model_author: Literal["yes", "no", "unknown"]
    harness_version: Line = "unknown"
    task_version: Line | None = None
    shots_from: Literal["stated", "implied"] = "stated"
    metric_from: Literal["stated", "implied"] = "stated"
    counts_from: Literal["value-and-stderr", "stated", "exact-multiple"] | None = None
    weights_revision: Slug = "unknown"
    defect: DefectId | None = None
    note: Text | None = None
    claims: Annotated[tuple[ClaimRow, ...], Field(min_length=1)]


class ClaimFile(Model):
    """All claims of one source (the file's name). ``seen`` is the day it was read."""

    seen: PartialDate
    sets: Annotated[tuple[ClaimSet, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Claim:
    """A published score with everything that its file says about it."""

    source: str
    place: ClaimSet
    row: ClaimRow
    path: tuple[str | int, ...]

    @property
    def fraction(self) -> Decimal:
        """The value as a fraction of 1, exact to the printed digits."""
        value = Decimal(self.row.value)
        return value / 100 if self.place.unit == "percent" else value

    @property
    def half_unit(self) -> Decimal:
        """Half a unit of the last printed digit, as a fraction of 1."""
        exponent = Decimal(self.row.value).as_tuple().exponent
        unit = Decimal(5).scaleb(int(exponent) - 1)
        return unit / 100 if self.place.unit == "percent" else unit

    @property
    def ranked(self) -> bool:
        """Whether it may stand as the checkpoint's score (known-bad and doubtful ones may not)."""
        return self.place.defect is None and not NOT_RANKED.intersection(self.row.flags)

    @property
    def target(self) -> str:
        """The checkpoint id, or the family id if the checkpoint is unstated."""
        return self.place.checkpoint or self.place.family or ""
