"""Which task answers to which protocol of the catalog, and how far the two are comparable.

A protocol id does not name the version of the program that a claim was made with (the claim does), and
versions of lm-eval differ in prompts, in how examples are drawn and in how texts become tokens. So a
protocol has several readings, by the origin of claims, and the first that fits counts. Only what has been
compared prompt by prompt is called equivalent.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt, model_validator

from gptalt_catalog.domain.base import Line, Model, Plain, ProtocolId, Slug
from gptalt_catalog.domain.verification import Comparability, Sha256

EraName = Literal["lm-eval-0.4", "lm-eval-2025-03", "lm-eval-2023-06", "lm-eval-0.3"]
Encoding = Literal["joint", "joint-plain", "separate-plain"]
"""How texts become tokens; the words are those of :mod:`gptalt_catalog.verify.pipeline.requests`."""


class Comparison(Model):
    """What was compared, between which definitions, and what came out.

    ``prompts`` is the hash (:func:`gptalt_catalog.verify.pipeline.planner.prompts_hash`) over all
    requests that the older program's own code makes for the ``items``, of which there are ``documents``;
    a test makes those of ``run`` from the same items.
    """

    run: Line
    older: Plain
    newer: Plain
    finding: Plain
    items: Plain
    documents: PositiveInt
    prompts: Sha256


class Origin(Model):
    """Where claims come from, as they say themselves; without versions: any other claim.

    ``because`` says how that program was compared. ``if_tokens_agree`` names another encoding: what a
    reading says holds for a model whose tokenizer gives the same tokens under both, else nothing is known.
    """

    era: EraName
    because: Plain
    task_versions: tuple[Line, ...] = ()
    harness_versions: tuple[Line, ...] = ()
    if_tokens_agree: Encoding | None = None

    def fits(self, harness_version: str, task_version: str | None) -> bool:
        """Whether a claim with these versions comes from here."""
        versions = not self.task_versions or task_version in self.task_versions
        return versions and (not self.harness_versions or harness_version in self.harness_versions)


class OriginReading(Model):
    """How claims of one origin are checked. ``because`` and ``metric`` override those of origin and protocol."""

    origin: Slug
    task: Line
    grade: Comparability
    because: Plain | None = None
    metric: Line | None = None


class ProtocolReadings(Model):
    """All readings of one protocol; the first whose origin fits a claim counts."""

    metric: Line
    comparison: Slug | None = None
    readings: Annotated[tuple[OriginReading, ...], Field(min_length=1)]


class ProtocolRows(Model):
    """The table as ``evalhooks/protocols.yaml`` has it: readings by protocol id, and what they rest on."""

    origins: dict[Slug, Origin]
    comparisons: dict[Slug, Comparison]
    protocols: dict[ProtocolId, ProtocolReadings]

    @model_validator(mode="after")
    def _names_are_known(self) -> ProtocolRows:
        for protocol, content in self.protocols.items():
            if content.comparison is not None and content.comparison not in self.comparisons:
                raise ValueError(f"{protocol}: no comparison is called {content.comparison}")
            for reading in content.readings:
                if reading.origin not in self.origins:
                    raise ValueError(f"{protocol}: no origin is called {reading.origin}")
        return self

    def fitting(self, protocol: str, harness_version: str, task_version: str | None) -> OriginReading | None:
        """The reading of a claim of a protocol, or ``None`` if no task answers to it."""
        content = self.protocols.get(protocol)
        readings = content.readings if content is not None else ()
        return next((one for one in readings if self.origins[one.origin].fits(harness_version, task_version)), None)
