"""ScienceQA for models that see no pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def without_picture(dataset: Any) -> Any:
    """The items (of a ``datasets.Dataset``) that need no picture."""
    from datasets import Image

    column = dataset
    if isinstance(dataset.features["image"], Image):
        column = dataset.cast_column("image", Image(decode=False))
    return dataset.select([number for number, shown in enumerate(column["image"]) if shown is None])


def question_context_choices(document: Mapping[str, Any]) -> str:
    """Question, context and choices in the order of the benchmark's authors (QCM); no hint is ``N/A``."""
    choices = " ".join(
        f"({letter}) {text}" for letter, text in zip(letters(document), document["choices"], strict=True)
    )
    return f"Question: {document['question']}\nContext: {document['hint'] or 'N/A'}\nOptions: {choices}\nAnswer:"


def letters(document: Mapping[str, Any]) -> list[str]:
    """One letter a choice."""
    return list("ABCDEFGHIJ"[: len(document["choices"])])
