"""Hashes of files: sha256 for weights, git's blob id for the small files of a repository.

Both are computed in one pass, and :class:`DigestBook` keeps them as long as a file is unchanged.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 20


@dataclass(frozen=True)
class Stamp:
    """What tells that a file is still the same one: inode, size in bytes, time of its last change."""

    inode: int
    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """The stamp of the file at ``path`` (a link is followed). Raises ``OSError``."""
        status = path.stat()
        return cls(status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True)
class Digest:
    """A file's hashes in hex: ``sha256``, and ``git``: the sha1 that git gives to the blob (or empty)."""

    sha256: str
    git: str
    size: int


class Hasher:
    """The hashes of a file of ``size`` bytes, fed piece by piece; git's only on demand, as it costs time."""

    def __init__(self, size: int, *, git: bool = True) -> None:
        self.size = size
        self._sha256 = hashlib.sha256()
        self._git = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False) if git else None

    def update(self, data: bytes) -> None:
        """The next bytes."""
        self._sha256.update(data)
        if self._git is not None:
            self._git.update(data)

    def digest(self) -> Digest:
        """The hashes of what was fed."""
        return Digest(self._sha256.hexdigest(), self._git.hexdigest() if self._git is not None else "", self.size)


def pieces(path: Path) -> Iterator[bytes]:
    """The file's bytes in pieces of at most :data:`CHUNK`."""
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            yield data


def digest_file(path: Path, on_bytes: Callable[[int], None] | None = None, *, git: bool = True) -> Digest:
    """The hashes of a file; ``on_bytes`` hears how many bytes each step read. Raises ``OSError``."""
    hasher = Hasher(path.stat().st_size, git=git)
    for data in pieces(path):
        hasher.update(data)
        if on_bytes is not None:
            on_bytes(len(data))
    return hasher.digest()


def digest_bytes(data: bytes) -> Digest:
    """The hashes of some bytes."""
    hasher = Hasher(len(data))
    hasher.update(data)
    return hasher.digest()


class DigestBook:
    """Hashes of many files, each hashed again only when its stamp changes.

    With ``kept`` they outlive the process (best effort: a folder that cannot be written is no error).
    """

    def __init__(self, kept: Path | None = None) -> None:
        self._kept = kept
        self._known: dict[str, tuple[Stamp, Digest]] = {}
        self._lock = threading.Lock()
        if kept is not None:
            self._load(kept)

    def of(self, path: Path) -> Digest:
        """The hashes of the file at ``path``. Raises ``OSError``."""
        stamp = Stamp.of(path)
        known = self._known.get(str(path))
        if known is not None and known[0] == stamp:
            return known[1]
        digest = digest_file(path)
        with self._lock:
            self._known[str(path)] = (stamp, digest)
        return digest

    def _load(self, kept: Path) -> None:
        try:
            rows = json.loads(kept.read_bytes())
            for place, (inode, size, changed, sha256, git) in rows.items():
                key = str(kept.parent / place)
                self._known[key] = (
                    Stamp(int(inode), int(size), int(changed)),
                    Digest(str(sha256), str(git), int(size)),
                )
        except (OSError, ValueError, TypeError, AttributeError):
            self._known = {}  # hashing again is all that is lost

    def save(self) -> None:
        """Write what is known about files below the folder of ``kept``."""
        if self._kept is None:
            return
        root = self._kept.parent
        rows = {
            Path(key).relative_to(root).as_posix(): [s.inode, s.size, s.changed_ns, d.sha256, d.git]
            for key, (s, d) in sorted(self._known.items())
            if Path(key).is_relative_to(root)
        }
        fresh = self._kept.with_name(f"{self._kept.name}.{os.getpid()}")
        try:
            fresh.write_text(json.dumps(rows), encoding="utf-8")
            fresh.replace(self._kept)
        except OSError:
            fresh.unlink(missing_ok=True)
