from __future__ import annotations

from gptalt_catalog.views.timeline import by_month, first_release, milestones, openness
from tests.views.entries import Tree, catalog_of, checkpoint, family


def released(date: str) -> Tree:
    return checkpoint(release={"evidence": "readme", "date": date})


FILES = {
    "models/early.yaml": family({"e1": released("2023-03-14"), "e2": released("2022-11-02")}, name="Early"),
    "models/light.yaml": family(
        {},
        name="Light",
        announced={"evidence": "readme", "date": "2021", "kind": "announced"},
        openness={"evidence": "readme", "weights": "closed"},
        survey={"place": "Figure 2", "figure": "2021-05"},
    ),
    "models/undated.yaml": family({"u": checkpoint()}, name="Undated"),
}


def test_families_stand_at_their_first_release_light_ones_included() -> None:
    found = milestones(catalog_of(FILES))
    assert [(m.family, m.date, m.openness, m.checkpoints, m.printed) for m in found] == [
        ("light", "2021", "closed", 0, "2021-05"),
        ("early", "2022-11-02", "open", 2, None),
    ]
    catalog = catalog_of(FILES)
    assert first_release("undated", catalog.families["undated"]) is None


def test_openness_is_what_is_stated_else_what_the_places_of_the_weights_say() -> None:
    def access(value: str) -> Tree:
        return checkpoint(hub={"evidence": "readme", "repository": "a/b", "access": value})

    catalog = catalog_of(
        {
            "models/closed.yaml": family({"c": access("closed")}),
            "models/mixed.yaml": family({"m1": access("closed"), "m2": access("gated")}),
            "models/nothing.yaml": family({}),
        }
    )
    assert {key: openness(key, entry) for key, entry in catalog.families.items()} == {
        "closed": "closed",
        "mixed": "open",
        "nothing": "unknown",
    }


def test_months_run_from_the_latest_and_years_without_a_month_stand_apart() -> None:
    groups = by_month(milestones(catalog_of(FILES)))
    assert [(month, [m.family for m in found]) for month, found in groups] == [
        ("2022-11", ["early"]),
        ("2021", ["light"]),
    ]
