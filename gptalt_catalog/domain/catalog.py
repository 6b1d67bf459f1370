"""The whole catalog: immutable, with the indexes that rules and views need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from gptalt_catalog.domain.base import Model
from gptalt_catalog.domain.claim import Claim, ClaimFile, Protocol, ProtocolFile
from gptalt_catalog.domain.corpus import Benchmark, Dataset
from gptalt_catalog.domain.evidence import Entry
from gptalt_catalog.domain.family import Checkpoint, Family
from gptalt_catalog.domain.kinds import BY_NAME, Kind
from gptalt_catalog.domain.license import LicenseEntry
from gptalt_catalog.domain.reports import Measurement, MeasurementFile, Statement, StatementFile
from gptalt_catalog.domain.resource import Application, Source, Technique, Tool
from gptalt_catalog.domain.verification import Suite, Verification
from gptalt_catalog.domain.vocabulary import About, Defect, Language, Organization, Task

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Document:
    """One loaded file: its path in the catalog (``models/vicuna.yaml``), id, kind and content."""

    file: str
    id: str
    kind: Kind
    content: Model


@dataclass(frozen=True)
class Catalog:
    """All entries by kind and id. Build one with ``load_catalog()``; nothing here reads files."""

    documents: tuple[Document, ...]
    files: Mapping[str, Document] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", {d.file: d for d in self.documents})

    def _of(self, kind: str, model: type[M]) -> dict[str, M]:
        return {d.id: d.content for d in self.documents if d.kind is BY_NAME[kind] and isinstance(d.content, model)}

    @cached_property
    def about(self) -> About | None:
        """Title, date and license of the catalog."""
        return next((d.content for d in self.documents if isinstance(d.content, About)), None)

    @cached_property
    def families(self) -> dict[str, Family]:
        """Model families by id."""
        return self._of("family", Family)

    @cached_property
    def datasets(self) -> dict[str, Dataset]:
        """Datasets by id."""
        return self._of("dataset", Dataset)

    @cached_property
    def benchmarks(self) -> dict[str, Benchmark]:
        """Benchmarks by id."""
        return self._of("benchmark", Benchmark)

    @cached_property
    def tools(self) -> dict[str, Tool]:
        """Tools by id."""
        return self._of("tool", Tool)

    @cached_property
    def techniques(self) -> dict[str, Technique]:
        """Techniques by id."""
        return self._of("technique", Technique)

    @cached_property
    def applications(self) -> dict[str, Application]:
        """Applications by id."""
        return self._of("application", Application)

    @cached_property
    def licenses(self) -> dict[str, LicenseEntry]:
        """Licenses by id."""
        return self._of("license", LicenseEntry)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Sources by id."""
        return self._of("source", Source)

    @cached_property
    def suites(self) -> dict[str, Suite]:
        """Suites by id."""
        return self._of("suite", Suite)

    @cached_property
    def verifications(self) -> dict[str, Verification]:
        """Verification records by id (``<checkpoint>/<name>``)."""
        return self._of("verification", Verification)

    @cached_property
    def checkpoints(self) -> dict[str, Checkpoint]:
        """All checkpoints with their family's defaults filled in."""
        return {
            key: checkpoint
            for family_id, family in self.families.items()
            for key, checkpoint in family.resolve(family_id).items()
        }

    @cached_property
    def protocols(self) -> dict[str, Protocol]:
        """All protocols by id."""
        files = self._of("protocols", ProtocolFile).values()
        return {key: protocol for file in files for key, protocol in file.protocols.items()}

    @cached_property
    def protocol_benchmark(self) -> dict[str, str]:
        """The benchmark id of each protocol (the file it stands in)."""
        files = self._of("protocols", ProtocolFile).items()
        return {key: benchmark for benchmark, file in files for key in file.protocols}

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """All claims, flattened, in the order of their files."""
        return tuple(
            Claim(source, place, row, ("sets", i, "claims", j))
            for source, file in self._of("claims", ClaimFile).items()
            for i, place in enumerate(file.sets)
            for j, row in enumerate(place.claims)
        )

    @cached_property
    def claims_by_target(self) -> dict[str, tuple[Claim, ...]]:
        """Claims by checkpoint id, or by family id where the checkpoint is unstated."""
        return _grouped((claim.target, claim) for claim in self.claims)

    @cached_property
    def claims_by_protocol(self) -> dict[str, tuple[Claim, ...]]:
        """Claims by protocol id."""
        return _grouped((claim.row.protocol, claim) for claim in self.claims)

    @cached_property
    def statements(self) -> tuple[tuple[str, str, Statement], ...]:
        """(source id, statement id, statement)."""
        files = self._of("statements", StatementFile).items()
        return tuple((source, key, s) for source, file in files for key, s in file.statements.items())

    @cached_property
    def measurements(self) -> tuple[tuple[str, Measurement], ...]:
        """(source id, measurement)."""
        files = self._of("measurements", MeasurementFile).items()
        return tuple((source, m) for source, file in files for m in file.measurements)

    @cached_property
    def seen(self) -> dict[str, str]:
        """The day a claims file was read, by source id."""
        return {source: file.seen for source, file in self._of("claims", ClaimFile).items()}

    @cached_property
    def organizations(self) -> dict[str, Organization]:
        """Organizations of the vocabulary."""
        return self._vocabulary("organizations")

    @cached_property
    def languages(self) -> dict[str, Language]:
        """Languages of the vocabulary."""
        return self._vocabulary("languages")

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """Tasks of the vocabulary."""
        return self._vocabulary("tasks")

    @cached_property
    def defects(self) -> dict[str, Defect]:
        """Known defects of harnesses and files."""
        return self._vocabulary("defects")

    def _vocabulary(self, kind: str) -> dict[str, Any]:
        documents = (d for d in self.documents if d.kind.name == kind)
        return {key: word for d in documents for key, word in getattr(d.content, kind).items()}

    @cached_property
    def tables(self) -> dict[str, Mapping[str, object]]:
        """What a reference of each kind may name (see :class:`..base.Ref`)."""
        return {
            "family": self.families,
            "checkpoint": self.checkpoints,
            "dataset": self.datasets,
            "benchmark": self.benchmarks,
            "protocol": self.protocols,
            "source": self.sources,
            "license": self.licenses,
            "suite": self.suites,
            "organization": self.organizations,
            "language": self.languages,
            "task": self.tasks,
            "defect": self.defects,
        }

    def of_kind(self, kind: str) -> Iterable[Document]:
        """All documents of one kind."""
        return (d for d in self.documents if d.kind.name == kind)

    def entries(self) -> Iterable[tuple[Document, Entry]]:
        """All documents that hold a single entry with evidence."""
        for document in self.documents:
            if isinstance(document.content, Entry):
                yield document, document.content


def _grouped(pairs: Iterable[tuple[str, Claim]]) -> dict[str, tuple[Claim, ...]]:
    groups: dict[str, list[Claim]] = defaultdict(list)
    for key, claim in pairs:
        groups[key].append(claim)
    return {key: tuple(claims) for key, claims in groups.items()}
