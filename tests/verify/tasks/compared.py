"""Which tasks are compared with a direct run of lm-eval, and on what; docs/verify-tasks.md is made from it."""

from __future__ import annotations

from gptalt_catalog.verify.pipeline.tasks import TaskLibrary
from tests.verify.tasks import rows

MADE_UP = tuple(sorted(TaskLibrary().definitions))
"""Every task, on made-up rows of the published form with random weights."""

_REAL_DATA = {(source.repository, source.config) for source in rows.SOURCES if source.real is not None}
_REAL_SUBJECTS = {several.repository for several in rows.SUBJECTS if several.real is not None}

REAL = tuple(
    name
    for name, task in sorted(TaskLibrary().definitions.items())
    if (task.repository, task.configs[0]) in _REAL_DATA or task.repository in _REAL_SUBJECTS
)
"""The tasks whose items lie beside the checkout, on a few of them with real weights."""

WHOLE_GROUPS = frozenset({"mmlu_5shot"})
"""Groups of subjects that are compared whole, on made-up rows; of the others only some subjects are loaded."""


def some_subjects(name: str) -> tuple[str, ...]:
    """A few subjects of a group; none for other tasks."""
    leaves = TaskLibrary().definition(name).leaves
    return tuple(leaf["task"] for leaf in leaves[:40:8]) if len(leaves) > 1 else ()
