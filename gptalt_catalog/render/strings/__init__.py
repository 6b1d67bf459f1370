"""Sentences and labels of the pages in the languages of the site.

One dataclass with one instance per language, so that a missing translation is a type error.
``{name}`` places are filled with :func:`.escape.fill`. Words of the catalog itself (fields,
values, kinds) are in ``views.words``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from gptalt_catalog.views.words import Language


@dataclass(frozen=True)
class Strings:
    """All texts of the site's own in one language."""

    language: str
    list_separator: str
    home: str
    tagline: str
    home_lede: str
    home_date: str
    use_find: str
    use_find_text: str
    use_trust: str
    use_trust_text: str
    use_learn: str
    use_learn_text: str
    questions: str
    numbers: str
    evidence_share: str
    models: str
    models_lede: str
    model: str
    role: str
    size: str
    context: str
    commercial: str
    license_: str
    languages: str
    released: str
    score: str
    score_of: str
    no_score_column: str
    domain: str
    search_models: str
    filters: str
    clear: str
    any_: str
    sort_by: str
    descending: str
    ascending: str
    shown_of: str
    show_all: str
    nothing_found: str
    ignored_state: str
    loading_failed: str
    no_script: str
    families: str
    commercial_any: str
    download: str
    superseded: str
    superseded_by: str
    also_called: str
    json: str
    edit: str
    may_i_sell: str
    own_license: str
    through_base: str
    conditions: str
    why: str
    license_unknown: str
    license_undisclosed: str
    base_unknown: str
    base_missing: str
    use_note: str
    made_of: str
    bases: str
    builds_on: str
    amount: str
    all_of_them: str
    from_scratch: str
    training_data: str
    built_on_it: str
    nothing_built: str
    family_tree: str
    checkpoints: str
    checkpoint: str
    parameters: str
    shared_facts: str
    roles: str
    weights_at: str
    scores: str
    scores_lede: str
    no_scores: str
    protocol: str
    value: str
    source: str
    sources: str
    not_ranked: str
    not_comparable: str
    not_comparable_note: str
    reason_defect: str
    reason_part: str
    reason_unstated: str
    version_unstated: str
    shots: str
    shots_unknown: str
    why_differ: str
    why_differ_text: str
    disagreements: str
    disagreements_lede: str
    open_conflict: str
    explained: str
    points_apart: str
    cause: str
    cause_unknown: str
    cause_defect: str
    cause_flag: str
    cause_revision: str
    defects: str
    corrections: str
    corrections_lede: str
    corrections_count: str
    column: str
    printed: str
    correct_is: str
    printed_row: str
    printed_row_note: str
    no_corrections: str
    measured: str
    measured_lede: str
    metric: str
    engine: str
    precision: str
    hardware: str
    statements: str
    evidence: str
    evidence_lede: str
    from_memory: str
    survey_only: str
    seen_on: str
    benchmarks: str
    benchmarks_lede: str
    task: str
    chance: str
    example: str
    part_of: str
    parts: str
    ranking: str
    ranking_lede: str
    headline: str
    rank: str
    others_say: str
    protocols: str
    other_protocols: str
    apart: str
    apart_lede: str
    harness: str
    datasets: str
    datasets_lede: str
    kind: str
    trained_on_it: str
    nobody_trained: str
    derived_from_it: str
    quality: str
    tools: str
    tools_lede: str
    techniques: str
    techniques_lede: str
    applications: str
    applications_lede: str
    category: str
    licenses: str
    licenses_lede: str
    under_it: str
    also_under_it: str
    inherits: str
    quotation: str
    sources_lede: str
    cited_by: str
    scores_from: str
    published: str
    untranslated: str
    about: str
    about_lede: str
    coverage_counts: str
    coverage_facts: str
    coverage_languages: str
    coverage_texts: str
    total: str
    confirmed: str
    without_evidence: str
    share: str
    texts_translated: str
    all_translated: str
    missing_texts: str
    scroll_cue: str
    claims_of: str
    none_yet: str
    open_page: str
    latest: str
    no_ranking: str
    corrections_short: str
    disagreements_short: str
    all_news: str
    use_label: str
    which_from_which: str
    apart_protocols: str
    known_so_far: str
    filter_list: str
    filter_group: str
    filter_none: str


@cache
def strings(language: Language) -> Strings:
    """The texts of the site in ``language``."""
    from gptalt_catalog.render.strings.en import EN
    from gptalt_catalog.render.strings.zh import ZH

    return ZH if language == "zh" else EN
