"""Writes the site's sources under ``build/docs``: Markdown, JSON and assets, only where they changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.render.environment import Templates
from gptalt_catalog.render.model_table import model_table
from gptalt_catalog.render.pages import all_pages
from gptalt_catalog.render.places import ENTRY_KINDS, file_of
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.views.export import (
    CHECKPOINT_COLUMNS,
    CLAIM_COLUMNS,
    checkpoint_record,
    claim_record,
    csv_text,
    entry_record,
)
from gptalt_catalog.views.words import LANGUAGES


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


def generate(catalog: Catalog, site: Path, out: Path, schema: Path | None = None) -> Generated:
    """Write the sources of both languages of the site.

    Args:
        catalog: A catalog without errors.
        site: The folder with templates, pages and assets.
        out: The folder to write to; ``en`` and ``zh`` below it become MkDocs' ``docs_dir``.
        schema: The folder of JSON Schemas to publish, if there is one.
    """
    data = SiteData(catalog)
    templates = Templates([site / "templates", site / "pages"])
    writer = Writer(out)
    for language in LANGUAGES:
        for page in all_pages(data, language):
            text = templates.render(page.template, page.context(data, language))
            writer.write(f"{language}/{file_of(page.address)}", text)
        writer.write(f"{language}/assets/data/models.json", _json(model_table(data, language)))
        _copy(site / "assets", f"{language}/assets", writer)
    for path, content in data_files(data):
        writer.write(f"en/data/{path}", content)
    if schema is not None:
        _copy(schema, "en/schema", writer)
    return writer.finish()


def data_files(data: SiteData) -> Iterator[tuple[str, str]]:
    """The downloads: (path, content) of checkpoints, claims, and every entry as JSON."""
    checkpoints = [checkpoint_record(row) for row in data.rows["en"]]
    claims = [claim_record(score) for score in data.book.scores]
    for name, columns, records in (
        ("checkpoints", CHECKPOINT_COLUMNS, checkpoints),
        ("claims", CLAIM_COLUMNS, claims),
    ):
        yield f"{name}.json", _json(records)
        yield f"{name}.csv", csv_text(columns, records)
    for document in data.catalog.documents:
        if document.kind.name in ENTRY_KINDS:
            yield f"{document.kind.folder}/{document.id}.json", _json(entry_record(document.id, document.content))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _copy(folder: Path, target: str, writer: Writer) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            writer.write(f"{target}/{path.relative_to(folder).as_posix()}", path.read_bytes())
