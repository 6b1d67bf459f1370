"""Flat records of checkpoints and claims for JSON and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from gptalt_catalog.domain.base import Model
from gptalt_catalog.views.model_list import ModelRow
from gptalt_catalog.views.scores import Score
from gptalt_catalog.views.verified import VerifiedClaim

Record = Mapping[str, str | int | float | None]
"""One row: column -> value; lists are joined with ``; ``."""

CHECKPOINT_COLUMNS = (
    "id",
    "name",
    "family",
    "domain",
    "roles",
    "organizations",
    "parameters",
    "active_parameters",
    "context",
    "licenses",
    "commercial",
    "conditions",
    "languages",
    "released",
    "superseded_by",
    "access",
    "weights",
    "loader",
    "repository",
)

CLAIM_COLUMNS = (
    "checkpoint",
    "family",
    "benchmark",
    "protocol",
    "value",
    "unit",
    "correct",
    "items",
    "ranked",
    "reasons",
    "harness_version",
    "source",
    "path",
    "printed_name",
    "grade",
    "verdict",
    "verification",
)

VERIFICATION_COLUMNS = (
    "verification",
    "checkpoint",
    "revision",
    "date",
    "protocol",
    "source",
    "claimed",
    "unit",
    "verdict",
    "comparability",
    "mode",
    "estimate",
    "low",
    "high",
    "tolerance",
    "risk",
    "right",
    "items_used",
    "items",
    "suite",
    "suite_version",
    "hardware",
    "dtype",
    "lm_eval",
    "trust",
    "stale",
)


def checkpoint_record(row: ModelRow) -> Record:
    """One checkpoint with the columns of :data:`CHECKPOINT_COLUMNS`, in their order."""
    return {
        "id": row.id,
        "name": row.name,
        "family": row.family,
        "domain": row.domain,
        "roles": "; ".join(row.roles),
        "organizations": "; ".join(row.organizations),
        "parameters": row.parameters,
        "active_parameters": row.active_parameters,
        "context": row.context,
        "licenses": "; ".join(row.licenses),
        "commercial": row.commercial,
        "conditions": "; ".join(row.use.conditions),
        "languages": "; ".join(row.languages),
        "released": row.released,
        "superseded_by": "; ".join(row.superseded_by),
        "access": row.access,
        "weights": row.weights,
        "loader": row.loader,
        "repository": row.repository,
    }


def claim_record(score: Score, verified: VerifiedClaim | None = None) -> Record:
    """One claim with the columns of :data:`CLAIM_COLUMNS`; ``value`` is as printed.

    ``verdict`` is that of the record which speaks for it today; a stale one is left out.
    """
    place, row = score.claim.place, score.claim.row
    current = verified if verified is not None and not verified.stale else None
    return {
        "checkpoint": place.checkpoint,
        "family": place.family,
        "benchmark": score.benchmark,
        "protocol": row.protocol,
        "value": row.value,
        "unit": place.unit,
        "correct": row.counts[0] if row.counts else None,
        "items": row.counts[1] if row.counts else None,
        "ranked": "yes" if score.ranked else "no",
        "reasons": "; ".join(f"{reason.code} {reason.detail}".strip() for reason in score.reasons),
        "harness_version": place.harness_version,
        "source": score.source,
        "path": place.path,
        "printed_name": place.printed_name,
        "grade": place.grade,
        "verdict": current.audited.verdict if current is not None else None,
        "verification": current.record if current is not None else None,
    }


def verification_record(one: VerifiedClaim) -> Record:
    """One verified claim with the columns of :data:`VERIFICATION_COLUMNS`; ``stale`` says why it is."""
    record, audited, environment = one.verification, one.audited, one.verification.environment
    return {
        "verification": one.record,
        "checkpoint": record.checkpoint,
        "revision": record.revision,
        "date": record.date,
        "protocol": audited.protocol,
        "source": audited.source,
        "claimed": audited.claimed,
        "unit": audited.unit,
        "verdict": audited.verdict,
        "comparability": audited.comparability,
        "mode": audited.mode,
        "estimate": audited.estimate,
        "low": audited.interval[0],
        "high": audited.interval[1],
        "tolerance": audited.tolerance,
        "risk": audited.risk,
        "right": audited.right,
        "items_used": audited.items_used,
        "items": audited.items,
        "suite": record.suite,
        "suite_version": record.suite_version,
        "hardware": environment.gpu or "CPU",
        "dtype": environment.dtype,
        "lm_eval": environment.lm_eval,
        "trust": record.trust,
        "stale": "; ".join(f"{c.what} {c.name}: {c.ran}, now {c.now}" for c in one.changes),
    }


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""First characters by which spreadsheets take a cell for a formula."""


def csv_text(columns: tuple[str, ...], records: Iterable[Record]) -> str:
    """Records as CSV with a header line; texts that spreadsheets would run get a leading apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for record in records:
        writer.writerow([_cell(record[column]) for column in columns])
    return out.getvalue()


def _cell(value: str | float | None) -> str | float:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        try:
            float(value)
        except ValueError:
            return f"'{value}"
    return value


def entry_record(key: str, content: Model) -> dict[str, Any]:
    """An entry as its file has it, JSON-shaped, with its id; absent fields are left out."""
    return {"id": key, **content.model_dump(mode="json", exclude_defaults=True)}
