"""What a repository holds at a revision, as the hub lists it; checked before anything is believed."""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass
from typing import Any

from gptalt_catalog.domain.suggest import did_you_mean
from gptalt_catalog.verify.hub.client import HubClient
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.explanations import Asked, gated, revision_gone
from gptalt_catalog.verify.hub.names import (
    COMMIT,
    SHA256,
    checked_repository,
    checked_revision,
    is_repository,
)

_MOST_FILES = 100_000


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository. ``sha256`` is known of large files, ``git`` (the blob's sha1) of the others."""

    path: str
    size: int
    git: str | None
    sha256: str | None

    @property
    def etag(self) -> str:
        """The name under which a cache keeps the content."""
        return self.sha256 or self.git or ""


@dataclass(frozen=True)
class Resolved:
    """A revision of a repository, resolved. ``repository`` is the name it has now, ``asked`` the one given."""

    repository: str
    asked: str
    revision: str
    commit: str


def resolve(client: HubClient, repository: str, revision: str, kind: str = "models") -> Resolved:
    """The commit that a revision names now; ``kind`` is ``models`` or ``datasets``.

    Raises :class:`.errors.HubError` (also ``gated`` without a token).
    """
    asked = Asked(checked_repository(repository), checked_revision(revision))
    place = f"api/{kind}/{repository}/revision/{urllib.parse.quote(revision, safe='')}"
    try:
        said, _ = client.json(place, asked)
    except HubError as error:
        if error.code != "revision-gone":
            raise
        raise revision_gone(asked, _known_revisions(client, asked, kind)) from None
    commit, name = _text(said, "sha"), _text(said, "id")
    if not COMMIT.fullmatch(commit) or not is_repository(name):
        raise _unclear(client, "its answer names no commit")
    if COMMIT.fullmatch(revision) and commit != revision:
        raise HubError(
            "changed", f"{repository}: asked for commit {revision}, the hub gives {commit}", "do not use this hub"
        )
    if said.get("gated") and client.settings.token is None:
        raise gated(asked, client.settings)
    return Resolved(name, repository, revision, commit)


def list_files(client: HubClient, resolved: Resolved) -> dict[str, RemoteFile]:
    """All files of a commit by path. Raises :class:`.errors.HubError`, ``hostile-name`` among them."""
    asked = Asked(resolved.repository, resolved.commit)
    place: str | None = f"api/models/{resolved.repository}/tree/{resolved.commit}?recursive=true"
    files: dict[str, RemoteFile] = {}
    while place is not None:
        rows, answer = client.json(place, asked)
        if not isinstance(rows, list):
            raise _unclear(client, "its listing is no list")
        for row in rows:
            if isinstance(row, dict) and row.get("type") == "file":
                file = _file(client, resolved, row)
                files[file.path] = file
        if len(files) > _MOST_FILES:
            raise _unclear(client, f"it lists more than {_MOST_FILES:,} files")
        place = _next_page(answer.headers.get("link", ""))
    return files


def _file(client: HubClient, resolved: Resolved, row: dict[str, Any]) -> RemoteFile:
    path, size, git = row.get("path"), row.get("size"), row.get("oid")
    if not isinstance(path, str) or {"", ".", ".."} & set(path.replace("\\", "/").split("/")):
        raise HubError(
            "hostile-name",
            f"{resolved.repository} lists a file whose name leads elsewhere: {str(path)[:80]!a}",
            "nothing was fetched; do not use this repository",
        )
    lfs = row.get("lfs")
    sha256 = lfs.get("oid") if isinstance(lfs, dict) else None
    if isinstance(lfs, dict):
        size = lfs.get("size", size)
    good_hash = SHA256.fullmatch(str(sha256)) if isinstance(lfs, dict) else COMMIT.fullmatch(str(git))
    if type(size) is not int or size < 0 or good_hash is None:
        raise _unclear(client, f"size or hash of {path!a} is missing")
    return RemoteFile(path, size, None if sha256 else str(git), str(sha256) if sha256 else None)


def _known_revisions(client: HubClient, asked: Asked, kind: str) -> tuple[str, ...]:
    """The names of the repository's branches and tags, the nearest to the one asked for first."""
    try:
        said, _ = client.json(f"api/{kind}/{asked.repository}/refs", asked)
    except HubError:
        return ()
    rows = [row for kind in ("branches", "tags") for row in said.get(kind, [])] if isinstance(said, dict) else []
    names = [str(row["name"]) for row in rows if isinstance(row, dict) and "name" in row]
    near = did_you_mean(asked.revision, names)
    return tuple(sorted(names, key=lambda name: (name != near, name != "main", name)))


def _next_page(link: str) -> str | None:
    found = re.search(r'<([^>]+)>;\s*rel="next"', link)
    return found[1] if found else None


def _text(said: object, key: str) -> str:
    value = said.get(key) if isinstance(said, dict) else None
    return value if isinstance(value, str) else ""


def _unclear(client: HubClient, why: str) -> HubError:
    return HubError("not-a-hub", f"{client.settings.host} does not answer as a hub does: {why}", "check HF_ENDPOINT")
