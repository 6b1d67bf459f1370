"""The JSON Schemas accept every entry, refuse what the types refuse, and the skeletons are invalid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from gptalt_catalog.domain.kinds import BY_NAME, KINDS
from gptalt_catalog.loading.files import CatalogFile, walk
from gptalt_catalog.loading.formatting import formatted
from gptalt_catalog.loading.schemas import schema_files, schema_of
from gptalt_catalog.loading.skeletons import skeleton
from gptalt_catalog.loading.tree import read_tree
from tests.catalogs import BAD, CHECKOUT, GOOD

VALIDATORS = {kind.name: Draft202012Validator(schema_of(kind)) for kind in KINDS}


def _lists(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_lists(item) for item in value]
    return {key: _lists(item) for key, item in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_schema_is_a_schema(kind: Any) -> None:
    Draft202012Validator.check_schema(schema_of(kind))


@pytest.mark.parametrize("root", [GOOD, CHECKOUT / "catalog"], ids=["small", "real"])
def test_every_entry_is_accepted(root: Path) -> None:
    count = 0
    for found in walk(root):
        assert isinstance(found, CatalogFile)
        value = read_tree((root / found.file).read_bytes()).value
        errors = [e.message for e in VALIDATORS[found.kind.name].iter_errors(_lists(value))]
        assert errors == [], found.file
        count += 1
    assert count > 15


@pytest.mark.parametrize(
    "code", ["unknown-key", "missing-key", "bad-value", "wrong-type", "bad-length", "link-scheme", "bad-quantity"]
)
def test_editors_complain_too(code: str) -> None:
    text = (BAD / f"{code}.yaml").read_text(encoding="utf-8")
    kind = {"models": "family", "claims": "claims"}[text.split("\n", 1)[0].removeprefix("# as: ").split("/")[0]]
    assert list(VALIDATORS[kind].iter_errors(_lists(read_tree(text.encode()).value)))


def test_committed_schemas_are_current() -> None:
    folder = CHECKOUT / "schema"
    assert {p.name: p.read_text(encoding="utf-8") for p in folder.iterdir()} == schema_files()


def test_schema_files_are_json() -> None:
    assert json.loads(schema_files()["family.schema.json"])["title"] == "gptalt-catalog: family"


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_skeletons_are_invalid_until_filled(kind: Any) -> None:
    text = skeleton(kind, "new-7b")
    tree = read_tree(text.encode())
    assert tree.value is not None
    with pytest.raises(ValidationError):
        kind.model.model_validate(tree.value)


def test_a_filled_skeleton_is_valid_and_canonical() -> None:
    kind = BY_NAME["source"]
    text = skeleton(kind, "new").replace("title:", "title: A page").replace("kind:", "kind: web-page")
    text = text.replace("url:", "url: https://example.org").replace("\nseen:", '\nseen: "2026-11-01"')
    tree = read_tree(text.encode())
    kind.model.model_validate(tree.value)
    assert formatted(text, CatalogFile("sources/new.yaml", "new", kind)).endswith(text.split("\n", 2)[2])


def test_the_family_skeleton_tells_the_vocabularies() -> None:
    text = skeleton(BY_NAME["family"], "new-7b")
    assert "  new-7b:\n" in text
    assert "one of: base, instruct, chat, code, multimodal, scientific" in text
    assert "a list of ids of license" in text
