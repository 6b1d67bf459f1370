from __future__ import annotations

from gptalt_catalog.views.conflicts import conflicts, defects_of, differing_parts, spreads
from gptalt_catalog.views.scores import ScoreBook
from tests.views.entries import claim_set, claims, quiz, value


def test_ranked_scores_far_apart_are_an_open_conflict() -> None:
    book = ScoreBook(quiz(paper=claims(claim_set("a", [value("50.0")])), blog=claims(claim_set("a", [value("60.0")]))))
    (found,) = conflicts(book)
    assert found.open
    assert found.causes == ()
    assert [score.source for score in found.scores] == ["paper", "blog"]
    assert found.difference == 10
    assert 4 < found.errors < 5
    low, high = found.bounds
    assert low < 50
    assert high > 60


def test_scores_within_two_standard_errors_are_no_conflict() -> None:
    book = ScoreBook(quiz(paper=claims(claim_set("a", [value("50.0")])), blog=claims(claim_set("a", [value("53.0")]))))
    assert conflicts(book) == ()


def test_a_known_defect_explains_a_difference() -> None:
    book = ScoreBook(
        quiz(
            paper=claims(claim_set("a", [value("50.0")], defect="bug")),
            blog=claims(claim_set("a", [value("60.0", note="rerun")])),
        )
    )
    (found,) = conflicts(book, "a")
    assert not found.open
    assert [(cause.kind, cause.score.source) for cause in found.causes] == [("defect", "paper"), ("note", "blog")]
    assert defects_of(book.scores) == ("bug",)


def test_other_weights_explain_a_difference() -> None:
    book = ScoreBook(
        quiz(
            paper=claims(claim_set("a", [value("50.0")], weights_revision="0123abc")),
            blog=claims(claim_set("a", [value("60.0")])),
        )
    )
    (found,) = conflicts(book)
    assert not found.open
    assert [(cause.kind, cause.detail) for cause in found.causes] == [("revision", "0123abc")]


def test_nothing_contradicts_under_a_protocol_with_an_unknown_part() -> None:
    sets = [claim_set("a", [value("10", "quiz.unknown")]), claim_set("a", [value("90", "quiz.unknown")], path="b")]
    assert conflicts(ScoreBook(quiz(paper=claims(*sets)))) == ()


def test_different_checkpoints_and_protocols_never_conflict() -> None:
    sets = [claim_set("a", [value("10"), value("90", "quiz.5")]), claim_set("b", [value("90")])]
    assert conflicts(ScoreBook(quiz(paper=claims(*sets)))) == ()


def test_a_spread_names_the_parts_in_which_two_protocols_differ() -> None:
    book = ScoreBook(
        quiz(paper=claims(claim_set("a", [value("10"), value("30", "quiz.5")]), claim_set("b", [value("20")])))
    )
    (found,) = spreads(book.of_benchmark("quiz"))
    assert (found.checkpoint, found.low.percent, found.high.percent) == ("a", 10, 30)
    assert found.parts == ("shots",)
    protocols = book.catalog.protocols
    assert differing_parts(protocols["quiz.0"], protocols["quiz.unknown"]) == ("shots", "harness")
