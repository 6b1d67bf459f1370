"""``verify pin``: freezes what an audit reads: data revisions, the hashes of all rows, a checkpoint's revision.

Everything is fetched and hashed before the first file is written, so that a hub that cannot be reached, or a
data set that cannot be read, changes nothing. A data set is pinned wherever it is used: in the task files of
evalhooks and in every suite that has it. What cannot be pinned stays ``pending``, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.loading.catalog_loader import load_catalog
from gptalt_catalog.loading.values import with_value
from gptalt_catalog.verify.hub.client import HubClient
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.listing import resolve
from gptalt_catalog.verify.pipeline.protocols import ProtocolTable, Run, read_protocols
from gptalt_catalog.verify.pipeline.requests import PipelineError
from gptalt_catalog.verify.pipeline.tasks import DataSources, LoadedTask, TaskLibrary
from gptalt_catalog.verify.suites import (
    PENDING,
    KnownRows,
    TaskRows,
    difference,
    find_suite,
    known_rows,
    rows_file,
    rows_text,
)

REVISIONS = ("main", "refs/convert/parquet")
"""What is tried, in this order: where ``main`` holds a script, which datasets refuses, the hub keeps parquet files."""

_OF_ONE_REPOSITORY = frozenset({"not-found", "gated", "disabled", "revision-gone", "bad-name"})
"""Errors of the hub after which the other repositories can still be asked for."""

_REVISION_LINE = re.compile(r"^dataset_kwargs: \{revision: (\S+)\}$", re.MULTILINE)


class PinError(Exception):
    """Nothing could be pinned, and nothing was changed; the message says why."""


@dataclass
class Pinned:
    """What was found out by repository, and the files to write (path -> text). Nothing is written before :meth:`write`.

    ``revisions`` are new, ``kept`` were pinned before; ``pending`` and ``lost`` (pinned before, and no longer to
    be had) hold reasons.
    """

    revisions: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    rows: dict[str, KnownRows] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    files: dict[Path, str] = field(default_factory=dict)

    def write(self) -> list[Path]:
        """Write every file whose text is new, each whole; the paths."""
        written = []
        for path, text in self.files.items():
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            half = path.with_name(f".{path.name}.tmp")
            half.write_text(text, encoding="utf-8")
            half.replace(path)
            written.append(path)
        return written


@dataclass(frozen=True)
class Pinner:
    """Pins for one catalog and the evalhooks beside it. ``again``: what is pinned already is resolved anew."""

    root: Path
    evalhooks: Path
    client: HubClient
    say: Callable[[str], None]
    again: bool = False
    cache: Path | None = None

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog, which must have no errors."""
        return load_catalog(self.root)

    @cached_property
    def table(self) -> ProtocolTable:
        """Which task answers to which protocol."""
        return read_protocols(self.evalhooks)

    def tasks_of(self, suite: str) -> dict[str, str]:
        """The data repository of each task that a suite may run."""
        found = {}
        for task in find_suite(self.catalog, suite).tasks:
            content = self.table.protocols.get(task.protocol)
            for reading in content.readings if content is not None else ():
                found[reading.task] = task.data_repository
        return found

    # ---- suites

    def suite(self, name: str) -> Pinned:
        """Pin the data of a suite. Raises :class:`PinError`, :class:`..hub.errors.HubError`, ``SuiteError``."""
        found = Pinned()
        repositories = sorted(set(self.tasks_of(name).values()))
        for number, repository in enumerate(repositories, start=1):
            self.say(f"{repository} ({number} of {len(repositories)})")
            self._repository(repository, found)
        done = {**found.kept, **found.revisions}
        for path in sorted((self.evalhooks / "tasks").rglob("*.y*ml")):
            _pin_task_file(path, done, found.files)
        for key in self.catalog.suites:
            self._pin_suite(key, done, found)
        return found

    def _repository(self, repository: str, found: Pinned) -> None:
        """Resolve a data set and read all rows of its tasks; what goes wrong with it alone is noted."""
        if repository.startswith("local/"):
            found.pending[repository] = "its data are on no hub that is known here"
            return
        before = self._pinned_before(repository)
        keep = before != PENDING and not self.again
        reasons: list[str] = []
        for revision in (before,) if keep else REVISIONS:
            try:
                commit = resolve(self.client, repository, revision, "datasets").commit
                rows = self._rows(repository, commit)
            except HubError as error:
                if error.code not in _OF_ONE_REPOSITORY:
                    raise
                reasons.append(str(error))
            except PipelineError as error:
                reasons.append(str(error))
            else:
                (found.kept if keep else found.revisions)[repository] = commit
                found.rows |= rows
                return
        (found.lost if keep else found.pending)[repository] = reasons[0]

    def _pinned_before(self, repository: str) -> str:
        revisions = {d.revision for d in self._library().definitions.values() if d.repository == repository}
        return next((r for r in sorted(revisions) if r != PENDING), PENDING)

    def _library(self, revisions: Mapping[str, str] | None = None) -> TaskLibrary:
        return TaskLibrary(self.evalhooks / "tasks", DataSources(revisions or {}, cache=self.cache))

    def _rows(self, repository: str, commit: str) -> dict[str, KnownRows]:
        """The rows of every task that reads a data set, at a commit."""
        library = self._library({repository: commit})
        names = {t for key in self.catalog.suites for t, used in self.tasks_of(key).items() if used == repository}
        return {name: loaded_rows(library.load(Run.parse(name))) for name in sorted(names)}

    def _pin_suite(self, name: str, done: Mapping[str, str], found: Pinned) -> None:
        """The new texts of a suite's files, if it has any of the data sets."""
        suite, path = self.catalog.suites[name], self.root / "suites" / f"{name}.yaml"
        text, other = path.read_text(encoding="utf-8"), False
        for i, task in enumerate(suite.tasks):
            commit = done.get(task.data_repository, task.data_revision)
            if commit != task.data_revision:
                if task.data_revision != PENDING:
                    other = True
                    change = f"{name}: {task.data_repository}: from {task.data_revision} to {commit}"
                    found.changes += [change] if change not in found.changes else []
                text = with_value(text, ("tasks", i, "data_revision"), commit, ["data_repository"])
        known = known_rows(self.root, name)
        rows = {key: found.rows[key] for key in self.tasks_of(name) if key in found.rows}
        if not rows:
            return
        for key in sorted(rows.keys() & known.keys()):
            if rows[key].sha256 != known[key].sha256:
                other = True
                found.changes.append(f"{name}: {key}: {difference(known[key], rows[key])}")
        version = suite.version + 1 if other else suite.version
        if other and not self.again:
            raise PinError(
                f"rows that were pinned have changed: {'; '.join(found.changes)}. Nothing was written; "
                "`--again` takes the new rows, and records of the old ones become stale"
            )
        if other:
            text = with_value(text, ("version",), version)
            found.changes.append(f"{name}: now version {version}; records of version {suite.version} become stale")
        found.files[path] = text
        found.files[rows_file(self.root, name)] = rows_text(name, version, {**known, **rows})

    # ---- checkpoints

    def model(self, checkpoint: str) -> Pinned:
        """Pin the weights of a checkpoint. Raises :class:`PinError`, :class:`..hub.errors.HubError`."""
        entry = self.catalog.checkpoints.get(checkpoint)
        if entry is None:
            raise PinError(f"there is no checkpoint {checkpoint!r}")
        hub = entry.hub
        repository = (hub.moved_to or hub.repository) if hub is not None and hub.host == "huggingface" else None
        if hub is None or repository is None or "/" not in repository:
            raise PinError(f"the catalog knows no repository of {checkpoint} on the hub")
        found = Pinned()
        if hub.revision not in ("unknown", "undisclosed") and not self.again:
            found.kept[repository] = hub.revision
            return found
        commit = resolve(self.client, repository, "main").commit
        path = self.root / "models" / f"{entry.family}.yaml"
        place = ("checkpoints", checkpoint, "hub", "revision")
        found.files[path] = with_value(path.read_text(encoding="utf-8"), place, commit, ["url", "repository"])
        found.revisions[repository] = commit
        return found


def loaded_rows(loaded: LoadedTask) -> KnownRows:
    """The rows of a task with its data: what a plan of it would ask about, without building prompts."""
    from gptalt_catalog.verify.pipeline.planner import doc_hash

    ((repository, revision),) = loaded.data.items()
    rows = [
        (leaf, number, doc_hash(document))
        for leaf, task in loaded.leaves.items()
        for number, document in enumerate(task.eval_docs)
    ]
    return TaskRows(repository, revision, tuple(rows)).kept


def _pin_task_file(path: Path, revisions: Mapping[str, str], files: dict[Path, str]) -> None:
    """The new text of a task file that names one of the data sets. Raises :class:`PinError`."""
    text = path.read_text(encoding="utf-8")
    named = re.search(r"^dataset_path: (\S+)$", text, re.MULTILINE)
    commit = revisions.get(named[1]) if named else None
    if commit is None:
        return
    changed, count = _REVISION_LINE.subn(f"dataset_kwargs: {{revision: {commit}}}", text)
    if count != 1:
        raise PinError(f"{path.name} has no line `dataset_kwargs: {{revision: …}}` of its own; write one")
    files[path] = changed


def report(found: Pinned) -> Iterator[str]:
    """What was pinned, kept and left, a line each."""
    for word, revisions in (("pinned", found.revisions), ("kept", found.kept)):
        yield from (f"{word} {repository} {commit}" for repository, commit in sorted(revisions.items()))
    for word, reasons in (("stays pending", found.pending), ("pinned, but gone", found.lost)):
        yield from (f"{word}: {repository}: {reason}" for repository, reason in sorted(reasons.items()))
    yield from (f"changed: {change}" for change in found.changes)
