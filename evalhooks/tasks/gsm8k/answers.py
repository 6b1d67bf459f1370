"""How lm-eval scored GSM8K until 2023: the number after four hashes must be the same text, commas aside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_ANSWER = re.compile(r"#### (\-?[0-9\.\,]+)")


def _number(text: str) -> str | None:
    found = _ANSWER.search(text)
    return found.group(1).strip().replace(",", "") if found else None


def as_in_version_0(document: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """1 if the generated text has the gold number after four hashes; called ``acc`` in version 0."""
    gold = _number(document["answer"])
    if gold is None:
        raise ValueError("an item of GSM8K has no number after ####")
    return {"exact_match": float(_number(results[0]) == gold)}
