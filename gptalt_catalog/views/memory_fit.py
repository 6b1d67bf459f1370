"""Does it fit? The estimate of :mod:`gptalt_catalog.domain.memory` with an interval that was tested.

The interval's width is not a guess: the estimator predicts the catalog's published measurements, and
the margin is what nine of ten of them stay within, each engine counting the same, never under ten
percent. :func:`left_out` tests it on each engine with the margin that the other engines give.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.family import Checkpoint
from gptalt_catalog.domain.memory import (
    ALIASES,
    BITS,
    GIB,
    PRECISIONS,
    RUNTIME,
    Bits,
    Need,
    Precision,
    activation_bytes,
    cache_bytes,
    largest_matrix,
    memory_need,
    weight_bytes,
)
from gptalt_catalog.domain.reports import Measurement

Verdict = Literal["fits", "tight", "too-large"]
"""``fits``: the interval's upper end is below the memory; ``too-large``: its lower end is above."""

LEAST_MARGIN = 0.10
CARDS = (8, 12, 16, 24, 48, 80)
"""Memory of common cards in GiB (what is sold as 24 GB holds 24 GiB)."""

CONTEXTS = (2048, 4096, 8192, 32768)


@dataclass(frozen=True)
class Engine:
    """What an engine does differently, as its documentation or tables show (docs/memory.md)."""

    runtime: int = 0  # bytes beyond what the program itself allocates, if the figure includes them
    cache_growth: float = 1  # copies of the cache while it grows
    tables_quantized: bool = False  # the output head is stored like the body
    never_ties: bool = False  # a tied head is stored again
    all_logits: bool = False  # the output of every prompt token is kept
    prompt_at_once: bool = True  # else the prompt is fed in pieces
    gib: bool = False  # prints GB and means GiB, by arithmetic on its own file sizes


ENGINES: dict[str, Engine] = {
    "litgpt": Engine(tables_quantized=True, never_ties=True),
    "GPTQ-for-LLaMa": Engine(prompt_at_once=False, gib=True),
    "gguf": Engine(gib=True),
    "ggml": Engine(gib=True),
    "chatglm.cpp": Engine(gib=True),
    "lmdeploy": Engine(runtime=int(1.2 * 2**30), prompt_at_once=False, gib=True),
    "transformers": Engine(runtime=RUNTIME, cache_growth=2, all_logits=True, gib=True),
    "THUDM": Engine(runtime=RUNTIME, all_logits=True, gib=True),
    "AutoAWQ": Engine(gib=True),
    "AutoGPTQ": Engine(gib=True),
    "exllama": Engine(gib=True),
}
"""By the start of the engine's name; engines that are not here are left out of the test."""

_UNITS = {"GB": 10**9, "GiB": 2**30, "MiB": 2**20}
_PRINTED_BITS: dict[str, Bits] = {
    "fp32": BITS["fp32"], "fp16": BITS["fp16"], "bf16": BITS["fp16"],
    "int8": BITS["int8"], "nf4": BITS["nf4"], "fp4": BITS["nf4"],
    "nf4-dq": Bits(4.127, 16, 16, unpacks=True), "fp4-dq": Bits(4.127, 16, 16, unpacks=True),
    "q8_0": BITS["q8_0"], "q4_k_m": BITS["q4_k_m"],
    "q4_0": Bits(4.5, 4.5, 6.5625), "q4_1": Bits(5, 5, 6.5625),
    "q5_0": Bits(5.5, 5.5, 6.5625), "q5_1": Bits(6, 6, 6.5625),
}  # fmt: skip
_GROUPED = re.compile(r"(?:gptq|awq)-(\d)bit(?:-g(\d+))?")


@dataclass(frozen=True)
class Trial:
    """One published figure against the estimate, both in bytes."""

    source: str
    measurement: Measurement
    engine: str
    published: float
    estimated: float

    @property
    def error(self) -> float:
        """The relative error of the estimate: 0.1 is ten percent too high."""
        return self.estimated / self.published - 1


def trials(catalog: Catalog) -> tuple[Trial, ...]:
    """Every measurement of run-time memory whose engine and precision are known, against its estimate."""
    found = []
    for source, measurement in catalog.measurements:
        trial = _trial(catalog, source, measurement)
        if trial is not None:
            found.append(trial)
    return tuple(found)


def _trial(catalog: Catalog, source: str, measurement: Measurement) -> Trial | None:
    name = next((key for key in ENGINES if measurement.engine.startswith(key)), None)
    bits = _bits(measurement.precision)
    checkpoint = catalog.checkpoints.get(measurement.checkpoint)
    if name is None or bits is None or checkpoint is None or measurement.firmness != "measured":
        return None
    if measurement.metric not in ("peak-gpu-memory", "load-gpu-memory", "file-size") or "CPU" in measurement.engine:
        return None
    engine = ENGINES[name]
    estimated = _as_engine(checkpoint, bits, engine, measurement)
    if estimated is None:
        return None
    unit = 2**30 if measurement.unit == "GB" and engine.gib else _UNITS.get(measurement.unit)
    return Trial(source, measurement, name, float(measurement.value) * unit, estimated) if unit else None


def _bits(printed: str) -> Bits | None:
    grouped = _GROUPED.fullmatch(printed)
    if grouped:
        bits, group = int(grouped[1]), int(grouped[2] or 0)
        return Bits(bits + ((16 + bits) / group if group else 0), 16, 16)
    return _PRINTED_BITS.get(printed)


def _as_engine(checkpoint: Checkpoint, bits: Bits, engine: Engine, measurement: Measurement) -> float | None:
    """The estimate for the setting of a measurement."""
    parameters, shape = checkpoint.parameters, checkpoint.shape
    if parameters is None or shape is None:
        return None
    if engine.tables_quantized:
        bits = Bits(bits.body, bits.embedding, bits.body, bits.unpacks)
    weights = weight_bytes(parameters, shape, bits)
    if weights is None:
        return None
    if engine.never_ties and shape.tied_embeddings is True and isinstance(shape.vocabulary, int):
        weights += int(shape.vocabulary * int(shape.hidden) * bits.head / 8)
    if measurement.metric == "file-size":
        return weights
    prompt, new = measurement.prompt_tokens or 0, measurement.new_tokens or 0
    batch = measurement.batch or 1
    at_once = max(1, prompt if engine.prompt_at_once else 1)
    cache = cache_bytes(shape, prompt + new, batch)
    activations = activation_bytes(shape, at_once, batch, all_logits=engine.all_logits)
    if cache is None or activations is None or measurement.metric == "load-gpu-memory":
        cache, activations = 0, 0
    matrix = max(largest_matrix(shape), int(shape.vocabulary) * int(shape.hidden) if engine.tables_quantized else 0)
    unpacked = matrix * 4 if bits.unpacks and bits.body < 16 else 0
    return weights + cache * engine.cache_growth + activations + unpacked + engine.runtime


def margin(tests: Iterable[Trial]) -> float:
    """The relative error that nine of ten figures of run-time memory stay within, at least ten percent.

    Every engine counts the same, however many figures it published.
    """
    errors: dict[str, list[float]] = defaultdict(list)
    for trial in tests:
        if trial.measurement.metric != "file-size":
            errors[trial.engine].append(abs(math.log(trial.estimated / trial.published)))
    weighted = sorted((error, 1 / len(own)) for own in errors.values() for error in own)
    seen = 0.0
    for error, weight in weighted:
        seen += weight
        if seen >= 0.9 * len(errors):
            return max(LEAST_MARGIN, math.exp(error) - 1)
    return LEAST_MARGIN


@dataclass(frozen=True)
class LeftOut:
    """How well the margin set by all other engines covers one engine's figures."""

    engine: str
    figures: int
    median_error: float
    margin: float
    covered: int


def left_out(tests: Sequence[Trial]) -> tuple[LeftOut, ...]:
    """The test of the interval: each engine against the margin that the others give."""
    rows = []
    running = [trial for trial in tests if trial.measurement.metric != "file-size"]
    for engine in sorted({trial.engine for trial in running}):
        own = [trial for trial in running if trial.engine == engine]
        width = margin(trial for trial in tests if trial.engine != engine)
        errors = sorted(abs(trial.error) for trial in own)
        covered = sum(
            trial.estimated / (1 + width) <= trial.published <= trial.estimated * (1 + width) for trial in own
        )
        rows.append(LeftOut(engine, len(own), errors[len(errors) // 2], width, covered))
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
