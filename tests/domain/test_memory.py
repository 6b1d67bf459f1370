"""What a checkpoint needs: exact bytes for shapes that are well known, and every way to be unknown."""

from __future__ import annotations

from typing import Any

import pytest

from gptalt_catalog.domain.family import Checkpoint, Parameters, Shape
from gptalt_catalog.domain.memory import (
    BITS,
    GIB,
    PREFILL,
    RUNTIME,
    Bits,
    Forward,
    activation_bytes,
    bits_of,
    cache_bytes,
    largest_matrix,
    memory_need,
    tables,
    tokens_at_once,
    weight_bytes,
    workspace_bytes,
)

KIB, MIB = 2**10, 2**20

LLAMA_7B: dict[str, Any] = {
    "architecture": "LlamaForCausalLM", "design": "decoder", "layers": 32, "hidden": 4096, "heads": 32, "kv_heads": 32,
    "ffn": 11008, "gated_ffn": True, "vocabulary": 32000, "context": 2048, "positions": "rotary",
    "tied_embeddings": False,
}  # fmt: skip
LLAMA_7B_PARAMETERS = 6_738_415_616


def shape(**changes: object) -> Shape:
    return Shape.model_validate(LLAMA_7B | changes)


def checkpoint(total: object = LLAMA_7B_PARAMETERS, **changes: object) -> Checkpoint:
    return Checkpoint(
        id="x",
        family="x",
        name="X",
        roles=("base",),
        parameters=Parameters.model_validate({"total": total}),
        shape=shape(**changes),
    )


@pytest.mark.parametrize(
    ("changes", "bytes_a_token"),
    [
        pytest.param({}, MIB // 2, id="llama-7b"),
        pytest.param({"layers": 80, "hidden": 8192, "heads": 64, "kv_heads": 8}, 320 * KIB, id="llama-2-70b"),
        pytest.param({"hidden": 4544, "heads": 71, "kv_heads": 1, "head_dim": 64}, 8 * KIB, id="falcon-7b"),
        pytest.param({"layers": 28, "kv_heads": 2, "head_dim": 128}, 28 * KIB, id="chatglm2-6b"),
        pytest.param({"design": "prefix-decoder", "layers": 28}, 448 * KIB, id="chatglm-6b"),
        pytest.param({"kv_heads": None}, MIB // 2, id="no key-value heads stated: as many as heads"),
        pytest.param({"kv_heads": "unknown"}, MIB // 2, id="key-value heads unknown: as many as heads"),
        pytest.param({"layers": 61, "kv_rank": 512, "rope_dim": 64}, 61 * 576 * 2, id="latent attention"),
        pytest.param({"kv_rank": 512, "heads": None}, 32 * 512 * 2, id="latent attention without a rotary part"),
        pytest.param({"design": "hybrid", "attention_layers": 4}, MIB // 16, id="hybrid"),
        pytest.param({"design": "encoder-decoder", "encoder_layers": 24, "layers": 24, "hidden": 1024, "heads": 16,
                      "kv_heads": 16, "head_dim": 64}, 2 * 96 * KIB, id="t5-large: its own and the encoder's"),
    ],
)  # fmt: skip
def test_cache_of_a_token(changes: dict[str, object], bytes_a_token: int) -> None:
    assert cache_bytes(shape(**changes), 1) == bytes_a_token
    assert cache_bytes(shape(**changes), 2048) == 2048 * bytes_a_token
    assert cache_bytes(shape(**changes), 2048, batch=3) == 3 * 2048 * bytes_a_token


def test_cache_in_eight_bits() -> None:
    assert cache_bytes(shape(), 1, bytes_each=1 + 4 / 128) == MIB // 4 * 33 // 32


def test_a_recurrent_state_is_constant() -> None:
    rwkv_4_14b = shape(design="recurrent", layers=40, hidden=5120, heads=None, kv_heads=None, positions="none")
    assert cache_bytes(rwkv_4_14b, 1) == 4_096_000
    assert cache_bytes(rwkv_4_14b, 100_000) == 4_096_000
    assert cache_bytes(rwkv_4_14b, 1, batch=2) == 8_192_000


def test_a_sliding_window_keeps_what_it_sees() -> None:
    token = MIB // 2 // 32  # of one layer
    everywhere = shape(sliding_window=1024)
    assert cache_bytes(everywhere, 512) == 512 * 32 * token
    assert cache_bytes(everywhere, 4096) == 1024 * 32 * token
    mixed = shape(sliding_window=1024, global_layers=8)
    assert cache_bytes(mixed, 4096) == (24 * 1024 + 8 * 4096) * token
    assert cache_bytes(shape(sliding_window=1024, global_layers=40), 4096) == 4096 * 32 * token


@pytest.mark.parametrize(
    "changes",
    [{"layers": "unknown"}, {"hidden": "undisclosed"}, {"heads": None}, {"design": "hybrid"}],
    ids=["layers", "width", "heads", "attention layers of a hybrid"],
)
def test_cache_unknown(changes: dict[str, object]) -> None:
    assert cache_bytes(shape(**changes), 2048) is None
    assert memory_need(checkpoint(**changes), "fp16", 2048) is None


def test_weights() -> None:
    llama = Parameters(total=LLAMA_7B_PARAMETERS)
    table = 32000 * 4096
    body = LLAMA_7B_PARAMETERS - 2 * table
    assert weight_bytes(llama, shape(), BITS["fp16"]) == 2 * LLAMA_7B_PARAMETERS
    assert weight_bytes(llama, shape(), BITS["int8"]) == body + 4 * table
    assert weight_bytes(llama, shape(), BITS["nf4"]) == int(body * 4.5 / 8) + 4 * table
    assert weight_bytes(llama, shape(), BITS["q8_0"]) == LLAMA_7B_PARAMETERS * 17 // 16
    assert weight_bytes(llama, shape(), BITS["gptq-4bit"]) == int(body * 4.15625 / 8 + 4 * table)


def test_tied_weights_are_stored_once() -> None:
    tied = shape(tied_embeddings=True)
    parameters = Parameters(total=LLAMA_7B_PARAMETERS - 32000 * 4096)
    table, head = 32000 * 4096, 0
    assert tables(tied) == (table, head)
    assert weight_bytes(parameters, tied, BITS["fp16"]) == 2 * (LLAMA_7B_PARAMETERS - table)
    # below 16 bits the one table is kept as the head is
    assert weight_bytes(parameters, tied, Bits(4, 4.5, 6)) == int((LLAMA_7B_PARAMETERS - 2 * table) / 2 + table * 6 / 8)


def test_a_tower_for_images_keeps_sixteen_bits() -> None:
    whole = Parameters(total=LLAMA_7B_PARAMETERS + 10**9, vision=10**9)
    alone = weight_bytes(Parameters(total=LLAMA_7B_PARAMETERS), shape(), BITS["nf4"])
    assert alone is not None
    assert weight_bytes(whole, shape(), BITS["nf4"]) == alone + 2 * 10**9
    assert weight_bytes(whole, shape(), BITS["fp32"]) == 4 * (LLAMA_7B_PARAMETERS + 10**9)


def test_embeddings_may_be_narrower_than_the_network() -> None:
    assert tables(shape(embedding_width=512)) == (32000 * 512, 32000 * 512)


@pytest.mark.parametrize(
    "changes",
    [{"vocabulary": "unknown"}, {"hidden": "unknown"}, {"tied_embeddings": "unknown"}],
    ids=["vocabulary", "width", "tied"],
)
def test_weights_unknown(changes: dict[str, object]) -> None:
    assert tables(shape(**changes)) is None
    assert weight_bytes(Parameters(total=10**9), shape(**changes), BITS["fp16"]) is None


def test_weights_of_an_unknown_count() -> None:
    assert weight_bytes(Parameters(total="undisclosed"), shape(), BITS["fp16"]) is None


def test_activations_are_the_largest_step() -> None:
    feed_forward = 2048 * (6 * 4096 + 6 * 11008)
    assert activation_bytes(shape(), 2048) == feed_forward
    ungated = shape(gated_ffn=False, ffn=1024)
    assert activation_bytes(ungated, 2048) == 2048 * 8 * 4096
    assert activation_bytes(shape(), 1) == 32000 * 6
    assert activation_bytes(shape(), 4, sequences=4) == 4 * 32000 * 6


def test_activations_as_the_program_runs() -> None:
    bloom = shape(vocabulary=250880)
    assert activation_bytes(bloom, 2048, forward=Forward(all_logits=True)) == 2048 * 250880 * 6
    assert activation_bytes(bloom, 2048, forward=Forward(all_logits=True, logit_bytes=2)) == 2048 * 250880 * 2
    # ten bytes for each pair of tokens of a head, in each of two sequences
    eager = Forward(score_bytes=10)
    assert activation_bytes(shape(), 4096, 2, eager) == 4096 * 8 * 4096 + 2 * 32 * 2048**2 * 10
    headless = shape(design="recurrent", heads=None, kv_heads=None)
    assert activation_bytes(headless, 2048, 1, eager) == activation_bytes(headless, 2048)


@pytest.mark.parametrize(
    ("changes", "width"),
    [
        ({"experts": 8, "experts_active": 2}, 2 * 11008),
        ({"experts": 8, "experts_active": 2, "expert_ffn": 1024, "ffn": None}, 2 * 1024),
        ({"experts": 8, "experts_active": 2, "expert_ffn": 1024, "shared_ffn": 512, "ffn": None}, 2 * 1024 + 512),
        ({"experts": 8, "expert_ffn": 4096, "ffn": None}, 4096),
        ({"experts": 64, "experts_active": 6, "expert_ffn": 1024, "dense_layers": 1}, 11008),
    ],
    ids=["as wide as a dense block", "own width", "and a shared one", "one at a time", "the dense layer is wider"],
)
def test_activations_of_a_mixture(changes: dict[str, object], width: int) -> None:
    assert activation_bytes(shape(**changes), 2048) == 2048 * (6 * 4096 + 6 * width)


@pytest.mark.parametrize(
    "changes",
    [{"vocabulary": "unknown"}, {"hidden": "unknown"}, {"ffn": None}, {"ffn": "unknown", "experts": 8}],
    ids=["vocabulary", "width", "feed-forward", "experts"],
)
def test_activations_unknown(changes: dict[str, object]) -> None:
    assert activation_bytes(shape(**changes), 2048) is None


def test_largest_matrix() -> None:
    assert largest_matrix(shape()) == 4096 * 11008
    assert largest_matrix(shape(ffn="unknown")) == 4096**2
    assert largest_matrix(shape(experts=64, expert_ffn=5000)) == 4096 * 5000
    assert largest_matrix(shape(hidden="unknown")) == 0


def test_workspace_is_for_formats_that_unpack() -> None:
    assert workspace_bytes(shape(), BITS["fp16"]) == 0
    assert workspace_bytes(shape(), BITS["gptq-4bit"]) == 0
    assert workspace_bytes(shape(), BITS["nf4"]) == 4 * 4096 * 11008
    quantized_head = Bits(4.5, 16, 4.5, unpacks=True)
    assert workspace_bytes(shape(), quantized_head) == 4 * 4096 * 32000
    assert workspace_bytes(shape(tied_embeddings=True), quantized_head) == 4 * 4096 * 32000
    assert workspace_bytes(shape(tied_embeddings="unknown"), quantized_head) == 4 * 4096 * 11008


def test_k_quants_need_rows_of_256() -> None:
    assert bits_of("q4_k_m", shape()) == BITS["q4_k_m"]
    assert bits_of("q4_k_m", shape(hidden=4544)) == Bits(5.5, 5.5, 8.5)
    assert bits_of("q8_0", shape(hidden=4544)) == BITS["q8_0"]
    assert bits_of("q4_k_m", shape(hidden="unknown")) == BITS["q4_k_m"]


def test_prompts_run_in_pieces() -> None:
    assert tokens_at_once(512, 1) == 512
    assert tokens_at_once(512, 8) == PREFILL
    assert tokens_at_once(100_000, 1) == PREFILL
    assert tokens_at_once(1, PREFILL * 2) == PREFILL * 2


def test_the_need_is_the_sum_of_its_parts() -> None:
    need = memory_need(checkpoint(), "nf4", 4096, batch=2)
    assert need is not None
    assert need.weights == weight_bytes(Parameters(total=LLAMA_7B_PARAMETERS), shape(), BITS["nf4"])
    assert need.cache == 4 * GIB
    assert need.activations == activation_bytes(shape(), PREFILL, 2)
    assert need.workspace == 4 * 4096 * 11008
    assert need.runtime == RUNTIME
    assert need.total == sum(vars(need).values())


def test_need_unknown() -> None:
    known = checkpoint()
    assert memory_need(known.model_copy(update={"shape": None}), "fp16", 2048) is None
    assert memory_need(known.model_copy(update={"parameters": None}), "fp16", 2048) is None
    assert memory_need(checkpoint(total="unknown"), "fp16", 2048) is None
    assert memory_need(checkpoint(ffn=None), "fp16", 2048) is None
    assert memory_need(checkpoint(), "fp16", 2048) is not None
