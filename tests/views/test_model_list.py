from __future__ import annotations

from typing import Any

import pytest

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.views.model_list import QueryError, model_rows, query_checkpoints
from tests.catalogs import GOOD, read
from tests.views.entries import catalog_of, checkpoint, family


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read(GOOD).catalog


def ids(catalog: Catalog, **filters: Any) -> list[str]:
    return [row.id for row in query_checkpoints(catalog, **filters)]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["small-70m", "small-70m-chat"]),
        ({"license": "commercial"}, ["small-70m"]),
        ({"license": "no"}, ["small-70m-chat"]),
        ({"license": "research"}, ["small-70m-chat"]),
        ({"license": "free"}, ["small-70m"]),
        ({"language": "en"}, ["small-70m", "small-70m-chat"]),
        ({"language": "zh"}, []),
        ({"role": "chat"}, ["small-70m-chat"]),
        ({"domain": "scientific"}, []),
        ({"family": "small"}, ["small-70m", "small-70m-chat"]),
        ({"max_params": 70_426_624}, ["small-70m", "small-70m-chat"]),
        ({"min_params": 70_426_625}, []),
        ({"min_score": [("quiz", 30.5)]}, ["small-70m"]),
        ({"min_score": [("quiz.acc.1-shot.lm-eval", 31.5), ("quiz", 30)]}, ["small-70m"]),
        ({"min_score": [("quiz", 30.6)]}, []),
        ({"text": "SMALL chat"}, ["small-70m-chat"]),
        ({"text": "example-lab/small-70m"}, ["small-70m", "small-70m-chat"]),
        ({"text": "nothing like it"}, []),
    ],
)
def test_filters(catalog: Catalog, filters: dict[str, Any], found: list[str]) -> None:
    assert ids(catalog, **filters) == found


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"license": "fre"}, "there is no license 'fre'; did you mean free?"),
        ({"language": "klingon"}, "there is no language 'klingon'; choose from en, zh"),
        ({"role": "chaat"}, "did you mean chat?"),
        ({"domain": "x"}, "there is no domain 'x'"),
        ({"family": "smal"}, "did you mean small?"),
        ({"min_score": [("quizz", 1.0)]}, "there is no protocol or benchmark 'quizz'; did you mean quiz?"),
    ],
)
def test_what_the_catalog_lacks_is_an_error_with_a_suggestion(
    catalog: Catalog, filters: dict[str, Any], message: str
) -> None:
    with pytest.raises(QueryError) as caught:
        query_checkpoints(catalog, **filters)
    assert message in str(caught.value)


def test_a_row_has_what_lists_show(catalog: Catalog) -> None:
    base, chat = model_rows(catalog, "zh")
    assert base.organizations == ("example",)
    assert (base.parameters, base.context, base.released) == (70_426_624, 2048, "2023-03")
    assert base.commercial == "yes"
    assert {key: score.printed for key, score in base.scores.items()} == {"quiz": "30.5 %"}
    assert chat.commercial == "no"
    assert [reason.license for reason in chat.use.decisive] == ["research"]


def test_a_checkpoint_without_any_block_still_has_a_row() -> None:
    (row,) = model_rows(catalog_of({"models/x.yaml": family({"bare": {"name": "Bare", "roles": ["base"]}})}))
    assert (row.parameters, row.context, row.released, row.repository, row.licenses) == (None, None, None, None, ())
    assert row.commercial == "unclear"


def test_the_announcement_dates_only_checkpoints_without_a_release_of_their_own() -> None:
    announced = {"evidence": "readme", "date": "2023-01-02", "kind": "announced"}
    entries = {
        "a": checkpoint(),
        "b": checkpoint(release={"evidence": "readme", "date": "unknown"}),
        "c": checkpoint(release={"evidence": "readme", "date": "2024"}),
    }
    rows = model_rows(catalog_of({"models/x.yaml": family(entries, announced=announced)}))
    assert [row.released for row in rows] == ["2023-01-02", None, "2024"]
