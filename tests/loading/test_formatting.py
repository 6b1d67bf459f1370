"""``fmt``: canonical order, nothing lost, and the same again when run twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from gptalt_catalog.domain.kinds import BY_NAME
from gptalt_catalog.loading.files import CatalogFile, walk
from gptalt_catalog.loading.formatting import FormatRefusedError, formatted
from gptalt_catalog.loading.tree import read_tree
from tests.catalogs import CHECKOUT, GOOD

FAMILY = CatalogFile("models/x.yaml", "x", BY_NAME["family"])
HEAD = "# yaml-language-server: $schema=../../schema/family.schema.json\n"


@pytest.mark.parametrize("root", [GOOD, CHECKOUT / "catalog"], ids=["small", "real"])
def test_canonical_already(root: Path) -> None:
    for found in walk(root):
        assert isinstance(found, CatalogFile)
        text = (root / found.file).read_text(encoding="utf-8")
        assert formatted(text, found) == text, found.file


MESSY = """\
# kept at the top
domain: language   # what it is made for
# above the name
name: X
checkpoints:

  # above a
  a:
    hub:
      repository: o/a
      evidence: readme
    # above the name of a
    name: A
    roles: [base]

  b: {roles: [base], name: B}
links:
  # above the first link
  - url: "https://example.org"   # where
    kind: code
  - {url: "https://example.org/2", kind: code}
summary:
  zh: 文
  en: >-
    text
    # no comment
"""

NEAT = (
    HEAD
    + """\
# kept at the top
# above the name
name: X
summary:
  en: >-
    text
    # no comment
  zh: 文
links:
  # above the first link
  - kind: code
    url: "https://example.org"   # where
  - {url: "https://example.org/2", kind: code}
domain: language   # what it is made for
checkpoints:

  # above a
  a:
    # above the name of a
    name: A
    roles: [base]

    hub:
      evidence: readme
      repository: o/a
  b: {roles: [base], name: B}
"""
)


def test_order_and_comments() -> None:
    assert formatted(MESSY, FAMILY) == NEAT
    assert formatted(NEAT, FAMILY) == NEAT
    assert read_tree(NEAT.encode()).value == read_tree(MESSY.encode()).value


def test_line_ends_and_spaces() -> None:
    assert formatted("name: X  \r\ndomain: language\r\n\r\n\n", FAMILY) == HEAD + "name: X\ndomain: language\n"


def test_spaces_that_are_text_are_kept() -> None:
    text = HEAD + "name: X\nsummary:\n  en: |\n    one  \n    two\n"
    assert formatted(text, FAMILY) == text


def test_another_schema_line_is_replaced() -> None:
    assert formatted("# yaml-language-server: $schema=x.json\nname: X\n", FAMILY) == HEAD + "name: X\n"


def test_nested_file_knows_its_way_up() -> None:
    found = CatalogFile("verifications/a/b.yaml", "a/b", BY_NAME["verification"])
    assert formatted("date: 2026\n", found).startswith("# yaml-language-server: $schema=../../../schema/verification")


def test_unreadable_is_refused() -> None:
    with pytest.raises(FormatRefusedError, match="line 1: the file contains a tab"):
        formatted("name:\tX\n", FAMILY)


def test_what_would_lose_a_comment_is_refused() -> None:
    # a comment of another indentation belongs to no key, so moving the keys would give it to another
    text = "domain: language\n   # stray\nname: X\n"
    try:
        result = formatted(text, FAMILY)
    except FormatRefusedError:
        return
    assert "# stray" in result


@pytest.mark.parametrize(
    "text",
    [
        "{domain: language, name: X}\n",
        "?\n  domain\n: language\nname: X\n",
        "? domain\n: language\n? name\n: X\n",
        "checkpoints: {b: {name: B}, a: {roles: [base]}}\nname: X\n",
        "links: [{url: u, kind: code}]\nname: X\n",
        "links:\n-\n  url: u\n  kind: code\nname: X\n",
        "summary: {zh: a,\n  en: b}\nname: X\n",
        "checkpoints:\n  a: {}\n  b:\nname: X\n",
        "unknown: 1\nname: X\n",
        "links: []\nsurvey:\nname: X\n",
    ],
)
def test_any_layout_keeps_its_values(text: str) -> None:
    try:
        result = formatted(text, FAMILY)
    except FormatRefusedError:
        return
    assert read_tree(result.encode()).value == read_tree(text.encode()).value
    assert formatted(result, FAMILY) == result
