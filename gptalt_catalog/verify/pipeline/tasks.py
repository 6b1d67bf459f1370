"""The tasks of ``evalhooks/tasks``: what they are, and loading them with lm-eval and pinned data.

lm-eval's own 14,000 task names take many seconds to list; here it reads nothing but our folder. Each task
says ``revision: pending`` until a hub has pinned its data; revisions and folders of data that the caller
knows are laid over the definitions in a folder of their own, so that lm-eval sees ordinary task files.
"""

from __future__ import annotations

import contextlib
import difflib
import functools
import json
import logging
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from gptalt_catalog.loading.location import project_file
from gptalt_catalog.verify.pipeline.protocols import Run
from gptalt_catalog.verify.pipeline.requests import PipelineError

PENDING = "pending"
_ON_NO_HUB = "local/"


@dataclass(frozen=True)
class DataSources:
    """Where the data of benchmarks come from.

    ``revisions``: the commit of each hub repository that is known. ``folders``: local folders in the form
    of a hub repository, by ``OWNER/NAME`` or, where configs lie apart, by ``OWNER/NAME:CONFIG``.
    ``cache``: where datasets keeps what it has read (default: its own place).
    """

    revisions: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, Path] = field(default_factory=dict)
    cache: Path | None = None

    def folder(self, repository: str, config: str | None) -> Path | None:
        """The local folder of a repository, if there is one."""
        return self.folders.get(f"{repository}:{config}") or self.folders.get(repository)


@dataclass(frozen=True)
class TaskDefinition:
    """What a task file says, without its data. ``configs`` has one entry a leaf (a subject of MMLU)."""

    name: str
    repository: str
    configs: tuple[str | None, ...]
    revision: str
    shots: int
    version: str
    output: str
    split: str
    lm_eval_task: str | None
    path: Path
    leaves: tuple[Mapping[str, Any], ...] = field(repr=False)


@dataclass(frozen=True)
class LoadedTask:
    """A task with its data, ready to be planned: lm-eval's task objects by name, one for each leaf."""

    run: Run
    definition: TaskDefinition
    leaves: Mapping[str, Any]
    data: Mapping[str, str]


class TaskLibrary:
    """The tasks of one folder."""

    def __init__(self, folder: Path | None = None, sources: DataSources | None = None) -> None:
        """``folder`` is ``evalhooks/tasks`` by default."""
        self.folder = folder or project_file("evalhooks") / "tasks"
        self.sources = sources or DataSources()

    @cached_property
    def definitions(self) -> dict[str, TaskDefinition]:
        """All tasks by name; groups count as one task."""
        from lm_eval.tasks import TaskManager

        with quiet():
            index = TaskManager(include_path=str(self.folder), include_defaults=False).task_index
        return {name: _definition(name, entry.cfg or {}, Path(entry.yaml_path)) for name, entry in index.items()}

    def definition(self, name: str) -> TaskDefinition:
        """The task of this name. Raises :class:`PipelineError`, with the nearest names, if there is none."""
        if name not in self.definitions:
            near = difflib.get_close_matches(name, self.definitions, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(sorted(self.definitions))}"
            raise PipelineError(f"there is no task {name}; {hint}")
        return self.definitions[name]

    def load(self, run: Run, subjects: Collection[str] = ()) -> LoadedTask:
        """A task with its data, of a group only some ``subjects`` if any are named.

        Raises :class:`PipelineError` if the data cannot be had.
        """
        from datasets.exceptions import DatasetsError
        from jinja2 import TemplateError
        from lm_eval.tasks import TaskManager

        definition = self.definition(run.task)
        overlay, data = self._overlay(definition)
        if definition.repository.startswith(_ON_NO_HUB) and "dataset_path" not in overlay:
            raise PipelineError(
                f"{definition.name}: its data are on no hub that is known here; "
                f"give a folder with them for {definition.repository}"
            )
        if subjects:
            overlay["task"] = [leaf for leaf in definition.leaves if leaf["task"] in subjects]
        with tempfile.TemporaryDirectory(prefix="gptalt-tasks-") as place, quiet():
            (Path(place) / f"{run.task}.yaml").write_text(json.dumps(overlay), encoding="utf-8")
            manager = TaskManager(include_path=place, include_defaults=False)
            try:
                leaves = manager.load([run.task])["tasks"]
            except (OSError, ValueError, KeyError, DatasetsError, TemplateError) as error:
                raise PipelineError(_no_data(definition, error)) from error
        return LoadedTask(run, definition, dict(sorted(leaves.items())), data)

    def _overlay(self, definition: TaskDefinition) -> tuple[dict[str, Any], dict[str, str]]:
        """The task file to load, and what is to be recorded about its data. JSON is YAML."""
        overlay: dict[str, Any] = {"include": str(definition.path)}
        folder = self.sources.folder(definition.repository, definition.configs[0])
        options: dict[str, Any] = {} if self.sources.cache is None else {"cache_dir": str(self.sources.cache)}
        if folder is not None:
            overlay["dataset_path"] = str(folder)
            revision = "local"
        else:
            revision = self.sources.revisions.get(definition.repository, definition.revision)
            if revision != PENDING:
                options["revision"] = revision
        overlay["dataset_kwargs"] = options
        return overlay, {definition.repository: revision}


def _definition(name: str, config: Mapping[str, Any], path: Path) -> TaskDefinition:
    """What a task file says; in a group the leaves stand in a list under ``task``."""
    leaves = config["task"] if isinstance(config["task"], list) else [config]
    metadata = config.get("metadata") or {}
    return TaskDefinition(
        name=name,
        repository=config["dataset_path"],
        configs=tuple(leaf.get("dataset_name") for leaf in leaves),
        revision=(config.get("dataset_kwargs") or {}).get("revision", PENDING),
        shots=config["num_fewshot"],
        version=str(metadata.get("version", "unknown")),
        output=config["output_type"],
        split=config.get("test_split") or config["validation_split"],
        lm_eval_task=metadata.get("lm_eval_task"),
        path=path,
        leaves=tuple(leaves),
    )


def _no_data(definition: TaskDefinition, error: Exception) -> str:
    return (
        f"{definition.name}: the data of {definition.repository} cannot be read ({error}); "
        "check the network and the revision, or give a folder with the data"
    )


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep lm-eval and datasets from writing to the terminal, which belongs to the command.

    Inside, a prompt template is compiled once and not for every item, which lm-eval does: planning 25
    examples for each of 1,172 items takes 2 seconds instead of 30.
    """
    import datasets
    import lm_eval.api.task as lm_eval_task
    import lm_eval.utils as lm_eval_utils

    logger, templates = logging.getLogger("lm_eval"), lm_eval_utils.env
    level, bars, progress = logger.level, datasets.is_progress_bar_enabled(), lm_eval_task.tqdm
    logger.setLevel(logging.ERROR)
    datasets.disable_progress_bars()
    lm_eval_task.tqdm = lambda rows, **_options: rows
    compiles = templates.from_string
    templates.from_string = functools.cache(compiles)
    try:
        yield
    finally:
        templates.from_string = compiles
        logger.setLevel(level)
        lm_eval_task.tqdm = progress
        if bars:
            datasets.enable_progress_bars()
