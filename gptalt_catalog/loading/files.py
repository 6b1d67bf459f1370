"""Which files a catalog folder holds, what kind each is, and which names are refused."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gptalt_catalog.domain.kinds import KINDS, Kind
from gptalt_catalog.domain.problem import Finding

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
_FOLDERS = {kind.folder: kind for kind in KINDS if kind.holds != "vocabulary" and kind.folder}
_VOCABULARY = {kind.name: kind for kind in KINDS if kind.holds == "vocabulary"}
_ABOUT = next(kind for kind in KINDS if kind.holds == "about")
_NOT_ENTRIES = frozenset({"LICENSE", "README.md"})
_BESIDE_ENTRIES = (".items.json", ".rows.json")
"""Ends of the names of files that belong to an entry: a record's item results, a suite's rows."""


@dataclass(frozen=True)
class CatalogFile:
    """A file that should hold an entry: its path inside the catalog (with ``/``), id and kind."""

    file: str
    id: str
    kind: Kind


def classify(file: str) -> CatalogFile | Finding:
    """What the file at the catalog path ``file`` holds, judged by its path alone."""
    parts = file.split("/")
    bad = next((part for part in parts if _NAME.fullmatch(part) is None), None)
    if bad is not None:
        fix = "rename it: lower-case letters, digits, dots and hyphens"
        return Finding(file, (), "file-name", f"the name {bad[:80]!a} is not allowed", fix)
    if not file.endswith(".yaml"):
        return Finding(
            file, (), "file-place", "not a .yaml file", "catalog files end in .yaml; other files do not belong here"
        )
    stem = parts[-1].removesuffix(".yaml")
    if file == "catalog.yaml":
        return CatalogFile(file, "catalog", _ABOUT)
    if len(parts) == 2 and parts[0] == "vocabulary" and stem in _VOCABULARY:
        return CatalogFile(file, stem, _VOCABULARY[stem])
    kind = _FOLDERS.get(parts[0])
    if kind is not None and kind.name == "verification" and len(parts) == 3:
        return CatalogFile(file, f"{parts[1]}/{stem}", kind)
    if kind is not None and kind.name != "verification" and len(parts) == 2:
        return CatalogFile(file, stem, kind)
    where = ", ".join(sorted(_FOLDERS))
    fix = f"entries are kept as FOLDER/ID.yaml in: {where}; verifications as verifications/CHECKPOINT/NAME.yaml"
    return Finding(file, (), "file-place", "no kind of entry is kept here", fix)


def walk(root: Path) -> Iterator[CatalogFile | Finding]:
    """All files under ``root`` in sorted order. Links are refused: they can lead out of the catalog."""
    for folder, names, files in os.walk(root):
        base = Path(folder).relative_to(root).as_posix()
        prefix = "" if base == "." else base + "/"
        names[:] = sorted(n for n in names if not n.startswith("."))
        for name in list(names):
            if Path(folder, name).is_symlink():
                names.remove(name)
                yield _link(prefix + name)
        for name in sorted(files):
            if name.startswith(".") or (not prefix and name in _NOT_ENTRIES) or name.endswith(_BESIDE_ENTRIES):
                continue
            yield _link(prefix + name) if Path(folder, name).is_symlink() else classify(prefix + name)


def _link(file: str) -> Finding:
    return Finding(file, (), "file-name", "a symbolic link", "put the file itself here")
