"""Batches that shrink when memory runs out, for every way to run a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from gptalt_catalog.verify.pipeline.requests import PipelineError

TOKENS_A_BATCH = {"cpu": 4096, "cuda": 32768}
"""Tokens, with padding, that are fed together by default."""

T = TypeVar("T")


class Batches:
    """Runs work in batches of rows, longest first, and halves the batch when memory runs out."""

    def __init__(self, tokens: int, rows: int | None = None) -> None:
        """At most ``rows`` rows a batch, or as many as fit ``tokens`` when padded."""
        self.tokens = tokens
        self.rows = rows
        self.halvings = 0

    def size(self, length: int) -> int:
        """Rows of ``length`` tokens that are tried together."""
        return max(1, self.rows if self.rows is not None else self.tokens // max(1, length))

    def halve(self) -> None:
        """Use half the memory from now on."""
        self.halvings += 1
        self.tokens = max(1, self.tokens // 2)
        if self.rows is not None:
            self.rows = max(1, self.rows // 2)

    def run(self, rows: Sequence[T], length: Callable[[T], int], work: Callable[[Sequence[T]], None]) -> None:
        """Call ``work`` on all rows. Raises :class:`PipelineError` if not even one row fits."""
        left = sorted(rows, key=lambda row: -length(row))
        while left:
            chunk = left[: self.size(length(left[0]))]
            try:
                work(chunk)
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
                if len(chunk) == 1:
                    raise too_long(length(chunk[0])) from None
                while self.size(length(left[0])) >= len(chunk):
                    self.halve()
                release_memory()
                continue
            left = left[len(chunk) :]


def too_long(tokens: int) -> PipelineError:
    """The error for a device that cannot hold a single sequence."""
    return PipelineError(
        f"not even one sequence of {tokens} tokens fits the memory of the device; "
        "use a smaller --dtype, another --device, or a smaller model"
    )


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that the device's memory is full."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text


def release_memory() -> None:
    """Give back what is no longer used."""
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
