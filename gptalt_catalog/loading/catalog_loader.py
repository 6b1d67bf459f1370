"""Reads a catalog folder: files -> trees -> typed entries -> rules, with every problem's place."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from gptalt_catalog.domain.catalog import Catalog, Document
from gptalt_catalog.domain.problem import Finding, Problem, severity_of
from gptalt_catalog.domain.rules import Unread, all_findings
from gptalt_catalog.loading.files import CatalogFile, walk
from gptalt_catalog.loading.location import find_catalog, shown
from gptalt_catalog.loading.messages import findings_of
from gptalt_catalog.loading.tree import Tree, read_tree


class CatalogError(Exception):
    """The catalog has errors. ``problems`` holds them all, warnings too, sorted by place."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        errors = [p for p in problems if p.severity == "error"]
        first = f"; the first: {errors[0]}" if errors else ""
        super().__init__(f"the catalog has {len(errors)} errors{first}")


@dataclass(frozen=True)
class Reading:
    """The outcome of reading a catalog: the entries that could be read, and all problems."""

    catalog: Catalog
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep a site from being built."""
        return tuple(p for p in self.problems if p.severity == "error")


@dataclass(frozen=True)
class _Read:
    """One file's outcome, kept between readings while the file does not change."""

    stamp: tuple[int, int]
    document: Document | None
    findings: tuple[Finding, ...]
    faults: tuple[Problem, ...]
    text: str = field(default="", repr=False)


def _unreadable(file: str, reason: str) -> _Read:
    fix = "put an ordinary file here that you may read"
    return _Read((0, 0), None, (Finding(file, (), "file-unreadable", f"cannot be read: {reason}", fix),), ())


class CatalogReader:
    """Reads a catalog again and again, parsing only files that changed since the last time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, _Read] = {}

    def read(self) -> Reading:
        """Read everything; never raises for bad content."""
        findings: list[Finding] = []
        reads: dict[str, _Read] = {}
        for found in walk(self.root):
            if isinstance(found, Finding):
                findings.append(found)
            else:
                reads[found.file] = self._file(found)
        self._known = reads
        problems = [fault for read in reads.values() for fault in read.faults]
        findings += [finding for read in reads.values() for finding in read.findings]
        catalog = Catalog(tuple(read.document for read in reads.values() if read.document is not None))
        unread = Unread({file: read.text for file, read in reads.items() if read.document is None})
        findings += all_findings(catalog, unread)
        problems += self._placed(findings)
        return Reading(catalog, tuple(sorted(set(problems))))

    def _file(self, found: CatalogFile) -> _Read:
        path = self.root / found.file
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait for ever
                return _unreadable(found.file, "not a regular file")
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._known.get(found.file)
            if known is not None and known.stamp == stamp:
                return known
            data = path.read_bytes()
        except OSError as error:
            return _unreadable(found.file, str(error.strerror))
        tree = read_tree(data)
        if tree.value is None:
            return _Read(
                stamp, None, (), tuple(self._fault_problems(found.file, tree)), data.decode("utf-8", "replace")
            )
        try:
            content = found.kind.model.model_validate(tree.value)
        except ValidationError as error:
            objections = tuple(findings_of(error, found.file, found.kind.model, tree.value))
            return _Read(stamp, None, objections, (), data.decode("utf-8"))
        return _Read(stamp, Document(found.file, found.id, found.kind, content), (), ())

    def _fault_problems(self, file: str, tree: Tree) -> Iterable[Problem]:
        for f in tree.faults:
            yield Problem(self._shown(file), f.line, f.column, f.code, "error", f.message, f.fix)

    def _placed(self, findings: Iterable[Finding]) -> Iterable[Problem]:
        """Findings with their lines: only now are the files concerned read with marks."""
        trees: dict[str, Tree] = {}
        for finding in findings:
            if finding.file not in trees:
                trees[finding.file] = self._marked(finding.file)
            mark = trees[finding.file].mark_of(finding.place)
            line, column = (mark.key_line, mark.key_column) if finding.at_key else (mark.line, mark.column)
            severity = severity_of(finding.code)
            yield Problem(self._shown(finding.file), line, column, finding.code, severity, finding.message, finding.fix)

    def _marked(self, file: str) -> Tree:
        path = self.root / file
        try:
            return read_tree(path.read_bytes(), marks=True) if path.is_file() else Tree(None, [])
        except OSError:
            return Tree(None, [])

    def _shown(self, file: str) -> str:
        return f"{shown(self.root)}/{file}"


def read_catalog(path: Path | str | None = None) -> Reading:
    """Read the catalog at ``path`` (see :func:`.location.find_catalog`) with all its problems."""
    return CatalogReader(find_catalog(Path(path) if path is not None else None)).read()


def load_catalog(path: Path | str | None = None) -> Catalog:
    """The catalog at ``path``: a folder, or by default the nearest ``catalog/`` or the packed copy.

    Raises :class:`CatalogError` with all problems if it has errors; warnings are accepted.
    """
    reading = read_catalog(path)
    if reading.errors:
        raise CatalogError(reading.problems)
    return reading.catalog
