"""About how many tokens an item of each task feeds to a model: for estimates of time, and nothing else.

Averages over real items, at 4.2 letters a token (Chinese: 0.9 tokens a character), what an item's requests have in
common counted each time, as plain scoring feeds it.
"""

from __future__ import annotations

TOKENS = {
    "arc_challenge_0shot": 251,
    "arc_challenge_25shot": 4161,
    "arc_challenge_5shot": 990,
    "arc_easy_0shot": 121,
    "arc_easy_5shot": 681,
    "boolq_0shot": 206,
    "ceval_0shot": 102,
    "ceval_5shot": 497,
    "drop_0shot": 241,
    "drop_0shot_v1": 248,
    "drop_5shot_v1": 1545,
    "gsm8k_5shot": 678,
    "gsm8k_5shot_v0": 678,
    "hellaswag_0shot": 376,
    "hellaswag_10shot": 3747,
    "lambada_openai_0shot": 80,
    "lambada_openai_5shot": 484,
    "lambada_openai_cloze_0shot": 82,
    "lambada_standard_0shot": 84,
    "medmcqa_0shot": 78,
    "medmcqa_5shot": 368,
    "medqa_us_4_options_0shot": 216,
    "medqa_us_4_options_5shot": 1157,
    "medqa_us_5_options_0shot": 228,
    "medqa_us_5_options_5shot": 1256,
    "mmlu_0shot": 106,
    "mmlu_0shot_full_answers": 383,
    "mmlu_5shot": 598,
    "mmlu_5shot_full_answers": 2512,
    "openbookqa_0shot": 101,
    "piqa_0shot": 56,
    "piqa_5shot": 445,
    "pubmedqa_0shot": 684,
    "race_0shot": 1798,
    "race_0shot_v1": 1752,
    "race_high_0shot": 430,
    "sciq_0shot": 594,
    "sciq_0shot_v0": 594,
    "sciq_5shot": 3037,
    "sciq_5shot_v0": 3036,
    "triviaqa_0shot": 17,
    "triviaqa_0shot_v1": 183,
    "triviaqa_5shot": 133,
    "winogrande_0shot": 40,
    "winogrande_5shot": 305,
}

_USUAL = 400
"""Tokens of an item of a task that is not listed."""


def tokens_an_item(task: str) -> int:
    """The tokens of an item; ``task`` may name its era (``hellaswag_10shot@lm-eval-0.3``)."""
    return TOKENS.get(task.partition("@")[0], _USUAL)
