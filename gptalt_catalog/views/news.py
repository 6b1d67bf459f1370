"""What is new: the latest releases, and what was read last."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from gptalt_catalog.domain.base import date_is_known
from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.views.model_list import ModelRow


@dataclass(frozen=True)
class Release:
    """Checkpoints of one family that came out on one day."""

    date: str
    family: str
    checkpoints: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """A day on which sources were read: pieces of evidence by kind of entry, and the entries by (kind, id)."""

    date: str
    pieces: int
    entries: tuple[tuple[str, str], ...]

    @property
    def kinds(self) -> tuple[tuple[str, int], ...]:
        """The number of entries by kind, most first."""
        counts: dict[str, int] = defaultdict(int)
        for kind, _ in self.entries:
            counts[kind] += 1
        return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def latest_releases(rows: tuple[ModelRow, ...], most: int = 25) -> tuple[Release, ...]:
    """The latest releases, days of one family together, the newest first."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if row.released is not None:
            found[row.released, row.family].append(row.id)
    newest = sorted(found, key=lambda key: (key[0], key[1]), reverse=True)[:most]
    return tuple(Release(date, family, tuple(found[date, family])) for date, family in newest)


def latest_readings(catalog: Catalog, most: int = 6) -> tuple[Reading, ...]:
    """The latest days on which the evidence of entries was read, the newest first."""
    pieces: dict[str, int] = defaultdict(int)
    entries: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    for document, entry in catalog.entries():
        for piece in entry.evidence.values():
            if piece.seen is not None and date_is_known(piece.seen) and len(piece.seen) == 10:
                pieces[piece.seen] += 1
                entries[piece.seen][document.kind.name, document.id] = None
    newest = sorted(pieces, reverse=True)[:most]
    return tuple(Reading(date, pieces[date], tuple(entries[date])) for date in newest)


@dataclass(frozen=True)
class Version:
    """A version of the project's change log: its title, and (heading, entries) of each part."""

    title: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]


def change_log(text: str) -> tuple[Version, ...]:
    """The versions of a change log in the form of keepachangelog.com, as plain text."""
    versions: list[Version] = []
    parts: list[tuple[str, list[str]]] = []
    for line in [*text.splitlines(), "## "]:
        if line.startswith("## "):
            if versions:
                kept = tuple((name, tuple(items)) for name, items in parts if items)
                versions[-1] = Version(versions[-1].title, kept)
            versions.append(Version(line[3:].strip().replace("[", "").replace("]", ""), ()))
            parts = []
        elif versions and line.startswith("### "):
            parts.append((line[4:].strip(), []))
        elif parts and line.startswith("- "):
            parts[-1][1].append(line[2:].strip())
        elif parts and parts[-1][1] and line.startswith("  "):
            parts[-1][1][-1] += " " + line.strip()
    return tuple(version for version in versions if version.parts)
