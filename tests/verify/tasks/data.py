"""The data folders of the tests, made once a session, and the tasks that can run on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gptalt_catalog.verify.pipeline.tasks import DataSources, TaskDefinition, TaskLibrary
from tests.verify.hub.shared_data import BENCHMARKS
from tests.verify.tasks import rows


def subjects_of(repository: str) -> Sequence[str]:
    """The subjects that our tasks ask of a data set."""
    found = next(d for d in TaskLibrary().definitions.values() if d.repository == repository)
    return [str(config) for config in found.configs]


def made_up_library(root: Path, *only: str) -> TaskLibrary:
    """All tasks on made-up rows, or ``only`` those on some repositories."""
    folders = rows.made_up(root / "rows", subjects_of, only)
    return TaskLibrary(sources=DataSources(folders=folders, cache=root / "cache"))


def real_library(root: Path) -> TaskLibrary:
    """The tasks whose data lie beside the checkout, on a few real items each."""
    return TaskLibrary(sources=DataSources(folders=rows.real(root / "rows", subjects_of), cache=root / "cache"))


def whole_library(root: Path) -> TaskLibrary:
    """The tasks on all real rows beside the checkout."""
    folders = {f"{s.repository}:{s.config}": BENCHMARKS / s.real for s in rows.SOURCES if s.real is not None}
    folders |= {s.repository: BENCHMARKS / s.real for s in rows.SUBJECTS if s.real is not None}
    return TaskLibrary(sources=DataSources(folders=folders, cache=root / "cache"))


def is_real(library: TaskLibrary, definition: TaskDefinition) -> bool:
    """Whether a library has data for a task."""
    return library.sources.folder(definition.repository, definition.configs[0]) is not None
