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
    """What lm-eval prints: ``scores[leaf][metric,filter]``, and ``items[leaf, row][metric,filter]`` with hashes."""

    scores: Mapping[str, Mapping[str, float]]
    items: Mapping[tuple[str, int], Mapping[str, Any]]
    hashes: Mapping[tuple[str, int], str]


@functools.cache
def lm_eval_file(name: str) -> Path:
    """lm-eval's own file that defines a task of this name."""
    import lm_eval.tasks

    root = Path(lm_eval.tasks.__file__).parent
    line = re.compile(rf'^"?task"?: "?{name}"?$', re.MULTILINE)
    found = [file for file in root.glob("*/**/*.yaml") if line.search(file.read_text(encoding="utf-8"))]
    assert len(found) == 1, f"lm-eval has {len(found)} tasks called {name}"
    return found[0]


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
    for leaf, samples in found["samples"].items():
        for sample in samples:
            judged = {f"{metric},{sample['filter']}": sample[metric] for metric in sample["metrics"]}
            items.setdefault((leaf, sample["doc_id"]), {}).update(judged)
            hashes[leaf, sample["doc_id"]] = sample["doc_hash"]
    scores = {leaf: {k: v for k, v in r.items() if isinstance(v, float)} for leaf, r in found["results"].items()}
    return DirectRun(scores, items, hashes)


def harness(model: Any, tokenizer: Any) -> Any:
    """lm-eval's model class for a model of transformers, with a float32 softmax."""
    from lm_eval.models.huggingface import HFLM

    return HFLM(pretrained=model, tokenizer=tokenizer, device="cpu", batch_size=8, softmax_dtype="float32")


def tasks_to_hold_against(library: TaskLibrary, loaded: LoadedTask) -> Mapping[str, Any]:
    """lm-eval's own definition where there is one (a group's leaves are compared in test_definitions), else ours."""
    if loaded.definition.lm_eval_task is None or len(loaded.leaves) > 1:
        return loaded.leaves
    return own_definition(library, loaded.definition)
