"""The scorer on the architectures of the survey's families, with random weights, against lm-eval's model class."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lm_eval")
pytest.importorskip("torch")

from gptalt_catalog.verify.pipeline.scorer import Scorer
from tests.verify.pipeline import models
from tests.verify.pipeline.test_scorer import documents, harness_answers

pytestmark = pytest.mark.verify

SMALL: dict[str, dict[str, Any]] = {
    "gpt2": {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 256},
    "gpt_neo": {
        "hidden_size": 32,
        "num_layers": 2,
        "num_heads": 4,
        "attention_types": [[["global", "local"], 1]],
        "max_position_embeddings": 256,
    },
    "gpt_neox": {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4},
    "gptj": {"n_embd": 32, "n_layer": 2, "n_head": 4, "rotary_dim": 8, "n_positions": 256},
    "opt": {
        "hidden_size": 32,
        "ffn_dim": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "word_embed_proj_dim": 32,
        "max_position_embeddings": 256,
    },
    "bloom": {"hidden_size": 32, "n_layer": 2, "n_head": 4},
    "mpt": {"d_model": 32, "n_layers": 2, "n_heads": 4, "max_seq_len": 256},
    "falcon": {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "alibi": False},
    "stablelm": {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
    },
    "qwen2": {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
    },
    "biogpt": {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4},
    "rwkv": {"hidden_size": 32, "num_hidden_layers": 2, "attention_hidden_size": 32, "context_length": 256},
}


@pytest.mark.parametrize("name", SMALL)
def test_answers_are_lm_evals(name: str) -> None:
    import torch
    from lm_eval.models.huggingface import HFLM
    from transformers import AutoConfig, AutoModelForCausalLM

    models.one_thread()
    tokenizer = models.random_tokenizer()
    torch.manual_seed(0)
    ends = {"bos_token_id": tokenizer.eos_token_id, "eos_token_id": tokenizer.eos_token_id}
    config = AutoConfig.for_model(
        name, vocab_size=len(tokenizer), pad_token_id=tokenizer.eos_token_id, **ends, **SMALL[name]
    )
    model = AutoModelForCausalLM.from_config(config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.mul_(4)
    some = documents(3)
    scorer = Scorer(model, tokenizer, batch=4)
    assert scorer.generator.skips_padding is (name != "rwkv")
    found = {k: v for one in scorer.answer(some) for k, v in one.answers.items()}
    lm = HFLM(pretrained=model, tokenizer=tokenizer, device="cpu", batch_size=1, softmax_dtype="float32")
    for key, value in harness_answers(lm, some).items():
        assert found[key] == (pytest.approx(value, abs=2e-3) if not isinstance(value, str) else value)
