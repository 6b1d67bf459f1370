"""Texts come in the site's languages."""

from __future__ import annotations

from collections.abc import Iterator

from gptalt_catalog.domain.base import Model, Text
from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.problem import Finding
from gptalt_catalog.domain.structure import field_shapes

Place = tuple[str | int, ...]


def missing_translations(catalog: Catalog) -> Iterator[Finding]:
    """A text that stands in English only."""
    for document in catalog.documents:
        for place, text in texts(document.content, ()):
            if text.zh is None:
                yield Finding(
                    document.file, place, "missing-translation", "this text has no Chinese", "add `zh:`", at_key=True
                )


def texts(value: Model, place: Place) -> Iterator[tuple[Place, Text]]:
    """Every text for people inside ``value``."""
    for shape in field_shapes(type(value)):
        if shape.model is None:
            continue
        held = getattr(value, shape.name)
        here = (*place, shape.name)
        if isinstance(held, Model):
            held = {None: held}
        for key, item in enumerate(held) if isinstance(held, tuple) else held.items() if isinstance(held, dict) else ():
            where = here if key is None else (*here, key)
            if isinstance(item, Text):
                yield where, item
            else:
                yield from texts(item, where)
