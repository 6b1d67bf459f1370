"""Item results and scores from answers, by lm-eval's own filters and metrics, without weights.

What lm-eval does between a model's answers and its table of results is done here with its own objects:
the answers are put into the requests that it has built, its filters are applied, its ``process_results``
judges each document, its aggregations add up.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gptalt_catalog.verify.pipeline.planner import Plan
from gptalt_catalog.verify.pipeline.requests import Answer, Document, PipelineError
from gptalt_catalog.verify.pipeline.tasks import quiet


@dataclass(frozen=True)
class ItemResult:
    """How one document came out. ``results``: metric -> a number from 0 to 1.

    A metric is called as lm-eval calls it; where a task has several filters, ``metric,filter``.
    ``raw`` holds what lm-eval aggregates, which need not be a number.
    """

    document: Document
    results: Mapping[str, float]
    raw: Mapping[str, Any]


def check_documents(plan: Plan, documents: Iterable[Document]) -> None:
    """Compare documents of a request file with the data at hand, hash by hash and prompt by prompt.

    Raises :class:`PipelineError` if a row has changed, is gone, or is asked something else today.
    """
    known = {document.place: document for document in plan.documents}
    for document in documents:
        here = known.get(document.place)
        name = f"{document.leaf}, row {document.doc_id}"
        if here is None:
            raise PipelineError(f"{name} of the plan is not in the data; fetch the revision that the plan names")
        if here.doc_hash != document.doc_hash:
            raise PipelineError(f"{name} has changed since the plan was made; fetch the revision that the plan names")
        if here.requests != document.requests:
            raise PipelineError(
                f"{name} is asked something else by this version; plan again, or use the plan's lm-eval"
            )


def grade(plan: Plan, documents: Sequence[Document], answers: Mapping[str, Answer]) -> list[ItemResult]:
    """The results of documents of one plan, in their order.

    Raises :class:`PipelineError` if an answer is missing.
    """
    by_leaf: dict[str, list[Document]] = {}
    for document in documents:
        by_leaf.setdefault(document.leaf, []).append(document)
    found: dict[tuple[str, str, int], ItemResult] = {}
    with quiet():
        for leaf, some in by_leaf.items():
            for result in _graded(plan, plan.loaded.leaves[leaf], some, answers):
                found[result.document.place] = result
    return [found[document.place] for document in documents]


def _graded(
    plan: Plan, task: Any, documents: Sequence[Document], answers: Mapping[str, Answer]
) -> Iterable[ItemResult]:
    """lm-eval's judgment on documents of one leaf task."""
    asked = [_answered(plan.instances[d.place], d, answers) for d in documents]
    task._instances = [instance for some in asked for instance in some]  # noqa: SLF001  # apply_filters reads them
    task.apply_filters()
    for document, instances in zip(documents, asked, strict=True):
        raw: dict[str, Any] = {}
        filters = list(instances[0].filtered_resps)
        for name in filters:
            judged = task.process_results(instances[0].doc, [i.filtered_resps[name] for i in instances])
            raw |= {metric if len(filters) == 1 else f"{metric},{name}": value for metric, value in judged.items()}
        yield ItemResult(document, {m: float(v) for m, v in raw.items() if _is_share(v)}, raw)


def _answered(instances: Sequence[Any], document: Document, answers: Mapping[str, Answer]) -> list[Any]:
    """Copies of lm-eval's requests that hold the answers."""
    filled = []
    for instance, request in zip(instances, document.requests, strict=True):
        if request.key not in answers:
            raise PipelineError(
                f"{document.leaf}, row {document.doc_id}, has not been answered; run the scorer on this plan to its end"
            )
        fresh = copy.copy(instance)
        fresh.resps, fresh.filtered_resps = [answers[request.key]] * (instance.repeats or 1), {}
        filled.append(fresh)
    return filled


def _is_share(value: Any) -> bool:
    """Whether a result is a number from 0 to 1 (log-likelihoods and pairs for F1 over all items are not)."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return False
    return math.isfinite(number) and 0 <= number <= 1


def aggregate(plan: Plan, results: Sequence[ItemResult]) -> dict[str, float]:
    """The scores over some or all documents of a plan, as lm-eval prints them: metric -> value.

    A group of subjects gets the mean over items (``acc``) and the mean over subjects (``acc_by_subject``).
    """
    by_leaf: dict[str, list[ItemResult]] = {}
    for result in results:
        by_leaf.setdefault(result.document.leaf, []).append(result)
    scores = {leaf: _aggregated(plan.loaded.leaves[leaf], some) for leaf, some in by_leaf.items()}
    if len(plan.loaded.leaves) == 1:
        return next(iter(scores.values()), {})
    found: dict[str, float] = {}
    for metric in sorted({metric for score in scores.values() for metric in score}):
        found[metric] = sum(scores[leaf][metric] * len(some) for leaf, some in by_leaf.items()) / len(results)
        found[f"{metric}_by_subject"] = sum(score[metric] for score in scores.values()) / len(scores)
    return found


def _aggregated(task: Any, results: Sequence[ItemResult]) -> dict[str, float]:
    rules = task.aggregation()
    metrics = dict.fromkeys(metric for result in results for metric in result.raw)
    return {
        metric: float(rules[metric.partition(",")[0]]([r.raw[metric] for r in results if metric in r.raw]))
        for metric in metrics
    }
