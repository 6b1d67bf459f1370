"""Which names of repositories, revisions and files are harmless; everything else is refused.

Names come from people, from catalogs and from hubs, and become parts of addresses and of paths on
disk: one module decides for the client and for the loopback hub alike.
"""

from __future__ import annotations

import re

from gptalt_catalog.verify.hub.errors import HubError

COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
_PART = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?"
_REPOSITORY = re.compile(rf"{_PART}/{_PART}")
_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # file names with a life of their own


def is_repository(name: str) -> bool:
    """Whether ``name`` is OWNER/NAME as hubs allow it (letters, digits, ``-``, ``_``, ``.``)."""
    return _REPOSITORY.fullmatch(name) is not None and ".." not in name and "--" not in name


def is_revision(name: str) -> bool:
    """Whether ``name`` can be a branch, a tag, a reference such as ``refs/pr/1``, or a commit."""
    odd = ".." in name or "//" in name or name.endswith(("/", ".", ".lock"))
    return _REVISION.fullmatch(name) is not None and not odd


def is_file_path(path: str) -> bool:
    """Whether ``path`` is relative, stays below its folder and is a plain name on every system."""
    if not 1 <= len(path) <= 500 or _ODD.search(path):
        return False
    return all(
        part not in ("", ".", "..") and not part.endswith((" ", ".")) and _DEVICES.fullmatch(part) is None
        for part in path.split("/")
    )


def checked_repository(name: str) -> str:
    """``name`` if it is OWNER/NAME. Raises :class:`.errors.HubError` ``bad-name``."""
    if not is_repository(name):
        raise HubError(
            "bad-name", f"{name!r} is not a repository of a hub", "write OWNER/NAME, e.g. EleutherAI/pythia-70m"
        )
    return name


def checked_revision(name: str) -> str:
    """``name`` if it can be a revision. Raises :class:`.errors.HubError` ``bad-name``."""
    if not is_revision(name):
        raise HubError("bad-name", f"{name!r} is not a revision", "name a branch, a tag or a commit of 40 hex digits")
    return name
