"""``hub serve``: opening a folder as a hub, and saying what it holds before anybody waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gptalt_catalog.verify.hub.digests import DigestBook
from gptalt_catalog.verify.hub.loopback import LoopbackHub
from gptalt_catalog.verify.hub.names import is_file_path
from gptalt_catalog.verify.hub.repositories import KINDS, Repository

DIGESTS = ".hub-digests.json"


class ServeError(Exception):
    """The folder or the port cannot be used; the message says what to do."""


def open_hub(folder: Path, host: str, port: int) -> LoopbackHub:
    """A hub that serves ``folder``, not started yet. Raises :class:`ServeError`."""
    if not any((folder / kind).is_dir() for kind in KINDS):
        raise ServeError(
            f"{folder} holds neither models/ nor datasets/; put repositories at models/OWNER/NAME/REVISION/, where"
            " REVISION is a commit of 40 hex digits or a branch such as main"
        )
    try:
        return LoopbackHub(folder, host=host, port=port, digests=DigestBook(folder.resolve() / DIGESTS))
    except OSError as error:
        ports = f"ports {port} and {port + 1}" if port else "a port"
        raise ServeError(f"cannot listen on {ports} of {host}: {error.strerror}; choose another --port") from None


def survey(hub: LoopbackHub) -> Iterator[str]:
    """Hash everything once, and say in lines what is served and what is not.

    Hashing first keeps clients from waiting (and giving up) at their first request.
    """
    shelf, count = hub.state.shelf, 0
    for repository in shelf.all():
        count += 1
        revisions = repository.revisions()
        for revision, commit in sorted(revisions.items()):
            items = repository.items(commit)
            size = sum(item.digest(shelf.book).size for item in items.values())
            yield f"{repository.kind}/{repository.name}@{revision}: {len(items)} files, {size:,} bytes, {commit[:12]}"
        if "main" not in revisions:
            yield f'  warning: {repository.name} has no main; name its commit in refs.json, {{"main": "<commit>"}}'
        yield from _left_out(repository)
    shelf.book.save()
    yield f"{count} repositories"


def _left_out(repository: Repository) -> Iterator[str]:
    """A warning for every file of the repository's folder that is not served."""
    if repository.home is None:
        return
    for place in sorted(repository.home.rglob("*")):
        inside = place.relative_to(repository.home)
        if (
            len(inside.parts) < 2
            or (place.is_dir() and not place.is_symlink())
            or {".git", ".cache"} & set(inside.parts)
        ):
            continue
        real = place.resolve()
        if not real.is_relative_to(repository.home):
            yield f"  warning: not served, it leads out of the repository: {inside.as_posix()!a}"
        elif not is_file_path("/".join(inside.parts[1:])) or not real.is_file():
            yield f"  warning: not served, an odd name or no plain file: {inside.as_posix()!a}"
