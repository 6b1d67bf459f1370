"""Staged scoring: shared beginnings first, then the rest of each branch on top of copies of their memory.

Rows go on where the memory ends, and are padded on the right only, so a model needs neither position ids
nor a mask: that is exact for ALiBi, for local attention, and for recurrent models. A batch of contexts is
cut at the length of its shortest, which leaves every row with the same number of remembered tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gptalt_catalog.verify.pipeline.prefix.expected import Expected
from gptalt_catalog.verify.pipeline.prefix.memory import Memory
from gptalt_catalog.verify.pipeline.prefix.outputs import Outputs, Place
from gptalt_catalog.verify.pipeline.prefix.packing import WORTH_HOLDING
from gptalt_catalog.verify.pipeline.prefix.tally import Tally, Wanted, picks
from gptalt_catalog.verify.pipeline.prefix.trie import Trie
from gptalt_catalog.verify.pipeline.stock import Fed, Found, Row

NAME = "prefix-staged-1"
_STEM = 8
"""Fewer tokens in common than this are fed again in each row."""

_WASTE = 1.25
"""So many times the least number of tokens may be fed rather than looking for more to share."""


@dataclass(frozen=True)
class _Branch:
    """Sequences ``first`` to ``last``, which share ``stem`` tokens."""

    first: int
    last: int
    stem: int


class StagedScoring:
    """Scores rows of one batch with a model."""

    name = NAME
    rows_of_a_batch: Mapping[str, int] = {}
    """A batch has all tokens of a batch."""

    def __init__(self, outputs: Outputs, expected: Expected) -> None:
        self.outputs = outputs
        self.expected = expected

    def score(self, rows: Sequence[Row], budget: int, fed: Fed) -> Iterator[list[Found]]:
        """The answers to the questions about sorted, distinct rows, batch by batch. ``budget``: tokens a batch."""
        trie, tally = Trie([row.inputs for row in rows]), Tally(rows)
        for first, last, depth, memory in self.expected.parts(trie, rows, fed):
            yield from self._range(trie, tally, (first, last, depth), memory, (budget, fed))

    def _range(
        self, trie: Trie, tally: Tally, part: tuple[int, int, int], memory: Memory | None, how: tuple[int, Fed]
    ) -> Iterator[list[Found]]:
        """Hold what all share while that is worth it, then feed branches in batches."""
        first, last, depth = part
        fork = trie.fork(first, last)
        if last - first > 1 and fork - depth >= WORTH_HOLDING and _forks_again(trie, first, last, fork):
            tokens = trie.sequences[first][depth:fork]
            places = [(w, (0, w[1] - depth)) for w in tally.wanted(range(first, last), depth, fork)]
            found = self.outputs.run([tokens], picks(places), memory, keep=True)
            tally.take(found.logits, picks(places), places)
            how[1](tally.rows[first], fork - depth)
            yield from self._range(trie, tally, (first, last, fork), found.memory, how)
            return
        single: list[_Branch] = []
        for start, stop in trie.branches(first, last, fork):
            if stop - start < last - first and _forks_again(trie, start, stop, trie.fork(start, stop)):
                yield from self._range(trie, tally, (start, stop, depth), memory, how)
            else:
                single.append(_Branch(start, stop, trie.fork(start, stop)))
        yield from self._branches(trie, tally, (single, depth), memory, how)

    def _branches(
        self,
        trie: Trie,
        tally: Tally,
        part: tuple[list[_Branch], int],
        memory: Memory | None,
        how: tuple[int, Fed],
    ) -> Iterator[list[Found]]:
        """Contexts of similar length together: first what they have to the length of the shortest, then the rest."""
        branches, depth = part
        several = sorted((b for b in branches if b.last - b.first > 1), key=lambda b: -b.stem)
        alone = [b for b in branches if b.last - b.first == 1]
        while several:
            batch = several[: _fitting(trie, several, how[0])]
            several = several[len(batch) :]
            cut = batch[-1].stem
            if cut - depth < _STEM:
                rows = [(0, k) for b in batch for k in range(b.first, b.last)]
                yield from self._rest(tally, rows, (depth, memory), how)
                continue
            places: list[tuple[Wanted, Place]] = [
                (w, (n, w[1] - depth))
                for n, b in enumerate(batch)
                for w in tally.wanted(range(b.first, b.last), depth, cut)
            ]
            stems = [trie.sequences[b.first][depth:cut] for b in batch]
            before = None if memory is None else memory.rows([0] * len(batch))
            found = self.outputs.run(stems, picks(places), before, keep=True)
            tally.take(found.logits, picks(places), places)
            for branch in batch:
                how[1](tally.rows[branch.first], cut - depth)
            rows = [(n, k) for n, b in enumerate(batch) for k in range(b.first, b.last)]
            yield from self._rest(tally, rows, (cut, found.memory), how)
        yield from self._rest(tally, [(0, b.first) for b in alone], (depth, memory), how)

    def _rest(
        self,
        tally: Tally,
        rows: Sequence[tuple[int, int]],
        held: tuple[int, Memory | None],
        how: tuple[int, Fed],
    ) -> Iterator[list[Found]]:
        """What each sequence has below the held tokens; ``rows``: (row of the memory, sequence)."""
        (depth, memory), (budget, fed) = held, how
        done = [k for _, k in rows if len(tally.rows[k].inputs) == depth]
        left = sorted(
            (row for row in rows if len(tally.rows[row[1]].inputs) > depth),
            key=lambda row: -len(tally.rows[row[1]].inputs),
        )
        if done:
            yield tally.answers(done)
        while left:
            size = max(1, budget // len(tally.rows[left[0][1]].inputs))
            chunk, left = left[:size], left[size:]
            rest = [tally.rows[k].inputs[depth:] for _, k in chunk]
            width = len(rest[0])
            places: list[tuple[Wanted, Place]] = [
                (w, (n, w[1] - depth)) for n, (_, k) in enumerate(chunk) for w in tally.wanted([k], depth)
            ]
            inputs = [list(tokens) + [0] * (width - len(tokens)) for tokens in rest]
            before = None if memory is None else memory.rows([n for n, _ in chunk])
            found = self.outputs.run(inputs, picks(places), before)
            tally.take(found.logits, picks(places), places)
            for (_, k), tokens in zip(chunk, rest, strict=True):
                fed(tally.rows[k], len(tokens))
            yield tally.answers([k for _, k in chunk])


def _forks_again(trie: Trie, first: int, last: int, fork: int) -> bool:
    """Whether a range shares more than its first ``fork`` tokens: it is more than a context with its choices."""
    return trie.apart(first, last, fork) > _WASTE * trie.tokens(first, last, fork)


def _fitting(trie: Trie, branches: Sequence[_Branch], budget: int) -> int:
    """How many of the branches, longest first, fit one batch with all their sequences."""
    count = tokens = 0
    for branch in branches:
        tokens += sum(trie.lengths[branch.first : branch.last])
        if count and tokens > budget:
            break
        count += 1
    return count
