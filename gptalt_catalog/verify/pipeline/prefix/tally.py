"""Adds up log-likelihoods whose tokens are scored in different passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gptalt_catalog.verify.pipeline.prefix.outputs import Place, judge
from gptalt_catalog.verify.pipeline.stock import Found, Row, number

Wanted = tuple[int, int, int]
"""A sequence by its number, a position in it, and which of its questions asks for the output there."""


class Tally:
    """The questions about some rows, answered position by position."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """The rows are known by their number from here on."""
        self.rows = rows
        self._sums = [[0.0] * len(row.asked) for row in rows]
        self._greedy = [[True] * len(row.asked) for row in rows]

    def wanted(self, rows: Iterable[int], start: int, stop: int | None = None) -> Iterator[Wanted]:
        """What is asked at the positions from ``start`` to ``stop`` (default: the end) of some rows."""
        for number_ in rows:
            row = self.rows[number_]
            end = len(row.inputs) if stop is None else min(stop, len(row.inputs))
            for question, (_, continuation) in enumerate(row.asked):
                for position in range(max(start, len(row.inputs) - len(continuation)), end):
                    yield number_, position, question

    def take(self, logits: Any, picked: Sequence[Place], places: Sequence[tuple[Wanted, Place]]) -> None:
        """Count the outputs at ``picked`` places for what is wanted of them."""
        if not places:
            return
        index = {place: n for n, place in enumerate(picked)}
        judged = judge(logits, [(index[place], self._token(wanted)) for wanted, place in places])
        for ((row, _, question), _), value, greedy in zip(places, judged.log_probabilities, judged.greedy, strict=True):
            self._sums[row][question] += value
            self._greedy[row][question] &= greedy

    def _token(self, wanted: Wanted) -> int:
        number_, position, question = wanted
        row = self.rows[number_]
        return row.asked[question][1][position - len(row.inputs)]

    def answers(self, rows: Iterable[int]) -> list[Found]:
        """The answers to all questions about rows that are done. Raises :class:`.requests.NotANumberError`."""
        return [
            (name, (number(self._sums[row][question]), self._greedy[row][question]))
            for row in rows
            for question, (name, _) in enumerate(self.rows[row].asked)
        ]


def picks(places: Iterable[tuple[Wanted, Place]]) -> list[Place]:
    """The distinct places, in order."""
    return sorted({place for _, place in places})
