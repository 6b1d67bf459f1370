"""Size against score: a mark per checkpoint, its shape for the license and its filling for the date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor
from typing import Final

from markupsafe import Markup

from gptalt_catalog.domain.license import Commercial
from gptalt_catalog.render.charts.labels import Box, Sheet
from gptalt_catalog.render.charts.scales import Linear, Log
from gptalt_catalog.render.charts.svg import chart, element, group, label, line, link, number, short
from gptalt_catalog.render.escape import fill
from gptalt_catalog.render.strings.charts import ChartStrings
from gptalt_catalog.views.formats import percent_text
from gptalt_catalog.views.size_scores import Era, SizePlot, SizePoint

WIDTH: Final = 1240.0
HEIGHT: Final = 600.0
LEFT, RIGHT, TOP, BOTTOM = 48.0, WIDTH - 16.0, 16.0, HEIGHT - 44.0


def scatter_chart(
    plot: SizePlot, title: str, t: ChartStrings, address: Callable[[str], str], tip: Callable[[SizePoint], str]
) -> Markup:
    """The picture of a plot; ``address`` gives a checkpoint's place, ``tip`` what a mark says."""
    across = _across(plot.points)
    up = _up(plot)
    sheet = Sheet(Box(LEFT + 2, TOP, RIGHT, BOTTOM - 2))
    places = [(across(p.parameters), up(p.score.percent)) for p in plot.points]
    for x, y in places:
        sheet.take(Box(x - 5, y - 5, x + 5, y + 5))
    parts = [group(_frame(across, up, plot, t), aria_hidden="true")]
    parts.append(group([_frontier(plot, across, up)], aria_hidden="true"))
    names = _names(plot.points, places, sheet)
    marks = []
    # The best ones come last, that is on top.
    for point, (x, y) in sorted(zip(plot.points, places, strict=True), key=lambda pair: pair[0].best):
        body = [_interval(point, x, up), sign(point.commercial, point.era, x, y)]
        if point.checkpoint in names:
            body.append(names[point.checkpoint])
        marks.append(
            link(address(point.checkpoint), tip(point), body, "ga-mark ga-mark--best" if point.best else "ga-mark")
        )
    return chart(WIDTH, HEIGHT, title, [*parts, *marks], "ga-scatter")


def _across(points: Sequence[SizePoint]) -> Log:
    sizes = [p.parameters for p in points]
    return Log(min(sizes) / 1.35, max(sizes) * 1.35, LEFT, RIGHT)


def _up(plot: SizePlot) -> Linear:
    ends = [end for p in plot.points for end in (p.score.interval or (p.score.percent, p.score.percent))]
    if plot.chance is not None:
        ends.append(plot.chance)
    low, high = 5 * floor(min(ends) / 5), 5 * ceil(max(ends) / 5)
    return Linear(max(0, low), min(100, max(high, low + 5)), BOTTOM, TOP)


def _frame(across: Log, up: Linear, plot: SizePlot, t: ChartStrings) -> list[Markup]:
    parts = []
    for value in up.ticks(9):
        parts.append(line(LEFT, up(value), RIGHT, up(value), "ga-grid"))
        parts.append(label(f"{value:g}", LEFT - 8, up(value) + 4, "ga-tick", "end"))
    for value in across.ticks():
        parts.append(line(across(value), TOP, across(value), BOTTOM, "ga-grid"))
        parts.append(label(size_text(value), across(value), BOTTOM + 17, "ga-tick", "middle"))
    parts.append(label(t.size_axis, (LEFT + RIGHT) / 2, HEIGHT - 6, "ga-axis-title", "middle"))
    turned = f"rotate(-90 12 {number((TOP + BOTTOM) / 2)})"
    parts.append(
        element(
            "text",
            t.score_axis,
            x=12.0,
            y=(TOP + BOTTOM) / 2,
            class_="ga-axis-title",
            text_anchor="middle",
            transform=turned,
        )
    )
    if plot.chance is not None:
        y = up(plot.chance)
        parts.append(line(LEFT, y, RIGHT, y, "ga-marker"))
        text = fill(t.chance_line, value=f"{plot.chance:g}" if plot.chance % 1 == 0 else percent_text(plot.chance))
        parts.append(label(text, RIGHT - 4, y - 5, "ga-marker-label", "end"))
    return parts


def size_text(count: float) -> str:
    """A tick of the size axis: ``300M``, ``7B``."""
    for unit, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if count >= unit * 0.999:
            return f"{count / unit:g}{letter}"
    return f"{count:g}"


def _frontier(plot: SizePlot, across: Log, up: Linear) -> Markup:
    best = [p for p in plot.points if p.best]
    path = f"M{number(across(best[0].parameters))} {number(up(best[0].score.percent))}"
    for point in best[1:]:
        path += f"H{number(across(point.parameters))}V{number(up(point.score.percent))}"
    return element("path", d=f"{path}H{number(RIGHT)}", class_="ga-frontier")


def _names(points: Sequence[SizePoint], places: Sequence[tuple[float, float]], sheet: Sheet) -> dict[str, Markup]:
    """Labels where there is room: the best of their size first, then from high to low."""
    order = sorted(
        zip(points, places, strict=True),
        key=lambda pair: (not pair[0].best, -pair[0].score.percent, pair[0].checkpoint),
    )
    found = {}
    for point, (x, y) in order:
        spot = sheet.place(short(point.name), x, y, 8)
        if spot is not None:
            found[point.checkpoint] = label(short(point.name), spot.x, spot.y, None, spot.anchor)
    return found


def _interval(point: SizePoint, x: float, up: Linear) -> Markup:
    if point.score.interval is None:
        return Markup()
    low, high = point.score.interval
    return line(x, up(low), x, up(high), "ga-interval")


def sign(commercial: Commercial, era: Era, x: float, y: float) -> Markup:
    """The mark: a disc for yes, a diamond under conditions, a square for no, a triangle where unclear.

    Filled lightly for the survey's time, half for the time after, fully for late releases.
    """
    class_ = f"ga-pt ga-pt--{commercial} ga-era--{era}"
    if commercial == "yes":
        return element("circle", cx=x, cy=y, r=4.6, class_=class_)
    corners = {
        "conditional": ((0, -5.8), (5.8, 0), (0, 5.8), (-5.8, 0)),
        "no": ((-4.2, -4.2), (4.2, -4.2), (4.2, 4.2), (-4.2, 4.2)),
        "unclear": ((0, -5.6), (5.2, 4), (-5.2, 4)),
    }[commercial]
    points = " ".join(f"{number(x + dx)},{number(y + dy)}" for dx, dy in corners)
    return element("polygon", points=points, class_=class_)
