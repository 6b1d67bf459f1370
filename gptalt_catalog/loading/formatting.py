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


class FormatRefusedError(Exception):
    """The file cannot be formatted without a risk of losing something; it is left as it is."""


def schema_line(found: CatalogFile) -> str:
    """The first line of an entry, which tells editors where its JSON Schema is."""
    up = "../" * (found.file.count("/") + 1)
    return f"# yaml-language-server: $schema={up}schema/{found.kind.name}.schema.json"


def formatted(text: str, found: CatalogFile) -> str:
    """The canonical form of a file's text. Formatting twice changes nothing more.

    Raises :class:`FormatRefusedError` if the file is not readable YAML or would lose something.
    """
    tree = read_tree(text.encode(), marks=True)
    if tree.value is None:
        raise FormatRefusedError(f"line {tree.faults[0].line}: {tree.faults[0].message}")
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    first = tree.marks[()].key_line - 1
    head = [line for line in lines[:first] if line.strip() and not _SCHEMA_LINE.fullmatch(line)]
    body = _Orderer(tree, lines).mapping((), found.kind.model, first, len(lines))
    stripped = [line.rstrip() for line in body]
    for candidate in (stripped, body):  # spaces at a line's end may be part of a block text
        result = "\n".join([schema_line(found), *head, *candidate]) + "\n"
        if result == text or _same(text, result, tree.value):
            return result
    raise FormatRefusedError("its layout is unusual; write one key a line and put comments above keys")


def _same(before: str, after: str, value: dict[str, Any]) -> bool:
    again = read_tree(after.encode()).value
    return again == value and _comments(before) == _comments(after)


def _comments(text: str) -> list[str]:
    """The comments of a text as ruamel.yaml's scanner finds them, sorted, without the schema line."""
    from ruamel.yaml import YAML
    from ruamel.yaml.tokens import CommentToken

    found: dict[int, str] = {}  # by the place in the text: some hang on two nodes

    def collect(node: Any) -> None:
        if isinstance(node, CommentToken):
            found[node.start_mark.index] = node.value
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
    lines = (line.strip() for value in found.values() for line in value.splitlines())
    return sorted(line for line in lines if line and not _SCHEMA_LINE.fullmatch(line))


class _Orderer:
    """Reorders the lines of one file; ``tree`` has the marks of its text."""

    def __init__(self, tree: Tree, lines: list[str]) -> None:
        self._tree = tree
        self._lines = lines

    def mapping(self, place: Place, model: type[Model], start: int, end: int) -> list[str]:
        """The lines ``start`` to ``end`` (exclusive), which hold a block mapping, in canonical order."""
        value = _at(self._tree.value, place)
        if place not in self._tree.block_mappings or not value:
            return self._lines[start:end]
        marks = [self._tree.marks[*place, key] for key in value]
        at = [mark.key_line - 1 for mark in marks]
        column = marks[0].key_column - 1
        if at[0] != start or any(mark.key_column - 1 != column for mark in marks) or sorted(set(at)) != at:
            return self._lines[start:end]
        begins = [start, *(self._with_comments(line, column, at[i]) for i, line in enumerate(at[1:]))]
        blocks: dict[str, list[str]] = {}
        for key, begin, line, stop in zip(value, begins, at, [*begins[1:], end], strict=True):
            inner = self._value((*place, key), model, line, stop)
            blocks[key] = [*self._lines[begin:line], inner[0][column:], *inner[1:]]
        first, other = self._lines[start][:column], " " * column
        ordered = [blocks[key] for key in _order(list(value), model)]
        return [line for i, block in enumerate(ordered) for line in _indented(block, other if i else first, column)]

    def _value(self, place: Place, holder: type[Model], start: int, end: int) -> list[str]:
        """The lines of one key and its value, the value in canonical order."""
        shape = next((s for s in field_shapes(holder) if s.name == place[-1]), None)
        value = _at(self._tree.value, place)
        if shape is None or shape.model is None or not value:
            return self._lines[start:end]
        if shape.container == "one":
            if place not in self._tree.block_mappings:
                return self._lines[start:end]
            first = self._tree.marks[place].line - 1
            return [*self._lines[start:first], *self.mapping(place, shape.model, first, end)]
        if isinstance(value, str) or (isinstance(value, dict) and place not in self._tree.block_mappings):
            return self._lines[start:end]  # an absence word, or one line
        members = [(*place, key) for key in (value if isinstance(value, dict) else range(len(value)))]
        return self._members(members, shape.model, start, end)

    def _members(self, members: list[Place], model: type[Model], start: int, end: int) -> list[str]:
        """The lines of a map's or a list's members, each in canonical order, themselves left in place."""
        begins = [self._tree.marks[member].key_line - 1 for member in members]
        if sorted(set(begins)) != begins or begins[0] <= start:
            return self._lines[start:end]
        result = self._lines[start : begins[0]]
        for member, begin, stop in zip(members, begins, [*begins[1:], end], strict=True):
            first = self._tree.marks[member].line - 1
            if member in self._tree.block_mappings:
                result += [*self._lines[begin:first], *self.mapping(member, model, first, stop)]
            else:
                result += self._lines[begin:stop]
        return result

    def _with_comments(self, line: int, column: int, floor: int) -> int:
        """The first of the comment lines directly above ``line`` at the same indentation."""
        while line - 1 > floor and self._lines[line - 1].startswith(" " * column + "#"):
            line -= 1
        return line


def _order(keys: list[str], model: type[Model]) -> list[str]:
    rank = {shape.name: i for i, shape in enumerate(field_shapes(model))}
    return sorted(keys, key=lambda key: rank.get(key, len(rank)))


def _indented(block: list[str], prefix: str, column: int) -> list[str]:
    """A block with ``prefix`` before its key line, the first that is not a comment of its own."""
    key_line = next(i for i, line in enumerate(block) if not line.startswith(" " * column + "#"))
    return [*block[:key_line], prefix + block[key_line], *block[key_line + 1 :]]


def _at(value: Any, place: Place) -> Any:
    for step in place:
        value = value[step]
    return value
