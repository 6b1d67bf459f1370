"""Pages of the living review: open problems, what is new, how to cite; and redirects for former ids."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gptalt_catalog.domain.evidence import Entry
from gptalt_catalog.render.escape import fill
from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.places import ENTRY_KINDS, entry_address
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings.choosing import choosing_strings
from gptalt_catalog.render.strings.review import review_strings
from gptalt_catalog.views.cite import catalog_bibtex, catalog_text, survey_bibtex, survey_text
from gptalt_catalog.views.news import change_log, latest_readings, latest_releases
from gptalt_catalog.views.open_problems import REFERENCE, directions
from gptalt_catalog.views.words import Language


def pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """Open problems, news, citing, and a page at each former address."""
    x = review_strings(language)
    problems = partial(_problems, data, language)
    yield PageFile("open-problems/", "open_problems.md.j2", x.problems, x.problems_lede, problems)
    yield PageFile("news/", "news.md.j2", x.news, x.news_lede, partial(_news, data, language))
    yield PageFile("cite/", "cite.md.j2", x.cite, x.cite_lede, partial(_cite, data, language))
    yield from _redirects(data, language)


def _problems(data: SiteData, language: Language) -> dict[str, Any]:
    return {
        "x": review_strings(language),
        "directions": directions(data.catalog, data.lineage, data.book, data.size_plots[language]),
        "reference": REFERENCE,
    }


def _news(data: SiteData, language: Language) -> dict[str, Any]:
    return {
        "x": review_strings(language),
        "releases": latest_releases(data.rows[language]),
        "readings": latest_readings(data.catalog),
        "versions": change_log(data.change_log),
    }


def _cite(data: SiteData, language: Language) -> dict[str, Any]:
    about = data.catalog.about
    return {
        "x": review_strings(language),
        "c": choosing_strings(language),
        "catalog_bibtex": catalog_bibtex(about),
        "catalog_text": catalog_text(about),
        "survey_bibtex": survey_bibtex(),
        "survey_text": survey_text(),
    }


def _redirects(data: SiteData, language: Language) -> Iterator[PageFile]:
    """A page at the former address of each renamed entry, unless something else stands there now."""
    x = review_strings(language)
    for document in data.catalog.documents:
        kind, entry = document.kind.name, document.content
        if kind not in ENTRY_KINDS or not isinstance(entry, Entry):
            continue
        for former in entry.former_ids:
            if f"{document.kind.folder}/{former}.yaml" not in data.catalog.files:
                title = str(x.moved.format(name=entry.title(language)))
                content = partial(_redirect, language, kind, document.id)
                yield PageFile(entry_address(kind, former), "redirect.md.j2", title, title, content, listed=False)


def _redirect(language: Language, kind: str, key: str) -> dict[str, Any]:
    return {"x": review_strings(language), "target": entry_address(kind, key), "kind": kind, "key": key, "fill": fill}
