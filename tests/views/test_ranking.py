from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gptalt_catalog.views.ranking import ranking, rankings, scale
from gptalt_catalog.views.scores import ScoreBook
from tests.views.entries import QUIZ, catalog_of, checkpoint, claim_set, claims, family, quiz, value


def test_ranks_are_ranges_where_the_order_is_not_certain() -> None:
    book = ScoreBook(
        quiz(paper=claims(claim_set("a", [value("50")]), claim_set("b", [value("51")]), claim_set("c", [value("70")])))
    )
    places = ranking(book, "quiz.0")
    assert [(p.score.checkpoint, p.first, p.last, p.tied) for p in places] == [
        ("c", 1, 1, False),
        ("b", 2, 3, True),
        ("a", 2, 3, True),
    ]


def test_one_place_for_a_checkpoint_with_its_other_values() -> None:
    book = ScoreBook(
        quiz(
            paper=claims(claim_set("a", [value("50", counts=[500, 1000])])), blog=claims(claim_set("a", [value("52")]))
        )
    )
    (place,) = ranking(book, "quiz.0")
    assert place.score.source == "paper"
    assert [score.source for score in place.others] == ["blog"]


def test_doubtful_scores_and_unknown_protocols_have_no_place() -> None:
    sets = [claim_set("a", [value("50"), value("50", "quiz.unknown")], defect="bug")]
    book = ScoreBook(quiz(paper=claims(*sets)))
    assert ranking(book, "quiz.0") == ()
    assert ranking(book, "quiz.unknown") == ()
    assert ranking(book, "nothing") == ()


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=12))
def test_a_range_holds_the_rank_by_value_and_ranges_follow_it(rights: list[int]) -> None:
    names = [f"m{i}" for i in range(len(rights))]
    sets = [claim_set(n, [value(f"{r / 10:.1f}", counts=[r, 1000])]) for n, r in zip(names, rights, strict=True)]
    models = {"models/fam.yaml": family({name: checkpoint(bases=[]) for name in names})}
    book = ScoreBook(catalog_of({**QUIZ, **models, "claims/paper.yaml": claims(*sets)}))
    places = ranking(book, "quiz.0")
    assert len(places) == len(rights)
    for rank, place in enumerate(places, start=1):
        assert 1 <= place.first <= rank <= place.last <= len(rights)
    firsts = [place.first for place in places]
    assert firsts == sorted(firsts)


def test_rankings_start_with_the_headline_protocol_and_know_their_scale() -> None:
    sets = [claim_set("a", [value("50"), value("60", "quiz.5")]), claim_set("b", [value("70", "quiz.5")])]
    book = ScoreBook(quiz(paper=claims(*sets)))
    found = rankings(book, "quiz")
    assert [(r.protocol, r.headline, len(r.places)) for r in found] == [("quiz.5", True, 2), ("quiz.0", False, 1)]
    assert (found[0].low, found[0].high, found[0].chance) == (25, 75, 25)
    assert rankings(book, "quiz") == found


def test_a_scale_holds_all_intervals_and_is_never_empty() -> None:
    (score,) = ScoreBook(quiz(paper=claims(claim_set("a", [value("50", counts=[500, 1000])])))).scores
    assert scale([score]) == (45, 55)
    (zero,) = ScoreBook(quiz(paper=claims(claim_set("a", [value("0", "quiz.unknown", stderr="0")])))).scores
    low, high = scale([zero])
    assert low < high
