"""Tools, techniques and applications; sources."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from gptalt_catalog.domain.base import Absent, LicenseId, Line, Model, OrganizationId, PartialDate, Text, Url, Verbatim
from gptalt_catalog.domain.evidence import Block, Entry
from gptalt_catalog.domain.family import Repository


class Project(Block):
    """Who keeps a tool and how it stands. ``checked`` is the day ``status`` was looked up."""

    organizations: tuple[OrganizationId, ...] | Absent
    repository: Repository | None = None
    license: tuple[LicenseId, ...] | Absent = "unknown"
    status: Literal["active", "archived", "gone", "unknown"] = "unknown"
    checked: PartialDate = "unknown"


class PrintedRow(Model):
    """What the survey's table printed for a tool or an application, verbatim."""

    place: Line
    name: Verbatim
    category: Verbatim | None = None
    use: Verbatim | None = None
    by: Verbatim | None = None
    backbone: Verbatim | None = None
    link: Verbatim | None = None
    correction: Text | None = None


class Tool(Entry):
    """Software to train, serve, speed up or evaluate models."""

    category: Literal[
        "deployment", "acceleration", "reproduction", "framework", "evaluation", "fine-tuning", "software"
    ]
    project: Project | None = None
    survey: PrintedRow | None = None


class Publication(Block):
    """Where a technique was published."""

    title: Line
    released: PartialDate = "unknown"


class Technique(Entry):
    """A method: quantization, parameter-efficient tuning, data or alignment."""

    category: Literal["quantization", "parameter-efficient", "data-quality", "data-synthesis", "alignment"]
    publication: Publication | None = None


class Service(Block):
    """An application's facts today; ``backbone`` is the model behind it, as stated."""

    organizations: tuple[OrganizationId, ...] | Absent = "unknown"
    backbone: Line | Absent = "unknown"
    status: Literal["active", "changed", "gone", "unknown"] = "unknown"
    checked: PartialDate = "unknown"


class Application(Entry):
    """A product built on large language models."""

    field: Literal[
        "writing", "search", "coding", "language-learning", "research", "productivity", "conversation", "custom-ai"
    ]
    service: Service | None = None
    survey: PrintedRow | None = None


Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{7,40}$")]


class Source(Model):
    """Where facts come from: a repository at a commit, a paper, a page, a package.

    ``primary``: written by those who made the thing it speaks of.
    """

    title: Line
    kind: Literal["repository", "paper", "web-page", "hub-page", "package", "article", "data-file"]
    url: Url
    repository: Repository | None = None
    commit: Commit | None = None
    version: Line | None = None
    published: PartialDate = "unknown"
    seen: PartialDate
    organization: OrganizationId | None = None
    license: Line | Absent = "unknown"
    note: Text | None = None
