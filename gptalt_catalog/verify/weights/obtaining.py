"""The weights that an audit runs: fetched, or fetched in two parts and put together, as the entry's links say."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.family import Checkpoint
from gptalt_catalog.verify.hub.download import FetchPlan, remove
from gptalt_catalog.verify.hub.selection import Allowed
from gptalt_catalog.verify.hub.settings import HubSettings
from gptalt_catalog.verify.hub.snapshot import Snapshot
from gptalt_catalog.verify.hub.target import Means, Target, find_target
from gptalt_catalog.verify.weights.merging import NewRows, Recipe, merged, remove_merged
from gptalt_catalog.views.obstacles import code_hashes, mergeable_base, pickle_hashes

Fetch = Callable[[str, str, Allowed], Snapshot]
"""(repository, revision, what the entry vouches for) -> what was fetched."""


def merge_cache() -> Path:
    """Where merged weights are kept."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "gptalt-catalog" / "merged"


@dataclass(frozen=True)
class Wanted:
    """A model to obtain. ``remote_code``: its code may be fetched, if the entry lists its hashes."""

    catalog: Catalog
    model: Target
    remote_code: bool = False

    @property
    def allowed(self) -> Allowed:
        """What the model's entry vouches for."""
        checkpoint = self.model.checkpoint
        if checkpoint is None:
            return Allowed()
        return allowed_by(checkpoint, remote_code=self.remote_code)

    @property
    def base(self) -> Target | None:
        """The base to put it together with; ``None`` for whole models."""
        checkpoint = self.model.checkpoint
        if checkpoint is None or self.model.folder is not None:
            return None
        found = mergeable_base(checkpoint, self.catalog.checkpoints)
        return None if found is None else find_target(self.catalog, found.id, Means(token=True, own_claims=True))


def allowed_by(checkpoint: Checkpoint, *, remote_code: bool = False) -> Allowed:
    """What an entry vouches for."""
    adapter = checkpoint.weights is not None and checkpoint.weights.form == "adapter"
    code = dict(code_hashes(checkpoint)) if remote_code else {}
    return Allowed(pickle_hashes(checkpoint), code, adapter)


def obtain(wanted: Wanted, fetch: Fetch, say: Callable[[str], None], cache: Path | None = None) -> Snapshot:
    """The weights, whole. Raises :class:`.hub.errors.HubError` and :class:`.tensors.MergeError`."""
    model, base = wanted.model, wanted.base
    own = fetch(str(model.repository), model.revision, wanted.allowed)
    checkpoint = model.checkpoint
    if base is None or base.checkpoint is None or checkpoint is None or checkpoint.weights is None:
        return own
    say(f"the base {base.name}: {base.repository}")
    ground = fetch(str(base.repository), base.revision, allowed_by(base.checkpoint))
    recipe = Recipe("adapter" if checkpoint.weights.form == "adapter" else "delta", ground, own, _new_rows(checkpoint))
    return merged(recipe, cache or merge_cache(), say)


def _new_rows(checkpoint: Checkpoint) -> NewRows:
    bases = checkpoint.lineage.bases if checkpoint.lineage is not None else ()
    rows = {base.new_rows for base in bases if base.relation == "delta-of"} if not isinstance(bases, str) else set()
    return "mean" if rows == {"mean"} else "zero"


def planned(wanted: Wanted, plan: Callable[[str, str, Allowed], FetchPlan]) -> tuple[FetchPlan, ...]:
    """What would be fetched: the model, and its base where it has one. Raises :class:`.hub.errors.HubError`."""
    found = [plan(str(wanted.model.repository), wanted.model.revision, wanted.allowed)]
    base = wanted.base
    if base is not None and base.checkpoint is not None:
        found.append(plan(str(base.repository), base.revision, allowed_by(base.checkpoint)))
    return tuple(found)


def remove_all(snapshot: Snapshot, settings: HubSettings) -> int:
    """Remove what was fetched for a snapshot, and what was put together from it; the bytes freed."""
    if not snapshot.parents:
        return remove(snapshot, settings)
    freed = sum(remove(parent, settings) for parent in snapshot.parents if parent.repository is not None)
    return freed + remove_merged(snapshot)
