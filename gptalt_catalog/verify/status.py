"""Which claims have been verified, which verifications are stale, and which claims never were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.verification import AuditedClaim, Verification

State = Literal["verified", "stale", "never"]


@dataclass(frozen=True)
class ClaimState:
    """The state of one claim. ``record`` is the newest record that speaks of it, ``reason`` why it is stale."""

    checkpoint: str
    protocol: str
    source: str
    value: str
    state: State
    record: str = ""
    verdict: str = ""
    reason: str = ""


def claim_states(catalog: Catalog, checkpoints: Iterable[str] | None = None) -> Iterator[ClaimState]:
    """The state of every rankable claim of the given checkpoints (all if ``None``)."""
    records = _by_claim(catalog)
    for checkpoint in catalog.checkpoints if checkpoints is None else checkpoints:
        for claim in catalog.claims_by_target.get(checkpoint, ()):
            if not claim.ranked:
                continue
            key = (checkpoint, claim.row.protocol, claim.row.value)
            found = records.get(key)
            if found is None:
                yield ClaimState(checkpoint, claim.row.protocol, claim.source, claim.row.value, "never")
                continue
            record, verification, audited = found
            reason = _stale(catalog, verification)
            state: State = "stale" if reason else "verified"
            yield ClaimState(
                checkpoint, claim.row.protocol, claim.source, claim.row.value, state, record, audited.verdict, reason
            )


def _by_claim(catalog: Catalog) -> dict[tuple[str, str, str], tuple[str, Verification, AuditedClaim]]:
    """The newest record of each claim (checkpoint, protocol, printed value)."""
    found: dict[tuple[str, str, str], tuple[str, Verification, AuditedClaim]] = {}
    for record, verification in sorted(catalog.verifications.items(), key=lambda item: (item[1].date, item[0])):
        for audited in verification.claims:
            found[verification.checkpoint, audited.protocol, audited.claimed] = (record, verification, audited)
    return found


def _stale(catalog: Catalog, verification: Verification) -> str:
    """Why a record no longer speaks for the catalog's claim; empty if it does."""
    checkpoint = catalog.checkpoints.get(verification.checkpoint)
    revision = checkpoint.hub.revision if checkpoint is not None and checkpoint.hub is not None else "unknown"
    if revision not in ("unknown", verification.revision) and not verification.revision.startswith(revision):
        return f"the entry's weights are now {revision}, the record ran {verification.revision}"
    suite = catalog.suites.get(verification.suite)
    if suite is not None and suite.version != verification.suite_version:
        ran = f"the record ran {verification.suite_version}"
        return f"the suite {verification.suite} is now version {suite.version}, {ran}"
    return ""
