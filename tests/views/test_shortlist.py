from __future__ import annotations

from typing import Any

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.views.memory_fit import MemoryFit
from gptalt_catalog.views.model_list import model_rows
from gptalt_catalog.views.shortlist import Pick, Standing, shortlist
from tests.views.entries import QUIZ, catalog_of, checkpoint, claim_set, claims, family, value

Tree = dict[str, Any]


def dated(day: str) -> Tree:
    return checkpoint(bases=[], release={"evidence": "readme", "date": day})


def listed(catalog: Catalog) -> tuple[Pick, ...]:
    return shortlist(model_rows(catalog), MemoryFit(catalog), "q4_k_m")


def of(models: dict[str, Tree], *sets: Tree) -> Catalog:
    files = {**QUIZ, **{f"models/{name}.yaml": tree for name, tree in models.items()}}
    return catalog_of({**files, "claims/paper.yaml": claims(*sets)} if sets else files)


def test_without_a_successor_first_then_the_newest_then_by_id() -> None:
    catalog = of(
        {
            "old": family({"x": dated("2025-01-01")}, superseded_by=["fam"]),
            "fam": family({"b": dated("2023"), "a": dated("2023"), "c": dated("2024-05"), "d": checkpoint(bases=[])}),
        }
    )
    assert [pick.row.id for pick in listed(catalog)] == ["c", "a", "b", "d", "x"]
    assert all(pick.standing is None and pick.lead == 0 for pick in listed(catalog))


def test_of_one_day_the_largest_comes_first() -> None:
    sized = {
        key: dated("2024-05-01") | {"parameters": {"evidence": "readme", "total": total}}
        for key, total in (("a", 800_000_000), ("b", 9_000_000_000), ("c", 2_000_000_000))
    }
    assert [pick.row.id for pick in listed(of({"fam": family(sized)}))] == ["b", "c", "a"]


def test_sure_wins_less_sure_losses_come_before_the_date() -> None:
    catalog = of(
        {"fam": family({"a": dated("2020"), "b": dated("2021"), "c": dated("2022"), "d": dated("2023")})},
        claim_set("a", [value("70")]),
        claim_set("b", [value("69")]),
        claim_set("c", [value("40")]),
    )
    picks = listed(catalog)
    assert [(pick.row.id, pick.lead) for pick in picks] == [("b", 1), ("a", 1), ("d", 0), ("c", -2)]
    standings = {pick.row.id: pick.standing for pick in picks}
    assert standings["a"] == Standing("quiz", 1, 2, 3, ("b",))
    assert standings["b"] == Standing("quiz", 1, 2, 3, ("a",))
    assert standings["c"] == Standing("quiz", 3, 3, 3, ())
    assert standings["d"] is None


def test_one_score_alone_is_no_standing() -> None:
    catalog = of({"fam": family({"a": dated("2020"), "b": dated("2021")})}, claim_set("a", [value("70")]))
    assert [(pick.row.id, pick.standing) for pick in listed(catalog)] == [("b", None), ("a", None)]


def test_the_standing_named_says_most() -> None:
    """Second of four says more than first of two."""
    ids = ("a", "b", "c", "d")
    catalog = catalog_of(
        {
            **QUIZ,
            "benchmarks/test.yaml": QUIZ["benchmarks/quiz.yaml"] | {"name": "Test"},
            "protocols/test.yaml": {"protocols": {"test.0": QUIZ["protocols/quiz.yaml"]["protocols"]["quiz.0"]}},
            "models/fam.yaml": family({key: dated("2020") for key in ids}),
            "claims/paper.yaml": claims(
                claim_set("a", [value("90"), value("20", "test.0")]),
                claim_set("b", [value("80"), value("90", "test.0")]),
                claim_set("c", [value("50")]),
                claim_set("d", [value("30")]),
            ),
        }
    )
    picks = {pick.row.id: pick for pick in listed(catalog)}
    assert picks["b"].standing == Standing("quiz", 2, 2, 4, ())
    assert picks["b"].benchmarks == 2
    assert picks["b"].lead == 2
    assert picks["a"].lead == 3 - 1
