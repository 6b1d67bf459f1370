"""How much memory a checkpoint needs: weights, cache, activations, workspace and runtime.

Everything follows from the shape, in bytes. The formulas, with their sources and their checks
against published figures, are in docs/memory.md; the constants marked *fitted* there are the only
ones that were read off measurements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gptalt_catalog.domain.family import Checkpoint, Parameters, Shape

Precision = Literal["fp32", "fp16", "q8_0", "int8", "q4_k_m", "gptq-4bit", "nf4"]
"""``fp16`` stands for bf16 too. ``int8`` and ``nf4`` are bitsandbytes', ``gptq-4bit`` is GPTQ's or
AWQ's with groups of 128, ``q8_0`` and ``q4_k_m`` are GGUF's."""

PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16", "q8_0", "int8", "q4_k_m", "gptq-4bit", "nf4")
ALIASES: dict[str, Precision] = {
    "bf16": "fp16", "float16": "fp16", "bfloat16": "fp16", "float32": "fp32", "8bit": "int8", "int4": "q4_k_m",
    "4bit": "q4_k_m", "gguf": "q4_k_m", "q4": "q4_k_m", "awq": "gptq-4bit", "gptq": "gptq-4bit", "q8": "q8_0",
}  # fmt: skip
"""Other words for the precisions; ``int4`` is the most used 4-bit form, Q4_K_M."""


@dataclass(frozen=True)
class Bits:
    """Bits per number of the body's matrices, of the embedding table and of the output head."""

    body: float
    embedding: float
    head: float
    unpacks: bool = False  # keeps a 16-bit copy of the matrix at work


BITS: dict[Precision, Bits] = {
    "fp32": Bits(32, 32, 32),
    "fp16": Bits(16, 16, 16),
    "q8_0": Bits(8.5, 8.5, 8.5),
    "int8": Bits(8, 16, 16, unpacks=True),
    "q4_k_m": Bits(4.815, 4.5, 6.5625),
    "gptq-4bit": Bits(4 + 20 / 128, 16, 16),
    "nf4": Bits(4.5, 16, 16, unpacks=True),
}
_NARROW_Q4_K_M = Bits(5.5, 5.5, 8.5)
"""What llama.cpp falls back to where rows are no multiple of 256 numbers, which k-quants need."""

RUNTIME = 5 * 2**28
"""Context, libraries and fragmentation of a GPU process: 1.25 GiB (*fitted*)."""

PREFILL = 2048
"""Tokens of prompts that are computed at a time, all sequences together; servers split what is longer."""

GIB = 2**30


@dataclass(frozen=True)
class Need:
    """The memory that a checkpoint needs, in bytes, by what it is needed for."""

    weights: int
    cache: int
    activations: int
    workspace: int
    runtime: int

    @property
    def total(self) -> int:
        """The sum: what the device must have free."""
        return self.weights + self.cache + self.activations + self.workspace + self.runtime


def memory_need(checkpoint: Checkpoint, precision: Precision, context: int, batch: int = 1) -> Need | None:
    """What ``checkpoint`` needs to generate text; ``None`` where its shape is not known well enough.

    Args:
        checkpoint: The checkpoint, defaults filled in.
        precision: How the weights are stored. The cache is in 16 bits.
        context: Tokens of prompt and answer together, for each sequence.
        batch: Sequences at a time.
    """
    if checkpoint.parameters is None or checkpoint.shape is None:
        return None
    bits = bits_of(precision, checkpoint.shape)
    weights = weight_bytes(checkpoint.parameters, checkpoint.shape, bits)
    cache = cache_bytes(checkpoint.shape, context, batch)
    activations = activation_bytes(checkpoint.shape, tokens_at_once(context, batch), batch)
    if weights is None or cache is None or activations is None:
        return None
    return Need(weights, cache, activations, workspace_bytes(checkpoint.shape, bits), RUNTIME)


def bits_of(precision: Precision, shape: Shape) -> Bits:
    """The bits that ``precision`` takes in a network of this shape."""
    if precision == "q4_k_m" and isinstance(shape.hidden, int) and shape.hidden % 256:
        return _NARROW_Q4_K_M
    return BITS[precision]


def workspace_bytes(shape: Shape, bits: Bits) -> int:
    """The 16-bit copies of the matrix at work: two of the largest one (*fitted*)."""
    if not bits.unpacks:
        return 0
    embedding, head = tables(shape) or (0, 0)
    quantized_head = (head or embedding) if bits.head < 16 else 0
    return 2 * 2 * max(largest_matrix(shape), quantized_head)


def tables(shape: Shape) -> tuple[int, int] | None:
    """The numbers in the embedding table and in the output head (0 if it is the table itself)."""
    if not isinstance(shape.vocabulary, int) or not isinstance(shape.hidden, int) or shape.tied_embeddings == "unknown":
        return None
    embedding = shape.vocabulary * (shape.embedding_width or shape.hidden)
    return embedding, 0 if shape.tied_embeddings else embedding


def weight_bytes(parameters: Parameters, shape: Shape, bits: Bits) -> int | None:
    """The bytes of the weights; towers for images stay in at least 16 bits."""
    found = tables(shape)
    if not isinstance(parameters.total, int) or found is None:
        return None
    embedding, head = found
    vision = parameters.vision or 0
    body = parameters.total - vision - embedding - head
    # a tied table serves as the head too, and is kept at the better of the two precisions below 16 bits
    shared = head == 0 and bits.embedding < 16
    embedding_bits = max(bits.embedding, bits.head) if shared else bits.embedding
    total = body * bits.body + embedding * embedding_bits + head * bits.head + vision * max(16.0, bits.body)
    return int(total / 8)


def cache_bytes(shape: Shape, tokens: int, batch: int = 1, bytes_each: float = 2) -> int | None:
    """The keys and values (or the recurrent state) of ``batch`` sequences of ``tokens`` tokens."""
    layers, hidden = shape.layers, shape.hidden
    if not isinstance(layers, int) or not isinstance(hidden, int):
        return None
    if shape.design == "recurrent":
        return layers * 5 * hidden * 4 * batch  # five vectors a layer, in 32 bits
    if shape.design == "hybrid":
        if shape.attention_layers is None:
            return None
        layers = shape.attention_layers
    width = _cache_width(shape, hidden)
    if width is None:
        return None
    kept = layers * tokens
    if shape.sliding_window is not None:
        everywhere = min(shape.global_layers or 0, layers)
        kept = everywhere * tokens + (layers - everywhere) * min(tokens, shape.sliding_window)
    if shape.design == "encoder-decoder":
        kept *= 2  # the decoder's own, and what it looks up in the encoder
    return int(kept * width * bytes_each * batch)


def _cache_width(shape: Shape, hidden: int) -> int | None:
    """The numbers that one token adds to the cache of one layer."""
    if shape.kv_rank is not None:
        return shape.kv_rank + (shape.rope_dim or 0)
    if not isinstance(shape.heads, int):
        return None
    kv_heads = shape.kv_heads if isinstance(shape.kv_heads, int) else shape.heads
    return 2 * kv_heads * (shape.head_dim or hidden // shape.heads)


@dataclass(frozen=True)
class Forward:
    """How a program runs its forward pass, as far as it shows in memory."""

    all_logits: bool = False  # keep the output of every token (scoring), not of the last one (generating)
    logit_bytes: int = 2 + 4  # in 16 bits, and again in 32 for the softmax
    score_bytes: int = 0  # for each pair of tokens and head, where no fused kernel does the attention


GENERATING = Forward()


def tokens_at_once(context: int, batch: int) -> int:
    """The tokens of one forward pass over ``batch`` prompts of up to ``context`` tokens."""
    return max(batch, min(context * batch, PREFILL))


def activation_bytes(shape: Shape, tokens: int, sequences: int = 1, forward: Forward = GENERATING) -> int | None:
    """The largest intermediate result of one forward pass without gradients.

    Args:
        shape: The network.
        tokens: All tokens that run through at once, over all sequences.
        sequences: How many sequences they belong to, in equal parts.
        forward: How the program does it.
    """
    hidden, vocabulary = shape.hidden, shape.vocabulary
    ffn = _ffn_at_work(shape)
    if not (isinstance(hidden, int) and isinstance(vocabulary, int) and ffn is not None):
        return None
    logits = (tokens if forward.all_logits else sequences) * vocabulary * forward.logit_bytes
    feed_forward = tokens * (6 * hidden + 2 * ffn * (3 if shape.gated_ffn else 2))
    heads = shape.heads if isinstance(shape.heads, int) else 0
    attention = tokens * 8 * hidden + heads * tokens * tokens // sequences * forward.score_bytes
    return max(logits, feed_forward, attention)


def _ffn_at_work(shape: Shape) -> int | None:
    """The inner width that one token runs through."""
    dense = shape.ffn if isinstance(shape.ffn, int) else None
    if shape.experts is None:
        return dense
    width = shape.expert_ffn or dense
    if width is None:
        return None
    return max(dense or 0, width * (shape.experts_active or 1) + (shape.shared_ffn or 0))


def largest_matrix(shape: Shape) -> int:
    """The numbers in the largest matrix of the body, which some formats unpack to 16 bits to use it."""
    hidden = shape.hidden if isinstance(shape.hidden, int) else 0
    ffn = shape.expert_ffn or (shape.ffn if isinstance(shape.ffn, int) else 0)
    return hidden * max(ffn, hidden)
