"""One module per group of pages: views and texts in, page files to write out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gptalt_catalog.render.page_tools import PageTools
from gptalt_catalog.render.places import Place
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.views.words import Language

__all__ = ["PageFile", "all_pages"]


@dataclass(frozen=True)
class PageFile:
    """A page to write: its address, the template that makes it, its title, and what else it shows.

    ``content`` is called when the page is made, so that a preview of one page costs one page. A page
    that is not ``listed`` is not found by the search.
    """

    address: str
    template: str
    title: str
    description: str
    content: Callable[[], dict[str, Any]] = dict
    listed: bool = True

    def context(self, data: SiteData, language: Language) -> dict[str, Any]:
        """Everything that the template may name."""
        here = Place(self.address, language)
        tools = PageTools(data, here)
        frame = {"h": tools, "t": tools.t, "here": here, "data": data}
        return {**frame, "title": self.title, "description": self.description, **self.content()}


def all_pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """All pages of one language."""
    from gptalt_catalog.render.pages import (
        benchmarks,
        charts,
        compare,
        families,
        fields,
        lists,
        resources,
        review,
        trust,
        verifiable,
        verified,
    )

    groups = (lists, families, compare, benchmarks, resources, charts, fields, review, trust, verifiable, verified)
    for group in groups:
        yield from group.pages(data, language)
