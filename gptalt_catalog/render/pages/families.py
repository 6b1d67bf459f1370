"""The page of each model family: use, lineage, checkpoints, scores, corrections, evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

from gptalt_catalog.domain.family import Family
from gptalt_catalog.domain.license import Commercial
from gptalt_catalog.render.choosing import Choosing
from gptalt_catalog.render.escape import code
from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.places import entry_address
from gptalt_catalog.render.score_tables import ScoreTable, score_table
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings.choosing import choosing_strings
from gptalt_catalog.views.citation import family_bibtex
from gptalt_catalog.views.conflicts import Spread, defects_of, spreads
from gptalt_catalog.views.corrections import of_family, printed_row
from gptalt_catalog.views.facts import EntryView, FactSection
from gptalt_catalog.views.fit_table import FitTable, fit_table
from gptalt_catalog.views.formats import parameters_text, text_in
from gptalt_catalog.views.lineage import use_groups
from gptalt_catalog.views.model_list import ModelRow
from gptalt_catalog.views.recipe import recipes
from gptalt_catalog.views.run_commands import HowToRun, how_to_run
from gptalt_catalog.views.scores import BenchmarkScores
from gptalt_catalog.views.words import Language


@dataclass(frozen=True)
class CheckpointPart:
    """One checkpoint on its family's page: its row of the list, the facts that are its own, and how it is run."""

    row: ModelRow
    view: EntryView
    sections: tuple[FactSection, ...]
    memory: FitTable | None
    run: HowToRun


@dataclass(frozen=True)
class BenchmarkPart:
    """The scores of a family on one benchmark; ``spread`` explains the widest difference of ways to run it."""

    benchmark: str
    tables: tuple[ScoreTable, ...]
    apart: tuple[ScoreTable, ...]
    spread: Spread | None


def pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """A page for each family."""
    for key, family in data.catalog.families.items():
        yield PageFile(
            address=entry_address("family", key),
            template="family.md.j2",
            title=family.title(language),
            description=text_in(family.summary, language),
            content=partial(_content, data, language, key, family),
        )


def _content(data: SiteData, language: Language, key: str, family: Family) -> dict[str, Any]:
    rows = data.family_rows[language].get(key, [])
    reader = data.readers[language]
    views = [reader.checkpoint(data.catalog.checkpoints[row.id]) for row in rows]
    shared, own = split_shared([view.sections for view in views])
    entry = reader.entry("family", key, family)
    members = set(family.checkpoints)
    found = of_family(reader, key, family)
    scored = data.book.of_family(key)
    return {
        "key": key,
        "family": family,
        "entry": entry,
        "own_sections": tuple(s for s in entry.sections if not s.shared),
        "rows": rows,
        "shared": shared,
        "checkpoints": [
            CheckpointPart(row, view, sections, fit_table(data.fitting, row.id), how_to_run(data.catalog, row.id))
            for row, view, sections in zip(rows, views, own, strict=True)
        ],
        "c": choosing_strings(language),
        "choose": Choosing(data, language),
        "bibtex": code(family_bibtex(data.catalog, key)),
        "uses": use_groups(data.lineage, key),
        "up": data.lineage.family_tree(key, up=True),
        "down": data.lineage.family_tree(key, up=False),
        "recipes": recipes(data.lineage, key),
        "steps": [step for k in family.checkpoints for step in data.lineage.bases.get(k, ())],
        "sizes": span([parameters_text(n) for n in sorted({r.parameters for r in rows if r.parameters})]),
        "dates": span(sorted({r.released for r in rows if r.released})),
        "answers": answers(rows),
        "benchmarks": [_benchmark(scores, family) for scores in scored],
        "verified": [one for k in family.checkpoints for one in data.verified.by_checkpoint.get(k, ())],
        "defects": defects_of(score for part in scored for score in part.scores),
        "conflicts": [c for c in data.conflicts if c.checkpoint in members],
        "corrections": found,
        "wrong_fields": {correction.field for correction in found},
        "printed": printed_row(family),
        "measured": [(k, *m) for k in family.checkpoints for m in data.backlinks.measured.get(k, ())],
        "statements": data.backlinks.family_statements.get(key, ()),
    }


def _benchmark(scores: BenchmarkScores, family: Family) -> BenchmarkPart:
    order = tuple(family.checkpoints)
    tables = [score_table(group, order) for group in scores.protocols]
    found = spreads(scores)
    return BenchmarkPart(
        benchmark=scores.benchmark,
        tables=tuple(table for table in tables if table.group.comparable),
        apart=tuple(table for table in tables if not table.group.comparable),
        spread=max(found, key=lambda s: s.high.percent - s.low.percent, default=None),
    )


def span(values: list[str]) -> str:
    """The first and the last of sorted values: ``7B–65B``; one value alone; empty for none."""
    if not values:
        return ""
    return values[0] if values[0] == values[-1] else f"{values[0]} – {values[-1]}"


def answers(rows: list[ModelRow]) -> tuple[Commercial, ...]:
    """The different commercial-use answers of a family's checkpoints, the most permissive first."""
    found = {row.commercial for row in rows}
    return tuple(answer for answer in get_args(Commercial) if answer in found)


def split_shared(
    views: list[tuple[FactSection, ...]],
) -> tuple[tuple[FactSection, ...], list[tuple[FactSection, ...]]]:
    """Facts that all checkpoints share, once; and for each checkpoint the facts that are its own.

    A fact is shared if all checkpoints have it with the same value and the same evidence.
    """
    if len(views) < 2:
        return (), views
    tables = [{(s.block, row.path[-1]): (row.text, row.evidence) for s in view for row in s.rows} for view in views]
    common = {key for key, value in tables[0].items() if all(table.get(key) == value for table in tables[1:])}
    notes = [{(s.block, s.note) for s in view} for view in views]
    same_notes = set.intersection(*notes)

    def part(section: FactSection, *, shared: bool) -> FactSection | None:
        rows = tuple(row for row in section.rows if ((section.block, row.path[-1]) in common) == shared)
        note = section.note if ((section.block, section.note) in same_notes) == shared else ""
        return FactSection(section.block, section.label, rows, note, section.shared) if rows or note else None

    first = tuple(s for section in views[0] if (s := part(section, shared=True)) is not None)
    own = [tuple(s for section in view if (s := part(section, shared=False)) is not None) for view in views]
    return first, own
