"""Family trees over the whole catalog: for each family that others build on, everything made from it."""

from __future__ import annotations

from dataclasses import dataclass

from gptalt_catalog.views.lineage import FamilyLink, Lineage
from gptalt_catalog.views.timeline import first_release


@dataclass(frozen=True)
class Branch:
    """A family in a tree. ``parent`` is the row of the base that it hangs on, ``None`` for the root.

    ``crossing`` are the rows of its other bases within the tree, ``outside`` its bases that are not
    in the tree, ``relations`` the kinds of edges to the base that it hangs on.
    """

    family: str
    depth: int
    date: str | None
    parent: int | None
    relations: tuple[str, ...] = ()
    crossing: tuple[int, ...] = ()
    outside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tree:
    """A root and all families made from it, directly or through others, each once."""

    root: str
    branches: tuple[Branch, ...]


def trees(lineage: Lineage) -> tuple[Tree, ...]:
    """The trees of all families that build on no other family, the largest first."""
    parents = {link.parent for link in lineage.links}
    children = {link.child for link in lineage.links}
    found = [family_tree(lineage, root) for root in parents - children]
    return tuple(sorted(found, key=lambda tree: (-len(tree.branches), tree.root)))


def family_tree(lineage: Lineage, root: str) -> Tree:
    """The tree of one family, whatever it builds on itself."""
    depths = _depths(lineage, root)
    hangs: dict[str, FamilyLink] = {}
    for family in depths:
        links = [link for link in lineage.parents_of(family) if link.parent in depths]
        if family != root and links:
            hangs[family] = max(links, key=lambda link: (depths[link.parent], len(link.steps), link.parent))
    order: list[str] = []
    _walk(lineage, root, hangs, order)
    rows = {family: row for row, family in enumerate(order)}
    return Tree(root, tuple(_branch(lineage, family, depths, hangs, rows) for family in order))


def _depths(lineage: Lineage, root: str) -> dict[str, int]:
    """The longest way from the root to each family; ends on a cycle too."""
    depths = {root: 0}
    open_: list[tuple[str, tuple[str, ...]]] = [(root, (root,))]
    while open_:
        family, path = open_.pop()
        for link in lineage.children_of(family):
            if link.child not in path and depths.get(link.child, -1) < len(path):
                depths[link.child] = len(path)
                open_.append((link.child, (*path, link.child)))
    return depths


def _walk(lineage: Lineage, family: str, hangs: dict[str, FamilyLink], order: list[str]) -> None:
    order.append(family)
    below = [child for child, link in hangs.items() if link.parent == family and child not in order]
    for child in sorted(below, key=lambda key: (_date(lineage, key) or "9", key)):
        _walk(lineage, child, hangs, order)


def _date(lineage: Lineage, family: str) -> str | None:
    return first_release(family, lineage.catalog.families[family])


def _branch(
    lineage: Lineage, family: str, depths: dict[str, int], hangs: dict[str, FamilyLink], rows: dict[str, int]
) -> Branch:
    link = hangs.get(family)
    others = [x.parent for x in lineage.parents_of(family) if link is not None and x.parent != link.parent]
    return Branch(
        family=family,
        depth=depths[family],
        date=_date(lineage, family),
        parent=rows[link.parent] if link is not None else None,
        relations=link.relations if link is not None else (),
        crossing=tuple(rows[parent] for parent in others if parent in rows),
        outside=tuple(parent for parent in others if parent not in rows),
    )


def standing_alone(lineage: Lineage) -> tuple[str, ...]:
    """Families that build on no other and that no other builds on."""
    linked = {link.parent for link in lineage.links} | {link.child for link in lineage.links}
    return tuple(family for family in lineage.catalog.families if family not in linked)
