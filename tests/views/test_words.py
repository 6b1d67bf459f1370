from __future__ import annotations

import inspect
from typing import Any, Literal, get_args, get_origin

import pytest

from gptalt_catalog.domain import corpus, family, license, resource  # noqa: A004  the module's name is the field's
from gptalt_catalog.domain.claim import NOT_RANKED, Protocol
from gptalt_catalog.domain.evidence import Block
from gptalt_catalog.views.facts import VERBATIM
from gptalt_catalog.views.words import FIELDS, VALUES, Word, block_label, field_label, kind_label, value_label

BLOCK_NAMES: dict[str, type[Block]] = {
    "release": family.Release, "announced": family.Release, "openness": family.Openness, "hub": family.Hub,
    "parameters": family.Parameters, "shape": family.Shape, "weights": family.Weights, "lineage": family.Lineage,
    "license": family.License, "languages": family.Languages, "training": family.Training, "prompt": family.Prompt,
    "size": corpus.Size, "origin": corpus.Origin, "rights": corpus.Rights, "coverage": corpus.Coverage,
    "items": corpus.Items, "project": resource.Project, "publication": resource.Publication,
    "service": resource.Service, "terms": license.Terms,
}  # fmt: skip


def words_of(annotation: Any) -> set[str]:
    if get_origin(annotation) is Literal:
        return {value for value in get_args(annotation) if isinstance(value, str)}
    return {word for inner in get_args(annotation) for word in words_of(inner)}


def test_every_block_type_is_known_here() -> None:
    types = {
        value
        for module in (family, corpus, license, resource)
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Block) and value is not Block
    }
    assert types == set(BLOCK_NAMES.values())


@pytest.mark.parametrize("block", BLOCK_NAMES)
def test_every_fact_has_a_label_and_every_value_a_word(block: str) -> None:
    model = BLOCK_NAMES[block]
    assert block_label(block, "zh") != block
    for name in model.fact_fields():
        assert f"{block}.{name}" in FIELDS
        if name not in VERBATIM:
            for value in words_of(model.model_fields[name].annotation):
                assert f"{name}:{value}" in VALUES or value in VALUES, f"{block}.{name} = {value}"


def test_parts_of_protocols_roles_and_flags_have_words() -> None:
    fields = {**Protocol.model_fields, "roles": family.CheckpointEntry.model_fields["roles"]}
    values = {word for name, info in fields.items() for word in words_of(info.annotation)} | NOT_RANKED
    values |= words_of(resource.Tool.model_fields["category"].annotation)
    values |= words_of(resource.Technique.model_fields["category"].annotation)
    values |= words_of(resource.Application.model_fields["field"].annotation)
    values |= words_of(resource.Source.model_fields["kind"].annotation)
    values |= words_of(family.Base.model_fields["relation"].annotation)
    values |= words_of(license.Terms.model_fields["conditions"].annotation)
    assert {value for value in values if value not in VALUES and f"relation:{value}" not in VALUES} == set()


@pytest.mark.parametrize("table", [FIELDS, VALUES])
def test_no_word_is_empty(table: dict[str, Word]) -> None:
    assert all(word.en and word.zh for word in table.values())


def test_what_has_no_word_is_shown_as_it_is() -> None:
    assert value_label("int3", "zh") == "int3"
    assert field_label("shape", "new_field", "en") == "new field"
    assert block_label("news", "en") == "news"
    assert kind_label("spoon", "en", plural=True) == "spoon"
