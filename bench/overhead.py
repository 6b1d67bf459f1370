"""What a verification costs outside the model: planning, starting, grading, deciding."""

from __future__ import annotations

import sys
import time
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.measure import row, usage
from bench.scoring import Case, documents_of, missing

ITEMS = 10_042


def bench_overhead(_rounds: int) -> list[str]:
    """Lines of the table, or one that says what is missing."""
    reason = missing()
    if reason:
        return [f"| verify outside the model: left out, {reason} | | | |"]
    with TemporaryDirectory(prefix="gptalt-bench-") as folder:
        return [*_planned_and_graded(Path(folder)), *_started(Path(folder)), _decided()]


def _planned_and_graded(folder: Path) -> list[str]:
    from gptalt_catalog.verify.pipeline.grader import grade
    from gptalt_catalog.verify.pipeline.planner import plan
    from gptalt_catalog.verify.pipeline.protocols import Run
    from tests.verify.tasks.data import whole_library

    found = []
    library = whole_library(folder)
    for task in ("arc_easy_0shot", "mmlu_5shot"):
        loaded = library.load(Run.parse(task))
        start = time.process_time()
        made = plan(loaded, "bench", "0" * 40)
        planned = time.process_time() - start
        some = made.documents[:320]
        answers: dict[str, Any] = {r.key: (-1.0 - n, False) for d in some for n, r in enumerate(d.requests)}
        start = time.process_time()
        grade(made, some, answers)
        graded = time.process_time() - start
        found.append(row(f"{task}: planning all {len(made.documents):,} items", f"{planned:.1f} s", "", True))
        found.append(row(f"{task}: grading 320 items", f"{graded:.2f} s", "", True))
    return found


def _started(folder: Path) -> list[str]:
    from gptalt_catalog.verify.pipeline.requests import Header, PlannedTask, open_requests
    from tests.verify.hub.shared_data import WEIGHTS

    documents = documents_of(Case("arc_easy_0shot", 1), folder)
    task = PlannedTask("1", 0, "joint", "seed-1234", 1, "0" * 64, {"allenai/ai2_arc": "local"})
    requests = open_requests(folder / "requests.jsonl", Header("s", "r", ("p",), {"arc_easy_0shot": task}, "0.4.13"))
    requests.extend(documents)
    module = [sys.executable, "-m", "gptalt_catalog.verify.pipeline.scorer"]
    files = [str(folder / "requests.jsonl"), str(folder / "responses.jsonl")]
    took = usage([*module, *files, "--model", str(WEIGHTS), "--device", "cpu"])
    bare = usage([sys.executable, "-c", "import torch, transformers; transformers.AutoModelForCausalLM"])
    value = f"{took.processor:.1f} s (importing torch and transformers: {bare.processor:.1f} s)"
    return [row("scorer: from start to the first answered item, 1 MB of weights", value, "", True)]


def _decided() -> str:
    from gptalt_catalog.verify.audit import Audit, Options
    from gptalt_catalog.verify.targets import TaskLink, given_target

    class Known:
        """A runner whose items are known: seven of ten are right."""

        def documents(self, task: str) -> list[str]:
            return [f"{task}{n}" for n in range(ITEMS)]

        def results(self, task: str, start: int, stop: int) -> list[dict[str, float]]:
            del task
            return [{"acc": float(n * 7 % 10 < 7)} for n in range(start, stop)]

    target = given_target("hellaswag.acc.0-shot.lm-eval", "70.0", TaskLink("t", "acc", "identical"))
    start = time.process_time()
    audit = Audit([target], Known(), Options(tolerance=Fraction(1, 100), full=True))
    for _ in audit.run():
        pass
    seconds = time.process_time() - start
    (claim,) = audit.claims
    return row(f"deciding on {claim.drawn:,} of {ITEMS:,} items ({claim.verdict})", f"{seconds:.2f} s", "", True)
