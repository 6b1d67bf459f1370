"""Does it fit? The estimate of :mod:`gptalt_catalog.domain.memory` with an interval that was tested.

The interval's width is not a guess: the same estimate, which knows nothing of the engine, is made for the
catalog's published figures, and the margin is what nine of ten of them stay within, each engine counting
the same, never under ten percent. :func:`left_out` tests it on each engine with the margin that the other
engines give; docs/memory.md has the result.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Literal

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.memory import ALIASES, GIB, PRECISIONS, Need, Precision, memory_need
from gptalt_catalog.domain.reports import Measurement
from gptalt_catalog.views.memory_engines import ENGINES, engine_of, estimated_bytes, published_bytes, unspecific

Verdict = Literal["fits", "tight", "too-large"]
"""``fits``: the interval's upper end is below the memory; ``too-large``: its lower end is above."""

LEAST_MARGIN = 0.10
CARDS = (8, 12, 16, 24, 48, 80)
"""Memory of common cards in GiB (what is sold as 24 GB holds 24 GiB)."""

CONTEXTS = (2048, 4096, 8192, 32768)
_ON_DEVICE = ("peak-gpu-memory", "load-gpu-memory", "file-size")
_ON_HOST = ("cpu-memory", "file-size")


@dataclass(frozen=True)
class Trial:
    """One published figure against two estimates, all in bytes.

    ``estimated`` knows what the engine does differently and tests the formulas; ``general`` does not,
    as nobody knows a reader's engine, and tests the interval.
    """

    source: str
    measurement: Measurement
    engine: str
    published: float
    estimated: float
    general: float

    @property
    def error(self) -> float:
        """The relative error of ``estimated``: 0.1 is ten percent too high."""
        return self.estimated / self.published - 1

    @property
    def factor(self) -> float:
        """By what factor ``general`` is too high or too low, at least 1."""
        return max(self.general / self.published, self.published / self.general)


def trials(catalog: Catalog) -> tuple[Trial, ...]:
    """Every figure that was measured with a known engine, against its estimates."""
    found = (_trial(catalog, source, measurement) for source, measurement in catalog.measurements)
    return tuple(trial for trial in found if trial is not None)


def running(tests: Iterable[Trial]) -> tuple[Trial, ...]:
    """The trials of memory at run time, without those of files."""
    return tuple(trial for trial in tests if trial.measurement.metric != "file-size")


def _trial(catalog: Catalog, source: str, measurement: Measurement) -> Trial | None:
    name = engine_of(measurement)
    checkpoint = catalog.checkpoints.get(measurement.checkpoint)
    if name is None or checkpoint is None or measurement.firmness != "measured":
        return None
    engine = ENGINES[name]
    if measurement.metric not in (_ON_HOST if engine.on_host else _ON_DEVICE):
        return None
    published = published_bytes(measurement, engine)
    estimated = estimated_bytes(measurement, checkpoint, engine)
    general = estimated_bytes(measurement, checkpoint, unspecific(engine))
    if published is None or estimated is None or general is None:
        return None
    return Trial(source, measurement, name, published, estimated, general)


def margin(tests: Iterable[Trial]) -> float:
    """How far off, as a share, nine of ten figures are from the general estimate; at least ten percent.

    Every engine counts the same, however many figures it published.
    """
    factors: dict[str, list[float]] = defaultdict(list)
    for trial in running(tests):
        factors[trial.engine].append(trial.factor)
    weighted = sorted((factor, Fraction(1, len(own))) for own in factors.values() for factor in own)
    seen = Fraction(0)
    for factor, weight in weighted:
        seen += weight
        if seen >= Fraction(9, 10) * len(factors):
            return max(LEAST_MARGIN, factor - 1)
    return LEAST_MARGIN


@dataclass(frozen=True)
class LeftOut:
    """How the estimates do on one engine's figures, and how many the margin of all others covers."""

    engine: str
    figures: int
    error: float  # median, knowing the engine
    general_error: float  # median, not knowing it
    margin: float
    covered: int


def left_out(tests: Sequence[Trial]) -> tuple[LeftOut, ...]:
    """The test of the interval: each engine against the margin that the others give."""
    rows = []
    figures = running(tests)
    for engine in sorted({trial.engine for trial in figures}, key=str.casefold):
        own = [trial for trial in figures if trial.engine == engine]
        width = margin(trial for trial in figures if trial.engine != engine)
        rows.append(
            LeftOut(
                engine,
                len(own),
                median(abs(trial.error) for trial in own),
                median(abs(trial.general / trial.published - 1) for trial in own),
                width,
                sum(trial.factor <= 1 + width for trial in own),
            )
        )
    return tuple(rows)


@dataclass(frozen=True)
class Fit:
    """Whether a checkpoint fits, with the interval of its need in bytes."""

    precision: Precision
    context: int
    need: Need
    low: float
    high: float

    def verdict(self, memory: float) -> Verdict:
        """What can be said about a device with ``memory`` bytes."""
        if self.high <= memory:
            return "fits"
        return "too-large" if self.low > memory else "tight"


class MemoryFit:
    """Fits of one catalog's checkpoints, all with the margin that its measurements give."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.trials = trials(catalog)
        self.margin = margin(self.trials)

    def fit(self, checkpoint: str, precision: Precision, context: int, batch: int = 1) -> Fit | None:
        """The need of one checkpoint; ``None`` where its shape is not known, or if it cannot run alone."""
        found = self.catalog.checkpoints[checkpoint]
        if found.weights is not None and found.weights.form in ("adapter", "component", "none"):
            return None
        need = memory_need(found, precision, context, batch)
        if need is None:
            return None
        return Fit(precision, context, need, need.total / (1 + self.margin), need.total * (1 + self.margin))

    def table(self, checkpoint: str, contexts: Sequence[int] = CONTEXTS) -> tuple[Fit, ...]:
        """Fits of one checkpoint for the usual precisions, at the contexts that it can use."""
        shape = self.catalog.checkpoints[checkpoint].shape
        longest = shape.context if shape is not None and isinstance(shape.context, int) else contexts[0]
        usable = [context for context in contexts if context <= longest] or [longest]
        fits = (self.fit(checkpoint, p, c) for p in ("fp16", "int8", "q4_k_m") for c in usable)
        return tuple(fit for fit in fits if fit is not None)


def parse_precision(text: str) -> Precision:
    """A precision by its name or another word for it (``int4``, ``bf16``). Raises ``ValueError``."""
    word = text.strip().lower()
    word = ALIASES.get(word, word)
    for precision in PRECISIONS:
        if precision == word:
            return precision
    raise ValueError(f"{text!r} is no precision; choose from {', '.join([*PRECISIONS, *ALIASES])}")


def parse_memory(text: str) -> int:
    """``24GB`` or ``24`` as bytes. Cards are sold in GB and hold GiB. Raises ``ValueError``."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:GB|GiB|G)?\s*", text, re.IGNORECASE)
    if found is None:
        raise ValueError(f"{text!r} is no amount of memory; write 24GB")
    return int(float(found[1]) * GIB)
