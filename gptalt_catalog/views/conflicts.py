"""Sources that give different values for one checkpoint under one protocol, and why.

Two kinds are kept apart: *open* conflicts between scores that are both ranked, and
*explained* differences in which one value is known to be bad or belongs to other weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import hypot
from typing import Literal

from gptalt_catalog.domain.claim import Protocol
from gptalt_catalog.views.scores import BenchmarkScores, Score, ScoreBook, surely_apart

CauseKind = Literal["defect", "flag", "note", "revision"]


@dataclass(frozen=True)
class Cause:
    """A known cause: a defect of the vocabulary (``detail`` is its id), a flag, or a note of the source's file."""

    kind: CauseKind
    detail: str
    score: Score


@dataclass(frozen=True)
class Conflict:
    """The scores of one checkpoint under one protocol, some of which differ beyond their errors.

    ``scores`` are all of them from low to high. ``open``: ranked scores of the same weights
    contradict each other; else every value that differs is known to be bad, or of other weights.
    """

    checkpoint: str
    protocol: str
    benchmark: str
    scores: tuple[Score, ...]
    causes: tuple[Cause, ...]
    open: bool

    @property
    def difference(self) -> float:
        """Highest minus lowest value, in percentage points."""
        return self.scores[-1].percent - self.scores[0].percent

    @property
    def errors(self) -> float:
        """The difference in standard errors of the two values."""
        error = hypot(self.scores[0].error or 0.0, self.scores[-1].error or 0.0)
        return self.difference / error if error else float("inf")

    @property
    def bounds(self) -> tuple[float, float]:
        """The ends, in percent, of a scale on which all values can be drawn."""
        ends = [end for s in self.scores for end in (s.interval or (s.percent, s.percent))]
        margin = 0.1 * (max(ends) - min(ends))
        return max(0.0, min(ends) - margin), min(100.0, max(ends) + margin)


def conflicts(book: ScoreBook, checkpoint: str | None = None) -> tuple[Conflict, ...]:
    """All conflicts of a catalog, or of one checkpoint: open ones first, each part by width in standard errors."""
    targets = book.by_target if checkpoint is None else {checkpoint: book.by_target.get(checkpoint, ())}
    found: list[Conflict] = []
    for key, scores in targets.items():
        if key not in book.catalog.checkpoints:
            continue
        groups: dict[str, list[Score]] = {}
        for score in scores:
            groups.setdefault(score.protocol, []).append(score)
        for group in groups.values():
            if len(group) > 1 and not book.catalog.protocols[group[0].protocol].unknown_parts():
                found.extend(_within(key, group))
    return tuple(sorted(found, key=lambda c: (not c.open, -c.errors, c.checkpoint, c.protocol)))


def _within(checkpoint: str, group: list[Score]) -> Iterator[Conflict]:
    scores = tuple(sorted(group, key=lambda s: (s.percent, s.source)))
    ranked = [s for s in scores if s.ranked]
    is_open = any(
        surely_apart(low, high)
        for low, high in combinations(ranked, 2)
        if low.claim.place.weights_revision == high.claim.place.weights_revision
    )
    explained = any(surely_apart(low, high) for low, high in combinations(scores, 2) if low.ranked or high.ranked)
    if is_open or explained:
        first = scores[0]
        yield Conflict(checkpoint, first.protocol, first.benchmark, scores, _causes(scores), is_open)


def _causes(scores: tuple[Score, ...]) -> tuple[Cause, ...]:
    causes: dict[tuple[str, ...], Cause] = {}
    revisions = {score.claim.place.weights_revision for score in scores}

    def add(kind: CauseKind, detail: str, score: Score) -> None:
        causes.setdefault((kind, detail, score.source), Cause(kind, detail, score))

    for score in scores:
        place, row = score.claim.place, score.claim.row
        if place.defect is not None:
            add("defect", place.defect, score)
        for flag in row.flags:
            add("flag", flag, score)
        if row.note is not None or place.note is not None:
            add("note", f"{row.note} {place.note}", score)
        if len(revisions) > 1 and place.weights_revision != "unknown":
            add("revision", place.weights_revision, score)
    return tuple(causes.values())


@dataclass(frozen=True)
class Spread:
    """The lowest and the highest score of one checkpoint on one benchmark over all protocols.

    ``parts`` are the parts in which the protocols of the two differ: why the values may not be
    compared. Empty if both belong to one protocol.
    """

    checkpoint: str
    benchmark: str
    low: Score
    high: Score
    parts: tuple[str, ...]


def spreads(scores: BenchmarkScores) -> tuple[Spread, ...]:
    """For each checkpoint with scores under several protocols, its lowest and highest ranked score."""
    by_checkpoint: dict[str, list[Score]] = {}
    for score in scores.scores:
        if score.checkpoint is not None and score.ranked:
            by_checkpoint.setdefault(score.checkpoint, []).append(score)
    specs = {group.protocol: group.spec for group in scores.protocols}
    found = []
    for key, group in by_checkpoint.items():
        low, high = min(group, key=lambda s: s.percent), max(group, key=lambda s: s.percent)
        if low.protocol != high.protocol:
            parts = differing_parts(specs[low.protocol], specs[high.protocol])
            found.append(Spread(key, scores.benchmark, low, high, parts))
    return tuple(found)


PARTS = ("split", "metric", "shots", "prompt", "scoring", "harness", "variant")
"""The parts of a protocol, in the order in which they are named."""


def differing_parts(*protocols: Protocol) -> tuple[str, ...]:
    """The parts in which any two of the protocols differ."""
    return tuple(
        part for part in PARTS if any(getattr(a, part) != getattr(b, part) for a, b in combinations(protocols, 2))
    )


def defects_of(scores: Iterable[Score]) -> tuple[str, ...]:
    """The known defects that keep scores from being ranked, each once."""
    return tuple(dict.fromkeys(r.detail for s in scores for r in s.reasons if r.code == "defect"))
