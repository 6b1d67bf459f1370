"""The questions on the home page: what visitors ask, and where the site answers it (docs/questions.md)."""

from __future__ import annotations

from dataclasses import dataclass

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.views.words import Language, Word


@dataclass(frozen=True)
class Question:
    """A question, the address of its answer, and the families without which the site cannot answer it."""

    words: Word
    address: str
    families: tuple[str, ...] = ()


QUESTIONS = (
    Question(
        Word(
            "Which Chinese model of about 7B may I sell a service on and run on 8 GB?",
            "哪个 7B 左右的中文模型可以商用，又能在 8 GB 显存上运行？",
        ),
        "models/?use=yes,conditional&size=8&lang=zh&fits=8GB",
    ),
    Question(
        Word("May I sell a service on Vicuna?", "能用 Vicuna 提供收费服务吗？"), "models/vicuna/#_license", ("vicuna",)
    ),
    Question(Word("What is Vicuna made of?", "Vicuna 由什么构成？"), "models/vicuna/#_made-of", ("vicuna",)),
    Question(
        Word(
            "Why do two sources give LLaMA-7B different ARC scores?",
            "为什么两个来源给出的 LLaMA-7B 的 ARC 成绩不同？",
        ),
        "models/llama/#_conflicts",
        ("llama",),
    ),
    Question(
        Word("How much memory does Falcon 7B need, and how do I start it?", "Falcon 7B 需要多少显存，怎样运行？"),
        "models/falcon/#falcon-7b",
        ("falcon",),
    ),
    Question(
        Word("LLaMA 7B or Falcon 7B: which is better?", "LLaMA 7B 与 Falcon 7B 哪个更好？"),
        "compare/?ids=llama-7b,falcon-7b",
        ("llama", "falcon"),
    ),
    Question(
        Word("Which models were made from LLaMA?", "哪些模型由 LLaMA 而来？"),
        "family-tree/#_t-llama",
        ("llama", "vicuna"),
    ),
    Question(
        Word("What did the survey get wrong about BELLE?", "综述关于 BELLE 有哪些错误？"),
        "models/belle-7b/#_corrections",
        ("belle-7b",),
    ),
    Question(Word("What came out last?", "最近发布了什么？"), "news/"),
    Question(
        Word("Where can I download all of it, and may I?", "在哪里下载全部数据，可以使用吗？"), "about/#_download"
    ),
)


def asked(catalog: Catalog, language: Language) -> list[tuple[str, str]]:
    """(address, question) for those that this catalog can answer."""
    return [
        (question.address, question.words.in_(language))
        for question in QUESTIONS
        if all(family in catalog.families for family in question.families)
    ]
