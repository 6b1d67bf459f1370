"""What sources say besides scores: statements and memory or speed measurements."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, StringConstraints

from gptalt_catalog.domain.base import (
    BenchmarkId,
    CheckpointId,
    FamilyId,
    Line,
    Model,
    PartialDate,
    Plain,
    Slug,
    Text,
    Verbatim,
)

Number = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?(-\d+(\.\d+)?)?$")]


class Statement(Model):
    """Something that a source says and that is not a score of one checkpoint.

    ``value`` is as printed (a range is ``7-15``); ``kind`` says how firm it is; ``empty`` marks
    a typed slot for a number that is known to exist and could not be obtained.
    """

    what: Text
    value: Number | None = None
    unit: Line | None = None
    kind: Literal["exact", "approximate", "qualitative", "empty"]
    families: tuple[FamilyId, ...] = ()
    benchmarks: tuple[BenchmarkId, ...] = ()
    models_named: tuple[Verbatim, ...] = ()
    locator: Plain
    quote: Verbatim | None = None
    note: Text | None = None


class StatementFile(Model):
    """Statements of one source (the file's name), by id."""

    seen: PartialDate
    statements: dict[Slug, Statement]


class Measurement(Model):
    """A published memory or speed figure; ``value`` is as printed, in ``unit``.

    ``load-gpu-memory`` is what the weights take once they are loaded, ``peak-gpu-memory`` the most while
    running, ``minimum-gpu-memory`` and ``minimum-cpu-memory`` what the source says is needed, and
    ``fits-in-gpu-memory`` the memory of cards that it says are enough, all cards together.
    ``cpu-memory`` is host memory while running, ``bits-per-weight`` the average over a file.

    ``GB`` stays as printed even where GiB is meant, which is often; a note says so.
    """

    checkpoint: CheckpointId
    printed_name: Verbatim
    metric: Literal[
        "peak-gpu-memory",
        "load-gpu-memory",
        "minimum-gpu-memory",
        "fits-in-gpu-memory",
        "cpu-memory",
        "minimum-cpu-memory",
        "file-size",
        "bits-per-weight",
        "tokens-per-second",
    ]
    value: Number
    unit: Literal["B", "MB", "MiB", "GB", "GiB", "bits", "tokens/s"]
    engine: Line
    precision: Line
    firmness: Literal["measured", "stated"]
    batch: PositiveInt | None = None
    prompt_tokens: NonNegativeInt | None = None
    new_tokens: NonNegativeInt | None = None
    hardware: Line | None = None
    locator: Plain
    note: Text | None = None


class MeasurementFile(Model):
    """Measurements of one source (the file's name)."""

    seen: PartialDate
    measurements: Annotated[tuple[Measurement, ...], Field(min_length=1)]
