"""Which way of scoring is right for which architecture; writes docs/verify-architectures.md.

``python -m tests.verify.pipeline.parity`` writes the page, a test keeps it current. Every causal class of
transformers that the survey's models use is made with tiny random weights and held against stock scoring:
contexts of ragged lengths, prompts cut from the left, texts cut into windows, with a BOS and without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gptalt_catalog.verify.pipeline.prefix.packed import PackedScoring
from gptalt_catalog.verify.pipeline.prefix.scoring import FAILURES
from gptalt_catalog.verify.pipeline.prefix.ways import candidates
from gptalt_catalog.verify.pipeline.requests import Answer, Document, Request
from gptalt_catalog.verify.pipeline.scorer import Scorer
from gptalt_catalog.verify.pipeline.stock import Row, score_rows
from tests.catalogs import CHECKOUT
from tests.verify.pipeline import models

PAGE = CHECKOUT / "docs" / "verify-architectures.md"
CONTEXT = 256
CUT = 48
"""The context of the models when prompts are to be cut."""

CLOSE = 2e-4
"""Nats: the largest difference of a log-likelihood that counts as equal, in float32."""


@dataclass(frozen=True)
class Architecture:
    """A class of transformers by its ``model_type``, with a small shape and models that have it."""

    type: str
    models: str
    shape: dict[str, Any]
    name: str = ""

    @property
    def label(self) -> str:
        """What the table calls it."""
        return self.name or self.type


_LLAMA = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": CONTEXT,
}
_NEOX = {key: value for key, value in _LLAMA.items() if key != "num_key_value_heads"}
_GPT2 = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": CONTEXT}
_FALCON = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}

ARCHITECTURES = (
    Architecture("gpt2", "GPT-2", _GPT2),
    Architecture(
        "gpt_neo",
        "GPT-Neo",
        {
            "hidden_size": 32,
            "num_layers": 2,
            "num_heads": 4,
            "attention_types": [[["global", "local"], 1]],
            "window_size": 16,
            "max_position_embeddings": CONTEXT,
        },
    ),
    Architecture("gptj", "GPT-J", {**_GPT2, "rotary_dim": 8}),
    Architecture("gpt_neox", "GPT-NeoX, Pythia, Dolly, RedPajama-INCITE, OpenChatKit, StableLM-Alpha", _NEOX),
    Architecture("codegen", "CodeGen", {**_GPT2, "rotary_dim": 8}),
    Architecture(
        "opt",
        "OPT, Galactica",
        {
            "hidden_size": 32,
            "ffn_dim": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "word_embed_proj_dim": 32,
            "max_position_embeddings": CONTEXT,
        },
    ),
    Architecture("biogpt", "BioGPT", _NEOX),
    Architecture("bloom", "BLOOM, BLOOMZ", {"hidden_size": 32, "n_layer": 2, "n_head": 4}),
    Architecture("mpt", "MPT", {"d_model": 32, "n_layers": 2, "n_heads": 4, "max_seq_len": CONTEXT}),
    Architecture("falcon", "Falcon", {**_FALCON, "alibi": False}),
    Architecture("falcon", "Falcon-RW", {**_FALCON, "alibi": True, "multi_query": False}, "falcon (ALiBi)"),
    Architecture("llama", "LLaMA and its fine-tunes, OpenLLaMA, TinyLlama, Yi, DeepSeek LLM, SmolLM", _LLAMA),
    Architecture("mistral", "Mistral", {**_LLAMA, "sliding_window": None}),
    Architecture("mistral", "Mistral-7B-v0.1", {**_LLAMA, "sliding_window": 24}, "mistral (sliding window)"),
    Architecture("qwen2", "Qwen1.5, Qwen2, Qwen2.5", _LLAMA),
    Architecture("stablelm", "StableLM-3B-4E1T", {**_LLAMA, "num_key_value_heads": 4}),
    Architecture("phi", "Phi-1.5, Phi-2", {**_LLAMA, "num_key_value_heads": 4}),
    Architecture("phi3", "Phi-3, Phi-4", _LLAMA),
    Architecture("gemma", "Gemma", {**_LLAMA, "head_dim": 8}),
    Architecture("gemma2", "Gemma 2", {**_LLAMA, "head_dim": 8, "sliding_window": 24, "query_pre_attn_scalar": 8}),
    Architecture("olmo", "OLMo", _LLAMA),
    Architecture("olmo2", "OLMo 2", _LLAMA),
    Architecture("granite", "Granite 3", _LLAMA),
    Architecture("cohere", "Command R", _LLAMA),
    Architecture("qwen3", "Qwen3", {**_LLAMA, "head_dim": 8}),
    Architecture("mixtral", "Mixtral", {**_LLAMA, "num_local_experts": 4}),
    Architecture("qwen2_moe", "Qwen1.5-MoE, Qwen2-MoE", {**_LLAMA, "num_experts": 4, "moe_intermediate_size": 32}),
    Architecture("mamba", "Mamba", {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 8}),
    Architecture(
        "rwkv",
        "RWKV-4",
        {"hidden_size": 32, "num_hidden_layers": 2, "attention_hidden_size": 32, "context_length": CONTEXT},
    ),
)

_WORDS = ("river", "cat", "the", "garden", "violin", "月亮", "A", "engine")


def documents(count: int) -> list[Document]:
    """Documents with a few examples in common, contexts of ragged lengths, and choices of ragged lengths."""
    common = " ".join(_WORDS[(i * i) % 7] for i in range(40))
    found = []
    for i in range(count):
        context = f"{common} {' '.join(_WORDS[(i * k + k) % 8] for k in range(2 + 7 * i % 23))} Answer:"
        asked = [Request("loglikelihood", (context, f" {w} {' '.join(_WORDS[:n])}")) for n, w in enumerate(_WORDS[:4])]
        asked.append(Request("loglikelihood_rolling", (f"{common} {context}",)))
        asked.append(Request("generate_until", (context, {"until": ["."], "max_gen_toks": 12})))
        found.append(Document("quiz", "quiz", i, f"{i:064x}", tuple(asked)))
    return found


def made(architecture: Architecture, tokenizer: Any) -> Any:
    """A model whose outputs hang on every token before: its weights are larger than usual."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    models.one_thread()
    torch.manual_seed(0)
    end = tokenizer.eos_token_id
    config = AutoConfig.for_model(
        architecture.type,
        vocab_size=len(tokenizer),
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
        **architecture.shape,
    )
    model = AutoModelForCausalLM.from_config(config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.mul_(8)
    return model


_FOUND: dict[tuple[str, bool, bool], Parity] = {}


@dataclass(frozen=True)
class Parity:
    """What came out for one architecture. ``apart``: the largest difference of a log-likelihood, in nats."""

    way: str
    generation: str
    note: str
    apart: float
    other_texts: int
    sensitive: float
    """How far log-likelihoods move when two words of the context change places: what a comparison can see."""


def parity(architecture: Architecture, *, bos: bool = False, cut: bool = False) -> Parity:
    """Hold the way that is chosen against the stock way, once. ``cut``: with a context that prompts do not fit."""
    case = architecture.label, bos, cut
    if case not in _FOUND:
        _FOUND[case] = _parity(architecture, bos=bos, cut=cut)
    return _FOUND[case]


def _parity(architecture: Architecture, *, bos: bool, cut: bool) -> Parity:
    tokenizer = models.random_tokenizer(bos=bos)
    model = made(architecture, tokenizer)
    length = CUT if cut else CONTEXT
    some = documents(6)
    fast = Scorer(model, tokenizer, max_length=length)
    fast.check(some[:3])
    one, other = _answers(fast, some), _answers(Scorer(model, tokenizer, max_length=length, scorer="stock"), some)
    return Parity(
        fast.rows.name,
        fast.generator.name,
        fast.self_check.note,
        max(_apart(one[key], value) for key, value in other.items()),
        sum(one[key] != value for key, value in other.items() if isinstance(value, str)),
        _sensitivity(model, fast),
    )


def _answers(scorer: Scorer, some: Sequence[Document]) -> dict[str, Answer]:
    return {key: value for one in scorer.answer(some) for key, value in one.answers.items()}


def _apart(one: Answer, other: Answer) -> float:
    if isinstance(one, str) or isinstance(other, str):
        return 0.0
    return abs((one[0] if isinstance(one, tuple) else one) - (other[0] if isinstance(other, tuple) else other))


def unheard(row: Row, tokens: int) -> None:
    """Nobody counts tokens here."""


def _sensitivity(model: Any, scorer: Scorer) -> float:
    inputs = scorer.distinct_rows(documents(2))[0][-20:]
    swapped = (*inputs[:-3], inputs[-2], inputs[-3], inputs[-1])
    rows = [Row(tokens, [(f"{n} {k}", (k,)) for k in range(5, 25)]) for n, tokens in enumerate((inputs, swapped))]
    found = dict(score_rows(model, rows, scorer.batches, unheard))
    return max(abs(found[f"0 {k}"][0] - found[f"1 {k}"][0]) for k in range(5, 25))


def packed_anyway(architecture: Architecture) -> str:
    """What packed rows would come to where they are not used: the reason for leaving them out."""
    tokenizer = models.random_tokenizer()
    model = made(architecture, tokenizer)
    chosen = candidates(model, CONTEXT)
    stock = Scorer(model, tokenizer, max_length=CONTEXT, scorer="stock")
    rows = [Row(tokens, [(str(n), (5,))]) for n, tokens in enumerate(sorted(stock.distinct_rows(documents(6))))]
    wanted = dict(score_rows(model, rows, stock.batches, unheard))
    way = PackedScoring(chosen.outputs, chosen.expected)
    try:
        found = dict(pair for some in way.score(rows, 2**12, unheard) for pair in some)
    except FAILURES:
        return "would raise an error"
    apart = max(abs(found[name][0] - value[0]) for name, value in wanted.items())
    return "would be right on these texts" if apart < CLOSE else "would be wrong without a word"


HEAD = """# Which architectures are scored how

This page is generated (`python -m tests.verify.pipeline.parity`); a test fails when it is stale.

Three ways give the same log-likelihoods, up to rounding, where they are used:

- **packed** (`prefix-packed-1`): branches side by side in one row, each token seeing its own ancestors by a mask, with
  position ids of its own; every distinct prefix is computed once. Needs a model that takes both.
- **staged** (`prefix-staged-1`): shared beginnings first, the rest of each choice on top of copies of their keys and
  values, or of their recurrent state. Needs neither mask nor position ids: for ALiBi, local attention, sliding
  windows, recurrent models.
- **stock** (`stock-1`): every sequence whole, as lm-eval does it. For whatever else.

Before a run, some of its real requests are answered both ways: a way whose log-likelihoods differ by more than rounding
explains, or that changes a prediction, is not used; the next one is tried, and stock scoring is what remains. The file
of answers and the record name the way and the reason (`scorer`, `self_check`, `self_check_note`). `--scorer stock`
leaves the fast ways out, `--scorer prefix` stops where none is right.

Texts are generated with rows that do not wait for one another (`refill-1`) where that gives the tokens of transformers,
else batch by batch (`stock-1`).

The table: tiny random models of each causal class of transformers {version} that models of the survey use, in float32
on a CPU. "Equal" means: with contexts of ragged lengths and several choices each, with prompts cut from the left to {cut}
tokens, with texts cut into windows, and with a tokenizer that sets a BOS and one that has none, no log-likelihood differs
by more than {close} from stock scoring, and no generated text differs.

| class | models | scored | equal | generated | equal | packed rows |
| --- | --- | --- | --- | --- | --- | --- |
"""

TAIL = """
"Would be wrong without a word" is why the check is not optional: ALiBi, local attention and sliding windows count
distances between places in the row, and no error tells so.

On a GPU packed rows use the same dense mask, or block masks of FlexAttention if the model was loaded with
`attn_implementation="flex_attention"`. Neither has been run on a GPU yet: none was at hand. The block mask is tested on
a CPU to be the dense one. The dense mask is the default there, too: with rows of 4,096 tokens, attention is less than
a fifth of the work of a 7B model, so leaving out masked blocks gains little; `bench/gpu.py` measures both.
"""


def line(architecture: Architecture) -> str:
    """One line of the table."""
    found = [parity(architecture, bos=bos, cut=cut) for bos in (False, True) for cut in (False, True)]
    equal = all(one.apart < CLOSE for one in found)
    same_texts = not any(one.other_texts for one in found)
    way, generation = (", ".join(sorted({getattr(one, field) for one in found})) for field in ("way", "generation"))
    packed = "used" if way.startswith("prefix-packed") else f"{packed_anyway(architecture)} ({_reason(found[0].note)})"
    cells = (
        f"`{architecture.label}`",
        architecture.models,
        f"`{way}`",
        "equal" if equal else "**different**",
        f"`{generation}`",
        "equal" if same_texts else "**different**",
        packed,
    )
    return f"| {' | '.join(cells)} |\n"


def _reason(note: str) -> str:
    return note.partition(";")[0].removeprefix("no packed rows: ")


def page() -> str:
    """The whole page."""
    import transformers

    head = HEAD.format(version=transformers.__version__, cut=CUT, close=CLOSE)
    return head + "".join(line(architecture) for architecture in ARCHITECTURES) + TAIL


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
