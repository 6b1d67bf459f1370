"""An audit that asks a real pipeline, is killed, and goes on."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lm_eval")
pytest.importorskip("torch")

from gptalt_catalog.verify.pipeline.planner import Plan, header, plan
from gptalt_catalog.verify.pipeline.protocols import ERAS, Reading, Run
from gptalt_catalog.verify.pipeline.requests import PipelineError, RequestFile, ResponseFile, open_requests
from gptalt_catalog.verify.pipeline.runner import PipelineRunner, comparability
from gptalt_catalog.verify.pipeline.scorer import DOCUMENTS_A_BATCH, Scorer, description
from gptalt_catalog.verify.pipeline.tasks import DataSources, TaskLibrary
from gptalt_catalog.verify.pipeline.tokens import Encoder
from tests.catalogs import CHECKOUT
from tests.verify.pipeline import models
from tests.verify.tasks import rows

pytestmark = pytest.mark.verify

ROWS = 200


@pytest.fixture(scope="module")
def boolq(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    from pyarrow import Table

    root = tmp_path_factory.mktemp("boolq")
    table = Table.from_pylist([rows.boolq(i) for i in range(ROWS)])
    rows.write_card(root / "data", {"boolq": rows.write_config(root / "data", "boolq", {"validation": table})})
    sources = DataSources(folders={"aps/super_glue": root / "data"}, cache=root / "cache")
    return plan(TaskLibrary(sources=sources).load(Run.parse("boolq_0shot")), "compact", "abc")


def files(one: Plan, folder: Path, scorer: Scorer) -> tuple[RequestFile, ResponseFile]:
    requests = open_requests(folder / "requests.jsonl", header([one], "compact", "abc", ["boolq.acc.0-shot.lm-eval"]))
    assert scorer.check(one.documents).outcome == "passed"
    return requests, ResponseFile(folder / "responses.jsonl", requests.identity, description(scorer))


def test_results_come_batch_by_batch_and_are_kept(boolq: Plan, tiny: tuple[Any, Any], tmp_path: Path) -> None:
    scorer = Scorer(*tiny)
    runner = PipelineRunner([boolq], *files(boolq, tmp_path, scorer), scorer)
    assert runner.documents("boolq_0shot") == [d.doc_hash for d in boolq.documents]
    first = runner.results("boolq_0shot", 0, 32)
    assert [set(one) for one in first] == [{"acc"}] * 32
    assert len(runner.requests.documents) == 32

    resumed = PipelineRunner([boolq], *files(boolq, tmp_path, scorer), None)
    assert resumed.results("boolq_0shot", 0, 32) == first
    with pytest.raises(PipelineError, match="has not been answered"):
        resumed.results("boolq_0shot", 32, 33)


def test_an_audit_decides_on_a_real_pipeline(boolq: Plan, tiny: tuple[Any, Any], tmp_path: Path) -> None:
    from gptalt_catalog.verify.audit import Audit, Options
    from gptalt_catalog.verify.targets import TaskLink, given_target

    scorer = Scorer(*tiny)
    runner = PipelineRunner([boolq], *files(boolq, tmp_path, scorer), scorer)
    right = sum(one["acc"] for one in runner.results("boolq_0shot", 0, ROWS))
    link = TaskLink("boolq_0shot", "acc", "identical")
    true, false = f"{100 * right / ROWS:.1f}", f"{(100 * right / ROWS + 50) % 100:.1f}"
    audit = Audit(
        [given_target("boolq.acc.0-shot.lm-eval", value, link) for value in (true, false)],
        runner,
        options=Options(tolerance=Fraction(5, 100)),
    )
    for _ in audit.run():
        pass
    assert [claim.verdict for claim in audit.claims] == ["reproduced", "not-reproduced"]


@pytest.mark.parametrize(("bos", "grade"), [(False, "equivalent"), (True, "unknown")])
def test_a_reading_may_hang_on_the_tokenizer(boolq: Plan, bos: bool, grade: str) -> None:
    equivalent = Reading(Run("boolq_0shot", ERAS["lm-eval-2025-03"]), "acc", "equivalent", "x", if_tokens_agree="joint")
    encoder = Encoder(models.random_tokenizer(bos=bos))
    assert comparability(equivalent, boolq, encoder) == grade
    assert comparability(dataclasses.replace(equivalent, grade="different"), boolq, encoder) == "different"
    assert comparability(dataclasses.replace(equivalent, if_tokens_agree=None), boolq, encoder) == "equivalent"


def answered(path: Path) -> int:
    """Whole lines after the first."""
    return max(0, path.read_bytes().count(b"\n") - 1) if path.exists() else 0


def test_a_killed_scorer_goes_on_where_it_was(boolq: Plan, tmp_path: Path) -> None:
    model = models.random_checkpoint(tmp_path / "model")
    requests = open_requests(tmp_path / "requests.jsonl", header([boolq], "compact", "abc", ["p"]))
    requests.extend(boolq.documents)
    module = [sys.executable, "-m", "gptalt_catalog.verify.pipeline.scorer", str(requests.file.path)]
    options = ["--model", str(model), "--device", "cpu", "--batch", "4"]
    path = tmp_path / "responses.jsonl"

    running = subprocess.Popen([*module, str(path), *options], cwd=CHECKOUT, stderr=subprocess.DEVNULL)
    while answered(path) < DOCUMENTS_A_BATCH and running.poll() is None:
        time.sleep(0.005)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    kept = answered(path)
    assert DOCUMENTS_A_BATCH <= kept < ROWS
    before = path.read_bytes()
    with path.open("ab") as file:
        file.write(b'{"answers":[["torn')

    done = subprocess.run([*module, str(path), *options], cwd=CHECKOUT, stderr=subprocess.DEVNULL, check=False)
    assert done.returncode == 0
    assert path.read_bytes().startswith(before[: before.rindex(b"\n") + 1])
    assert len(ResponseFile(path).places) == ROWS
