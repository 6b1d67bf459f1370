"""Grading some of a plan's documents, in any order, and refusing what does not fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip("lm_eval")

from gptalt_catalog.verify.pipeline.grader import aggregate, check_documents, grade
from gptalt_catalog.verify.pipeline.planner import Plan, plan
from gptalt_catalog.verify.pipeline.protocols import Run
from gptalt_catalog.verify.pipeline.requests import Answer, PipelineError, Request
from gptalt_catalog.verify.pipeline.tasks import TaskLibrary
from tests.verify.tasks import data

pytestmark = pytest.mark.verify


def planned(library: TaskLibrary, name: str) -> Plan:
    return plan(library.load(Run.parse(name)), "compact", "abc")


def made_up_answers(one: Plan) -> dict[str, Answer]:
    """Log-likelihoods from the hashes of the requests: arbitrary, but the same every time."""
    requests = {request.key: request for d in one.documents for request in d.requests}
    return {
        key: f" #### {int(key[:4], 16)}." if r.kind == "generate_until" else (-int(key[:8], 16) / 2**24, key[9] in "01")
        for key, r in requests.items()
    }


@pytest.fixture
def hellaswag(library: TaskLibrary) -> Plan:
    return planned(library, "hellaswag_0shot")


def test_each_document_gets_its_own_result_in_whatever_order(hellaswag: Plan) -> None:
    answers = made_up_answers(hellaswag)
    whole = {r.document.place: r.results for r in grade(hellaswag, hellaswag.documents, answers)}
    assert len({str(result) for result in whole.values()}) > 1
    for some in ([4, 0, 2], [3], [1, 1], []):
        wanted = [hellaswag.documents[i] for i in some]
        found = grade(hellaswag, wanted, answers)
        assert [r.document for r in found] == wanted
        assert [r.results for r in found] == [whole[d.place] for d in wanted]


def test_the_best_ending_wins_and_length_counts_in_acc_norm(hellaswag: Plan) -> None:
    document = next(d for d in hellaswag.documents if d.doc_id == 1)  # its label is 1
    lengths = [len(r.args[1]) - 1 for r in document.requests]
    for best in range(4):
        answers: Mapping[str, Answer] = {
            r.key: (-1.0 if i == best else -2.0, False) for i, r in enumerate(document.requests)
        }
        (result,) = grade(hellaswag, [document], answers)
        assert result.results["acc"] == float(best == 1)
    even: Mapping[str, Answer] = {r.key: (-float(n), False) for r, n in zip(document.requests, lengths, strict=True)}
    (result,) = grade(hellaswag, [document], even)
    assert result.results["acc_norm"] == 0.0  # all equal a character, so the first one is taken


def test_an_answer_that_is_missing_is_an_error(hellaswag: Plan) -> None:
    answers = made_up_answers(hellaswag)
    del answers[hellaswag.documents[2].requests[1].key]
    with pytest.raises(PipelineError, match=r"row .* has not been answered; run the scorer on this plan to its end"):
        grade(hellaswag, hellaswag.documents, answers)
    assert len(grade(hellaswag, hellaswag.documents[:2], answers)) == 2


def test_rows_that_changed_are_found(hellaswag: Plan) -> None:
    document = hellaswag.documents[0]
    check_documents(hellaswag, hellaswag.documents)
    with pytest.raises(PipelineError, match="has changed since the plan was made"):
        check_documents(hellaswag, [dataclasses.replace(document, doc_hash="0" * 64)])
    with pytest.raises(PipelineError, match="row 99 of the plan is not in the data"):
        check_documents(hellaswag, [dataclasses.replace(document, doc_id=99)])
    other = (Request("loglikelihood", ("Something", " else")),)
    with pytest.raises(PipelineError, match="is asked something else by this version"):
        check_documents(hellaswag, [dataclasses.replace(document, requests=other)])


def test_log_likelihoods_are_no_item_results_but_are_aggregated(library: TaskLibrary) -> None:
    lambada = planned(library, "lambada_openai_0shot")
    results = grade(lambada, lambada.documents, made_up_answers(lambada))
    assert all(set(result.results) == {"acc"} for result in results)
    assert aggregate(lambada, results)["perplexity"] > 1


def test_several_filters_are_several_metrics(library: TaskLibrary) -> None:
    gsm8k = planned(library, "gsm8k_5shot")
    golds = {d.place: gsm8k.instances[d.place][0].doc["answer"].partition("#### ")[2] for d in gsm8k.documents}
    answers: dict[str, Answer] = {d.requests[0].key: f" is {golds[d.place]}" for d in gsm8k.documents}
    results = grade(gsm8k, gsm8k.documents, answers)
    assert {tuple(r.results.items()) for r in results} == {
        (("exact_match,strict-match", 0.0), ("exact_match,flexible-extract", 1.0))
    }
    assert aggregate(gsm8k, results) == {"exact_match,strict-match": 0.0, "exact_match,flexible-extract": 1.0}


def test_a_final_period_was_not_forgiven_in_version_0(library: TaskLibrary) -> None:
    gsm8k = planned(library, "gsm8k_5shot_v0")
    document = gsm8k.documents[0]
    gold = gsm8k.instances[document.place][0].doc["answer"].partition("#### ")[2]
    for text, right in (
        (f"#### {gold}", 1.0),
        (f"#### {gold}.", 0.0),
        (f"#### {gold.replace(',', '')}", 1.0),
        ("", 0.0),
    ):
        (result,) = grade(gsm8k, [document], {document.requests[0].key: text})
        assert result.results == {"exact_match": right}, text


def test_a_group_has_a_mean_over_items_and_one_over_subjects(tmp_path: Path) -> None:
    library = data.made_up_library(tmp_path, "cais/mmlu")
    one = plan(library.load(Run.parse("mmlu_0shot"), ["anatomy", "virology"]), "s", "r")
    assert {d.leaf for d in one.documents} == {"mmlu_0shot::anatomy", "mmlu_0shot::virology"}
    assert {d.task for d in one.documents} == {"mmlu_0shot"}
    answers = made_up_answers(one)
    for number, document in enumerate(one.documents):
        gold = one.instances[document.place][0].doc["answer"]
        for choice, request in enumerate(document.requests):
            answers[request.key] = (0.0 if (choice == gold) == (number == 0) else -5.0, False)
    results = grade(one, one.documents, answers)
    assert [r.results["acc"] for r in results] == [1.0, 0.0]
    twice = [results[0], results[0], results[1]]
    scores = aggregate(one, twice)
    assert scores["acc"] == pytest.approx(2 / 3)
    assert scores["acc_by_subject"] == pytest.approx(1 / 2)
