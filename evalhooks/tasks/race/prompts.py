"""RACE's prompts that lm-eval does not have (any more)."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any


def passage_as_in_version_1(document: Mapping[str, Any]) -> str:
    """The passage, its earlier questions with their answers, and the last question, as lm-eval 0.3.0 wrote them.

    Of an earlier question that ends in a blank only the last five characters were kept, and the answer
    was set behind them.
    """
    problems = ast.literal_eval(document["problems"])
    lines = [f"Article: {document['article']}\n\n"]
    for problem in problems[:-1]:
        answer = problem["options"]["ABCD".index(problem["answer"])]
        if problem["question"].endswith("  _  ."):
            lines.append(f"{problem['question'][-5:]}{answer}\n")
        else:
            lines.append(f"Question: {problem['question']}\nAnswer: {answer}\n")
    return "".join(lines) + str(problems[-1]["question"])
