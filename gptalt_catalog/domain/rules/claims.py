"""Published scores: possible values, no copies, and contradictions made visible."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.claim import Claim, ClaimFile
from gptalt_catalog.domain.comparison import SHARE_OF_ITEMS, differ, items_of, rankable
from gptalt_catalog.domain.corpus import Benchmark
from gptalt_catalog.domain.problem import Finding


def _file(claim: Claim) -> str:
    return f"claims/{claim.source}.yaml"


def claim_targets(catalog: Catalog) -> Iterator[Finding]:
    """A set is of one checkpoint, or of a family whose checkpoint the source does not say."""
    for document in catalog.of_kind("claims"):
        for i, place in enumerate(document.content.sets if isinstance(document.content, ClaimFile) else ()):
            if (place.checkpoint is None) == (place.family is None):
                message = (
                    "the set names both a checkpoint and a family"
                    if place.checkpoint
                    else "the set names neither checkpoint nor family"
                )
                fix = "name the checkpoint; or the family, with `basis: unstated`, if the source does not say which"
                yield Finding(document.file, ("sets", i), "claim-target", message, fix)
            elif (place.basis == "unstated") != (place.checkpoint is None):
                message = (
                    f"`basis: {place.basis}` contradicts the set's {'checkpoint' if place.checkpoint else 'family'}"
                )
                fix = "`unstated` goes with a family, `in-source` and `mapped` with a checkpoint"
                yield Finding(document.file, ("sets", i, "basis"), "claim-target", message, fix)


def claim_values(catalog: Catalog) -> Iterator[Finding]:
    """Each value is possible by itself: in range, k of n, and with a standard error that fits n."""
    for claim in catalog.claims:
        protocol = catalog.protocols.get(claim.row.protocol)
        if protocol is None:
            continue
        value = claim.fraction
        if value < 0 or (value > 1 and protocol.metric != "perplexity"):
            message = f"{claim.row.value} {claim.place.unit} is outside the range of {protocol.metric}"
            yield Finding(
                _file(claim), (*claim.path, "value"), "claim-range", message, "correct the value or the set's unit"
            )
        elif claim.row.counts is not None:
            yield from _counts(claim)
        elif (
            protocol.metric in SHARE_OF_ITEMS
            and "grim-fail" not in claim.row.flags
            and "derived" not in claim.row.flags
        ):
            yield from _grim(catalog, claim)


def _counts(claim: Claim) -> Iterator[Finding]:
    correct, items = claim.row.counts or (0, 1)
    if correct > items or abs(Decimal(correct) / items - claim.fraction) > claim.half_unit + Decimal("1e-12"):
        message = f"{correct} of {items} is {100 * correct / items:.4f} %, not {claim.row.value} {claim.place.unit}"
        yield Finding(_file(claim), (*claim.path, "counts"), "claim-counts", message, "correct the value or the counts")
    elif claim.row.stderr is not None and items > 1:
        printed = Decimal(claim.row.stderr) / (100 if claim.place.unit == "percent" else 1)
        share = correct / items
        expected = math.sqrt(share * (1 - share) / (items - 1))
        # Harnesses divide by n or by n - 1, and round; anything within 2 % fits the same n.
        if abs(float(printed) - expected) > 0.02 * expected + 0.5 * 10.0 ** int(printed.as_tuple().exponent):
            message = f"a standard error of {claim.row.stderr} contradicts {items} items (expected {expected:.5f})"
            yield Finding(
                _file(claim),
                (*claim.path, "stderr"),
                "claim-stderr",
                message,
                "correct the standard error or the counts",
            )


def _grim(catalog: Catalog, claim: Claim) -> Iterator[Finding]:
    """Granularity: at its printed digits the value must be a whole number of items over all items."""
    items = items_of(catalog, claim)
    if items is None or catalog.benchmarks[catalog.protocol_benchmark[claim.row.protocol]].averaged:
        return
    near = (claim.fraction * items).to_integral_value()
    if abs(near / items - claim.fraction) > claim.half_unit + Decimal("1e-12"):  # a double has 16 digits
        message = f"no whole number of {items} items gives {claim.row.value} {claim.place.unit}; the nearest is {near}"
        fix = "check the value and the split; if it is printed so, add the flag grim-fail"
        yield Finding(_file(claim), (*claim.path, "value"), "claim-grim", message, fix)


def duplicate_claims(catalog: Catalog) -> Iterator[Finding]:
    """One place of one source gives one value per protocol."""
    seen: dict[tuple[str, ...], Claim] = {}
    for claim in catalog.claims:
        place = claim.place
        key = (
            claim.source,
            place.path,
            place.printed_name,
            claim.target,
            claim.row.protocol,
            place.harness_version,
            place.weights_revision,
        )
        first = seen.setdefault(key, claim)
        if first is not claim:
            already = f"under `{claim.row.protocol}` from {place.path} already ({first.row.value})"
            message = f"`{claim.target}` has a claim {already}"
            yield Finding(_file(claim), (*claim.path, "protocol"), "claim-duplicate", message, "remove one of the two")


def identical_scores(catalog: Catalog) -> Iterator[Finding]:
    """Two checkpoints with the same scores throughout: probably one column copied to two names."""
    holders: dict[tuple[str, str, str], dict[str, Claim]] = defaultdict(dict)
    for claim in catalog.claims:
        if len(claim.row.value.replace(".", "").strip("0-")) >= 3:  # round values coincide by chance
            holders[claim.source, claim.row.protocol, claim.row.value].setdefault(claim.target, claim)
    shared: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
    for (source, _, _), by_target in holders.items():
        for first, second in combinations(sorted(by_target), 2):
            shared[source, first, second].append(by_target[second])
    protocols: dict[tuple[str, str], set[str]] = defaultdict(set)
    for claim in catalog.claims:
        protocols[claim.source, claim.target].add(claim.row.protocol)
    for (source, first, second), claims in shared.items():
        common = protocols[source, first] & protocols[source, second]
        if len(claims) >= 3 and 2 * len(claims) > len(common):  # a few equal values of many are chance
            message = f"`{second}` has the same scores as `{first}` on {len(claims)} protocols of this source"
            fix = "check whether the source copied a column; if it did, flag the claims"
            yield Finding(_file(claims[0]), claims[0].path[:2], "claim-identical", message, fix)


def conflicting_claims(catalog: Catalog) -> Iterator[Finding]:
    """Ranked claims of one checkpoint under one comparable protocol that contradict each other."""
    for first, second in conflicts(catalog):
        message = (
            f"`{second.target}` has {second.row.value} {second.place.unit} here and {first.row.value} "
            f"{first.place.unit} in {first.source} under `{second.row.protocol}`"
        )
        fix = "look for the cause (version, weights, copy); note it, or mark the bad claim with its defect or a flag"
        yield Finding(_file(second), (*second.path, "value"), "claim-conflict", message, fix)


def conflicts(catalog: Catalog) -> Iterator[tuple[Claim, Claim]]:
    """The pairs of rankable claims that :func:`..comparison.differ` finds contradictory."""
    groups: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
    for claim in catalog.claims:
        if claim.target in catalog.checkpoints and claim.row.protocol in catalog.protocols and rankable(catalog, claim):
            groups[claim.target, claim.row.protocol, claim.place.weights_revision].append(claim)
    for claims in groups.values():
        yield from (pair for pair in combinations(claims, 2) if differ(catalog, *pair))


def headline_protocols(catalog: Catalog) -> Iterator[Finding]:
    """A benchmark's headline protocol is one of its own, and one under which claims can be compared."""
    for document in catalog.of_kind("benchmark"):
        entry = document.content
        if not isinstance(entry, Benchmark) or entry.headline is None or entry.headline not in catalog.protocols:
            continue
        owner = catalog.protocol_benchmark[entry.headline]
        if owner != document.id:
            message = f"`{entry.headline}` is a protocol of {owner}"
        elif parts := catalog.protocols[entry.headline].unknown_parts():
            message = f"`{entry.headline}` cannot be compared: {', '.join(parts)} unknown"
        else:
            continue
        yield Finding(
            document.file, ("headline",), "headline-protocol", message, "name a complete protocol of this benchmark"
        )
