"""Weights from a hub: planned before the first byte, resumed, hashed, placed whole, removed cleanly.

:func:`plan` resolves a revision and says what it would take; :func:`fetch` does it and returns a
:class:`.snapshot.Snapshot`; :func:`remove` takes away what was fetched. Every failure is a
:class:`.errors.HubError`. Any moment may be the last: a killed process loses nothing that it had written.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gptalt_catalog.verify.hub.cache import CachedRepository
from gptalt_catalog.verify.hub.client import HubClient
from gptalt_catalog.verify.hub.digests import Digest
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.listing import RemoteFile, Resolved, list_files, resolve
from gptalt_catalog.verify.hub.lock import Patience, locked
from gptalt_catalog.verify.hub.names import COMMIT, checked_repository, checked_revision
from gptalt_catalog.verify.hub.selection import Allowed, Selection, is_tokenizer_part, select
from gptalt_catalog.verify.hub.settings import HubSettings
from gptalt_catalog.verify.hub.snapshot import Snapshot, SnapshotFile
from gptalt_catalog.verify.hub.transfer import Source, read_small, transfer, unwritable


@dataclass(frozen=True)
class Progress:
    """Where a download is. Sizes in bytes; ``total_done`` counts what was there before, too.

    ``waiting``: another process (``holder``, its id if known) works on the same repository.
    """

    phase: Literal["waiting", "fetching", "done"]
    path: str = ""
    done: int = 0
    size: int = 0
    total_done: int = 0
    total: int = 0
    holder: int | None = None


def _silent(_: Progress) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class FetchOptions:
    """How to fetch. ``inspect`` sees the parsed config before any weights are fetched, and may raise.

    ``reserve`` is the free space in bytes that must remain on the disk.
    """

    settings: HubSettings = field(default_factory=HubSettings.from_environment)
    allowed: Allowed = field(default_factory=Allowed)
    progress: Callable[[Progress], None] = _silent
    inspect: Callable[[Mapping[str, object]], None] | None = None
    lock_seconds: float = 600.0
    sleep: Callable[[float], None] = time.sleep
    reserve: int = 256 << 20


@dataclass(frozen=True)
class FetchPlan:
    """What a download would take. Bytes: ``total`` of all files, ``missing`` of them, ``free`` on the disk."""

    resolved: Resolved
    selection: Selection
    cache: Path
    total: int
    missing: int
    free: int

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files to fetch."""
        return tuple(Source(self.resolved.repository, self.resolved.commit, file) for file in self.selection.files)


def plan(repository: str, revision: str = "main", options: FetchOptions | None = None) -> FetchPlan:
    """What fetching a repository would take; nothing is written. Raises :class:`.errors.HubError`."""
    given = options or FetchOptions()
    return _plan(HubClient(given.settings, given.sleep), repository, revision, given)


def fetch(repository: str, revision: str = "main", options: FetchOptions | None = None) -> Snapshot:
    """The files that running a model needs, checked, in the cache. Raises :class:`.errors.HubError`.

    Offline, or if a pinned commit is complete in the cache, no hub is asked.
    """
    given = options or FetchOptions()
    checked_repository(repository)
    checked_revision(revision)
    if given.settings.offline:
        return cached(repository, revision, given)
    if revision in CachedRepository(given.settings.cache, repository).record.commits:
        try:
            return cached(repository, revision, given)
        except HubError as error:
            if error.code != "offline":
                raise
    client = HubClient(given.settings, given.sleep)
    return carry_out(client, _plan(client, repository, revision, given), given)


def _plan(client: HubClient, repository: str, revision: str, given: FetchOptions) -> FetchPlan:
    resolved = resolve(client, repository, revision)
    files = list_files(client, resolved)

    def read(file: RemoteFile) -> bytes:
        return read_small(client, Source(resolved.repository, resolved.commit, file))

    selection = select(files, resolved.repository, read, given.allowed)
    place = CachedRepository(given.settings.cache, resolved.repository)
    missing = sum(place.missing_bytes(file) for file in {file.etag: file for file in selection.files}.values())
    total = sum(file.size for file in selection.files)
    return FetchPlan(resolved, selection, given.settings.cache, total, missing, _free(given.settings.cache))


def carry_out(client: HubClient, planned: FetchPlan, given: FetchOptions) -> Snapshot:
    """Fetch what is planned. Raises :class:`.errors.HubError`."""
    resolved = planned.resolved
    if planned.missing and planned.missing + given.reserve > planned.free:
        raise HubError(
            "disk-full",
            f"{resolved.repository} needs {_gb(planned.missing)} more, and the disk of {planned.cache} has"
            f" {_gb(planned.free)} free (of which {_gb(given.reserve)} are kept free)",
            "free some space, or set HF_HOME to a larger disk; nothing was fetched",
        )
    place = CachedRepository(planned.cache, resolved.repository)
    patience = Patience(given.lock_seconds, lambda holder: given.progress(Progress("waiting", holder=holder)))
    try:
        with locked(place.lock, resolved.repository, patience):
            place.reload()
            return _Fetching(client, planned, given, place).run()
    except OSError as error:
        raise unwritable(error, planned.cache) from None


class _Fetching:
    """One download under the repository's lock."""

    def __init__(self, client: HubClient, planned: FetchPlan, given: FetchOptions, place: CachedRepository) -> None:
        self.client = client
        self.planned = planned
        self.given = given
        self.place = place
        self.total_done = 0
        self.fetched = 0

    def run(self) -> Snapshot:
        """Fetch, check and place every file."""
        resolved, commit = self.planned.resolved, self.planned.resolved.commit
        files = []
        for source in self.planned.sources:
            digest = self._file(source)
            self.place.link(commit, source.file)
            files.append(SnapshotFile(source.file.path, source.file.size, digest.sha256))
            if source.file.path == "config.json" and self.given.inspect is not None:
                self.given.inspect(read_config(self.place.snapshot(commit), resolved.repository))
        if resolved.revision != commit:
            self.place.remember(resolved.revision, commit)
        self.place.complete(commit, self.planned.selection.files, self.planned.selection.left)
        self.given.progress(Progress("done", total_done=self.total_done, total=self.planned.total))
        return Snapshot(
            self.place.snapshot(commit), tuple(files), resolved.repository, commit, resolved.revision, resolved.asked,
            self.planned.selection.left, self.fetched,
        )  # fmt: skip

    def _file(self, source: Source) -> Digest:
        file, done = source.file, 0

        def on_bytes(count: int) -> None:
            nonlocal done
            done += count
            self.total_done += count
            total = self.planned.total
            self.given.progress(Progress("fetching", file.path, done, file.size, self.total_done, total))

        digest = self.place.checked(file, on_bytes)
        if digest is None:
            self.fetched += self.place.missing_bytes(file)
            digest = transfer(self.client, source, self.place.partial(file.etag), on_bytes)
            self._check_code(source, digest)
            self.place.place(file, digest)
        else:
            self._check_code(source, digest)
        return digest

    def _check_code(self, source: Source, digest: Digest) -> None:
        listed = self.given.allowed.code.get(source.file.path)
        if listed is not None and listed != digest.sha256:
            self.place.partial(source.file.etag).unlink(missing_ok=True)
            raise HubError(
                "damaged",
                f"{source.file.path} of {source.repository} is not the code whose hash is listed",
                "somebody changed it: read it before listing its new hash",
            )


def cached(repository: str, revision: str = "main", options: FetchOptions | None = None) -> Snapshot:
    """The snapshot from the cache alone, every file checked. Raises :class:`.errors.HubError` ``offline``."""
    given = options or FetchOptions()
    place = CachedRepository(given.settings.cache, checked_repository(repository))
    commit = revision if COMMIT.fullmatch(revision) else place.commit_of(checked_revision(revision))
    if commit is None or not COMMIT.fullmatch(commit) or not place.snapshot(commit).is_dir():
        raise HubError(
            "offline",
            f"{repository} at {revision} is not in the cache, and no hub may be asked",
            "fetch it once with a network, or copy its folder here and name that",
        )
    folder, whole, way = place.snapshot(commit), place.record.commits.get(commit), "fetch it with a network"
    try:
        listed = place.listed(commit)
        chosen = select(listed, repository, lambda file: (folder / file.path).read_bytes(), given.allowed)
    except (HubError, OSError) as error:
        why = error.message if isinstance(error, HubError) else "a file is missing"
        raise HubError("offline", f"{repository} at {revision} is not whole in the cache: {why}", way) from None
    missing = [file.path for file in chosen.files if not (folder / file.path).is_file()]
    missing += [path for path in given.allowed.code if whole is not None and path in whole.left]
    no_tokenizer = whole is None and not any(is_tokenizer_part(file.path) for file in chosen.files)
    if missing or no_tokenizer:
        lacking = missing[0] if missing else "its tokenizer"
        raise HubError("offline", f"{repository} at {revision} lacks {lacking} in the cache", way)
    return _from_cache(place, commit, Selection(chosen.files, whole.left if whole else chosen.left), given, revision)


def _from_cache(
    place: CachedRepository, commit: str, chosen: Selection, given: FetchOptions, revision: str
) -> Snapshot:
    total, done = sum(file.size for file in chosen.files), 0
    folder, files = place.snapshot(commit), []
    for file in chosen.files:

        def on_bytes(count: int, path: str = file.path, size: int = file.size) -> None:
            nonlocal done
            done += count
            given.progress(Progress("fetching", path, count, size, done, total))

        digest = place.checked(file, on_bytes)
        listed = given.allowed.code.get(file.path)
        if digest is None or listed not in (None, digest.sha256):
            raise HubError("offline", f"{file.path} of {place.repository} is damaged in the cache", "fetch it again")
        files.append(SnapshotFile(file.path, file.size, digest.sha256))
    if given.inspect is not None:
        given.inspect(read_config(folder, place.repository))
    return Snapshot(folder, tuple(files), place.repository, commit, revision, place.repository, chosen.left)


def remove(snapshot: Snapshot, settings: HubSettings | None = None) -> int:
    """Remove what :func:`fetch` put into the cache for this snapshot, and nothing else; the bytes freed.

    Raises :class:`.errors.HubError` ``not-ours`` for a local folder.
    """
    if snapshot.repository is None or snapshot.commit is None:
        raise HubError("not-ours", f"{snapshot.folder} was not fetched by this command", "remove it yourself")
    given = settings or HubSettings.from_environment()
    place = CachedRepository(given.cache, snapshot.repository)
    if place.snapshot(snapshot.commit).resolve() != snapshot.folder.resolve():
        raise HubError("not-ours", f"{snapshot.folder} is not in the cache {given.cache}", "check HF_HOME")
    try:
        with locked(place.lock, snapshot.repository, Patience()):
            place.reload()
            return place.remove(snapshot.commit)
    except OSError as error:
        raise unwritable(error, given.cache) from None


def read_config(folder: Path, name: str) -> Mapping[str, object]:
    """The parsed ``config.json`` of a folder. Raises :class:`.errors.HubError` ``no-config``."""
    try:
        value = json.loads((folder / "config.json").read_bytes())
    except (OSError, ValueError):
        value = None
    if not isinstance(value, dict):
        raise HubError("no-config", f"config.json of {name} is not a JSON object", "tell its owners")
    return value


def _free(folder: Path) -> int:
    """Free bytes on the disk where ``folder`` is or will be."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _gb(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 10**8 else f"{size / 1e6:,.1f} MB"
