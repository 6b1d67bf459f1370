"""What an audit would come to, before its first byte: items, tokens, time, memory; and what there is here.

Items follow from the rule exactly. Time is rough: tokens an item are an average (:mod:`.lengths`), a token
costs two operations a parameter, and this machine's speed is that of a product of matrices, tried for a moment.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.memory import Precision
from gptalt_catalog.verify.audit import ClaimAudit, Earlier
from gptalt_catalog.verify.earlier import EarlierResults
from gptalt_catalog.verify.lengths import tokens_an_item
from gptalt_catalog.verify.prepared import CannotRunError, Prepared
from gptalt_catalog.verify.targets import Target
from gptalt_catalog.views.memory_fit import MemoryFit

CONTEXT = 2048
"""Tokens of one sequence that memory is estimated for; longer prompts are rare in these benchmarks."""

EFFICIENCY = {"cpu": 0.4, "cuda": 0.25}
"""What running a model reaches of a machine's speed with matrices, about."""

BYTES: Mapping[str, float] = {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1, "nf4": 0.57}
_PRECISION: Mapping[str, Precision] = {
    "float32": "fp32",
    "float16": "fp16",
    "bfloat16": "fp16",
    "int8": "int8",
    "nf4": "nf4",
}


@dataclass(frozen=True)
class ClaimForecast:
    """One score to check. ``items``: of the benchmark, ``None`` if the catalog does not say.

    ``most``: after so many items 95 of 100 audits of a true score have their verdict, or the stated cap.
    ``compared_with``: the record whose item results make it a comparison.
    """

    target: Target
    items: int | None
    most: int | None
    compared_with: str = ""


@dataclass(frozen=True)
class Here:
    """This machine: the device that would be used, its data type, and memory in bytes (all, and free now)."""

    device: str
    dtype: str
    memory: int
    free: int


@dataclass(frozen=True)
class Forecast:
    """What an audit would come to. Memory in bytes: the estimate, and the bounds that it lies between."""

    claims: tuple[ClaimForecast, ...]
    here: Here
    parameters: int | None
    need: int | None
    need_low: int | None
    need_high: int | None

    @property
    def tasks(self) -> dict[str, int]:
        """The most items of each task that its scores may need; those of unknown size left out."""
        found: dict[str, int] = {}
        for claim in self.claims:
            if claim.most is not None:
                found[claim.target.link.task] = max(found.get(claim.target.link.task, 0), claim.most)
        return found

    @property
    def tokens(self) -> int:
        """About how many tokens are fed to the model, at most."""
        return round(sum(items * tokens_an_item(task) for task, items in self.tasks.items()))

    def seconds(self, speed: float) -> float | None:
        """About how long it takes at most, on a machine of this ``speed`` in operations a second."""
        if self.parameters is None or not speed:
            return None
        return 2 * self.parameters * self.tokens / (speed * EFFICIENCY.get(self.here.device, 0.25))

    def check_fit(self, model: str) -> None:
        """Raise :class:`CannotRunError` if the model surely does not fit the memory of the device."""
        if self.need_low is None or self.need_low <= self.here.memory:
            return
        smaller = "" if self.here.dtype != "float32" else "--dtype bfloat16 halves it; "
        raise CannotRunError(
            f"{model} does not fit: it needs at least {gib(self.need_low)} in {self.here.dtype}, and {self.here.device}"
            f" has {gib(self.here.memory)}; {smaller}use a machine with more memory, or split the work: `verify plan`"
            " and `verify grade` here, `verify score` there"
        )


def gib(size: float) -> str:
    """An amount of memory for people."""
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 / 10 else f"{size / 2**20:.1f} MiB"


def forecast(prepared: Prepared, weights_bytes: int | None = None) -> Forecast:
    """What the audit would come to. ``weights_bytes``: the size of the files, for models outside the catalog."""
    wishes, checkpoint = prepared.wishes, prepared.model.checkpoint
    here = machine(wishes.device, wishes.dtype)
    earlier = EarlierResults(prepared, "", lambda _: ())
    claims = tuple(_claim(prepared, target, earlier) for target in prepared.targets)
    fit, parameters = None, None
    if checkpoint is not None:
        total = checkpoint.parameters.total if checkpoint.parameters is not None else None
        parameters = total if isinstance(total, int) else None
        fit = MemoryFit(prepared.catalog).fit(checkpoint.id, _PRECISION[here.dtype], CONTEXT)
    if fit is not None:
        factor = fit.high / fit.need.total
        # a program on a CPU does without what a GPU's process needs besides
        need = fit.need.total - (fit.need.runtime if here.device == "cpu" else 0)
        return Forecast(claims, here, parameters, need, round(need / factor), round(need * factor))
    if weights_bytes:  # most are published in 16 bits
        parameters = parameters or weights_bytes // 2
        need = round(parameters * BYTES[here.dtype])
        return Forecast(claims, here, parameters, need, need // 2, need * 3 // 2)
    return Forecast(claims, here, parameters, None, None, None)


def _claim(prepared: Prepared, target: Target, earlier: EarlierResults) -> ClaimForecast:
    items = items_of(prepared.catalog, target.protocol)
    if items is None:
        return ClaimForecast(target, None, prepared.wishes.options.max_items)
    record = earlier.whole(target, items)
    known = Earlier(record, [0.5] * items) if record else None
    try:
        audit = ClaimAudit(target, items, prepared.wishes.options, known)
    except ImportError:  # numpy comes with the extra `verify`
        return ClaimForecast(target, items, None, record)
    return ClaimForecast(target, items, audit.cap, record if audit.mode == "comparison" else "")


def items_of(catalog: Catalog, protocol: str) -> int | None:
    """The size of the benchmark that a protocol asks, if the catalog knows it."""
    benchmark = catalog.benchmarks.get(catalog.protocol_benchmark.get(protocol, ""))
    if benchmark is None or benchmark.items is None or isinstance(benchmark.items.splits, str):
        return None
    return benchmark.items.splits.get(catalog.protocols[protocol].split)


# ---- this machine


def machine(device: str, dtype: str) -> Here:
    """The device and data type that ``auto`` stands for here, and its memory."""
    torch = _torch()
    cuda = torch is not None and torch.cuda.is_available() and device != "cpu"
    if cuda:
        index = torch.device(device if device != "auto" else "cuda").index or 0
        free, memory = torch.cuda.mem_get_info(index)
        return Here("cuda", "bfloat16" if dtype == "auto" else dtype, memory, free)
    memory, free = host_memory()
    return Here("cpu", "float32" if dtype == "auto" else dtype, memory, free)


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        return None
    return torch


def host_memory(meminfo: Path = Path("/proc/meminfo")) -> tuple[int, int]:
    """The memory of this machine and what is free of it, in bytes; the same twice where only the first is known."""
    try:
        rows = (line.split() for line in meminfo.read_text(encoding="ascii").splitlines())
        known = {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) > 1}
        return known["MemTotal"], known["MemAvailable"]
    except (OSError, KeyError, ValueError):
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return whole, whole


def speed(here: Here) -> float:
    """Operations a second of a product of matrices, tried for a moment; 0 if torch is not installed."""
    torch = _torch()
    if torch is None:
        return 0.0
    size = 768 if here.device == "cpu" else 4096
    matrix = torch.ones(
        size,
        size,
        device=here.device,
        dtype=getattr(torch, here.dtype if here.dtype.startswith(("float", "bfloat")) else "float32"),
    )
    best = float("inf")
    for _ in range(4):
        begun = time.perf_counter()
        float((matrix @ matrix)[0, 0])  # reading a number waits for the device
        best = min(best, time.perf_counter() - begun)
    return 2 * size**3 / best
