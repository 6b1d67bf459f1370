"""What a running loopback hub knows: its repositories, its faults, and the requests it answered."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field

from gptalt_catalog.verify.hub.faults import FaultBook
from gptalt_catalog.verify.hub.repositories import Shelf


@dataclass(frozen=True)
class Served:
    """One answered request; ``sent`` counts the bytes of its body."""

    method: str
    path: str
    status: int
    range: str | None
    sent: int
    with_token: bool


@dataclass
class State:
    """What both ports of a hub share.

    ``gated``: repository -> token that opens its files. ``renamed``: old name -> new one. ``gone``:
    (repository, revision) that no longer exist. ``page`` is the most rows of one listing.
    """

    shelf: Shelf
    faults: FaultBook
    gated: dict[str, str]
    renamed: dict[str, str]
    gone: set[tuple[str, str]]
    page: int = 1000
    files_port: int = 0
    host: str = "127.0.0.1"
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    log: list[Served] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, served: Served) -> None:
        """Keep a request."""
        with self.lock:
            self.log.append(served)
