"""Suites: which protocols an audit runs, on which data, and whether the data still hold the suite's rows.

A suite is an entry of the catalog (``suites/compact.yaml``). ``verify pin`` writes the data revisions into it
and the hashes of all rows beside it (``suites/compact.rows.json``). Where rows are known, an audit on other
rows is refused: its score would be about other questions.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.suggest import did_you_mean
from gptalt_catalog.domain.verification import Suite, TaskData

if TYPE_CHECKING:
    from gptalt_catalog.verify.pipeline.planner import Plan
    from gptalt_catalog.verify.pipeline.requests import PlannedTask

PENDING = "pending"
ROWS_VERSION = 1
DIGITS = 8
"""So many hexadecimal digits of a row's hash are kept: enough to say which rows changed; the whole is a SHA-256."""


class SuiteError(Exception):
    """A suite cannot be used; the message says why and what to do."""


class ChangedRowsError(SuiteError):
    """A data set no longer holds the rows that the suite was pinned with."""


def find_suite(catalog: Catalog, name: str) -> Suite:
    """The suite called ``name``. Raises :class:`SuiteError`, with the nearest name, if the catalog has none."""
    if name in catalog.suites:
        return catalog.suites[name]
    near = did_you_mean(name, catalog.suites)
    known = f"the catalog has {', '.join(sorted(catalog.suites))}" if catalog.suites else "the catalog has no suite"
    raise SuiteError(f"there is no suite {name!r}; {f'did you mean {near}?' if near else known}")


def outside(catalog: Catalog, name: str, protocol: str) -> str:
    """Why the suite ``name`` does not run a protocol; empty if it does."""
    having = [key for key, suite in catalog.suites.items() if any(task.protocol == protocol for task in suite.tasks)]
    if name in having:
        return ""
    return f"not in the suite {name}" + (f"; `--suite {having[0]}` has it" if having else "")


def pinned_revisions(suite: Suite) -> dict[str, str]:
    """The revision of each data repository that the suite pins."""
    return {task.data_repository: task.data_revision for task in suite.tasks if task.data_revision != PENDING}


# ---- rows


@dataclass(frozen=True)
class KnownRows:
    """The rows of a task as they are kept: a SHA-256 over all, and the first digits of each row's hash, in order."""

    repository: str
    revision: str
    sha256: str
    hashes: tuple[str, ...]


@dataclass(frozen=True)
class TaskRows:
    """The rows of one task: ``rows`` are (leaf, row number, hash) in the order of the data."""

    repository: str
    revision: str
    rows: tuple[tuple[str, int, str], ...]

    @property
    def kept(self) -> KnownRows:
        """The rows as they are kept; the SHA-256 is that of a plan's ``manifest``."""
        whole = hashlib.sha256("\n".join(f"{leaf} {i} {row}" for leaf, i, row in self.rows).encode()).hexdigest()
        return KnownRows(self.repository, self.revision, whole, tuple(row[:DIGITS] for _, _, row in self.rows))


def rows_of(plan: Plan) -> KnownRows:
    """The rows that a plan asks about, in the order of the data."""
    ((repository, revision),) = plan.loaded.data.items()
    documents = sorted(plan.documents, key=lambda document: (document.leaf, document.doc_id))
    return TaskRows(repository, revision, tuple((d.leaf, d.doc_id, d.doc_hash) for d in documents)).kept


def data_of(tasks: Mapping[str, PlannedTask]) -> dict[str, TaskData]:
    """What a record says of the data of each task that was run."""
    return {
        run_id: TaskData(repository=repository, revision=revision, rows_sha256=planned.manifest)
        for run_id, planned in tasks.items()
        for repository, revision in planned.data.items()
    }


def rows_text(suite: str, version: int, tasks: Mapping[str, KnownRows]) -> str:
    """The file of rows of a suite. Tasks with the same rows share one list."""
    lists: dict[str, str] = {}
    content: dict[str, Any] = {}
    for name, task in sorted(tasks.items()):
        joined = "".join(task.hashes)
        key = hashlib.sha256(joined.encode()).hexdigest()[:16]
        lists[key] = joined
        content[name] = {
            "repository": task.repository,
            "revision": task.revision,
            "items": len(task.hashes),
            "sha256": task.sha256,
            "rows": key,
        }
    said = {"version": ROWS_VERSION, "suite": suite, "suite_version": version, "tasks": content, "rows": lists}
    return json.dumps(said, indent=1) + "\n"


def rows_file(catalog: Path, suite: str) -> Path:
    """Where the rows of a suite are kept."""
    return catalog / "suites" / f"{suite}.rows.json"


def known_rows(catalog: Path, suite: str) -> dict[str, KnownRows]:
    """The rows that a suite was pinned with, by task; empty if it was never pinned. Raises :class:`SuiteError`."""
    path = rows_file(catalog, suite)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SuiteError(f"{path.name} cannot be read ({error}); `gptalt-catalog verify pin` writes it anew") from None
    try:
        if said["version"] != ROWS_VERSION:
            raise SuiteError(f"{path.name} has version {said['version']!r}; this program reads version {ROWS_VERSION}")
        return {name: _known(task, said["rows"][task["rows"]]) for name, task in said["tasks"].items()}
    except (KeyError, TypeError, AttributeError):
        raise SuiteError(f"{path.name} is damaged; `gptalt-catalog verify pin` writes it anew") from None


def _known(task: Mapping[str, Any], joined: str) -> KnownRows:
    hashes = tuple(joined[i : i + DIGITS] for i in range(0, len(joined), DIGITS))
    return KnownRows(str(task["repository"]), str(task["revision"]), str(task["sha256"]), hashes)


def check_rows(suite: str, task: str, known: KnownRows | None, rows: KnownRows) -> None:
    """Refuse rows that are not those of the suite. Raises :class:`ChangedRowsError`."""
    if known is None or rows.sha256 == known.sha256:
        return
    raise ChangedRowsError(
        f"the data set of {task} has changed: {difference(known, rows)}. "
        f"The suite {suite} was pinned with {known.repository} at {known.revision}; "
        f"read was {rows.repository} at {rows.revision}. A score on other rows says nothing about the published one, "
        f"so nothing was run. Take the pinned data; or, if the change is meant, "
        f"`gptalt-catalog verify pin --suite {suite} --again`"
    )


def difference(known: KnownRows, found: KnownRows) -> str:
    """In what two lists of rows differ, in words."""
    before, now = Counter(known.hashes), Counter(found.hashes)
    if before == now:
        return f"the same {len(known.hashes):,} rows stand in another order"
    gone, new = (before - now).total(), (now - before).total()
    return f"of {len(known.hashes):,} rows, {gone:,} are gone; {new:,} of the {len(found.hashes):,} rows now are new"
