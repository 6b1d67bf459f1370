"""The preview behind ``site serve``: rebuilds what changed, keeps the last good site, shows problems."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from gptalt_catalog.domain.problem import Problem
from gptalt_catalog.loading.catalog_loader import CatalogReader
from gptalt_catalog.render.build import SiteBuildError, build, up_to_date
from gptalt_catalog.render.project import Project

STATUS_PATH = "/__preview/status.json"
SCRIPT_PATH = "/__preview/preview.js"
_TAG = f'<script src="{SCRIPT_PATH}"></script>'.encode()
_WAITING = b"<!doctype html><meta charset=utf-8><title>Preview</title><body>" + _TAG


@dataclass
class State:
    """What the browser is told: ``version`` grows with every new site; ``errors`` keep it from growing."""

    version: int = 0
    building: bool = False
    errors: tuple[str, ...] = ()
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        with self.lock:
            return {"version": self.version, "building": self.building, "errors": list(self.errors)}

    def set(self, **values: Any) -> None:
        """Change several fields at once."""
        with self.lock:
            for name, value in values.items():
                setattr(self, name, value)


class Preview:
    """Watches a project and keeps ``out``/site as good as its catalog allows."""

    def __init__(self, project: Project, out: Path, say: Callable[[str], None]) -> None:
        self.project = project
        self.out = out
        self.state = State()
        self.say = say
        self._reader = CatalogReader(project.catalog)
        self._stamp = ""

    def refresh(self) -> bool:
        """Rebuild if an input changed since the last call; returns whether there is a new site."""
        stamp = self.project.stamp()
        if stamp == self._stamp:
            return False
        first, self._stamp = self._stamp == "", stamp
        reading = self._reader.read()
        if reading.errors:
            self._fail([shown(problem) for problem in reading.errors])
            return False
        if first and up_to_date(self.project, self.out):
            self.state.set(version=1, errors=())
            return True
        self.state.set(building=True)
        try:
            built = build(reading.catalog, self.project, self.out, self.say)
        except SiteBuildError as error:
            self._fail([str(error)])
            return False
        finally:
            self.state.set(building=False)
        for warning in built.warnings:
            self.say(f"warning: {warning}")
        self.state.set(version=self.state.version + 1, errors=())
        self.say("the site is up to date")
        return True

    def _fail(self, errors: list[str]) -> None:
        self.state.set(errors=tuple(errors))
        for error in errors:
            self.say(error)
        kept = (self.out / "site" / "index.html").is_file()
        self.say(f"{len(errors)} errors; " + ("the last good site stays" if kept else "no site yet"))

    def server(self, host: str, port: int) -> ThreadingHTTPServer:
        """A server of the site and of the state; the caller runs and closes it. Port 0: any free one."""
        handler = partial(_Handler, self.state, self.out / "site")
        return ThreadingHTTPServer((host, port), handler)


def shown(problem: Problem) -> str:
    """A problem as the terminal and the browser show it."""
    return f"{problem}\n  fix: {problem.fix}"


class _Handler(SimpleHTTPRequestHandler):
    """Serves files; adds the preview's script to pages; answers with the site's 404 page."""

    def __init__(self, state: State, site: Path, *arguments: Any) -> None:
        self._state = state
        self._site = site
        super().__init__(*arguments, directory=str(site))

    def do_GET(self) -> None:
        path = self.path.split("?", 1)[0].split("#", 1)[0]
        if path == STATUS_PATH:
            self._send(HTTPStatus.OK, "application/json", json.dumps(self._state.as_dict()).encode())
        elif path == SCRIPT_PATH:
            script = Path(__file__).with_name("preview.js")
            self._send(HTTPStatus.OK, "text/javascript", script.read_bytes())
        elif not (self._site / "index.html").is_file():
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, "text/html", _WAITING)
        else:
            self._page(path)

    def _page(self, path: str) -> None:
        target = Path(self.translate_path(path))
        if target.is_dir() and path.endswith("/"):
            target /= "index.html"
        if target.is_dir() and (target / "index.html").is_file():
            super().do_GET()  # redirects to the address with a slash
        elif not target.is_file():
            missing = self._site / "404.html"
            self._send(HTTPStatus.NOT_FOUND, "text/html", missing.read_bytes() if missing.is_file() else b"not found")
        elif target.suffix == ".html":
            self._send(HTTPStatus.OK, "text/html", target.read_bytes().replace(b"</body>", _TAG + b"</body>"))
        else:
            super().do_GET()

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing: the terminal is for the state of the catalog."""


def serve(preview: Preview, host: str, port: int, stop: threading.Event, pause: float = 0.4) -> None:
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
