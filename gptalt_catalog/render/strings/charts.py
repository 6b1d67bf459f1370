"""Texts of the pages with charts: timeline, family trees, size against score."""

from __future__ import annotations

from dataclasses import dataclass

from gptalt_catalog.views.words import Language


@dataclass(frozen=True)
class ChartStrings:
    """All texts of these pages in one language."""

    stop: str
    chart_help: str
    as_table: str
    legend: str
    date: str
    family: str
    makers: str
    weights: str
    month_undated: str
    # timeline
    timeline: str
    timeline_lede: str
    timeline_title: str
    timeline_counts: str
    openness_open: str
    openness_closed: str
    openness_unknown: str
    lane_language: str
    lane_multimodal: str
    lane_scientific: str
    lane_closed: str
    survey_line: str
    printed_in_figure: str
    per_quarter: str
    per_quarter_title: str
    quarter: str
    # family tree
    family_tree: str
    tree_lede: str
    tree_title: str
    tree_of: str
    tree_count: str
    tree_small: str
    tree_alone: str
    tree_alone_note: str
    edge_main: str
    edge_other: str
    made_from: str
    also_from: str
    relation: str
    root: str
    # size against score
    size_score: str
    size_score_lede: str
    size_score_of: str
    size_score_title: str
    size_axis: str
    score_axis: str
    chance_line: str
    frontier: str
    frontier_note: str
    pick_benchmark: str
    points_count: str
    shape_license: str
    fill_date: str
    era_survey: str
    era_after: str
    era_late: str
    era_undated: str
    checkpoint: str
    parameters: str
    score: str
    license_: str
    released: str
    best_mark: str
    ranking_link: str
    interval_note: str


EN = ChartStrings(
    stop=". ",
    chart_help=(
        "Hover, tap or use the keyboard: Tab enters the chart, arrow keys go from mark to mark, Enter opens the page."
    ),
    as_table="The same as a table",
    legend="Legend",
    date="Date",
    family="Family",
    makers="From",
    weights="Weights",
    month_undated="{year}, month not known",
    timeline="Timeline",
    timeline_lede=(
        "Every model family of the catalog at its first release: the names of the survey's timeline and what "
        "came after it."
    ),
    timeline_title="First releases of {count} model families, {first} to {last}",
    timeline_counts="{count} families: {open} with published weights, {closed} without.",
    openness_open="weights published",
    openness_closed="weights not published",
    openness_unknown="not known",
    lane_language="Language, weights published",
    lane_multimodal="Multimodal, weights published",
    lane_scientific="Scientific, weights published",
    lane_closed="Weights not published",
    survey_line="the survey",
    printed_in_figure="The survey's figure shows",
    per_quarter="First releases per quarter",
    per_quarter_title="Number of first releases in each quarter, with and without published weights",
    quarter="Quarter",
    family_tree="Family trees",
    tree_lede=(
        "What was made from what. Each tree starts at a family that builds on no other; the horizontal position is "
        "the first release."
    ),
    tree_title="{count} families made from {name}, by first release",
    tree_of="Made from {name}",
    tree_count="{count} families",
    tree_small="Trees of two or three families",
    tree_alone="Families that stand alone",
    tree_alone_note="{count} families build on no other family of the catalog, and none builds on them.",
    edge_main="made from",
    edge_other="also made from",
    made_from="Made from",
    also_from="also from {names}",
    relation="How",
    root="root of the tree",
    size_score="Size against score",
    size_score_lede=(
        "One picture per benchmark. All scores of a picture follow the same protocol; the vertical line through a "
        "mark is its 95 % interval."
    ),
    size_score_of="{benchmark}: size against score",
    size_score_title="{benchmark} ({protocol}): {count} checkpoints by number of parameters and score",
    size_axis="Parameters (logarithmic)",
    score_axis="Score, %",
    chance_line="chance {value} %",
    frontier="best at its size",
    frontier_note="Line: no checkpoint of this size or smaller is better in this picture.",
    pick_benchmark="Benchmark",
    points_count="{count} checkpoints",
    shape_license="Shape: commercial use",
    fill_date="Filling: release",
    era_survey="to August 2023 (the survey)",
    era_after="September 2023 to 2024",
    era_late="since 2025",
    era_undated="date not known",
    checkpoint="Checkpoint",
    parameters="Parameters",
    score="Score",
    license_="Commercial use",
    released="Released",
    best_mark="best at its size or smaller",
    ranking_link="The ranking with ties and sources",
    interval_note="All parameters are counted, also those of experts that rest.",
)

ZH = ChartStrings(
    stop="。",
    chart_help="悬停、点按或使用键盘：Tab 进入图表，方向键在标记间移动，回车打开页面。",
    as_table="同一内容的表格",
    legend="图例",
    date="日期",
    family="模型系列",
    makers="发布者",
    weights="权重",
    month_undated="{year} 年，月份不详",
    timeline="时间线",
    timeline_lede="目录中每个模型系列的首次发布：包括综述时间线上的名字，以及此后的模型。",
    timeline_title="{count} 个模型系列的首次发布，{first} 至 {last}",
    timeline_counts="共 {count} 个系列：{open} 个公布了权重，{closed} 个没有。",
    openness_open="已公布权重",
    openness_closed="未公布权重",
    openness_unknown="不详",
    lane_language="语言模型，已公布权重",
    lane_multimodal="多模态模型，已公布权重",
    lane_scientific="科学模型，已公布权重",
    lane_closed="未公布权重",
    survey_line="综述发表",
    printed_in_figure="综述图中的日期",
    per_quarter="每季度的首次发布",
    per_quarter_title="每季度首次发布的系列数，分已公布与未公布权重",
    quarter="季度",
    family_tree="家族树",
    tree_lede="谁由谁而来。每棵树从一个不以其他系列为基座的系列开始；横向位置为首次发布时间。",
    tree_title="由 {name} 而来的 {count} 个系列，按首次发布时间",
    tree_of="由 {name} 而来",
    tree_count="{count} 个系列",
    tree_small="只有两三个系列的树",
    tree_alone="独立的系列",
    tree_alone_note="{count} 个系列不以目录中的其他系列为基座，也没有系列以它们为基座。",
    edge_main="来自",
    edge_other="同时来自",
    made_from="来自",
    also_from="同时来自 {names}",
    relation="方式",
    root="树根",
    size_score="规模与成绩",
    size_score_lede="每个基准一张图。同一张图中的成绩遵循同一评测协议；穿过标记的竖线为 95% 区间。",
    size_score_of="{benchmark}：规模与成绩",
    size_score_title="{benchmark}（{protocol}）：{count} 个检查点的参数量与成绩",
    size_axis="参数量（对数刻度）",
    score_axis="成绩，%",
    chance_line="随机水平 {value}%",
    frontier="同等规模最佳",
    frontier_note="折线：图中没有同等或更小规模的检查点更好。",
    pick_benchmark="评测基准",
    points_count="{count} 个检查点",
    shape_license="形状：商业使用",
    fill_date="填充：发布时间",
    era_survey="至 2023 年 8 月（综述）",
    era_after="2023 年 9 月至 2024 年",
    era_late="2025 年以来",
    era_undated="日期不详",
    checkpoint="检查点",
    parameters="参数量",
    score="成绩",
    license_="商业使用",
    released="发布日期",
    best_mark="同等或更小规模中最佳",
    ranking_link="含并列与来源的排名",
    interval_note="参数量按全部参数计，包括未激活的专家。",
)


def chart_strings(language: Language) -> ChartStrings:
    """The texts in ``language``."""
    return ZH if language == "zh" else EN
