"""A commented skeleton of a new entry, made from its type: what to fill, and in which form.

A skeleton is invalid until it is filled: every required key is there without a value.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args, get_origin

from gptalt_catalog.domain.base import Model, Text
from gptalt_catalog.domain.evidence import Block, Evidence, Link
from gptalt_catalog.domain.family import REQUIRED_BLOCKS, Blocks, CheckpointEntry
from gptalt_catalog.domain.kinds import Kind
from gptalt_catalog.domain.structure import FieldShape, field_shapes
from gptalt_catalog.loading.files import CatalogFile
from gptalt_catalog.loading.formatting import schema_line

_HINTS = {
    "name": "as the project spells it",
    "summary": "two or three sentences: what it is good for, what to beware of",
    "seen": "the day you read it, e.g. 2026-11-24",
    "date": "2023, 2023-03 or 2023-03-14; or unknown, undisclosed",
    "released": "2023, 2023-03 or 2023-03-14; or unknown",
    "quote": "the words themselves",
    "value": 'the digits as printed, in quotes: "46.20"',
    "total": "the exact number of parameters, or unknown",
    "label": "the size in the name: 7B",
    "locator": "where in the source: file, section, table, page",
    "url": "https://…",
    "repository": "owner/name",
    "commit": "7 to 40 hexadecimal digits in quotes",
    "tokens_seen": "what the model saw in training: 1.5T tokens",
    "vocabulary": "rows of the embedding table",
    "context": "trained context in tokens",
    "evidence": "the names of evidence below that support this block",
    "bases": "[] if trained from scratch, unknown if nobody knows",
    "own_base": "with bases []: the same maker's base is unpublished or not-listed here",
}
_HIDDEN = frozenset({"evidence_for", "former_ids", "note", "names"})
_EXPANDED = frozenset(
    {
        "links",
        "items",
        "size",
        "origin",
        "rights",
        "coverage",
        "terms",
        "project",
        "publication",
        "service",
        "quotation",
    }
)


def skeleton(kind: Kind, entry_id: str) -> str:
    """The text of a new, unfilled file for the entry ``id`` of ``kind``."""
    folder = f"{kind.folder}/" if kind.folder else ""
    found = CatalogFile(f"{folder}{entry_id}.yaml", entry_id, kind)
    lines = [
        schema_line(found),
        f"# {kind.name} `{entry_id}`. Fill what is empty, delete what does not apply; then run `gptalt-catalog check`.",
    ]
    lines += _model(kind.model, 0, entry_id)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _model(model: type[Model], depth: int, entry_id: str) -> list[str]:
    lines: list[str] = []
    for shape in field_shapes(model):
        if shape.name not in _HIDDEN:
            lines += _field(model, shape, depth, entry_id)
    return lines


def _field(model: type[Model], shape: FieldShape, depth: int, entry_id: str) -> list[str]:
    pad = "  " * depth
    required = model.model_fields[shape.name].is_required()
    if issubclass(model, Block) and shape.name == "evidence":
        return [f"{pad}evidence:  # {_HINTS['evidence']}"]
    if shape.model is Text:
        mark = pad if required or shape.name == "summary" else f"{pad}# "
        return [f"{mark}{shape.name}:  # {_hint(model, shape)}", f"{mark}  en:", f"{mark}  zh:"]
    if shape.model is Evidence:
        filled = [
            "  readme:",
            "    status: confirmed",
            "    source:  # id of a file in sources/",
            "    locator:  # where in it",
            "    seen:",
        ]
        return [f"{pad}evidence:", *(pad + line for line in filled)]
    if shape.model is CheckpointEntry:
        return [f"{pad}checkpoints:", f"{pad}  {entry_id}:", *_checkpoint(depth + 2, entry_id)]
    if shape.model is not None and shape.model is not Blocks and (required or shape.name in _EXPANDED):
        return _nested(shape, shape.model, depth, entry_id)
    mark = pad if required else f"{pad}# "
    return [f"{mark}{shape.name}:  # {_hint(model, shape)}"]


def _nested(shape: FieldShape, model: type[Model], depth: int, entry_id: str) -> list[str]:
    pad = "  " * depth
    if model is Link:
        return [f"{pad}links:", f"{pad}  - kind:  # {_hint_of(Link.model_fields['kind'].annotation)}", f"{pad}    url:"]
    if shape.container == "one":
        return [f"{pad}{shape.name}:", *_model(model, depth + 1, entry_id)]
    if shape.container == "map":
        return [f"{pad}{shape.name}:", f"{pad}  {entry_id}:", *_model(model, depth + 2, entry_id)]
    inner = _model(model, depth + 2, entry_id)
    first = next(i for i, line in enumerate(inner) if not line.lstrip().startswith("#"))
    start = pad + "  - "
    return [f"{pad}{shape.name}:", *inner[:first], start + inner[first][len(start) :], *inner[first + 1 :]]


def _checkpoint(depth: int, entry_id: str) -> list[str]:
    lines: list[str] = []
    for shape in field_shapes(CheckpointEntry):
        if shape.name in _HIDDEN:
            continue
        if shape.name in REQUIRED_BLOCKS and shape.model is not None:
            lines += ["  " * depth + f"{shape.name}:", *_model(shape.model, depth + 1, entry_id)]
        else:
            lines += _field(CheckpointEntry, shape, depth, entry_id)
    return lines


def _hint(model: type[Model], shape: FieldShape) -> str:
    if shape.name in _HINTS:
        return _HINTS[shape.name]
    if shape.ref:
        many = {"many": "a list of ids", "map": "ids", "one": "id"}[shape.container]
        return f"{many} of {shape.ref}"
    return _hint_of(model.model_fields[shape.name].annotation)


def _hint_of(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "one of: " + ", ".join(map(str, arguments))
    if origin is Annotated:
        return _hint_of(arguments[0])
    if origin is tuple:
        return "a list; " + _hint_of(arguments[0])
    if origin is dict:
        return "a mapping"
    if annotation in (str, int, bool, float):
        return {str: "text", int: "a whole number", bool: "true or false", float: "a number"}[annotation]
    if annotation is type(None):
        return ""
    if isinstance(annotation, type):
        return "an amount: 1.5T tokens, 825 GB" if annotation.__name__ == "Quantity" else "a mapping"
    return "; or ".join(hint for hint in map(_hint_of, arguments) if hint)
