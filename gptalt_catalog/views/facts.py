"""The facts of an entry as rows of label, value and evidence, for ``show`` and for pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.evidence import Block, Entry, Status
from gptalt_catalog.domain.family import Base, Checkpoint, Event, Hub, LicensePeriod
from gptalt_catalog.domain.quantity import Quantity
from gptalt_catalog.domain.resource import Project
from gptalt_catalog.domain.structure import field_shapes
from gptalt_catalog.views.formats import date_text, quantity_text, text_in
from gptalt_catalog.views.words import Language, block_label, field_label, value_label

LINKED = ("family", "checkpoint", "dataset", "benchmark", "license", "source")
"""Kinds that have a page (checkpoints stand on their family's)."""


@dataclass(frozen=True)
class Part:
    """A piece of a value: ``text``, with the entry it names or the address it leads to."""

    text: str
    kind: str | None = None
    id: str | None = None
    url: str | None = None
    prefix: str = ""


@dataclass(frozen=True)
class EvidencePiece:
    """One piece of evidence with its source spelled out. ``number`` counts from 1 within the entry."""

    name: str
    number: int
    status: Status
    source: str | None
    title: str
    url: str | None
    locator: str
    seen: str
    quote: str
    note: str


@dataclass(frozen=True)
class FactRow:
    """One fact: ``path`` inside the entry, label, value in parts, evidence and its weakest status.

    ``note`` is the block's note if it speaks of this fact alone, else empty.
    """

    path: tuple[str, ...]
    label: str
    parts: tuple[Part, ...]
    evidence: tuple[EvidencePiece, ...]
    status: Status | None

    @property
    def text(self) -> str:
        """The value as plain text."""
        return ", ".join(f"{part.prefix} {part.text}".strip() for part in self.parts)


@dataclass(frozen=True)
class FactSection:
    """The facts of one block. ``shared`` marks a block that comes from the family's defaults."""

    block: str
    label: str
    rows: tuple[FactRow, ...]
    note: str = ""
    shared: bool = False


@dataclass(frozen=True)
class EntryView:
    """An entry ready to show: its facts by block and its pieces of evidence in order."""

    kind: str
    id: str
    title: str
    summary: str
    sections: tuple[FactSection, ...]
    evidence: tuple[EvidencePiece, ...]
    aliases: tuple[str, ...] = field(default=())


class FactReader:
    """Reads entries of one catalog into rows in one language."""

    def __init__(self, catalog: Catalog, language: Language) -> None:
        self.catalog = catalog
        self.language = language
        self._shared: dict[tuple[str, str], FactSection] = {}
        self._evidence: tuple[Entry, tuple[EvidencePiece, ...]] | None = None
        self._checkpoints: dict[str, EntryView] = {}

    def entry(self, kind: str, key: str, entry: Entry) -> EntryView:
        """All facts of an entry, except those of a family's checkpoints."""
        pieces = self.evidence(entry)
        sections = tuple(
            self._section(path, block, pieces, shared=path[0] == "defaults")
            for path, block in entry.blocks()
            if path[0] != "checkpoints"
        )
        shown = tuple(section for section in sections if section.rows or section.note)
        return EntryView(
            kind, key, entry.title(self.language), text_in(entry.summary, self.language), shown, pieces, entry.aliases
        )

    def checkpoint(self, checkpoint: Checkpoint) -> EntryView:
        """All facts of one checkpoint, those of its family's defaults included; read once."""
        if checkpoint.id not in self._checkpoints:
            self._checkpoints[checkpoint.id] = self._checkpoint(checkpoint)
        return self._checkpoints[checkpoint.id]

    def _checkpoint(self, checkpoint: Checkpoint) -> EntryView:
        family = self.catalog.families[checkpoint.family]
        pieces = self.evidence(family)
        sections = tuple(self._own_or_shared(checkpoint, name, block, pieces) for (name,), block in checkpoint.blocks())
        note = text_in(checkpoint.note, self.language)
        shown = tuple(section for section in sections if section.rows or section.note)
        return EntryView("checkpoint", checkpoint.id, checkpoint.name, note, shown, pieces, checkpoint.aliases)

    def _own_or_shared(
        self, checkpoint: Checkpoint, name: str, block: Block, pieces: tuple[EvidencePiece, ...]
    ) -> FactSection:
        if name not in checkpoint.inherited:
            return self._section(("checkpoints", checkpoint.id, name), block, pieces, shared=False)
        key = (checkpoint.family, name)
        if key not in self._shared:  # the same for all checkpoints of the family
            self._shared[key] = self._section(("defaults", name), block, pieces, shared=True)
        return self._shared[key]

    def evidence(self, entry: Entry) -> tuple[EvidencePiece, ...]:
        """The pieces of evidence of an entry, numbered in their order; the last entry's are remembered."""
        if self._evidence is not None and self._evidence[0] is entry:
            return self._evidence[1]
        pieces = self._pieces(entry)
        self._evidence = (entry, pieces)
        return pieces

    def _pieces(self, entry: Entry) -> tuple[EvidencePiece, ...]:
        found = []
        for number, (name, piece) in enumerate(entry.evidence.items(), start=1):
            source = self.catalog.sources.get(piece.source or "")
            found.append(
                EvidencePiece(
                    name=name,
                    number=number,
                    status=piece.status,
                    source=piece.source if source is not None else None,
                    title=source.title if source is not None else value_label(piece.status, self.language),
                    url=source.url if source is not None else None,
                    locator=piece.locator or "",
                    seen=piece.seen or "",
                    quote=piece.quote or "",
                    note=piece.note or "",
                )
            )
        return tuple(found)

    def _section(
        self, path: tuple[str, ...], block: Block, pieces: tuple[EvidencePiece, ...], *, shared: bool
    ) -> FactSection:
        by_name = {piece.name: piece for piece in pieces}
        name = path[-1]
        rows = []
        for fact_field, value in self._shown(block):
            found = tuple(by_name[n] for n in block.names_for(fact_field) if n in by_name)
            rows.append(
                FactRow(
                    path=(*path, fact_field),
                    label=field_label(name, fact_field, self.language),
                    parts=self.parts(type(block), fact_field, value, block),
                    evidence=found,
                    status=weakest(found),
                )
            )
        note = text_in(block.note, self.language)
        return FactSection(name, block_label(name, self.language), tuple(rows), note, shared)

    @staticmethod
    def _shown(block: Block) -> Iterable[tuple[str, object]]:
        """The filled facts, and an empty list of bases (it says: trained from scratch) without a base of its maker."""
        yield from block.filled()
        if getattr(block, "bases", None) == () and getattr(block, "own_base", None) is None:
            yield "bases", ()

    def parts(self, model: type[Block], name: str, value: object, block: Block | None = None) -> tuple[Part, ...]:
        """A value in parts: references become names that link, closed lists their words."""
        if isinstance(value, tuple | list):
            if not value:
                return (Part("从头训练" if self.language == "zh" else "trained from scratch"),)
            return tuple(part for item in value for part in self.parts(model, name, item, block))
        if isinstance(value, dict):
            return tuple(self._pair(key, item) for key, item in value.items())
        return (self._part(model, name, value, block),)

    @staticmethod
    def _pair(key: object, item: object) -> Part:
        if isinstance(item, int):
            return Part(f"{item:,}", prefix=f"{key}:")
        return Part(str(item), prefix=str(key))

    def _part(self, model: type[Block], name: str, value: object, block: Block | None) -> Part:
        language = self.language
        if isinstance(value, bool):
            return Part(value_label("true" if value else "false", language))
        if isinstance(value, int):
            return Part(f"{value:,}")
        if isinstance(value, float):
            return Part(f"{value * 100:.4g} %" if name == "chance" else f"{value:g}")
        if isinstance(value, Quantity):
            return Part(quantity_text(value, language))
        if isinstance(value, Base):
            base = self.catalog.checkpoints.get(value.checkpoint)
            relation = value_label(value.relation, language, "relation")
            return Part(base.name if base else value.checkpoint, "checkpoint", value.checkpoint, prefix=relation)
        if isinstance(value, Event):
            return Part(text_in(value.what, language), prefix=f"{date_text(value.date, language)}:")
        if isinstance(value, LicensePeriod):
            return self._period(value)
        return self._word(model, name, str(value), block)

    def _period(self, period: LicensePeriod) -> Part:
        names = [self.named("license", key) for key in period.weights]
        until = date_text(period.until, self.language)
        since = date_text(period.since, self.language)
        span = f"{since} – {until}:"
        text = " + ".join(names)
        if period.note is not None:
            text += f" ({text_in(period.note, self.language)})"
        return Part(text, "license", period.weights[0] if len(period.weights) == 1 else None, prefix=span)

    def _word(self, model: type[Block], name: str, value: str, block: Block | None) -> Part:
        kind = referenced_kind(model, name)
        if kind is not None and value not in ("unknown", "undisclosed"):
            text = self.named(kind, value)
            return Part(text, kind, value) if kind in LINKED else Part(text)
        if name == "url":
            return Part(value, url=value)
        if name == "repository" and "/" in value:
            return Part(value, url=repository_url(value, block))
        if name in VERBATIM:
            return Part(value)
        return Part(value_label(value, self.language, name))

    def named(self, kind: str, key: str) -> str:
        """The name of what a reference names, in the reader's language; the id if it is missing."""
        found = self.catalog.tables.get(kind, {}).get(key)
        if found is None:
            return key
        if isinstance(found, Entry):
            return found.title(self.language)
        name: Any = getattr(found, "name", None) or getattr(found, "title", key)
        names = getattr(found, "names", {})
        if self.language in names:
            return str(names[self.language])
        return name if isinstance(name, str) else text_in(name, self.language)


VERBATIM = frozenset(
    {"template", "system", "architecture", "revision", "file", "title", "components", "backbone", "date", "released"}
)
"""Fields whose values are shown as they are, never looked up as a word."""


def repository_url(repository: str, block: Block | None) -> str | None:
    """The address of a repository: on the hub that its block names, on GitHub for a project."""
    if isinstance(block, Hub):
        hosts = {"huggingface": "https://huggingface.co/", "github": "https://github.com/"}
        hosts["modelscope"] = "https://modelscope.cn/models/"
        return block.url or (hosts[block.host] + repository if block.host in hosts else None)
    return f"https://github.com/{repository}" if isinstance(block, Project) else None


def weakest(pieces: tuple[EvidencePiece, ...]) -> Status | None:
    """The weakest status among pieces of evidence; ``None`` without any."""
    order: tuple[Status, ...] = ("confirmed", "survey-only", "from-memory")
    return max((piece.status for piece in pieces), key=order.index, default=None)


def referenced_kind(model: type[Block], name: str) -> str | None:
    """The kind of entry that a field of a block names, if it names any."""
    return next((shape.ref for shape in field_shapes(model) if shape.name == name), None)


def entry_view(catalog: Catalog, kind: str, key: str, language: Language = "en") -> EntryView:
    """The entry (or checkpoint) ``key`` of ``kind``. Raises ``KeyError`` if there is none."""
    reader = FactReader(catalog, language)
    found = catalog.tables[kind][key] if kind in catalog.tables else _other(catalog, kind)[key]
    if isinstance(found, Checkpoint):
        return reader.checkpoint(found)
    if isinstance(found, Entry):
        return reader.entry(kind, key, found)
    raise KeyError(key)


def _other(catalog: Catalog, kind: str) -> dict[str, Any]:
    tables: dict[str, dict[str, Any]] = {
        "tool": catalog.tools,
        "technique": catalog.techniques,
        "application": catalog.applications,
    }
    return tables[kind]
