"""Canonical form of a catalog file: key order as in the types, the schema line, no stray spaces.

Text is moved, never written anew: quotes, line breaks and comments stay as their author put them.
A comment directly above a key moves with it. After a change, the round-trip loader of ruamel.yaml
confirms that the values are the same and that no comment is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gptalt_catalog.domain.base import Model
from gptalt_catalog.domain.structure import field_shapes
from gptalt_catalog.loading.files import CatalogFile
from gptalt_catalog.loading.tree import Place, Tree, read_tree

_SCHEMA_LINE = re.compile(r"#\s*yaml-language-server:.*")


class FormatRefused(Exception):
    """The file cannot be formatted without a risk of losing something; it is left as it is."""


def schema_line(found: CatalogFile) -> str:
    """The first line of an entry, which tells editors where its JSON Schema is."""
    up = "../" * (found.file.count("/") + 1)
    return f"# yaml-language-server: $schema={up}schema/{found.kind.name}.schema.json"


def formatted(text: str, found: CatalogFile) -> str:
    """The canonical form of a file's text. Formatting twice changes nothing more.

    Raises :class:`FormatRefused` if the file is not readable YAML or would lose something.
    """
    tree = read_tree(text.encode(), marks=True)
    if tree.value is None:
        raise FormatRefused(f"line {tree.faults[0].line}: {tree.faults[0].message}")
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    first = tree.marks[()].key_line - 1
    head = [line for line in lines[:first] if line.strip() and not _SCHEMA_LINE.fullmatch(line)]
    body = _mapping(tree, lines, (), found.kind.model, first, len(lines))
    stripped = [line.rstrip() for line in body]
    for candidate in (stripped, body):  # spaces at a line's end may be part of a block text
        result = "\n".join([schema_line(found), *head, *candidate]) + "\n"
        if result == text or _same(text, result, tree.value):
            return result
    raise FormatRefused("its layout is unusual; write one key a line and put comments above keys")


def _same(before: str, after: str, value: dict[str, Any]) -> bool:
    again = read_tree(after.encode()).value
    return again == value and _comments(before) == _comments(after)


def _comments(text: str) -> list[str]:
    """The comments of a text as ruamel.yaml's scanner finds them, sorted, without the schema line."""
    from ruamel.yaml import YAML
    from ruamel.yaml.tokens import CommentToken

    found: list[str] = []

    def collect(node: Any) -> None:
        if isinstance(node, CommentToken):
            found.extend(line.strip() for line in node.value.splitlines())
        elif isinstance(node, list | tuple):
            for item in node:
                collect(item)

    def visit(value: Any) -> None:
        comments = getattr(value, "ca", None)
        if comments is not None:
            collect([comments.comment, list(comments.items.values()), comments.end])
        for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
            visit(item)

    visit(YAML(typ="rt").load(text))
    return sorted(line for line in found if line and not _SCHEMA_LINE.fullmatch(line))


def _mapping(tree: Tree, lines: list[str], place: Place, model: type[Model] | None, start: int, end: int) -> list[str]:
    """The lines ``start`` to ``end`` (exclusive), which hold a block mapping, in canonical order."""
    value = _at(tree.value, place)
    if place not in tree.block_mappings or not value:
        return lines[start:end]
    marks = [tree.marks[(*place, key)] for key in value]
    at = [mark.key_line - 1 for mark in marks]
    column = marks[0].key_column - 1
    if at[0] != start or any(mark.key_column - 1 != column for mark in marks) or sorted(set(at)) != at:
        return lines[start:end]
    begins = [start, *(_with_comments(lines, line, column, at[i]) for i, line in enumerate(at[1:]))]
    prefix = lines[start][:column]
    blocks: dict[str, list[str]] = {}
    for i, key in enumerate(value):
        stop = begins[i + 1] if i + 1 < len(begins) else end
        above = lines[begins[i] : at[i]]
        inner = _value(tree, lines, (*place, key), model, at[i], stop)
        blocks[key] = [*above, inner[0][column:], *inner[1:]]
    ordered = [blocks[key] for key in _order(list(value), model)]
    return [line for i, block in enumerate(ordered) for line in _indented(block, prefix if i == 0 else " " * column, column)]


def _order(keys: list[str], model: type[Model] | None) -> list[str]:
    if model is None:
        return keys
    rank = {shape.name: i for i, shape in enumerate(field_shapes(model))}
    return sorted(keys, key=lambda key: rank.get(key, len(rank)))


def _indented(block: list[str], prefix: str, column: int) -> list[str]:
    """A block with ``prefix`` before its key line, the first that is not a comment of its own."""
    key_line = next(i for i, line in enumerate(block) if not line.startswith(" " * column + "#"))
    return [*block[:key_line], prefix + block[key_line], *block[key_line + 1 :]]


def _with_comments(lines: list[str], line: int, column: int, floor: int) -> int:
    """The first of the comment lines directly above ``line`` at the same indentation."""
    while line - 1 > floor and lines[line - 1].startswith(" " * column + "#"):
        line -= 1
    return line


def _value(tree: Tree, lines: list[str], place: Place, holder: type[Model] | None, start: int, end: int) -> list[str]:
    """The lines of one key and its value, the value in canonical order."""
    shape = next((s for s in field_shapes(holder) if s.name == place[-1]), None) if holder else None
    value = _at(tree.value, place)
    if shape is None or shape.model is None or not value:
        return lines[start:end]
    if shape.container == "map" and isinstance(value, dict) and place in tree.block_mappings:
        children: list[Place] = [(*place, key) for key in value]
        begins = [tree.marks[child].key_line - 1 for child in children]
        return _spread(tree, lines, children, shape.model, begins, start, end, keyed=True)
    if isinstance(value, tuple):
        children = [(*place, i) for i in range(len(value))]
        begins = [tree.marks[child].line - 1 for child in children]
        return _spread(tree, lines, children, shape.model, begins, start, end, keyed=False)
    if isinstance(value, dict) and place in tree.block_mappings:
        first = tree.marks[place].line - 1
        return [*lines[start:first], *_mapping(tree, lines, place, shape.model, first, end)]
    return lines[start:end]


def _spread(
    tree: Tree, lines: list[str], children: list[Place], model: type[Model], begins: list[int], start: int, end: int, *, keyed: bool
) -> list[str]:
    """The lines of a map's or a list's members, each in canonical order, themselves left in place."""
    if sorted(set(begins)) != begins or begins[0] <= start:
        return lines[start:end]
    result = lines[start : begins[0]]
    for child, begin, stop in zip(children, begins, [*begins[1:], end], strict=True):
        first = tree.marks[child].line - 1 if keyed else begin
        if child in tree.block_mappings and first >= begin:
            result += [*lines[begin:first], *_mapping(tree, lines, child, model, first, stop)]
        else:
            result += lines[begin:stop]
    return result


def _at(value: Any, place: Place) -> Any:
    for step in place:
        value = value[step]
    return value
