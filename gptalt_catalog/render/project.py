"""The files that the site is made from, and the folders that it is made in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gptalt_catalog.loading.location import project_file

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Project:
    """Inputs of the site: the catalog's folder, ``site/``, MkDocs' two configurations, the schemas if any."""

    catalog: Path
    site: Path
    config: Path
    config_zh: Path
    schema: Path | None

    @classmethod
    def of(cls, catalog: Path) -> Project:
        """The project that a catalog folder belongs to, else the installed one. Raises ``FileNotFoundError``."""
        try:
            schema: Path | None = project_file("schema", catalog)
        except FileNotFoundError:
            schema = None
        return cls(
            catalog=catalog,
            site=project_file("site", catalog),
            config=project_file("mkdocs.yml", catalog),
            config_zh=project_file("mkdocs.zh.yml", catalog),
            schema=schema,
        )

    def inputs(self) -> Iterator[Path]:
        """Every file that a page may depend on, the package's own modules included."""
        folders = [self.catalog, self.site, _PACKAGE, *([self.schema] if self.schema is not None else [])]
        for folder in folders:
            for path in folder.rglob("*"):
                if "__pycache__" not in path.parts and path.is_file():
                    yield path
        yield from (self.config, self.config_zh)

    def stamp(self) -> str:
        """A digest of all inputs' names, times and sizes: it changes when any of them does."""
        digest = hashlib.sha256()
        for path in sorted(self.inputs()):
            try:
                status = path.stat()
            except FileNotFoundError:  # removed while we looked
                continue
            digest.update(f"{path}\0{status.st_mtime_ns}\0{status.st_size}\n".encode())
        return digest.hexdigest()


def default_out(catalog: Path) -> Path:
    """Where output goes: ``build`` beside the catalog in a checkout, else in the current folder."""
    beside = catalog.resolve().parent
    # The installed package has the same files side by side; nothing is ever written there.
    is_checkout = (beside / "mkdocs.yml").is_file() and not beside.is_relative_to(_PACKAGE)
    return (beside if is_checkout else Path.cwd()) / "build"
