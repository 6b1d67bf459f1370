"""Our definitions are lm-eval 0.4.13's where they say so, and everything about them is pinned."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lm_eval")

from gptalt_catalog.verify.pipeline.tasks import TaskDefinition, TaskLibrary
from tests.catalogs import CHECKOUT
from tests.verify.tasks import direct

pytestmark = pytest.mark.verify

SAME = (
    "dataset_path", "dataset_name", "output_type", "doc_to_text", "doc_to_target", "doc_to_choice", "description",
    "process_docs", "process_results", "target_delimiter", "fewshot_delimiter", "fewshot_config", "generation_kwargs",
    "filter_list", "repeats", "gen_prefix",
)  # fmt: skip
OWN_WORDS = {("truthfulqa_mc2_0shot", "process_results")}
"""What is written anew here and compared by results only (test_equal_to_lm_eval)."""

LIBRARY = TaskLibrary()
TAKEN = sorted(name for name, definition in LIBRARY.definitions.items() if definition.lm_eval_task)


def read(path: Path) -> Mapping[str, Any]:
    """A task file with its functions, as lm-eval reads it."""
    from lm_eval.tasks._yaml_loader import load_yaml

    found: Mapping[str, Any] = load_yaml(path)
    return found


def leaves(definition: TaskDefinition) -> list[Mapping[str, Any]]:
    """Our settings of every leaf."""
    config = read(definition.path)
    if not isinstance(config["task"], list):
        return [config]
    group = {key: value for key, value in config.items() if key != "metadata"}
    return [{**group, **leaf} for leaf in config["task"]]


def theirs(definition: TaskDefinition, leaf: Mapping[str, Any]) -> Mapping[str, Any]:
    """lm-eval's settings of the same leaf."""
    assert definition.lm_eval_task is not None
    if len(definition.configs) == 1:
        return read(direct.lm_eval_file(definition.lm_eval_task))
    return read(direct.lm_eval_file(f"{definition.lm_eval_task}_{leaf['task']}"))


def comparable(setting: Any) -> Any:
    """A setting; a function by its file and name, since a file may be loaded twice."""
    return (inspect.getsourcefile(setting), setting.__qualname__) if callable(setting) else setting


def metrics(config: Mapping[str, Any]) -> dict[str, Any]:
    """The metrics with their settings; aggregation and direction have defaults."""
    listed = config.get("metric_list", ())
    default = {"aggregation": "mean", "higher_is_better": True}
    return {one["metric"]: {**default, **{k: v for k, v in one.items() if k != "metric"}} for one in listed}


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_lm_evals(name: str) -> None:
    definition = LIBRARY.definition(name)
    for ours in leaves(definition):
        other = theirs(definition, ours)
        for key in SAME:
            if (name, key) not in OWN_WORDS:
                assert comparable(ours.get(key)) == comparable(other.get(key)), (ours["task"], key)
        assert metrics(ours) == metrics(other)
        split = other.get("test_split") or other.get("validation_split")
        assert (ours.get("test_split") or ours.get("validation_split")) == split
        version = other.get("metadata", {}).get("version", 1)
        assert str(ours["metadata"]["version"]) == str(version)


@pytest.mark.parametrize("name", sorted(LIBRARY.definitions))
def test_examples_come_from_where_they_should(name: str) -> None:
    for ours in leaves(LIBRARY.definition(name)):
        if ours["num_fewshot"] == 0:
            assert "training_split" not in ours
        elif not name.startswith(("lambada", "mmlu_5shot_full_answers")):  # from the items, and from validation
            assert ours.get("training_split") or ours.get("fewshot_split")


def test_all_subjects_are_there() -> None:
    sizes = {name: len(d.configs) for name, d in LIBRARY.definitions.items() if len(d.configs) > 1}
    assert sizes == {
        "mmlu_0shot": 57,
        "mmlu_5shot": 57,
        "mmlu_0shot_full_answers": 57,
        "mmlu_5shot_full_answers": 57,
        "ceval_0shot": 52,
        "ceval_5shot": 52,
        "cmmlu_0shot": 67,
        "cmmlu_5shot": 67,
    }


def test_a_file_is_named_after_its_task() -> None:
    for name, definition in LIBRARY.definitions.items():
        assert definition.path.stem == name
        assert definition.path.parent.parent == CHECKOUT / "evalhooks" / "tasks"


def test_functions_are_lm_evals_or_lie_beside_their_task() -> None:
    for file in (CHECKOUT / "evalhooks" / "tasks").rglob("*.y*ml"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if "!function" in line:
                module, _, _ = line.partition("!function ")[2].rpartition(".")
                beside = file.parent / f"{module}.py"
                assert module.startswith("lm_eval.tasks.") or beside.is_file(), (file.name, line)


def test_suites_run_on_the_data_of_their_tasks_at_the_same_revisions() -> None:
    from gptalt_catalog.loading.catalog_loader import CatalogReader
    from gptalt_catalog.verify.pipeline.protocols import read_protocols
    from gptalt_catalog.verify.prepared import TODAYS_HARNESS

    suites = CatalogReader(CHECKOUT / "catalog").read().catalog.suites
    table = read_protocols()
    assert {task.protocol for task in suites["complete"].tasks} == set(table.protocols)
    for suite in suites.values():
        assert suite.software.lm_eval == TODAYS_HARNESS
        for task in suite.tasks:
            tasks = [LIBRARY.definition(reading.task) for reading in table.protocols[task.protocol].readings]
            assert {one.repository for one in tasks} == {task.data_repository}, task.protocol
            assert {one.revision for one in tasks} == {task.data_revision}, task.protocol
        assert len({task.protocol for task in suite.tasks}) == len(suite.tasks)
