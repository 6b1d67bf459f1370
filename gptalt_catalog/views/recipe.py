"""What the checkpoints of a family were made of, those made alike together."""

from __future__ import annotations

from dataclasses import dataclass

from gptalt_catalog.domain.family import Checkpoint
from gptalt_catalog.domain.quantity import Quantity
from gptalt_catalog.views.lineage import Lineage


@dataclass(frozen=True)
class Recipe:
    """Checkpoints with the same bases (by family), data and amounts.

    ``bases`` are (relation, family id), empty if trained from scratch, ``None`` if not known;
    ``datasets`` are ids, ``None`` if not known; ``tokens`` and ``samples`` the amounts seen in
    training, where published.
    """

    checkpoints: tuple[str, ...]
    bases: tuple[tuple[str, str], ...] | None
    components: tuple[str, ...]
    datasets: tuple[str, ...] | None
    tokens: Quantity | None
    samples: Quantity | None


def recipes(lineage: Lineage, family: str) -> tuple[Recipe, ...]:
    """The recipes of a family, in the order of its checkpoints."""
    groups: dict[tuple[object, ...], list[str]] = {}
    found: dict[tuple[object, ...], Recipe] = {}
    for key in lineage.catalog.families[family].checkpoints:
        recipe = _recipe(lineage, lineage.catalog.checkpoints[key])
        sign = (recipe.bases, recipe.components, recipe.datasets, recipe.tokens, recipe.samples)
        groups.setdefault(sign, []).append(key)
        found[sign] = recipe
    return tuple(
        Recipe(tuple(groups[sign]), r.bases, r.components, r.datasets, r.tokens, r.samples) for sign, r in found.items()
    )


def _recipe(lineage: Lineage, checkpoint: Checkpoint) -> Recipe:
    training, parts = checkpoint.training, checkpoint.lineage
    datasets = training.datasets if training is not None else "unknown"
    return Recipe(
        checkpoints=(checkpoint.id,),
        bases=_bases(lineage, checkpoint.id),
        components=parts.components if parts is not None else (),
        datasets=None if isinstance(datasets, str) else datasets,
        tokens=_quantity(training.tokens_seen) if training is not None else None,
        samples=_quantity(training.samples) if training is not None else None,
    )


def _bases(lineage: Lineage, checkpoint: str) -> tuple[tuple[str, str], ...] | None:
    if checkpoint not in lineage.bases:
        return None
    checkpoints = lineage.catalog.checkpoints
    pairs = (
        (step.relation, checkpoints[step.base].family) for step in lineage.bases[checkpoint] if step.base in checkpoints
    )
    return tuple(dict.fromkeys(pairs))


def _quantity(value: Quantity | str | None) -> Quantity | None:
    return value if isinstance(value, Quantity) else None
