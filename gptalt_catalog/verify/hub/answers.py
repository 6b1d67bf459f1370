"""The loopback hub's answers: routes, listings, files, and the errors that clients know.

Status codes, headers and JSON are those of the public hub as huggingface_hub 2.4 reads them.
"""

from __future__ import annotations

import hmac
import json
import re
import time
import urllib.parse
from collections.abc import Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from gptalt_catalog.verify.hub.digests import CHUNK
from gptalt_catalog.verify.hub.names import is_file_path, is_revision
from gptalt_catalog.verify.hub.repositories import Item, Repository, is_large
from gptalt_catalog.verify.hub.serving import Served

if TYPE_CHECKING:
    from gptalt_catalog.verify.hub.loopback import Server

_VERBS = frozenset({"revision", "tree", "paths-info", "refs", "commits", "discussions"})
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?")
_LONGEST_BODY = 1 << 20
_DAY = "2023-01-01T00:00:00.000Z"


class RefusedError(Exception):
    """A request that is answered with an error; ``name`` is the code that clients look at."""

    def __init__(self, status: int, name: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.name = name
        self.headers = dict(headers or {})


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True
    body = b""

    def do_HEAD(self) -> None:
        """Headers only."""
        self._answer()

    def do_GET(self) -> None:
        """Headers and content."""
        self._answer()

    def do_POST(self) -> None:
        """The one question with a body: what is known of some paths."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _LONGEST_BODY:
            self.close_connection = True
            self._error(413, "", "the question is too long")
            return
        self.body = self.rfile.read(int(length))
        self._answer()

    def log_message(self, *_: Any) -> None:
        """Say nothing: requests are kept in the state."""

    # ---- routes

    def _answer(self) -> None:
        try:
            address = urllib.parse.urlsplit(self.path)
        except ValueError:
            self.path = "/"
            self._error(400, "", "this is no address")
            return
        fault = self.server.state.faults.strike("status", urllib.parse.unquote(address.path))
        if fault is not None:
            wait = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
            self._error(fault.status, "", "told to fail", wait)
            return
        try:
            parts = [urllib.parse.unquote(part, errors="strict") for part in address.path.split("/")[1:]]
            self._route(parts, urllib.parse.parse_qs(address.query), address)
        except RefusedError as refused:
            self._error(refused.status, refused.name, str(refused), refused.headers)
        except UnicodeDecodeError:
            self._error(400, "", "the address is not UTF-8")

    def _route(self, parts: list[str], query: dict[str, list[str]], address: urllib.parse.SplitResult) -> None:
        if self.server.files:
            self._large(parts, query)
        elif parts[:2] == ["api", "whoami-v2"]:
            if self._token() is None:
                raise RefusedError(401, "", "Invalid username or password.")
            self._json({"type": "user", "name": "reader", "auth": {"type": "access_token"}})
        elif parts[:1] == ["api"] and len(parts) >= 3 and parts[1] in ("models", "datasets"):
            self._api(parts[1], parts[2:], query, address)
        else:
            kind = "datasets" if parts[:1] == ["datasets"] else "models"
            rest = parts[1:] if kind == "datasets" else parts
            self._resolve(kind, rest, address)

    def _api(self, kind: str, rest: list[str], query: dict[str, list[str]], address: urllib.parse.SplitResult) -> None:
        short = len(rest) == 1 or rest[1] in _VERBS
        name, rest = ("/".join(rest[:1]), rest[1:]) if short else ("/".join(rest[:2]), rest[2:])
        repository = self._repository(kind, name, address)
        verb, rest = (rest[0], rest[1:]) if rest else ("revision", [])
        if verb == "refs":
            self._json(self._references(repository))
        elif verb == "discussions":
            self._json({"discussions": [], "count": 0, "start": 0})
        elif verb in _VERBS:
            commit = self._commit(repository, rest[0] if rest else "main")
            if verb == "revision":
                self._json(self._information(repository, commit, with_sizes="blobs" in query))
            elif verb == "tree":
                self._tree(repository, commit, "/".join(rest[1:]), query)
            elif verb == "paths-info":
                self._paths(repository, commit)
            else:
                row = {"id": commit, "title": "content", "message": "", "authors": [], "date": _DAY}
                self._json([row])
        else:
            raise RefusedError(404, "", "unknown address")

    def _repository(self, kind: str, name: str, address: urllib.parse.SplitResult) -> Repository:
        state = self.server.state
        if name in state.renamed:
            new = address.path.replace(urllib.parse.quote(name), urllib.parse.quote(state.renamed[name]), 1)
            raise RefusedError(307, "", "renamed", {"Location": new + (f"?{address.query}" if address.query else "")})
        found = state.shelf.find(kind, name)
        if found is None:  # as on the public hub, a stranger does not learn whether it exists
            raise RefusedError(401 if self._token() is None else 404, "RepoNotFound", "Repository not found")
        return found

    def _commit(self, repository: Repository, revision: str) -> str:
        commit = repository.commit(revision) if is_revision(revision) else None
        if commit is None or (repository.name, revision) in self.server.state.gone:
            raise RefusedError(404, "RevisionNotFound", f"Invalid rev id: {revision!a}")
        return commit

    # ---- listings

    def _references(self, repository: Repository) -> dict[str, Any]:
        gone = self.server.state.gone
        rows = [
            {"name": name, "ref": f"refs/heads/{name}", "targetCommit": commit}
            for name, commit in repository.revisions().items()
            if (repository.name, name) not in gone
        ]
        return {"branches": rows, "tags": [], "converts": []}

    def _row(self, repository: Repository, path: str, item: Item) -> dict[str, Any]:
        digest = item.digest(repository.book)
        row: dict[str, Any] = {"type": "file", "oid": digest.git, "size": digest.size, "path": path}
        if is_large(path, digest.size):
            row["lfs"] = {"oid": digest.sha256, "size": digest.size, "pointerSize": 134}
        return row

    def _information(self, repository: Repository, commit: str, *, with_sizes: bool) -> dict[str, Any]:
        siblings = []
        for path, item in repository.items(commit).items():
            sibling: dict[str, Any] = {"rfilename": path}
            if with_sizes:
                row = self._row(repository, path, item)
                sibling |= {"size": row["size"], "blobId": row["oid"]}
                if "lfs" in row:
                    sibling["lfs"] = {"sha256": row["lfs"]["oid"], "size": row["size"], "pointerSize": 134}
            siblings.append(sibling)
        return {
            "_id": "0" * 24, "id": repository.name, "author": repository.name.split("/")[0], "sha": commit,
            "private": False, "gated": "manual" if repository.name in self.server.state.gated else False,
            "disabled": False, "downloads": 0, "likes": 0, "tags": [], "lastModified": _DAY, "createdAt": _DAY,
            "siblings": siblings,
        }  # fmt: skip

    def _tree(self, repository: Repository, commit: str, below: str, query: dict[str, list[str]]) -> None:
        prefix = f"{below.strip('/')}/" if below.strip("/") else ""
        inside = {path: item for path, item in repository.items(commit).items() if path.startswith(prefix)}
        if prefix and not inside:
            raise RefusedError(404, "EntryNotFound", f"{below!a} does not exist")
        deep = query.get("recursive", ["false"])[0].lower() in ("true", "1")
        entries: dict[str, Item | None] = {}
        for path, item in inside.items():
            parts = path[len(prefix) :].split("/")
            for depth in range(1, len(parts) if deep else min(len(parts), 2)):
                entries[prefix + "/".join(parts[:depth])] = None
            if deep or len(parts) == 1:
                entries[path] = item
        start = int(cursor) if (cursor := query.get("cursor", ["0"])[0]).isdecimal() else 0
        page, ordered = self.server.state.page, sorted(entries)
        rows = [
            _folder(path) if (entry := entries[path]) is None else self._row(repository, path, entry)
            for path in ordered[start : start + page]
        ]
        more = {k: v[0] for k, v in query.items()} | {"cursor": str(start + page)}
        address = urllib.parse.urlsplit(self.path)
        link = f"<http://{self._host(self.server.server_port)}{address.path}?{urllib.parse.urlencode(more)}>"
        self._json(rows, {"Link": f'{link}; rel="next"'} if start + page < len(ordered) else None)

    def _paths(self, repository: Repository, commit: str) -> None:
        try:
            if "json" in self.headers.get("Content-Type", ""):
                asked = json.loads(self.body).get("paths", [])
            else:
                asked = urllib.parse.parse_qs(self.body.decode()).get("paths", [])
        except (ValueError, AttributeError):
            raise RefusedError(400, "", "the question is neither JSON nor a form") from None
        items, rows = repository.items(commit), []
        for name in [asked] if isinstance(asked, str) else asked:
            path = str(name).strip("/")
            if path in items:
                rows.append(self._row(repository, path, items[path]))
            elif path == "" or any(other.startswith(f"{path}/") for other in items):
                rows.append(_folder(path))
        self._json(rows)

    # ---- files

    def _resolve(self, kind: str, rest: list[str], asked: urllib.parse.SplitResult) -> None:
        if "resolve" not in rest[1:3]:
            raise RefusedError(404, "", "unknown address")
        cut = rest.index("resolve", 1)
        repository = self._repository(kind, "/".join(rest[:cut]), asked)
        if len(rest) < cut + 3:
            raise RefusedError(404, "EntryNotFound", "Entry not found")
        commit = self._commit(repository, rest[cut + 1])
        self._admit(repository)
        path = "/".join(rest[cut + 2 :])
        safe = is_file_path(path) and not any("/" in part for part in rest[cut + 2 :])
        item = repository.items(commit).get(path) if safe else None
        if item is None:
            raise RefusedError(404, "EntryNotFound", "Entry not found", {"X-Repo-Commit": commit})
        digest = item.digest(repository.book)
        headers = {"X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
        if not is_large(path, digest.size):
            self._file(item, digest.size, headers | {"ETag": f'"{digest.git}"'})
            return
        place = f"/{kind}/{repository.name}/{commit}/{path}"
        address = f"http://{self._host(self.server.state.files_port)}{urllib.parse.quote(place)}"
        location = f"{address}?signature={self._signature(place)}"
        etag = f'"{digest.sha256}"'
        linked = {"X-Linked-Size": str(digest.size), "X-Linked-Etag": etag, "ETag": etag, "Location": location}
        self._send(302, b"", headers | linked, "text/plain")

    def _admit(self, repository: Repository) -> None:
        key = self.server.state.gated.get(repository.name)
        if key is None:
            return
        token = self._token()
        if token is None:
            raise RefusedError(401, "GatedRepo", f"Access to model {repository.name} is restricted. Please log in.")
        if not hmac.compare_digest(token.encode(), key.encode()):
            message = f"Access to model {repository.name} is restricted and you are not in the authorized list."
            raise RefusedError(403, "GatedRepo", message)

    def _large(self, parts: list[str], query: dict[str, list[str]]) -> None:
        place = "/" + "/".join(parts)
        if not hmac.compare_digest(query.get("signature", [""])[0].encode(), self._signature(place).encode()):
            raise RefusedError(403, "", "the signature is wrong")
        kind, name, commit, path = parts[0], "/".join(parts[1:3]), parts[3], "/".join(parts[4:])
        repository = self.server.state.shelf.find(kind, name)
        item = repository.items(commit).get(path) if repository is not None else None
        if repository is None or item is None:
            raise RefusedError(404, "EntryNotFound", "Entry not found")
        digest = item.digest(repository.book)
        self._file(item, digest.size, {"ETag": f'"{digest.sha256}"', "Accept-Ranges": "bytes"})

    def _signature(self, place: str) -> str:
        return hmac.new(self.server.state.secret, place.encode(), "sha256").hexdigest()

    def _file(self, item: Item, size: int, headers: dict[str, str]) -> None:
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range") or "")
        first, last, status = 0, size - 1, 200
        if asked is not None and asked[0] != "bytes=-":
            status = 206
            if asked[1]:
                first, last = int(asked[1]), min(int(asked[2]), size - 1) if asked[2] else size - 1
            else:
                first = max(0, size - int(asked[2]))
            if first > last:
                raise RefusedError(416, "", "nothing there", {"Content-Range": f"bytes */{size}"})
            headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        headers |= {"Content-Type": "application/octet-stream", "Content-Length": str(last + 1 - first)}
        self._head(status, headers)
        sent = self._content(item, first, last + 1) if self.command != "HEAD" else 0
        self._note(status, sent)

    def _content(self, item: Item, first: int, end: int) -> int:
        """Send the bytes from ``first`` to ``end``, with what the faults do to them; how many were sent."""
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        strike = partial(self.server.state.faults.strike, path=path)
        cut, wrong, slow = strike("cut"), strike("wrong-byte"), strike("slow")
        stop = end if cut is None else min(end, first + cut.at)
        step = CHUNK if slow is None else max(1, slow.bytes_per_second // 50)
        place, sent = first, 0
        try:
            with item.open() as file:
                file.seek(first)
                while place < stop and (data := file.read(min(step, stop - place))):
                    if wrong is not None and place <= wrong.at < place + len(data):
                        spot = wrong.at - place
                        data = data[:spot] + bytes([data[spot] ^ 0xFF]) + data[spot + 1 :]
                    self.wfile.write(data)
                    place, sent = place + len(data), sent + len(data)
                    if slow is not None:
                        time.sleep(len(data) / slow.bytes_per_second)
        except OSError:
            self.close_connection = True
        if place < end:
            self.close_connection = True
        return sent

    # ---- plumbing

    def _token(self) -> str | None:
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" and token.strip() else None

    def _host(self, port: int) -> str:
        """How the client reached this machine, with another port."""
        asked = self.headers.get("Host", "")
        name = asked.split(":")[0] if _HOST.fullmatch(asked) else self.server.state.host
        return f"{name}:{port}"

    def _json(self, value: Any, headers: Mapping[str, str] | None = None) -> None:
        self._send(200, json.dumps(value).encode(), dict(headers or {}), "application/json; charset=utf-8")

    def _error(self, status: int, name: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        told = {"X-Error-Code": name, "X-Error-Message": message} if name else {}
        body = json.dumps({"error": message}).encode()
        self._send(status, body, told | dict(headers or {}), "application/json; charset=utf-8")

    def _send(self, status: int, body: bytes, headers: Mapping[str, str], kind: str) -> None:
        self._head(status, {**headers, "Content-Type": kind, "Content-Length": str(len(body))})
        if self.command != "HEAD":
            self.wfile.write(body)
        self._note(status, 0 if self.command == "HEAD" else len(body))

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _note(self, status: int, sent: int) -> None:
        path = urllib.parse.urlsplit(self.path).path  # without signatures
        state = self.server.state
        state.note(Served(self.command, path, status, self.headers.get("Range"), sent, self._token() is not None))


def _folder(path: str) -> dict[str, Any]:
    return {"type": "directory", "oid": "0" * 40, "size": 0, "path": path}
