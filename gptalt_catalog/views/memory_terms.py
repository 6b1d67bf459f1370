"""The estimate of memory as a few whole numbers per checkpoint, for places where Python does not run.

A page computes ``need`` for any memory and context from these terms; they are read off the functions of
:mod:`gptalt_catalog.domain.memory`, not written a second time, and give the same bytes (tests hold both to it).
"""

from __future__ import annotations

from dataclasses import dataclass

from gptalt_catalog.domain.family import Shape
from gptalt_catalog.domain.memory import (
    BITS,
    PRECISIONS,
    PREFILL,
    RUNTIME,
    Precision,
    activation_bytes,
    bits_of,
    cache_bytes,
    weight_bytes,
    workspace_bytes,
)
from gptalt_catalog.views.memory_fit import MemoryFit

UNPACKING: tuple[Precision, ...] = tuple(precision for precision in PRECISIONS if BITS[precision].unpacks)
"""The precisions that need :attr:`MemoryTerms.workspace`."""

_MANY = 2**40


@dataclass(frozen=True)
class MemoryTerms:
    """What one sequence needs, in bytes.

    ``weights`` are in the order of ``PRECISIONS``; ``workspace`` is needed by those of :data:`UNPACKING`.
    Activations are the larger of ``logits`` and ``per_token`` for each token computed at once. The cache is
    ``state``, ``everywhere`` for each token, and ``windowed`` for each of the last ``window`` tokens.
    """

    weights: tuple[int, ...]
    workspace: int
    logits: int
    per_token: int
    state: int
    everywhere: int
    windowed: int
    window: int

    def need(self, precision: Precision, context: int) -> int:
        """The bytes that ``context`` tokens need, the same as :attr:`.memory.Need.total`."""
        weights = self.weights[PRECISIONS.index(precision)]
        cache = self.state + self.everywhere * context + self.windowed * min(context, self.window)
        activations = max(self.logits, self.per_token * max(1, min(context, PREFILL)))
        return weights + cache + activations + (self.workspace if precision in UNPACKING else 0) + RUNTIME


def memory_terms(fitting: MemoryFit, checkpoint: str) -> MemoryTerms | None:
    """The terms of a checkpoint; ``None`` where :meth:`.MemoryFit.fit` gives no estimate."""
    found = fitting.catalog.checkpoints[checkpoint]
    parameters, shape = found.parameters, found.shape
    if parameters is None or shape is None or fitting.fit(checkpoint, "fp16", 1) is None:
        return None
    bits = [bits_of(precision, shape) for precision in PRECISIONS]
    state, everywhere, windowed = _cache_terms(shape)
    return MemoryTerms(
        weights=tuple(weight_bytes(parameters, shape, each) or 0 for each in bits),
        workspace=max(workspace_bytes(shape, each) for each in bits),
        logits=activation_bytes(shape, 0) or 0,
        per_token=(activation_bytes(shape, _MANY) or 0) // _MANY,
        state=state,
        everywhere=everywhere,
        windowed=windowed,
        window=shape.sliding_window or 0,
    )


def _cache_terms(shape: Shape) -> tuple[int, int, int]:
    """The cache's size for no token, what each token adds, and what each token of the window adds besides."""
    window = shape.sliding_window or 0
    empty, one = cache_bytes(shape, 0) or 0, cache_bytes(shape, 1) or 0
    everywhere = (cache_bytes(shape, window + 1) or 0) - (cache_bytes(shape, window) or 0)
    return empty, everywhere, one - empty - everywhere
