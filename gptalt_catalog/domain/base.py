"""The strict, frozen base model and the scalar types that every kind uses.

Entries are validated as JSON (the YAML tree is JSON-shaped), so that
pydantic's strict mode can still turn arrays into tuples.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError


class Model(BaseModel):
    """Base of all catalog types: unknown keys are errors, values are immutable."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


@dataclass(frozen=True)
class Ref:
    """Marks a field that names another entry; ``kind`` says in which table to look."""

    kind: str


ID_PATTERN = r"^[a-z0-9][a-z0-9.-]*$"
Slug = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=120)]

FamilyId = Annotated[Slug, Ref("family")]
CheckpointId = Annotated[Slug, Ref("checkpoint")]
DatasetId = Annotated[Slug, Ref("dataset")]
BenchmarkId = Annotated[Slug, Ref("benchmark")]
ProtocolId = Annotated[Slug, Ref("protocol")]
SourceId = Annotated[Slug, Ref("source")]
LicenseId = Annotated[Slug, Ref("license")]
OrganizationId = Annotated[Slug, Ref("organization")]
LanguageCode = Annotated[Slug, Ref("language")]
TaskId = Annotated[Slug, Ref("task")]
DefectId = Annotated[Slug, Ref("defect")]
SuiteId = Annotated[Slug, Ref("suite")]

Absent = Literal["unknown", "undisclosed"]
"""``unknown``: nobody looked yet. ``undisclosed``: looked for and not published."""

# Markup has no place in data: pages are generated and everything is escaped, so a
# tag in a text is either an attack or a leftover of copying from a page or a paper.
_MARKUP = re.compile(
    r"""(?P<html><\s*[A-Za-z/!?][^>\n]{0,200}>?)   # a tag, comment or declaration
      | (?P<entity>&(?:\#\d+|\#x[0-9A-Fa-f]+|[A-Za-z]{2,20});)
      | (?P<tex>\\[A-Za-z]+|\$\\|\$\^|\\\$)
      | (?P<link>\]\(|!\[)                         # Markdown link or image
      | (?P<control>[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff])
    """,
    re.VERBOSE,
)
_MARKUP_NAMES = {
    "html": "HTML",
    "entity": "an HTML entity",
    "tex": "TeX",
    "link": "a Markdown link",
    "control": "a control or invisible character",
}


def _plain(value: str) -> str:
    found = _MARKUP.search(value)
    if found is not None:
        kind = str(found.lastgroup)
        raise PydanticCustomError(
            "text-markup",
            "text contains {what}: {snippet}",
            {"what": _MARKUP_NAMES[kind], "snippet": ascii(found.group()[:40])},
        )
    return value


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _no_control(value: str) -> str:
    found = _CONTROL.search(value)
    if found is not None:
        raise PydanticCustomError(
            "text-markup",
            "text contains {what}: {snippet}",
            {"what": _MARKUP_NAMES["control"], "snippet": ascii(found.group())},
        )
    return value


Plain = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_plain)]
"""Text for people: no markup, no control characters."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_plain)]
"""A name or label: one short plain text."""

Verbatim = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_no_control)]
"""Text exactly as a source printed it (the survey's cells, prompt templates, quotations).

It may contain TeX or tags; pages always escape it."""


class Text(Model):
    """A text in the site's languages; Chinese may follow later (a warning says so)."""

    en: Plain
    zh: Plain | None = None


_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[^\s<>\"'`\\^{|}]*)?", re.ASCII)


def _url(value: str) -> str:
    if not value.lower().startswith(("http://", "https://")):
        raise PydanticCustomError(
            "link-scheme", "a link must start with http:// or https://, not {start}", {"start": ascii(value[:20])}
        )
    if _URL.fullmatch(value) is None:
        raise PydanticCustomError("bad-link", "not a usable web address: {start}", {"start": ascii(value[:60])})
    return value


Url = Annotated[
    str,
    StringConstraints(max_length=500),
    AfterValidator(_url),
    WithJsonSchema({"type": "string", "pattern": "^https?://", "maxLength": 500}),
]

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def _date(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and 1900 <= value < 2200:
        value = str(value)  # YAML reads a bare year as a number
    if not isinstance(value, str):
        return value
    found = _DATE.fullmatch(value)
    if found is None:
        if value in ("unknown", "undisclosed"):
            return value
        raise PydanticCustomError("bad-date", "{value} is not a date", {"value": ascii(value[:40])})
    _year, month, day = found.groups()
    if month is not None and not 1 <= int(month) <= 12:
        raise PydanticCustomError("bad-date", "{value} has no such month", {"value": ascii(value)})
    if day is not None:
        import datetime

        try:
            datetime.date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("bad-date", "{value} has no such day", {"value": ascii(value)}) from None
    return value


PartialDate = Annotated[
    str,
    BeforeValidator(_date),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^(\d{4}(-\d{2}(-\d{2})?)?|unknown|undisclosed)$"},
                {"type": "integer"},
            ]
        }
    ),
]
"""A date with its precision: ``2023``, ``2023-03`` or ``2023-03-14`` (or an absence word).

Kept as text: the length is the precision, and ISO dates compare as text."""


def date_is_known(value: str) -> bool:
    """Whether a :data:`PartialDate` holds a date rather than an absence word."""
    return value[:1].isdigit()


def surely_before(first: str, second: str) -> bool:
    """Whether ``first`` is earlier than ``second`` at the precision that both have."""
    shared = min(len(first), len(second))
    return date_is_known(first) and date_is_known(second) and first[:shared] < second[:shared]
