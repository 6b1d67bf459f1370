from __future__ import annotations

import pytest

from gptalt_catalog.views.coverage import coverage
from tests.catalogs import GOOD, read
from tests.views.entries import PIECE, TEXT, catalog_of, checkpoint, family


def test_counts_of_the_small_catalog() -> None:
    found = coverage(read(GOOD).catalog)
    assert found.count("checkpoint") == 2
    assert found.count("claim") == 4
    assert found.count("spoon") == 0
    assert found.speakers == (("en", 2),)
    assert found.all_facts.share == 1.0
    assert found.untranslated == ()
    assert found.translated_share == 1.0


def test_facts_count_by_their_weakest_evidence() -> None:
    parameters = {
        "evidence": "readme",
        "evidence_for": {"active": "memory", "vision": "survey"},
        "total": 10,
        "active": 5,
        "vision": 1,
    }
    entry = family(
        {"a": {"name": "A", "roles": ["base"], "parameters": parameters, "languages": {"trained": ["en"]}}},
        evidence={"readme": PIECE, "memory": {"status": "from-memory"}, "survey": {**PIECE, "status": "survey-only"}},
    )
    (facts,) = coverage(catalog_of({"models/fam.yaml": entry})).facts
    assert (facts.confirmed, facts.survey_only, facts.from_memory, facts.without) == (1, 1, 1, 1)
    assert facts.share == pytest.approx(0.25)


def test_texts_without_chinese_are_listed_with_their_place() -> None:
    entry = family({"a": checkpoint(note={"en": "Only English."})}, summary={"en": "x"}, advice=TEXT)
    found = coverage(catalog_of({"models/fam.yaml": entry}))
    assert found.untranslated == (("models/fam.yaml", "summary"), ("models/fam.yaml", "checkpoints.a.note"))
    assert found.translated_share < 1
