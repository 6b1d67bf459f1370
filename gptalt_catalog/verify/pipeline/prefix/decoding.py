"""Greedy decoding in which no row waits for another: finished rows leave at once, new ones take their places.

What all prompts begin with is computed once. Prompts are padded on the right while they are read, which
causal models do not notice; then their memory is moved to the right end, so that rows of different lengths
grow together. Padding in front is cut off as soon as no row needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gptalt_catalog.verify.pipeline.batches import Batches, out_of_memory, release_memory, too_long
from gptalt_catalog.verify.pipeline.prefix.memory import KeysAndValues
from gptalt_catalog.verify.pipeline.prefix.outputs import Outputs
from gptalt_catalog.verify.pipeline.requests import NotANumberError

_REFILL = 4
"""New rows are read when so large a part of the places (one in four) is free: reading pays in batches."""

Done = Callable[[list[int]], bool]
"""Whether a row's new tokens are enough."""


@dataclass
class _Growing:
    """A row: which one it is, its prompt, and its new tokens."""

    number: int
    prompt: tuple[int, ...]
    new: list[int] = field(default_factory=list)

    @property
    def remembered(self) -> int:
        """Tokens in memory: all but the newest, which is fed next."""
        return len(self.prompt) + len(self.new) - 1


class Decoder:
    """Decodes with a model of transformers that has keys and values."""

    name = "refill-1"

    def __init__(self, outputs: Outputs, batches: Batches) -> None:
        self.outputs = outputs
        self.batches = batches

    def decode(
        self,
        prompts: Sequence[tuple[int, ...]],
        length: int,
        done: Done,
        prefix: tuple[int, KeysAndValues] | None = None,
    ) -> list[list[int]]:
        """The new tokens of each prompt, at most ``length``, up to the one with which it is ``done``.

        ``prefix``: how many tokens all prompts begin with, and what the model remembers of them; each prompt
        must be longer. Raises :class:`.requests.PipelineError` if not even one row fits the memory.
        """
        found: list[list[int]] = [[] for _ in prompts]
        waiting = _again(_Growing(n, prompt) for n, prompt in enumerate(prompts))
        running: list[_Growing] = []
        memory: KeysAndValues | None = None
        while waiting or running:
            places = self.batches.size(max(len(row.prompt) for row in [*running, *waiting]) + length)
            free = places - len(running)
            entering = waiting[:free] if not running or free * _REFILL >= places else []
            try:
                if entering:
                    memory = _joined(memory, self._read(entering, prefix))
                    running, waiting = running + entering, waiting[len(entering) :]
                else:
                    memory = self._step(running, memory)
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
                if places == 1:
                    raise too_long(len((running or entering)[0].prompt)) from None
                waiting, running, memory = _again([*running, *waiting]), [], None
                self.batches.halve()
                release_memory()
                continue
            for row in running:
                if len(row.new) >= length or done(row.new):
                    found[row.number] = row.new
            left = [n for n, row in enumerate(running) if found[row.number] is not row.new]
            running, memory = self._kept(running, memory, left)
        return found

    def _read(self, rows: list[_Growing], prefix: tuple[int, KeysAndValues] | None) -> KeysAndValues:
        """Read prompts, and choose the first new token of each."""
        depth, shared = prefix if prefix is not None else (0, None)
        rest = [row.prompt[depth:] for row in rows]
        width = max(len(tokens) for tokens in rest)
        inputs = [list(tokens) + [0] * (width - len(tokens)) for tokens in rest]
        before = None if shared is None else shared.rows([0] * len(rows))
        found = self.outputs.run(inputs, [(n, len(tokens) - 1) for n, tokens in enumerate(rest)], before, keep=True)
        _choose(rows, found.logits)
        assert isinstance(found.memory, KeysAndValues)  # noqa: S101  # recurrent models are not decoded here
        return found.memory.to_the_right([len(row.prompt) for row in rows])

    def _step(self, rows: list[_Growing], memory: KeysAndValues | None) -> KeysAndValues:
        """One more token for each row."""
        import torch

        assert memory is not None  # noqa: S101  # running rows have been read
        width, lengths = memory.tokens, [row.remembered for row in rows]
        mask = None
        if min(lengths) < width:
            device = self.outputs.model.device
            empty = torch.tensor([width - length for length in lengths], device=device)
            mask = (torch.arange(width + 1, device=device)[None, :] >= empty[:, None]).long()
        positions = [[length] for length in lengths] if self.outputs.takes_positions else None
        found = self.outputs.run(
            [[row.new[-1]] for row in rows],
            [(n, 0) for n in range(len(rows))],
            memory,
            keep=True,
            positions=positions,
            mask=mask,
        )
        _choose(rows, found.logits)
        assert isinstance(found.memory, KeysAndValues)  # noqa: S101
        return found.memory

    @staticmethod
    def _kept(
        rows: list[_Growing], memory: KeysAndValues | None, left: list[int]
    ) -> tuple[list[_Growing], KeysAndValues | None]:
        """The rows that go on, without padding that none of them needs."""
        if memory is None or not left:
            return [], None
        if len(left) < len(rows):
            rows, memory = [rows[n] for n in left], memory.rows(left)
        spare = memory.tokens - max(row.remembered for row in rows)
        return rows, memory.cut_front(spare) if spare else memory


def _again(rows: Iterable[_Growing]) -> list[_Growing]:
    """Rows from their beginning, the longest first."""
    return sorted((_Growing(row.number, row.prompt) for row in rows), key=lambda row: -len(row.prompt))


def _joined(memory: KeysAndValues | None, read: KeysAndValues) -> KeysAndValues:
    """The memory of running rows and of rows that were just read."""
    if memory is None:
        return read
    width = max(memory.tokens, read.tokens)
    return memory.padded_left(width).joined(read.padded_left(width))


def _choose(rows: Sequence[_Growing], logits: Any) -> None:
    """Append the most probable token to each row. Raises :class:`NotANumberError`."""
    if logits.isnan().any():
        raise NotANumberError
    for row, token in zip(rows, logits.float().argmax(dim=-1).tolist(), strict=True):
        row.new.append(token)
