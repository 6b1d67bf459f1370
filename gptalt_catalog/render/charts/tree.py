"""Family trees: one row a family, by first release, with a line from its base."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from markupsafe import Markup

from gptalt_catalog.render.charts.scales import Linear, date_ticks, moment
from gptalt_catalog.render.charts.svg import chart, element, group, label, line, link, number, short, text_width
from gptalt_catalog.render.charts.timeline import mark
from gptalt_catalog.views.family_graph import Branch, Tree
from gptalt_catalog.views.timeline import Milestone

WIDE: Final = 900.0
NARROW: Final = 560.0
"""The widths of large and of small trees; a longer label makes the picture wider, it is never cut."""
ROW: Final = 22.0
TOP: Final = 26.0


def tree_chart(
    tree: Tree,
    title: str,
    milestones: dict[str, Milestone],
    address: Callable[[str], str],
    words: Callable[[Branch], tuple[str, str]],
    width: float = WIDE,
) -> Markup:
    """The picture of a tree.

    Args:
        tree: Its branches in the order of rows.
        title: The picture's name for screen readers.
        milestones: The first release of each family; one without is drawn at the place of its base.
        address: The page of a family.
        words: The label's second part (what else a family was made from) and the tooltip of a branch.
        width: The least width of the picture.
    """
    names = {b.family: milestones[b.family].name if b.family in milestones else b.family for b in tree.branches}
    labels = [(short(names[b.family]), *words(b)) for b in tree.branches]
    moments = [moment(m.date) for b in tree.branches if (m := milestones.get(b.family)) is not None]
    low, high = min(moments, default=2020.0), max(moments, default=2020.0)
    widest = max(text_width(f"{name} {more}") for name, more, _ in labels)
    scale = Linear(low, max(high, low + 0.5), 14.0, max(width - widest - 26, 200.0))
    points = _points(tree, milestones, scale)
    bottom = TOP + ROW * len(tree.branches)
    edges = [edge for row, branch in enumerate(tree.branches) for edge in _edges(branch, row, points)]
    marks = []
    for branch, (x, y), (name, more, tip) in zip(tree.branches, points, labels, strict=True):
        text = element("tspan", name)
        extra = element("tspan", f" {more}", class_="ga-also") if more else ""
        milestone = milestones.get(branch.family)
        sign = mark(milestone, x, y) if milestone else element("circle", cx=x, cy=y, r=4, class_="ga-open")
        body = element("text", text, extra, x=x + 10, y=y + 4)
        marks.append(link(address(branch.family), tip, [sign, body], "ga-mark"))
    width = max(width, max(x for x, _ in points) + 26 + widest)
    frame = _frame(scale, bottom)
    return chart(width, bottom + 8, title, [group(frame, aria_hidden="true"), group(edges, aria_hidden="true"), *marks])


def _points(tree: Tree, milestones: dict[str, Milestone], scale: Linear) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for row, branch in enumerate(tree.branches):
        milestone = milestones.get(branch.family)
        if milestone is not None:
            x = scale(moment(milestone.date))
        else:
            x = points[branch.parent][0] if branch.parent is not None else scale.start
        if branch.parent is not None:  # an edge must be seen, also between releases of one day
            x = max(x, points[branch.parent][0] + 14)
        points.append((x, TOP + ROW * (row + 0.5)))
    return points


def _edges(branch: Branch, row: int, points: list[tuple[float, float]]) -> list[Markup]:
    x, y = points[row]
    found = []
    bases = [(branch.parent, "ga-edge")] if branch.parent is not None else []
    bases += [(base, "ga-edge ga-edge--other") for base in branch.crossing]
    for base, class_ in bases:
        from_x, from_y = points[base]
        # The second lines run a little to the left, so that they do not hide the first.
        turn = from_x - (5 if "other" in class_ else 0)
        bend = f"V{number(y - 5)}Q{number(turn)} {number(y)} {number(turn + 5)} {number(y)}"
        found.append(element("path", d=f"M{number(turn)} {number(from_y)}{bend}H{number(x - 4)}", class_=class_))
    return found


def _frame(scale: Linear, bottom: float) -> list[Markup]:
    parts = []
    for when, text in date_ticks(scale):
        x = scale(when)
        parts.append(line(x, TOP - 6, x, bottom, "ga-grid"))
        parts.append(label(text, max(x, 4 + text_width(text) / 2), TOP - 10, "ga-tick", "middle"))
    return parts
