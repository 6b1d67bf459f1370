"""Which claims have been verified, which verifications are stale, and which claims never were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.views.verified import Change, VerificationBook

State = Literal["verified", "stale", "never"]

_SENTENCES: Final = {
    "revision": "the entry's weights are now {now}, the record ran {ran}",
    "suite": "the suite {name} is now version {now}, the record ran {ran}",
    "software": "the suite is now for {name} {now}, the record ran {ran}",
    "data": "the suite now pins {name} at {now}, the record ran {ran}",
}


@dataclass(frozen=True)
class ClaimState:
    """The state of one claim. ``record`` is the record that speaks of it, ``reason`` why it is stale."""

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
    book = VerificationBook(catalog)
    for checkpoint in catalog.checkpoints if checkpoints is None else checkpoints:
        for claim in catalog.claims_by_target.get(checkpoint, ()):
            if not claim.ranked:
                continue
            found = book.best(claim)
            about = (checkpoint, claim.row.protocol, claim.source, claim.row.value)
            if found is None:
                yield ClaimState(*about, "never")
            else:
                state: State = "stale" if found.stale else "verified"
                reason = "; ".join(sentence(change) for change in found.changes)
                yield ClaimState(*about, state, found.record, found.audited.verdict, reason)


def sentence(change: Change) -> str:
    """What has changed, in words."""
    return _SENTENCES[change.what].format(name=change.name, ran=change.ran, now=change.now)
