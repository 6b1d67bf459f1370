"""The one type in which anything wrong with the catalog is reported, and the list of all codes."""

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

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.code}: {self.message}"


@dataclass(frozen=True)
class Finding:
    """A problem before its line is known: the file's catalog path and the place in its tree.

    ``at_key``: point at the key of the place rather than at its value.
    """

    file: str
    place: tuple[str | int, ...]
    code: str
    message: str
    fix: str
    at_key: bool = False


ERRORS: dict[str, str] = {
    # the file
    "file-name": "a file or folder name is not lower-case letters, digits, dots and hyphens, or is a link",
    "file-place": "a file stands where no kind of entry is kept",
    "file-too-large": "a file is larger than 4 MiB",
    "file-unreadable": "a file cannot be opened",
    "yaml-encoding": "a file is not UTF-8, or starts with a byte order mark",
    "yaml-control": "a file contains a NUL byte or another control character",
    "yaml-tab": "a file contains a tab",
    "yaml-syntax": "a file is not valid YAML",
    "yaml-tag": "a value has a YAML tag",
    "yaml-anchor": "a value has an anchor, or is an alias",
    "yaml-duplicate-key": "a key stands twice in one mapping",
    "yaml-key": "a mapping key is not a plain word",
    "yaml-documents": "a file holds several documents or a directive",
    "yaml-depth": "a file is nested deeper than 50 levels",
    "yaml-not-mapping": "a file is empty or not a mapping",
    # the type
    "unknown-key": "a key that the kind does not have",
    "missing-key": "a key that the kind needs is not there",
    "wrong-type": "a value of another type: a number without quotes, a text for a list",
    "bad-value": "a value outside the vocabulary of its field, or outside its range",
    "bad-id": "an id, commit, hash or repository in the wrong form",
    "bad-number": "a printed number or size label in the wrong form",
    "bad-length": "an empty or overlong text or list",
    "bad-date": "a date that does not exist or is not written 2023, 2023-03 or 2023-03-14",
    "bad-quantity": "an amount without a known unit",
    "bad-link": "a web address that cannot be used",
    "link-scheme": "a link that is neither http nor https",
    "text-markup": "HTML, TeX, Markdown links or control characters in a text",
    # the whole
    "dangling-reference": "a reference to an entry that does not exist",
    "duplicate-id": "an id, alias, former id or hub repository that two entries claim",
    "lineage-cycle": "a checkpoint that is, over its bases, its own base",
    "release-before-base": "a checkpoint released before the checkpoint it was made from",
    "parameters-shape": "a parameter count that is off its shape by more than 1 %",
    "link-host": "a link whose host or owner contradicts its kind or the entry's organizations",
    "missing-block": "a checkpoint without a fact block that every checkpoint has",
    "missing-evidence": "a fact without evidence",
    "unknown-evidence": "a name of evidence, or of a field it is for, that does not exist",
    "incomplete-evidence": "confirmed evidence without source, locator or day seen",
    "claim-target": "a claim set with neither or both of checkpoint and family",
    "claim-range": "a claim outside the range of its metric",
    "claim-counts": "correct/items that do not give the printed value",
    "claim-stderr": "a standard error that contradicts the number of items",
    "claim-duplicate": "the same claim twice in one source",
    "headline-protocol": "a headline protocol of another benchmark",
    "record-place": "a verification record in the folder of another checkpoint",
    "record-values": "a verification record whose counts and shares contradict one another",
}
WARNINGS: dict[str, str] = {
    "claim-grim": "a score that no whole number of right answers gives at its printed digits",
    "claim-identical": "two checkpoints with identical scores on three or more protocols of one source",
    "claim-conflict": "comparable claims that differ by more than two standard errors",
    "record-claim": "a verification record about a published score that the catalog does not have",
    "name-parameters": "a size label that is more than 5 % off a count that name and shape do not confirm",
    "old-status": "a status that was last looked up longer ago than the catalog's limit",
    "unused-evidence": "a piece of evidence that no fact names",
    "missing-translation": "a text without Chinese",
}


def severity_of(code: str) -> Severity:
    """The severity of a code; unknown codes are a programming error."""
    return "warning" if code not in ERRORS and WARNINGS[code] else "error"
