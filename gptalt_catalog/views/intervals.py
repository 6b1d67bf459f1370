"""Intervals around published scores.

When scores may be compared, and when two of them differ, is the domain's rule
(``domain.comparison``); here are only the intervals that pages draw.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.claim import Claim
from gptalt_catalog.domain.comparison import SHARE_OF_ITEMS, items_of, standard_error

Z95: Final = 1.959963984540054
"""The 97.5 % quantile of the normal distribution: half-width of a 95 % interval."""


def wilson(right: float, items: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval for ``right`` of ``items``, as fractions of 1 (Wilson 1927).

    ``right`` may be fractional. Raises ``ValueError`` unless 0 <= right <= items and items > 0.
    """
    if items <= 0 or not 0 <= right <= items:
        raise ValueError(f"{right} of {items} is not a share")
    share = right / items
    center = (share + z * z / (2 * items)) / (1 + z * z / items)
    half = z / (1 + z * z / items) * sqrt(share * (1 - share) / items + z * z / (4 * items * items))
    return max(0.0, center - half), min(1.0, center + half)


def interval(catalog: Catalog, claim: Claim) -> tuple[float, float] | None:
    """The 95 % interval of a claim as fractions of 1, or ``None`` if its error is not known.

    Wilson's from its counts, or from its value and the number of items; else from a printed
    standard error.
    """
    value = float(claim.fraction)
    items = items_of(catalog, claim)
    if claim.row.counts is not None:
        return wilson(min(claim.row.counts[0], claim.row.counts[1]), claim.row.counts[1])
    if items is not None and catalog.protocols[claim.row.protocol].metric in SHARE_OF_ITEMS and 0 <= value <= 1:
        return wilson(value * items, items)
    error = standard_error(catalog, claim)
    return None if error is None else (value - Z95 * error, value + Z95 * error)
