"""Prefixes that later requests will begin with again, such as the examples of a subject: computed once, kept.

Within one batch the trie finds what requests share. Batches of an audit are small, though, and in random
order: most items of a batch belong to different subjects. So the scorer is told beforehand what is coming.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from gptalt_catalog.verify.pipeline.prefix.memory import Memory, PrefixStore
from gptalt_catalog.verify.pipeline.prefix.outputs import Outputs
from gptalt_catalog.verify.pipeline.prefix.trie import Trie, common_length
from gptalt_catalog.verify.pipeline.stock import Fed, Row

WORTH_KEEPING = 64
"""Tokens; shorter prefixes are computed in each batch."""


def shared_prefix(sequences: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
    """What some sequences begin with, if it is worth keeping."""
    if len(sequences) < 2:
        return None
    length = min(common_length(sequences[0], other) for other in sequences[1:])
    return sequences[0][:length] if length >= WORTH_KEEPING else None


class Expected:
    """Prefixes with their memories."""

    def __init__(self, outputs: Outputs, store: PrefixStore) -> None:
        self.outputs = outputs
        self.store = store
        self.prefixes: list[tuple[int, ...]] = []

    def add(self, prefixes: Iterable[tuple[int, ...]]) -> None:
        """Expect some more prefixes."""
        self.prefixes = sorted({*self.prefixes, *prefixes})

    def memory_of(self, prefix: tuple[int, ...]) -> tuple[Memory, int]:
        """The memory of a prefix, and how many tokens had to be fed for it."""
        found = self.store.get(prefix)
        if found is not None:
            return found, 0
        made = self.outputs.run([prefix], [], keep=True).memory
        assert made is not None  # noqa: S101  # asked for with `keep`
        self.store.keep(prefix, made)
        return made, len(prefix)

    def parts(self, trie: Trie, rows: Sequence[Row], fed: Fed) -> Iterator[tuple[int, int, int, Memory | None]]:
        """The trie cut into ranges: first row, row after the last, and how many tokens are remembered in what."""
        done = 0
        for prefix in self.prefixes:
            first = bisect_left(trie.sequences, prefix, lo=done)
            last = first
            while last < len(rows) and rows[last].inputs[: len(prefix)] == prefix:
                last += 1
            if last == first or any(row.scored < len(prefix) for row in rows[first:last]):
                continue
            if done < first:
                yield done, first, 0, None
            memory, tokens = self.memory_of(prefix)
            fed(rows[first], tokens)
            yield first, last, len(prefix), memory
            done = last
        if done < len(rows):
            yield done, len(rows), 0, None
