"""A direct run of lm-eval, without any of our steps, to hold plan, score and grade against."""

from __future__ import annotations

import functools
import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptalt_catalog.verify.pipeline.tasks import LoadedTask, TaskDefinition, TaskLibrary, quiet


@dataclass(frozen=True)
class DirectRun:
    """What lm-eval prints: ``scores[leaf][metric,filter]``, and of each item (leaf, row) the results by
    ``metric,filter``, the hash, what was asked and what was answered."""

    scores: Mapping[str, Mapping[str, float]]
    items: Mapping[tuple[str, int], Mapping[str, Any]]
    hashes: Mapping[tuple[str, int], str]
    asked: Mapping[tuple[str, int], list[tuple[Any, ...]]]
    answered: Mapping[tuple[str, int], list[Any]]


@functools.cache
def _files() -> dict[str, list[Path]]:
    """lm-eval's own task files by the name of their task."""
    import lm_eval.tasks

    line = re.compile(r'^"?task"?: "?([\w-]+)"?$', re.MULTILINE)
    found: dict[str, list[Path]] = {}
    for file in Path(lm_eval.tasks.__file__).parent.glob("*/**/*.yaml"):
        for match in line.finditer(file.read_text(encoding="utf-8")):
            found.setdefault(match[1], []).append(file)
    return found


def lm_eval_file(name: str) -> Path:
    """lm-eval's own file that defines a task of this name."""
    (file,) = _files()[name]
    return file


def own_definition(library: TaskLibrary, definition: TaskDefinition) -> Mapping[str, Any]:
    """lm-eval's own task by its own file, on the same data and with the same number of examples."""
    from lm_eval.tasks import TaskManager

    assert definition.lm_eval_task is not None
    folder = library.sources.folder(definition.repository, definition.configs[0])
    overlay = {
        "include": str(lm_eval_file(definition.lm_eval_task)),
        "dataset_path": str(folder),
        "dataset_kwargs": {"cache_dir": str(library.sources.cache)},
        "num_fewshot": definition.shots,
    }
    if definition.split == "test":
        overlay["validation_split"] = None
    if definition.shots == 0:
        overlay |= {"training_split": None, "fewshot_split": None}
    with tempfile.TemporaryDirectory() as place, quiet():
        (Path(place) / "task.yaml").write_text(json.dumps(overlay), encoding="utf-8")
        tasks: Mapping[str, Any] = TaskManager(include_path=place, include_defaults=False).load(
            [definition.lm_eval_task]
        )["tasks"]
    return tasks


def run(lm: Any, tasks: Mapping[str, Any]) -> DirectRun:
    """lm-eval's own evaluation of all documents of some tasks."""
    from lm_eval.evaluator import evaluate

    for task in tasks.values():
        task.set_fewshot_seed(seed=1234)
    with quiet():
        found = evaluate(lm, {"tasks": dict(tasks), "groups": {}, "group_map": {}}, bootstrap_iters=0)
    items: dict[tuple[str, int], dict[str, Any]] = {}
    hashes: dict[tuple[str, int], str] = {}
    asked: dict[tuple[str, int], list[tuple[Any, ...]]] = {}
    answered: dict[tuple[str, int], list[Any]] = {}
    for leaf, samples in found["samples"].items():
        for sample in samples:
            place = leaf, sample["doc_id"]
            judged = {f"{metric},{sample['filter']}": sample[metric] for metric in sample["metrics"]}
            items.setdefault(place, {}).update(judged)
            hashes[place] = sample["doc_hash"]
            asked[place] = [tuple(arguments) for arguments in sample["arguments"]]
            answered[place] = [answers[0] for answers in sample["resps"]]
    scores = {leaf: {k: v for k, v in r.items() if isinstance(v, float)} for leaf, r in found["results"].items()}
    return DirectRun(scores, items, hashes, asked, answered)


def harness(model: Any, tokenizer: Any) -> Any:
    """lm-eval's model class for a model of transformers, with a float32 softmax."""
    from lm_eval.models.huggingface import HFLM

    return HFLM(pretrained=model, tokenizer=tokenizer, device="cpu", batch_size=8, softmax_dtype="float32")


def tasks_to_hold_against(library: TaskLibrary, loaded: LoadedTask) -> Mapping[str, Any]:
    """lm-eval's own definition where there is one (a group's leaves are compared in test_definitions), else ours."""
    if loaded.definition.lm_eval_task is None or len(loaded.leaves) > 1:
        return loaded.leaves
    return own_definition(library, loaded.definition)
