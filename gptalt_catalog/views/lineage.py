"""Who was made from whom, and what that means for commercial use.

A license stays with what is made from the weights: the effective answer for a checkpoint is the
strictest one along its base edges. ``check`` rejects cycles, but the functions here also end on
a catalog that has one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.license import Commercial, Condition, strictest

Relation = str


@dataclass(frozen=True)
class Step:
    """One edge of a chain: ``checkpoint`` was made from ``base``."""

    checkpoint: str
    relation: Relation
    base: str


@dataclass(frozen=True)
class LicenseReason:
    """Why a checkpoint may (not) be used: one license, and the chain of bases to where it stands.

    ``license`` is ``None`` where no license is known; ``problem`` then says what is missing.
    """

    checkpoint: str
    license: str | None
    answer: Commercial
    conditions: tuple[Condition, ...]
    chain: tuple[Step, ...]
    problem: Literal["license-unknown", "license-undisclosed", "base-unknown", "base-missing"] | None = None


@dataclass(frozen=True)
class EffectiveUse:
    """May one earn money with a checkpoint? The strictest answer along its bases.

    ``reasons`` holds every license found, own ones first; ``decisive`` those that give the
    answer; ``conditions`` everything asked for by any license of the chain (empty for ``no``).
    """

    answer: Commercial
    conditions: tuple[Condition, ...]
    reasons: tuple[LicenseReason, ...]

    @property
    def decisive(self) -> tuple[LicenseReason, ...]:
        """The reasons whose answer is the effective one, nearest first."""
        return tuple(r for r in self.reasons if r.answer == self.answer)

    @property
    def inherited(self) -> bool:
        """Whether the answer comes from a base only, not from the checkpoint's own license."""
        return all(reason.chain for reason in self.decisive)


@dataclass(frozen=True)
class TreeNode:
    """A checkpoint in a family tree; ``repeated`` marks one that stands elsewhere in the tree already."""

    checkpoint: str
    relation: Relation
    children: tuple[TreeNode, ...]
    repeated: bool = False


@dataclass(frozen=True)
class FamilyLink:
    """All base edges between two families, ``steps`` from checkpoints of ``child`` to bases of ``parent``."""

    child: str
    parent: str
    steps: tuple[Step, ...]

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The kinds of edges, each once."""
        return tuple(dict.fromkeys(step.relation for step in self.steps))


@dataclass(frozen=True)
class FamilyNode:
    """A family in a family tree: the link to the node above it, and what follows.

    ``repeated`` marks a family that stands elsewhere in the tree already.
    """

    family: str
    link: FamilyLink | None
    children: tuple[FamilyNode, ...]
    repeated: bool = False


class Lineage:
    """Base edges of a catalog in both directions, computed once."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._uses: dict[str, EffectiveUse] = {}

    @cached_property
    def bases(self) -> dict[str, tuple[Step, ...]]:
        """The base edges of each checkpoint; without an entry if none are known."""
        return {
            key: tuple(Step(key, base.relation, base.checkpoint) for base in checkpoint.lineage.bases)
            for key, checkpoint in self.catalog.checkpoints.items()
            if checkpoint.lineage is not None and not isinstance(checkpoint.lineage.bases, str)
        }

    @cached_property
    def derived(self) -> dict[str, tuple[Step, ...]]:
        """The edges that lead to each checkpoint from what was made of it."""
        found: dict[str, list[Step]] = defaultdict(list)
        for steps in self.bases.values():
            for step in steps:
                found[step.base].append(step)
        return {key: tuple(steps) for key, steps in found.items()}

    @cached_property
    def links(self) -> tuple[FamilyLink, ...]:
        """Edges between different families, grouped by the pair."""
        checkpoints = self.catalog.checkpoints
        pairs: dict[tuple[str, str], list[Step]] = defaultdict(list)
        for steps in self.bases.values():
            for step in steps:
                base = checkpoints.get(step.base)
                child = checkpoints[step.checkpoint].family
                if base is not None and base.family != child:
                    pairs[child, base.family].append(step)
        return tuple(FamilyLink(child, parent, tuple(steps)) for (child, parent), steps in pairs.items())

    def parents_of(self, family: str) -> tuple[FamilyLink, ...]:
        """The families that ``family`` builds on."""
        return self._links_by_child.get(family, ())

    def children_of(self, family: str) -> tuple[FamilyLink, ...]:
        """The families that build on ``family``."""
        return self._links_by_parent.get(family, ())

    @cached_property
    def _links_by_child(self) -> dict[str, tuple[FamilyLink, ...]]:
        return {key: tuple(link for link in self.links if link.child == key) for key in {x.child for x in self.links}}

    @cached_property
    def _links_by_parent(self) -> dict[str, tuple[FamilyLink, ...]]:
        return {key: tuple(link for link in self.links if link.parent == key) for key in {x.parent for x in self.links}}

    def ancestors(self, checkpoint: str) -> TreeNode:
        """The tree upward: the checkpoint, its bases, their bases."""
        return self._tree(checkpoint, "", set(), up=True)

    def descendants(self, checkpoint: str) -> TreeNode:
        """The tree downward: the checkpoint and all that was made from it."""
        return self._tree(checkpoint, "", set(), up=False)

    def _tree(self, checkpoint: str, relation: Relation, seen: set[str], *, up: bool) -> TreeNode:
        if checkpoint in seen:
            return TreeNode(checkpoint, relation, (), repeated=True)
        seen.add(checkpoint)
        steps = (self.bases if up else self.derived).get(checkpoint, ())
        children = tuple(self._tree(s.base if up else s.checkpoint, s.relation, seen, up=up) for s in steps)
        return TreeNode(checkpoint, relation, children)

    def family_tree(self, family: str, *, up: bool) -> FamilyNode:
        """The families that ``family`` builds on (``up``), or those that build on it."""
        return self._family_node(family, None, set(), up=up)

    def _family_node(self, family: str, link: FamilyLink | None, seen: set[str], *, up: bool) -> FamilyNode:
        if family in seen:
            return FamilyNode(family, link, (), repeated=True)
        seen.add(family)
        links = self.parents_of(family) if up else self.children_of(family)
        nodes = tuple(self._family_node(x.parent if up else x.child, x, seen, up=up) for x in links)
        return FamilyNode(family, link, nodes)

    def use(self, checkpoint: str) -> EffectiveUse:
        """The effective commercial use of a checkpoint. Raises ``KeyError`` for an unknown id."""
        if checkpoint not in self._uses:
            reasons: list[LicenseReason] = []
            self._collect(checkpoint, (), set(), reasons)
            self._uses[checkpoint] = _combined(tuple(reasons))
        return self._uses[checkpoint]

    @cached_property
    def bound_by(self) -> dict[str, tuple[str, ...]]:
        """The checkpoints for whose use a license matters, their own or that of a base, by its id."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for key in self.catalog.checkpoints:
            for reason in self.use(key).reasons:
                if reason.license is not None:
                    found[reason.license][key] = None
        return {license_id: tuple(keys) for license_id, keys in found.items()}

    def _collect(self, key: str, chain: tuple[Step, ...], seen: set[str], into: list[LicenseReason]) -> None:
        seen.add(key)
        entry = self.catalog.checkpoints[key]
        licenses = entry.license.weights if entry.license is not None else "unknown"
        if isinstance(licenses, str):
            problem: Literal["license-unknown", "license-undisclosed"] = (
                "license-undisclosed" if licenses == "undisclosed" else "license-unknown"
            )
            into.append(LicenseReason(key, None, "unclear", (), chain, problem))
        else:
            into.extend(self._reason(key, name, chain) for name in licenses)
        if key not in self.bases:
            into.append(LicenseReason(key, None, "unclear", (), chain, "base-unknown"))
        for step in self.bases.get(key, ()):
            if step.base not in self.catalog.checkpoints:
                into.append(LicenseReason(key, None, "unclear", (), (*chain, step), "base-missing"))
            elif step.base not in seen:
                self._collect(step.base, (*chain, step), seen, into)

    def _reason(self, key: str, name: str, chain: tuple[Step, ...]) -> LicenseReason:
        entry = self.catalog.licenses.get(name)
        if entry is None:
            return LicenseReason(key, name, "unclear", (), chain, "license-unknown")
        return LicenseReason(key, name, entry.terms.commercial, entry.terms.conditions, chain)


def _combined(reasons: tuple[LicenseReason, ...]) -> EffectiveUse:
    answer = strictest(tuple(reason.answer for reason in reasons))
    asked = {condition for reason in reasons for condition in reason.conditions}
    conditions = () if answer == "no" else tuple(c for c in get_args(Condition) if c in asked)
    return EffectiveUse(answer, conditions, reasons)


@dataclass(frozen=True)
class UseGroup:
    """Checkpoints of a family for which the same licenses give the same answer.

    ``use`` is that of the first checkpoint, to show a chain by example.
    """

    checkpoints: tuple[str, ...]
    use: EffectiveUse


def use_groups(lineage: Lineage, family: str) -> tuple[UseGroup, ...]:
    """The checkpoints of a family grouped by effective answer and the licenses behind it."""
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for key in lineage.catalog.families[family].checkpoints:
        use = lineage.use(key)
        sign = tuple(dict.fromkeys((r.license, r.problem, bool(r.chain)) for r in use.reasons))
        groups[use.answer, sign].append(key)
    return tuple(UseGroup(tuple(keys), lineage.use(keys[0])) for keys in groups.values())
