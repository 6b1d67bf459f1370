"""The files that the site is made from, and the folders that it is made in."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gptalt_catalog.loading.location import project_file

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Project:
    """Inputs of the site: the catalog's folder, ``site/``, MkDocs' two configurations, schemas and change log."""

    catalog: Path
    site: Path
    config: Path
    config_zh: Path
    schema: Path | None
    change_log: Path | None = None

    @classmethod
    def of(cls, catalog: Path) -> Project:
        """The project that a catalog folder belongs to, else the installed one. Raises ``FileNotFoundError``."""
        try:
            schema: Path | None = project_file("schema", catalog)
        except FileNotFoundError:
            schema = None
        try:
            change_log: Path | None = project_file("CHANGELOG.md", catalog)
        except FileNotFoundError:
            change_log = None
        return cls(
            catalog=catalog,
            site=project_file("site", catalog),
            config=project_file("mkdocs.yml", catalog),
            config_zh=project_file("mkdocs.zh.yml", catalog),
            schema=schema,
            change_log=change_log,
        )

    def news(self) -> str:
        """The project's change log as Markdown, empty without one."""
        return self.change_log.read_text(encoding="utf-8") if self.change_log is not None else ""

    def catalog_stamp(self) -> str:
        """A digest of the catalog's files: names, times and sizes."""
        return _stamp(self.catalog)

    def site_stamp(self) -> str:
        """A digest of the templates, assets, schemas and configurations."""
        others = [path for path in (self.schema, self.change_log) if path is not None]
        return _stamp(self.site, *others, self.config, self.config_zh)


def _stamp(*places: Path) -> str:
    digest = hashlib.sha256()
    for place in places:
        for line in sorted(_states(place)):
            digest.update(line.encode())
    return digest.hexdigest()


def _states(place: str | Path) -> Iterator[str]:
    """A line for each file; by ``scandir``, because the preview asks several times a second."""
    try:
        if Path(place).is_file():
            status = Path(place).stat()
            yield f"{place}\0{status.st_mtime_ns}\0{status.st_size}\n"
            return
        with os.scandir(place) as found:
            entries = list(found)
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _states(entry.path)
            else:
                status = entry.stat()
                yield f"{entry.path}\0{status.st_mtime_ns}\0{status.st_size}\n"
    except FileNotFoundError:  # removed while we looked
        return


def default_out(catalog: Path) -> Path:
    """Where output goes: ``build`` beside the catalog in a checkout, else in the current folder."""
    beside = catalog.resolve().parent
    # The installed package has the same files side by side; nothing is ever written there.
    is_checkout = (beside / "mkdocs.yml").is_file() and not beside.is_relative_to(_PACKAGE)
    return (beside if is_checkout else Path.cwd()) / "build"
