from __future__ import annotations

from itertools import pairwise

import pytest

from gptalt_catalog.domain.comparison import differ, rankable
from gptalt_catalog.views.intervals import interval, wilson
from gptalt_catalog.views.scores import Reason, ScoreBook, representative, surely_apart
from tests.catalogs import CHECKOUT, read
from tests.views.entries import claim_set, claims, quiz, value


@pytest.mark.parametrize(
    ("right", "items", "low", "high"),
    [(61, 200, 0.2454, 0.3720), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634)],
)
def test_wilson_intervals(right: int, items: int, low: float, high: float) -> None:
    assert wilson(right, items) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("right", "items"), [(1, 0), (-1, 10), (11, 10)])
def test_wilson_refuses_what_is_no_share(right: int, items: int) -> None:
    with pytest.raises(ValueError, match="is not a share"):
        wilson(right, items)


def test_counts_win_over_the_size_of_the_split() -> None:
    book = ScoreBook(
        quiz(paper=claims(claim_set("a", [value("50.0", counts=[50, 100])]), claim_set("b", [value("50.0")])))
    )
    counted, sized = book.scores
    assert counted.interval is not None
    assert sized.interval is not None
    assert counted.interval[1] - counted.interval[0] > 2 * (sized.interval[1] - sized.interval[0])


def test_a_printed_standard_error_gives_an_interval_without_items() -> None:
    catalog = quiz(paper=claims(claim_set("a", [value("50.0", "quiz.5", stderr="2.0")])))
    assert interval(catalog, catalog.claims[0]) is not None


def test_each_reason_for_not_ranking_is_named() -> None:
    book = ScoreBook(
        quiz(
            paper=claims(
                claim_set("a", [value("50.0", "quiz.unknown", flags=["suspect-zero"])], defect="bug"),
                {**claim_set("fam", [value("40.0")]), "checkpoint": None, "family": "fam", "basis": "unstated"},
                claim_set("b", [value("30.0", flags=["derived"])], harness_version="unknown (main)"),
            )
        )
    )
    bad, unstated, fine = book.scores
    assert bad.reasons == (
        Reason("unknown-part", "shots"),
        Reason("unknown-part", "harness"),
        Reason("defect", "bug"),
        Reason("flag", "suspect-zero"),
    )
    assert unstated.reasons == (Reason("checkpoint-unstated"),)
    assert fine.ranked
    assert not fine.version_stated


def test_the_representative_score_rests_on_the_best_record() -> None:
    book = ScoreBook(
        quiz(
            paper=claims(claim_set("a", [value("50.0")]), claim_set("a", [value("51.0")], grade="D", path="b")),
            blog=claims(
                claim_set("a", [value("60.0", counts=[600, 1000])], grade="C"),
                claim_set("a", [value("99.0")], defect="bug"),
            ),
        )
    )
    best = book.best("a", "quiz.0")
    assert best is not None
    assert best.printed == "60.0 %"
    assert representative(()) is None
    assert book.best("b", "quiz.0") is None


def test_headline_protocols_are_stated_or_most_used() -> None:
    book = ScoreBook(
        quiz(
            paper=claims(
                claim_set("a", [value("50", "quiz.5"), value("50", "quiz.0")]), claim_set("b", [value("50", "quiz.5")])
            )
        )
    )
    assert book.headlines == {"quiz": "quiz.5"}


def test_scores_are_arranged_by_benchmark_and_protocol_comparable_ones_first() -> None:
    book = ScoreBook(
        quiz(paper=claims(claim_set("a", [value("10", "quiz.unknown"), value("20"), value("30", "quiz.5")])))
    )
    (found,) = book.of_checkpoint("a")
    assert [group.protocol for group in found.protocols] == ["quiz.0", "quiz.5", "quiz.unknown"]
    assert [group.comparable for group in found.protocols] == [True, True, False]
    assert book.of_family("fam") == (found,)
    assert len(book.of_benchmark("quiz").scores) == 3


def test_views_and_domain_agree_on_all_claims_of_the_catalog() -> None:
    catalog = read(CHECKOUT / "catalog").catalog
    book = ScoreBook(catalog)
    assert book.scores
    for score in book.scores:
        assert score.ranked == rankable(catalog, score.claim)
    for group in book.by_target.values():
        for first, second in pairwise(group):
            assert surely_apart(first, second) == differ(catalog, first.claim, second.claim)
