from __future__ import annotations

import pytest

from gptalt_catalog.views.lineage import Lineage, use_groups
from tests.views.entries import catalog_of, checkpoint, family, license_

LICENSES = {
    "licenses/free.yaml": license_("yes", "attribution"),
    "licenses/limited.yaml": license_("conditional", "user-limit"),
    "licenses/research.yaml": license_("no", "use-restrictions"),
}


def lineage_of(checkpoints: dict[str, dict], **families: dict) -> Lineage:  # type: ignore[type-arg]
    files = {"models/fam.yaml": family(checkpoints), **{f"models/{k}.yaml": v for k, v in families.items()}}
    return Lineage(catalog_of({**LICENSES, **files}))


def test_the_strictest_license_along_the_bases_counts() -> None:
    lineage = lineage_of(
        {
            "root": checkpoint(weights=["research"], bases=[]),
            "middle": checkpoint(weights=["limited"], bases=[("continued", "root")]),
            "leaf": checkpoint(weights=["free"], bases=[("fine-tuned", "middle")]),
        }
    )
    use = lineage.use("leaf")
    assert use.answer == "no"
    assert use.inherited
    (reason,) = use.decisive
    assert (reason.checkpoint, reason.license) == ("root", "research")
    assert [(s.relation, s.base) for s in reason.chain] == [("fine-tuned", "middle"), ("continued", "root")]
    assert use.conditions == ()  # conditions of a use that is not allowed mean nothing


def test_conditions_of_all_licenses_add_up_in_a_fixed_order() -> None:
    lineage = lineage_of(
        {
            "root": checkpoint(weights=["limited"], bases=[]),
            "leaf": checkpoint(weights=["free"], bases=[("fine-tuned", "root")]),
        }
    )
    assert lineage.use("leaf").answer == "conditional"
    assert lineage.use("leaf").conditions == ("attribution", "user-limit")


def test_all_licenses_of_an_and_list_count() -> None:
    lineage = lineage_of({"a": checkpoint(weights=["free", "research"], bases=[])})
    assert lineage.use("a").answer == "no"
    assert not lineage.use("a").inherited


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (checkpoint(weights="unknown", bases=[]), "license-unknown"),
        (checkpoint(weights="undisclosed", bases=[]), "license-undisclosed"),
        (checkpoint(weights=["nowhere"], bases=[]), "license-unknown"),
        (checkpoint(weights=["free"], bases="unknown"), "base-unknown"),
        (checkpoint(weights=["free"]), "base-unknown"),
        (checkpoint(weights=["free"], bases=[("fine-tuned", "nobody")]), "base-missing"),
        ({"name": "X", "roles": ["base"]}, "license-unknown"),
    ],
)
def test_what_is_not_known_is_unclear_and_never_yes(entry: dict, problem: str) -> None:  # type: ignore[type-arg]
    use = lineage_of({"a": entry}).use("a")
    assert use.answer == "unclear"
    assert problem in {reason.problem for reason in use.decisive}


@pytest.mark.parametrize("own_base", ["unpublished", "not-listed"])
@pytest.mark.parametrize(("granted", "answer"), [("free", "yes"), ("limited", "conditional"), ("research", "no")])
def test_what_a_maker_grants_answers_where_the_base_is_its_own_and_has_no_entry(
    own_base: str, granted: str, answer: str
) -> None:
    entry = checkpoint(weights=[granted], bases=[])
    entry["lineage"]["own_base"] = own_base
    use = lineage_of({"a": entry}).use("a")
    assert use.answer == answer
    assert [reason.license for reason in use.reasons] == [granted]


def test_a_known_no_wins_over_what_is_not_known() -> None:
    lineage = lineage_of({"a": checkpoint(weights=["research"], bases="unknown")})
    assert lineage.use("a").answer == "no"


def test_cycles_end() -> None:
    lineage = lineage_of(
        {
            "a": checkpoint(weights=["free"], bases=[("fine-tuned", "b")]),
            "b": checkpoint(weights=["limited"], bases=[("fine-tuned", "a")]),
        }
    )
    assert lineage.use("a").answer == "conditional"
    tree = lineage.ancestors("a")
    assert [child.checkpoint for child in tree.children] == ["b"]
    assert tree.children[0].children[0].repeated


def test_trees_go_both_ways() -> None:
    lineage = lineage_of(
        {"root": checkpoint(bases=[]), "left": checkpoint(bases=[("fine-tuned", "root")])},
        other=family({"right": checkpoint(bases=[("delta-of", "left")])}),
    )
    assert [c.checkpoint for c in lineage.descendants("root").children] == ["left"]
    assert lineage.descendants("root").children[0].children[0].relation == "delta-of"
    up = lineage.family_tree("other", up=True)
    assert [node.family for node in up.children] == ["fam"]
    assert lineage.family_tree("fam", up=False).children[0].link is not None
    assert [link.relations for link in lineage.parents_of("other")] == [("delta-of",)]
    assert lineage.parents_of("fam") == ()


def test_checkpoints_are_grouped_by_answer_and_by_the_licenses_behind_it() -> None:
    lineage = lineage_of(
        {
            "a": checkpoint(weights=["free"], bases=[]),
            "b": checkpoint(weights=["free"], bases=[]),
            "c": checkpoint(weights=["research"], bases=[]),
        }
    )
    groups = use_groups(lineage, "fam")
    assert [(group.checkpoints, group.use.answer) for group in groups] == [(("a", "b"), "yes"), (("c",), "no")]
