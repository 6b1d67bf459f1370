"""Which task answers to which protocol of the catalog, and how far the two are comparable.

The table stands in ``evalhooks/protocols.yaml``. A protocol id does not name the version of the program
that a claim was made with (the claim does), and versions of lm-eval differ in prompts, in how examples are
drawn and in how texts become tokens. So a protocol has several readings, and the first that fits a claim's
versions counts. Only what has been compared prompt by prompt is called equivalent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from gptalt_catalog.domain.base import Line, Model, Plain, ProtocolId, Slug
from gptalt_catalog.domain.verification import Comparability, Sha256
from gptalt_catalog.loading.location import project_file
from gptalt_catalog.loading.tree import read_tree
from gptalt_catalog.verify.pipeline.requests import Encoding, PipelineError

EraName = Literal["lm-eval-0.4", "lm-eval-2023-06", "lm-eval-0.3"]


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

    ``prompts`` is the SHA-256 over all requests that the older program makes for the items named in
    ``items``; a test makes ours from the same items and compares.
    """

    older: Plain
    newer: Plain
    finding: Plain
    items: Line | None = None
    prompts: Sha256 | None = None


class Reading(Model):
    """How claims of one protocol are checked, if they come from one of the versions named.

    ``task_versions`` and ``harness_versions`` are what claims say; without either a reading fits every
    claim. ``if_tokens_agree`` names another encoding: the grade holds for a model whose tokenizer gives
    the same tokens under both, else nothing is known.
    """

    task: Line
    era: EraName = "lm-eval-0.4"
    metric: Line
    grade: Comparability
    because: Plain
    comparison: Slug | None = None
    task_versions: tuple[Line, ...] = ()
    harness_versions: tuple[Line, ...] = ()
    if_tokens_agree: Encoding | None = None

    def fits(self, harness_version: str, task_version: str | None) -> bool:
        """Whether a claim with these versions is read this way."""
        versions = not self.task_versions or task_version in self.task_versions
        return versions and (not self.harness_versions or harness_version in self.harness_versions)

    @property
    def run(self) -> Run:
        """What is run to check the claim."""
        return Run(self.task, ERAS[self.era])


class ProtocolTable(Model):
    """All readings, by protocol id, and the comparisons that they rest on."""

    comparisons: dict[Slug, Comparison]
    protocols: dict[ProtocolId, Annotated[tuple[Reading, ...], Field(min_length=1)]]

    def reading(
        self, protocol: str, harness_version: str = "unknown", task_version: str | None = None
    ) -> Reading | None:
        """The reading of a claim, or ``None`` if no task answers to its protocol."""
        found = (r for r in self.protocols.get(protocol, ()) if r.fits(harness_version, task_version))
        return next(found, None)


def read_protocols(folder: Path | None = None) -> ProtocolTable:
    """The table of ``evalhooks/protocols.yaml``. Raises :class:`PipelineError` if it is not well-formed."""
    path = (folder or project_file("evalhooks")) / "protocols.yaml"
    tree = read_tree(path.read_bytes())
    if tree.value is None:
        first = tree.faults[0]
        raise PipelineError(f"{path.name}:{first.line}:{first.column}: {first.message}; {first.fix}")
    try:
        import json

        table = ProtocolTable.model_validate_json(json.dumps(tree.value))
    except ValidationError as error:
        raise PipelineError(f"{path.name} is not well-formed: {error}") from None
    missing = sorted(
        {r.comparison for rs in table.protocols.values() for r in rs if r.comparison} - set(table.comparisons)
    )
    if missing:
        raise PipelineError(f"{path.name}: no comparison is called {missing[0]}")
    return table
