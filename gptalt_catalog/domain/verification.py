"""Suites (what ``verify`` runs) and verifications (the records of audits)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, StringConstraints

from gptalt_catalog.domain.base import CheckpointId, Line, Model, PartialDate, ProtocolId, Slug, SourceId, SuiteId, Text

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Decimalish = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?$")]
Verdict = Literal[
    "reproduced", "not-reproduced", "undecided", "consistent", "inconsistent", "not-comparable", "claim-inconsistent",
    "not-auditable",
]  # fmt: skip


class SuiteTask(Model):
    """One protocol of a suite with the data it runs on."""

    protocol: ProtocolId
    data_repository: Line
    data_revision: Slug = "pending"


class Suite(Model):
    """A versioned set of protocols with pinned data."""

    version: PositiveInt
    summary: Text
    tasks: Annotated[tuple[SuiteTask, ...], Field(min_length=1)]


Comparability = Literal["identical", "equivalent", "unknown", "different"]
"""How the protocol that was run relates to the claim's: the same; a documented mapping; nothing known
against it; known to differ. Only the first two get a verdict."""


class AuditedClaim(Model):
    """The verdict on one claim. ``claimed`` is as printed, in ``unit``; shares are fractions of 1, as text.

    ``right`` of ``items_used`` items, drawn in the record's order, were answered correctly (the sum of
    the item results); ``mode`` is how the audit decided.
    """

    protocol: ProtocolId
    source: SourceId
    claimed: Line
    unit: Literal["percent", "fraction"]
    task: Line
    metric: Line
    comparability: Comparability
    verdict: Verdict
    mode: Literal["polling", "comparison", "none"]
    estimate: Decimalish
    interval: tuple[Decimalish, Decimalish]
    risk: Decimalish
    tolerance: Decimalish
    right: Decimalish
    items_used: NonNegativeInt
    items: PositiveInt


class Environment(Model):
    """The software and hardware of a run; no host or user names."""

    lm_eval: Line
    transformers: Line
    torch: Line
    cuda: Line | None = None
    gpu: Line | None = None
    scorer: Line
    dtype: Literal["float32", "float16", "bfloat16", "int8", "nf4"]
    self_check: Literal["passed", "fallback", "not-run"]


class Verification(Model):
    """The record of one audit of a checkpoint's claims."""

    checkpoint: CheckpointId
    revision: Slug
    suite: SuiteId
    suite_version: PositiveInt
    date: PartialDate
    trust: Literal["self-reported", "rechecked", "independently-repeated"] = "self-reported"
    seed: Line
    requests_sha256: Sha256
    responses_sha256: Sha256
    weights_sha256: dict[Line, Sha256]
    tokenizer_sha256: Sha256
    items_file: Line
    items_sha256: Sha256
    truncated_requests: NonNegativeInt
    wall_seconds: NonNegativeInt
    tokens: NonNegativeInt
    peak_memory_bytes: NonNegativeInt
    environment: Environment
    claims: Annotated[tuple[AuditedClaim, ...], Field(min_length=1)]
