"""Prompts for the parts of MedQA that lm-eval has no task for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def listed_choices(document: Mapping[str, Any]) -> str:
    """The question with its choices, in the words of lm-eval's ``medqa_4options``."""
    options = "".join(f"{letter}. {text}\n" for letter, text in zip("ABCDE", document["choices"], strict=True))
    return f"Question: {document['question']}\n{options}Answer:"


def keyed_options_zh(document: Mapping[str, Any]) -> str:
    """The question with its options, in Chinese (问题, 答案)."""
    options = "".join(f"{option['key']}. {option['value']}\n" for option in document["options"])
    return f"问题：{document['question']}\n{options}答案："


def letters(document: Mapping[str, Any]) -> list[str]:
    """The letters of the options."""
    return [option["key"] for option in document["options"]]


def gold(document: Mapping[str, Any]) -> int:
    """The index of the right option."""
    return letters(document).index(document["answer_idx"])
