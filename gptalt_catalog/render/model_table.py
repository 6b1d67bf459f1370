"""The model list as JSON for the filterable table of the site."""

from __future__ import annotations

from typing import Any, get_args

from gptalt_catalog.domain.family import Domain, Role
from gptalt_catalog.domain.license import Commercial
from gptalt_catalog.render.fragments import short_license
from gptalt_catalog.render.places import entry_address
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings import strings
from gptalt_catalog.views.formats import parameters_text
from gptalt_catalog.views.model_list import ModelRow
from gptalt_catalog.views.words import Language, value_label

LABELS = (
    "model", "role", "size", "context", "commercial", "license_", "languages", "released", "score", "score_of",
    "no_score_column", "domain", "search_models", "filters", "clear", "any_", "sort_by", "descending", "ascending",
    "shown_of", "show_all", "nothing_found", "ignored_state", "commercial_any", "superseded", "download",
    "loading_failed", "scroll_cue",
)  # fmt: skip
"""The texts that the script shows."""


def model_table(data: SiteData, language: Language) -> dict[str, Any]:
    """Rows and the words for their values; everything is text, the script escapes it."""
    rows = data.rows[language]
    t = strings(language)
    named = data.readers[language].named
    benchmarks = sorted({key for row in rows for key in row.scores}, key=lambda key: named("benchmark", key).casefold())
    licenses = sorted({key for row in rows for key in row.licenses})
    return {
        "labels": {name.rstrip("_"): getattr(t, name) for name in LABELS},
        "words": {
            value: value_label(value, language) for value in (*get_args(Role), *get_args(Domain), *get_args(Commercial))
        },
        "order": {"roles": get_args(Role), "domains": get_args(Domain), "uses": get_args(Commercial)},
        "licenses": {key: short_license(data.catalog, key, language) for key in licenses},
        "languages": {key: named("language", key) for key in sorted({code for row in rows for code in row.languages})},
        "benchmarks": {key: named("benchmark", key) for key in benchmarks},
        "rows": [_row(row) for row in rows],
    }


def _row(row: ModelRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "family": row.family_name,
        "url": f"{entry_address('family', row.family)}#{row.id}",
        "domain": row.domain,
        "roles": row.roles,
        "params": row.parameters,
        "size": parameters_text(row.parameters),
        "context": row.context,
        "use": row.commercial,
        "conditions": len(row.use.conditions),
        "licenses": row.licenses,
        "langs": row.languages,
        "released": row.released,
        "old": bool(row.superseded_by),
        "text": " ".join((row.id, *row.aliases, row.repository or "", *row.organizations)),
        "scores": {key: _score(score.percent, score.interval) for key, score in row.scores.items()},
    }


def _score(percent: float, interval: tuple[float, float] | None) -> list[float]:
    values = [percent, *(interval or ())]
    return [round(value, 2) for value in values]
