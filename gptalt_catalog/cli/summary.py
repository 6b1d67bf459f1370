"""What ``check`` says at its end: what the catalog holds, how well it is proved, which languages it covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gptalt_catalog.domain.catalog import Catalog
    from gptalt_catalog.domain.problem import Problem


def summary_lines(catalog: Catalog, problems: Iterable[Problem]) -> list[str]:
    """The closing lines of ``check``."""
    from gptalt_catalog.views.coverage import coverage
    from gptalt_catalog.views.words import kind_label

    seen = coverage(catalog)
    facts = seen.all_facts
    counts = ", ".join(f"{k.count:,} {kind_label(k.kind, 'en', plural=k.count != 1)}" for k in seen.kinds if k.count)
    speakers = ", ".join(f"{code} {count}" for code, count in seen.speakers[:12])
    severities = [p.severity for p in problems]
    more = f", and {len(seen.speakers) - 12} more" if len(seen.speakers) > 12 else ""
    return [
        f"entries: {counts or 'none'}",
        f"facts with confirmed evidence: {facts.confirmed:,} of {facts.total:,} ({facts.share:.1%})",
        f"facts by the survey alone: {facts.survey_only:,}, from memory: {facts.from_memory:,}",
        f"checkpoints by language: {speakers or 'none'}{more}",
        f"texts in Chinese: {seen.translated_share:.1%} of {seen.texts:,}",
        f"problems: {severities.count('error')} errors, {severities.count('warning')} warnings",
    ]
