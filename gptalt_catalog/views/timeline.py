"""Model evolution: each family with its first release and whether its weights were published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gptalt_catalog.domain.base import date_is_known
from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.family import Domain, Family
from gptalt_catalog.views.model_list import release_date
from gptalt_catalog.views.words import Language

Openness = Literal["open", "closed", "unknown"]

SURVEY_DATE = "2023-08"
"""The month of the survey behind the catalog (arXiv 2308.14149)."""


@dataclass(frozen=True)
class Milestone:
    """The first release of a family.

    ``date`` keeps its precision. ``openness`` says whether any weights were published. ``printed``
    is the date that the survey's timeline figure shows, ``None`` for families that are not in it.
    ``checkpoints`` is 0 for light entries (names of the timeline).
    """

    family: str
    name: str
    date: str
    openness: Openness
    domain: Domain
    organizations: tuple[str, ...]
    checkpoints: int
    printed: str | None


def milestones(catalog: Catalog, language: Language = "en") -> tuple[Milestone, ...]:
    """All families whose first release is known, the earliest first."""
    found = []
    for key, family in catalog.families.items():
        date = first_release(key, family)
        if date is not None:
            found.append(
                Milestone(
                    family=key,
                    name=family.title(language),
                    date=date,
                    openness=openness(key, family),
                    domain=family.domain,
                    organizations=family.organizations,
                    checkpoints=len(family.checkpoints),
                    printed=family.survey.figure if family.survey is not None else None,
                )
            )
    return tuple(sorted(found, key=lambda m: (m.date, m.name.casefold())))


def first_release(key: str, family: Family) -> str | None:
    """The earliest day on which anything of a family became available; ``None`` if no date is known."""
    dates = [release_date(checkpoint, family) for checkpoint in family.resolve(key).values()]
    if family.announced is not None and date_is_known(family.announced.date):
        dates.append(family.announced.date)
    return min((date for date in dates if date is not None), default=None)


def openness(key: str, family: Family) -> Openness:
    """Whether a family's weights were published, as stated, else as its checkpoints' places say."""
    if family.openness is not None:
        return family.openness.weights
    access = {c.hub.access if c.hub is not None else "unknown" for c in family.resolve(key).values()}
    if not access:
        return "unknown"
    return "closed" if access == {"closed"} else "open"


def by_month(found: Iterable[Milestone]) -> tuple[tuple[str, tuple[Milestone, ...]], ...]:
    """Milestones grouped by month (by year where no month is known), the latest first."""
    groups: dict[str, list[Milestone]] = {}
    for milestone in found:
        groups.setdefault(milestone.date[:7], []).append(milestone)
    return tuple((month, tuple(groups[month])) for month in sorted(groups, reverse=True))
