"""Generated answers against lm-eval's own model class: the same texts, in which time."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from bench.language_models import Subject
from bench.measure import row
from bench.scoring import Case

STOP_SIGNS = (":", ".", "\n", "</s>")
BATCHES = (4, 16)


def ending(subject: Subject) -> Subject:
    """A random model that says stop signs more often than other things, so that answers end at different lengths."""
    import torch

    with torch.no_grad():
        for sign in STOP_SIGNS:
            subject.model.get_output_embeddings().weight[subject.tokenizer.encode(sign)] *= 1.6
    return subject


def lines(subject: Subject, case: Case, documents: Sequence[Any]) -> list[str]:
    """Generate both ways; a line of the table."""
    from gptalt_catalog.verify.pipeline.scorer import Scorer

    scorer = Scorer(subject.model, subject.tokenizer)
    scorer.check(documents)
    first, texts = _generated(scorer, documents)
    stock, stock_seconds, batch = _harness_texts(subject, documents)
    again, _ = _generated(scorer, documents)
    seconds = (first + again) / 2
    changed = sum(texts[key] != text for key, text in stock.items())
    value = f"{stock_seconds:.1f} s by {seconds:.1f} s, {stock_seconds / seconds:.1f} times; {changed} texts differ"
    what = f"{case.task}, {case.documents} items, {subject.name}: time of lm-eval (batches of {batch}) by that of "
    return [row(f"{what}`{scorer.generator.name}`", value, "no other text", changed == 0)]


def _generated(scorer: Any, documents: Sequence[Any]) -> tuple[float, dict[str, Any]]:
    start = time.process_time()
    texts = {key: value for one in scorer.answer(documents) for key, value in one.answers.items()}
    return time.process_time() - start, texts


def _harness_texts(subject: Subject, documents: Sequence[Any]) -> tuple[dict[str, Any], float, int]:
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    requests = {r.key: r for d in documents for r in d.requests}
    device = subject.model.device.type

    def answered(size: int, asked: Sequence[Any]) -> tuple[float, list[Any]]:
        lm = HFLM(pretrained=subject.model, tokenizer=subject.tokenizer, device=device, batch_size=size)
        instances = [Instance("generate_until", {}, r.args, 0) for r in asked]
        start = time.process_time()
        texts = lm.generate_until(instances, disable_tqdm=True)
        return time.process_time() - start, texts

    some = list(requests.values())[: len(requests) // 3]
    best = min(BATCHES, key=lambda size: answered(size, some)[0])
    seconds, texts = answered(best, list(requests.values()))
    return dict(zip(requests, texts, strict=True)), seconds, best
