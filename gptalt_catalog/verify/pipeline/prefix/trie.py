"""Token sequences sorted into a trie, kept as two arrays: the sorted sequences, and what neighbours share.

In sorted order every node of the trie is a range of neighbours, and the tokens that a range needs follow
from sums over the two arrays; no tree of objects is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

Tokens = Sequence[int]


def common_length(one: Tokens, other: Tokens) -> int:
    """How many tokens two sequences share from the start. Halving with slices, which Python compares fast."""
    limit = min(len(one), len(other))
    if one[:limit] == other[:limit]:
        return limit
    low, high = 0, limit  # the answer is at least low and less than high
    while high - low > 1:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low


class Trie:
    """Distinct token sequences, sorted."""

    def __init__(self, sequences: Sequence[tuple[int, ...]]) -> None:
        """``sequences`` must be sorted and distinct."""
        self.sequences = sequences
        self.lengths = [len(sequence) for sequence in sequences]
        self.shared = [0] + [common_length(one, other) for one, other in pairwise(sequences)]
        """``shared[k]``: the tokens that sequence ``k`` shares with the one before."""
        self._lengths_before = [0, *accumulate(self.lengths)]
        self._shared_before = [0, *accumulate(self.shared)]

    def __len__(self) -> int:
        return len(self.sequences)

    def tokens(self, start: int, stop: int, depth: int) -> int:
        """The tokens of the range ``start`` to ``stop`` below ``depth``, each distinct prefix once.

        All sequences of the range must share their first ``depth`` tokens.
        """
        if stop <= start:
            return 0
        whole = self._lengths_before[stop] - self._lengths_before[start]
        return whole - (self._shared_before[stop] - self._shared_before[start + 1]) - depth

    def apart(self, start: int, stop: int, depth: int) -> int:
        """The tokens of a range below ``depth`` if nothing more is shared."""
        return self._lengths_before[stop] - self._lengths_before[start] - depth * (stop - start)

    @property
    def least(self) -> int:
        """The fewest tokens that must be fed: each distinct prefix once."""
        return self.tokens(0, len(self), 0)

    def fork(self, start: int, stop: int) -> int:
        """How many tokens all sequences of a range share."""
        return min(self.shared[start + 1 : stop], default=self.lengths[start])

    def branches(self, start: int, stop: int, depth: int) -> list[tuple[int, int]]:
        """The ranges of sequences that still agree after ``depth`` tokens."""
        cuts = [start, *(k for k in range(start + 1, stop) if self.shared[k] <= depth), stop]
        return list(pairwise(cuts))
