"""``gptalt-catalog check``: every problem of every file, in one run."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gptalt_catalog.cli.options import CatalogOption

if TYPE_CHECKING:
    from gptalt_catalog.domain.problem import Problem


class ReportFormat(StrEnum):
    """How problems are printed."""

    text = "text"
    json = "json"
    github = "github"


def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Report on these files or folders only.")] = None,
    format: Annotated[
        ReportFormat, typer.Option("--format", help="text, json, or github (annotations).")
    ] = ReportFormat.text,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Leave out warnings and the summary.")] = False,
    catalog: CatalogOption = None,
) -> None:
    """Check the catalog. Exit code 0: clean, 1: errors, 2: wrong use."""
    from gptalt_catalog.loading.catalog_loader import CatalogReader
    from gptalt_catalog.loading.location import find_catalog

    root = find_catalog(catalog or _catalog_of(paths))
    reading = CatalogReader(root).read()
    problems = _only(reading.problems, root, paths or [])
    bad = [p for p in problems if strict or p.severity == "error"]
    _print_problems([p for p in problems if not quiet or p in bad], format)
    if format is ReportFormat.text and not quiet:
        from gptalt_catalog.cli.summary import summary_lines

        typer.echo("\n".join(summary_lines(reading.catalog, problems)))
    raise typer.Exit(1 if bad else 0)


def _catalog_of(paths: list[Path] | None) -> Path | None:
    """The catalog that the first path lies in, so that ``check ELSEWHERE/catalog/models/x.yaml`` works."""
    for path in paths or []:
        if not path.exists():
            raise typer.BadParameter(f"{path} does not exist")
        here = path.resolve()
        for folder in (here, *here.parents):
            if (folder / "catalog.yaml").is_file() or (folder / "catalog" / "catalog.yaml").is_file():
                return folder
        raise typer.BadParameter(f"{path} is not inside a catalog (a folder with catalog.yaml)")
    return None


def _only(problems: tuple[Problem, ...], root: Path, paths: list[Path]) -> list[Problem]:
    from gptalt_catalog.loading.location import shown

    wanted = [path.resolve() for path in paths]
    base, prefix = root.resolve(), shown(root) + "/"
    if not wanted:
        return list(problems)

    def concerns(problem: Problem) -> bool:
        file = base / problem.file.removeprefix(prefix)
        return any(file == path or path in file.parents for path in wanted)

    return [p for p in problems if concerns(p)]


def _print_problems(problems: list[Problem], format: ReportFormat) -> None:
    if format is ReportFormat.json:
        import json

        typer.echo(json.dumps([p.as_dict() for p in problems], indent=2, ensure_ascii=False))
        return
    for p in problems:
        if format is ReportFormat.github:
            text = _github(f"{p.message}. Fix: {p.fix}")
            typer.echo(f"::{p.severity} file={_github(p.file)},line={p.line},col={p.column},title={p.code}::{text}")
        else:
            mark = "warning: " if p.severity == "warning" else ""
            typer.echo(f"{p.file}:{p.line}:{p.column}: {p.code}: {mark}{p.message}\n  fix: {p.fix}")


def _github(text: str) -> str:
    return (
        text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace(",", "%2C").replace("::", "%3A%3A")
    )
