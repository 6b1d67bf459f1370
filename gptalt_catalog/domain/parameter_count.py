"""How many parameters a network of a given shape has.

Sums the embedding, attention, feed-forward, bias and norm weights; within 1 % of the exact count
for the designs of :class:`..family.Shape`, which is what the rule ``parameters-shape`` needs.
"""

from __future__ import annotations

from gptalt_catalog.domain.family import Shape


def parameters_of(shape: Shape) -> int | None:
    """The parameter count that follows from ``shape``; ``None`` where a needed part is not known.

    Hybrids and latent attention have no closed form here: what their layers hold differs too much.
    """
    if shape.design == "hybrid" or shape.kv_rank is not None or shape.tied_embeddings == "unknown":
        return None
    layers, hidden, vocabulary = shape.layers, shape.hidden, shape.vocabulary
    if not (isinstance(layers, int) and isinstance(hidden, int) and isinstance(vocabulary, int)):
        return None
    feed_forward = _feed_forward(shape, layers, hidden)
    if feed_forward is None:
        return None
    embedding = vocabulary * (shape.embedding_width or hidden) * (1 if shape.tied_embeddings else 2)
    if shape.positions == "learned":
        if not isinstance(shape.context, int):
            return None
        embedding += shape.context * hidden
    if shape.design == "recurrent":
        # RWKV-4: four square matrices mix over time; the channel mix has one gate besides its two.
        return embedding + feed_forward + layers * (5 * hidden**2 + 11 * hidden)
    attention = _attention(shape, hidden)
    if attention is None:
        return None
    total = embedding + feed_forward + layers * (attention + 2 * hidden)
    if shape.design == "encoder-decoder":
        encoder = _feed_forward(shape, shape.encoder_layers or 0, hidden)
        if not shape.encoder_layers or encoder is None:
            return None
        total += encoder + shape.encoder_layers * (attention + 2 * hidden) + layers * attention
    return total


def _feed_forward(shape: Shape, layers: int, hidden: int) -> int | None:
    """The feed-forward blocks of ``layers`` layers, with the biases that ungated designs usually have."""
    matrices = 3 if shape.gated_ffn else 2
    dense = layers if shape.experts is None else shape.dense_layers or 0
    total = 0
    if dense:
        if not isinstance(shape.ffn, int):
            return None
        small = 0 if shape.gated_ffn else 7 * hidden + shape.ffn
        total += dense * (matrices * hidden * shape.ffn + small)
    if shape.experts is not None:
        width = shape.expert_ffn or shape.ffn
        if not isinstance(width, int):
            return None
        experts = shape.experts * (matrices * hidden * width + hidden)
        total += (layers - dense) * (experts + matrices * hidden * (shape.shared_ffn or 0))
    return total


def _attention(shape: Shape, hidden: int) -> int | None:
    if not isinstance(shape.heads, int):
        return None
    width = shape.heads * (shape.head_dim or hidden // shape.heads)
    kv_heads = shape.kv_heads if isinstance(shape.kv_heads, int) else shape.heads
    return 2 * hidden * width + 2 * hidden * kv_heads * (width // shape.heads)
