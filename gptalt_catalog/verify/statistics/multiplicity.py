"""Several claims at once."""

from __future__ import annotations

import math
from collections.abc import Mapping


def p_value(log_refutation: float) -> float:
    """An upper bound of the p-value of "inside the zone" from the logarithm of its e-value.

    Twice, since a claim can be refuted from below and from above.
    """
    return min(1.0, 2 * math.exp(-log_refutation)) if log_refutation < math.inf else 0.0


def holm(p_values: Mapping[str, float], risk: float) -> frozenset[str]:
    """The claims that may be called not reproduced together, with one risk for all of them (Holm)."""
    ordered = sorted(p_values, key=lambda name: (p_values[name], name))
    rejected: list[str] = []
    for position, name in enumerate(ordered):
        if p_values[name] > risk / (len(ordered) - position):
            break
        rejected.append(name)
    return frozenset(rejected)
