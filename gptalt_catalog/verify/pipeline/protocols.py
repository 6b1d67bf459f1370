"""Which task answers to which protocol of the catalog, and how far the two are comparable.

The table stands in ``evalhooks/protocols.yaml``. A protocol id does not name the version of the program
that a claim was made with (the claim does), and versions of lm-eval differ in prompts, in how examples are
drawn and in how texts become tokens. So a protocol has several readings, by the origin of claims, and the
first that fits counts. Only what has been compared prompt by prompt is called equivalent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PositiveInt, ValidationError, model_validator

from gptalt_catalog.domain.base import Line, Model, Plain, ProtocolId, Slug
from gptalt_catalog.domain.verification import Comparability, Sha256
from gptalt_catalog.loading.location import project_file
from gptalt_catalog.loading.tree import read_tree
from gptalt_catalog.verify.pipeline.requests import Encoding, PipelineError

EraName = Literal["lm-eval-0.4", "lm-eval-2025-03", "lm-eval-2023-06", "lm-eval-0.3"]


@dataclass(frozen=True)
class Era:
    """How a generation of lm-eval makes tokens of texts, and draws the examples of few-shot prompts.

    ``seed-1234``: item after item in the order of the data, from one generator with lm-eval 0.4's seed.
    ``shuffle-42``: items are shuffled with seed 42, and the same generator goes on to draw.
    """

    name: EraName
    encoding: Encoding
    draws: Literal["seed-1234", "shuffle-42"]


ERAS: Mapping[str, Era] = {
    era.name: era
    for era in (
        Era("lm-eval-0.4", "joint", "seed-1234"),
        Era("lm-eval-2025-03", "joint-plain", "seed-1234"),  # 0.4 until 0.4.9.1 left the BOS out, but for Gemma
        Era("lm-eval-2023-06", "joint-plain", "shuffle-42"),
        Era("lm-eval-0.3", "separate-plain", "shuffle-42"),
    )
}


@dataclass(frozen=True)
class Run:
    """A task of evalhooks in the manner of one era: the thing that is planned, scored and audited."""

    task: str
    era: Era

    @property
    def id(self) -> str:
        """``hellaswag_10shot``, or ``hellaswag_10shot@lm-eval-0.3``."""
        return self.task if self.era.name == "lm-eval-0.4" else f"{self.task}@{self.era.name}"

    @classmethod
    def parse(cls, text: str) -> Run:
        """The run with this id. Raises :class:`PipelineError` for an unknown era."""
        task, _, era = text.partition("@")
        if (era or "lm-eval-0.4") not in ERAS:
            raise PipelineError(f"{text}: there is no era {era!r}; there are {', '.join(ERAS)}")
        return cls(task, ERAS[era or "lm-eval-0.4"])


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


@dataclass(frozen=True)
class Reading:
    """How one claim is checked: what is run, which result of an item counts, how comparable it is, and why."""

    run: Run
    metric: str
    grade: Comparability
    because: str
    comparison: Comparison | None = None
    if_tokens_agree: Encoding | None = None


class ProtocolTable(Model):
    """All readings, by protocol id, and the comparisons that they rest on."""

    origins: dict[Slug, Origin]
    comparisons: dict[Slug, Comparison]
    protocols: dict[ProtocolId, ProtocolReadings]

    @model_validator(mode="after")
    def _names_are_known(self) -> ProtocolTable:
        for protocol, content in self.protocols.items():
            if content.comparison is not None and content.comparison not in self.comparisons:
                raise ValueError(f"{protocol}: no comparison is called {content.comparison}")
            for reading in content.readings:
                if reading.origin not in self.origins:
                    raise ValueError(f"{protocol}: no origin is called {reading.origin}")
        return self

    def reading(
        self, protocol: str, harness_version: str = "unknown", task_version: str | None = None
    ) -> Reading | None:
        """The reading of a claim, or ``None`` if no task answers to its protocol."""
        content = self.protocols.get(protocol)
        for one in content.readings if content else ():
            origin = self.origins[one.origin]
            if content is not None and origin.fits(harness_version, task_version):
                return Reading(
                    run=Run(one.task, ERAS[origin.era]),
                    metric=one.metric or content.metric,
                    grade=one.grade,
                    because=one.because or origin.because,
                    comparison=self.comparisons.get(content.comparison or ""),
                    if_tokens_agree=origin.if_tokens_agree,
                )
        return None


def read_protocols(folder: Path | None = None) -> ProtocolTable:
    """The table of ``evalhooks/protocols.yaml``. Raises :class:`PipelineError` if it is not well-formed."""
    path = (folder or project_file("evalhooks")) / "protocols.yaml"
    tree = read_tree(path.read_bytes())
    if tree.value is None:
        first = tree.faults[0]
        raise PipelineError(f"{path.name}:{first.line}:{first.column}: {first.message}; {first.fix}")
    try:
        return ProtocolTable.model_validate_json(json.dumps(tree.value))
    except ValidationError as error:
        raise PipelineError(f"{path.name} is not well-formed: {error}") from None
