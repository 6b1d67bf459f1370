"""A family (one released model line) and its checkpoints (sets of weights).

The shape of these types was tried on three awkward cases: Vicuna (deltas, several bases and
licenses within one name), ChatGLM (license changed, remote code) and Falcon (tokens seen differ
by size). What several checkpoints share stands once under ``defaults``; a checkpoint's own block
replaces the default block as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, PrivateAttr, StringConstraints, model_validator

from gptalt_catalog.domain.base import (
    Absent,
    CheckpointId,
    DatasetId,
    FamilyId,
    LanguageCode,
    LicenseId,
    Line,
    Model,
    OrganizationId,
    PartialDate,
    Slug,
    Text,
    Url,
    Verbatim,
)
from gptalt_catalog.domain.evidence import Block, Entry, EvidenceNames
from gptalt_catalog.domain.quantity import Amount

Role = Literal["base", "instruct", "chat", "code", "multimodal", "scientific"]
"""``base``: pretrained only. ``instruct``: tuned to follow instructions. ``chat``: tuned for
dialogue. ``code``, ``multimodal``, ``scientific``: what it is made for."""

Domain = Literal["language", "multimodal", "scientific"]
Count = PositiveInt | Absent
Repository = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*$")]


class Release(Block):
    """When it became available. ``kind`` says what happened on that day."""

    date: PartialDate
    kind: Literal["weights", "paper", "announced", "code"] = "weights"
    events: tuple[Event, ...] = ()

    @classmethod
    def text_fields(cls) -> tuple[str, ...]:
        """Names and words that are no facts of their own."""
        return ("kind",)


class Event(Model):
    """A later (or other) date: a re-release, changed weights, a changed license."""

    date: PartialDate
    what: Text


class Hub(Block):
    """Where the weights are. ``revision`` is a commit; hub ids alone can change their content."""

    host: Literal["huggingface", "github", "modelscope", "website", "none"] = "huggingface"
    repository: Repository | Absent | None = None
    url: Url | None = None
    revision: Slug = "unknown"
    file: Verbatim | None = None
    access: Literal["open", "gated", "by-request", "withdrawn", "moved", "closed", "unknown"] = "unknown"
    moved_to: Repository | None = None
    publisher: Literal["official", "community-copy", "port"] = "official"

    @classmethod
    def text_fields(cls) -> tuple[str, ...]:
        """Names and words that are no facts of their own."""
        return ("host", "publisher")


class Parameters(Block):
    """Parameter counts as integers. ``label`` is the size in the name (``7B``)."""

    total: Count
    active: PositiveInt | None = None
    vision: PositiveInt | None = None
    label: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?[MBT]$")] | None = None

    @classmethod
    def text_fields(cls) -> tuple[str, ...]:
        """Names and words that are no facts of their own."""
        return ("label",)


class Shape(Block):
    """The network's shape, as its config states it (widths in units, context in tokens).

    ``vocabulary`` is the number of embedding rows, ``ffn`` the inner width of a feed-forward
    block, ``positions`` how order is encoded, ``context`` the trained context length,
    ``embedding_width`` the width of the embedding rows where it is not ``hidden`` (OPT-350m).

    Mixture of experts: ``ffn`` is the inner width of the dense layers' block, ``expert_ffn`` that of
    one routed expert, ``shared_ffn`` that of all shared experts together, ``dense_layers`` the number
    of layers without experts. Latent attention (MLA): ``kv_rank`` is the width of the compressed keys
    and values and ``rope_dim`` that of the rotary part kept beside them. Where only some layers keep a
    cache for the whole context: ``sliding_window`` is what the others see, ``global_layers`` counts
    those that see all; ``attention_layers`` counts the layers with attention in a hybrid.
    """

    architecture: Line
    design: Literal["decoder", "prefix-decoder", "encoder-decoder", "recurrent", "hybrid"]
    layers: Count
    encoder_layers: PositiveInt | None = None
    hidden: Count
    heads: Count | None = None
    kv_heads: Count | None = None
    head_dim: PositiveInt | None = None
    ffn: Count | None = None
    gated_ffn: bool = False
    experts: PositiveInt | None = None
    experts_active: PositiveInt | None = None
    expert_ffn: PositiveInt | None = None
    shared_ffn: PositiveInt | None = None
    dense_layers: PositiveInt | None = None
    kv_rank: PositiveInt | None = None
    rope_dim: PositiveInt | None = None
    attention_layers: PositiveInt | None = None
    vocabulary: Count
    embedding_width: PositiveInt | None = None
    context: Count
    sliding_window: PositiveInt | None = None
    global_layers: NonNegativeInt | None = None
    positions: Literal["rotary", "rotary-2d", "learned", "alibi", "relative", "none", "unknown"]
    tied_embeddings: bool | Literal["unknown"]

    @classmethod
    def text_fields(cls) -> tuple[str, ...]:
        """Names and words that are no facts of their own."""
        return ("design",)


class Weights(Block):
    """How the weights come, and what loads them; decides whether ``verify`` can run them.

    ``runtime``: versions that the code needs (``transformers: "==4.30.2"``). ``file_hashes``: files of the
    repository that somebody has read and vouches for, by path, with their sha256: code (``.py``) that may be
    run, and pickled weights (``.bin``) that may be opened. They hold at the commit in ``hub.revision``.
    """

    form: Literal["full", "delta", "adapter", "quantized", "encrypted", "component", "none", "unknown"]
    loader: Literal["native", "native-after-recovery", "remote-code", "own-code", "unknown"]
    files: tuple[Literal["safetensors", "pytorch-bin", "pth", "gguf", "encrypted"], ...] | Literal["unknown"] = (
        "unknown"
    )
    dtype: Literal["float32", "float16", "bfloat16", "int8", "int4", "fp8", "fp4", "unknown"] = "unknown"
    runtime: dict[Slug, Line] = {}
    file_hashes: dict[Line, Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]] = {}


class Base(Model):
    """An edge of the family tree: what this checkpoint was made from.

    ``new_rows``: what a delta was subtracted from where it has more token rows than its base: nothing, or the
    mean of the base's rows.
    """

    checkpoint: CheckpointId
    relation: Literal[
        "fine-tuned",
        "continued",
        "delta-of",
        "adapter-of",
        "encrypted-with",
        "component",
        "converted-from",
        "quantized-from",
    ]
    new_rows: Literal["zero", "mean"] = "zero"


class Lineage(Block):
    """The checkpoints this one builds on; an empty list says: trained from scratch.

    ``own_base``, only with an empty list: it was tuned or trained on from weights that its own maker had pretrained
    and that have no entry, because they are ``unpublished`` or ``not-listed`` here. What the maker grants on these
    weights then answers the question of their use.
    """

    bases: tuple[Base, ...] | Absent
    own_base: Literal["unpublished", "not-listed"] | None = None
    components: tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _own_base_alone(self) -> Self:
        if self.own_base is not None and self.bases != ():
            raise ValueError("own_base stands with an empty list of bases; a base that has an entry is named there")
        return self


class LicensePeriod(Model):
    """A license that applied to the weights before; ``until`` is the first day it did not."""

    weights: tuple[LicenseId, ...]
    since: PartialDate = "unknown"
    until: PartialDate = "unknown"
    note: Text | None = None


class License(Block):
    """Three and-lists: all licenses of a list apply together."""

    code: tuple[LicenseId, ...] | Absent = "unknown"
    weights: tuple[LicenseId, ...] | Absent
    data: tuple[LicenseId, ...] | Absent = "unknown"
    history: tuple[LicensePeriod, ...] = ()


class Languages(Block):
    """Languages by what is known of them; ``count`` where only a number is published."""

    trained: tuple[LanguageCode, ...] = ()
    evaluated: tuple[LanguageCode, ...] = ()
    claimed: tuple[LanguageCode, ...] = ()
    count: PositiveInt | None = None

    def all_codes(self) -> tuple[str, ...]:
        """Every language named, each once, in order."""
        return tuple(dict.fromkeys((*self.trained, *self.claimed, *self.evaluated)))


class Training(Block):
    """What it was trained on. ``tokens_seen`` counts tokens in training, not in the data set."""

    datasets: tuple[DatasetId, ...] | Absent = "unknown"
    tokens_seen: Amount | None = None
    samples: Amount | None = None


class Prompt(Block):
    """The documented prompt format; ``{instruction}`` stands for the user's text."""

    template: Verbatim
    system: Verbatim | None = None


class Blocks(Model):
    """The fact blocks that a checkpoint has and that ``defaults`` may provide."""

    release: Release | None = None
    hub: Hub | None = None
    parameters: Parameters | None = None
    shape: Shape | None = None
    weights: Weights | None = None
    lineage: Lineage | None = None
    license: License | None = None
    languages: Languages | None = None
    training: Training | None = None
    prompt: Prompt | None = None


BLOCK_NAMES = tuple(Blocks.model_fields)
REQUIRED_BLOCKS = ("release", "hub", "parameters", "shape", "weights", "lineage", "license", "languages", "training")


class Label(Model):
    """What a checkpoint is called and made for."""

    name: Line
    aliases: tuple[Line, ...] = ()
    former_ids: tuple[Slug, ...] = ()
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    note: Text | None = None


class CheckpointEntry(Blocks, Label):
    """One checkpoint as written in the family file, before ``defaults`` are filled in.

    The order of the two bases puts the label's fields before the blocks.
    """


class Checkpoint(CheckpointEntry):
    """One checkpoint with the family's defaults filled in: what views and rules use."""

    id: str
    family: str
    inherited: frozenset[str] = frozenset()

    def blocks(self) -> Iterator[tuple[tuple[str, ...], Block]]:
        """The fact blocks with their names."""
        for name in BLOCK_NAMES:
            value = getattr(self, name)
            if value is not None:
                yield (name,), value


class SurveyError(Model):
    """An error of the survey that this entry corrects (numbers E01… of docs/survey-errors.md)."""

    error: Annotated[str, StringConstraints(pattern=r"^E\d{2}$")]
    field: Literal[
        "name",
        "params",
        "backbone",
        "release_date",
        "training_data_source",
        "training_data_size",
        "link",
        "figure",
        "list",
    ]
    printed: Verbatim
    note: Text
    evidence: EvidenceNames


class Survey(Model):
    """What the survey printed, verbatim and apart from the facts."""

    place: Line
    params: tuple[Verbatim, ...] = ()
    backbone: Verbatim | None = None
    release_date: Verbatim | None = None
    training_data_source: Verbatim | None = None
    training_data_size: Verbatim | None = None
    link: Verbatim | None = None
    figure: Verbatim | None = None
    errors: tuple[SurveyError, ...] = ()


class Openness(Block):
    """For families whose weights are not in the catalog: are there any to have?"""

    weights: Literal["open", "closed", "unknown"]


class Family(Entry):
    """One model line. Light entries (names of the survey's timeline) have no checkpoints."""

    domain: Domain
    organizations: tuple[OrganizationId, ...]
    announced: Release | None = None
    openness: Openness | None = None
    superseded_by: tuple[FamilyId, ...] = ()
    advice: Text | None = None
    survey: Survey | None = None
    defaults: Blocks = Blocks()
    checkpoints: dict[Slug, CheckpointEntry] = {}
    _resolved: dict[str, Checkpoint] = PrivateAttr(default_factory=dict)

    def resolve(self, family_id: str) -> dict[str, Checkpoint]:
        """The checkpoints with defaults filled in, by id."""
        if not self._resolved and self.checkpoints:
            shared = {name: getattr(self.defaults, name) for name in BLOCK_NAMES}
            for key, entry in self.checkpoints.items():
                own: dict[str, Any] = {n: getattr(entry, n) for n in CheckpointEntry.model_fields}
                inherited = frozenset(n for n in BLOCK_NAMES if own[n] is None and shared[n] is not None)
                own.update({n: shared[n] for n in inherited})
                # Values are validated already; construct() keeps large catalogs fast.
                self._resolved[key] = Checkpoint.model_construct(id=key, family=family_id, inherited=inherited, **own)
        return self._resolved

    def blocks(self) -> Iterator[tuple[tuple[str, ...], Block]]:
        """The blocks of the family, of its defaults and of its checkpoints, as written."""
        yield from super().blocks()
        for name in BLOCK_NAMES:
            value = getattr(self.defaults, name)
            if value is not None:
                yield ("defaults", name), value
        for key, entry in self.checkpoints.items():
            for name in BLOCK_NAMES:
                value = getattr(entry, name)
                if value is not None:
                    yield ("checkpoints", key, name), value


Release.model_rebuild()
