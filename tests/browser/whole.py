"""The scripts on the data of the whole catalog, while pages are those of the small site of the tests."""

from __future__ import annotations

import json
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route

from gptalt_catalog.render.checkpoint_details import comparison_words, family_details
from gptalt_catalog.render.model_table import model_table
from gptalt_catalog.render.site_data import SiteData
from tests.catalogs import CHECKOUT, read


@cache
def whole() -> SiteData:
    return SiteData(read(CHECKOUT / "catalog").catalog)


@cache
def table() -> dict[str, Any]:
    return model_table(whole(), "en")


def serve_whole(page: Page, rows: list[dict[str, Any]] | None = None) -> None:
    """Answer what scripts fetch from the whole catalog (with other ``rows``, if given), in English."""

    def answer(route: Route) -> None:
        name = PurePosixPath(urlsplit(route.request.url).path)
        if name.name == "models.json":
            content: Any = table() if rows is None else table() | {"rows": rows}
        elif name.name == "compare.json":
            content = comparison_words(whole(), "en")
        else:
            content = family_details(whole(), "en", name.stem)
        route.fulfill(body=json.dumps(content), content_type="application/json")

    page.route("**/assets/data/models.json", answer)
    page.route("**/assets/data/compare.json", answer)
    page.route("**/assets/data/families/*.json", answer)
