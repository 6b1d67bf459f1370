"""A repository in the cache: the public client's layout, plus a record of what this project put there.

``models--OWNER--NAME/blobs/<hash>``, ``snapshots/<commit>/<path>`` (links to blobs) and
``refs/<revision>`` are the public client's; ``.gptalt-catalog/`` beside them holds partial files and
``record.json``. What the record claims as ours, and only that, is ever removed.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gptalt_catalog.verify.hub.digests import Digest, Stamp, digest_file
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.listing import RemoteFile
from gptalt_catalog.verify.hub.names import is_file_path
from gptalt_catalog.verify.hub.transfer import OnBytes, matches

_FORMAT = 1
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass
class BlobRecord:
    """What is known of a blob: its hashes while its stamp is unchanged, and whether we fetched it."""

    stamp: Stamp
    sha256: str
    git: str
    ours: bool

    def digest(self) -> Digest:
        """Its hashes."""
        return Digest(self.sha256, self.git, self.stamp.size)


@dataclass(frozen=True)
class CommitRecord:
    """A commit that was fetched whole: its chosen files, and the names of those left alone."""

    files: tuple[RemoteFile, ...]
    left: tuple[str, ...]


@dataclass
class Record:
    """Blobs by name, whole commits; links and references that we made, as paths below the repository's folder."""

    blobs: dict[str, BlobRecord] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    commits: dict[str, CommitRecord] = field(default_factory=dict)

    @classmethod
    def read(cls, place: Path) -> Record:
        """The record at ``place``; an unreadable one counts as none, so that nothing is taken for ours."""
        try:
            value = json.loads(place.read_bytes())
            if value["format"] != _FORMAT:
                return cls()
            blobs = {
                str(name): BlobRecord(Stamp(**row["stamp"]), str(row["sha256"]), str(row["git"]), row["ours"] is True)
                for name, row in value["blobs"].items()
            }
            commits = {
                str(commit): CommitRecord(tuple(RemoteFile(**file) for file in row["files"]), tuple(row["left"]))
                for commit, row in value["commits"].items()
            }
            return cls(blobs, {str(link) for link in value["links"]}, commits)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def write(self, place: Path) -> None:
        """Write it whole. Raises ``OSError``."""
        value = {
            "format": _FORMAT,
            "blobs": {name: asdict(blob) for name, blob in self.blobs.items()},
            "links": sorted(self.links),
            "commits": {commit: asdict(whole) for commit, whole in self.commits.items()},
        }
        fresh = place.with_suffix(f".{os.getpid()}")
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(value, indent=1), encoding="utf-8")
        fresh.replace(place)


class CachedRepository:
    """The folder of one repository in a cache. Writing methods need the repository's lock."""

    def __init__(self, cache: Path, repository: str) -> None:
        self.repository = repository
        self.cache = cache
        self.folder = cache / ("models--" + repository.replace("/", "--"))
        self.own = self.folder / ".gptalt-catalog"
        self.record = Record.read(self.own / "record.json")

    @property
    def lock(self) -> Path:
        """Where its lock lies."""
        return self.cache / ".locks" / f"gptalt-catalog--{self.folder.name}.lock"

    def reload(self) -> None:
        """Read the record again, once the lock is held."""
        self.record = Record.read(self.own / "record.json")

    def blob(self, etag: str) -> Path:
        """Where the content with this hash lies."""
        return self.folder / "blobs" / etag

    def partial(self, etag: str) -> Path:
        """Where it grows."""
        return self.own / f"{etag}.partial"

    def snapshot(self, commit: str) -> Path:
        """The folder of a commit."""
        return self.folder / "snapshots" / commit

    def listed(self, commit: str) -> dict[str, RemoteFile]:
        """The files of a commit by path, as far as the cache knows without a hub.

        From our record if we fetched it whole, else from the public client's own listing, else what lies there.
        """
        whole = self.record.commits.get(commit)
        if whole is not None:
            return {file.path: file for file in whole.files}
        try:
            rows = json.loads((self.folder / "trees" / f"{commit}.json").read_bytes())["files"]
            found = [
                RemoteFile(path, row["size"], None if row.get("lfs_sha256") else row["blob_id"], row.get("lfs_sha256"))
                for path, row in rows.items()
            ]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            folder = self.snapshot(commit)
            found = [_lying(folder, pointer) for pointer in sorted(folder.rglob("*")) if pointer.is_file()]
        return {file.path: file for file in found if is_file_path(file.path) and _HASH.fullmatch(file.etag)}

    def missing_bytes(self, file: RemoteFile) -> int:
        """How much of a file is not here yet."""
        if self.blob(file.etag).is_file():
            return 0
        partial = self.partial(file.etag)
        have = partial.stat().st_size if partial.is_file() else 0
        return file.size - have if have <= file.size else file.size

    def commit_of(self, revision: str) -> str | None:
        """The commit that the cache remembers for a branch or tag."""
        with contextlib.suppress(OSError):
            return (self.folder / "refs" / revision).read_text(encoding="ascii", errors="replace").strip()
        return None

    def checked(self, file: RemoteFile, on_bytes: OnBytes) -> Digest | None:
        """The hashes of a file that is here already, or ``None`` if it is not.

        Hashed unless it was and has not changed since. A wrong one of ours is deleted (and ``None``
        returned); a wrong one that others put here raises :class:`.errors.HubError` ``cache-damaged``.
        """
        blob = self.blob(file.etag)
        if not blob.is_file():
            return None
        known, stamp = self.record.blobs.get(file.etag), Stamp.of(blob)
        if known is not None and known.stamp == stamp:
            on_bytes(file.size)
            return known.digest()
        digest = digest_file(blob, on_bytes, git=file.sha256 is None)
        if matches(digest, file):
            self.record.blobs[file.etag] = BlobRecord(stamp, digest.sha256, digest.git, ours=False)
            return digest
        on_bytes(-stamp.size)
        if known is not None and known.ours and known.stamp.inode == stamp.inode:
            blob.unlink()
            return None
        raise HubError(
            "cache-damaged",
            f"{file.path} of {self.repository} lies damaged in the cache, put there by another program",
            f"delete {blob} and run the command again",
        )

    def place(self, file: RemoteFile, digest: Digest) -> None:
        """Move a completed partial file to its place. The record is written first: see :class:`BlobRecord`.

        A crash in between leaves a claim to a blob that is not there, which harms nobody: ownership holds
        only while inode, size and time are those recorded.
        """
        partial = self.partial(file.etag)
        self.record.blobs[file.etag] = BlobRecord(Stamp.of(partial), digest.sha256, digest.git, ours=True)
        self.save()
        self.blob(file.etag).parent.mkdir(parents=True, exist_ok=True)
        partial.replace(self.blob(file.etag))

    def link(self, commit: str, file: RemoteFile) -> None:
        """Make the file appear in the commit's folder."""
        pointer, blob = self.snapshot(commit) / file.path, self.blob(file.etag)
        if pointer.exists() and (pointer.samefile(blob) or _same(pointer, file)):
            return
        if pointer.is_symlink() or pointer.exists():
            pointer.unlink()
        self._claim(pointer)
        pointer.parent.mkdir(parents=True, exist_ok=True)
        try:
            pointer.symlink_to(os.path.relpath(blob, pointer.parent))
        except OSError:  # no symbolic links here
            try:
                os.link(blob, pointer)
            except OSError:
                fresh = pointer.with_name(f"{pointer.name}.{os.getpid()}")
                shutil.copyfile(blob, fresh)
                fresh.replace(pointer)

    def remember(self, revision: str, commit: str) -> None:
        """Note the commit of a branch or tag for offline use, unless somebody has noted one."""
        place = self.folder / "refs" / revision
        if place.exists() and self._name(place) not in self.record.links:
            return
        self._claim(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f"{place.name}.{os.getpid()}")
        fresh.write_text(commit, encoding="ascii")
        fresh.replace(place)

    def complete(self, commit: str, files: tuple[RemoteFile, ...], left: tuple[str, ...]) -> None:
        """Note that a commit is here whole."""
        self.record.commits[commit] = CommitRecord(files, left)
        self.save()

    def save(self) -> None:
        """Write the record."""
        self.record.write(self.own / "record.json")

    def _claim(self, place: Path) -> None:
        self.record.links.add(self._name(place))
        self.save()

    def _name(self, place: Path) -> str:
        return place.relative_to(self.folder).as_posix()

    # ---- removing

    def remove(self, commit: str) -> int:
        """Remove what we fetched of a commit, and nothing else; the bytes that this frees."""
        whole = self.record.commits.pop(commit, CommitRecord((), ()))
        kept = {file.etag for other in self.record.commits.values() for file in other.files}
        for link in sorted(self.record.links):
            place = self.folder / link
            of_commit = place.is_relative_to(self.snapshot(commit))
            if of_commit or (link.startswith("refs/") and self.commit_of(link.removeprefix("refs/")) == commit):
                place.unlink(missing_ok=True)
                self.record.links.discard(link)
                self._prune(place.parent)
        freed = sum(self._remove_blob(etag) for etag in {file.etag for file in whole.files} - kept)
        self.save()
        if not self.record.links and not any(blob.ours for blob in self.record.blobs.values()):
            if not any(self.own.glob("*.partial")):
                (self.own / "record.json").unlink(missing_ok=True)
            self._prune(self.own)
        for folder in ("blobs", "snapshots", "refs"):
            self._prune(self.folder / folder)
        return freed

    def _remove_blob(self, etag: str) -> int:
        partial, freed = self.partial(etag), 0
        if partial.is_file():
            freed += partial.stat().st_size
            partial.unlink()
        blob, known = self.blob(etag), self.record.blobs.get(etag)
        if known is None or not known.ours or not blob.is_file() or Stamp.of(blob) != known.stamp:
            return freed
        if blob.is_symlink() or self._in_use(blob):
            return freed
        del self.record.blobs[etag]
        blob.unlink()
        return freed + known.stamp.size

    def _in_use(self, blob: Path) -> bool:
        """Whether a commit still shows this blob."""
        folder = self.folder / "snapshots"
        return any(p.is_symlink() and p.resolve() == blob.resolve() for p in folder.rglob("*"))

    def _prune(self, folder: Path) -> None:
        """Remove a folder if it is empty, then those above it, up to the repository's own."""
        while folder.is_relative_to(self.folder):
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent


def _lying(folder: Path, pointer: Path) -> RemoteFile:
    """A file of a commit's folder; its blob's name is its hash."""
    name, path = pointer.resolve().name, pointer.relative_to(folder).as_posix()
    large = len(name) == 64
    return RemoteFile(path, pointer.stat().st_size, None if large else name, name if large else None)


def _same(pointer: Path, file: RemoteFile) -> bool:
    """Whether others put the file itself, not a link, at the pointer (on systems without links)."""
    same_size = not pointer.is_symlink() and pointer.stat().st_size == file.size
    return same_size and matches(digest_file(pointer), file)
