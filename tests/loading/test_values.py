"""Single values are set, and nothing else changes."""

from __future__ import annotations

import pytest

from gptalt_catalog.loading.tree import read_tree
from gptalt_catalog.loading.values import ValueRefusedError, with_value

SUITE = """\
# a comment
version: 1 # raised by hand
tasks:
  - {protocol: a.b, data_repository: lab/data} # flow
  - protocol: c.d
    data_repository: lab/other # block
    data_revision: pending
"""
COMMIT = "0123456789abcdef" * 2 + "01234567"


def test_a_number_is_replaced_and_its_comment_stays() -> None:
    assert with_value(SUITE, ("version",), 2) == SUITE.replace("version: 1 #", "version: 2 #")


def test_a_new_key_in_a_mapping_of_one_line() -> None:
    changed = with_value(SUITE, ("tasks", 0, "data_revision"), COMMIT, ["data_repository"])
    assert changed == SUITE.replace("lab/data}", f"lab/data, data_revision: {COMMIT}}}")


def test_a_value_in_a_mapping_of_lines_and_a_new_key_below_its_neighbor() -> None:
    place = ("tasks", 1, "data_revision")
    changed = with_value(SUITE, place, COMMIT)
    assert changed == SUITE.replace("data_revision: pending", f"data_revision: {COMMIT}")
    without = SUITE.replace("    data_revision: pending\n", "")
    below = with_value(without, place, COMMIT, ["no_such", "data_repository"])
    assert below == without + f"    data_revision: {COMMIT}\n"


@pytest.mark.parametrize("text", ["1" * 7, "12e4", "true", "null"])
def test_a_text_that_looks_like_something_else_is_quoted(text: str) -> None:
    changed = with_value(SUITE, ("tasks", 1, "data_revision"), text)
    assert f'data_revision: "{text}"' in changed
    tree = read_tree(changed.encode()).value
    assert tree is not None
    assert tree["tasks"][1]["data_revision"] == text


@pytest.mark.parametrize("written", ['"pending"', "'pending'"])
def test_quotes_are_replaced_too(written: str) -> None:
    quoted = SUITE.replace("data_revision: pending", f"data_revision: {written}")
    assert with_value(quoted, ("tasks", 1, "data_revision"), "main").endswith("data_revision: main\n")


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a: [1", ("a",), "line 2"),
        ("a: {b: 1}\n", ("a", "c"), "there is no place for a.c"),
        ("a: >-\n  long\n", ("a",), "line 1: the value is not written on one line"),
        ("a: first\n  second\n", ("a",), "a is written in an unusual way"),
    ],
)
def test_what_is_refused(text: str, place: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueRefusedError, match=said):
        with_value(text, place, "new", ["x"])
