"""One name, one thing: ids, aliases, former ids and hub repositories are unique, whatever their case."""

from __future__ import annotations

from collections.abc import Iterator

from gptalt_catalog.domain.base import Line
from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.family import Hub
from gptalt_catalog.domain.problem import Finding

Place = tuple[str | int, ...]
Names = dict[tuple[str, str], tuple[str, str]]


def duplicate_ids(catalog: Catalog) -> Iterator[Finding]:
    """Two entries (or checkpoints) of one kind that claim the same name or the same weights."""
    taken: Names = {}
    for document, entry in catalog.entries():
        kind = document.kind.name
        yield from _claim(taken, kind, document.id, document.id, document.file, ())
        yield from _claim(taken, f"{kind} name", entry.name, document.id, document.file, ("name",))
        yield from _other_names(taken, kind, document.id, document.file, (), entry.aliases, entry.former_ids)
    yield from _checkpoints(catalog, taken)
    yield from _protocols(catalog)


def _checkpoints(catalog: Catalog, taken: Names) -> Iterator[Finding]:
    for document in catalog.of_kind("family"):
        for key, entry in catalog.families[document.id].checkpoints.items():
            place = ("checkpoints", key)
            yield from _claim(taken, "checkpoint", key, f"{document.id}/{key}", document.file, place)
            yield from _other_names(
                taken, "checkpoint", f"{document.id}/{key}", document.file, place, entry.aliases, entry.former_ids
            )
            if entry.hub is not None and entry.hub.repository not in (None, "unknown", "undisclosed"):
                yield from _claim(
                    taken, "hub repository", _weights(entry.hub), f"{document.id}/{key}", document.file, (*place, "hub", "repository")
                )


def _weights(hub: Hub) -> str:
    """What names one set of weights: several checkpoints may share a repository, not a file of it."""
    parts = [str(hub.repository), hub.file or "", "" if hub.revision == "unknown" else hub.revision]
    return " ".join(part for part in parts if part)


def _protocols(catalog: Catalog) -> Iterator[Finding]:
    taken: Names = {}
    for document in catalog.of_kind("protocols"):
        for key in getattr(document.content, "protocols", {}):
            yield from _claim(taken, "protocol", key, document.id, document.file, ("protocols", key))


def _other_names(
    taken: Names, kind: str, owner: str, file: str, place: Place, aliases: tuple[Line, ...], former: tuple[str, ...]
) -> Iterator[Finding]:
    for i, alias in enumerate(aliases):
        yield from _claim(taken, f"{kind} name", alias, owner, file, (*place, "aliases", i))
    for i, old in enumerate(former):
        yield from _claim(taken, kind, old, owner, file, (*place, "former_ids", i))


def _claim(taken: Names, kind: str, name: str, owner: str, file: str, place: Place) -> Iterator[Finding]:
    key = (kind, name.casefold())
    first = taken.setdefault(key, (owner, file))
    if first != (owner, file):
        message = f"{kind} {ascii(name)} is taken by {first[0]} ({first[1]})"
        fix = "choose another name, or merge the two entries"
        yield Finding(file, place, "duplicate-id", message, fix, at_key=len(place) == 2)
