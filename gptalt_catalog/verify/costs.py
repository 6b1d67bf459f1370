"""What an audit costs and risks, for the benchmarks of the catalog: the table of docs/audit-costs.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.comparison import SHARE_OF_ITEMS, rankable
from gptalt_catalog.verify.statistics.operating import Operating
from gptalt_catalog.verify.statistics.polling import PollingRule
from gptalt_catalog.verify.statistics.zone import zone_of

TOLERANCES = (1, 2, 3, 5)
HALF_UNIT = Fraction(1, 2000)
"""Claims are mostly printed with one decimal in percent."""


@dataclass(frozen=True)
class Cost:
    """One benchmark at one tolerance: items, chances and risks, exactly computed."""

    benchmark: str
    items: int
    claimed: Fraction
    tolerance: int
    expected: float
    needed: int
    chance: float
    risk_confirm: float
    risk_refute: float


def costs(catalog: Catalog, risk: float = 0.05, tolerances: tuple[int, ...] = TOLERANCES) -> Iterator[Cost]:
    """The costs of auditing the median published claim of each benchmark that has claims or is in a suite."""
    for benchmark, (items, claimed) in audited_benchmarks(catalog).items():
        for points in tolerances:
            yield cost(benchmark, items, claimed, points, risk)


def cost(benchmark: str, items: int, claimed: Fraction, points: int, risk: float) -> Cost:
    """The exact operating characteristics of one audit; ``points`` is the tolerance in percent."""
    operating = Operating(PollingRule(zone_of(items, claimed, Fraction(points, 100), HALF_UNIT), risk))
    law = operating.claim_true()
    return Cost(
        benchmark,
        items,
        claimed,
        points,
        law.expected_items,
        law.quantile(0.95),
        law.chance_reproduced,
        operating.risk_of_confirming(),
        operating.risk_of_refuting(),
    )


def audited_benchmarks(catalog: Catalog) -> dict[str, tuple[int, Fraction]]:
    """Benchmarks with rankable claims of a share of items: their size, and the median claim in tenths of a percent.

    Benchmarks of suites are all here; where nothing rankable is published, the claim is one half.
    """
    suites = {task.protocol for suite in catalog.suites.values() for task in suite.tasks}
    found: dict[str, tuple[int, Fraction]] = {}
    for key, benchmark in catalog.benchmarks.items():
        if benchmark.items is None or isinstance(benchmark.items.splits, str):
            continue
        protocols = [p for p, b in catalog.protocol_benchmark.items() if b == key]
        usable = [
            p
            for p in protocols
            if catalog.protocols[p].metric in SHARE_OF_ITEMS and catalog.protocols[p].split in benchmark.items.splits
        ]
        claims = [c for p in usable for c in catalog.claims_by_protocol.get(p, ()) if rankable(catalog, c)]
        in_suites = [p for p in protocols if p in suites]
        if claims or in_suites:
            splits = benchmark.items.splits
            shares = sorted(Fraction(c.fraction) for c in claims) or [Fraction(1, 2)]
            split = catalog.protocols[claims[0].row.protocol if claims else in_suites[0]].split
            items = splits[split] if split in splits else splits.get("test", max(splits.values()))
            found[key] = (items, Fraction(round(shares[len(shares) // 2] * 1000), 1000))
    return found


def table(rows: Iterator[Cost]) -> str:
    """The rows as a Markdown table."""
    heads = (
        "benchmark", "items", "claim", "tolerance", "expected items", "share of items", "95th percentile",
        "reproduced if true", "risk: confirming", "risk: refuting",
    )  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "| --- |" + " --: |" * (len(heads) - 1)]
    lines += [
        f"| {row.benchmark} | {row.items} | {float(row.claimed):.1%} | {row.tolerance} | {row.expected:.0f} "
        f"| {row.expected / row.items:.0%} | {row.needed} | {row.chance:.4f} "
        f"| {row.risk_confirm:.4f} | {row.risk_refute:.4f} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"
