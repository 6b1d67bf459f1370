"""Entries by name: lists of one kind, and one entry as a sheet of rows, for the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gptalt_catalog.domain.base import Model
from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.evidence import Entry
from gptalt_catalog.domain.family import Checkpoint, Family
from gptalt_catalog.domain.memory import GIB
from gptalt_catalog.domain.suggest import did_you_mean
from gptalt_catalog.views.export import Record, checkpoint_record, claim_record, entry_record
from gptalt_catalog.views.facts import EntryView, entry_view
from gptalt_catalog.views.lineage import Lineage
from gptalt_catalog.views.memory_fit import MemoryFit
from gptalt_catalog.views.model_list import model_rows
from gptalt_catalog.views.scores import ScoreBook
from gptalt_catalog.views.verified import VerificationBook

COLUMNS = ("id", "name", "summary")
_SHEET = ("block", "fact", "value", "status", "source", "locator")


class UnknownNameError(ValueError):
    """Nothing in the catalog has this id or alias; the message offers the nearest."""


class AmbiguousNameError(ValueError):
    """Several kinds have this id; the message says how to choose."""


def listable(catalog: Catalog) -> dict[str, Mapping[str, Model]]:
    """The kinds that can be listed: kind -> id -> entry."""
    return {
        "family": catalog.families,
        "dataset": catalog.datasets,
        "benchmark": catalog.benchmarks,
        "tool": catalog.tools,
        "technique": catalog.techniques,
        "application": catalog.applications,
        "license": catalog.licenses,
        "source": catalog.sources,
        "protocol": catalog.protocols,
        "organization": catalog.organizations,
        "language": catalog.languages,
        "task": catalog.tasks,
        "defect": catalog.defects,
        "verification": catalog.verifications,
    }


def entry_records(catalog: Catalog, kind: str) -> list[Record]:
    """Id, name and English summary of all entries of a kind."""
    return [
        {"id": key, "name": _name(item), "summary": _summary(item)} for key, item in listable(catalog)[kind].items()
    ]


def _name(item: Model) -> str:
    name = getattr(item, "name", None) or getattr(item, "title", None) or ""
    return name if isinstance(name, str) else name.en


def _summary(item: Model) -> str:
    text = getattr(item, "summary", None) or getattr(item, "definition", None) or getattr(item, "note", None)
    return text.en if text is not None else ""


def find(catalog: Catalog, name: str) -> tuple[str, str]:
    """The kind and id of the entry called ``name``: an id, KIND/ID, a former id, or an alias.

    Raises :class:`UnknownNameError` or :class:`AmbiguousNameError` with a message for people.
    """
    tables: dict[str, Mapping[str, Any]] = {"checkpoint": catalog.checkpoints, **listable(catalog)}
    kind, _, key = name.partition("/")
    if kind in tables and key in tables[kind]:
        return kind, key
    exact = [(kind, name) for kind, table in tables.items() if name in table]
    found = exact or _by_other_names(tables, name)
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(f"{kind}/{key}" for kind, key in found)
        raise AmbiguousNameError(f"{name!r} names several entries; choose one of: {choices}")
    near = did_you_mean(name, [key for table in tables.values() for key in table])
    raise UnknownNameError(f"nothing is called {name!r}" + (f"; did you mean {near}?" if near else ""))


def _by_other_names(tables: Mapping[str, Mapping[str, Any]], name: str) -> list[tuple[str, str]]:
    wanted = name.casefold()
    found = []
    for kind, table in tables.items():
        for key, item in table.items():
            hub = getattr(item, "hub", None)
            names = [getattr(item, "name", ""), *getattr(item, "aliases", ()), *getattr(item, "former_ids", ())]
            names.append(getattr(hub, "repository", None) or "")
            if any(isinstance(n, str) and n.casefold() == wanted for n in names):
                found.append((kind, key))
    return found


@dataclass(frozen=True)
class Sheet:
    """One entry for a terminal: title, summary, rows of facts, and closing lines."""

    title: str
    summary: str
    records: list[Record]
    columns: tuple[str, ...] = _SHEET
    closing: list[str] = field(default_factory=list)


def sheet(catalog: Catalog, kind: str, key: str) -> Sheet:
    """The facts of one entry, each with its evidence; for families, a row per checkpoint too."""
    item = catalog.checkpoints[key] if kind == "checkpoint" else listable(catalog)[kind][key]
    if isinstance(item, Checkpoint):
        view = entry_view(catalog, kind, key)
        summary = catalog.families[item.family].summary.en
        return Sheet(
            view.title,
            summary,
            _facts(view),
            closing=[*_use(catalog, key), *_fits(catalog, key), *_scores(catalog, key)],
        )
    if isinstance(item, Entry):
        view = entry_view(catalog, kind, key)
        closing = [*_checkpoints(catalog, key, item), *_advice(item)]
        return Sheet(view.title, view.summary, _facts(view), closing=closing)
    record = entry_record(key, item)
    rows: list[Record] = [{"fact": name, "value": str(value)} for name, value in record.items()]
    return Sheet(_name(item) or key, _summary(item), rows, ("fact", "value"))


def _facts(view: EntryView) -> list[Record]:
    return [
        {
            "block": section.label,
            "fact": row.label,
            "value": row.text,
            "status": row.status or "no evidence",
            "source": "; ".join(piece.source or piece.name for piece in row.evidence),
            "locator": "; ".join(piece.locator for piece in row.evidence if piece.locator),
        }
        for section in view.sections
        for row in section.rows
    ]


def _use(catalog: Catalog, key: str) -> list[str]:
    use = Lineage(catalog).use(key)
    conditions = f", conditions: {', '.join(use.conditions)}" if use.conditions else ""
    return [f"commercial use, its bases considered: {use.answer}{conditions}"] + [
        f"  because of {reason.license or reason.problem} on {reason.checkpoint}" for reason in use.decisive
    ]


def _fits(catalog: Catalog, key: str) -> list[str]:
    fitting = MemoryFit(catalog)
    lines = [
        f"  {fit.precision:7} {fit.context:>6} tokens: {fit.need.total / GIB:6.1f} GiB "
        f"({fit.low / GIB:.1f} to {fit.high / GIB:.1f})"
        for fit in fitting.table(key)
    ]
    head = f"memory it needs, estimated (nine of ten published figures are within {fitting.margin:.0%}):"
    return ["", head, *lines] if lines else []


def _scores(catalog: Catalog, key: str) -> list[str]:
    lines = []
    for benchmark in ScoreBook(catalog).of_checkpoint(key):
        for group in benchmark.protocols:
            values = ", ".join(f"{s.printed} ({s.source}{'' if s.ranked else ', not ranked'})" for s in group.scores)
            lines.append(f"  {group.protocol}: {values}")
    return ["", "published scores by protocol:", *lines] if lines else []


def _checkpoints(catalog: Catalog, key: str, item: Entry) -> list[str]:
    if not isinstance(item, Family) or not item.checkpoints:
        return []
    rows = [row for row in model_rows(catalog) if row.family == key]
    lines = [f"  {r.id}: {r.parameters or 'unknown':,} parameters, commercial use {r.commercial}" if r.parameters
             else f"  {r.id}: commercial use {r.commercial}" for r in rows]  # fmt: skip
    return ["checkpoints:", *lines]


def _advice(item: Entry) -> list[str]:
    advice = getattr(item, "advice", None)
    return ["", advice.en] if advice is not None else []


def full_record(catalog: Catalog, kind: str, key: str) -> dict[str, Any]:
    """One entry as JSON: as its file has it; a checkpoint with its defaults, answer and scores."""
    if kind != "checkpoint":
        return {"kind": kind, **entry_record(key, listable(catalog)[kind][key])}
    checkpoint = catalog.checkpoints[key]
    row = next(row for row in model_rows(catalog) if row.id == key)
    scores = ScoreBook(catalog).by_target.get(key, ())
    blocks = {path[0]: block.model_dump(mode="json", exclude_defaults=True) for path, block in checkpoint.blocks()}
    book = VerificationBook(catalog)
    claims = [dict(claim_record(score, book.best(score.claim))) for score in scores]
    return {"kind": kind, **checkpoint_record(row), "facts": blocks, "scores": claims}
