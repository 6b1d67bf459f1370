"""The model list as JSON: what the table of models, the finder and the comparison compute from in a browser."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final, get_args

from gptalt_catalog.domain.family import Domain, Role
from gptalt_catalog.domain.license import Commercial, Condition
from gptalt_catalog.domain.memory import ALIASES, PRECISIONS, PREFILL, RUNTIME
from gptalt_catalog.render.fragments import Fragments, short_license
from gptalt_catalog.render.places import Place, entry_address
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings import strings
from gptalt_catalog.render.strings.choosing import choosing_strings
from gptalt_catalog.render.verdicts import Verdicts, anchor, mark_classes, record_address, verdict_sign
from gptalt_catalog.views.formats import parameters_text
from gptalt_catalog.views.memory_fit import CARDS
from gptalt_catalog.views.memory_terms import UNPACKING, MemoryTerms, memory_terms
from gptalt_catalog.views.model_list import ModelRow
from gptalt_catalog.views.run_commands import PLACES
from gptalt_catalog.views.scores import Score
from gptalt_catalog.views.verified import TRUSTS as TRUSTS_OF_RECORDS
from gptalt_catalog.views.words import Language, value_label

LABELS: Final = (
    "model", "role", "size", "context", "commercial", "license_", "languages", "released", "score", "score_of",
    "no_score_column", "domain", "search_models", "filters", "clear", "any_", "sort_by", "descending", "ascending",
    "shown_of", "show_all", "nothing_found", "ignored_state", "commercial_any", "superseded", "download",
    "loading_failed", "scroll_cue", "list_separator", "superseded_by",
)  # fmt: skip
"""The texts of the site that scripts show."""

ACCESSES: Final = ("open", "gated", "by-request", "withdrawn", "moved", "closed", "unknown")
FORMS: Final = ("full", "delta", "adapter", "quantized", "encrypted", "component", "none", "unknown")
TRUSTS: Final = ("stale", *TRUSTS_OF_RECORDS)
"""What the filter "verified" offers: how much stands behind a checkpoint's records, the least first."""


def model_table(data: SiteData, language: Language) -> dict[str, Any]:
    """Rows and the words for their values; everything is text, the scripts escape it."""
    rows = data.rows[language]
    t = strings(language)
    named = data.readers[language].named
    benchmarks = sorted({key for row in rows for key in row.scores}, key=lambda key: named("benchmark", key).casefold())
    licenses = sorted({key for row in rows for key in row.licenses})
    makers = sorted({key for row in rows for key in row.organizations})
    lists = (Role, Domain, Commercial, Condition)
    words = [value for choices in lists for value in get_args(choices)]
    verdicts = Verdicts(Fragments(data, Place("", language)))
    return {
        "labels": {name.rstrip("_"): getattr(t, name) for name in LABELS},
        "choosing": asdict(choosing_strings(language)),
        "words": {value: value_label(value, language) for value in (*words, *ACCESSES, *FORMS)},
        "order": {"roles": get_args(Role), "domains": get_args(Domain), "uses": get_args(Commercial), "trusts": TRUSTS},
        "licenses": {key: short_license(data.catalog, key, language) for key in licenses},
        "languages": {key: named("language", key) for key in sorted({code for row in rows for code in row.languages})},
        "organizations": {key: named("organization", key) for key in makers},
        "benchmarks": {key: named("benchmark", key) for key in benchmarks},
        "families": {key: named("family", key) for key in sorted({k for row in rows for k in row.superseded_by})},
        "memory": memory_model(data),
        "places": PLACES,
        "rows": [_row(row, data, verdicts) for row in rows],
    }


def memory_model(data: SiteData) -> dict[str, Any]:
    """What turns the terms of a row into bytes and an interval (:mod:`gptalt_catalog.views.memory_terms`)."""
    return {
        "precisions": PRECISIONS,
        "aliases": ALIASES,
        "unpacking": UNPACKING,
        "runtime": RUNTIME,
        "prefill": PREFILL,
        "margin": data.fitting.margin,
        "cards": CARDS,
    }


def verdict_mark(score: Score, verdicts: Verdicts) -> list[str]:
    """A score's verdict as a script takes it: [classes, sign, what it says, address]; empty if it was not verified."""
    one = verdicts.of(score)
    address = f"{record_address(one.record)}#{anchor(one)}" if one is not None else ""
    return [mark_classes(one), verdict_sign(one.audited.verdict), verdicts.sentence(one), address] if one else []


def _row(row: ModelRow, data: SiteData, verdicts: Verdicts) -> dict[str, Any]:
    terms = memory_terms(data.fitting, row.id)
    former = data.catalog.checkpoints[row.id].former_ids
    always = {
        "id": row.id,
        "name": row.name,
        "fam": row.family,
        "family": row.family_name,
        "url": f"{entry_address('family', row.family)}#{row.id}",
        "domain": row.domain,
        "roles": row.roles,
        "orgs": row.organizations,
        "params": row.parameters,
        "size": parameters_text(row.parameters),
        "context": row.context,
        "use": row.commercial,
        "conds": row.use.conditions,
        "licenses": row.licenses,
        "langs": row.languages,
        "released": row.released,
        "next": row.superseded_by,
        "access": row.access,
        "form": row.weights,
        "text": " ".join((row.id, *row.aliases, row.repository or "", *row.organizations)),
        "scores": {key: score_numbers(score) for key, score in row.scores.items()},
    }
    sometimes = {
        "active": row.active_parameters,
        "repo": row.repository,
        "former": former,
        "verified": data.verified.trust_of(row.id),
        "marks": {key: mark for key, score in row.scores.items() if (mark := verdict_mark(score, verdicts))},
        "fit": terms_numbers(terms) if terms is not None else None,
    }
    return always | {key: value for key, value in sometimes.items() if value}


def terms_numbers(terms: MemoryTerms) -> list[int]:
    """Terms as a script takes them: the weights by precision, then the other fields in their order."""
    rest = (terms.workspace, terms.logits, terms.per_token, terms.state, terms.everywhere, terms.windowed, terms.window)
    return [*terms.weights, *rest]


def score_numbers(score: Score) -> list[float | None]:
    """A score as a script takes it, in percent: value, rounding, standard error, ends of the interval."""
    low, high = score.interval or (None, None)
    numbers = (score.percent, score.rounding, score.error)
    ends = tuple(None if end is None else round(end, 2) for end in (low, high))
    return [*(None if number is None else round(number, 6) for number in numbers), *ends]
