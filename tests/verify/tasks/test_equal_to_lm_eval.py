"""Plan, score and grade through files give what a direct run of lm-eval gives: every item and every score."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lm_eval")
pytest.importorskip("torch")

from gptalt_catalog.verify.pipeline.grader import aggregate, check_documents, grade
from gptalt_catalog.verify.pipeline.planner import Plan, header, plan
from gptalt_catalog.verify.pipeline.protocols import Run
from gptalt_catalog.verify.pipeline.requests import ResponseFile, open_requests
from gptalt_catalog.verify.pipeline.scorer import Scorer, description, score
from gptalt_catalog.verify.pipeline.tasks import TaskLibrary
from tests.verify.hub.shared_data import BENCHMARKS, need
from tests.verify.pipeline import models
from tests.verify.tasks import data, direct
from tests.verify.tasks.compared import MADE_UP, REAL, WHOLE_GROUPS, some_subjects

pytestmark = [pytest.mark.verify, pytest.mark.xdist_group("verify-tasks")]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> TaskLibrary:
    return data.made_up_library(tmp_path_factory.mktemp("made-up"))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> TaskLibrary:
    need(BENCHMARKS)
    return data.real_library(tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def tiny() -> tuple[Any, Any]:
    tokenizer = models.random_tokenizer()
    return models.random_model(tokenizer), tokenizer


@pytest.fixture(scope="module")
def stories() -> tuple[Any, Any]:
    return models.stories()


def through_files(one: Plan, model: Any, tokenizer: Any, folder: Path) -> ResponseFile:
    """Score a plan as another machine would: from its request file into a response file."""
    requests = open_requests(folder / "requests.jsonl", header([one], "suite", "revision", ["protocol"]))
    requests.extend(one.documents)
    read = open_requests(folder / "requests.jsonl")
    scorer = Scorer(model, tokenizer, batch=8)
    assert scorer.check(read.documents).outcome == "passed"
    responses = ResponseFile(folder / "responses.jsonl", read.identity, description(scorer))
    assert list(score(read.documents, responses, scorer))[-1] == len(one.documents)
    check_documents(one, read.documents)
    return ResponseFile(folder / "responses.jsonl")


def compare(
    library: TaskLibrary, name: str, model: Any, tokenizer: Any, folder: Path, subjects: Sequence[str] = ()
) -> None:
    one = plan(library.load(Run.parse(name), subjects), "suite", "revision")
    responses = through_files(one, model, tokenizer, folder)
    results = grade(one, one.documents, responses.answers)
    tasks = direct.tasks_to_hold_against(library, one.loaded)
    wanted = direct.run(direct.harness(model, tokenizer), tasks)

    own = len(one.loaded.leaves) > 1 or next(iter(tasks)) in one.loaded.leaves
    for result in results:
        place = (result.document.leaf if own else next(iter(tasks)), result.document.doc_id)
        assert result.document.doc_hash == wanted.hashes[place]
        assert [request.args for request in result.document.requests] == wanted.asked[place]
        for request, answer in zip(result.document.requests, wanted.answered[place], strict=True):
            close = answer if isinstance(answer, str) else pytest.approx(answer, abs=1e-2)
            assert responses.answers[request.key] == close
        judged = {key.removesuffix(",none"): value for key, value in wanted.items[place].items()}
        if one.loaded.definition.output != "generate_until":
            judged.pop("perplexity", None)
        if len({key.partition(",")[2] for key in judged}) == 1:
            judged = {key.partition(",")[0]: value for key, value in judged.items()}
        assert result.results == pytest.approx(judged, abs=1e-5)
    assert len(results) == len(wanted.items)

    scores = aggregate(one, results)
    for leaf, printed in wanted.scores.items():
        for key, value in printed.items():
            metric = key.removesuffix(",none")
            metric = metric if metric in scores else metric.partition(",")[0]
            if len(one.loaded.leaves) == 1:
                assert scores[metric] == pytest.approx(value, rel=1e-4), (leaf, key)
    if len(one.loaded.leaves) > 1:
        every = [printed["acc,none"] for printed in wanted.scores.values()]
        assert scores["acc_by_subject"] == pytest.approx(sum(every) / len(every))


@pytest.mark.parametrize("name", MADE_UP)
def test_made_up_rows_and_random_weights(
    name: str, made_up: TaskLibrary, tiny: tuple[Any, Any], tmp_path: Path
) -> None:
    compare(made_up, name, *tiny, tmp_path, () if name in WHOLE_GROUPS else some_subjects(name))


@pytest.mark.parametrize("name", REAL)
def test_real_items_and_real_weights(name: str, real: TaskLibrary, stories: tuple[Any, Any], tmp_path: Path) -> None:
    compare(real, name, *stories, tmp_path, some_subjects(name))
