"""Pages on the data itself: corrections, disagreements, coverage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings import strings
from gptalt_catalog.views.conflicts import defects_of
from gptalt_catalog.views.corrections import corrections
from gptalt_catalog.views.words import Language


def pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """Corrections to the survey, disagreements of sources, and what is known about the data."""
    t = strings(language)
    yield PageFile(
        "corrections/",
        "corrections.md.j2",
        t.corrections,
        t.corrections_lede,
        {"corrections": corrections(data.catalog, language)},
    )
    defects = defects_of(score for conflict in data.conflicts for score in conflict.scores)
    content: dict[str, Any] = {"conflicts": data.conflicts, "defects": defects}
    yield PageFile("conflicts/", "conflicts.md.j2", t.disagreements, t.disagreements_lede, content)
    counts = (*data.coverage.facts, data.coverage.all_facts)
    content = {"coverage": data.coverage, "fact_counts": counts}
    yield PageFile("about/", "about.md.j2", t.about, t.about_lede, content)
