"""HTTP to a hub: redirects, retries, and every failure explained.

Written on the standard library because the public client neither resumes across processes nor lets
redirects and retries be looked at. The token goes to the hub's own origin and nowhere else.
"""

from __future__ import annotations

import email.utils
import http.client
import json
import re
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.explanations import Asked, explained
from gptalt_catalog.verify.hub.settings import HubSettings

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_LONGEST_JSON = 64 << 20
_BROKEN = (OSError, http.client.HTTPException)
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


class BrokenConnectionError(Exception):
    """A connection ended before the answer did; ``__cause__`` is what it raised, if anything."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to the client, which decides what may follow the request."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Answer:
    """An open answer. ``linked`` holds the headers of the hub's own answer before it sent us elsewhere."""

    status: int
    headers: Mapping[str, str]
    linked: Mapping[str, str]
    url: str
    raw: Any = field(repr=False)

    def read(self, size: int) -> bytes:
        """What has arrived, up to ``size`` bytes; empty at the end. Raises :class:`BrokenConnectionError`."""
        try:
            data: bytes = self.raw.read1(size)
        except _BROKEN as error:
            raise BrokenConnectionError from error
        return data

    def read_all(self, most: int) -> bytes:
        """Everything, if it is not more than ``most`` bytes. Raises :class:`BrokenConnectionError`, ``ValueError``."""
        data = bytearray()
        while piece := self.read(most + 1 - len(data)):
            data += piece
        if len(data) > most:
            raise ValueError("the answer is too long")
        if len(data) < int(self.headers.get("content-length", "0")):
            raise BrokenConnectionError
        return bytes(data)

    def close(self) -> None:
        """End the connection."""
        self.raw.close()


@dataclass
class HubClient:
    """Requests to one hub. ``sleep`` and ``clock`` (seconds since 1970) are handed in for tests."""

    settings: HubSettings
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time

    def json(self, path: str, asked: Asked) -> tuple[Any, Answer]:
        """The JSON at ``path`` (or at an address of the hub) and its answer. Raises :class:`.errors.HubError`."""
        attempt = 0
        while True:
            answer = self.open(path, asked)
            try:
                return json.loads(answer.read_all(_LONGEST_JSON)), answer
            except BrokenConnectionError as error:
                attempt += 1
                self.wait_after(error, attempt, asked)
            except ValueError:
                raise HubError(
                    "not-a-hub",
                    f"{self.settings.host} answered with something that no model hub says",
                    "check HF_ENDPOINT, and whether a proxy or a login page stands in between",
                ) from None
            finally:
                answer.close()

    def open(self, path: str, asked: Asked, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to GET ``path``, with status 200, 206 or 416, after as many tries as are sensible.

        Raises :class:`.errors.HubError`.
        """
        url, attempt = urllib.parse.urljoin(self.settings.endpoint + "/", path), 0
        while True:
            attempt += 1
            try:
                answer = self._follow(url, asked, headers or {})
            except _BROKEN as error:
                self.wait_after(error, attempt, asked)
                continue
            if answer.status in (200, 206, 416):
                return answer
            answer.close()
            if answer.status not in _PASSING or attempt > self.settings.retries:
                raise explained(answer.status, answer.headers, asked, self.settings)
            self.sleep(self._asked_to_wait(answer, attempt, asked))

    def wait_after(self, error: BaseException, attempt: int, asked: Asked) -> None:
        """Sleep after the ``attempt``-th broken connection in a row, or give up with a reason."""
        reason: object = error.__cause__ or error if isinstance(error, BrokenConnectionError) else error
        reason = reason.reason if isinstance(reason, urllib.error.URLError) else reason
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise HubError(
                "untrusted",
                f"the certificate of {self.settings.host} does not verify",
                "if your site has its own authority, name its file in SSL_CERT_FILE",
            ) from None
        if attempt > self.settings.retries:
            raise HubError(
                "unreachable",
                f"{self.settings.host} cannot be reached for {asked.repository}: {_what(reason)}, {attempt} times",
                "check the network, HF_ENDPOINT and proxies; what was fetched is kept, and the same command continues",
            ) from None
        self.sleep(_backoff(attempt))

    def _follow(self, url: str, asked: Asked, headers: Mapping[str, str]) -> Answer:
        linked: Mapping[str, str] = {}
        for _ in range(10):
            answer = self._once(url, headers, linked)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTS or target is None:
                return answer
            answer.close()
            target = urllib.parse.urljoin(url, target)
            self._check_redirect(url, target, asked)
            linked = linked or (answer.headers if _origin(target) != _origin(url) else {})
            url = target
        raise HubError("changed", f"{asked.repository}: the hub sends from address to address", "try again later")

    def _check_redirect(self, url: str, target: str, asked: Asked) -> None:
        scheme = urllib.parse.urlsplit(target).scheme
        if scheme not in ("http", "https") or (scheme == "http" and url.startswith("https:")):
            raise HubError(
                "untrusted",
                f"{asked.repository}: the hub sends to an address without encryption",
                "do not use this hub, or tell its owners",
            )

    def _once(self, url: str, headers: Mapping[str, str], linked: Mapping[str, str]) -> Answer:
        request = urllib.request.Request(url, method="GET")  # noqa: S310  the scheme was checked
        for name, value in {"Accept-Encoding": "identity", "User-Agent": "gptalt-catalog", **headers}.items():
            request.add_header(name, value)
        if self.settings.token is not None and _origin(url) == _origin(self.settings.endpoint):
            request.add_unredirected_header("Authorization", f"Bearer {self.settings.token}")
        try:
            raw = self._opener.open(request, timeout=self.settings.timeout)
        except urllib.error.HTTPError as error:
            raw = error
        lowered = {name.lower(): value for name, value in raw.headers.items()}
        return Answer(raw.status, lowered, linked, url, raw)

    @cached_property
    def _opener(self) -> urllib.request.OpenerDirector:
        context = ssl.create_default_context()
        if not context.cert_store_stats()["x509_ca"] and not context.get_ca_certs():
            try:  # a Python without the system's certificates: use those that the clients bring
                import certifi  # type: ignore[import-not-found, unused-ignore]

                context.load_verify_locations(certifi.where())
            except ImportError:
                pass
        handlers: list[Any] = [_NoRedirect, urllib.request.HTTPSHandler(context=context)]
        if urllib.parse.urlsplit(self.settings.endpoint).hostname in _HERE:
            handlers.append(urllib.request.ProxyHandler({}))  # no proxy reaches this machine
        return urllib.request.build_opener(*handlers)

    def _asked_to_wait(self, answer: Answer, attempt: int, asked: Asked) -> float:
        """Seconds to wait before the next try: as the hub says, else longer each time."""
        seconds = self._retry_after(answer.headers)
        if seconds is None:
            return _backoff(attempt)
        if seconds > self.settings.patience:
            raise HubError(
                "rate-limited",
                f"{self.settings.host} asks to wait {seconds:.0f} seconds before {asked.repository} is asked for again",
                "run the same command then; what was fetched is kept. Signing in (HF_TOKEN) raises the limit",
            )
        return seconds

    def _retry_after(self, headers: Mapping[str, str]) -> float | None:
        said = headers.get("retry-after", "").strip()
        if said.isdecimal():
            return float(said)
        if said:
            try:
                moment = email.utils.parsedate_to_datetime(said)
            except ValueError:
                return None
            return max(0.0, moment.timestamp() - self.clock())
        limit = re.search(r"\br=0\b.*?\bt=(\d+)", headers.get("ratelimit", ""))
        return float(limit[1]) if limit else None


def _what(reason: object) -> str:
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    if isinstance(reason, BrokenConnectionError | http.client.IncompleteRead | ConnectionResetError):
        return "the connection breaks off"
    if isinstance(reason, ConnectionRefusedError):
        return "the connection is refused"
    return "its name is unknown" if type(reason).__name__ == "gaierror" else type(reason).__name__


def _backoff(attempt: int) -> float:
    return float(min(2 ** (attempt - 1), 30))


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
