"""A runner and a journal without a model: item results from a list."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

from gptalt_catalog.domain.verification import Comparability
from gptalt_catalog.verify.targets import Target, TaskLink


class FakeRunner:
    """Answers from planted results; counts what it was asked."""

    def __init__(self, planted: Mapping[str, Sequence[Mapping[str, float]]]) -> None:
        self.planted = planted
        self.asked: list[tuple[str, int, int]] = []

    def documents(self, task: str) -> Sequence[str]:
        return [hashlib.sha256(f"{task} {i}".encode()).hexdigest() for i in range(len(self.planted[task]))]

    def results(self, task: str, start: int, stop: int) -> Sequence[Mapping[str, float]]:
        self.asked.append((task, start, stop))
        return self.planted[task][start:stop]


def planted(items: int, right: int, seed: int) -> list[dict[str, float]]:
    """Results of ``items`` items of which exactly ``right`` are right, in random order."""
    values = [1.0] * right + [0.0] * (items - right)
    random.Random(seed).shuffle(values)
    return [{"acc": value, "acc_norm": 1 - value} for value in values]


def target(printed: str, task: str = "quiz", comparability: Comparability = "identical", metric: str = "acc") -> Target:
    """A claim in percent."""
    link = TaskLink(task, metric, comparability)
    half = Fraction(1, 200 * 10 ** len(printed.partition(".")[2]))
    return Target(
        f"{task}.{metric}.0-shot.lm-eval", "a-source", printed, "percent", link, Fraction(printed) / 100, half
    )
