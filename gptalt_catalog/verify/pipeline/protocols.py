"""The protocol table as an audit reads it: which task is run for a claim, in which manner, and what it counts for.

The rows themselves are :mod:`gptalt_catalog.domain.protocol_table`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gptalt_catalog.domain.protocol_table import Comparison, EraName, ProtocolRows
from gptalt_catalog.domain.verification import Comparability
from gptalt_catalog.loading.protocol_table import ProtocolTableError, read_protocol_table
from gptalt_catalog.verify.pipeline.requests import Encoding, PipelineError


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


@dataclass(frozen=True)
class Reading:
    """How one claim is checked: what is run, which result of an item counts, how comparable it is, and why."""

    run: Run
    metric: str
    grade: Comparability
    because: str
    comparison: Comparison | None = None
    if_tokens_agree: Encoding | None = None


class ProtocolTable(ProtocolRows):
    """All readings, by protocol id, and the comparisons that they rest on."""

    def reading(
        self, protocol: str, harness_version: str = "unknown", task_version: str | None = None
    ) -> Reading | None:
        """The reading of a claim, or ``None`` if no task answers to its protocol."""
        one = self.fitting(protocol, harness_version, task_version)
        if one is None:
            return None
        content, origin = self.protocols[protocol], self.origins[one.origin]
        return Reading(
            run=Run(one.task, ERAS[origin.era]),
            metric=one.metric or content.metric,
            grade=one.grade,
            because=one.because or origin.because,
            comparison=self.comparisons.get(content.comparison or ""),
            if_tokens_agree=origin.if_tokens_agree,
        )


def read_protocols(folder: Path | None = None) -> ProtocolTable:
    """The table of ``evalhooks/protocols.yaml``. Raises :class:`PipelineError` if it is not well-formed."""
    try:
        return read_protocol_table(ProtocolTable, folder)
    except ProtocolTableError as error:
        raise PipelineError(str(error)) from None
