"""``list`` and ``show``: the catalog on the command line, as a table, as JSON or as CSV."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gptalt_catalog.cli.options import CatalogOption, TableFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gptalt_catalog.domain.catalog import Catalog
    from gptalt_catalog.views.export import Record
    from gptalt_catalog.views.model_list import ModelRow

FormatOption = Annotated[TableFormat, typer.Option("--format", help="table, json or csv.")]


def list_entries(
    kind: Annotated[
        str, typer.Argument(help="models (checkpoints), families, datasets, benchmarks, tools, …")
    ] = "models",
    license: Annotated[  # noqa: A002  the option's name
        str | None, typer.Option("--license", help="commercial; yes, conditional, no, unclear; or a license id.")
    ] = None,
    language: Annotated[str | None, typer.Option("--language", help="A language code: zh.")] = None,
    role: Annotated[
        str | None, typer.Option("--role", help="base, instruct, chat, code, multimodal, scientific.")
    ] = None,
    domain: Annotated[str | None, typer.Option("--domain", help="language, multimodal or scientific.")] = None,
    family: Annotated[str | None, typer.Option("--family", help="A family id.")] = None,
    max_params: Annotated[str | None, typer.Option("--max-params", help="Most parameters: 8B, 500M.")] = None,
    min_params: Annotated[str | None, typer.Option("--min-params", help="Fewest parameters.")] = None,
    min_score: Annotated[
        list[str] | None, typer.Option("--min-score", help="BENCHMARK=PERCENT or PROTOCOL=PERCENT; may be repeated.")
    ] = None,
    fits: Annotated[str | None, typer.Option("--fits", help="Memory that it must fit into: 24GB.")] = None,
    precision: Annotated[
        str, typer.Option("--precision", help="For --fits: fp16, int8, int4 (Q4_K_M), gptq-4bit, nf4, q8_0.")
    ] = "int4",
    context: Annotated[int, typer.Option("--context", min=1, help="For --fits: tokens of prompt and answer.")] = 4096,
    text: Annotated[str | None, typer.Option("--text", help="Words that must occur in names and ids.")] = None,
    format: FormatOption = TableFormat.table,
    catalog: CatalogOption = None,
) -> None:
    """List entries of one kind; models can be filtered."""
    from gptalt_catalog.loading.catalog_loader import load_catalog
    from gptalt_catalog.views.model_list import QueryError, query_checkpoints

    filters: dict[str, Any] = {
        "license": license, "language": language, "role": role, "domain": domain, "family": family, "text": text,
        "max_params": _count(max_params), "min_params": _count(min_params),
        "min_score": [_score(given) for given in min_score or []],
    }  # fmt: skip
    loaded = load_catalog(catalog)
    if fits is not None:
        filters |= _fit(fits, precision, context)
    if kind not in ("models", "checkpoints"):
        if any(filters.values()):
            raise typer.BadParameter("the filters are for `list models`")
        print_records(*_entries(loaded, kind), format)
        return
    try:
        rows = query_checkpoints(loaded, **filters)
    except QueryError as error:
        raise typer.BadParameter(str(error)) from None
    _print_checkpoints(rows, format)


def _print_checkpoints(rows: Sequence[ModelRow], format: TableFormat) -> None:
    """All columns, or those that a terminal has room for."""
    from gptalt_catalog.views.export import CHECKPOINT_COLUMNS, checkpoint_record
    from gptalt_catalog.views.formats import parameters_text

    records = [checkpoint_record(row) for row in rows]
    if format is TableFormat.table:
        short = [
            r | {"parameters": parameters_text(row.parameters)} for r, row in zip(map(dict, records), rows, strict=True)
        ]
        columns = (
            "id", "parameters", "context", "commercial", "conditions", "languages", "roles", "released",
            "superseded_by",
        )  # fmt: skip
        print_records(columns, short, format)
    else:
        print_records(CHECKPOINT_COLUMNS, records, format)


def _count(text: str | None) -> int | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([KMBTkmbt]?)", text.strip())
    if found is None:
        raise typer.BadParameter(f"{text!r} is not a number of parameters; write 8B, 1.4B or 500M")
    scale = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}[found[2].upper()]
    return int(float(found[1]) * scale)


def _fit(memory: str, precision: str, context: int) -> dict[str, Any]:
    from gptalt_catalog.views.memory_fit import parse_memory, parse_precision

    try:
        return {"fits": parse_memory(memory), "precision": parse_precision(precision), "context": context}
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _score(text: str) -> tuple[str, float]:
    found = re.fullmatch(r"\s*([a-z0-9.-]+)\s*=\s*(\d+(?:\.\d+)?)\s*", text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is not BENCHMARK=PERCENT, e.g. hellaswag=50")
    return found[1], float(found[2])


def _entries(catalog: Catalog, kind: str) -> tuple[tuple[str, ...], list[Record]]:
    """The ids, names and summaries of one kind."""
    from gptalt_catalog.domain.suggest import did_you_mean
    from gptalt_catalog.views.listing import COLUMNS, entry_records, listable

    kinds = listable(catalog)
    name = kind if kind in kinds else next((k for k in kinds if kind in (k, *_plurals(k))), None)
    if name is None:
        near = did_you_mean(kind, [p for k in kinds for p in _plurals(k)])
        hint = f"did you mean {near}?" if near else f"choose from models, {', '.join(_plurals(k)[0] for k in kinds)}"
        raise typer.BadParameter(f"there is no kind {kind!r}; {hint}")
    return COLUMNS, entry_records(catalog, name)


def _plurals(kind: str) -> tuple[str, ...]:
    return (kind[:-1] + "ies",) if kind.endswith("y") else (kind + "s",)


def show(
    entry: Annotated[str, typer.Argument(metavar="ID", help="An id or an alias; KIND/ID if several kinds have it.")],
    format: FormatOption = TableFormat.table,
    catalog: CatalogOption = None,
) -> None:
    """Show one entry: its facts with their evidence, and the scores of a checkpoint."""
    from gptalt_catalog.loading.catalog_loader import load_catalog
    from gptalt_catalog.views.listing import AmbiguousNameError, UnknownNameError, find, full_record, sheet

    loaded = load_catalog(catalog)
    try:
        kind, key = find(loaded, entry)
    except (UnknownNameError, AmbiguousNameError) as error:
        raise typer.BadParameter(str(error)) from None
    if format is TableFormat.json:
        _json(full_record(loaded, kind, key))
        return
    found = sheet(loaded, kind, key)
    if format is TableFormat.table:
        typer.echo(f"{found.title} ({kind} {key})\n{found.summary}\n")
    print_records(found.columns, found.records, format)
    if format is TableFormat.table:
        for line in found.closing:
            typer.echo(line)


def print_records(columns: Sequence[str], records: Sequence[Record], format: TableFormat) -> None:
    """Print rows as a table, as JSON or as CSV."""
    if format is TableFormat.json:
        _json([{c: r.get(c) for c in columns} for r in records])
    elif format is TableFormat.csv:
        from gptalt_catalog.views.export import csv_text

        typer.echo(csv_text(tuple(columns), records), nl=False)
    else:
        _table(columns, records)


def _json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _table(columns: Sequence[str], records: Sequence[Record]) -> None:
    """A table as wide as the terminal; in a pipe, as wide as it needs."""
    import sys

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    used = [c for c in columns if any(r.get(c) not in (None, "") for r in records)] or list(columns)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, column in enumerate(used):
        number = any(isinstance(r.get(column), int) for r in records)
        table.add_column(column.replace("_", " "), justify="right" if number else "left", no_wrap=i == 0)
    for record in records:
        table.add_row(*(Text("" if record.get(c) is None else str(record[c])) for c in used))
    wide = None if sys.stdout.isatty() else 250
    Console(width=wide, highlight=False, markup=False, soft_wrap=False).print(table)
    typer.echo(f"{len(records)} rows")
