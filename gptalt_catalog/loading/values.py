"""Sets single values in YAML files: everything else, comments and layout included, stays as it is.

Programs that write one fact into a file that people keep (``verify pin``) come here; what they write is read
again, and the change is refused unless exactly that value is new.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gptalt_catalog.loading.tree import Mark, Place, read_tree, resolve

_SCALAR = re.compile(r""""[^"\n]*"|'[^'\n]*'|[^\s,{}\[\]#"'|>&*!][^\n,}\]#]*""")


class ValueRefusedError(ValueError):
    """The value cannot be set without a risk of changing something else; the file is left as it is."""


def with_value(text: str, place: Place, value: str | int, after: Sequence[str] = ()) -> str:
    """The text with ``value`` at ``place``; a new key stands after the first of its neighbors ``after`` that exists.

    Raises :class:`ValueRefusedError`.
    """
    tree = read_tree(text.encode(), marks=True)
    if tree.value is None:
        raise ValueRefusedError(f"line {tree.faults[0].line}: {tree.faults[0].message}")
    lines = text.split("\n")
    written = _written(value)
    if place in tree.marks:
        line, start, end = _scalar(lines, tree.marks[place])
        changed = lines[line][:start] + written + lines[line][end:]
    else:
        *parent, key = place
        neighbor = next((name for name in after if (*parent, name) in tree.marks), None)
        if neighbor is None:
            raise ValueRefusedError(f"there is no place for {'.'.join(map(str, place))}")
        mark = tree.marks[*parent, neighbor]
        line, _, end = _scalar(lines, mark)
        if tuple(parent) in tree.block_mappings:
            changed = f"{lines[line]}\n{' ' * (mark.key_column - 1)}{key}: {written}"
        else:
            changed = f"{lines[line][:end]}, {key}: {written}{lines[line][end:]}"
    result = "\n".join([*lines[:line], changed, *lines[line + 1 :]])
    if read_tree(result.encode()).value != _replaced(tree.value, place, value):
        raise ValueRefusedError(f"{'.'.join(map(str, place))} is written in an unusual way; write one key a line")
    return result


def _written(value: str | int) -> str:
    """The value as YAML: in quotes where it would be read as something else than text."""
    if isinstance(value, int):
        return str(value)
    return value if resolve(value) == value else f'"{value}"'


def _scalar(lines: Sequence[str], mark: Mark) -> tuple[int, int, int]:
    """Where the one-line value at a mark stands: line, start and end, counted from 0."""
    line, start = mark.line - 1, mark.column - 1
    found = _SCALAR.match(lines[line], start)
    if found is None:
        raise ValueRefusedError(f"line {mark.line}: the value is not written on one line")
    return line, start, start + len(found.group().rstrip())


def _replaced(tree: Any, place: Sequence[str | int], value: str | int) -> Any:
    """The tree with another value at a place."""
    if not place:
        return value
    step, *rest = place
    if isinstance(tree, Mapping):
        return {**tree, step: _replaced(tree.get(str(step)), rest, value)}
    return tuple(_replaced(item, rest, value) if i == step else item for i, item in enumerate(tree))
