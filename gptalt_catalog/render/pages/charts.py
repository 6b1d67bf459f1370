"""Pages with charts: the timeline, the family trees, and size against score for each benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

from markupsafe import Markup

from gptalt_catalog.domain.license import Commercial
from gptalt_catalog.render.charts.legends import era_signs, family_signs, license_signs, line_sign
from gptalt_catalog.render.charts.scatter import scatter_chart
from gptalt_catalog.render.charts.timeline import quarter_chart, quarters, timeline_chart
from gptalt_catalog.render.charts.tree import NARROW, WIDE, tree_chart
from gptalt_catalog.render.escape import fill
from gptalt_catalog.render.page_tools import PageTools
from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.places import Place
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings.charts import ChartStrings, chart_strings
from gptalt_catalog.views.family_graph import Branch, Tree, standing_alone
from gptalt_catalog.views.formats import parameters_text, percent_text
from gptalt_catalog.views.size_scores import Era, SizePoint, plotted
from gptalt_catalog.views.timeline import Milestone, by_month
from gptalt_catalog.views.words import Language, value_label

LARGE_TREE = 4
"""Trees of fewer families stand together at the end of their page."""


def pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """The timeline, the trees, an overview of size against score and one page for each of its benchmarks."""
    t = chart_strings(language)
    yield PageFile("timeline/", "timeline.md.j2", t.timeline, t.timeline_lede, partial(_timeline, data, language, t))
    yield PageFile("family-tree/", "family_tree.md.j2", t.family_tree, t.tree_lede, partial(_trees, data, language, t))
    benchmarks = plotted(data.book)
    for index, benchmark in enumerate(benchmarks):
        name = data.readers[language].named("benchmark", benchmark)
        content = partial(_size_score, data, language, t, benchmark)
        title = str(t.size_score_of.format(benchmark=name))
        if index == 0:  # the benchmark with most checkpoints also opens the section
            yield PageFile("size-score/", "size_score.md.j2", t.size_score, t.size_score_lede, partial(content, ""))
        yield PageFile(
            f"size-score/{benchmark}/", "size_score.md.j2", title, f"{title}{t.stop}{t.size_score_lede}", content
        )
    if not benchmarks:
        yield PageFile("size-score/", "none_yet.md.j2", t.size_score, t.size_score_lede)


def _tools(data: SiteData, language: Language, address: str) -> PageTools:
    return PageTools(data, Place(address, language))


# ---- timeline ------------------------------------------------------------------------------------


def _timeline(data: SiteData, language: Language, t: ChartStrings) -> dict[str, Any]:
    h = _tools(data, language, "timeline/")
    found = data.milestones[language]
    counts = quarters(found)
    closed = sum(m.openness == "closed" for m in found)
    return {
        "x": t,
        "picture": timeline_chart(found, t, partial(_family_address, h), partial(_milestone_tip, h, t)),
        "bars": quarter_chart(counts, t) if counts else None,
        "months": by_month(found),
        "count": len(found),
        "closed": closed,
        "quarters": counts,
        "signs": family_signs(t, language),
    }


def _family_address(h: PageTools, family: str) -> str:
    return h.target("family", family) or "#"


def _milestone_tip(h: PageTools, t: ChartStrings, milestone: Milestone) -> str:
    makers = h.t.list_separator.join(h.name("organization", key) for key in milestone.organizations)
    weights = getattr(t, f"openness_{milestone.openness}")
    domain = value_label(milestone.domain, h.language)
    lines = [milestone.name, f"{milestone.date} · {domain} · {weights}", makers]
    return "\n".join(text for text in lines if text)


# ---- trees ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TreePart:
    """A tree with its picture and the words of its table: (branch, family above it, relations, other bases)."""

    tree: Tree
    name: str
    picture: Markup


def _trees(data: SiteData, language: Language, t: ChartStrings) -> dict[str, Any]:
    h = _tools(data, language, "family-tree/")
    milestones = {m.family: m for m in data.milestones[language]}
    parts = [_tree(h, t, tree, milestones) for tree in data.trees]
    return {
        "x": t,
        "large": [part for part in parts if len(part.tree.branches) >= LARGE_TREE],
        "small": [part for part in parts if len(part.tree.branches) < LARGE_TREE],
        "alone": standing_alone(data.lineage),
        "relations": partial(_relations, h),
        "signs": family_signs(t, language),
        "lines": (line_sign("ga-edge", t.edge_main), line_sign("ga-edge ga-edge--other", t.edge_other)),
    }


def _tree(h: PageTools, t: ChartStrings, tree: Tree, milestones: dict[str, Milestone]) -> TreePart:
    name = h.name("family", tree.root)
    title = fill(t.tree_title, count=len(tree.branches) - 1, name=name)
    words = partial(_branch_words, h, t, tree)
    width = WIDE if len(tree.branches) >= LARGE_TREE else NARROW
    picture = tree_chart(tree, title, milestones, partial(_family_address, h), words, width)
    return TreePart(tree, name, picture)


def _branch_words(h: PageTools, t: ChartStrings, tree: Tree, branch: Branch) -> tuple[str, str]:
    others = h.t.list_separator.join(h.name("family", key) for key in branch.outside)
    more = t.also_from.format(names=others) if others else ""
    lines = [h.name("family", branch.family)]
    if branch.parent is not None:
        lines.append(f"{_relations(h, branch)} {h.name('family', tree.branches[branch.parent].family)}")
    crossing = [h.name("family", tree.branches[row].family) for row in branch.crossing]
    if crossing or others:
        lines.append(t.also_from.format(names=h.t.list_separator.join([*crossing, *([others] if others else [])])))
    lines.append(branch.date or "")
    return (f"({more})" if more else ""), "\n".join(line for line in lines if line)


def _relations(h: PageTools, branch: Branch) -> str:
    return h.t.list_separator.join(value_label(relation, h.language, "relation") for relation in branch.relations)


# ---- size against score --------------------------------------------------------------------------


def _size_score(
    data: SiteData, language: Language, t: ChartStrings, benchmark: str, own: str | None = None
) -> dict[str, Any]:
    address = "size-score/" if own == "" else f"size-score/{benchmark}/"
    h = _tools(data, language, address)
    plot = data.size_plots[language][benchmark]
    name = h.name("benchmark", benchmark)
    title = fill(t.size_score_title, benchmark=name, protocol=h.protocol(plot.spec), count=len(plot.points))
    return {
        "x": t,
        "plot": plot,
        "name": name,
        "plots": data.size_plots[language].values(),
        "picture": scatter_chart(plot, title, t, partial(_checkpoint_address, h), partial(_point_tip, h, t)),
        "signs": (
            license_signs(
                [a for a in get_args(Commercial) if any(p.commercial == a for p in plot.points)], t, language
            ),
            era_signs([e for e in get_args(Era) if any(p.era == e for p in plot.points)], t),
            line_sign("ga-frontier", t.frontier),
        ),
    }


def _checkpoint_address(h: PageTools, checkpoint: str) -> str:
    return h.target("checkpoint", checkpoint) or "#"


def _point_tip(h: PageTools, t: ChartStrings, point: SizePoint) -> str:
    score = percent_text(point.score.percent, 2)
    if point.score.interval is not None:
        low, high = point.score.interval
        score += f" ({percent_text(low)}–{percent_text(high)})"
    use = f"{t.license_}: {value_label(point.commercial, h.language)}"
    lines = [
        point.name,
        f"{parameters_text(point.parameters)} · {score}",
        " · ".join(text for text in (point.released or "", use) if text),
    ]
    if point.best:
        lines.append(t.best_mark)
    return "\n".join(lines)
