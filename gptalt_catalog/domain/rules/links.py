"""Links say what they lead to; a link to somebody else's repository is one of the survey's errors."""

from __future__ import annotations

from collections.abc import Iterator

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.evidence import Entry, Link
from gptalt_catalog.domain.family import Family
from gptalt_catalog.domain.problem import Finding
from gptalt_catalog.domain.resource import Tool

_CODE_HOSTS = frozenset({"github.com", "gitlab.com", "gitee.com", "bitbucket.org", "codeberg.org"})
_HUBS = frozenset({"huggingface.co", "modelscope.cn", "www.modelscope.cn"})
_PAPER_HOSTS = frozenset({"arxiv.org", "openreview.net", "aclanthology.org", "doi.org"})


def contradicting_links(catalog: Catalog) -> Iterator[Finding]:
    """A link whose host cannot hold its kind, or whose owner is none of the entry's organizations."""
    for document, entry in catalog.entries():
        accounts = _accounts(catalog, entry)
        allowed = accounts | _copies(entry) if accounts is not None else None
        for i, link in enumerate(entry.links):
            objection = _objection(link, allowed)
            if objection:
                fix = "correct the link or its kind, or add the owner to the organization's accounts"
                yield Finding(document.file, ("links", i, "url"), "link-host", objection, fix)
        if isinstance(entry, Family):
            yield from _hub_owners(document.file, entry, accounts)


def _accounts(catalog: Catalog, entry: Entry) -> frozenset[str] | None:
    """The accounts of the entry's organizations, in lower case; ``None`` if not all are known."""
    organizations: object = None
    if isinstance(entry, Family):
        organizations = entry.organizations
    elif isinstance(entry, Tool) and entry.project is not None:
        organizations = entry.project.organizations
    if not isinstance(organizations, tuple) or not organizations:
        return None
    known = [catalog.organizations[o].accounts for o in organizations if o in catalog.organizations]
    if len(known) < len(organizations) or not all(known):
        return None
    return frozenset(account.casefold() for accounts in known for account in accounts)


def _copies(entry: Entry) -> frozenset[str]:
    """Who keeps the copies and ports of a family's weights that its checkpoints name."""
    hubs = (c.hub for c in entry.checkpoints.values() if c.hub) if isinstance(entry, Family) else ()
    return frozenset(str(hub.repository).split("/")[0].casefold() for hub in hubs if hub.repository)


def _host_and_owner(url: str) -> tuple[str, str]:
    host, _, path = url.split("://", 1)[1].partition("/")
    steps = [step for step in path.split("/") if step]
    if steps and steps[0] in ("datasets", "spaces", "models", "organization"):
        steps = steps[1:]
    return host.lower(), steps[0] if steps else ""


def _objection(link: Link, accounts: frozenset[str] | None) -> str | None:
    host, owner = _host_and_owner(link.url)
    if link.kind == "code" and host not in _CODE_HOSTS:
        return f"a code link leads to {host}, which holds no code repositories"
    if link.kind == "paper" and (host in _HUBS or host in _CODE_HOSTS) and not link.url.endswith(".pdf"):
        return f"a paper link leads to {host}"
    if link.kind in ("weights", "data") and host in _PAPER_HOSTS:
        return f"a {link.kind} link leads to {host}, which holds papers"
    owned = link.kind in ("code", "weights") and host in _CODE_HOSTS | _HUBS
    if owned and accounts is not None and owner.casefold() not in accounts:
        return f"a {link.kind} link leads to {owner!r}, which is no account of the entry's organizations"
    return None


def _hub_owners(file: str, family: Family, accounts: frozenset[str] | None) -> Iterator[Finding]:
    if accounts is None:
        return
    for key, entry in family.checkpoints.items():
        hub = entry.hub
        if hub is None or hub.publisher != "official" or hub.repository in (None, "unknown", "undisclosed"):
            continue
        owner = str(hub.repository).split("/")[0]
        if owner.casefold() not in accounts:
            message = f"{owner!r} is no account of the family's organizations, yet the weights count as official"
            fix = "set `publisher: community-copy` or `port`, or add the account to the organization"
            yield Finding(file, ("checkpoints", key, "hub", "repository"), "link-host", message, fix)
