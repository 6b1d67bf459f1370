"""Verification records: numbers that can be, in the place of their checkpoint, about scores that the catalog has."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.problem import Finding
from gptalt_catalog.domain.verification import AuditedClaim, Verification

Place = tuple[str | int, ...]


def record_places(catalog: Catalog) -> Iterator[Finding]:
    """A record lies in the folder of its checkpoint."""
    for record, verification in catalog.verifications.items():
        if not _in_place(record, verification):
            message = f"a record of `{verification.checkpoint}` in the folder of `{record.partition('/')[0]}`"
            fix = f"move it to verifications/{verification.checkpoint}/"
            yield Finding(_file(record), ("checkpoint",), "record-place", message, fix)


def _in_place(record: str, verification: Verification) -> bool:
    return record.partition("/")[0] == verification.checkpoint


def record_values(catalog: Catalog) -> Iterator[Finding]:
    """Counts and shares of a claim fit one another."""
    for record, verification in catalog.verifications.items():
        for i, claim in enumerate(verification.claims):
            for field, message in _contradictions(claim):
                fix = "records are written by `gptalt-catalog verify`: take the file as it wrote it"
                yield Finding(_file(record), ("claims", i, field), "record-values", message, fix)


def _contradictions(claim: AuditedClaim) -> Iterator[tuple[str, str]]:
    low, high = (Decimal(bound) for bound in claim.interval)
    if claim.items_used > claim.items:
        yield "items_used", f"{claim.items_used} items were drawn from {claim.items}"
    if Decimal(claim.right) > claim.items_used:
        yield "right", f"{claim.right} right answers to {claim.items_used} items"
    elif claim.items_used and abs(Decimal(claim.right) / claim.items_used - Decimal(claim.estimate)) > _ROUNDING:
        yield "estimate", f"{claim.right} of {claim.items_used} is not {claim.estimate}"
    if low > high:
        yield "interval", f"the interval ends at {claim.interval[1]}, below its beginning"


_ROUNDING = Decimal("0.005")
"""Records give six digits; those written by hand fewer."""


def record_claims(catalog: Catalog) -> Iterator[Finding]:
    """A record is about published scores that the catalog has; else nothing on the site shows it."""
    known = {(claim.target, claim.row.protocol, claim.row.value) for claim in catalog.claims}
    for record, verification in catalog.verifications.items():
        for i, claim in enumerate(verification.claims if _in_place(record, verification) else ()):
            read = f"claims/{claim.source}.yaml" in catalog.files  # else its own problem is reported
            if read and claim.protocol in catalog.protocols and not _known(known, verification, claim):
                message = (
                    f"the catalog has no published score {claim.claimed} of `{verification.checkpoint}` "
                    f"under `{claim.protocol}`"
                )
                fix = "add the score that was verified; if it was corrected since, keep the record as it is"
                yield Finding(_file(record), ("claims", i, "claimed"), "record-claim", message, fix)


def _known(known: set[tuple[str, str, str]], verification: Verification, claim: AuditedClaim) -> bool:
    return (verification.checkpoint, claim.protocol, claim.claimed) in known


def _file(record: str) -> str:
    return f"verifications/{record}.yaml"
