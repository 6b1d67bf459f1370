"""Scores arranged for tables: checkpoints down, sources across, reasons as letters below."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase

from gptalt_catalog.views.scores import ProtocolScores, Reason, Score


@dataclass(frozen=True)
class Cell:
    """The scores of one checkpoint from one source, each with the letters of its reasons."""

    scores: tuple[tuple[Score, str], ...]


@dataclass(frozen=True)
class ScoreTable:
    """The scores of one protocol.

    ``rows`` are (checkpoint or family id, one cell per source); ``reasons`` and ``notes`` explain
    the letters and the numbers in the cells, in order.
    """

    group: ProtocolScores
    sources: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    reasons: tuple[tuple[str, Reason], ...]
    notes: tuple[tuple[str, Score], ...]


def score_table(group: ProtocolScores, order: tuple[str, ...]) -> ScoreTable:
    """The table of a protocol; rows in the given order of checkpoints, others after them."""
    reasons: dict[Reason, str] = {}
    notes: dict[tuple[str, object], tuple[str, Score]] = {}
    for score in group.scores:
        for reason in score.reasons:
            if reason.code != "unknown-part":  # said once for the whole table
                reasons.setdefault(reason, _letter(len(reasons)))
        for note in _notes(score):
            notes.setdefault((score.source, note), (str(len(notes) + 1), score))
    cells: dict[tuple[str, str], list[tuple[Score, str]]] = {}
    for score in group.scores:
        marks = [reasons[r] for r in score.reasons if r in reasons]
        marks += [notes[score.source, note][0] for note in _notes(score)]
        cells.setdefault((score.claim.target, score.source), []).append((score, ",".join(marks)))
    targets = {score.claim.target for score in group.scores}
    rank = {key: place for place, key in enumerate(order)}
    rows = sorted(targets, key=lambda key: (rank.get(key, len(rank)), key))
    return ScoreTable(
        group=group,
        sources=group.sources,
        rows=tuple((row, tuple(Cell(tuple(cells.get((row, s), ()))) for s in group.sources)) for row in rows),
        reasons=tuple((letter, reason) for reason, letter in reasons.items()),
        notes=tuple(notes.values()),
    )


def _letter(place: int) -> str:
    return ascii_lowercase[place % 26] * (place // 26 + 1)


def _notes(score: Score) -> tuple[object, ...]:
    found: list[object] = []
    if score.claim.row.note is not None:
        found.append(score.claim.row.note)
    if score.claim.place.note is not None:
        found.append(score.claim.place.note)
    return tuple(found)
