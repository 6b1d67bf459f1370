"""References must lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.kinds import KINDS
from gptalt_catalog.domain.problem import Finding
from gptalt_catalog.domain.structure import references
from gptalt_catalog.domain.suggest import did_you_mean

_INSIDE = {
    "checkpoint": "models/",
    "protocol": "protocols/",
    "organization": "vocabulary/organizations",
    "language": "vocabulary/languages",
    "task": "vocabulary/tasks",
    "defect": "vocabulary/defects",
}
_FOLDER = {kind.name: kind.folder + "/" for kind in KINDS if kind.holds == "entry"}


@dataclass(frozen=True)
class Unread:
    """The texts of files that could not be read, by catalog path.

    What they define is unknown, so references to it are not called dangling: one mistake in a file
    should not be reported again in every file that refers to it.
    """

    texts: Mapping[str, str]

    def may_define(self, kind: str, id: str) -> bool:
        """Whether an unread file is, or seems to hold, the entry ``id`` of ``kind``."""
        if kind in _INSIDE:
            return any(file.startswith(_INSIDE[kind]) and id in text for file, text in self.texts.items())
        return f"{_FOLDER[kind]}{id}.yaml" in self.texts


def dangling_references(catalog: Catalog, unread: Unread) -> Iterator[Finding]:
    """A reference to an entry that does not exist, with the nearest one that does."""
    tables = catalog.tables
    for document in catalog.documents:
        for place, kind, id in references(document.content):
            if id not in tables[kind] and not unread.may_define(kind, id):
                yield _dangling(document.file, place, kind, id, tables[kind])
        if document.kind.holds == "of-source" and document.id not in catalog.sources:
            if not unread.may_define("source", document.id):
                yield _dangling(document.file, (), "source", document.id, catalog.sources)
        if document.kind.holds == "of-benchmark" and document.id not in catalog.benchmarks:
            if not unread.may_define("benchmark", document.id):
                yield _dangling(document.file, (), "benchmark", document.id, catalog.benchmarks)


def _dangling(file: str, place: tuple[str | int, ...], kind: str, id: str, table: Mapping[str, object]) -> Finding:
    near = did_you_mean(id, table)
    where = _FOLDER.get(kind) or _INSIDE[kind]
    fix = f"did you mean `{near}`?" if near else f"add the {kind} under catalog/{where}, or correct the id"
    return Finding(file, place, "dangling-reference", f"there is no {kind} `{id}`", fix)
