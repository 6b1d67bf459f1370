"""The home page and the list of each kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from gptalt_catalog.render.finder import finder
from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.places import folder
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings import strings
from gptalt_catalog.render.strings.choosing import choosing_strings
from gptalt_catalog.render.strings.fields import field_strings
from gptalt_catalog.views.news import latest_releases
from gptalt_catalog.views.words import Language

STATIC_ROWS = 60
"""Rows of the model table that stand in the page itself, for readers without JavaScript."""

LATEST = 8
"""Releases on the home page."""

FILTERED = 12
"""Shorter lists need no filter."""


def pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """Home, the model list, and a list of each other kind."""
    t = strings(language)
    yield PageFile("", "home.md.j2", t.home, t.home_lede, partial(_home, data, language))
    yield PageFile("models/", "models.md.j2", t.models, t.models_lede, partial(_models, data, language))
    catalog = data.catalog
    lists = (
        ("benchmark", t.benchmarks, t.benchmarks_lede, catalog.benchmarks),
        ("dataset", t.datasets, t.datasets_lede, catalog.datasets),
        ("tool", t.tools, t.tools_lede, catalog.tools),
        ("technique", t.techniques, t.techniques_lede, catalog.techniques),
        ("application", t.applications, t.applications_lede, catalog.applications),
        ("license", t.licenses, t.licenses_lede, catalog.licenses),
        ("source", t.sources, t.sources_lede, catalog.sources),
    )
    for kind, title, lede, entries in lists:
        yield PageFile(f"{folder(kind)}/", "list.md.j2", title, lede, partial(_list, language, kind, lede, entries))


def _home(data: SiteData, language: Language) -> dict[str, Any]:
    return {
        "corrections_found": len(data.corrections[language]),
        "latest": latest_releases(data.rows[language], LATEST),
        **finder(data, language),
    }


def _models(data: SiteData, language: Language) -> dict[str, Any]:
    newest = sorted(data.rows[language], key=lambda row: row.released or "", reverse=True)
    return {
        "rows": newest[:STATIC_ROWS],
        "families": data.catalog.families,
        "c": choosing_strings(language),
    }


def _list(language: Language, kind: str, lede: str, entries: Mapping[str, object]) -> dict[str, Any]:
    return {
        "kind": kind,
        "lede": lede,
        "entries": entries,
        "x": field_strings(language),
        "filtered": len(entries) >= FILTERED,
    }
