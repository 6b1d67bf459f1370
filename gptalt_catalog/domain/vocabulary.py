"""The closed lists: organizations, languages, tasks, known defects. Each word has a definition."""

from __future__ import annotations

from typing import Annotated

from pydantic import PositiveInt, StringConstraints

from gptalt_catalog.domain.base import Line, Model, Plain, Slug, SourceId, Text, Url


class Organization(Model):
    """Who releases things. ``accounts``: its owners' names on code and model hosts."""

    name: Line
    names: dict[str, Line] = {}
    accounts: tuple[Line, ...] = ()
    url: Url | None = None
    country: Line | None = None


class Language(Model):
    """A language by its ISO 639 code (``zh`` is Chinese, written in either script)."""

    name: Text


class Task(Model):
    """What a benchmark tests."""

    name: Text
    definition: Text


class Defect(Model):
    """A documented fault of a harness or a published file; its claims are never ranked."""

    name: Text
    definition: Text
    source: SourceId
    locator: Plain


class OrganizationFile(Model):
    """The file ``vocabulary/organizations.yaml``."""

    organizations: dict[Slug, Organization]


class LanguageFile(Model):
    """The file ``vocabulary/languages.yaml``."""

    languages: dict[Slug, Language]


class TaskFile(Model):
    """The file ``vocabulary/tasks.yaml``."""

    tasks: dict[Slug, Task]


class DefectFile(Model):
    """The file ``vocabulary/defects.yaml``."""

    defects: dict[Slug, Defect]


class About(Model):
    """The catalog as a whole (``catalog/catalog.yaml``): its date and its license.

    A status (of a tool, of an application) that was looked up more than ``status_limit_months``
    before ``date`` gets a warning.
    """

    title: Text
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    license: Line
    repository: Url
    status_limit_months: PositiveInt = 12
