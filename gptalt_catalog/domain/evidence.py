"""Evidence: where a fact was read, when, and how sure we are.

An entry lists its pieces of evidence once, under short names, in ``evidence:``; each fact
block names the pieces that support it (``evidence: readme`` or ``evidence: [readme, card]``)
and may name others for single fields (``evidence_for: {dtype: memory}``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from gptalt_catalog.domain.base import Line, Model, PartialDate, Plain, Slug, SourceId, Text, Url, Verbatim

Status = Literal["confirmed", "survey-only", "from-memory"]
"""``confirmed``: read in the source at the locator. ``survey-only``: stated by the survey and
checked nowhere else. ``from-memory``: somebody remembers it; does not count as evidence."""


class Evidence(Model):
    """One place where facts were read. ``confirmed`` needs source, locator and the day seen."""

    status: Status
    source: SourceId | None = None
    locator: Plain | None = None
    seen: PartialDate | None = None
    quote: Verbatim | None = None
    note: Plain | None = None


EvidenceNames = Annotated[Slug | tuple[Slug, ...], Field(union_mode="left_to_right")]


class Block(Model):
    """Facts that share their evidence."""

    evidence: EvidenceNames | None = None
    evidence_for: dict[str, EvidenceNames] = {}
    note: Text | None = None

    @classmethod
    def fact_fields(cls) -> tuple[str, ...]:
        """The fields that hold facts (not evidence, notes or free text)."""
        return _fact_fields(cls)

    @classmethod
    def text_fields(cls) -> tuple[str, ...]:
        """Fields of this block that are names or texts and so not counted as facts."""
        return ()

    def names_for(self, field: str) -> tuple[str, ...]:
        """The evidence names that support ``field`` (empty if none)."""
        names = self.evidence_for.get(field, self.evidence)
        if names is None:
            return ()
        return (names,) if isinstance(names, str) else names

    def filled(self) -> Iterator[tuple[str, object]]:
        """Each filled fact field with its value; ``unknown`` and empty do not count."""
        for name in self.fact_fields():
            value = getattr(self, name)
            if value is not None and value not in ("unknown", (), {}):
                yield name, value


@cache
def _fact_fields(block: type[Block]) -> tuple[str, ...]:
    others = ("evidence", "evidence_for", "note", *block.text_fields())
    return tuple(name for name in block.model_fields if name not in others)


class Entry(Model):
    """What all entries with a file of their own share."""

    name: Line
    names: dict[str, Line] = {}
    aliases: tuple[Line, ...] = ()
    former_ids: tuple[Slug, ...] = ()
    summary: Text
    links: tuple[Link, ...] = ()
    evidence: dict[Slug, Evidence] = {}

    def blocks(self) -> Iterator[tuple[tuple[str, ...], Block]]:
        """All fact blocks with their paths inside the entry."""
        for field in type(self).model_fields:
            value = getattr(self, field)
            if isinstance(value, Block):
                yield (field,), value

    def facts(self) -> Iterator[Fact]:
        """All facts with the best status of their evidence."""
        for path, block in self.blocks():
            for field, value in block.filled():
                yield Fact((*path, field), value, tuple(block.names_for(field)), self.status_of(block, field))

    def status_of(self, block: Block, field: str) -> Status | None:
        """The weakest status among the pieces of evidence of a field; ``None`` without any."""
        statuses = [self.evidence[name].status for name in block.names_for(field) if name in self.evidence]
        return max(statuses, key=_ORDER.index, default=None)

    def title(self, language: str) -> str:
        """The name in ``language``, else the international one."""
        return self.names.get(language, self.name)


_ORDER: tuple[Status, ...] = ("confirmed", "survey-only", "from-memory")


@dataclass(frozen=True)
class Fact:
    """One filled field: where it is, its value, the names of its evidence and their status."""

    path: tuple[str, ...]
    value: object
    evidence: tuple[str, ...]
    status: Status | None


LinkKind = Literal["code", "paper", "weights", "data", "homepage", "blog", "documentation", "demo", "leaderboard"]


class Link(Model):
    """A typed link; ``check`` compares its host and owner with its kind."""

    kind: LinkKind
    url: Url
    title: Line | None = None


Entry.model_rebuild()
