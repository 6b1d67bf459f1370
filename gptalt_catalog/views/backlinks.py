"""Who uses what: the references of the catalog read backwards, for the pages of what is used."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.reports import Measurement, Statement

T = TypeVar("T")


@dataclass(frozen=True)
class SourceUse:
    """Where a source is cited: entries by (kind, id), and how many pieces of evidence each has of it."""

    kind: str
    id: str
    pieces: int


class Backlinks:
    """Reverse indexes of one catalog, each computed once."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    @cached_property
    def trained_on(self) -> dict[str, tuple[str, ...]]:
        """Checkpoints by the id of a dataset that they were trained on."""
        found: dict[str, list[str]] = defaultdict(list)
        for key, checkpoint in self.catalog.checkpoints.items():
            datasets = checkpoint.training.datasets if checkpoint.training is not None else ()
            for dataset in () if isinstance(datasets, str) else datasets:
                found[dataset].append(key)
        return _frozen(found)

    @cached_property
    def derived_datasets(self) -> dict[str, tuple[str, ...]]:
        """Datasets by the id of a dataset that they derive from."""
        found: dict[str, list[str]] = defaultdict(list)
        for key, dataset in self.catalog.datasets.items():
            for origin in dataset.origin.derived_from if dataset.origin is not None else ():
                found[origin].append(key)
        return _frozen(found)

    @cached_property
    def licensed_weights(self) -> dict[str, tuple[str, ...]]:
        """Checkpoints by the id of a license of their weights."""
        found: dict[str, list[str]] = defaultdict(list)
        for key, checkpoint in self.catalog.checkpoints.items():
            licenses = checkpoint.license.weights if checkpoint.license is not None else ()
            for name in () if isinstance(licenses, str) else licenses:
                found[name].append(key)
        return _frozen(found)

    @cached_property
    def licensed_data(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Datasets, benchmarks and tools as (kind, id) by the id of their license."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        tables = (("dataset", self.catalog.datasets), ("benchmark", self.catalog.benchmarks))
        for kind, table in tables:
            for key, entry in table.items():
                licenses = entry.rights.license if entry.rights is not None else ()
                for name in () if isinstance(licenses, str) else licenses:
                    found[name].append((kind, key))
        for key, tool in self.catalog.tools.items():
            licenses = tool.project.license if tool.project is not None else ()
            for name in () if isinstance(licenses, str) else licenses:
                found[name].append(("tool", key))
        return _frozen(found)

    @cached_property
    def cited_in(self) -> dict[str, tuple[SourceUse, ...]]:
        """Entries that cite a source in their evidence, by the source's id."""
        found: dict[str, list[SourceUse]] = defaultdict(list)
        for document, entry in self.catalog.entries():
            counts: dict[str, int] = defaultdict(int)
            for piece in entry.evidence.values():
                if piece.source is not None:
                    counts[piece.source] += 1
            for source, count in counts.items():
                found[source].append(SourceUse(document.kind.name, document.id, count))
        return _frozen(found)

    @cached_property
    def sub_benchmarks(self) -> dict[str, tuple[str, ...]]:
        """Benchmarks by the id of their parent."""
        found: dict[str, list[str]] = defaultdict(list)
        for key, benchmark in self.catalog.benchmarks.items():
            if benchmark.parent is not None:
                found[benchmark.parent].append(key)
        return _frozen(found)

    @cached_property
    def family_statements(self) -> dict[str, tuple[tuple[str, Statement], ...]]:
        """(source id, statement) by the id of a family that it speaks of."""
        found: dict[str, list[tuple[str, Statement]]] = defaultdict(list)
        for source, _, statement in self.catalog.statements:
            for family in statement.families:
                found[family].append((source, statement))
        return _frozen(found)

    @cached_property
    def benchmark_statements(self) -> dict[str, tuple[tuple[str, Statement], ...]]:
        """(source id, statement) by the id of a benchmark that it speaks of."""
        found: dict[str, list[tuple[str, Statement]]] = defaultdict(list)
        for source, _, statement in self.catalog.statements:
            for benchmark in statement.benchmarks:
                found[benchmark].append((source, statement))
        return _frozen(found)

    @cached_property
    def measured(self) -> dict[str, tuple[tuple[str, Measurement], ...]]:
        """(source id, measurement) by checkpoint."""
        found: dict[str, list[tuple[str, Measurement]]] = defaultdict(list)
        for source, measurement in self.catalog.measurements:
            found[measurement.checkpoint].append((source, measurement))
        return _frozen(found)


def _frozen(found: dict[str, list[T]]) -> dict[str, tuple[T, ...]]:
    return {key: tuple(items) for key, items in found.items()}
