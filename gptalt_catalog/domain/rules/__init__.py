"""Everything that can be wrong with a catalog whose files all have the right types.

Each rule is a function from the catalog to findings; :data:`RULES` lists them. The codes, with
their severities, stand in :mod:`gptalt_catalog.domain.problem`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.problem import Finding
from gptalt_catalog.domain.rules import claims, evidence, families, identity, links, references, texts, verifications
from gptalt_catalog.domain.rules.references import Unread

Rule = Callable[[Catalog], Iterable[Finding]]
RULES: tuple[Rule, ...] = (
    identity.duplicate_ids,
    families.lineage_cycles,
    families.release_before_base,
    families.parameters_off_shape,
    families.name_and_parameters,
    families.missing_blocks,
    links.contradicting_links,
    evidence.evidence_of_facts,
    evidence.incomplete_evidence,
    evidence.old_status,
    claims.claim_targets,
    claims.claim_values,
    claims.duplicate_claims,
    claims.identical_scores,
    claims.conflicting_claims,
    claims.headline_protocols,
    verifications.record_places,
    verifications.record_values,
    verifications.record_claims,
    texts.missing_translations,
)

__all__ = ["RULES", "Unread", "all_findings"]


def all_findings(catalog: Catalog, unread: Unread) -> Iterator[Finding]:
    """The findings of every rule. ``unread``: files that exist but could not be read."""
    yield from references.dangling_references(catalog, unread)
    for rule in RULES:
        yield from rule(catalog)
