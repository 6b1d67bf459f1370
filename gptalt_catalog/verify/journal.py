"""The results of a running audit on disk: one line a batch, complete or not there at all.

A journal belongs to one audit: its first line says of what (checkpoint, revision, suite, order of
documents), and a journal of something else is refused rather than continued. After ``kill -9`` the last
line may be torn; it is dropped, and its batch is scored again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

VERSION = 1


class JournalError(Exception):
    """The journal cannot be continued; the message says why and what to do."""


def order_hash(documents: Sequence[str]) -> str:
    """One hash for the order of a task's documents."""
    return hashlib.sha256("\n".join(documents).encode()).hexdigest()


class FileJournal:
    """A journal in a file. ``about`` identifies the audit, ``orders`` the order of each task's documents."""

    def __init__(self, path: Path, about: Mapping[str, Any], orders: Mapping[str, str]) -> None:
        """Open the journal at ``path``, or begin it. Raises :class:`JournalError` if it is of something else."""
        self.path = path
        self._results: dict[str, list[dict[str, float]]] = {}
        header = {"version": VERSION, "about": dict(about), "orders": dict(orders)}
        if path.exists() and path.stat().st_size:
            self._load(header)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            _append(path, header)

    def _load(self, header: dict[str, Any]) -> None:
        data = self.path.read_bytes()
        whole, _, torn = data.rpartition(b"\n")
        lines = whole.split(b"\n") if whole else []
        if torn:
            with self.path.open("r+b") as file:
                file.truncate(len(data) - len(torn))
        try:
            entries = [json.loads(line) for line in lines]
        except ValueError as error:
            raise JournalError(
                f"{self.path.name} is damaged ({error}); start the audit again without --resume"
            ) from None
        if not entries:
            _append(self.path, header)
            return
        if entries[0].get("version") != VERSION:
            raise JournalError(
                f"{self.path.name} was written by another version; start the audit again without --resume"
            )
        different = [key for key in ("about", "orders") if entries[0].get(key) != header[key]]
        if different:
            raise JournalError(f"{self.path.name} is of another audit ({_difference(entries[0], header)})")
        for entry in entries[1:]:
            kept = self._results.setdefault(entry["task"], [])
            if entry["start"] != len(kept) or entry["check"] != _check(entry["task"], entry["start"], entry["results"]):
                raise JournalError(f"{self.path.name} was changed by hand; start the audit again without --resume")
            kept.extend(entry["results"])

    def known(self, task: str) -> Sequence[dict[str, float]]:
        """The results kept so far, in the order of the documents."""
        return self._results.get(task, [])

    def keep(self, task: str, start: int, results: Sequence[Mapping[str, float]]) -> None:
        """Keep a batch; it is on the disk when this returns."""
        kept = self._results.setdefault(task, [])
        if start != len(kept):
            raise ValueError(f"{task}: batch {start} after {len(kept)} results")
        plain = [dict(result) for result in results]
        _append(self.path, {"task": task, "start": start, "results": plain, "check": _check(task, start, plain)})
        kept.extend(plain)


def _append(path: Path, entry: Mapping[str, Any]) -> None:
    with path.open("ab") as file:
        file.write(json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _check(task: str, start: int, results: Sequence[Mapping[str, float]]) -> str:
    text = json.dumps([task, start, results], separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _difference(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    about, goal = found.get("about", {}), wanted["about"]
    names = sorted(key for key in {*about, *goal} if about.get(key) != goal.get(key))
    return (
        ", ".join(f"{name}: {about.get(name)!r} there, {goal.get(name)!r} here" for name in names) or "other documents"
    )
