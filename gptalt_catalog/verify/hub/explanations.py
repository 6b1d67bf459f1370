"""What a hub's refusal means, in one message with the way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.settings import HubSettings


@dataclass(frozen=True)
class Asked:
    """What was asked for, for messages."""

    repository: str
    revision: str = "main"
    file: str | None = None


def explained(status: int, headers: Mapping[str, str], asked: Asked, settings: HubSettings) -> HubError:
    """The error for an answer with this status and these headers (names in lower case)."""
    code, said = headers.get("x-error-code", ""), headers.get("x-error-message", "").lower()
    name, host = asked.repository, settings.host
    if status == 401 and "invalid credentials" in said:
        return HubError("bad-token", f"{host} does not know your token", "make a new one and set HF_TOKEN, or unset it")
    if code == "GatedRepo":
        return gated(asked, settings)
    if code == "RevisionNotFound":
        return revision_gone(asked, ())
    if code == "EntryNotFound" or (status == 404 and not code and asked.file is not None):
        return HubError("file-gone", f"{name} has no {asked.file} at {asked.revision}", "check the revision")
    if "disabled" in said:
        return HubError("disabled", f"{host} has closed access to {name}", "its page on the hub says why")
    if code == "RepoNotFound" or status in (401, 404):
        return _not_found(asked, settings)
    return _by_status(status, asked, settings)


def _not_found(asked: Asked, settings: HubSettings) -> HubError:
    if settings.token is not None:
        message = f"there is no repository {asked.repository} on {settings.host}, or your token may not see it"
        return HubError("not-found", message, "check the spelling")
    message = f"there is no public repository {asked.repository} on {settings.host}"
    return HubError(
        "not-found", message, "check the spelling; if it is private, set HF_TOKEN to a token that may read it"
    )


def _by_status(status: int, asked: Asked, settings: HubSettings) -> HubError:
    name, host = asked.repository, settings.host
    if status == 403:
        way = "give the token the right to read it" if settings.token else "set HF_TOKEN, or ask who runs the proxy"
        return HubError("bad-token", f"{host} refuses {name} (status 403)", way)
    if status == 429:
        way = "try again later; what was fetched is kept. Signing in (HF_TOKEN) raises the limit"
        return HubError("rate-limited", f"{host} has had too many requests", way)
    if status >= 500 or status == 408:
        way = "try again later; what was fetched is kept, and the same command continues"
        return HubError("hub-failing", f"{host} fails (status {status}) when asked for {name}", way)
    return HubError("not-a-hub", f"{host} answered with status {status}", "check HF_ENDPOINT, and proxies in between")


def gated(asked: Asked, settings: HubSettings) -> HubError:
    """The files of a repository are for those who accepted its terms."""
    page = f"{settings.endpoint}/{asked.repository}"
    if settings.token is None:
        way = f"accept its terms on {page}, make a token for reading, and set HF_TOKEN"
        return HubError("gated", f"{asked.repository} is gated: its files are only for people who are signed in", way)
    way = f"accept its terms on {page} (some owners answer by hand), and let the token read gated repositories"
    return HubError("gated", f"{asked.repository} is gated, and your token does not open it", way)


def revision_gone(asked: Asked, known: tuple[str, ...]) -> HubError:
    """The repository is there, the revision is not; ``known`` are the names that it has."""
    if known:
        shown = ", ".join(known[:10]) + (", …" if len(known) > 10 else "")
        way = f"it has {shown}; write {asked.repository}@REVISION"
    else:
        way = "check it; a commit that was removed from a hub cannot be had from there any more"
    return HubError("revision-gone", f"{asked.repository} has no revision {asked.revision}", way)
