"""The shared-prefix scorer against lm-eval's own model class, on real items: time, tokens, differences.

Both answer the same requests with the same model in one process, on one thread, in processor seconds, from
texts to log-likelihoods. The scorer runs before and after lm-eval, whose batch size is the best of some. Its
self-check, which is done once a run however many items follow, is given beside. The fewest tokens are counted
over all requests: each distinct prefix once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.language_models import Subject, random_llama, random_neox, stories, trained_tokenizer
from bench.measure import row

STOCK_BATCHES = (1, 8, 32)


@dataclass(frozen=True)
class Case:
    """Some documents of a task. ``goal``: how many times faster the scorer is to be; ``subjects`` of a group."""

    task: str
    documents: int
    goal: float | None = None
    subjects: tuple[str, ...] = ()


GENERATION = Case("triviaqa_5shot", 48)
CASES = (
    Case("hellaswag_0shot", 128, 2),
    Case("arc_easy_0shot", 320, 3),
    Case("mmlu_5shot", 240, 4, ("anatomy", "virology", "sociology")),
    Case("boolq_0shot", 96),
    Case("race_0shot", 24),
)


@dataclass(frozen=True)
class Outcome:
    """What one model took on one case. Seconds of the processor; tokens."""

    seconds: float
    check_seconds: float
    fed: int
    least: int
    stock_seconds: float
    stock_batch: int
    stock_fed: int
    largest: float
    changed: int
    name: str

    @property
    def ratio(self) -> float:
        """How many times as long lm-eval takes."""
        return self.stock_seconds / self.seconds


def bench_scoring(_rounds: int) -> list[str]:
    """Lines of the table, or one that says what is missing."""
    reason = missing()
    if reason:
        return [f"| shared-prefix scorer: left out, {reason} | | | |"]
    from bench import generating

    lines = []
    with TemporaryDirectory(prefix="gptalt-bench-") as folder, one_thread():
        plans = {case: documents_of(case, Path(folder)) for case in CASES}
        for subject in subjects([d for some in plans.values() for d in some]):
            for case, documents in plans.items():
                if not subject.is_work and case.goal is None:
                    continue
                lines += shown(subject, case, measured(subject, documents))
        asked = documents_of(GENERATION, Path(folder))
        for subject in subjects(asked)[:2]:
            lines += generating.lines(generating.ending(subject) if subject.is_work else subject, GENERATION, asked)
    return lines


def missing() -> str:
    """What is not here, of what the measurement needs."""
    try:
        import lm_eval  # noqa: F401
        import torch  # noqa: F401
    except ImportError:
        return "torch and lm-eval are not installed (`make setup-verify`)"
    from tests.verify.hub.shared_data import BENCHMARKS, WEIGHTS

    absent = [path.name for path in (BENCHMARKS, WEIGHTS) if not path.is_dir()]
    return f"{' and '.join(absent)} do not lie beside the checkout" if absent else ""


@contextmanager
def one_thread() -> Iterator[None]:
    """Both sides on one thread: other work on the machine then disturbs them alike."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def documents_of(case: Case, folder: Path) -> Sequence[Any]:
    """The first documents of a task in an audit's order, from the real items."""
    from gptalt_catalog.verify.pipeline.planner import plan
    from gptalt_catalog.verify.pipeline.protocols import Run
    from tests.verify.tasks.data import whole_library

    loaded = whole_library(folder).load(Run.parse(case.task), case.subjects)
    return plan(loaded, "bench", "0" * 40).documents[: case.documents]


def subjects(documents: Sequence[Any]) -> list[Subject]:
    """The models, with a tokenizer trained on the prompts for those of random weights."""
    texts = sorted(
        {argument for d in documents for r in d.requests for argument in r.args if isinstance(argument, str)}
    )
    tokenizer = trained_tokenizer(texts)
    return [stories(), random_llama(tokenizer), random_neox(tokenizer)]


def measured(subject: Subject, documents: Sequence[Any]) -> Outcome:
    """Answer the requests both ways."""
    from gptalt_catalog.verify.pipeline.scorer import Scorer

    scorer = Scorer(subject.model, subject.tokenizer)
    start = time.process_time()
    scorer.check(documents)
    check = time.process_time() - start
    first, fed, answers = timed(scorer, documents)
    stock, stock_seconds, batch = harness_answers(subject, documents)
    again, _, _ = timed(scorer, documents)
    rows = scorer.distinct_rows(documents)
    return Outcome(
        seconds=(first + again) / 2,
        check_seconds=check,
        fed=fed,
        least=least_tokens(rows),
        stock_seconds=stock_seconds,
        stock_batch=batch,
        stock_fed=sum(len(row) for row in rows),
        largest=max(abs(answers[key][0] - value[0]) for key, value in stock.items()),
        changed=changed_predictions(documents, answers, stock),
        name=scorer.rows.name,
    )


def timed(scorer: Any, documents: Sequence[Any]) -> tuple[float, int, dict[str, Any]]:
    """Seconds, tokens fed, and answers, beginning with nothing computed."""
    scorer.rows.forget()
    fed = scorer.rows.outputs_fed
    start = time.process_time()
    answers = {key: value for one in scorer.answer(documents) for key, value in one.answers.items()}
    return time.process_time() - start, scorer.rows.outputs_fed - fed, answers


def harness_answers(
    subject: Subject,
    documents: Sequence[Any],
    sizes: Sequence[int] = STOCK_BATCHES,
    clock: Callable[[], float] | None = None,
) -> tuple[dict[str, Any], float, int]:
    """lm-eval's answers by key, the seconds they took, and the batch size: the best of ``sizes`` on a quarter."""
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    requests = {r.key: r for d in documents for r in d.requests}
    device = subject.model.device.type
    options = {"pretrained": subject.model, "tokenizer": subject.tokenizer, "device": device}

    def answered(size: int, asked: Sequence[Any]) -> tuple[float, list[Any]]:
        lm = HFLM(**options, batch_size=size, softmax_dtype="float32")
        instances = [Instance("loglikelihood", {}, r.args, 0) for r in asked]
        start = now()
        answers = lm.loglikelihood(instances, disable_tqdm=True)
        return now() - start, answers

    now = clock or time.process_time
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    some = list(requests.values())[: len(requests) // 4]
    best = min(sizes, key=lambda size: answered(size, some)[0])
    seconds, answers = answered(best, list(requests.values()))
    return dict(zip(requests, answers, strict=True)), seconds, best


def least_tokens(rows: Sequence[tuple[int, ...]]) -> int:
    """The fewest tokens that answer all rows."""
    from gptalt_catalog.verify.pipeline.prefix.trie import Trie

    return Trie(sorted(rows)).least


def changed_predictions(documents: Sequence[Any], one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """Documents whose choice of the greatest log-likelihood differs."""

    def best(document: Any, answers: Mapping[str, Any]) -> str:
        keys = [request.key for request in document.requests]
        return str(max(keys, key=lambda key: float(answers[key][0])))

    return sum(best(document, one) != best(document, other) for document in documents)


def shown(subject: Subject, case: Case, outcome: Outcome) -> list[str]:
    """Lines of the table."""
    what = f"{case.task}, {case.documents} items, {subject.name}: "
    fed = outcome.fed / outcome.least
    goal = case.goal if subject.is_work else None
    return [
        row(
            what + f"time of lm-eval (batches of {outcome.stock_batch}) by that of `{outcome.name}`",
            f"{outcome.stock_seconds:.1f} s by {outcome.seconds:.1f} s, {outcome.ratio:.1f} times (self-check, once: "
            f"{outcome.check_seconds:.1f} s)",
            f"at least {goal:g} times" if goal else "",
            goal is None or outcome.ratio >= goal,
        ),
        row(
            what + "tokens fed by the fewest possible",
            f"{outcome.fed:,} by {outcome.least:,}, {fed:.3f} times (lm-eval, without its padding: "
            f"{outcome.stock_fed / outcome.least:.2f})",
            "at most 1.05 times",
            fed <= 1.05,
        ),
        row(
            what + "largest difference of a log-likelihood; predictions changed",
            f"{outcome.largest:.0e}; {outcome.changed}",
            "no prediction",
            outcome.changed == 0,
        ),
    ]
