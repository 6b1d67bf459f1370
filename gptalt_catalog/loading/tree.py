"""From the bytes of one YAML file to a tree of plain values, or to problems with their places.

The tree is built from the events of libyaml (through PyYAML), under YAML 1.2's core schema: ``no``
and ``on`` are strings, and so is a date. Tags, anchors, aliases, tabs, directives, several documents
and deep nesting have no place in catalog files, and are seen on the events before anything is
built, so that an alias bomb costs nothing. Mappings become ``dict``, sequences ``tuple``: that is
what the strict types of :mod:`gptalt_catalog.domain` take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_BYTES = 4 * 2**20
MAX_DEPTH = 50
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the pure parser where libyaml is missing

Place = tuple[str | int, ...]
"""The keys and indexes that lead from the top of a file to a value."""


@dataclass(frozen=True)
class Mark:
    """Where a value stands: line and column of the value and of its key, counted from 1."""

    line: int
    column: int
    key_line: int
    key_column: int


@dataclass(frozen=True)
class Fault:
    """Something in a file that keeps it from being read as a tree."""

    line: int
    column: int
    code: str
    message: str
    fix: str


@dataclass
class Tree:
    """The content of one file. ``value`` is ``None`` if there are faults.

    ``block_mappings``: the places of mappings written with one key a line, known with the marks.
    """

    value: dict[str, Any] | None
    faults: list[Fault]
    marks: dict[Place, Mark] = field(default_factory=dict)
    block_mappings: set[Place] = field(default_factory=set)

    def mark_of(self, place: Place) -> Mark:
        """The mark of ``place``, or of its nearest ancestor that stands in the file."""
        for end in range(len(place), 0, -1):
            if (found := self.marks.get(place[:end])) is not None:
                return found
        return self.marks.get((), Mark(1, 1, 1, 1))


def read_tree(data: bytes, *, marks: bool = False) -> Tree:
    """The tree of a file's bytes; with ``marks``, also the place of every value.

    Never raises for bad input: what is wrong comes back as faults. The value is the same with and
    without marks; they cost about as much time again, so only files with problems are read twice.
    """
    text, faults = _text(data)
    if faults:
        return Tree(None, faults)
    builder = _Builder(marks)
    try:
        builder.build(_events(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        reason = " ".join(p for p in (error.context, error.problem) if p)
        builder.faults.append(_syntax_fault(line, column, reason))
    except yaml.YAMLError as error:  # a character that YAML forbids
        builder.faults.append(_reader_fault(text, error))
    if not builder.faults and not isinstance(builder.top, dict):
        what = "empty" if builder.top is None else "not a mapping"
        builder.faults.append(
            Fault(
                1,
                1,
                "yaml-not-mapping",
                f"the file is {what}",
                "write `key: value` pairs; `new KIND ID` makes a skeleton",
            )
        )
    value = builder.top if isinstance(builder.top, dict) and not builder.faults else None
    return Tree(value, builder.faults, builder.marks, builder.block_mappings)


def _text(data: bytes) -> tuple[str, list[Fault]]:
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 2**20:.1f} MiB"
        return "", [
            Fault(1, 1, "file-too-large", f"the file has {size}; the limit is 4 MiB", "split it into several files")
        ]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        bad = f"byte 0x{data[error.start]:02x} is not UTF-8"
        return "", [Fault(line, column, "yaml-encoding", bad, "save the file as UTF-8 without a byte order mark")]
    for code, character, message, fix in (
        ("yaml-encoding", "\ufeff", "byte order mark (U+FEFF)", "save the file as UTF-8 without a byte order mark"),
        ("yaml-control", "\0", "NUL byte", "remove it"),
        ("yaml-tab", "\t", "tab character", "indent with two spaces; inside quoted text write \\t"),
    ):
        at = text.find(character)
        if at >= 0:
            return "", [Fault(*_line_column(text, at), code, f"the file contains a {message}", fix)]
    return text, []


def _line_column(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _reader_fault(text: str, error: yaml.YAMLError) -> Fault:
    found = re.search(r"[^\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    if found is None:  # pragma: no cover  the reader objects to nothing else
        return _syntax_fault(1, 1, str(error).split("\n", 1)[0])
    line, column = _line_column(text, found.start())
    message = f"the file contains the control character U+{ord(found.group()):04X}"
    return Fault(line, column, "yaml-control", message, "remove it")


def _syntax_fault(line: int, column: int, reason: str) -> Fault:
    if "nesting depth" in reason:  # the scanner looks ahead and may meet its own limit first
        return _too_deep(line, column)
    return Fault(line, column, "yaml-syntax", f"not valid YAML: {reason}", _syntax_fix(reason))


def _too_deep(line: int, column: int) -> Fault:
    fix = "flatten the file; no entry needs this"
    return Fault(line, column, "yaml-depth", f"nested deeper than {MAX_DEPTH} levels", fix)


def _syntax_fix(reason: str) -> str:
    if "mapping values are not allowed" in reason:
        return "quote the text if it contains `: `, or check the indentation"
    if "could not find expected ':'" in reason:
        return "each key needs `key: value`; a text of several lines needs `>-` and indentation"
    if "end of stream" in reason:
        return "close the quote or bracket that stands open"
    return "check indentation, quotes and brackets near this place"


def _events(text: str) -> Iterator[Any]:
    loader = _LOADER(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {
    w: v for word, v in (("true", True), ("false", False), ("null", None)) for w in (word, word.title(), word.upper())
}
_WORDS |= {"~": None, "": None}
_SPECIAL = {s + d: float(s.replace("+", "") + "inf") for s in ("", "-", "+") for d in (".inf", ".Inf", ".INF")}
_SPECIAL |= {".nan": float("nan"), ".NaN": float("nan"), ".NAN": float("nan")}
_NUMBER_START = frozenset("0123456789+-.")


def resolve(text: str) -> Any:
    """The value of a plain scalar under YAML 1.2's core schema.

    Numbers of more than 30 characters stay text: no field holds one, and converting them is slow.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START or len(text) > 30:
        return text
    if _INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return _SPECIAL.get(text, text)


_NO_KEY: Any = object()


class _Builder:
    """Builds one tree from events. An instance is used once."""

    def __init__(self, marks: bool) -> None:
        self.top: Any = None
        self.faults: list[Fault] = []
        self.marks: dict[Place, Mark] = {}
        self.block_mappings: set[Place] = set()
        self._with_marks = marks
        self._stack: list[Any] = []  # open containers: dict or list
        self._keys: list[Any] = []  # the key that waits for its value, per open container
        self._key_mark: list[Any] = []
        self._documents = 0

    def build(self, events: Iterator[Any]) -> None:
        """Take all events; stops at the first thing that a catalog file must not have."""
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                if event.anchor is not None or event.tag is not None:
                    return self._reject(event)
                if not self._scalar(event):
                    return None
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if event.anchor is not None or event.tag is not None:
                    return self._reject(event)
                if not self._open(event, {} if kind is yaml.MappingStartEvent else []):
                    return None
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close()
            elif kind is yaml.AliasEvent:
                return self._reject(event)
            elif kind is yaml.DocumentStartEvent:
                self._documents += 1
                if self._documents > 1 or event.version or event.tags:
                    what = "a second document" if self._documents > 1 else "a directive"
                    return self._fault(
                        event,
                        "yaml-documents",
                        f"the file holds {what}",
                        "keep one document, without %-lines and `---`",
                    )
        return None

    def _fault(self, event: Any, code: str, message: str, fix: str) -> None:
        mark = event.start_mark
        self.faults.append(Fault(mark.line + 1, mark.column + 1, code, message, fix))

    def _reject(self, event: Any) -> None:
        if event.anchor is not None:
            self._fault(
                event,
                "yaml-anchor",
                f"anchor or alias {event.anchor[:40]!r}",
                "write the value out; catalog files have no anchors",
            )
        else:
            self._fault(
                event, "yaml-tag", f"tag {event.tag[:60]!r}", "remove the tag; quote the value if it must be text"
            )

    def _scalar(self, event: Any) -> bool:
        """Add a scalar; false if the file must not be read on."""
        value = event.value
        if self._keys and self._keys[-1] is _NO_KEY and type(self._stack[-1]) is dict:
            return self._take_key(event, value)
        if event.implicit[0] and event.style in (None, ""):
            value = resolve(value)
        if not self._stack:
            self.top = value
            return True
        self._put(value, event)
        return True

    def _take_key(self, event: Any, key: str) -> bool:
        if key in self._stack[-1]:
            self._fault(
                event, "yaml-duplicate-key", f"key {key[:60]!r} stands twice in one mapping", "remove one of the two"
            )
            return False
        self._keys[-1] = key
        if self._with_marks:
            self._key_mark[-1] = event.start_mark
        return True

    def _open(self, event: Any, container: Any) -> bool:
        if len(self._stack) >= MAX_DEPTH:
            self.faults.append(_too_deep(event.start_mark.line + 1, event.start_mark.column + 1))
            return False
        if self._stack and type(self._stack[-1]) is dict and self._keys[-1] is _NO_KEY:
            self._fault(
                event,
                "yaml-key",
                "a mapping key is itself a mapping or a list",
                "use a plain word as the key; quote text with braces",
            )
            return False
        if self._with_marks:
            self._record(event)
        self._stack.append(container)
        self._keys.append(_NO_KEY)
        self._key_mark.append(None)
        return True

    def _close(self) -> None:
        done = self._stack.pop()
        self._keys.pop()
        self._key_mark.pop()
        value = done if type(done) is dict else tuple(done)
        if self._stack:
            self._put(value, None)
        else:
            self.top = value

    def _put(self, value: Any, event: Any) -> None:
        parent = self._stack[-1]
        if self._with_marks and event is not None:
            self._record(event)
        if type(parent) is dict:
            parent[self._keys[-1]] = value
            self._keys[-1] = _NO_KEY
        else:
            parent.append(value)

    def _record(self, event: Any) -> None:
        place = tuple(k if type(c) is dict else len(c) for c, k in zip(self._stack, self._keys, strict=True))
        mark = event.start_mark
        key = self._key_mark[-1] if self._stack and type(self._stack[-1]) is dict else mark
        if type(event) is yaml.MappingStartEvent and not event.flow_style:
            self.block_mappings.add(place)
        self.marks[place] = Mark(mark.line + 1, mark.column + 1, key.line + 1, key.column + 1)
