"""The tree of a file: YAML 1.2's core schema, the same as ruamel.yaml's, and nothing hostile gets through."""

from __future__ import annotations

import io
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from gptalt_catalog.loading.tree import MAX_DEPTH, Mark, read_tree, resolve
from tests.catalogs import CHECKOUT

_KEYS = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True).filter(lambda k: k not in ("null", "true", "false"))
_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"], exclude_characters="\ufeff\x85"),
    max_size=40,
)
_SCALARS = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9) | _TEXT | st.sampled_from(
    ["no", "on", "2023-03-14", "1:30", "0o17", "0x1F", "1e3", "1_000", "~", "yes", ".5", "-.inf", "+1", "0123", "08", "=", "<<"]
)  # fmt: skip
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4), max_leaves=20
)


def _plain(value: Any) -> Any:
    """ruamel's types as plain ones, lists as tuples."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return tuple(_plain(v) for v in value)
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return str(value)


@given(st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=5), st.booleans())
def test_same_as_ruamel(document: dict[str, Any], flow: bool) -> None:
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = flow
    writer.allow_unicode = True
    stream = io.StringIO()
    writer.dump(document, stream)
    text = stream.getvalue()
    fast = read_tree(text.encode())
    exact = read_tree(text.encode(), marks=True)
    assert fast.value == exact.value
    if fast.faults:  # YAML 1.2 allows a little more than libyaml: refused, never misread
        assert flow or "\t" in text
        assert fast.faults[0].code in ("yaml-syntax", "yaml-tab")
    else:
        assert fast.value == _plain(YAML(typ="rt", pure=True).load(text))


@pytest.mark.parametrize("path", sorted((CHECKOUT / "catalog").rglob("*.yaml"))[::12], ids=lambda p: p.name)
def test_real_files_same_as_ruamel(path: Any) -> None:
    data = path.read_bytes()
    assert read_tree(data).value == _plain(YAML(typ="rt", pure=True).load(data.decode()))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("on", "on"), ("2023-03-14", "2023-03-14"), ("true", True), ("True", True), ("null", None), ("~", None),
        ("12", 12), ("-7", -7), ("0o17", 15), ("0x1f", 31), ("0123", 123), ("1e3", 1000.0), (".5", 0.5), ("1_000", "1_000"),
        ("1:30", "1:30"), ("+3", 3), ("-", "-"), (".inf", math.inf), ("-.inf", -math.inf), ("1.5.0", "1.5.0"), ("9" * 31, "9" * 31),
    ],
)  # fmt: skip
def test_core_schema(text: str, value: object) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


def test_not_a_number_is_read_as_one() -> None:
    assert math.isnan(resolve(".nan"))


def test_quotes_make_text() -> None:
    assert read_tree(b"a: '12'\nb: \"no\"\nc: >-\n  1\n").value == {"a": "12", "b": "no", "c": "1"}


def test_marks() -> None:
    tree = read_tree(b"# comment\na: 1\nb:\n  - x\n  - {c: yes}\n", marks=True)
    assert tree.marks["a",] == Mark(2, 4, 2, 1)
    assert tree.marks["b", 0] == Mark(4, 5, 4, 5)
    assert tree.marks["b", 1, "c"] == Mark(5, 9, 5, 6)
    assert tree.mark_of(("b", 1, "missing")) == tree.marks["b", 1]
    assert tree.mark_of(("nowhere",)) == tree.marks[()]
    assert tree.block_mappings == {()}


@pytest.mark.parametrize("data", [b"", b"# only a comment\n", b"just text\n", b"- a\n- b\n", b"12\n", b"--- \n...\n"])
def test_no_mapping(data: bytes) -> None:
    tree = read_tree(data)
    assert tree.value is None
    assert [f.code for f in tree.faults] == ["yaml-not-mapping"]


BOMB = b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (c + 1, c + 1, c, c) for c in range(ord("a"), ord("y")))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (BOMB, "yaml-anchor"),
        (b"a: *nothing\n", "yaml-anchor"),
        (b"a: &x {b: 1}\n", "yaml-anchor"),
        (b"a: !!binary aGk=\n", "yaml-tag"),
        (b"a: ! x\n", "yaml-tag"),
        (b"!!map {a: 1}\n", "yaml-tag"),
        (b"a: !<tag:x> [1]\n", "yaml-tag"),
        (b"a: " + b"[" * 100_000, "yaml-depth"),
        (b"a: " + b"{b: " * 1000, "yaml-depth"),
        (b"".join(b" " * i + b"a:\n" for i in range(200)), "yaml-depth"),
        (b"a: 1\na: 2\n", "yaml-duplicate-key"),
        (b"a: {b: 1, b: 2}\n", "yaml-duplicate-key"),
        (b"a: 1\n---\nb: 2\n", "yaml-documents"),
        (b"%YAML 1.1\n---\na: 1\n", "yaml-documents"),
        (b"%TAG ! tag:x,2000:\n---\na: 1\n", "yaml-documents"),
        (b"? [a, b]\n: 1\n", "yaml-key"),
        (b"{a: 1}: 2\n", "yaml-key"),
        (b"a: 'open\n", "yaml-syntax"),
        (b'a: "open\n', "yaml-syntax"),
        (b"a: [1, 2\n", "yaml-syntax"),
        (b"a: b: c\n", "yaml-syntax"),
        (b"a: 1\nb\nc: 2\n", "yaml-syntax"),
        (b"a\nb: 1\n", "yaml-syntax"),
        (b"a: @x\n", "yaml-syntax"),
        (b"a: \x07\n", "yaml-control"),
        ("a: \ud800\n".encode("utf-8", "surrogatepass"), "yaml-encoding"),
        ("\ufeffa: 1\n".encode(), "yaml-encoding"),
        ("a: 1\n".encode("utf-16"), "yaml-encoding"),
        (b"a: \xff\n", "yaml-encoding"),
        (b"a: 1\0\n", "yaml-control"),
        (b"a:\t1\n", "yaml-tab"),
        (b"x" * 5_000_000, "file-too-large"),
    ],
)
def test_hostile(data: bytes, code: str) -> None:
    for marks in (False, True):
        tree = read_tree(data, marks=marks)
        assert tree.value is None
        assert [f.code for f in tree.faults] == [code]
        assert tree.faults[0].line >= 1
        assert tree.faults[0].column >= 1


def test_at_the_limit_of_depth() -> None:
    assert read_tree(b"a: " + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1)).faults == []


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    tree = read_tree(data, marks=True)
    assert (tree.value is None) == bool(tree.faults)


@given(st.text("ab:-[]{}#&*!|>'\"%@`, \n?", max_size=60))
def test_any_yaml_like_text(text: str) -> None:
    tree = read_tree(text.encode(), marks=True)
    assert (tree.value is None) == bool(tree.faults)
    assert tree.value == read_tree(text.encode()).value
