"""Pages on a field of models: scientific, multimodal, and the survey's human evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from gptalt_catalog.domain.family import Domain
from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings.fields import field_strings
from gptalt_catalog.views.domains import domain_rows, field_benchmarks, field_datasets
from gptalt_catalog.views.human_evaluation import human_evaluation, win_rate
from gptalt_catalog.views.statements import MULTIMODAL, SCIENCE, Said, said_in
from gptalt_catalog.views.words import Language


def pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """Scientific models, multimodal models, human evaluation."""
    x = field_strings(language)
    sections: tuple[tuple[Domain, str, str, str], ...] = (
        ("scientific", x.scientific, x.scientific_lede, SCIENCE),
        ("multimodal", x.multimodal, x.multimodal_lede, MULTIMODAL),
    )
    for domain, title, lede, section in sections:
        yield PageFile(f"{domain}/", "field.md.j2", title, lede, partial(_field, data, language, domain, section))
    yield PageFile("human-evaluation/", "human.md.j2", x.human, x.human_lede, partial(_human, data, language))


def _field(data: SiteData, language: Language, domain: Domain, section: str) -> dict[str, Any]:
    rows = domain_rows(data.lineage, data.book, domain)
    said, empty = split_empty(said_in(data.catalog, section))
    return {
        "x": field_strings(language),
        "domain": domain,
        "rows": rows,
        "scored": any(row.scores for row in rows),
        "benchmarks": field_benchmarks(data.book, domain),
        "datasets": field_datasets(data.catalog, rows),
        "said": said,
        "empty": empty,
    }


def split_empty(said: Iterable[Said]) -> tuple[list[Said], list[Said]]:
    """Statements, and apart from them the typed slots that wait for a number."""
    found: list[Said] = []
    empty: list[Said] = []
    for one in said:
        (empty if one.statement.kind == "empty" else found).append(one)
    return found, empty


def _human(data: SiteData, language: Language) -> dict[str, Any]:
    evaluation = human_evaluation(data.catalog)
    rest, empty = split_empty(evaluation.rest)
    gaps = [s for s in evaluation.checks if s.id == "elo-gap-vicuna-chatglm" and s.statement.value]
    gap = int(gaps[0].statement.value or 0) if gaps else None
    return {
        "x": field_strings(language),
        "evaluation": evaluation,
        "rest": rest,
        "close": [slot.rank for slot in evaluation.slots if slot.close],
        "empty": empty,
        "gap": gap,
        "rate": f"{win_rate(gap):.1f}" if gap is not None else "",
    }
