"""How many parameters a network of a given shape has.

Sums the embedding, attention, feed-forward, bias and norm weights; within 1 % of the exact count
for the designs of :class:`..family.Shape`, which is what the rule ``parameters-shape`` needs.
"""

from __future__ import annotations

from gptalt_catalog.domain.family import Shape


def parameters_of(shape: Shape) -> int | None:
    """The parameter count that follows from ``shape``; ``None`` where a needed part is not known."""
    layers, hidden, ffn, vocabulary = shape.layers, shape.hidden, shape.ffn, shape.vocabulary
    if not (isinstance(layers, int) and isinstance(hidden, int) and isinstance(ffn, int) and isinstance(vocabulary, int)):
        return None
    if shape.tied_embeddings == "unknown":
        return None
    feed_forward = (3 if shape.gated_ffn else 2) * hidden * ffn
    if shape.experts is not None:
        feed_forward = shape.experts * feed_forward + hidden * shape.experts
    embedding = vocabulary * (shape.embedding_width or hidden) * (1 if shape.tied_embeddings else 2)
    if shape.positions == "learned":
        if not isinstance(shape.context, int):
            return None
        embedding += shape.context * hidden
    if shape.design == "recurrent":
        # RWKV-4: four square matrices mix over time; the channel mix has one gate besides its two.
        return embedding + layers * (5 * hidden**2 + feed_forward + 11 * hidden)
    attention = _attention(shape, hidden)
    if attention is None:
        return None
    small = 2 * hidden if shape.gated_ffn else 9 * hidden + ffn  # norms; biases where they are usual
    total = embedding + layers * (attention + feed_forward + small)
    if shape.design == "encoder-decoder":
        if shape.encoder_layers is None:
            return None
        total += shape.encoder_layers * (attention + feed_forward + small) + layers * attention
    return total


def _attention(shape: Shape, hidden: int) -> int | None:
    if not isinstance(shape.heads, int):
        return None
    width = shape.heads * (shape.head_dim or hidden // shape.heads)
    kv_heads = shape.kv_heads if isinstance(shape.kv_heads, int) else shape.heads
    return 2 * hidden * width + 2 * hidden * kv_heads * (width // shape.heads)
