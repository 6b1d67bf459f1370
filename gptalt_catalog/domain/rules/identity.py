"""One name, one thing: ids, aliases, former ids and hub repositories are unique, whatever their case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.family import CheckpointEntry, Hub
from gptalt_catalog.domain.problem import Finding

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class _Use:
    """A name that an owner uses at a place of a file. ``space``: names of one space exclude each other."""

    space: str
    name: str
    owner: str
    file: str
    place: Place


def duplicate_ids(catalog: Catalog) -> Iterator[Finding]:
    """Two entries (or checkpoints) of one kind that claim the same name or the same weights."""
    taken: dict[tuple[str, str], _Use] = {}
    for use in _uses(catalog):
        first = taken.setdefault((use.space, use.name.casefold()), use)
        if (first.owner, first.file) != (use.owner, use.file):
            message = f"{use.space} {use.name!a} is taken by {first.owner} ({first.file})"
            fix = "choose another name, or merge the two entries"
            yield Finding(use.file, use.place, "duplicate-id", message, fix, at_key=len(use.place) == 2)


def _uses(catalog: Catalog) -> Iterator[_Use]:
    for document, entry in catalog.entries():
        kind, owner, file = document.kind.name, document.id, document.file
        yield _Use(f"{kind} name", entry.name, owner, file, ("name",))
        for i, alias in enumerate(entry.aliases):
            yield _Use(f"{kind} name", alias, owner, file, ("aliases", i))
        yield _Use(kind, owner, owner, file, ())
        for i, old in enumerate(entry.former_ids):
            yield _Use(kind, old, owner, file, ("former_ids", i))
    for document in catalog.of_kind("family"):
        for key, checkpoint in catalog.families[document.id].checkpoints.items():
            yield from _checkpoint_uses(key, checkpoint, f"{document.id}/{key}", document.file)
    for document in catalog.of_kind("protocols"):
        for key in getattr(document.content, "protocols", {}):
            yield _Use("protocol", key, document.id, document.file, ("protocols", key))


def _checkpoint_uses(key: str, checkpoint: CheckpointEntry, owner: str, file: str) -> Iterator[_Use]:
    place = ("checkpoints", key)
    yield _Use("checkpoint", key, owner, file, place)
    for i, alias in enumerate(checkpoint.aliases):
        yield _Use("checkpoint name", alias, owner, file, (*place, "aliases", i))
    for i, old in enumerate(checkpoint.former_ids):
        yield _Use("checkpoint", old, owner, file, (*place, "former_ids", i))
    if checkpoint.hub is not None and checkpoint.hub.repository not in (None, "unknown", "undisclosed"):
        yield _Use("hub repository", _weights(checkpoint.hub), owner, file, (*place, "hub", "repository"))


def _weights(hub: Hub) -> str:
    """What names one set of weights: several checkpoints may share a repository, not a file of it."""
    parts = [str(hub.repository), hub.file or "", "" if hub.revision == "unknown" else hub.revision]
    return " ".join(part for part in parts if part)
