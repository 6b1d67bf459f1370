"""What the fields of a type hold: references to other entries, nested types, or plain values.

One walk over the annotations, made once per type, serves the rule against dangling references,
the suggestions for misspelt keys and the canonical order of keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from gptalt_catalog.domain.base import Model, Ref

Place = tuple[str | int, ...]
Container = Literal["one", "many", "map"]


@dataclass(frozen=True)
class FieldShape:
    """One field: its name, whether it is single, a list or a map, and what it holds."""

    name: str
    container: Container
    ref: str | None
    model: type[Model] | None


@cache
def field_shapes(model: type[Model]) -> tuple[FieldShape, ...]:
    """The fields of ``model`` in canonical order."""
    return tuple(_shape(name, model) for name in model.model_fields)


@cache
def _walked(model: type[Model]) -> tuple[FieldShape, ...]:
    return tuple(s for s in field_shapes(model) if s.ref or s.model)


def _shape(name: str, model: type[Model]) -> FieldShape:
    info = model.model_fields[name]
    found: dict[str, Any] = {"container": "one", "ref": None, "model": None}
    for extra in info.metadata:
        if isinstance(extra, Ref):
            found["ref"] = extra.kind
    _look(info.annotation, found)
    return FieldShape(name, found["container"], found["ref"], found["model"])


def _look(annotation: Any, found: dict[str, Any]) -> None:
    origin = get_origin(annotation)
    arguments = get_args(annotation)
    if origin is Annotated:
        found["ref"] = next((a.kind for a in arguments[1:] if isinstance(a, Ref)), found["ref"])
        _look(arguments[0], found)
    elif origin is tuple:
        found["container"] = "many"
        _look(arguments[0], found)
    elif origin is dict:
        found["container"] = "map"
        _look(arguments[1], found)
    elif isinstance(annotation, type) and issubclass(annotation, Model):
        if annotation.__name__ != "Quantity":  # written as text, so not a place of its own
            found["model"] = annotation
    elif origin is not None and origin is not Literal:
        for argument in arguments:
            _look(argument, found)


def references(value: Model, place: Place = ()) -> Iterator[tuple[Place, str, str]]:
    """Each reference inside ``value``: its place, the kind it refers to, and the id it names."""
    for shape in _walked(type(value)):
        held = getattr(value, shape.name)
        if not held or (isinstance(held, str) and held in ("unknown", "undisclosed")):
            continue
        here = (*place, shape.name)
        if shape.container == "one":
            items: Any = ((here, held),)
        elif shape.container == "many":
            items = (((*here, i), item) for i, item in enumerate(held))
        else:
            items = (((*here, key), item) for key, item in held.items())
        for where, item in items:
            if shape.ref:
                yield where, shape.ref, item
            else:
                yield from references(item, where)


def model_at(model: type[Model], place: Place) -> type[Model] | None:
    """The type that the mapping at ``place`` inside a ``model`` must have; ``None`` if it is none."""
    current: type[Model] | None = model
    steps = list(place)
    while steps:
        if current is None:
            return None
        shape = next((s for s in field_shapes(current) if s.name == steps[0]), None)
        if shape is None:
            return None
        steps = steps[1:] if shape.container == "one" else steps[2:]
        current = shape.model
    return current
