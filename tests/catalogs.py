"""The small catalog of the tests, and copies of it with something wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

from gptalt_catalog.domain.problem import Problem
from gptalt_catalog.loading.catalog_loader import CatalogReader, Reading

DATA = Path(__file__).parent / "data"
GOOD = DATA / "good"
BAD = DATA / "bad"
CHECKOUT = Path(__file__).resolve().parent.parent


def copy_of_good(folder: Path) -> Path:
    """A copy of the small catalog in ``folder``/catalog, to be spoilt."""
    root = folder / "catalog"
    shutil.copytree(GOOD, root)
    return root


def read(root: Path) -> Reading:
    return CatalogReader(root).read()


def told(root: Path) -> list[Problem]:
    """All problems of a catalog, with paths that do not depend on where it lies."""
    prefix = str(root) + "/"
    return [Problem(p.file.removeprefix(prefix), *tuple(vars(p).values())[1:]) for p in read(root).problems]


def golden_text(problems: list[Problem]) -> str:
    """Problems as the golden files keep them."""
    return "".join(f"{p}\n  severity: {p.severity}\n  fix: {p.fix}\n" for p in problems)
