"""One file from a hub into a partial file: resumed at the byte, hashed, and refused if it is not the one promised."""

from __future__ import annotations

import errno
import os
import re
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gptalt_catalog.verify.hub.client import BROKEN, Answer, HubClient
from gptalt_catalog.verify.hub.digests import CHUNK, Digest, Hasher, pieces
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.explanations import Asked
from gptalt_catalog.verify.hub.listing import RemoteFile

OnBytes = Callable[[int], None]


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
    if source.file.size > most:
        raise HubError("damaged", f"{source.file.path} of {source.repository} is too large for what it is", "tell its owners")
    data, attempt = b"", 0
    while len(data) < source.file.size:
        answer = client.open(source.address, source.asked)
        try:
            data = answer.read(source.file.size + 1)
        except BROKEN:
            data = b""
        finally:
            answer.close()
        if len(data) < source.file.size:
            attempt += 1
            client.wait_after(ConnectionResetError(), attempt, source.asked)
    hasher = Hasher(source.file.size)
    hasher.update(data)
    check(hasher.digest(), source)
    return data


def transfer(client: HubClient, source: Source, partial: Path, on_bytes: OnBytes) -> Digest:
    """Complete ``partial`` and return its hashes; ``on_bytes`` hears of bytes read from disk or network.

    What ``partial`` holds already is kept and not asked for again. A file that does not hash to what
    the hub promised is deleted. Raises :class:`.errors.HubError`.
    """
    try:
        with _opened(partial, source.file.size) as file:
            hasher = Hasher(source.file.size)
            for data in pieces(partial):
                hasher.update(data)
                on_bytes(len(data))
            have = file.seek(0, os.SEEK_END)
            attempt = 0
            while have < source.file.size:
                before = have
                answer, have = _open_at(client, source, have)
                if have < before:  # the hub does not resume: begin again
                    hasher = Hasher(source.file.size)
                    file.truncate(have)
                    on_bytes(-before)
                    before = 0
                broken = None
                try:
                    while have < source.file.size and (data := answer.read(min(CHUNK, source.file.size - have))):
                        file.write(data)
                        hasher.update(data)
                        on_bytes(len(data))
                        have += len(data)
                except _Reading as error:
                    broken = error
                finally:
                    answer.close()
                if have < source.file.size:
                    attempt = 1 if have > before else attempt + 1
                    client.wait_after(broken or ConnectionResetError(), attempt, source.asked)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritable(error, partial) from None
    return hasher.digest()
