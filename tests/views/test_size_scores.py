from __future__ import annotations

import pytest

from gptalt_catalog.views.model_list import model_rows
from gptalt_catalog.views.scores import ScoreBook
from gptalt_catalog.views.size_scores import FEWEST, SizePlot, era, plotted, size_plots, smallest_reaching
from tests.catalogs import CHECKOUT, read
from tests.views.entries import QUIZ, catalog_of, checkpoint, claim_set, claims, family, value


def plot(*points: tuple[int, str, str]) -> SizePlot:
    """The plot of checkpoints (millions of parameters, score, release date), filled up to the fewest allowed."""
    filled = [*points, *(((1, "1", "2020"),) * (FEWEST - len(points)))]
    members = {
        f"c{i}": checkpoint(
            bases=[],
            name=f"C{i}",
            parameters={"evidence": "readme", "total": size * 10**6},
            release={"evidence": "readme", "date": date},
        )
        for i, (size, _, date) in enumerate(filled)
    }
    sets = [claim_set(f"c{i}", [value(score)]) for i, (_, score, _) in enumerate(filled)]
    files = {**QUIZ, "models/fam.yaml": family(members), "claims/paper.yaml": claims(*sets)}
    catalog = catalog_of(files)
    return size_plots(ScoreBook(catalog), model_rows(catalog))["quiz"]


def test_the_best_of_their_size_or_smaller_are_marked() -> None:
    found = plot((100, "40", "2023"), (200, "38", "2023"), (300, "40", "2023"), (400, "55", "2024"))
    marked = {p.checkpoint for p in found.points if p.best and p.parameters > 1e7}
    assert marked == {"c0", "c3"}
    assert [p.parameters for p in found.points] == sorted(p.parameters for p in found.points)
    assert found.chance == 25.0


def test_what_it_takes_to_reach_a_score_by_year() -> None:
    found = plot((700, "60", "2022-05"), (300, "62", "2023"), (500, "80", "2024"), (100, "61", "2024-07-01"))
    reached = {year: point.checkpoint for year, point in smallest_reaching(found, 60).items()}
    assert reached == {"2022": "c0", "2023": "c1", "2024": "c3"}
    assert smallest_reaching(found, 99) == {}


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2019", "survey"),
        ("2023-08-31", "survey"),
        ("2023-09", "after"),
        ("2024-12", "after"),
        ("2025", "late"),
        (None, "undated"),
    ],
)
def test_eras(date: str | None, expected: str) -> None:
    assert era(date) == expected


def test_the_list_of_plots_is_the_plots_that_are_made() -> None:
    catalog = read(CHECKOUT / "catalog").catalog
    book = ScoreBook(catalog)
    plots = size_plots(book, model_rows(catalog))
    assert plotted(book) == tuple(plots)
    assert len(plots) > 10
    assert all(len(p.points) >= FEWEST for p in plots.values())
