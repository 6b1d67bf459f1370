"""How programs differ in memory, and what they should need in the setting of a published figure.

The general formulas are :mod:`gptalt_catalog.domain.memory`'s. What is here are facts about single
programs, read in their code or documentation (docs/memory.md names the places), so that their
published figures can test the formulas.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from gptalt_catalog.domain.family import Checkpoint, Parameters, Shape
from gptalt_catalog.domain.memory import (
    BITS,
    GENERATING,
    RUNTIME,
    Bits,
    Forward,
    activation_bytes,
    cache_bytes,
    largest_matrix,
    tables,
    tokens_at_once,
    weight_bytes,
    workspace_bytes,
)
from gptalt_catalog.domain.reports import Measurement


@dataclass(frozen=True)
class Engine:
    """What an engine does differently. The default allocates what the formulas say, and no more."""

    binary_units: bool = False  # what is printed as GB or MB is GiB or MiB
    on_host: bool = False  # runs on the processor: its figures are of host memory
    runtime: int = 0  # bytes of the process beyond what the program allocates, if the figure includes them
    after_step: bool = False  # the figure is what stays allocated after a step, not the peak
    early_scales: bool = False  # the first ggml formats: 32-bit scales in q4_0, q4_1 and q8_0
    tables_bits: float | None = None  # embedding and head are stored in this, whatever the body is in
    head_as_body: bool = False  # the head is quantized like the body
    head_by_rows: bool = False  # below 8 bits the head is in q6_K, or q8_0 where rows are no multiple of 256
    never_ties: bool = False  # a tied head is stored a second time
    embedding_on_host: bool = False  # the embedding table stays in host memory
    joins_projections: bool = False  # while loading, joined query, key and value matrices stand beside the separate
    cache_growth: float = 1  # copies of the cache while it grows
    cache_of_new: bool = False  # the cache is a window as long as the answer
    prompt: Literal["whole", "pieces", "tokens"] = "whole"  # how much of it runs through at once
    buffers: bool = False  # holds one feed-forward block's output and one unpacked matrix from the start
    forward: Forward = GENERATING


_GGML = Engine(binary_units=True, on_host=True, head_as_body=True, prompt="tokens")

ENGINES: dict[str, Engine] = {
    "AutoAWQ": Engine(
        binary_units=True,
        joins_projections=True,
        cache_of_new=True,
        forward=Forward(all_logits=True, score_bytes=2 + 4 + 4),
    ),
    "Baichuan": Engine(head_as_body=True),
    "GPTQ-for-LLaMa": Engine(binary_units=True, after_step=True, prompt="tokens"),
    "THUDM": Engine(binary_units=True, runtime=RUNTIME, forward=Forward(all_logits=True, logit_bytes=2)),
    "chatglm.cpp": _GGML,
    "exllama": Engine(binary_units=True, embedding_on_host=True, buffers=True, forward=Forward(score_bytes=2 + 2)),
    "ggml": replace(_GGML, early_scales=True),
    "gguf": replace(_GGML, head_as_body=False, head_by_rows=True, never_ties=True),
    "litgpt": Engine(head_as_body=True, never_ties=True),
    "lmdeploy": Engine(binary_units=True, runtime=RUNTIME, prompt="pieces"),
    "rwkv.cpp": replace(_GGML, early_scales=True, tables_bits=32),
    "transformers": Engine(
        binary_units=True, runtime=RUNTIME, cache_growth=2, forward=Forward(all_logits=True, logit_bytes=2)
    ),
}
"""By the start of the engine's name; engines that are not here are left out of the test."""

_SEPARATE_PROJECTIONS = ("LlamaForCausalLM", "MistralForCausalLM")
"""Architectures whose query, key and value matrices AutoAWQ joins while loading."""

_BUFFERED_TOKENS = 2048
_UNITS = {"B": 1, "MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}
_BINARY = {"MB": "MiB", "GB": "GiB"}

_WHOLE = {"fp32": 32.0, "fp16": 16.0, "bf16": 16.0}
_UNPACKED = {"int8": 8.0, "int4": 4.0, "nf4": 4.5, "fp4": 4.5, "nf4-dq": 4.127, "fp4-dq": 4.127}
_GROUPED = re.compile(r"(?:gptq|awq)-(\d)bit(?:-g(\d+))?")
_BLOCKS = {"q4_0": 4.5, "q4_1": 5.0, "q5_0": 5.5, "q5_1": 6.0, "q8_0": 8.5, "q6_k": 6.5625}
_EARLY_BLOCKS = _BLOCKS | {"q4_0": 5.0, "q4_1": 6.0, "q8_0": 9.0}
_MIXES = {
    "q2_k": 3.35, "q3_k_s": 3.50, "q3_k_m": 3.91, "q3_k_l": 4.27, "q4_k_s": 4.58, "q5_k_s": 5.52, "q5_k_m": 5.68,
}  # fmt: skip
"""Averages over a whole file of Llama 2 7B, as llama.cpp printed them; other shapes differ a little."""


def engine_of(measurement: Measurement) -> str | None:
    """The name in :data:`ENGINES` of the engine that a figure was measured with."""
    return next((name for name in ENGINES if measurement.engine.startswith(name)), None)


def unspecific(engine: Engine) -> Engine:
    """Nothing but how the engine's figures are to be read: what remains is the general estimate."""
    return Engine(binary_units=engine.binary_units, runtime=engine.runtime, prompt="pieces")


def published_bytes(measurement: Measurement, engine: Engine) -> float | None:
    """A published figure in bytes; ``None`` where its unit is none of memory."""
    unit = _BINARY.get(measurement.unit, measurement.unit) if engine.binary_units else measurement.unit
    return float(measurement.value) * _UNITS[unit] if unit in _UNITS else None


def estimated_bytes(measurement: Measurement, checkpoint: Checkpoint, engine: Engine) -> float | None:
    """What ``checkpoint`` should need in the setting of a published figure; ``None`` where it cannot be said."""
    if checkpoint.parameters is None or checkpoint.shape is None:
        return None
    parameters, shape = checkpoint.parameters, checkpoint.shape
    if engine.never_ties and shape.tied_embeddings is True:
        parameters, shape = _untied(parameters, shape)
    bits = printed_bits(measurement.precision, engine, shape)
    weights = weight_bytes(parameters, shape, bits) if bits is not None else None
    if bits is None or weights is None:
        return None
    if engine.embedding_on_host:
        weights -= int((tables(shape) or (0, 0))[0] * bits.embedding / 8)
    if measurement.metric == "file-size":
        return weights
    if measurement.metric == "load-gpu-memory":
        return weights + engine.runtime
    running = _running_bytes(measurement, shape, bits, engine)
    return None if running is None else weights + running + engine.runtime


def _running_bytes(measurement: Measurement, shape: Shape, bits: Bits, engine: Engine) -> float | None:
    """What is needed beside the weights to run."""
    prompt, new, batch = measurement.prompt_tokens or 0, measurement.new_tokens or 0, measurement.batch or 1
    each = 1 + 4 / (shape.head_dim or 128) if "int8 KV" in measurement.precision else 2  # and one scale a head
    cache = cache_bytes(shape, new if engine.cache_of_new else prompt + new, batch, each)
    at_once = {"whole": batch * max(1, prompt), "pieces": tokens_at_once(prompt + new, batch), "tokens": batch}
    activations = activation_bytes(shape, at_once[engine.prompt], batch, engine.forward)
    if cache is None or activations is None:
        return None
    at_work = 0 if engine.after_step else activations + workspace_bytes(shape, bits)
    loading = _joined_bytes(shape, bits) if engine.joins_projections else 0
    buffers = 0
    if engine.buffers and isinstance(shape.ffn, int):
        buffers = 2 * (_BUFFERED_TOKENS * shape.ffn + largest_matrix(shape))
    return cache * engine.cache_growth + max(at_work, loading) + buffers


def _joined_bytes(shape: Shape, bits: Bits) -> int:
    """The joined query, key and value matrices of all layers."""
    layers, hidden, heads, kv_heads = shape.layers, shape.hidden, shape.heads, shape.kv_heads
    if shape.architecture not in _SEPARATE_PROJECTIONS:
        return 0
    if not (isinstance(layers, int) and isinstance(hidden, int)):
        return 0
    if not (isinstance(heads, int) and isinstance(kv_heads, int)):
        return 0
    rows = (heads + 2 * kv_heads) * (shape.head_dim or hidden // heads)
    return int(layers * hidden * rows * bits.body / 8)


def _untied(parameters: Parameters, shape: Shape) -> tuple[Parameters, Shape]:
    """The same network with its output head stored beside the embedding table."""
    embedding = (tables(shape) or (0, 0))[0]
    total = parameters.total + embedding if isinstance(parameters.total, int) else parameters.total
    return parameters.model_copy(update={"total": total}), shape.model_copy(update={"tied_embeddings": False})


def printed_bits(printed: str, engine: Engine, shape: Shape) -> Bits | None:
    """The bits of a precision as a source prints it (``gptq-4bit-g128``, ``bf16 + int8 KV``) with an engine."""
    name = printed.split(" + ", maxsplit=1)[0]
    grouped = _GROUPED.fullmatch(name)
    blocks = _EARLY_BLOCKS if engine.early_scales else _BLOCKS
    if name in _WHOLE:
        return Bits(_WHOLE[name], _WHOLE[name], _WHOLE[name])
    if name in _UNPACKED:
        body = _UNPACKED[name]
        return Bits(body, 16, body if engine.head_as_body else 16, unpacks=True)
    if grouped:
        body = int(grouped[1])
        group = int(grouped[2] or 0)
        return Bits(body + ((16 + body) / group if group else 0), 16, 16)
    if name == "q4_k_m":
        return BITS["q4_k_m"]
    if name in _MIXES:
        return Bits(_MIXES[name], _MIXES[name], _MIXES[name])
    return _block_bits(blocks[name], engine, shape) if name in blocks else None


def _block_bits(body: float, engine: Engine, shape: Shape) -> Bits:
    """The bits of a file in one of ggml's block formats."""
    if engine.tables_bits is not None:
        return Bits(body, engine.tables_bits, engine.tables_bits)
    head = body
    if engine.head_by_rows and body < 8:
        narrow = isinstance(shape.hidden, int) and shape.hidden % 256
        head = 8.5 if narrow else _BLOCKS["q6_k"]
    return Bits(body, body, head)
