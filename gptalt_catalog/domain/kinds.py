"""The kinds of catalog files: which folder holds what, and what its files hold.

A file's path is its id: ``catalog/models/vicuna.yaml`` is the family ``vicuna``. There is one
table, so that loading, schemas, ``new``, ``list`` and the site cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gptalt_catalog.domain.base import Model
from gptalt_catalog.domain.claim import ClaimFile, ProtocolFile
from gptalt_catalog.domain.corpus import Benchmark, Dataset
from gptalt_catalog.domain.family import Family
from gptalt_catalog.domain.license import LicenseEntry
from gptalt_catalog.domain.reports import MeasurementFile, StatementFile
from gptalt_catalog.domain.resource import Application, Source, Technique, Tool
from gptalt_catalog.domain.verification import Suite, Verification
from gptalt_catalog.domain.vocabulary import About, DefectFile, LanguageFile, OrganizationFile, TaskFile


@dataclass(frozen=True)
class Kind:
    """One kind of file. ``name`` is the singular used in commands and schemas."""

    name: str
    folder: str
    model: type[Model]
    holds: Literal["entry", "of-source", "of-benchmark", "vocabulary", "about"] = "entry"


KINDS: tuple[Kind, ...] = (
    Kind("family", "models", Family),
    Kind("dataset", "datasets", Dataset),
    Kind("benchmark", "benchmarks", Benchmark),
    Kind("tool", "tools", Tool),
    Kind("technique", "techniques", Technique),
    Kind("application", "applications", Application),
    Kind("license", "licenses", LicenseEntry),
    Kind("source", "sources", Source),
    Kind("suite", "suites", Suite),
    Kind("protocols", "protocols", ProtocolFile, "of-benchmark"),
    Kind("claims", "claims", ClaimFile, "of-source"),
    Kind("statements", "statements", StatementFile, "of-source"),
    Kind("measurements", "measurements", MeasurementFile, "of-source"),
    Kind("verification", "verifications", Verification),
    Kind("organizations", "vocabulary", OrganizationFile, "vocabulary"),
    Kind("languages", "vocabulary", LanguageFile, "vocabulary"),
    Kind("tasks", "vocabulary", TaskFile, "vocabulary"),
    Kind("defects", "vocabulary", DefectFile, "vocabulary"),
    Kind("catalog", "", About, "about"),
)
BY_NAME = {kind.name: kind for kind in KINDS}
