"""Writes the site's sources under ``build/docs``: Markdown, JSON and assets, only where they changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.render.environment import Templates
from gptalt_catalog.render.site_data import site_data
from gptalt_catalog.render.sources import Sources


@dataclass(frozen=True)
class Generated:
    """What a run did: the number of files that exist now, and the paths that it wrote or removed."""

    files: int
    written: tuple[Path, ...]
    removed: tuple[Path, ...]


class Writer:
    """Writes files below a folder, leaves unchanged ones alone, and removes what nobody wrote."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._kept: set[Path] = set()
        self._written: list[Path] = []

    def write(self, path: str, content: str | bytes) -> None:
        """Write ``path`` (relative to the root) unless it holds ``content`` already."""
        target = self.root / path
        data = content.encode("utf-8") if isinstance(content, str) else content
        self._kept.add(target)
        if target.is_file() and target.stat().st_size == len(data) and target.read_bytes() == data:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        self._written.append(target)

    def finish(self) -> Generated:
        """Remove files that this run did not name, and say what was done."""
        removed = [path for path in sorted(self.root.rglob("*")) if path.is_file() and path not in self._kept]
        for path in removed:
            path.unlink()
        for folder in sorted((p for p in self.root.rglob("*") if p.is_dir()), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()
        return Generated(len(self._kept), tuple(self._written), tuple(removed))


def generate(catalog: Catalog, site: Path, out: Path, schema: Path | None = None, change_log: str = "") -> Generated:
    """Write the sources of both languages of the site.

    Args:
        catalog: A catalog without errors.
        site: The folder with templates, pages and assets.
        out: The folder to write to; ``en`` and ``zh`` below it become MkDocs' ``docs_dir``.
        schema: The folder of JSON Schemas to publish, if there is one.
        change_log: The project's change log as Markdown, for the page on what is new.
    """
    data = site_data(catalog, change_log, schema)
    sources = Sources(data, site, Templates([site / "templates", site / "pages"]), schema)
    writer = Writer(out)
    for path, make in sources.all():
        writer.write(path, make())
    return writer.finish()
