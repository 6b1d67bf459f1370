from __future__ import annotations

from typing import Any

import pytest

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.views.facts import EntryView, FactRow, entry_view
from gptalt_catalog.views.words import Language
from tests.catalogs import GOOD, read
from tests.views.entries import PIECE, TEXT, catalog_of, checkpoint, family, license_


def rows(view: EntryView) -> dict[str, FactRow]:
    return {".".join(row.path[-2:]): row for section in view.sections for row in section.rows}


def of_checkpoint(language: Language = "en", **blocks: Any) -> dict[str, FactRow]:
    evidence = {"readme": PIECE, "other": {**PIECE, "status": "survey-only"}, "memory": {"status": "from-memory"}}
    entry = family({"root": checkpoint(), "x": {"name": "X", "roles": ["base"], **blocks}}, evidence=evidence)
    catalog = catalog_of({"models/fam.yaml": entry, "licenses/free.yaml": license_("yes")})
    return rows(entry_view(catalog, "checkpoint", "x", language))


def test_evidence_may_differ_for_one_field_and_the_weakest_piece_counts() -> None:
    weights = {
        "evidence": "readme",
        "evidence_for": {"dtype": ["readme", "memory"], "loader": "other"},
        "form": "full",
        "loader": "native",
        "dtype": "float16",
    }
    found = of_checkpoint(weights=weights)
    assert found["weights.form"].status == "confirmed"
    assert found["weights.loader"].status == "survey-only"
    assert found["weights.dtype"].status == "from-memory"
    assert [piece.number for piece in found["weights.dtype"].evidence] == [1, 3]
    assert found["weights.form"].evidence[0].title == "Paper"
    assert found["weights.form"].evidence[0].url == "https://arxiv.org/abs/2301.00001"


@pytest.mark.parametrize(
    ("block", "fields", "path", "english", "chinese"),
    [
        ("parameters", {"total": 6738415616}, "parameters.total", "6,738,415,616", "6,738,415,616"),
        ("training", {"tokens_seen": "1.5T tokens"}, "training.tokens_seen", "1.5T tokens", "1.5T 词元"),
        ("training", {"samples": "~70k samples"}, "training.samples", "~70k samples", "约 70k 条样本"),
        ("languages", {"trained": ["en", "zh"]}, "languages.trained", "English, Chinese", "英语, 中文"),
        ("weights", {"form": "delta", "loader": "unknown"}, "weights.form", "difference to the base", "与基座的差值"),
        ("license", {"weights": ["free"]}, "license.weights", "License yes", "License yes"),
        ("license", {"weights": "undisclosed"}, "license.weights", "not disclosed", "未公开"),
        ("lineage", {"bases": []}, "lineage.bases", "trained from scratch", "从头训练"),
        (
            "lineage",
            {"bases": [], "own_base": "unpublished"},
            "lineage.own_base",
            "pretrained by its maker, never published",
            "由其自行预训练，从未公开",
        ),
        (
            "lineage",
            {"bases": [{"checkpoint": "root", "relation": "fine-tuned"}]},
            "lineage.bases",
            "fine-tuned from Checkpoint",
            "微调自 Checkpoint",
        ),
        (
            "release",
            {"date": "2023-05", "events": [{"date": "2023-06-01", "what": TEXT}]},
            "release.events",
            "2023-06-01: Words.",
            "2023-06-01: 文字。",
        ),
        (
            "weights",
            {"form": "full", "loader": "native", "runtime": {"torch": ">=2"}},
            "weights.runtime",
            "torch >=2",
            "torch >=2",
        ),
    ],
)
def test_values_read_as_people_read_them(
    block: str, fields: dict[str, Any], path: str, english: str, chinese: str
) -> None:
    blocks: dict[str, Any] = {block: {"evidence": "readme", **fields}}
    assert of_checkpoint("en", **blocks)[path].text == english
    assert of_checkpoint("zh", **blocks)[path].text == chinese


def test_references_and_repositories_lead_somewhere() -> None:
    found = of_checkpoint(
        license={"evidence": "readme", "weights": ["free"]},
        hub={"evidence": "readme", "repository": "lab/x", "access": "open"},
    )
    assert (found["license.weights"].parts[0].kind, found["license.weights"].parts[0].id) == ("license", "free")
    assert found["hub.repository"].parts[0].url == "https://huggingface.co/lab/x"


def test_unknown_is_no_fact() -> None:
    assert of_checkpoint(parameters={"evidence": "readme", "total": "unknown"}) == {}


@pytest.fixture(scope="module")
def good() -> Catalog:
    return read(GOOD).catalog


def test_a_checkpoint_shows_inherited_blocks_as_shared(good: Catalog) -> None:
    view = entry_view(good, "checkpoint", "small-70m-chat")
    shared = {section.block: section.shared for section in view.sections}
    assert shared["training"]
    assert not shared["license"]
    assert rows(view)["training.datasets"].path == ("defaults", "training", "datasets")
    assert rows(view)["license.weights"].path == ("checkpoints", "small-70m-chat", "license", "weights")


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("family", "small"),
        ("dataset", "pages"),
        ("benchmark", "quiz"),
        ("license", "free"),
        ("tool", "runner"),
        ("technique", "rounding"),
        ("application", "writer"),
    ],
)
def test_every_kind_of_entry_can_be_shown(good: Catalog, kind: str, key: str) -> None:
    view = entry_view(good, kind, key, "zh")
    assert view.title
    assert view.summary


def test_what_is_missing_or_no_entry_is_a_key_error(good: Catalog) -> None:
    for kind, key in (("family", "nobody"), ("tool", "nothing"), ("source", "small-repository"), ("spoon", "x")):
        with pytest.raises(KeyError):
            entry_view(good, kind, key)
