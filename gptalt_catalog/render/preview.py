"""The preview behind ``site serve``: pages from the catalog as it is now, the last good ones while it has errors.

Nothing is built: :class:`.LiveSite` makes the pages that are looked at. Browsers wait for the next version
and load their page again when it is there.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from gptalt_catalog.domain.problem import Problem
from gptalt_catalog.loading.catalog_loader import CatalogReader
from gptalt_catalog.render.live_site import HTML, Answer, LiveSite, Workshop
from gptalt_catalog.render.project import Project

STATUS_PATH = "/__preview/status.json"
SCRIPT_PATH = "/__preview/preview.js"
_TAG = f'<script src="{SCRIPT_PATH}"></script>'.encode()
_WAITING = b"<!doctype html><meta charset=utf-8><title>Preview</title><body>" + _TAG
PATIENCE = 20.0
"""Seconds for which a browser's question for news is kept open."""


@dataclass
class State:
    """What browsers are told: ``version`` grows with every change, of pages or of errors."""

    version: int = 0
    pages: int = 0
    errors: tuple[str, ...] = ()
    changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def set(self, *, pages: bool, errors: tuple[str, ...] = ()) -> None:
        """Announce new pages, or errors that keep the old ones."""
        with self.changed:
            self.version += 1
            self.pages += pages
            self.errors = errors
            self.changed.notify_all()

    def news(self, known: int | None, patience: float = PATIENCE) -> dict[str, Any]:
        """The state as JSON, at once or when it is no longer the one that is ``known``."""
        with self.changed:
            if known is not None:
                self.changed.wait_for(lambda: self.version != known, patience)
            return {"version": self.version, "pages": self.pages, "errors": list(self.errors)}


class Preview:
    """Watches a project and keeps a :class:`.LiveSite` as good as its catalog allows."""

    def __init__(self, project: Project, say: Callable[[str], None]) -> None:
        self.project = project
        self.state = State()
        self.say = say
        self.site: LiveSite | None = None
        self._reader = CatalogReader(project.catalog)
        self._workshop: Workshop | None = None
        self._catalog_stamp = self._site_stamp = ""

    def refresh(self) -> bool:
        """Take in what changed since the last call; returns whether there are new pages."""
        catalog_stamp, site_stamp = self.project.catalog_stamp(), self.project.site_stamp()
        if (catalog_stamp, site_stamp) == (self._catalog_stamp, self._site_stamp):
            return False
        reading = self._reader.read()
        self._catalog_stamp = catalog_stamp
        if reading.errors:
            self._fail([shown(problem) for problem in reading.errors])
            return False
        try:
            if site_stamp != self._site_stamp or self._workshop is None:
                self._site_stamp = site_stamp
                self._workshop = Workshop(self.project)
            self.site = LiveSite(reading.catalog, self._workshop)
        except Exception as error:  # noqa: BLE001  a configuration or template being edited may be wrong in any way
            self._fail([f"site: {type(error).__name__}: {error}"])
            return False
        self.state.set(pages=True)
        self.say("the site is up to date")
        return True

    def _fail(self, errors: list[str]) -> None:
        self.state.set(pages=False, errors=tuple(errors))
        for error in errors:
            self.say(error)
        self.say(f"{len(errors)} errors; " + ("the last good site stays" if self.site else "no site yet"))

    def answer(self, path: str) -> Answer:
        """What a path of the site gets; pages carry the preview's script."""
        if self.site is None:
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE, HTML, _WAITING)
        try:
            found = self.site.answer(path)
        except Exception as error:  # noqa: BLE001  a template being edited may fail in any way; say how
            text = f"{type(error).__name__}: {error}"
            self.say(f"{path}: {text}")
            return Answer(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain", text.encode())
        if found.kind != HTML:
            return found
        return Answer(found.status, HTML, found.body.replace(b"</body>", _TAG + b"</body>"), found.location)

    def server(self, host: str, port: int) -> ThreadingHTTPServer:
        """A server of the site and of the state; the caller runs and closes it. Port 0: any free one."""
        server = ThreadingHTTPServer((host, port), partial(_Handler, self))
        server.daemon_threads = True  # questions for news may be open when it ends
        return server


def shown(problem: Problem) -> str:
    """A problem as the terminal and the browser show it."""
    return f"{problem}\n  fix: {problem.fix}"


class _Handler(BaseHTTPRequestHandler):
    """Answers from the preview; nothing of the disk is reachable except what the site has."""

    def __init__(self, preview: Preview, *arguments: Any) -> None:
        self._preview = preview
        super().__init__(*arguments)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        path = unquote(address.path)
        if path == STATUS_PATH:
            known = parse_qs(address.query).get("known", [""])[0]
            news = self._preview.state.news(int(known) if known.isdigit() else None)
            self._send(Answer(HTTPStatus.OK, "application/json", json.dumps(news).encode()))
        elif path == SCRIPT_PATH:
            script = Path(__file__).with_name("preview.js").read_bytes()
            self._send(Answer(HTTPStatus.OK, "text/javascript", script))
        else:
            self._send(self._preview.answer(path))

    def _send(self, answer: Answer) -> None:
        try:
            self.send_response(answer.status)
            if answer.location:
                self.send_header("Location", answer.location)
            self.send_header("Content-Type", f"{answer.kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(answer.body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the browser went elsewhere

    def log_message(self, *_: Any) -> None:
        """Say nothing: the terminal is for the state of the catalog."""


def serve(preview: Preview, host: str, port: int, stop: threading.Event, pause: float = 0.2) -> None:
    """Serve until ``stop`` is set, looking for changes every ``pause`` seconds.

    Raises ``OSError`` if it cannot listen there.
    """
    server = preview.server(host, port)
    preview.say(f"http://{host}:{server.server_port}/ (Ctrl+C stops)")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        preview.refresh()
        while not stop.wait(pause):
            preview.refresh()
    finally:
        server.shutdown()
        server.server_close()
