"""``gptalt-catalog report``: the data about the data, as Markdown."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from gptalt_catalog.cli.options import CatalogOption


class ReportName(StrEnum):
    """What can be reported."""

    coverage = "coverage"
    scores = "scores"
    memory = "memory"


def report(
    name: Annotated[
        ReportName, typer.Argument(help="coverage; scores (doubtful ones, conflicts); memory (test of the estimate).")
    ],
    catalog: CatalogOption = None,
) -> None:
    """Print a report on the catalog's data as Markdown."""
    from gptalt_catalog.loading.catalog_loader import CatalogError, read_catalog
    from gptalt_catalog.views.reports import REPORTS

    reading = read_catalog(catalog)
    if reading.errors:
        raise CatalogError(reading.problems)
    typer.echo(REPORTS[name.value](reading.catalog, reading.problems), nl=False)
