"""The one type in which anything wrong with the catalog is reported."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong at a place of a file, and how to mend it. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    code: str
    severity: Severity
    message: str
    fix: str

    def as_dict(self) -> dict[str, object]:
        """The fields in the order of the documented JSON form."""
        return asdict(self)


@dataclass(frozen=True)
class Finding:
    """A problem before its line is known: the file's catalog path and the place in its tree."""

    file: str
    place: tuple[str | int, ...]
    code: str
    message: str
    fix: str
    severity: Severity = "error"
    at_key: bool = False
