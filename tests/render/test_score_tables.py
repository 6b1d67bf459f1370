from __future__ import annotations

from gptalt_catalog.render.score_tables import score_table
from gptalt_catalog.views.scores import Reason, ScoreBook
from tests.views.entries import claim_set, claims, quiz, value


def test_checkpoints_down_sources_across_and_reasons_as_letters() -> None:
    book = ScoreBook(
        quiz(
            paper=claims(
                claim_set("b", [value("50.0")], defect="bug"),
                claim_set("a", [value("60.0", flags=["suspect-zero"])], defect="bug", path="one"),
                claim_set("a", [value("61.0")], path="two"),
            ),
            blog=claims(claim_set("a", [value("62.0", note="rerun")])),
        )
    )
    (scores,) = book.of_family("fam")
    table = score_table(scores.protocols[0], ("a", "b", "c"))
    assert table.sources == ("blog", "paper")
    assert [row for row, _ in table.rows] == ["a", "b"]
    first = [[(score.printed, marks) for score, marks in cell.scores] for cell in table.rows[0][1]]
    assert first == [[("62.0 %", "1")], [("61.0 %", ""), ("60.0 %", "a,b")]]
    second = [[marks for _, marks in cell.scores] for cell in table.rows[1][1]]
    assert second == [[], ["a"]]
    assert table.reasons == (("a", Reason("defect", "bug")), ("b", Reason("flag", "suspect-zero")))
    assert [(number, score.source) for number, score in table.notes] == [("1", "blog")]


def test_unknown_parts_are_said_once_for_the_table_not_in_each_cell() -> None:
    book = ScoreBook(quiz(paper=claims(claim_set("a", [value("60", "quiz.unknown")]))))
    (scores,) = book.of_family("fam")
    assert score_table(scores.protocols[0], ()).reasons == ()
