"""One file from a hub into a partial file: resumed at the byte, hashed, and refused if it is not the one promised."""

from __future__ import annotations

import errno
import io
import os
import re
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from gptalt_catalog.verify.hub.client import Answer, BrokenConnectionError, HubClient
from gptalt_catalog.verify.hub.digests import CHUNK, Digest, Hasher, pieces
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.explanations import Asked
from gptalt_catalog.verify.hub.listing import RemoteFile
from gptalt_catalog.verify.hub.names import SHA256

OnBytes = Callable[[int], None]
F = TypeVar("F", bound=io.RawIOBase | io.BytesIO)


@dataclass(frozen=True)
class Source:
    """A file at a commit of a repository."""

    repository: str
    commit: str
    file: RemoteFile

    @property
    def address(self) -> str:
        """Its address on the hub, without the host."""
        return f"{self.repository}/resolve/{self.commit}/{urllib.parse.quote(self.file.path)}"

    @property
    def asked(self) -> Asked:
        """For messages."""
        return Asked(self.repository, self.commit, self.file.path)


def read_small(client: HubClient, source: Source, most: int = 64 << 20) -> bytes:
    """A small file's content, checked, without touching the disk. Raises :class:`.errors.HubError`."""
    size = source.file.size
    if size > most:
        raise HubError("damaged", f"{source.file.path} of {source.repository} is far too large", "tell its owners")
    growing = _Growing(io.BytesIO(), source.file, lambda _: None)
    _complete(client, source, growing)
    digest = growing.hasher.digest()
    if not matches(digest, source.file):
        raise damaged(digest, source)
    return growing.file.getvalue()


def transfer(client: HubClient, source: Source, partial: Path, on_bytes: OnBytes) -> Digest:
    """Complete ``partial`` and return its hashes; ``on_bytes`` hears of bytes read from disk or network.

    What ``partial`` holds already is kept and not asked for again. A file that does not hash to what
    the hub promised is deleted. Raises :class:`.errors.HubError`.
    """
    try:
        with _opened(partial, source.file.size) as file:
            growing = _Growing(file, source.file, on_bytes)
            for data in pieces(partial):
                growing.count(data)
            _complete(client, source, growing)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritable(error, partial.parent) from None
    digest = growing.hasher.digest()
    if not matches(digest, source.file):
        partial.unlink(missing_ok=True)
        raise damaged(digest, source)
    return digest


class _Growing(Generic[F]):
    """A file that grows to ``size`` bytes, hashed as it does. ``have`` is how many it has."""

    def __init__(self, file: F, wanted: RemoteFile, on_bytes: OnBytes) -> None:
        self.file = file
        self.size = wanted.size
        self._git = wanted.sha256 is None
        self._on_bytes = on_bytes
        self._begin()

    def _begin(self) -> None:
        self.have = 0
        self.hasher = Hasher(self.size, git=self._git)

    def count(self, data: bytes) -> None:
        """Bytes that the file holds already."""
        self.hasher.update(data)
        self.have += len(data)
        self._on_bytes(len(data))

    def append(self, data: bytes) -> None:
        """The next bytes."""
        self.file.write(data)
        self.count(data)

    def restart(self) -> None:
        """Forget everything."""
        self.file.seek(0)
        self.file.truncate()
        self._on_bytes(-self.have)
        self._begin()


def _complete(client: HubClient, source: Source, growing: _Growing[Any]) -> None:
    """Ask for the missing bytes until they are there; a broken connection continues where it broke."""
    attempt = 0
    while growing.have < growing.size:
        before = growing.have
        broken: BrokenConnectionError | None = None
        answer = _open_at(client, source, growing)
        try:
            while growing.have < growing.size and (data := answer.read(min(CHUNK, growing.size - growing.have))):
                growing.append(data)
        except BrokenConnectionError as error:
            broken = error
        finally:
            answer.close()
        if growing.have < growing.size:
            attempt = 1 if growing.have > before else attempt + 1
            client.wait_after(broken or BrokenConnectionError(), attempt, source.asked)


def _open_at(client: HubClient, source: Source, growing: _Growing[Any]) -> Answer:
    """The answer with the bytes that follow; a hub that cannot resume makes ``growing`` start again."""
    asked_from = growing.have
    answer = client.open(source.address, source.asked, {"Range": f"bytes={asked_from}-"} if asked_from else None)
    contradiction = _contradiction(answer, source, asked_from)
    if contradiction is not None:
        answer.close()
        raise changed(source, contradiction)
    if asked_from and answer.status == 200:
        growing.restart()
    return answer


def _contradiction(answer: Answer, source: Source, asked_from: int) -> str | None:
    """How an answer contradicts the listing or the question, if it does."""
    etag = (answer.linked or answer.headers).get("x-linked-etag", "").removeprefix("W/").strip('"')
    if source.file.sha256 and SHA256.fullmatch(etag) and etag != source.file.sha256:
        return "its hash is not the one listed"
    if answer.status == 416:
        return "it is shorter than listed"
    if answer.status == 206:
        covers = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("content-range", ""))
        if covers is None or int(covers[1]) != asked_from or covers[2] not in ("*", str(source.file.size)):
            return "it sends another part than was asked for"
    return None


def _opened(partial: Path, size: int) -> io.FileIO:
    """The partial file, to be appended to; emptied if it holds more than it ever can."""
    partial.parent.mkdir(parents=True, exist_ok=True)
    file = partial.open("ab", buffering=0)  # what has arrived is safe from a kill
    if file.tell() > size:
        file.truncate(0)
    return file


def matches(digest: Digest, file: RemoteFile) -> bool:
    """Whether these are the hashes that the hub promised for the file."""
    return digest.sha256 == file.sha256 if file.sha256 is not None else digest.git == file.git


def damaged(digest: Digest, source: Source) -> HubError:
    """A file was fetched whole and is not the one promised; it has been deleted."""
    file = source.file
    if file.sha256 is not None:
        hashes = f"its sha256 is {digest.sha256}, the hub promised {file.sha256}"
    else:
        hashes = f"its git hash is {digest.git}, the hub promised {file.git}"
    return HubError(
        "damaged",
        f"{file.path} of {source.repository} arrived damaged and has been deleted: {hashes}",
        "run the command again to fetch it anew; if that does not help, the line, a proxy or the hub alters files",
    )


def changed(source: Source, why: str) -> HubError:
    """The hub's answers about a file contradict one another."""
    return HubError(
        "changed",
        f"the hub contradicts itself about {source.file.path} of {source.repository}: {why}",
        "run the command again; if it stays so, do not use this hub",
    )


def unwritable(error: OSError, folder: Path) -> HubError:
    """The disk does not take what was fetched."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        way = "free some space, or set HF_HOME to a larger disk; what was fetched is kept for the next run"
        return HubError("disk-full", f"the disk of {folder} is full", way)
    return HubError(
        "not-writable", f"cannot write in {folder}: {error.strerror or error}", "set HF_HOME to a folder of yours"
    )
