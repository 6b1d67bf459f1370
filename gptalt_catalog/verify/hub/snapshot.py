"""What a download or a local folder comes down to: files with their hashes, at a commit, in a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gptalt_catalog.verify.hub.digests import digest_file
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.listing import RemoteFile
from gptalt_catalog.verify.hub.names import is_file_path
from gptalt_catalog.verify.hub.selection import Allowed, is_chat_part, is_tokenizer_part, is_weights, select


@dataclass(frozen=True)
class SnapshotFile:
    """A file: its path in the folder, bytes, sha256 in hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Snapshot:
    """A model's files as they lie on disk, all hashed.

    ``folder`` is what ``from_pretrained`` takes. ``repository`` and ``commit`` are ``None`` for a local
    folder; ``asked`` is the name that was given, where the repository has been renamed. ``left`` are
    files that were left alone (code, pickles, what is not needed). ``fetched`` counts the bytes that
    came over the network this time. ``parents`` are base and difference, or base and adapter (``form``),
    from which the weights were put together here.
    """

    folder: Path
    files: tuple[SnapshotFile, ...]
    repository: str | None = None
    commit: str | None = None
    revision: str | None = None
    asked: str | None = None
    left: tuple[str, ...] = ()
    fetched: int = field(default=0, compare=False)
    parents: tuple[Snapshot, ...] = ()
    form: Literal["full", "delta", "adapter"] = "full"

    @property
    def weights(self) -> dict[str, str]:
        """The sha256 of every file of weights."""
        return {file.path: file.sha256 for file in self.files if is_weights(file.path)}

    @property
    def weights_bytes(self) -> int:
        """The size of all weights together, in bytes."""
        return sum(file.size for file in self.files if is_weights(file.path))

    @property
    def tokenizer_sha256(self) -> str:
        """One sha256 over the files that turn text into tokens."""
        return _together(file for file in self.files if is_tokenizer_part(file.path))

    @property
    def chat_template_sha256(self) -> str | None:
        """One sha256 over the chat templates in files of their own, or ``None`` if there are none."""
        parts = [file for file in self.files if is_chat_part(file.path)]
        return _together(parts) if parts else None


def _together(files: Iterable[SnapshotFile]) -> str:
    rows = sorted(f"{file.sha256}  {file.path}\n" for file in files)
    return hashlib.sha256("".join(rows).encode()).hexdigest()


def local(folder: Path, allowed: Allowed | None = None, on_bytes: Callable[[str, int], None] | None = None) -> Snapshot:
    """The snapshot of a folder with a model, hashed. ``on_bytes`` hears (path, bytes) while hashing.

    Raises :class:`.errors.HubError`: ``not-found``, ``no-config``, ``no-safe-weights``, ``damaged``.
    """
    if not folder.is_dir():
        raise HubError("not-found", f"there is no folder {folder}", "check the path")
    listed = {
        path: RemoteFile(path, place.stat().st_size, None, None)
        for place in sorted(folder.rglob("*"))
        if place.is_file() and is_file_path(path := place.relative_to(folder).as_posix())
    }
    hashed: dict[str, str] = {}

    def sha256(path: str) -> str:
        if path not in hashed:
            hashed[path] = digest_file(folder / path, lambda n: on_bytes(path, n) if on_bytes else None).sha256
        return hashed[path]

    given = allowed or Allowed()
    if given.pickles:  # only then is it known whether a pickle is one of those that the caller vouches for
        listed = {p: RemoteFile(p, f.size, None, sha256(p)) if p.endswith(".bin") else f for p, f in listed.items()}
    chosen = select(listed, str(folder), lambda file: (folder / file.path).read_bytes(), given)
    files = tuple(SnapshotFile(file.path, file.size, sha256(file.path)) for file in chosen.files)
    for file in files:
        if given.code.get(file.path, file.sha256) != file.sha256:
            raise HubError("damaged", f"{file.path} is not the code whose hash is listed", "look at what changed")
    return Snapshot(folder.resolve(), files, left=chosen.left)
