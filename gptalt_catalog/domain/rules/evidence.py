"""Every fact has evidence, and every piece of evidence is whole and used."""

from __future__ import annotations

from collections.abc import Iterator

from gptalt_catalog.domain.base import date_is_known
from gptalt_catalog.domain.catalog import Catalog, Document
from gptalt_catalog.domain.evidence import Block, Entry
from gptalt_catalog.domain.family import Family
from gptalt_catalog.domain.problem import Finding
from gptalt_catalog.domain.suggest import did_you_mean

Place = tuple[str | int, ...]


def evidence_of_facts(catalog: Catalog) -> Iterator[Finding]:
    """Facts without evidence, names of evidence that do not exist, and evidence nobody names."""
    for document, entry in catalog.entries():
        used: set[str] = set()
        for path, block in entry.blocks():
            yield from _block(document, entry, path, block, used)
        yield from _survey(document, entry, used)
        for name in entry.evidence:
            if name not in used:
                fix = "name it in the block that it supports, or remove it"
                yield Finding(
                    document.file,
                    ("evidence", name),
                    "unused-evidence",
                    f"no fact names the evidence `{name}`",
                    fix,
                    at_key=True,
                )


def _block(document: Document, entry: Entry, path: Place, block: Block, used: set[str]) -> Iterator[Finding]:
    fields = type(block).model_fields
    bare = [name for name, _ in block.filled() if not block.names_for(name)]
    if bare:
        listed = ", ".join(f"`{name}`" for name in bare)
        fix = "add `evidence:` with the name of a piece listed under the entry's evidence"
        yield Finding(document.file, path, "missing-evidence", f"no evidence for {listed}", fix, at_key=True)
    for field in block.evidence_for:
        if field not in fields:
            near = did_you_mean(field, fields)
            fix = f"did you mean `{near}`?" if near else f"name a field of `{path[-1]}`"
            place = (*path, "evidence_for", field)
            yield Finding(
                document.file, place, "unknown-evidence", f"`{path[-1]}` has no field `{field}`", fix, at_key=True
            )
    for place, names in (
        ((*path, "evidence"), block.evidence),
        *(((*path, "evidence_for", field), names) for field, names in block.evidence_for.items()),
    ):
        yield from _names(document, entry, place, names, used)


def _survey(document: Document, entry: Entry, used: set[str]) -> Iterator[Finding]:
    if isinstance(entry, Family) and entry.survey is not None:
        for i, error in enumerate(entry.survey.errors):
            yield from _names(document, entry, ("survey", "errors", i, "evidence"), error.evidence, used)


def _names(
    document: Document, entry: Entry, place: Place, names: str | tuple[str, ...] | None, used: set[str]
) -> Iterator[Finding]:
    many = isinstance(names, tuple)
    for i, name in enumerate((names,) if isinstance(names, str) else names or ()):
        used.add(name)
        if name not in entry.evidence:
            near = did_you_mean(name, entry.evidence)
            fix = f"did you mean `{near}`?" if near else "list it under the entry's `evidence:`"
            where = (*place, i) if many else place
            yield Finding(document.file, where, "unknown-evidence", f"the entry lists no evidence `{name}`", fix)


def incomplete_evidence(catalog: Catalog) -> Iterator[Finding]:
    """Confirmed evidence says where it was read, and when."""
    for document, entry in catalog.entries():
        for name, piece in entry.evidence.items():
            lacking = [key for key in ("source", "locator", "seen") if getattr(piece, key) is None]
            if piece.status == "confirmed" and lacking:
                message = f"confirmed evidence `{name}` lacks {', '.join(lacking)}"
                fix = "add it, or change the status to from-memory"
                yield Finding(document.file, ("evidence", name), "incomplete-evidence", message, fix, at_key=True)


def old_status(catalog: Catalog) -> Iterator[Finding]:
    """A status (active, gone …) looked up longer ago than ``status_limit_months`` of catalog.yaml."""
    if catalog.about is None:
        return
    limit = catalog.about.status_limit_months
    for document, entry in catalog.entries():
        for path, block in entry.blocks():
            checked = getattr(block, "checked", None)
            if isinstance(checked, str) and date_is_known(checked) and _months(checked, catalog.about.date) > limit:
                message = f"the status was looked up on {checked}, more than {limit} months before {catalog.about.date}"
                yield Finding(
                    document.file, (*path, "checked"), "old-status", message, "look it up again and set `checked`"
                )


def _months(earlier: str, later: str) -> int:
    def count(date: str) -> int:
        return int(date[:4]) * 12 + int(date[5:7] or 12)

    return count(later) - count(earlier)
