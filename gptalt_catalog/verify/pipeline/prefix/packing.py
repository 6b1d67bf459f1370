"""Which passes through the model compute all sequences of a trie: prefixes to hold, and rows on top of them.

A row holds about as many tokens as one pass should have. A prefix that more sequences share than fit one
row is computed once and held as long as they last; where it is too short to be worth a pass of its own,
each row computes it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gptalt_catalog.verify.pipeline.prefix.trie import Trie

WORTH_HOLDING = 8
"""A prefix of fewer tokens is computed again in each row that needs it."""


@dataclass(frozen=True)
class Hold:
    """Compute the tokens ``depth`` to ``stop`` of sequence ``first`` on top of what is held, and hold them too.

    ``first`` to ``last`` are the sequences that begin with them.
    """

    first: int
    last: int
    depth: int
    stop: int


@dataclass(frozen=True)
class Drop:
    """Hold ``depth`` tokens only, from here on."""

    depth: int


@dataclass(frozen=True)
class Pack:
    """Compute what the sequences ``first`` to ``last`` have below ``depth`` held tokens."""

    first: int
    last: int
    depth: int


Pass = Hold | Drop | Pack


def passes(trie: Trie, row: int, first: int = 0, last: int | None = None, depth: int = 0) -> Iterator[Pass]:
    """The passes for the sequences ``first`` to ``last``, of which ``depth`` tokens are held.

    ``row``: the tokens that a row may have; only a single sequence can be longer.
    """
    last = len(trie) if last is None else last
    if last <= first:
        return
    if last - first == 1 or trie.tokens(first, last, depth) <= row:
        yield Pack(first, last, depth)
        return
    fork = trie.fork(first, last)
    if fork - depth >= WORTH_HOLDING:
        yield Hold(first, last, depth, fork)
        yield from passes(trie, row, first, last, fork)
        yield Drop(depth)
        return
    yield from _side_by_side(trie, row, first, last, depth)


def _side_by_side(trie: Trie, row: int, first: int, last: int, depth: int) -> Iterator[Pass]:
    """Rows of whole branches; a branch that fills rows alone is passed on."""
    begun = first
    for start, stop in trie.branches(first, last, trie.fork(first, last)):
        if trie.tokens(begun, stop, depth) <= row:
            continue
        if begun < start:
            yield Pack(begun, start, depth)
        begun = start
        if trie.tokens(start, stop, depth) > row:
            yield from passes(trie, row, start, stop, depth)
            begun = stop
    if begun < last:
        yield Pack(begun, last, depth)


@dataclass(frozen=True)
class Layout:
    """A row: its tokens in depth-first order, with the position of each in its own sequence.

    ``ends[i]`` is the slot after the last descendant of slot ``i``: slot ``q`` may see slot ``k`` if
    ``k <= q < ends[k]``. ``slots[n]`` are the slots of the row's ``n``-th sequence, ``fresh[n]`` how many
    tokens it added to the row.
    """

    tokens: list[int]
    positions: list[int]
    ends: list[int]
    slots: list[list[int]]
    fresh: list[int]


def lay_out(trie: Trie, pack: Pack) -> Layout:
    """The row of a pack."""
    tokens: list[int] = []
    positions: list[int] = []
    ends: list[int] = []
    slots: list[list[int]] = []
    fresh: list[int] = []
    path: list[int] = []
    for k in range(pack.first, pack.last):
        kept = 0 if k == pack.first else trie.shared[k] - pack.depth
        here = len(tokens)
        for slot in path[kept:]:
            ends[slot] = here
        new = trie.sequences[k][pack.depth + kept :]
        tokens.extend(new)
        positions.extend(range(pack.depth + kept, pack.depth + kept + len(new)))
        ends.extend([-1] * len(new))
        path = path[:kept] + list(range(here, here + len(new)))
        slots.append(path)
        fresh.append(len(new))
    for slot in path:
        ends[slot] = len(tokens)
    return Layout(tokens, positions, ends, slots, fresh)
