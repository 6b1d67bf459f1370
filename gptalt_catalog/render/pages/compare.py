"""The page that puts checkpoints side by side; a script fills it, from the ids in its address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings.choosing import choosing_strings
from gptalt_catalog.views.words import Language


def pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """One page per language."""
    c = choosing_strings(language)

    def content() -> dict[str, Any]:
        return {"c": c, "families": data.catalog.families}

    yield PageFile("compare/", "compare.md.j2", c.compare, c.compare_lede, content)
