"""What MODEL means on the command line, and whether it can be verified.

``MODEL[@REVISION]`` is a checkpoint (id, former id, name or alias), a family (its smallest checkpoint
with claims), a repository OWNER/NAME of the hub, or a local folder (``./NAME``, ``/…``, ``~/…``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.family import Checkpoint, Family
from gptalt_catalog.verify.hub.names import COMMIT, is_repository, is_revision
from gptalt_catalog.views.obstacles import Obstacle, no_claims, obstacles_of, without_checkpoints

Kind = Literal["checkpoint", "repository", "folder"]


class TargetError(ValueError):
    """A name that means nothing, or several things; ``nearest`` are names that were perhaps meant."""

    def __init__(self, message: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.nearest = nearest


@dataclass(frozen=True)
class Target:
    """What is to be verified.

    ``repository`` and ``revision`` say where the weights are (``main`` where no revision is known, then
    ``pinned`` is false); ``folder`` is set for local weights. ``said`` are sentences for people about
    how the name was read. ``obstacles`` that are ``blocking`` keep it from being verified.
    """

    kind: Kind
    name: str
    checkpoint: Checkpoint | None = None
    repository: str | None = None
    revision: str = "main"
    folder: Path | None = None
    said: tuple[str, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def pinned(self) -> bool:
        """Whether the revision is a commit."""
        return COMMIT.fullmatch(self.revision) is not None

    @property
    def obstacle(self) -> Obstacle | None:
        """The first reason why it cannot be verified, if there is one."""
        return next((obstacle for obstacle in self.obstacles if obstacle.blocking), None)


@dataclass(frozen=True)
class Means:
    """What the caller has: a token for gated repositories, and claims given by hand (``--claim``).

    ``remote_code``: code of a repository may be run, if the entry lists its hashes (``--allow-remote-code``).
    """

    token: bool = False
    own_claims: bool = False
    remote_code: bool = False


def find_target(catalog: Catalog, model: str, means: Means | None = None) -> Target:
    """What ``model`` means. Raises :class:`TargetError` for a name that means nothing or several things."""
    given = means or Means()
    if model.startswith(("./", "../", "/", "~")) or model in (".", ".."):
        return _folder(model, given)
    name, at, revision = model.partition("@")
    if at and not is_revision(revision):
        raise TargetError(f"{revision!r} is not a revision; name a branch, a tag or a commit of 40 hex digits")
    wanted = revision or None
    checkpoints = _checkpoints_called(catalog, name)
    if len(checkpoints) == 1:
        return _of_checkpoint(catalog, checkpoints[0], wanted, given, ())
    if checkpoints:
        ids = tuple(sorted(c.id for c in checkpoints))
        raise TargetError(f"{name!r} names several checkpoints; choose one of: {', '.join(ids)}", ids)
    family = _family_called(catalog, name)
    if family is not None:
        return _of_family(catalog, *family, wanted, given)
    if "/" in name and is_repository(name):
        return _of_repository(catalog, name, wanted, given)
    raise _unknown(catalog, name)


# ---- folders and repositories


def _folder(model: str, means: Means) -> Target:
    place = Path(model).expanduser()
    if not place.is_dir():
        raise TargetError(f"there is no folder {model}")
    obstacles = () if means.own_claims else (no_claims(model, in_catalog=False),)
    return Target("folder", place.resolve().name, folder=place.resolve(), obstacles=obstacles)


def _of_repository(catalog: Catalog, name: str, revision: str | None, means: Means) -> Target:
    """A repository of the hub: the checkpoint that the catalog knows there, or one it does not know."""
    here = [c for c in catalog.checkpoints.values() if name.casefold() in _repositories(c)]
    if len(here) > 1:  # one repository with several: the whole weights, where only one has them
        whole = [c for c in here if c.weights is not None and c.weights.form == "full" and not _file(c)]
        here = whole if len(whole) == 1 else here
    if len(here) == 1:
        return _of_checkpoint(catalog, here[0], revision, means, (f"{name} is {here[0].id} of the catalog",))
    if here:
        ids = tuple(sorted(c.id for c in here))
        raise TargetError(f"{name} holds several checkpoints of the catalog; choose one of: {', '.join(ids)}", ids)
    said = [f"{name} is not in the catalog: it is looked for on the hub"]
    near = _nearest(name, (r for c in catalog.checkpoints.values() for r in _written_repositories(c)))
    if near:
        said.append(f"the catalog has {', '.join(near)}")
    if Path(name).is_dir():
        said.append(f"there is also a folder of this name; write ./{name} to mean it")
    obstacles = () if means.own_claims else (no_claims(name, in_catalog=False),)
    return Target("repository", name, None, name, revision or "main", None, tuple(said), obstacles)


def _file(checkpoint: Checkpoint) -> str | None:
    return checkpoint.hub.file if checkpoint.hub is not None else None


def _written_repositories(checkpoint: Checkpoint) -> tuple[str, ...]:
    hub = checkpoint.hub
    names = (hub.repository, hub.moved_to) if hub is not None else ()
    return tuple(name for name in names if name is not None and "/" in name)


def _repositories(checkpoint: Checkpoint) -> frozenset[str]:
    return frozenset(name.casefold() for name in _written_repositories(checkpoint))


# ---- checkpoints and families


def _checkpoints_called(catalog: Catalog, name: str) -> list[Checkpoint]:
    if name in catalog.checkpoints:
        return [catalog.checkpoints[name]]
    if name in catalog.families:
        return []
    wanted = name.casefold()
    return [
        c
        for c in catalog.checkpoints.values()
        if wanted in map(str.casefold, (c.id, c.name, *c.aliases, *c.former_ids))
    ]


def _family_called(catalog: Catalog, name: str) -> tuple[str, Family] | None:
    wanted = name.casefold()
    for key, family in catalog.families.items():
        if wanted in map(str.casefold, (key, family.name, *family.aliases)):
            return key, family
    return None


def _of_checkpoint(
    catalog: Catalog, checkpoint: Checkpoint, revision: str | None, means: Means, said: tuple[str, ...]
) -> Target:
    hub = checkpoint.hub
    repository = hub.repository if hub is not None and hub.host == "huggingface" and hub.repository else None
    notes = list(said)
    if hub is not None and hub.moved_to is not None:
        notes.append(f"{repository} has moved to {hub.moved_to}")
        repository = hub.moved_to
    known = hub.revision if hub is not None and hub.revision not in ("unknown", "undisclosed") else None
    if revision is None and known is None:
        notes.append("the catalog knows no revision: main is resolved to a commit, which is recorded")
    elif revision is not None and known is not None and revision != known:
        notes.append(f"the catalog's revision is {known}; {revision} is used as asked")
    obstacles = list(obstacles_of(checkpoint, token=means.token, others=catalog.checkpoints, code=means.remote_code))
    if checkpoint.id not in catalog.claims_by_target and not means.own_claims:
        obstacles.append(no_claims(checkpoint.id, in_catalog=True))
    if repository is not None and "/" not in repository:
        repository = None
    return Target(
        "checkpoint", checkpoint.id, checkpoint, repository, revision or known or "main", None, tuple(notes),
        tuple(obstacles),
    )  # fmt: skip


def _of_family(catalog: Catalog, key: str, family: Family, revision: str | None, means: Means) -> Target:
    """The smallest checkpoint with claims; one that can be verified before one that cannot."""
    checkpoints = list(family.resolve(key).values())
    if not checkpoints:
        weights = family.openness.weights if family.openness is not None else "unknown"
        return Target(
            "checkpoint", key, said=(f"{family.name} is a family",), obstacles=(without_checkpoints(key, weights),)
        )
    targets = [_of_checkpoint(catalog, c, revision, means, ()) for c in checkpoints]
    claimed = [t for t in targets if t.name in catalog.claims_by_target] or targets
    possible = [t for t in claimed if all(o.code == "no-claims" for o in t.obstacles if o.blocking)] or claimed
    chosen = min(possible, key=_size)
    what = "with published scores" if chosen.name in catalog.claims_by_target else "(none has published scores)"
    if chosen.obstacle is None and possible != claimed:
        what += " that can be verified"
    said = f"{family.name} is a family of {len(checkpoints)}: this is {chosen.name}, its smallest checkpoint {what}"
    return Target(
        chosen.kind, chosen.name, chosen.checkpoint, chosen.repository, chosen.revision, None, (said, *chosen.said),
        chosen.obstacles,
    )  # fmt: skip


def _size(target: Target) -> tuple[int, str]:
    parameters = target.checkpoint.parameters if target.checkpoint is not None else None
    total = parameters.total if parameters is not None else None
    return (total if isinstance(total, int) else 1 << 62), target.name


# ---- names that mean nothing


def _unknown(catalog: Catalog, name: str) -> TargetError:
    near = _nearest(name, _all_names(catalog))
    hint = f"did you mean {', '.join(near)}?" if near else "`gptalt-catalog list models` shows all; a folder is ./NAME"
    return TargetError(f"there is no checkpoint or family {name!r}; {hint}", near)


def _all_names(catalog: Catalog) -> Iterable[str]:
    yield from catalog.checkpoints
    yield from catalog.families


def _nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Up to three known names near ``name``, whatever its case, the nearest first."""
    folded = {other.casefold(): other for other in known}
    near = get_close_matches(name.casefold(), folded, n=3, cutoff=0.6)
    if not near:  # a beginning or a part: "pythia-1.4" or "vicuna"
        near = sorted(other for other in folded if name.casefold() in other)[:3]
    return tuple(folded[other] for other in near)
