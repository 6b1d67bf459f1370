"""The three charts: every entry has a mark that is a link with a name, and no text is cut off."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.render.charts.scatter import scatter_chart, sign, size_text
from gptalt_catalog.render.charts.svg import chart, element, text_width
from gptalt_catalog.render.charts.timeline import mark, quarter_chart, quarters, timeline_chart
from gptalt_catalog.render.charts.tree import tree_chart
from gptalt_catalog.render.strings.charts import chart_strings
from gptalt_catalog.views.family_graph import trees
from gptalt_catalog.views.lineage import Lineage
from gptalt_catalog.views.model_list import model_rows
from gptalt_catalog.views.scores import ScoreBook
from gptalt_catalog.views.size_scores import size_plots
from gptalt_catalog.views.timeline import Milestone, milestones
from gptalt_catalog.views.words import Language
from tests.catalogs import CHECKOUT, read

EN = chart_strings("en")
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read(CHECKOUT / "catalog").catalog


def root(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def links(picture: ET.Element) -> list[ET.Element]:
    return list(picture.iter("a"))


def check_texts(picture: ET.Element) -> None:
    """No text is wider than the room that the picture leaves it."""
    width, height = float(picture.attrib["width"]), float(picture.attrib["height"])
    for text in picture.iter("text"):
        if "transform" in text.attrib:
            continue
        words = "".join(text.itertext())
        x, y, size = float(text.attrib["x"]), float(text.attrib["y"]), text_width(words)
        left = {"end": x - size, "middle": x - size / 2}.get(text.attrib.get("text-anchor", ""), x)
        assert left >= -1, words
        assert left + size <= width + 1, words
        assert 0 < y <= height, words


def milestone(name: str, date: str, **more: object) -> Milestone:
    values = {"openness": "open", "domain": "language", "organizations": (), "checkpoints": 1, "printed": None}
    return Milestone(family=name.lower(), name=name, date=date, **{**values, **more})  # type: ignore[arg-type]


def test_the_timeline_has_a_mark_for_every_family_in_both_languages(catalog: Catalog) -> None:
    for language in LANGUAGES:
        found = milestones(catalog, language)
        svg = timeline_chart(
            found, chart_strings(language), lambda f: f"../models/{f}/", lambda m: f"{m.name}\n{m.date}"
        )
        picture = root(svg)
        assert [a.attrib["href"] for a in links(picture)].sort() == [f"../models/{m.family}/" for m in found].sort()
        assert len(links(picture)) == len(found)
        assert {a.findtext("title", "").split("\n")[0] for a in links(picture)} == {m.name for m in found}
        check_texts(picture)


def test_marks_of_one_row_do_not_run_into_one_another(catalog: Catalog) -> None:
    picture = root(timeline_chart(milestones(catalog), EN, str, lambda m: m.name))
    spans: dict[str, list[tuple[float, float]]] = {}
    for a in links(picture):
        text = a.find("text")
        assert text is not None
        x, size = float(text.attrib["x"]), text_width("".join(text.itertext()))
        left = x - size if text.attrib.get("text-anchor") == "end" else x
        spans.setdefault(text.attrib["y"], []).append((left, left + size))
    for row in spans.values():
        row.sort()
        assert all(first[1] <= second[0] for first, second in pairwise(row))


def test_signs_differ_by_shape_and_filling_not_by_color_alone() -> None:
    shapes = {
        m: str(mark(milestone("X", "2023", domain=m), 5, 5)).split()[0]
        for m in ("language", "multimodal", "scientific")
    }
    assert len(set(shapes.values())) == 3
    assert "ga-closed" in mark(milestone("X", "2023", openness="closed"), 5, 5)
    outlines = [
        re.sub(r' class="[^"]*"', "", sign(answer, "late", 5, 5)) for answer in ("yes", "conditional", "no", "unclear")
    ]
    assert len(set(outlines)) == 4


def test_an_empty_catalog_makes_empty_pictures() -> None:
    assert links(root(timeline_chart((), EN, str, str))) == []
    assert quarters(()) == ()
    assert root(quarter_chart((), EN)).tag == "svg"


def test_quarters_count_without_gaps() -> None:
    found = [milestone("A", "2022-11-03"), milestone("B", "2023-05", openness="closed"), milestone("C", "2023")]
    assert quarters(found) == (("2022 Q4", 1, 0), ("2023 Q1", 0, 0), ("2023 Q2", 0, 1))
    bars = [
        g.attrib["aria-label"]
        for g in root(quarter_chart(quarters(found), EN)).iter("g")
        if "ga-mark" in g.attrib.get("class", "")
    ]
    assert bars[0].startswith("2022 Q4")


def test_trees_show_each_family_once_and_every_label_whole(catalog: Catalog) -> None:
    known = {m.family: m for m in milestones(catalog)}
    also = "(also from a family with a rather long name, and another one)"
    for tree in trees(Lineage(catalog)):
        picture = root(tree_chart(tree, tree.root, known, str, lambda b: (also, b.family)))
        assert [a.attrib["href"] for a in links(picture)] == [b.family for b in tree.branches]
        check_texts(picture)


def test_a_picture_of_scores_has_every_checkpoint_and_its_scale_holds_all(catalog: Catalog) -> None:
    plots = size_plots(ScoreBook(catalog), model_rows(catalog))
    for key in ("hellaswag", "mmlu"):
        picture = root(scatter_chart(plots[key], key, EN, str, lambda p: p.name))
        assert {a.attrib["href"] for a in links(picture)} == {p.checkpoint for p in plots[key].points}
        best = [a.attrib["href"] for a in links(picture) if "ga-mark--best" in a.attrib["class"]]
        assert best == [p.checkpoint for p in plots[key].points if p.best]
        check_texts(picture)
        width, height = float(picture.attrib["width"]), float(picture.attrib["height"])
        for circle in picture.iter("circle"):
            assert 0 < float(circle.attrib["cx"]) < width
            assert 0 < float(circle.attrib["cy"]) < height


@pytest.mark.parametrize(("count", "text"), [(1e8, "100M"), (3e9, "3B"), (1e12, "1T"), (500, "500"), (2e3, "2k")])
def test_sizes_of_the_axis(count: float, text: str) -> None:
    assert size_text(count) == text


def test_texts_cannot_become_markup() -> None:
    svg = chart(10, 10, '"><script>', [element("text", "<b>&", x=1, y=1)])
    assert root(svg).attrib["aria-label"] == '"><script>'
    assert root(svg).findtext("text") == "<b>&"
