"""How lm-eval scored TriviaQA until 2023: some alias of the answer must be the greedy continuation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def without_longer_forms(document: Mapping[str, Any]) -> list[str]:
    """The aliases in order, without those that only prolong another: if the longer one is greedy, so is the shorter."""
    kept: list[str] = []
    for alias in sorted(document["answer"]["aliases"]):
        if not kept or not alias.startswith(kept[-1]):
            kept.append(alias)
    return kept


def any_is_greedy(document: Mapping[str, Any], results: Sequence[tuple[float, bool]]) -> dict[str, float]:
    """1 if greedy decoding gives one of the aliases."""
    del document
    return {"acc": float(any(greedy for _, greedy in results))}
