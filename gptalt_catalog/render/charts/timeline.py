"""The timeline: a lane each for language, multimodal, scientific models and those without weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from gptalt_catalog.render.charts.labels import first_free_row
from gptalt_catalog.render.charts.scales import Linear, moment, years
from gptalt_catalog.render.charts.svg import chart, element, group, label, line, link, number, short, text_width
from gptalt_catalog.render.escape import fill
from gptalt_catalog.render.strings.charts import ChartStrings
from gptalt_catalog.views.timeline import SURVEY_DATE, Milestone

WIDTH: Final = 1240.0
ROW: Final = 16.0
GAP: Final = 8.0
"""Between a mark's center and its label, and between a label and the next mark."""
TOP: Final = 30.0
HEAD: Final = 22.0
"""The height of a lane's heading."""


@dataclass(frozen=True)
class _Lane:
    title: str
    milestones: tuple[Milestone, ...]


def timeline_chart(
    found: Sequence[Milestone], t: ChartStrings, address: Callable[[str], str], tip: Callable[[Milestone], str]
) -> Markup:
    """The picture of all milestones; ``address`` gives a family's page, ``tip`` what a mark says."""
    moments = [moment(m.date) for m in found]
    low, high = min(moments, default=2018.0), max(moments, default=2019.0)
    scale = Linear(low - 0.1, high + 0.15, 12.0, WIDTH - 12.0)
    parts: list[Markup] = []
    y = TOP
    for lane in _lanes(found, t):
        marks, height = _lane(lane, scale, y, address, tip)
        parts.append(marks)
        y += height
    title = fill(t.timeline_title, count=len(found), first=found[0].date[:4], last=found[-1].date[:4]) if found else ""
    frame = _frame(scale, y, t)
    return chart(WIDTH, y + 22, title, [*frame, *parts], "ga-timeline")


def _lanes(found: Iterable[Milestone], t: ChartStrings) -> tuple[_Lane, ...]:
    all_ = tuple(found)
    open_ = tuple(m for m in all_ if m.openness != "closed")
    titles = {"language": t.lane_language, "multimodal": t.lane_multimodal, "scientific": t.lane_scientific}
    lanes = [_Lane(title, tuple(m for m in open_ if m.domain == domain)) for domain, title in titles.items()]
    lanes.append(_Lane(t.lane_closed, tuple(m for m in all_ if m.openness == "closed")))
    return tuple(lane for lane in lanes if lane.milestones)


def _frame(scale: Linear, bottom: float, t: ChartStrings) -> list[Markup]:
    parts = []
    for year in years(scale.low, scale.high):
        x = scale(year)
        parts.append(line(x, TOP - 8, x, bottom, "ga-grid"))
        parts += [label(year, x + 4, y, "ga-tick") for y in (TOP - 12, bottom + 14)]
    x = scale(moment(SURVEY_DATE))
    if scale.low < moment(SURVEY_DATE) < scale.high:
        parts.append(line(x, TOP - 8, x, bottom, "ga-marker"))
        parts.append(label(t.survey_line, x, TOP - 12, "ga-marker-label", "middle"))
    return [group(parts, aria_hidden="true")]


def _lane(
    lane: _Lane, scale: Linear, top: float, address: Callable[[str], str], tip: Callable[[Milestone], str]
) -> tuple[Markup, float]:
    rows: list[float] = []
    marks = []
    for milestone in sorted(lane.milestones, key=lambda m: moment(m.date)):
        x = scale(moment(milestone.date))
        name = short(milestone.name)
        width = text_width(name)
        left_side = x + GAP + width > WIDTH - 4
        left, right = (x - GAP - width, x + 6) if left_side else (x - 6, x + GAP + width)
        y = top + HEAD + ROW * first_free_row(rows, left, right + GAP) + ROW / 2
        text = label(name, x - GAP if left_side else x + GAP, y + 4, None, "end" if left_side else None)
        marks.append(link(address(milestone.family), tip(milestone), [mark(milestone, x, y), text], "ga-mark"))
    height = HEAD + ROW * len(rows) + 10
    heading = f"{lane.title} ({len(lane.milestones)})"
    return (
        group(
            [
                line(0, top, WIDTH, top, "ga-lane"),
                label(heading, 4, top + 15, "ga-lane-title"),
                group(marks),
            ]
        ),
        height,
    )


def mark(milestone: Milestone, x: float, y: float) -> Markup:
    """The sign of a family: a disc for language, a square for multimodal, a triangle for scientific models.

    Hollow where no weights were published.
    """
    class_ = "ga-closed" if milestone.openness == "closed" else f"ga-open ga-open--{milestone.domain}"
    if milestone.domain == "multimodal":
        return element("rect", x=x - 3.6, y=y - 3.6, width=7.2, height=7.2, class_=class_)
    if milestone.domain == "scientific":
        points = (
            f"{number(x)},{number(y - 4.6)} {number(x + 4.4)},{number(y + 3.6)} {number(x - 4.4)},{number(y + 3.6)}"
        )
        return element("polygon", points=points, class_=class_)
    return element("circle", cx=x, cy=y, r=4, class_=class_)


def quarter_of(date: str) -> str | None:
    """``2023 Q1``; ``None`` where only the year is known."""
    return f"{date[:4]} Q{(int(date[5:7]) - 1) // 3 + 1}" if len(date) >= 7 else None


def quarters(found: Iterable[Milestone]) -> tuple[tuple[str, int, int], ...]:
    """(quarter, number with weights, number without) from the first to the last quarter, empty ones too."""
    counts: dict[str, list[int]] = {}
    for milestone in found:
        quarter = quarter_of(milestone.date)
        if quarter is not None:
            counts.setdefault(quarter, [0, 0])[milestone.openness == "closed"] += 1
    if not counts:
        return ()
    first, last = min(counts), max(counts)
    names = [f"{year} Q{q}" for year in range(int(first[:4]), int(last[:4]) + 1) for q in (1, 2, 3, 4)]
    return tuple((name, *counts.get(name, (0, 0))) for name in names if first <= name <= last)


def quarter_chart(counts: Sequence[tuple[str, int, int]], t: ChartStrings) -> Markup:
    """Bars of first releases per quarter: published weights below, the others hatched above."""
    width, height, left, bottom, top = WIDTH, 190.0, 30.0, 160.0, 12.0
    most = max((with_ + without for _, with_, without in counts), default=1)
    scale = Linear(0, most, bottom, top)
    step = (width - left - 10) / max(len(counts), 1)
    bars, frame = [], []
    for value in scale.ticks(5):
        frame.append(line(left, scale(value), width - 10, scale(value), "ga-grid"))
        frame.append(label(f"{value:.0f}", left - 6, scale(value) + 4, "ga-tick", "end"))
    for index, (name, with_, without) in enumerate(counts):
        x = left + step * index + step * 0.14
        tip = f"{name}\n{t.openness_open}: {with_}\n{t.openness_closed}: {without}"
        parts = [element("title", tip)]
        for class_, low, high in (("ga-bar-open", 0, with_), ("ga-bar-closed", with_, with_ + without)):
            if high > low:
                y = scale(high)
                parts.append(element("rect", x=x, y=y, width=step * 0.72, height=scale(low) - y, class_=class_))
        bars.append(group(parts, "ga-mark", role="img", aria_label=tip.replace("\n", ", ")))
        if name.endswith("Q1"):
            frame.append(label(name[:4], x, bottom + 16, "ga-tick"))
    return chart(width, height, t.per_quarter_title, [group(frame, aria_hidden="true"), *bars], "ga-quarters")
