"""A model hub on this machine that the real clients accept unmodified.

For tests (with faults, see :mod:`.faults`), for the demonstration, and for sites without a network
(``gptalt-catalog hub serve``). Reads only; standard library only. Large files come, as on the real hub,
by a redirect to another origin: another port of the same host. Set what :meth:`LoopbackHub.environment`
returns for the clients.
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterable, Mapping, Sequence
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from gptalt_catalog.verify.hub.answers import Handler
from gptalt_catalog.verify.hub.digests import DigestBook
from gptalt_catalog.verify.hub.faults import Fault, FaultBook
from gptalt_catalog.verify.hub.repositories import Shelf
from gptalt_catalog.verify.hub.serving import Served, State


class Server(ThreadingHTTPServer):
    """A port of the hub. ``files`` marks the port that large files come from."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, state: State, *, files: bool) -> None:
        self.state = state
        self.files = files
        super().__init__((host, port), Handler)

    def server_bind(self) -> None:
        """Bind without asking a name server who this machine is, which can take long without a network."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that goes away in the middle is no fault of the hub."""


class LoopbackHub:
    """A hub that serves ``root`` and mapped ``folders`` (see :mod:`.repositories`); a context manager.

    ``port`` 0 takes any free one; the files' port is the next one. Raises ``OSError`` if a port is taken
    and ``ValueError`` for folders that cannot be served.
    """

    def __init__(
        self,
        root: Path | None = None,
        *,
        folders: Mapping[str, Path | Sequence[Path]] | None = None,
        faults: Iterable[Fault] = (),
        host: str = "127.0.0.1",
        port: int = 0,
        digests: DigestBook | None = None,
    ) -> None:
        shelf = Shelf(root, folders or {}, digests or DigestBook())
        self.state = State(shelf, FaultBook(faults), {}, {}, set(), host=host)
        self._servers = [Server(host, port, self.state, files=False)]
        try:
            self._servers.append(Server(host, port + 1 if port else 0, self.state, files=True))
        except OSError:
            self._servers[0].server_close()
            raise
        self.port = self._servers[0].server_port
        self.state.files_port = self._servers[1].server_port

    @property
    def url(self) -> str:
        """The hub's address, for HF_ENDPOINT."""
        return f"http://{self.state.host}:{self.port}"

    @property
    def log(self) -> list[Served]:
        """The requests answered so far."""
        with self.state.lock:
            return list(self.state.log)

    def environment(self) -> dict[str, str]:
        """What the clients need in their environment."""
        return {"HF_ENDPOINT": self.url, "HF_HUB_DISABLE_XET": "1"}

    def start(self) -> None:
        """Answer requests, in threads of this process."""
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Answer no more, and free the ports."""
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
