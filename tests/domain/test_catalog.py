"""The catalog's indexes, the facts of entries, and what is comparable."""

from __future__ import annotations

from pathlib import Path

import pytest

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.claim import Claim
from gptalt_catalog.domain.comparison import comparable, differ, items_of, rankable, standard_error
from gptalt_catalog.domain.family import Family, Languages, Shape
from gptalt_catalog.domain.parameter_count import parameters_of
from gptalt_catalog.domain.structure import field_shapes, model_at, references
from tests.catalogs import GOOD, copy_of_good, read


@pytest.fixture(scope="module")
def good() -> Catalog:
    return read(GOOD).catalog


def test_indexes(good: Catalog) -> None:
    assert good.about is not None
    assert good.about.date == "2026-11-01"
    kinds = (
        good.families, good.datasets, good.benchmarks, good.tools, good.techniques, good.applications, good.suites,
        good.verifications, good.organizations, good.tasks, good.defects,
    )  # fmt: skip
    assert [len(kind) for kind in kinds] == [1] * len(kinds)
    assert list(good.languages) == ["en", "zh"]
    assert list(good.verifications) == ["small-70m/2026-11-01"]
    assert [key for _, key, _ in good.statements] == ["best-of-small"]
    assert [m.checkpoint for _, m in good.measurements] == ["small-70m"]
    assert good.seen == {"small-repository": "2026-11-01"}
    assert len(good.claims_by_target["small-70m"]) == 3
    assert len(good.claims_by_protocol["quiz.acc.unknown"]) == 1
    assert good.files["models/small.yaml"].id == "small"
    assert good.protocol_benchmark["quiz.acc.unknown"] == "quiz"


def test_facts_take_the_weakest_status(good: Catalog) -> None:
    family = good.families["small"]
    facts = list(family.facts())
    assert {fact.status for fact in facts} == {"confirmed"}
    assert ("checkpoints", "small-70m", "shape", "layers") in [fact.path for fact in facts]
    assert family.title("zh") == "Small"
    assert good.organizations["example"].names["zh"] == "示例实验室"


def test_a_checkpoint_has_its_own_blocks_and_the_defaults(good: Catalog) -> None:
    chat = good.checkpoints["small-70m-chat"]
    assert chat.license is not None
    assert chat.license.weights == ("research",)
    assert "license" not in chat.inherited
    assert [path for path, _ in chat.blocks()][:2] == [("release",), ("hub",)]


def test_a_light_entry_has_no_checkpoints() -> None:
    light = Family.model_validate(
        {"name": "Closed", "summary": {"en": "Not open."}, "domain": "language", "organizations": ("example",)}
    )
    assert light.resolve("closed") == {}
    assert list(light.blocks()) == []


def test_languages_each_once() -> None:
    assert Languages(trained=("en", "zh"), claimed=("zh", "de"), evaluated=("en",)).all_codes() == ("en", "zh", "de")


def _claims(good: Catalog) -> tuple[Claim, ...]:
    return good.claims


def test_claims(good: Catalog) -> None:
    exact, other, third, unstated = _claims(good)
    assert str(exact.fraction) == "0.305"
    assert str(exact.half_unit) == "0.0005"
    assert (exact.target, unstated.target) == ("small-70m", "small")
    assert rankable(good, exact)
    assert not rankable(good, unstated)
    assert not comparable(good.protocols["quiz.acc.unknown"])
    assert good.protocols["quiz.acc.unknown"].unknown_parts() == ("shots", "prompt", "scoring", "harness")
    assert (items_of(good, exact), items_of(good, other)) == (200, 200)
    assert standard_error(good, exact) == pytest.approx(0.0326)
    assert standard_error(good, other) == pytest.approx(0.0329, abs=1e-4)
    assert not differ(good, exact, third)


def test_fractions_and_unknown_sizes(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    claims = root / "claims" / "small-repository.yaml"
    text = claims.read_text(encoding="utf-8").replace("unit: percent", "unit: fraction", 1)
    for percent, fraction in (("30.5", "0.305"), ("31.5", "0.315"), ("32.5", "3.25e-1"), ("3.26", "0.0326")):
        text = text.replace(f'"{percent}"', f'"{fraction}"')
    claims.write_text(text, encoding="utf-8")
    quiz = root / "benchmarks" / "quiz.yaml"
    quiz.write_text(
        quiz.read_text(encoding="utf-8").replace("splits: {test: 200}", "splits: unknown"), encoding="utf-8"
    )
    catalog = read(root).catalog
    exact, other, last, _ = catalog.claims
    assert str(exact.half_unit) == "0.0005"
    assert float(last.half_unit) == pytest.approx(0.0005)
    assert standard_error(catalog, exact) == pytest.approx(0.0326)
    assert items_of(catalog, other) is None
    assert standard_error(catalog, other) is None
    assert not differ(catalog, exact, other)


def test_references_name_their_places(good: Catalog) -> None:
    found = {(place, kind, name) for place, kind, name in references(good.families["small"])}
    assert (("organizations", 0), "organization", "example") in found
    assert (("checkpoints", "small-70m-chat", "lineage", "bases", 0, "checkpoint"), "checkpoint", "small-70m") in found
    assert (("evidence", "readme", "source"), "source", "small-repository") in found


def test_structure() -> None:
    assert model_at(Family, ("checkpoints", "x", "shape")) is Shape
    assert model_at(Family, ("name", "x")) is None
    assert model_at(Family, ("nothing",)) is None
    assert model_at(Family, ()) is Family
    assert [shape.name for shape in field_shapes(Family)][:3] == ["name", "names", "aliases"]


def _shape(**changes: object) -> Shape:
    base: dict[str, object] = {
        "architecture": "X", "design": "decoder", "layers": 2, "hidden": 8, "heads": 2, "ffn": 16, "vocabulary": 100,
        "context": 32, "positions": "rotary", "tied_embeddings": True, "gated_ffn": True,
    }  # fmt: skip
    return Shape.model_validate(base | changes)


def test_parameter_counts() -> None:
    plain = 100 * 8 + 2 * (4 * 64 + 3 * 8 * 16 + 2 * 8)
    assert parameters_of(_shape()) == plain
    assert parameters_of(_shape(tied_embeddings=False)) == plain + 800
    assert parameters_of(_shape(positions="learned")) == plain + 32 * 8
    assert parameters_of(_shape(kv_heads=1)) == plain - 2 * (2 * 8 * 4)
    assert parameters_of(_shape(embedding_width=4)) == plain - 400
    assert parameters_of(_shape(gated_ffn=False)) == plain - 2 * 8 * 16 + 2 * (7 * 8 + 16)
    experts = parameters_of(_shape(experts=4, expert_ffn=4, dense_layers=1, shared_ffn=4))
    assert experts == plain - 3 * 8 * 16 + 4 * (3 * 8 * 4 + 8) + 3 * 8 * 4
    assert parameters_of(_shape(experts=4)) == plain + 2 * (3 * 3 * 8 * 16 + 4 * 8)
    encoder = 3 * (4 * 64 + 3 * 8 * 16 + 2 * 8)
    assert parameters_of(_shape(design="encoder-decoder", encoder_layers=3)) == plain + encoder + 2 * 4 * 64
    recurrent = parameters_of(_shape(design="recurrent", heads=None))
    assert recurrent == 800 + 2 * (3 * 8 * 16) + 2 * (5 * 64 + 11 * 8)


@pytest.mark.parametrize(
    "changes",
    [
        {"layers": "unknown"}, {"ffn": None}, {"heads": None}, {"positions": "learned", "context": "unknown"}, {"design": "hybrid"},
        {"design": "encoder-decoder"}, {"kv_rank": 512}, {"tied_embeddings": "unknown"}, {"experts": 4, "ffn": "undisclosed"},
    ],
)  # fmt: skip
def test_no_count_from_half_a_shape(changes: dict[str, object]) -> None:
    assert parameters_of(_shape(**changes)) is None
