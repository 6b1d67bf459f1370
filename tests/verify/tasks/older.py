"""Hashes what older versions of lm-eval asked: ``python -m tests.verify.tasks.older CLONE``.

CLONE is a git repository of EleutherAI/lm-evaluation-harness. The task files of older commits are taken
out of it and run on the items beside the checkout, as the evaluator of then ran them; the hashes must be
those of ``evalhooks/protocols.yaml``. This is how they were computed, and how anybody can compute them again.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import random
import subprocess
import sys
import tempfile
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptalt_catalog.verify.pipeline.protocols import read_protocols
from gptalt_catalog.verify.pipeline.requests import canonical, sha256
from tests.verify.hub.shared_data import BENCHMARKS
from tests.verify.tasks import rows

V03, MAY, JUNE = "v0.3.0", "afbf8e6", "b281b0921b636bc36ad05c0b0b0763bd6dd43463"
ALL = (V03, MAY, JUNE)
SCENERY = (
    "accelerate", "omegaconf", "peft", "pycountry", "rouge_score", "rouge_score.rouge_scorer", "rouge_score.scoring",
    "sacrebleu", "sklearn", "sklearn.metrics", "sqlitedict", "transformers.data.metrics",
    "transformers.data.metrics.squad_metrics",
)  # fmt: skip
"""Modules that old task files import and need for scoring only; where one is missing, an empty one takes its place."""

Splits = Mapping[str, Any]


@dataclass(frozen=True)
class Old:
    """One comparison: the task class of old commits, the number of examples, and the data by split.

    ``leaves`` gives the data of each subject in the place of ``data``.
    """

    module: str
    name: str
    shots: int
    data: Callable[[str], Splits]
    commits: tuple[str, ...] = ALL
    leaves: Callable[[], Mapping[str, Splits]] | None = None
    choices: slice | None = None


def real(folder: str, config: str = "") -> Splits:
    """The splits that lie beside the checkout, as lists of rows."""
    from pyarrow import parquet

    files = sorted((BENCHMARKS / folder / config).glob("*.parquet"))
    return {file.name.partition("-")[0]: parquet.read_table(file).to_pylist() for file in files}


def data(folder: str, config: str = "") -> Callable[[str], Splits]:
    """The same for every commit."""
    return lambda _commit: real(folder, config)


def lambada(commit: str) -> Splits:
    """The items were called a validation set at first."""
    return {"validation" if commit == V03 else "test": real("lambada_openai")["test"]}


def sciq(_commit: str) -> Splits:
    """The test split is not at hand."""
    items = real("sciq")["validation"]
    return {"train": items[600:], "validation": items[:10], "test": items[:600]}


def questions(_commit: str) -> Splits:
    """RACE as it was then: one row a question."""
    passages = real("race", "high")["test"]
    return {"test": [{"article": row["article"], **q} for row in passages for q in ast.literal_eval(row["problems"])]}


def truthful(_commit: str) -> Splits:
    """Made-up items."""
    return {"validation": [rows.truthfulqa(i) for i in range(40)]}


def subjects() -> Mapping[str, Splits]:
    """MMLU by subject."""
    return {
        folder.name: real("mmlu", folder.name) for folder in sorted((BENCHMARKS / "mmlu").iterdir()) if folder.is_dir()
    }


COMPARED: dict[str, Old] = {
    "boolq-0-shot": Old("superglue", "BoolQ", 0, data("boolq", "boolq")),
    "openbookqa-0-shot": Old("openbookqa", "OpenBookQA", 0, data("openbookqa", "main")),
    "race-0-shot": Old("race", "RACE", 0, questions),
    "gsm8k-5-shot": Old("gsm8k", "GradeSchoolMath8K", 5, data("gsm8k", "main"), (JUNE,)),
    "triviaqa-0-shot": Old("triviaqa", "TriviaQA", 0, data("triviaqa", "rc.nocontext"), (V03, MAY)),
    "lambada-openai-cloze-0-shot": Old("lambada_cloze", "LambadaOpenAICloze", 0, lambada),
    "lambada-standard-0-shot": Old("lambada", "LambadaStandard", 0, data("lambada_standard")),
    "truthfulqa-mc1": Old("truthfulqa", "TruthfulQAMultipleChoice", 0, truthful, choices=slice(0, 1)),
    "truthfulqa-mc2": Old("truthfulqa", "TruthfulQAMultipleChoice", 0, truthful, choices=slice(1, 2)),
    **{f"hellaswag-{n}-shot": Old("hellaswag", "HellaSwag", n, data("hellaswag")) for n in (0, 10)},
    **{f"winogrande-{n}-shot": Old("winogrande", "Winogrande", n, data("winogrande", "winogrande_xl")) for n in (0, 5)},
    **{f"piqa-{n}-shot": Old("piqa", "PiQA", n, data("piqa")) for n in (0, 5)},
    **{f"arc-easy-{n}-shot": Old("arc", "ARCEasy", n, data("arc_easy", "ARC-Easy")) for n in (0, 5)},
    **{
        f"arc-challenge-{n}-shot": Old("arc", "ARCChallenge", n, data("arc_challenge", "ARC-Challenge"))
        for n in (0, 5, 25)
    },
    **{f"lambada-openai-{n}-shot": Old("lambada", "LambadaOpenAI", n, lambada) for n in (0, 5)},
    **{f"sciq-{n}-shot": Old("sciq", "SciQ", n, sciq) for n in (0, 5)},
    **{f"drop-{n}-shot": Old("drop", "DROP", n, data("drop")) for n in (0, 5)},
    **{
        f"mmlu-letter-{n}-shot": Old("hendrycks_test", "GeneralHendrycksTest", n, data(""), (JUNE,), subjects)
        for n in (0, 5)
    },
    **{
        f"mmlu-full-answer-{n}-shot": Old("hendrycks_test", "GeneralHendrycksTest", n, data(""), (V03, MAY), subjects)
        for n in (0, 5)
    },
}


def take_out(clone: Path, commit: str, place: Path) -> Path:
    """The Python files of a commit, below ``place``."""
    git = ["git", "-C", str(clone)]
    listed = subprocess.run(
        [*git, "ls-tree", "-r", "--name-only", commit, "lm_eval"], capture_output=True, text=True, check=True
    )
    for file in listed.stdout.splitlines():
        if file.endswith(".py"):
            (place / file).parent.mkdir(parents=True, exist_ok=True)
            shown = subprocess.run([*git, "show", f"{commit}:{file}"], capture_output=True, check=True)
            (place / file).write_bytes(shown.stdout)
    return place / "lm_eval"


def _importable(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


@contextlib.contextmanager
def old_lm_eval(root: Path) -> Iterator[None]:
    """Inside, ``lm_eval`` is the one below ``root``, without what its packages do when they are imported."""
    kept = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "lm_eval"}
    for name in kept:
        del sys.modules[name]
    packages = [root, root / "tasks", *(p for p in [root / "datasets", *root.glob("datasets/*")] if p.is_dir())]
    stubs = [name for name in SCENERY if not _importable(name)]
    for name in stubs:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__dict__.update(SqliteDict=object, OmegaConf=object, rouge_scorer=None, scoring=None)
    for package in packages:
        name = ".".join(["lm_eval", *package.relative_to(root).parts])
        module = sys.modules[name] = types.ModuleType(name)
        module.__path__ = [str(package)]
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
    try:
        yield
    finally:
        for name in [n for n in sys.modules if n.partition(".")[0] == "lm_eval" or n in stubs]:
            del sys.modules[name]
        sys.modules |= kept


def asked(task: Any, shots: int, choices: slice | None) -> list[list[str]]:
    """What a task asks about each document, in the order of the data, as the evaluator of then had it ask."""
    documents = list(task.test_docs() if task.has_test_docs() else task.validation_docs())
    generator = random.Random()
    generator.seed(42)
    order = list(range(len(documents)))
    generator.shuffle(order)
    found: dict[int, list[str]] = {}
    for number in order:
        context = task.fewshot_context(doc=documents[number], num_fewshot=shots, rnd=generator, description="")
        requests = task.construct_requests(documents[number], context)
        requests = list(requests) if isinstance(requests, list | tuple) else [requests]
        if choices is not None:  # TruthfulQA asks the choices of both its metrics in one go
            first = len(documents[number]["mc1_targets"]["choices"])
            requests = (requests[:first], requests[first:])[choices.start]
        found[number] = sorted({_normal(request) for request in requests})
    return [found[number] for number in range(len(documents))]


def _normal(request: Any) -> str:
    if request.request_type == "loglikelihood":
        return canonical(["loglikelihood", *request.args])
    until = request.args[1]["until"] if isinstance(request.args[1], dict) else request.args[1]
    return canonical(["generate_until", request.args[0], list(until)])


def hash_of(old: Old, root: Path, commit: str) -> str:
    """The hash over all that a task of an old commit asks."""
    import datasets

    with old_lm_eval(root):
        cls = getattr(importlib.import_module(f"lm_eval.tasks.{old.module}"), old.name)
        every: list[list[str]] = []
        leaves = old.leaves() if old.leaves else {"": old.data(commit)}
        for leaf, splits in leaves.items():
            load = datasets.load_dataset
            datasets.load_dataset = lambda *_a, splits=splits, **_k: splits
            try:
                every += asked(cls(leaf) if leaf else cls(), old.shots, old.choices)
            finally:
                datasets.load_dataset = load
    return sha256(canonical(every))


def main(arguments: Sequence[str]) -> int:
    """Compute every hash again; returns 1 if one differs."""
    comparisons = read_protocols().comparisons
    wrong = 0
    with tempfile.TemporaryDirectory() as place:
        roots = {commit: take_out(Path(arguments[0]), commit, Path(place) / commit) for commit in ALL}
        for name, comparison in comparisons.items():
            old = COMPARED[name]
            same = all(hash_of(old, roots[commit], commit) == comparison.prompts for commit in old.commits)
            wrong += not same
            print(f"{name}: {'same' if same else 'DIFFERENT'} at {', '.join(commit[:7] for commit in old.commits)}")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
