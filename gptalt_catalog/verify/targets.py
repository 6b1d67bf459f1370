"""Which published claims of a checkpoint an audit speaks about, and against what each is held."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.claim import Claim
from gptalt_catalog.domain.comparison import SHARE_OF_ITEMS
from gptalt_catalog.domain.verification import Comparability

MEAN_OF_ITEMS = frozenset({"f1", "mc2"})
"""Metrics that are a mean over items of a number from 0 to 1."""

ROUNDING = Fraction(1, 10**12)
"""What is allowed for scores that are printed with all digits that a program's numbers have."""


@dataclass(frozen=True)
class TaskLink:
    """What is run to check the claims of a protocol: a task of evalhooks, its metric, and how they relate."""

    task: str
    metric: str
    comparability: Comparability
    evidence: str = ""


@dataclass(frozen=True)
class Target:
    """One claim, ready to be audited. ``claimed`` and ``half_unit`` are fractions of 1, exact."""

    protocol: str
    source: str
    printed: str
    unit: str
    link: TaskLink
    claimed: Fraction
    half_unit: Fraction

    @property
    def key(self) -> str:
        """A name for the target that is unique within one audit."""
        return f"{self.protocol} {self.source} {self.printed}"


@dataclass(frozen=True)
class Skipped:
    """A claim that no audit can speak about, and why."""

    protocol: str
    source: str
    printed: str
    reason: str


def in_any_suite(protocol: str) -> str:
    """No protocol is left out."""
    del protocol
    return ""


def targets_of(
    catalog: Catalog,
    checkpoint: str,
    link_of: Callable[[Claim], TaskLink | None],
    tasks: Iterable[str] = (),
    outside: Callable[[str], str] = in_any_suite,
) -> tuple[list[Target], list[Skipped]]:
    """The claims of ``checkpoint`` that can be audited, and the others with the reason.

    ``link_of`` gives the task that checks a claim; ``tasks`` restricts to some tasks (all if empty);
    ``outside`` says why the suite does not run a protocol (empty if it does). Several sources that print
    one value under one protocol are one target: the first is named.
    """
    wanted = frozenset(tasks)
    found: dict[tuple[str, str], Target] = {}
    skipped: list[Skipped] = []
    for claim in catalog.claims_by_target.get(checkpoint, ()):
        reason, link = _obstacle(catalog, claim, link_of, outside)
        if link is None:
            skipped.append(Skipped(claim.row.protocol, claim.source, claim.row.value, reason))
        elif not wanted or link.task in wanted:
            target = target_of(claim, link)
            found.setdefault((target.protocol, target.printed), target)
    return list(found.values()), skipped


def _obstacle(
    catalog: Catalog,
    claim: Claim,
    link_of: Callable[[Claim], TaskLink | None],
    outside: Callable[[str], str],
) -> tuple[str, TaskLink | None]:
    protocol = catalog.protocols[claim.row.protocol]
    if claim.place.defect is not None:
        return f"known to be bad ({claim.place.defect})", None
    if not claim.ranked:
        return f"flagged: {', '.join(claim.row.flags)}", None
    if protocol.metric not in SHARE_OF_ITEMS | MEAN_OF_ITEMS:
        return f"{protocol.metric} is not a mean over items", None
    link = link_of(claim)
    if link is None:
        return "no task runs this protocol", None
    reason = outside(claim.row.protocol)
    return reason, None if reason else link


def target_of(claim: Claim, link: TaskLink) -> Target:
    """The target of one claim."""
    return Target(
        claim.row.protocol,
        claim.source,
        claim.row.value,
        claim.place.unit,
        link,
        Fraction(claim.fraction),
        Fraction(claim.half_unit),
    )


def given_target(protocol: str, value: str, link: TaskLink) -> Target:
    """A claim given by hand: ``PROTOCOL=VALUE`` with VALUE in percent (``31.5`` or ``31.5%``).

    Raises ``ValueError`` for a value that is no percentage.
    """
    value = value.strip().removesuffix("%").strip()
    if not value.replace(".", "", 1).isdecimal():  # Fraction reads "1/3" and "1e2", too, but nobody prints them
        raise ValueError(f"{value!r} is no number; write a percentage like 31.5")
    number = Fraction(value)
    if not 0 <= number <= 100:
        raise ValueError(f"{value} is no percentage")
    decimals = len(value.partition(".")[2])
    return Target(protocol, "by-hand", value, "percent", link, number / 100, Fraction(1, 200 * 10**decimals))


def is_mean(target: Target) -> bool:
    """Whether the score is a mean of numbers from 0 to 1, and not of items that are right or wrong."""
    return target.link.metric.partition(",")[0] in MEAN_OF_ITEMS


def attainable(target: Target, items: int) -> bool:
    """Whether some whole number of right answers gives the printed value (GRIM)."""
    if is_mean(target):
        return True
    nearest = round(target.claimed * items)
    return abs(Fraction(nearest, items) - target.claimed) <= target.half_unit + ROUNDING
