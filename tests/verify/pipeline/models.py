"""Small language models for tests: one with random weights made here, one with real weights beside the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.verify.hub.shared_data import WEIGHTS, need

TEXTS = (
    "Question: Which river is the longest? Answer: The river near the garden, of course.",
    "The cat met the teacher in the garden; the engine of the violin was warm. A. B. C. D. yes no maybe",
    "问题：关于药物的说法正确的是 答案：月亮 Häuser 1905 #### 18",
)


def one_thread() -> None:
    """The models are tiny, and several tests run at once: more threads only wait for one another."""
    import torch

    torch.set_num_threads(1)


def random_tokenizer(*, bos: bool = False, eos: bool = True, pad: bool = False) -> Any:
    """A byte-level BPE as GPT-2's, trained on three lines. By default: an EOS, no BOS, no padding token."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = {"bos_token": "<s>"} if bos else {}
    special |= {"eos_token": "</s>"} if eos else {}
    special |= {"pad_token": "<pad>"} if pad else {}
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        TEXTS,
        trainers.BpeTrainer(
            vocab_size=400,
            show_progress=False,
            special_tokens=list(special.values()),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        ),
    )
    if bos:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<s> $A", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))]
        )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)


def random_model(tokenizer: Any, max_length: int = 1024) -> Any:
    """A Llama of two small layers with random weights, the same on every machine up to rounding.

    Stop signs are more probable than other tokens, so that generated texts end.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    one_thread()
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=max_length,
        initializer_range=0.2,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():
        model.lm_head.weight[tokenizer.convert_tokens_to_ids([".", ":", "Ċ"])] *= 3
    return model


def random_checkpoint(folder: Path) -> Path:
    """The random model as a folder with weights and tokenizer."""
    tokenizer = random_tokenizer()
    tokenizer.save_pretrained(folder)
    random_model(tokenizer).save_pretrained(folder)
    return folder


def stories() -> tuple[Any, Any]:
    """A real model of 260,032 parameters and its tokenizer, which has a BOS and no padding."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = need(WEIGHTS)
    one_thread()
    return AutoModelForCausalLM.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
