"""Suites (what ``verify`` runs) and verifications (the records of audits)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, StringConstraints

from gptalt_catalog.domain.base import CheckpointId, Line, Model, PartialDate, ProtocolId, Slug, SourceId, SuiteId, Text
from gptalt_catalog.domain.claim import Printed

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
RecordId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*$")]
Decimalish = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?$")]
Share = Annotated[str, StringConstraints(pattern=r"^(0(\.\d+)?|1(\.0+)?)$")]
"""A number from 0 to 1, as text."""

Verdict = Literal[
    "reproduced", "not-reproduced", "undecided", "consistent", "inconsistent", "not-comparable", "claim-inconsistent",
    "not-auditable",
]  # fmt: skip


class SuiteTask(Model):
    """One protocol of a suite with its data. ``data_revision``: a commit, or ``pending`` before ``verify pin``."""

    protocol: ProtocolId
    data_repository: Line
    data_revision: Slug = "pending"


class Software(Model):
    """The programs that decide what a suite's tasks ask and how answers count; a record made with others is stale."""

    lm_eval: Line | None = None
    scorer: Line | None = None


class Suite(Model):
    """A versioned set of protocols with pinned data."""

    version: PositiveInt
    summary: Text
    software: Software = Software()
    tasks: Annotated[tuple[SuiteTask, ...], Field(min_length=1)]


Comparability = Literal["identical", "equivalent", "unknown", "different"]
"""How the protocol that was run relates to the claim's: the same; a documented mapping; nothing known
against it; known to differ. Only the first two get a verdict."""


class AuditedClaim(Model):
    """The verdict on one claim. ``claimed`` is as printed, in ``unit``; shares are fractions of 1, as text.

    ``right`` of ``items_used`` items, drawn in the record's order, were answered correctly (the sum of
    the item results); ``mode`` is how the audit decided, in a comparison with the record ``compared_with``.
    """

    protocol: ProtocolId
    source: SourceId
    claimed: Printed
    unit: Literal["percent", "fraction"]
    task: Line
    metric: Line
    comparability: Comparability
    verdict: Verdict
    mode: Literal["polling", "comparison", "none"]
    compared_with: RecordId | None = None
    estimate: Share
    interval: tuple[Share, Share]
    risk: Share
    tolerance: Share
    right: Decimalish
    items_used: NonNegativeInt
    items: PositiveInt


class Environment(Model):
    """The software and hardware of a run; no host or user names.

    ``self_check``: whether a fast way to score gave the same answers as the plain one on real requests;
    ``self_check_note`` says why the fastest way, or none, was used. ``isolation``: what shut the model's own code
    off, where it has some.
    """

    lm_eval: Line
    transformers: Line
    torch: Line
    cuda: Line | None = None
    gpu: Line | None = None
    scorer: Line
    dtype: Literal["float32", "float16", "bfloat16", "int8", "nf4"]
    self_check: Literal["passed", "fallback", "not-run"]
    self_check_note: Line | None = None
    isolation: Line | None = None


class TaskData(Model):
    """The data that a task was run on. ``rows_sha256`` is over the hashes of all its rows, in their order."""

    repository: Line
    revision: Slug
    rows_sha256: Sha256


class Parent(Model):
    """One of the two that weights were put together from: a base, and a difference or an adapter."""

    role: Literal["base", "delta", "adapter"]
    repository: Line
    revision: Slug
    weights_sha256: dict[Line, Sha256]


Signed = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?$")]


class PrecisionLoss(Model):
    """What a quantized run gives less (or more) than a ``record`` in full precision, on the same items.

    ``difference`` is the mean over ``items_used`` items, as a fraction of 1, negative where quality is lost;
    ``interval`` holds for all ``items``. The bytes are those of the weights in both precisions.
    """

    record: Line
    task: Line
    metric: Line
    difference: Signed
    interval: tuple[Signed, Signed]
    risk: Decimalish
    items_used: PositiveInt
    items: PositiveInt
    weights_bytes: NonNegativeInt
    full_weights_bytes: NonNegativeInt


class Verification(Model):
    """The record of one audit of a checkpoint's claims. ``data``: by task; empty in records of before it was kept."""

    checkpoint: CheckpointId
    revision: Slug
    suite: SuiteId
    suite_version: PositiveInt
    date: PartialDate
    trust: Literal["self-reported", "rechecked", "independently-repeated"] = "self-reported"
    seed: Line
    prompt: Literal["standard", "system", "documented", "chat"] = "standard"
    requests_sha256: Sha256
    responses_sha256: Sha256
    weights_sha256: dict[Line, Sha256]
    parents: tuple[Parent, ...] = ()
    tokenizer_sha256: Sha256
    items_file: Line
    items_sha256: Sha256
    truncated_requests: NonNegativeInt
    wall_seconds: NonNegativeInt
    tokens: NonNegativeInt
    peak_memory_bytes: NonNegativeInt
    environment: Environment
    data: dict[Line, TaskData] = {}
    claims: Annotated[tuple[AuditedClaim, ...], Field(min_length=1)]
    precision_loss: tuple[PrecisionLoss, ...] = ()

    @property
    def quantized(self) -> bool:
        """Whether the weights were run in 8 or 4 bits: then it says nothing of the published scores."""
        return self.environment.dtype in ("int8", "nf4")
