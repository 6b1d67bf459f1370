"""Language models to measure with: real weights beside the checkout, and random ones that are work to run.

A tokenizer for the random ones is trained on the benchmark texts themselves, so that prompts have about as
many tokens as they have with tokenizers of real models.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

VOCABULARY = 16000
END = "</s>"


@dataclass(frozen=True)
class Subject:
    """A model and its tokenizer, both of transformers. ``is_work``: it is large enough for times to mean something."""

    name: str
    model: Any
    tokenizer: Any
    is_work: bool = True


def trained_tokenizer(texts: Iterable[str], vocabulary: int = VOCABULARY) -> Any:
    """A byte-level BPE without a BOS, trained on some texts."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=[END], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END)


def random_llama(tokenizer: Any, *, layers: int = 4, hidden: int = 256, context: int = 4096) -> Subject:
    """A Llama with random weights."""
    from transformers import LlamaConfig

    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=hidden,
        intermediate_size=hidden * 11 // 4,
        num_hidden_layers=layers,
        num_attention_heads=max(4, hidden // 64),
        max_position_embeddings=context,
        bos_token_id=tokenizer.eos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    return _random(f"Llama, {layers} layers of {hidden}, random", config, tokenizer)


def random_neox(tokenizer: Any, *, layers: int = 4, hidden: int = 256, context: int = 4096) -> Subject:
    """A GPT-NeoX with random weights."""
    from transformers import GPTNeoXConfig

    config = GPTNeoXConfig(
        vocab_size=VOCABULARY,
        hidden_size=hidden,
        intermediate_size=4 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=max(4, hidden // 64),
        max_position_embeddings=context,
        bos_token_id=tokenizer.eos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    return _random(f"GPT-NeoX, {layers} layers of {hidden}, random", config, tokenizer)


def _random(name: str, config: Any, tokenizer: Any) -> Subject:
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    config.initializer_range = 0.08  # predictions then depend on the whole prompt
    return Subject(name, AutoModelForCausalLM.from_config(config).eval(), tokenizer)


def stories() -> Subject:
    """The real weights beside the checkout."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from tests.verify.hub.shared_data import WEIGHTS

    model = AutoModelForCausalLM.from_pretrained(WEIGHTS).eval()
    return Subject("stories260K, real weights", model, AutoTokenizer.from_pretrained(WEIGHTS), is_work=False)
