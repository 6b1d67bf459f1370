"""What the survey printed against the facts, with the evidence for each difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gptalt_catalog.domain.base import Text
from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.family import Family
from gptalt_catalog.domain.resource import Application, Tool
from gptalt_catalog.views.facts import EvidencePiece, FactReader
from gptalt_catalog.views.words import Language


@dataclass(frozen=True)
class Correction:
    """One error of the survey: where it is printed, what it says, and what is right.

    ``error`` is its number (E06), empty for corrections without one; ``field`` names the column.
    """

    kind: Literal["family", "tool", "application"]
    entry: str
    name: str
    error: str
    place: str
    field: str
    printed: str
    note: Text
    evidence: tuple[EvidencePiece, ...]


def corrections(catalog: Catalog, language: Language = "en") -> tuple[Correction, ...]:
    """All corrections: numbered ones first in order of their numbers, then those of tools and applications."""
    reader = FactReader(catalog, language)
    found = [c for key, family in catalog.families.items() for c in of_family(reader, key, family)]
    found.sort(key=lambda c: (c.error, c.entry))
    for kind, entries in (("tool", catalog.tools), ("application", catalog.applications)):
        for key, entry in entries.items():
            found.extend(_of_row(reader, kind, key, entry))  # type: ignore[arg-type]  # the two literals above
    return tuple(found)


def of_family(reader: FactReader, key: str, family: Family) -> tuple[Correction, ...]:
    """The corrections of one family's row."""
    if family.survey is None:
        return ()
    pieces = {piece.name: piece for piece in reader.evidence(family)}
    return tuple(
        Correction(
            kind="family",
            entry=key,
            name=family.title(reader.language),
            error=error.error,
            place=family.survey.place,
            field=error.field,
            printed=error.printed,
            note=error.note,
            evidence=tuple(pieces[name] for name in _names(error.evidence) if name in pieces),
        )
        for error in family.survey.errors
    )


def _names(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names


def _of_row(
    reader: FactReader, kind: Literal["tool", "application"], key: str, entry: Tool | Application
) -> tuple[Correction, ...]:
    row = entry.survey
    if row is None or row.correction is None:
        return ()
    printed = " · ".join(text for text in (row.name, row.category, row.use, row.by, row.backbone, row.link) if text)
    note, evidence = row.correction, reader.evidence(entry)
    return (Correction(kind, key, entry.title(reader.language), "", row.place, "name", printed, note, evidence),)


PRINTED_FIELDS = (
    "params",
    "backbone",
    "release_date",
    "training_data_source",
    "training_data_size",
    "link",
    "figure",
)
"""The cells of the survey's row of a model, in the order of its table."""


def printed_row(family: Family) -> tuple[tuple[str, str], ...]:
    """The survey's row of a model verbatim: (field, cell), empty cells left out."""
    if family.survey is None:
        return ()
    cells = []
    for name in PRINTED_FIELDS:
        value = getattr(family.survey, name)
        text = ", ".join(value) if isinstance(value, tuple) else value
        if text:
            cells.append((name, text))
    return tuple(cells)
