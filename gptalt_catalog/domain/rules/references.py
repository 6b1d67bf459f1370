"""References must lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gptalt_catalog.domain.catalog import Catalog, Document
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

    def may_define(self, kind: str, name: str) -> bool:
        """Whether an unread file is, or seems to hold, the entry ``name`` of ``kind``."""
        if kind in _INSIDE:
            return any(file.startswith(_INSIDE[kind]) and name in text for file, text in self.texts.items())
        return f"{_FOLDER[kind]}{name}.yaml" in self.texts


def dangling_references(catalog: Catalog, unread: Unread) -> Iterator[Finding]:
    """A reference to an entry that does not exist, with the nearest one that does."""
    tables = catalog.tables
    for document in catalog.documents:
        for place, kind, name in (*references(document.content), *_file_name(document)):
            if name not in tables[kind] and not unread.may_define(kind, name):
                yield _dangling(document.file, place, kind, name, tables[kind])


def _file_name(document: Document) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """The reference that the names of some files are: claims are kept by source, protocols by benchmark."""
    if document.kind.holds in ("of-source", "of-benchmark"):
        yield (), document.kind.holds.removeprefix("of-"), document.id


def _dangling(file: str, place: tuple[str | int, ...], kind: str, name: str, table: Mapping[str, object]) -> Finding:
    near = did_you_mean(name, table)
    where = _FOLDER.get(kind) or _INSIDE[kind]
    fix = f"did you mean `{near}`?" if near else f"add the {kind} under catalog/{where}, or correct the id"
    return Finding(file, place, "dangling-reference", f"there is no {kind} `{name}`", fix)
