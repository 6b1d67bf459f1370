from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gptalt_catalog.render.charts.labels import Box, Sheet, Spot, first_free_row
from gptalt_catalog.render.charts.svg import FONT_SIZE, text_width

BOUNDS = Box(0, 0, 300, 200)
points = st.tuples(st.floats(0, 300), st.floats(0, 200))


def drawn(text: str, spot: Spot) -> Box:
    """Where a label stands, read from its anchor and baseline."""
    width = text_width(text)
    left = {"start": spot.x, "end": spot.x - width, "middle": spot.x - width / 2}[spot.anchor]
    return Box(left, spot.y - FONT_SIZE * 0.75, left + width, spot.y + FONT_SIZE * 0.1)


@given(st.lists(st.tuples(points, st.sampled_from(["A", "LLaMA 7B", "白泽", "DeepSeek Coder 6.7B"])), max_size=40))
def test_labels_meet_neither_marks_nor_one_another_nor_leave_the_picture(
    marks: list[tuple[tuple[float, float], str]],
) -> None:
    sheet = Sheet(BOUNDS)
    signs = [Box(x - 4, y - 4, x + 4, y + 4) for (x, y), _ in marks]
    for box in signs:
        sheet.take(box)
    placed: list[Box] = []
    for (x, y), text in marks:
        spot = sheet.place(text, x, y, 8)
        if spot is None:
            continue
        box = drawn(text, spot)
        assert not any(box.meets(sign) for sign in signs)
        assert not any(box.meets(other) for other in placed)
        assert box.within(Box(-1, -1, 301, 201))
        placed.append(box)


def test_a_label_stands_to_the_right_unless_that_is_taken() -> None:
    sheet = Sheet(BOUNDS)
    first = sheet.place("Name", 100, 100, 8)
    assert first is not None
    assert (first.x, first.anchor) == (108, "start")
    second = sheet.place("Name", 100, 100, 8)
    assert second is not None
    assert second.anchor == "end"
    assert Sheet(Box(0, 0, 20, 20)).place("A long name", 10, 10, 8) is None


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(1, 200)), max_size=60))
def test_nothing_overlaps_within_a_row(spans: list[tuple[float, float]]) -> None:
    rows: list[float] = []
    taken: dict[int, float] = {}
    for left, width in sorted(spans):
        row = first_free_row(rows, left, left + width)
        assert taken.get(row, 0.0) <= left
        taken[row] = left + width
    assert len(rows) == len(taken)


@given(st.text(min_size=1, max_size=30))
def test_the_width_of_a_text_grows_with_it(text: str) -> None:
    assert text_width(text + "M") > text_width(text) > 0
    assert text_width("模" * len(text)) >= text_width("i" * len(text))
