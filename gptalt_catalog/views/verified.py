"""Verification records by claim: which published scores were re-run, what came out, and what is stale.

A record speaks for a claim while the weights, the suite, its software and its data are those that the catalog
names today. ``verify status`` and the site ask here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeVar

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.claim import Claim
from gptalt_catalog.domain.comparison import SHARE_OF_ITEMS
from gptalt_catalog.domain.verification import AuditedClaim, Suite, Verdict, Verification

K = TypeVar("K")
Trust = Literal["self-reported", "rechecked", "independently-repeated"]
TRUSTS: Final[tuple[Trust, ...]] = ("self-reported", "rechecked", "independently-repeated")
"""How much stands behind a record, the least first."""

CONFIRMED: Final[frozenset[Verdict]] = frozenset({"reproduced", "consistent"})
REFUTED: Final[frozenset[Verdict]] = frozenset({"not-reproduced", "inconsistent", "claim-inconsistent"})
DECIDED: Final = CONFIRMED | REFUTED
"""Verdicts that say something about the claim; the others are on the way, or say why nothing can be said."""


@dataclass(frozen=True)
class Change:
    """Something that is no longer as it was when a record was made: what it was then, and what it is now."""

    what: Literal["revision", "suite", "software", "data"]
    name: str
    ran: str
    now: str


@dataclass(frozen=True)
class VerifiedClaim:
    """One claim of a record, its ``place``-th. ``changes`` is empty while the record speaks for today's catalog."""

    record: str
    verification: Verification
    place: int
    audited: AuditedClaim
    changes: tuple[Change, ...]

    @property
    def stale(self) -> bool:
        """Whether something has changed since."""
        return bool(self.changes)

    @property
    def decided(self) -> bool:
        """Whether the verdict says something about the claim."""
        return self.audited.verdict in DECIDED


@dataclass(frozen=True)
class VerifiedShare:
    """How far the catalog's published scores are verified.

    ``claims`` may be ranked and are shares of right answers, of one checkpoint; ``in_suites`` of them are run
    by some suite; of these, ``current`` and ``stale`` have a record with a verdict, ``undecided`` one without.
    """

    claims: int
    in_suites: int
    current: int
    stale: int
    undecided: int
    verdicts: Mapping[str, int]

    @property
    def share(self) -> float:
        """The share of the claims in suites that have a current verdict, from 0 to 1."""
        return self.current / self.in_suites if self.in_suites else 0.0


class VerificationBook:
    """All records of a catalog, by claim; computed once."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    @cached_property
    def records(self) -> tuple[tuple[str, Verification], ...]:
        """All records with their ids, the newest first."""
        found = sorted(self.catalog.verifications.items(), key=lambda item: (item[1].date, item[0]))
        return tuple(reversed(found))

    def of_record(self, record: str) -> tuple[VerifiedClaim, ...]:
        """The claims of one record, in its order."""
        verification = self.catalog.verifications[record]
        return tuple(
            VerifiedClaim(record, verification, place, audited, self._changes(verification, audited))
            for place, audited in enumerate(verification.claims, start=1)
        )

    @cached_property
    def all(self) -> tuple[VerifiedClaim, ...]:
        """The claims of all records: current ones first, with a verdict before without, from new to old.

        Quantized runs are left out: published scores are of the weights as they are published.
        """
        found = (one for record, run in self.records if not run.quantized for one in self.of_record(record))
        return tuple(sorted(found, key=lambda one: (one.stale, not one.decided)))

    @cached_property
    def by_checkpoint(self) -> dict[str, tuple[VerifiedClaim, ...]]:
        """The claims of all records by checkpoint, in the order of :attr:`all`."""
        return _grouped(self.all, lambda one: one.verification.checkpoint)

    @cached_property
    def by_protocol(self) -> dict[str, tuple[VerifiedClaim, ...]]:
        """The claims of all records by protocol, in the order of :attr:`all`."""
        return _grouped(self.all, lambda one: one.audited.protocol)

    @cached_property
    def _by_claim(self) -> dict[tuple[str, str, str], tuple[VerifiedClaim, ...]]:
        return _grouped(self.all, lambda one: (one.verification.checkpoint, one.audited.protocol, one.audited.claimed))

    def of_claim(self, claim: Claim) -> tuple[VerifiedClaim, ...]:
        """What the records say of a claim, in the order of :attr:`all`.

        Sources that print one value under one protocol are one claim to an audit.
        """
        return self._by_claim.get((claim.target, claim.row.protocol, claim.row.value), ())

    def best(self, claim: Claim) -> VerifiedClaim | None:
        """What speaks for a claim: the newest current verdict, else the next best; ``None`` without any record."""
        return next(iter(self.of_claim(claim)), None)

    def trust_of(self, checkpoint: str) -> Trust | Literal["stale"] | None:
        """The best trust among the current records of a checkpoint; ``stale`` if it has old ones only."""
        known = self.by_checkpoint.get(checkpoint, ())
        current = [one.verification.trust for one in known if not one.stale]
        return max(current, key=TRUSTS.index) if current else ("stale" if known else None)

    @cached_property
    def share(self) -> VerifiedShare:
        """How far the published scores are verified."""
        claims = [claim for claim in self.catalog.claims if self._auditable(claim)]
        run = frozenset(task.protocol for suite in self.catalog.suites.values() for task in suite.tasks)
        runnable = [claim for claim in claims if claim.row.protocol in run]
        best = [one for one in map(self.best, runnable) if one is not None]
        decided = [one for one in best if one.decided]
        return VerifiedShare(
            claims=len(claims),
            in_suites=len(runnable),
            current=sum(not one.stale for one in decided),
            stale=sum(one.stale for one in decided),
            undecided=len(best) - len(decided),
            verdicts=Counter(one.audited.verdict for one in best if not one.stale),
        )

    def _auditable(self, claim: Claim) -> bool:
        protocol = self.catalog.protocols.get(claim.row.protocol)
        of_checkpoint = claim.ranked and claim.place.checkpoint in self.catalog.checkpoints
        return of_checkpoint and protocol is not None and protocol.metric in SHARE_OF_ITEMS

    # ---- what has changed

    def _changes(self, verification: Verification, audited: AuditedClaim) -> tuple[Change, ...]:
        suite = self.catalog.suites.get(verification.suite)
        found = [*self._of_weights(verification), *_of_suite(verification, suite)]
        if suite is not None:
            found += [*_of_software(verification, suite), *_of_data(verification, audited, suite)]
        return tuple(found)

    def _of_weights(self, verification: Verification) -> Iterable[Change]:
        checkpoint = self.catalog.checkpoints.get(verification.checkpoint)
        now = checkpoint.hub.revision if checkpoint is not None and checkpoint.hub is not None else "unknown"
        if now not in ("unknown", "undisclosed") and not verification.revision.startswith(now):
            yield Change("revision", verification.checkpoint, verification.revision, now)


def _grouped(claims: Iterable[VerifiedClaim], key: Callable[[VerifiedClaim], K]) -> dict[K, tuple[VerifiedClaim, ...]]:
    found: dict[K, list[VerifiedClaim]] = {}
    for one in claims:
        found.setdefault(key(one), []).append(one)
    return {name: tuple(ones) for name, ones in found.items()}


def _of_suite(verification: Verification, suite: Suite | None) -> Iterable[Change]:
    if suite is not None and suite.version != verification.suite_version:
        yield Change("suite", verification.suite, str(verification.suite_version), str(suite.version))


def _of_software(verification: Verification, suite: Suite) -> Iterable[Change]:
    for name in type(suite.software).model_fields:
        now, ran = getattr(suite.software, name), getattr(verification.environment, name)
        if now is not None and now != ran:
            yield Change("software", name.replace("_", "-"), ran, now)


def _of_data(verification: Verification, audited: AuditedClaim, suite: Suite) -> Iterable[Change]:
    data = verification.data.get(audited.task)
    task = next((task for task in suite.tasks if task.protocol == audited.protocol), None)
    if data is None or task is None or "pending" in (task.data_revision, data.revision):
        return
    if data.revision != task.data_revision:
        yield Change("data", task.data_repository, data.revision, task.data_revision)
