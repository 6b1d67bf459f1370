"""Which ways of scoring fit a model, by what its class and config say; the self-check has the last word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gptalt_catalog.verify.pipeline.prefix.expected import Expected
from gptalt_catalog.verify.pipeline.prefix.memory import PrefixStore
from gptalt_catalog.verify.pipeline.prefix.outputs import Outputs
from gptalt_catalog.verify.pipeline.prefix.packed import PackedScoring
from gptalt_catalog.verify.pipeline.prefix.staged import StagedScoring

Way = PackedScoring | StagedScoring


@dataclass(frozen=True)
class Candidates:
    """The ways to try, fastest first, and why packed rows are not among them, if so."""

    ways: tuple[Way, ...]
    outputs: Outputs
    expected: Expected
    note: str


def candidates(model: Any, max_length: int) -> Candidates:
    """The ways to score for a model. Raises :class:`.outputs.CannotPickError`."""
    outputs = Outputs(model)
    expected = Expected(outputs, PrefixStore(_budget(model)))
    reason = next(_against_packing(outputs, model.config, max_length), "")
    staged = StagedScoring(outputs, expected)
    ways: tuple[Way, ...] = (staged,) if reason else (PackedScoring(outputs, expected), staged)
    return Candidates(ways, outputs, expected, f"no packed rows: {reason}" if reason else "")


def _against_packing(outputs: Outputs, config: Any, max_length: int) -> Iterator[str]:
    """What makes a model tell neighbours in a row from neighbours in a sequence."""
    if outputs.recurrent:
        yield "the model is recurrent"
    if getattr(config, "alibi", False) is True:
        yield "ALiBi counts distances between places in the row"
    if not outputs.takes_positions:
        yield "the model takes no position ids"
    if "local" in (getattr(config, "attention_layers", None) or ()):
        yield "local attention counts distances between places in the row"
    window = getattr(config, "sliding_window", None)
    if isinstance(window, int) and window < max_length and getattr(config, "use_sliding_window", True):
        yield f"a sliding window of {window} tokens"


def _budget(model: Any) -> int:
    """Bytes for the memories of expected prefixes: a quarter of what is free on a GPU, 1 GiB on a CPU."""
    import torch

    if model.device.type != "cuda":
        return 2**30
    free, _ = torch.cuda.mem_get_info(model.device)
    return int(free) // 4
