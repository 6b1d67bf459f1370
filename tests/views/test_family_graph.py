from __future__ import annotations

from gptalt_catalog.views.family_graph import Branch, family_tree, standing_alone, trees
from gptalt_catalog.views.lineage import Lineage
from tests.views.entries import catalog_of, checkpoint, family


def line(*edges: str) -> Lineage:
    """``b<a`` says that family b was made from family a; ``b<a<c`` from both."""
    bases = {name: others for name, *others in (edge.split("<") for edge in edges)}
    files = {
        f"models/{name}.yaml": family(
            {f"{name}-1": checkpoint(bases=[("fine-tuned", f"{o}-1") for o in others])}, name=name
        )
        for name, others in bases.items()
    }
    return Lineage(catalog_of(files))


def names(branches: tuple[Branch, ...]) -> list[tuple[str, int]]:
    return [(b.family, b.depth) for b in branches]


def test_a_family_hangs_on_its_deepest_base_and_crosses_to_the_others() -> None:
    lineage = line("llama", "vicuna<llama", "llava<llama<vicuna", "alpaca<llama")
    (tree,) = trees(lineage)
    assert names(tree.branches) == [("llama", 0), ("alpaca", 1), ("vicuna", 1), ("llava", 2)]
    llava = tree.branches[3]
    assert (llava.parent, llava.crossing, llava.outside, llava.relations) == (2, (0,), (), ("fine-tuned",))


def test_bases_of_other_trees_are_named_and_the_largest_tree_comes_first() -> None:
    lineage = line("a", "b", "c<a<b", "d<a")
    first, second = trees(lineage)
    assert (first.root, second.root) == ("a", "b")
    assert next(b for b in first.branches if b.family == "c").outside == ("b",)
    assert next(b for b in second.branches if b.family == "c").outside == ("a",)
    assert standing_alone(line("a", "b<a", "alone")) == ("alone",)


def test_every_family_is_once_in_a_tree_of_many_ways() -> None:
    lineage = line("a", "b<a", "c<a<b", "d<a<b<c", "e<d<b")
    tree = family_tree(lineage, "a")
    assert sorted(b.family for b in tree.branches) == ["a", "b", "c", "d", "e"]
    for row, branch in enumerate(tree.branches):
        assert branch.parent is None or branch.parent < row


def test_a_cycle_ends() -> None:
    assert {b.family for b in family_tree(line("a<c", "b<a", "c<b"), "a").branches} == {"a", "b", "c"}
