from __future__ import annotations

import json
from typing import Any

import pytest

from gptalt_catalog.render.pages import all_pages
from gptalt_catalog.render.search_index import KINDS, search_index
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.views.words import Language
from tests.catalogs import CHECKOUT, GOOD, read
from tests.views.entries import catalog_of, checkpoint, family


def index_of(data: SiteData, language: Language) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(search_index(data, language, all_pages(data, language))))
    return found


def titles(index: dict[str, Any], kind: str) -> list[str]:
    return [item[1] for item in index["items"] if KINDS[item[0]] == kind]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_entry_is_found_once_under_its_kind(language: Language) -> None:
    data = SiteData(read(CHECKOUT / "catalog").catalog)
    index = index_of(data, language)
    catalog = data.catalog
    for kind, table in (("family", catalog.families), ("benchmark", catalog.benchmarks), ("license", catalog.licenses)):
        assert sorted(titles(index, kind)) == sorted(entry.title(language) for entry in table.values())
    assert len(titles(index, "source")) == len(catalog.sources)
    addresses = [item[2] for item in index["items"]]
    assert len(addresses) == len(set(addresses))
    checkpoints = [child[1] for item in index["items"] for child in (item[5] if len(item) > 5 else ())]
    assert sorted(checkpoints) == sorted(catalog.checkpoints)


def test_the_index_is_small() -> None:
    import gzip

    data = SiteData(read(CHECKOUT / "catalog").catalog)
    for language in ("en", "zh"):
        size = len(gzip.compress(json.dumps(index_of(data, language), ensure_ascii=False).encode()))
        assert size < 120_000, "names and summaries only"


def test_other_names_of_both_languages_repositories_and_former_ids_are_in_it() -> None:
    hub = {"evidence": "readme", "repository": "lab/fam-7b", "access": "open"}
    entry = family(
        {"fam-7b": checkpoint(name="Fam 7B", aliases=["famous"], former_ids=["old-7b"], hub=hub)},
        name="Fam",
        names={"zh": "方"},
        aliases=["Family of models"],
        former_ids=["old-fam"],
    )
    data = SiteData(catalog_of({"models/fam.yaml": entry}))
    (english,) = [item for item in index_of(data, "en")["items"] if KINDS[item[0]] == "family"]
    assert english[1:4] == ["Fam", "models/fam/", "方 | Family of models | old-fam | fam | Lab"]
    assert english[5] == [["Fam 7B", "fam-7b", "famous | old-7b | lab/fam-7b"]]
    (chinese,) = [item for item in index_of(data, "zh")["items"] if KINDS[item[0]] == "family"]
    assert chinese[1:4] == ["方", "models/fam/", "Fam | Family of models | old-fam | fam | 实验室"]


def test_pages_that_are_not_listed_are_not_found() -> None:
    data = SiteData(catalog_of({"models/new.yaml": family({}, name="New", former_ids=["old"])}))
    addresses = [item[2] for item in index_of(data, "en")["items"]]
    assert "models/new/" in addresses
    assert "models/old/" not in addresses
    assert "timeline/" in addresses


def test_texts_of_the_script_are_there() -> None:
    index = index_of(SiteData(read(GOOD).catalog), "zh")
    assert index["labels"]["license"] == "许可证"
    assert set(index["t"]) >= {"found", "none", "partly", "close_names", "hint", "placeholder"}
