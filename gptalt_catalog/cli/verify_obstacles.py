"""``gptalt-catalog verify obstacles``: what can be verified, over the whole catalog, without a network."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from gptalt_catalog.cli.options import CatalogOption, TableFormat
from gptalt_catalog.cli.query import print_records

if TYPE_CHECKING:
    from gptalt_catalog.views.verifiability import Verifiability

COLUMNS = ("checkpoint", "answer", "reasons", "scores", "checkable", "comparable", "gib", "what_to_do")


def obstacles(
    model: Annotated[str | None, typer.Argument(help="A checkpoint or a family; all if left out.")] = None,
    memory: Annotated[str | None, typer.Option(help="The memory that you have, as 24GB.")] = None,
    answer: Annotated[str | None, typer.Option(help="Only these: yes, perhaps, nothing-to-check, no.")] = None,
    format: Annotated[TableFormat, typer.Option("--format", help="table, json or csv.")] = TableFormat.table,
    catalog: CatalogOption = None,
) -> None:
    """Say for each checkpoint whether its published scores can be verified, and if not, why. Asks no network."""
    from gptalt_catalog.domain.protocol_table import ProtocolRows
    from gptalt_catalog.loading.catalog_loader import load_catalog
    from gptalt_catalog.loading.protocol_table import read_protocol_table
    from gptalt_catalog.views.memory_fit import parse_memory
    from gptalt_catalog.views.verifiability import ANSWERS, verifiability

    if answer is not None and answer not in ANSWERS:
        raise typer.BadParameter(f"{answer!r} is no answer; choose from {', '.join(ANSWERS)}")
    try:
        bytes_here = None if memory is None else parse_memory(memory)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    loaded = load_catalog(catalog)
    if model is not None and model not in loaded.checkpoints and model not in loaded.families:
        raise typer.BadParameter(f"there is no checkpoint or family {model!r}")
    rows = [
        row
        for row in verifiability(loaded, read_protocol_table(ProtocolRows), memory=bytes_here)
        if model in (None, row.checkpoint, row.family) and answer in (None, row.answer)
    ]
    print_records(COLUMNS, [_record(row, long=format is not TableFormat.table) for row in rows], format)
    if format is TableFormat.table:
        _summary(rows)


def _record(row: Verifiability, *, long: bool) -> dict[str, str | int | float | None]:
    from gptalt_catalog.domain.memory import GIB

    first = row.obstacles[0] if row.obstacles else None
    told = "; ".join(map(str, row.obstacles)) if long else ("" if first is None else first.way_out)
    return {
        "checkpoint": row.checkpoint,
        "answer": row.answer,
        "reasons": " ".join(row.codes),
        "scores": row.scores.published,
        "checkable": row.scores.checkable,
        "comparable": row.scores.comparable,
        "gib": None if row.memory is None else round(row.memory / GIB, 1),
        "what_to_do": told,
    }


def _summary(rows: list[Verifiability]) -> None:
    from gptalt_catalog.views.verifiability import ANSWERS, reasons

    counts = Counter(row.answer for row in rows)
    typer.echo(f"{len(rows)} checkpoints: " + ", ".join(f"{counts[answer]} {answer}" for answer in ANSWERS))
    for code, blocked, warned in reasons(rows):
        typer.echo(f"  {code}: keeps {blocked} from being verified" + (f", warns of {warned}" if warned else ""))
