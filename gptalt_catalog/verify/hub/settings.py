"""What the environment says about hubs: the same variables as the public hub's own client.

``HF_ENDPOINT``, ``HF_TOKEN`` (or the token file of a login), ``HF_HOME``, ``HF_HUB_CACHE``,
``HF_HUB_OFFLINE``, ``HF_HUB_DISABLE_IMPLICIT_TOKEN``. They are read when asked for, not at import.
"""

from __future__ import annotations

import os
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gptalt_catalog.verify.hub.errors import HubError

PUBLIC = "https://huggingface.co"
_TRUE = frozenset({"1", "on", "yes", "true"})


@dataclass(frozen=True)
class HubSettings:
    """Which hub, as whom, and where files are kept.

    ``cache`` is laid out as the public client's cache is. ``token`` is never shown, not even by ``repr``.
    ``patience`` is the longest time in seconds to wait for a hub that asks for it; ``timeout`` the longest
    silence of a connection.
    """

    cache: Path
    endpoint: str = PUBLIC
    token: str | None = field(default=None, repr=False)
    offline: bool = False
    timeout: float = 30.0
    retries: int = 5
    patience: float = 300.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, cache: Path | None = None) -> HubSettings:
        """The settings of an environment; ``cache`` overrides its cache. Raises :class:`.errors.HubError`."""
        given = os.environ if environment is None else environment
        home = _home(given)
        place = given.get("HF_HUB_CACHE") or given.get("HUGGINGFACE_HUB_CACHE")
        return cls(
            cache=(cache or (_expanded(place) if place else home / "hub")).absolute(),
            endpoint=_endpoint(given.get("HF_ENDPOINT") or PUBLIC),
            token=_token(given, home),
            offline=_true(given.get("HF_HUB_OFFLINE")),
        )

    @property
    def host(self) -> str:
        """The hub's host, for messages."""
        return urllib.parse.urlsplit(self.endpoint).netloc


def _true(value: str | None) -> bool:
    return (value or "").lower() in _TRUE


def _expanded(path: str) -> Path:
    return Path(os.path.expandvars(path)).expanduser()


def _home(given: Mapping[str, str]) -> Path:
    if given.get("HF_HOME"):
        return _expanded(given["HF_HOME"])
    return _expanded(given.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"


def _endpoint(address: str) -> str:
    parts = urllib.parse.urlsplit(address.rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise HubError(
            "bad-name", "HF_ENDPOINT is not the address of a hub", "write it like https://huggingface.co, or unset it"
        )
    return address.rstrip("/")


def _token(given: Mapping[str, str], home: Path) -> str | None:
    if _true(given.get("HF_HUB_DISABLE_IMPLICIT_TOKEN")):
        return None
    token = given.get("HF_TOKEN") or given.get("HUGGING_FACE_HUB_TOKEN")
    if token is None:
        place = _expanded(given["HF_TOKEN_PATH"]) if given.get("HF_TOKEN_PATH") else home / "token"
        try:
            token = place.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
    token = "".join(token.split("\n")).strip()
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise HubError("bad-token", "the token in HF_TOKEN holds characters that no token has", "copy it again")
    return token or None
