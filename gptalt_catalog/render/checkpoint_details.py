"""What scripts ask for family by family: facts, scores and commands of checkpoints, and the words of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from gptalt_catalog.domain.family import BLOCK_NAMES, Blocks
from gptalt_catalog.domain.structure import field_shapes
from gptalt_catalog.render.model_table import score_numbers, verdict_mark
from gptalt_catalog.render.page_tools import PageTools
from gptalt_catalog.render.places import Place
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.views.run_commands import HowToRun, how_to_run
from gptalt_catalog.views.run_support import SUPPORT
from gptalt_catalog.views.scores import Score
from gptalt_catalog.views.words import Language, block_label, field_label


def family_details(data: SiteData, language: Language, family: str) -> dict[str, Any]:
    """The checkpoints of a family by id; texts are plain, scripts escape them."""
    h = PageTools(data, Place("", language))
    return {key: _details(h, key) for key in data.catalog.families[family].checkpoints}


def _details(h: PageTools, key: str) -> dict[str, Any]:
    view = h.data.readers[h.language].checkpoint(h.catalog.checkpoints[key])
    facts = {
        ".".join(row.path[-2:]): [row.text] if row.status == "confirmed" else [row.text, row.status or "none"]
        for section in view.sections
        for row in section.rows
    }
    return {
        "facts": facts,
        "scores": [_score(h, score) for score in _by_protocol(h, key)],
        "run": run_record(how_to_run(h.catalog, key)),
    }


def _by_protocol(h: PageTools, key: str) -> list[Score]:
    """The scores of a checkpoint by protocol; the one that stands for it first."""
    book = h.data.book
    scores = book.by_target.get(key, ())
    best = {protocol: book.best(key, protocol) for protocol in {score.protocol for score in scores}}
    return sorted(scores, key=lambda score: (score.protocol, score is not best[score.protocol], not score.ranked))


def _score(h: PageTools, score: Score) -> list[Any]:
    """[protocol, source, printed value, numbers, reasons why it is not ranked, verdict if it was verified]."""
    reasons = [plain(h.reason(reason)) for reason in score.reasons]
    shown = [score.protocol, score.source, score.printed, score_numbers(score), reasons]
    mark = verdict_mark(score, h.verdicts)
    return [*shown, mark] if mark else shown


def run_record(how: HowToRun) -> dict[str, Any]:
    """Commands as a script takes them."""
    options = [
        {
            "program": option.program,
            "precisions": option.precisions,
            "template": option.template,
            "own": option.own,
            "notes": option.notes,
        }
        for option in how.options
    ]
    return {"options": options, "hindrance": how.hindrance, "gated": how.gated}


def plain(text: Markup) -> str:
    """HTML of this package as plain text."""
    return text.striptags()


def comparison_words(data: SiteData, language: Language) -> dict[str, Any]:
    """Names of facts in their order, of protocols with the benchmark of each, and of sources."""
    h = PageTools(data, Place("", language))
    used = {score.protocol for score in data.book.scores}
    protocols = {
        key: [benchmark, plain(h.protocol(data.catalog.protocols[key]))]
        for key, benchmark in data.catalog.protocol_benchmark.items()
        if key in used
    }
    return {
        "facts": [[block_label(name, language), dict(_fields(name, language))] for name in BLOCK_NAMES],
        "protocols": protocols,
        "benchmarks": {key: h.name("benchmark", key) for key in sorted({b for b, _ in protocols.values()})},
        "sources": {key: data.catalog.sources[key].title for key in sorted({s.source for s in data.book.scores})},
        "support": {program: [support.source, support.locator] for program, support in SUPPORT.items()},
        "statuses": {
            "survey-only": h.t.survey_only,
            "from-memory": h.t.from_memory,
            "none": h.t.without_evidence,
        },
    }


def _fields(name: str, language: Language) -> Iterator[tuple[str, str]]:
    block = next(shape.model for shape in field_shapes(Blocks) if shape.name == name)
    for field in block.model_fields if block is not None else ():
        if field not in ("evidence", "evidence_for", "note"):
            yield f"{name}.{field}", field_label(name, field, language)
