"""Sources that give different values for one checkpoint under one protocol, and why.

Two kinds are kept apart: *open* conflicts between scores that are both ranked, and
*explained* differences in which one value is known to be bad or belongs to other weights.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from math import hypot
from typing import Literal

from gptalt_catalog.domain.claim import Protocol
from gptalt_catalog.views.scores import BenchmarkScores, Score, ScoreBook, surely_apart


@dataclass(frozen=True)
class Cause:
    """A known cause: a defect of the vocabulary (``detail`` is its id), a flag, or a note of the source's file."""

    kind: Literal["defect", "flag", "note", "revision"]
    detail: str
    score: Score


@dataclass(frozen=True)
class Conflict:
    """Two values of one checkpoint and protocol that differ by more than their errors allow.

    ``low`` and ``high`` are scores, ``difference`` is in points (percent), ``errors`` the number
    of standard errors.
    """

    checkpoint: str
    protocol: str
    benchmark: str
    low: Score
    high: Score
    difference: float
    errors: float
    causes: tuple[Cause, ...]

    @property
    def bounds(self) -> tuple[float, float]:
        """The ends, in percent, of a scale on which both values can be drawn."""
        ends = [end for s in (self.low, self.high) for end in (s.interval or (s.percent, s.percent))]
        margin = 0.25 * (max(ends) - min(ends))
        return max(0.0, min(ends) - margin), min(100.0, max(ends) + margin)

    @property
    def open(self) -> bool:
        """Whether both values are ranked, and of the same weights as far as their sources say."""
        same = self.low.claim.place.weights_revision == self.high.claim.place.weights_revision
        return self.low.ranked and self.high.ranked and same


def conflicts(book: ScoreBook, checkpoint: str | None = None) -> tuple[Conflict, ...]:
    """All conflicts of a catalog, or of one checkpoint, the widest (in standard errors) first.

    Of each group of scores that share checkpoint and protocol, the lowest and the highest ranked
    value are compared, and each bad value with the ranked one that stands for the checkpoint.
    """
    targets = book.by_target if checkpoint is None else {checkpoint: book.by_target.get(checkpoint, ())}
    found = []
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


def _within(checkpoint: str, group: list[Score]) -> list[Conflict]:
    ranked = sorted((s for s in group if s.ranked), key=lambda s: s.percent)
    found = []
    if len(ranked) > 1 and surely_apart(ranked[0], ranked[-1]):
        found.append(_conflict(checkpoint, ranked[0], ranked[-1]))
    good = min(ranked, key=lambda s: (s.error is None, s.error or 0.0), default=None)
    if good is not None:
        bad = (s for s in group if not s.ranked and surely_apart(s, good))
        found.extend(_conflict(checkpoint, *sorted((score, good), key=lambda s: s.percent)) for score in bad)
    return found


def _conflict(checkpoint: str, low: Score, high: Score) -> Conflict:
    error = hypot(low.error or 0.0, high.error or 0.0)
    return Conflict(
        checkpoint=checkpoint,
        protocol=low.protocol,
        benchmark=low.benchmark,
        low=low,
        high=high,
        difference=high.percent - low.percent,
        errors=(high.percent - low.percent) / error if error else float("inf"),
        causes=_causes(low, high),
    )


def _causes(low: Score, high: Score) -> tuple[Cause, ...]:
    causes: list[Cause] = []
    for score in (low, high):
        place, row = score.claim.place, score.claim.row
        if place.defect is not None:
            causes.append(Cause("defect", place.defect, score))
        causes.extend(Cause("flag", flag, score) for flag in row.flags)
        if row.note is not None:
            causes.append(Cause("note", "row", score))
        if place.note is not None:
            causes.append(Cause("note", "set", score))
    revisions = {low.claim.place.weights_revision, high.claim.place.weights_revision}
    if len(revisions) > 1:
        causes.extend(
            Cause("revision", s.claim.place.weights_revision, s)
            for s in (low, high)
            if s.claim.place.weights_revision != "unknown"
        )
    return tuple(causes)


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
