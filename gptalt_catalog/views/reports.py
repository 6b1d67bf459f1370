"""Reports on the data itself, as Markdown: coverage, doubtful scores, the memory estimator's test.

The pages under docs/ that they make are kept current by a test (``gptalt-catalog report`` prints them).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.claim import NOT_RANKED
from gptalt_catalog.domain.problem import Problem
from gptalt_catalog.views.conflicts import Cause, Conflict, conflicts
from gptalt_catalog.views.coverage import coverage
from gptalt_catalog.views.memory_fit import left_out, trials
from gptalt_catalog.views.scores import ScoreBook
from gptalt_catalog.views.words import kind_label

SCORE_RULES = ("claim-grim", "claim-stderr", "claim-counts", "claim-range", "claim-identical", "claim-duplicate")


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; columns whose heads start with ``#`` hold numbers."""
    rule = " | ".join("--:" if head.startswith("#") else "---" for head in heads)
    lines = [f"| {' | '.join(head.lstrip('#') for head in heads)} |", f"| {rule} |"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return str(value).replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def coverage_report(catalog: Catalog, problems: Sequence[Problem]) -> str:
    """What the catalog holds, and how well it is proved, by kind and by language."""
    seen = coverage(catalog)
    light = sum(not family.checkpoints for family in catalog.families.values())
    facts = [
        (kind_label(f.kind, "en"), f.total, f.confirmed, f.survey_only, f.from_memory, f"{f.share:.1%}")
        for f in (*seen.facts, seen.all_facts)
    ]
    warnings = sorted(Counter(p.code for p in problems).items())
    parts = [
        "# Coverage\n",
        "What the catalog holds and how well it is proved. Printed by `gptalt-catalog report coverage`.\n",
        "## Entries\n",
        markdown_table(["kind", "#entries"], [(kind_label(k.kind, "en"), k.count) for k in seen.kinds]),
        f"{light} families are light entries without checkpoints: names of the survey's timeline, closed models.\n",
        "## Facts by the weakest status of their evidence\n",
        markdown_table(["kind", "#facts", "#confirmed", "#survey only", "#from memory", "#share confirmed"], facts),
        "## Checkpoints by language (trained on or claimed)\n",
        ", ".join(f"{code} {count}" for code, count in seen.speakers) + "\n",
        f"Texts with a Chinese version: {seen.translated_share:.1%} of {seen.texts:,}.\n",
        "## Problems that `check` lists\n",
        markdown_table(["code", "#number"], warnings) if warnings else "None.\n",
    ]
    return "\n".join(parts)


def scores_report(catalog: Catalog, problems: Sequence[Problem]) -> str:
    """Scores that cannot be right, are known to be bad, or contradict one another."""
    book = ScoreBook(catalog)
    found = conflicts(book)
    failures = [(p.code, f"{p.file.split('/')[-1]}:{p.line}", p.message) for p in problems if p.code in SCORE_RULES]
    flags = Counter(flag for claim in catalog.claims for flag in claim.row.flags)
    defects = Counter(claim.place.defect for claim in catalog.claims if claim.place.defect)
    exact = sum(claim.row.counts is not None for claim in catalog.claims)
    acknowledged: list[tuple[str, int, str]] = [
        (name, count, "no" if name in NOT_RANKED else "yes") for name, count in sorted(flags.items())
    ]
    acknowledged += [(name, count, "no") for name, count in sorted(defects.items())]
    ranked = sum(score.ranked for score in book.scores)
    size = f"{len(catalog.claims):,} claims from {len(catalog.seen)} sources, {exact:,} with exact counts"
    parts = [
        "# Doubtful scores\n",
        "Printed by `gptalt-catalog report scores`.\n",
        f"{size}; {ranked:,} can be ranked.\n",
        "## Values that arithmetic refuses (GRIM, counts, standard errors, ranges, copies)\n",
        markdown_table(["rule", "place", "finding"], failures) if failures else "None but those acknowledged below.\n",
        "## Acknowledged by a flag or a defect\n",
        markdown_table(["flag or defect", "#claims", "ranked"], acknowledged),
        "## Conflicts\n",
        "One checkpoint, one comparable protocol, values further apart than two standard errors.\n",
        markdown_table(["checkpoint", "protocol", "values", "cause"], [_conflict(catalog, c) for c in found]),
    ]
    return "\n".join(parts)


def _conflict(catalog: Catalog, conflict: Conflict) -> tuple[str, str, str, str]:
    values = ", ".join(f"{s.printed} ({s.source})" for s in conflict.scores)
    causes = "; ".join(dict.fromkeys(_cause(catalog, cause) for cause in conflict.causes))
    return conflict.checkpoint, conflict.protocol, values, causes or "not known"


def _cause(catalog: Catalog, cause: Cause) -> str:
    if cause.kind == "defect":
        return catalog.defects[cause.detail].name.en
    if cause.kind == "revision":
        return f"other weights ({cause.detail})"
    if cause.kind == "flag":
        return f"{cause.score.source}: {cause.detail}"
    note = cause.score.claim.place.note
    return note.en if note is not None else str(cause.score.claim.row.note)


def memory_report(catalog: Catalog, _problems: Sequence[Problem]) -> str:
    """The memory estimator on the published figures, each engine with the margin that the others give."""
    rows = [
        (
            row.engine,
            row.figures,
            f"{row.error:.1%}",
            f"{row.general_error:.1%}",
            f"{row.margin:.1%}",
            f"{row.covered} of {row.figures}",
        )
        for row in left_out(trials(catalog))
    ]
    return markdown_table(
        [
            "engine left out",
            "#figures",
            "#median error knowing it",
            "#not knowing it",
            "#margin of the others",
            "#covered",
        ],
        rows,
    )


REPORTS: dict[str, Callable[[Catalog, Sequence[Problem]], str]] = {
    "coverage": coverage_report,
    "scores": scores_report,
    "memory": memory_report,
}
