"""Datasets (what models are trained on) and benchmarks (what they are tested on)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from gptalt_catalog.domain.base import (
    Absent,
    BenchmarkId,
    DatasetId,
    LanguageCode,
    LicenseId,
    Line,
    OrganizationId,
    PartialDate,
    ProtocolId,
    Slug,
    TaskId,
    Text,
)
from gptalt_catalog.domain.evidence import Block, Entry
from gptalt_catalog.domain.quantity import Amount

DatasetKind = Literal["pretraining", "instruction", "alignment", "domain"]
Metric = Literal["acc", "acc_norm", "exact_match", "f1", "mc1", "mc2", "acc_macro57", "acc_micro57", "perplexity"]
"""``acc_norm``: accuracy after dividing log-likelihoods by answer length. ``mc1``, ``mc2``:
TruthfulQA's. ``acc_macro57``, ``acc_micro57``: derived from MMLU's 57 subjects, unweighted and
weighted by items."""


class Size(Block):
    """How large it is, each in its own unit."""

    tokens: Amount | None = None
    bytes: Amount | None = None
    samples: Amount | None = None
    documents: Amount | None = None


class Origin(Block):
    """Who made it, when, how and from what."""

    organizations: tuple[OrganizationId, ...] | Absent = "unknown"
    released: PartialDate = "unknown"
    made_by: Literal["people", "model", "people-and-model", "crawl", "mixed", "unknown"] = "unknown"
    derived_from: tuple[DatasetId, ...] = ()


class Rights(Block):
    """Its license, and whether it can be had."""

    license: tuple[LicenseId, ...] | Absent
    access: Literal["open", "gated", "by-request", "withdrawn", "unreleased", "unknown"] = "unknown"


class Coverage(Block):
    """The languages it holds."""

    languages: tuple[LanguageCode, ...] | Absent
    count: PositiveInt | None = None


class Dataset(Entry):
    """A training corpus, or an instruction, alignment or domain set."""

    kind: DatasetKind
    size: Size | None = None
    origin: Origin | None = None
    rights: Rights | None = None
    coverage: Coverage | None = None
    quality: Text | None = None


class Items(Block):
    """Its splits with their numbers of items, and what guessing scores.

    ``chance`` is a fraction of 1, ``choices`` the number of answers to choose from.
    """

    splits: dict[Slug, PositiveInt] | Absent
    choices: PositiveInt | None = None
    chance: Annotated[float, Field(ge=0, lt=1)] | None = None


class Benchmark(Entry):
    """An evaluation set; a subset that is scored apart is a benchmark with a ``parent``.

    ``averaged``: its score is an average over subjects, so it need not be a whole number of items
    over all items.
    """

    parent: BenchmarkId | None = None
    task: TaskId
    metrics: tuple[Metric, ...] = ()
    headline: ProtocolId | None = None
    averaged: bool = False
    items: Items | None = None
    origin: Origin | None = None
    rights: Rights | None = None
    coverage: Coverage | None = None
    lm_eval_task: Line | None = None
    example: Text | None = None
