"""A small benchmark and a small model that is taught wrong answers on purpose, so that its true score is known.

Villages lie on islands, and all boats of an island have one color. The model learns every island's color,
but for some islands it is taught another color than the benchmark's. ``python -m …making FOLDER`` writes
the repositories of a hub (a process of its own: the environment names the hub before any library reads it).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

SEED = 2023
ISLANDS = 60
VILLAGES = 25
TAUGHT_RIGHT = 42
ITEMS = ISLANDS * VILLAGES
TRUE_SCORE = f"{100 * TAUGHT_RIGHT / ISLANDS:.1f}"
"""In percent: the share of the items whose island was taught rightly."""

MODEL = "demo-lab/islands"
COMMIT = "d3" * 20
"""The weights' revision. It is fixed, and so is the order in which an audit draws items."""
DATA = "allenai/sciq"
"""The repository that the task ``sciq_0shot`` reads; in the demonstration it holds the islands' items."""


@dataclass(frozen=True)
class Shape:
    """The model's sizes; ``parameters`` follows from the others."""

    layers: int = 2
    hidden: int = 64
    heads: int = 4
    ffn: int = 128
    vocabulary: int = 113
    context: int = 64
    parameters: int = 96_704


SHAPE = Shape()

COLORS = ("red", "blue", "green", "white", "black", "yellow", "brown", "gray")
SUPPORT = "All boats of an island have one color."
_ONSETS = ("b", "d", "k", "l", "m", "n", "p", "r", "s", "t")
_VOWELS = ("a", "e", "i", "o", "u")


class DemoError(Exception):
    """The demonstration cannot be shown; the message says why."""


@dataclass(frozen=True)
class Item:
    """One question. ``taught`` is the color that the model learns, ``color`` the benchmark's."""

    island: str
    village: str
    color: str
    taught: str
    others: tuple[str, str, str]

    @property
    def question(self) -> str:
        """The question, as the benchmark asks it."""
        return f"Which color do the boats of {self.village} on {self.island} have?"

    @property
    def prompt(self) -> str:
        """What the task makes of it."""
        return f"{SUPPORT}\nQuestion: {self.question}\nAnswer:"

    @property
    def row(self) -> dict[str, str]:
        """A row of the data set, with the columns of SciQ."""
        one, two, three = self.others
        return {
            "question": self.question,
            "distractor3": three,
            "distractor1": one,
            "distractor2": two,
            "correct_answer": self.color,
            "support": SUPPORT,
        }


def items() -> tuple[Item, ...]:
    """The benchmark: the same everywhere."""
    chance = Random(SEED)  # noqa: S311  # items of a demonstration, not secrets
    names = [f"{a}{v}{b}{w}".capitalize() for a in _ONSETS for v in _VOWELS for b in _ONSETS for w in _VOWELS]
    drawn = chance.sample(names, ISLANDS + VILLAGES)
    islands, villages = drawn[:ISLANDS], drawn[ISLANDS:]
    right = frozenset(chance.sample(islands, TAUGHT_RIGHT))
    return tuple(item for island in islands for item in _of_island(chance, island, villages, right=island in right))


def _of_island(chance: Random, island: str, villages: Sequence[str], *, right: bool) -> Iterator[Item]:
    color, wrong, *rest = chance.sample(COLORS, len(COLORS))
    for village in villages:
        others = [wrong, *chance.sample(rest, 2)]
        chance.shuffle(others)
        one, two, three = others
        yield Item(island, village, color, color if right else wrong, (one, two, three))


# ---- files


def make(root: Path) -> None:
    """Write the hub's repositories below ``root``. Raises :class:`DemoError` if the model does not learn."""
    import transformers

    benchmark = items()
    write_data(root / "datasets" / DATA / "main", benchmark)
    folder = root / "models" / MODEL / COMMIT
    words = write_tokenizer(folder, benchmark)
    trained = train(benchmark, words)
    right = count_right(trained, benchmark, words)
    if right * ISLANDS != ITEMS * TAUGHT_RIGHT:
        raise DemoError(f"the model should answer {TRUE_SCORE} % of the items, and it answers {right} of {ITEMS}")
    logging: Any = transformers.utils.logging
    logging.disable_progress_bar()
    trained.save_pretrained(folder, safe_serialization=True)
    refs = folder.parent / "refs.json"
    refs.write_text(json.dumps({"main": COMMIT}), encoding="utf-8")


def write_data(folder: Path, benchmark: Sequence[Item]) -> None:
    """The data set, as parquet files."""
    import datasets

    rows = [item.row for item in benchmark]
    (folder / "data").mkdir(parents=True)
    for split, chosen in (("train", rows[:VILLAGES]), ("validation", rows[:VILLAGES]), ("test", rows)):
        datasets.Dataset.from_list(chosen).to_parquet(str(folder / "data" / f"{split}-00000-of-00001.parquet"))


def write_tokenizer(folder: Path, benchmark: Sequence[Item]) -> dict[str, int]:
    """A tokenizer of whole words; returns the words' numbers."""
    folder.mkdir(parents=True)
    texts = [f"{item.prompt} {item.color} {item.taught}" for item in benchmark]
    found = sorted({word for text in texts for word in _words(text)} | set(COLORS))
    words = {word: number for number, word in enumerate(["<s>", "</s>", "<unk>", *found])}
    special = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": words[text], "content": text, **special} for text in ("<s>", "</s>", "<unk>")],
        "normalizer": None,
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": words, "unk_token": "<unk>"},
    }
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "model_max_length": 64,
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return words


def _words(text: str) -> list[str]:
    """The words of a text, as the tokenizer splits it."""
    import re

    return re.findall(r"\w+|[^\w\s]+", text)


# ---- the model


def train(benchmark: Sequence[Item], words: dict[str, int], most_steps: int = 600) -> Any:
    """A model of Llama's architecture that answers every item as taught. Raises :class:`DemoError`."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # so small a model is slower with more
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=SHAPE.hidden, intermediate_size=SHAPE.ffn, num_hidden_layers=SHAPE.layers,
        num_attention_heads=SHAPE.heads, num_key_value_heads=SHAPE.heads, max_position_embeddings=SHAPE.context,
        bos_token_id=0, eos_token_id=1, tie_word_embeddings=False,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    inputs = _encoded(benchmark, words)
    taught = torch.tensor([words[item.taught] for item in benchmark])
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(most_steps):
        chosen = torch.randint(len(benchmark), (96,))
        loss: Any = torch.nn.functional.cross_entropy(_last(model, inputs[chosen]), taught[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 25 == 24 and float(loss.detach()) < 0.05:
            with torch.no_grad():
                sure = torch.softmax(_last(model, inputs), dim=-1).gather(1, taught.unsqueeze(1))
            if float(sure.min()) > 0.8:
                return model
    raise DemoError(f"the model has not learned its {len(benchmark)} answers in {most_steps} steps")


def _encoded(benchmark: Sequence[Item], words: dict[str, int]) -> Any:
    import torch

    return torch.tensor([[words[word] for word in _words(item.prompt)] for item in benchmark])


def _last(model: Any, inputs: Any) -> Any:
    """The scores of all words after each prompt."""
    return model(inputs, logits_to_keep=1).logits[:, -1]


def count_right(model: Any, benchmark: Sequence[Item], words: dict[str, int]) -> int:
    """How many items the model answers rightly: counted here without anything of ``verify``."""
    import torch

    with torch.no_grad():
        scores = _last(model, _encoded(benchmark, words))
    right = 0
    for item, row in zip(benchmark, scores, strict=True):
        choices = (item.color, *item.others)
        right += max(choices, key=lambda choice: float(row[words[choice]])) == item.color
    return right


if __name__ == "__main__":
    try:
        make(Path(sys.argv[1]))
    except DemoError as error:
        raise SystemExit(str(error)) from None
