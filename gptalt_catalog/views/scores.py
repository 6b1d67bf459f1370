"""Published scores as rows: one claim with its interval and whether, and why not, it is ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.claim import NOT_RANKED, Claim, Protocol
from gptalt_catalog.domain.comparison import far_apart, standard_error
from gptalt_catalog.views.intervals import interval

Hindrance = Literal["defect", "flag", "unknown-part", "checkpoint-unstated"]


@dataclass(frozen=True)
class Reason:
    """Why a score is not ranked: ``detail`` is a defect id, a flag or the name of a protocol's part."""

    code: Hindrance
    detail: str = ""


@dataclass(frozen=True)
class Score:
    """One claim, ready to show.

    ``percent``, ``interval``, ``error`` (one standard error) and ``rounding`` (half a unit of the
    last printed digit) are in percent; the printed text keeps the source's digits. ``reasons`` is
    empty for a ranked score. ``version_stated`` is false where the source names no version of the
    harness: ranked, but marked.
    """

    claim: Claim
    benchmark: str
    percent: float
    interval: tuple[float, float] | None
    error: float | None
    rounding: float
    reasons: tuple[Reason, ...]
    version_stated: bool

    @property
    def ranked(self) -> bool:
        """Whether it may be compared with others of its protocol."""
        return not self.reasons

    @property
    def protocol(self) -> str:
        """The protocol's id."""
        return self.claim.row.protocol

    @property
    def source(self) -> str:
        """The id of the source that printed it."""
        return self.claim.source

    @property
    def checkpoint(self) -> str | None:
        """The checkpoint's id, ``None`` if the source states the family only."""
        return self.claim.place.checkpoint

    @property
    def printed(self) -> str:
        """The value as printed, with its unit: ``46.20 %`` or ``0.4620``."""
        return f"{self.claim.row.value} %" if self.claim.place.unit == "percent" else self.claim.row.value

    @property
    def counts(self) -> str | None:
        """``541/1172`` where the counts are known."""
        counts = self.claim.row.counts
        return f"{counts[0]}/{counts[1]}" if counts else None


@dataclass(frozen=True)
class ProtocolScores:
    """All scores of one protocol, ranked ones first, each part from high to low."""

    protocol: str
    spec: Protocol
    scores: tuple[Score, ...]

    @property
    def comparable(self) -> bool:
        """Whether all parts of the protocol are known."""
        return not self.spec.unknown_parts()

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that report it, each once, in order of their ids."""
        return tuple(sorted({score.source for score in self.scores}))


@dataclass(frozen=True)
class BenchmarkScores:
    """All scores of one benchmark, by protocol: comparable protocols with most scores first."""

    benchmark: str
    protocols: tuple[ProtocolScores, ...]

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """All scores of all its protocols."""
        return tuple(score for group in self.protocols for score in group.scores)


class ScoreBook:
    """All claims of a catalog as :class:`Score` rows, computed once."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """All scores, in the order of their files; claims of unknown protocols are left out."""
        known = self.catalog.protocols
        return tuple(self._score(claim) for claim in self.catalog.claims if claim.row.protocol in known)

    def _score(self, claim: Claim) -> Score:
        bounds = interval(self.catalog, claim)
        error = standard_error(self.catalog, claim)
        return Score(
            claim=claim,
            benchmark=self.catalog.protocol_benchmark[claim.row.protocol],
            percent=float(claim.fraction * 100),
            interval=(bounds[0] * 100, bounds[1] * 100) if bounds else None,
            error=error * 100 if error is not None else None,
            rounding=float(claim.half_unit * 100),
            reasons=hindrances(self.catalog.protocols[claim.row.protocol], claim),
            version_stated=not claim.place.harness_version.startswith("unknown"),
        )

    @cached_property
    def by_target(self) -> dict[str, tuple[Score, ...]]:
        """Scores by checkpoint id (by family id where the checkpoint is unstated)."""
        return _grouped((score.claim.target, score) for score in self.scores)

    @cached_property
    def by_protocol(self) -> dict[str, tuple[Score, ...]]:
        """Scores by protocol id."""
        return _grouped((score.protocol, score) for score in self.scores)

    @cached_property
    def by_benchmark(self) -> dict[str, tuple[Score, ...]]:
        """Scores by benchmark id."""
        return _grouped((score.benchmark, score) for score in self.scores)

    @cached_property
    def by_source(self) -> dict[str, tuple[Score, ...]]:
        """Scores by source id."""
        return _grouped((score.source, score) for score in self.scores)

    def of_checkpoint(self, checkpoint: str) -> tuple[BenchmarkScores, ...]:
        """The scores of one checkpoint by benchmark and protocol."""
        return self.arranged(self.by_target.get(checkpoint, ()))

    def of_family(self, family: str) -> tuple[BenchmarkScores, ...]:
        """The scores of all checkpoints of a family, and of the family itself."""
        targets = (*self.catalog.families[family].checkpoints, family)
        return self.arranged(score for target in targets for score in self.by_target.get(target, ()))

    def of_benchmark(self, benchmark: str) -> BenchmarkScores:
        """All scores of one benchmark by protocol."""
        found = self.arranged(self.by_benchmark.get(benchmark, ()))
        return found[0] if found else BenchmarkScores(benchmark, ())

    def best(self, checkpoint: str, protocol: str) -> Score | None:
        """The score that stands for a checkpoint under a protocol, if any is ranked."""
        return representative(self._by_target_and_protocol.get((checkpoint, protocol), ()))

    @cached_property
    def _by_target_and_protocol(self) -> dict[tuple[str, str], list[Score]]:
        found: dict[tuple[str, str], list[Score]] = defaultdict(list)
        for score in self.scores:
            found[score.claim.target, score.protocol].append(score)
        return dict(found)

    @cached_property
    def headlines(self) -> dict[str, str]:
        """The protocol by which each benchmark is compared: the stated one, else the one most used.

        Benchmarks without a comparable protocol that has ranked scores are left out.
        """
        used: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for score in self.scores:
            if score.ranked:
                used[score.benchmark][score.protocol] += 1
        chosen = {}
        for key, counts in used.items():
            benchmark = self.catalog.benchmarks.get(key)
            stated = benchmark.headline if benchmark is not None else None
            chosen[key] = stated if stated in counts else min(counts, key=lambda p: (-counts[p], p))
        return chosen

    def arranged(self, scores: Iterable[Score]) -> tuple[BenchmarkScores, ...]:
        """Scores grouped by benchmark and protocol, benchmarks in order of their names."""
        tree: dict[str, dict[str, list[Score]]] = defaultdict(lambda: defaultdict(list))
        for score in scores:
            tree[score.benchmark][score.protocol].append(score)
        return tuple(
            BenchmarkScores(key, self._protocols(protocols))
            for key, protocols in sorted(tree.items(), key=lambda pair: self._name(pair[0]))
        )

    def _name(self, benchmark: str) -> str:
        entry = self.catalog.benchmarks.get(benchmark)
        return (entry.name if entry else benchmark).casefold()

    def _protocols(self, protocols: dict[str, list[Score]]) -> tuple[ProtocolScores, ...]:
        groups = (
            ProtocolScores(key, self.catalog.protocols[key], tuple(sorted(scores, key=_order)))
            for key, scores in protocols.items()
        )
        return tuple(sorted(groups, key=lambda g: (not g.comparable, -len(g.scores), g.protocol)))


def surely_apart(first: Score, second: Score) -> bool:
    """Whether two scores differ by more than their errors and rounding allow (``domain.comparison.far_apart``)."""
    errors = tuple(None if error is None else error / 100 for error in (first.error, second.error))
    return far_apart(
        (first.percent - second.percent) / 100, (errors[0], errors[1]), (first.rounding + second.rounding) / 100
    )


def hindrances(protocol: Protocol, claim: Claim) -> tuple[Reason, ...]:
    """Everything that keeps a claim from being ranked; empty if nothing does.

    The rule is the domain's (``domain.comparison.rankable``); this names its reasons.
    """
    reasons = [Reason("unknown-part", part) for part in protocol.unknown_parts()]
    if claim.place.defect is not None:
        reasons.append(Reason("defect", claim.place.defect))
    reasons.extend(Reason("flag", flag) for flag in claim.row.flags if flag in NOT_RANKED)
    if claim.place.checkpoint is None:
        reasons.append(Reason("checkpoint-unstated"))
    return tuple(reasons)


def representative(scores: Iterable[Score]) -> Score | None:
    """The ranked score that rests on the best record.

    Counts before none, original before requoted, better grade of the source, stated version,
    then the source's id, so that the choice never depends on the order of files.
    """
    ranked = [score for score in scores if score.ranked]
    return min(ranked, key=_record, default=None)


def _record(score: Score) -> tuple[object, ...]:
    row, place = score.claim.row, score.claim.place
    return row.counts is None, "requoted" in row.flags, place.grade, not score.version_stated, score.source, place.path


def _order(score: Score) -> tuple[object, ...]:
    return not score.ranked, -score.percent, score.claim.target, score.source


def _grouped(pairs: Iterable[tuple[str, Score]]) -> dict[str, tuple[Score, ...]]:
    groups: dict[str, list[Score]] = defaultdict(list)
    for key, score in pairs:
        groups[key].append(score)
    return {key: tuple(scores) for key, scores in groups.items()}
