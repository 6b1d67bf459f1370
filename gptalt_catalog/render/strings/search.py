"""Texts of the search."""

from __future__ import annotations

from dataclasses import dataclass

from gptalt_catalog.views.words import Language


@dataclass(frozen=True)
class SearchStrings:
    """All texts of the search in one language."""

    title: str
    placeholder: str
    close: str
    hint: str
    found_one: str
    found: str
    none: str
    partly: str
    close_names: str
    more: str
    loading: str
    failed: str
    pages: str


EN = SearchStrings(
    title="Search",
    placeholder="Models, checkpoints, benchmarks, licenses …",
    close="Close",
    hint="Names, aliases, makers, repositories; several words narrow it down. Arrow keys move, Enter opens.",
    found_one="One result",
    found="{count} results",
    none="Nothing has these words.",
    partly="Nothing has all of these words; some have part of them.",
    close_names="Nothing has these words. Similar names:",
    more="Show all {count}",
    loading="Loading …",
    failed="The search could not be loaded.",
    pages="Pages",
)

ZH = SearchStrings(
    title="搜索",
    placeholder="模型、检查点、评测基准、许可证……",
    close="关闭",
    hint="可搜索名称、别名、机构与仓库；输入多个词可缩小范围。方向键移动，回车打开。",
    found_one="1 个结果",
    found="{count} 个结果",
    none="没有包含这些词的内容。",
    partly="没有内容包含全部词，以下包含其中一部分。",
    close_names="没有包含这些词的内容。相近的名称：",
    more="显示全部 {count} 个",
    loading="正在载入……",
    failed="搜索未能载入。",
    pages="页面",
)


def search_strings(language: Language) -> SearchStrings:
    """The texts in ``language``."""
    return ZH if language == "zh" else EN
