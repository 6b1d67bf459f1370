"""Pages on the data itself: corrections, disagreements, coverage."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings import strings
from gptalt_catalog.render.strings.review import review_strings
from gptalt_catalog.views.conflicts import defects_of
from gptalt_catalog.views.words import Language


def pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """Corrections to the survey, disagreements of sources, and what is known about the data."""
    t = strings(language)
    corrected = partial(_corrections, data, language)
    yield PageFile("corrections/", "corrections.md.j2", t.corrections, t.corrections_lede, corrected)
    yield PageFile(
        "conflicts/", "conflicts.md.j2", t.disagreements, t.disagreements_lede, partial(_disagreements, data)
    )
    yield PageFile("about/", "about.md.j2", t.about, t.about_lede, partial(_about, data, language))


def _corrections(data: SiteData, language: Language) -> dict[str, Any]:
    return {"corrections": data.corrections[language]}


def _disagreements(data: SiteData) -> dict[str, Any]:
    defects = defects_of(score for conflict in data.conflicts for score in conflict.scores)
    return {"conflicts": data.conflicts, "defects": defects}


def _about(data: SiteData, language: Language) -> dict[str, Any]:
    x = review_strings(language)
    return {"x": x, "coverage": data.coverage, "fact_counts": (*data.coverage.facts, data.coverage.all_facts)}
