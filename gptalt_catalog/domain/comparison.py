"""The one definition of comparable, and how far apart two published scores are.

Two claims may be compared if they name one protocol and no part of it is unknown. Site, list, check
and verify all ask here.
"""

from __future__ import annotations

import math

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.claim import Claim, Protocol

SHARE_OF_ITEMS = frozenset({"acc", "acc_norm", "exact_match", "mc1", "acc_micro57"})
"""Metrics that are a number of right answers divided by the number of items."""


def comparable(protocol: Protocol) -> bool:
    """Whether claims under this protocol can be compared with one another."""
    return not protocol.unknown_parts()


def rankable(catalog: Catalog, claim: Claim) -> bool:
    """Whether the claim may stand in a ranking: comparable, not known to be bad, of one checkpoint."""
    return claim.ranked and claim.place.checkpoint is not None and comparable(catalog.protocols[claim.row.protocol])


def items_of(catalog: Catalog, claim: Claim) -> int | None:
    """The number of items behind a claim: its own, else that of the benchmark's split."""
    if claim.row.counts is not None:
        return claim.row.counts[1]
    benchmark = catalog.benchmarks.get(catalog.protocol_benchmark.get(claim.row.protocol, ""))
    if benchmark is None or benchmark.items is None or isinstance(benchmark.items.splits, str):
        return None
    return benchmark.items.splits.get(catalog.protocols[claim.row.protocol].split)


def standard_error(catalog: Catalog, claim: Claim) -> float | None:
    """The standard error of a claim as a fraction of 1: the printed one, else the binomial one."""
    if claim.row.stderr is not None:
        printed = float(claim.row.stderr)
        return printed / 100 if claim.place.unit == "percent" else printed
    items = items_of(catalog, claim)
    if items is None or items < 2 or catalog.protocols[claim.row.protocol].metric not in SHARE_OF_ITEMS:
        return None
    share = min(max(float(claim.fraction), 0.0), 1.0)
    return math.sqrt(share * (1 - share) / (items - 1))


def differ(catalog: Catalog, first: Claim, second: Claim) -> bool:
    """Whether two claims of one checkpoint and protocol contradict each other.

    They do if they are further apart than two standard errors of their difference plus what
    rounding can explain. On the same items the true standard error is smaller, so this is mild.
    """
    errors = (standard_error(catalog, first), standard_error(catalog, second))
    return far_apart(float(first.fraction - second.fraction), errors, float(first.half_unit + second.half_unit))


def far_apart(difference: float, errors: tuple[float | None, float | None], rounding: float) -> bool:
    """The rule behind :func:`differ`, on numbers (all fractions of 1): never true without both errors."""
    first, second = errors
    if first is None or second is None:
        return False
    return abs(difference) > 2 * math.hypot(first, second) + rounding
