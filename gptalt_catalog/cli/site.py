"""``gptalt-catalog site``: generate, build and serve the site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gptalt_catalog.cli.options import CatalogOption

if TYPE_CHECKING:
    from gptalt_catalog.domain.catalog import Catalog
    from gptalt_catalog.render.project import Project

site_app = typer.Typer(no_args_is_help=True, help="Generate, build and serve the site.")

OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="The folder for output; by default build/ beside the catalog."),
]


@site_app.command("generate")
def generate_site(catalog: CatalogOption = None, out: OutOption = None) -> None:
    """Write the pages' Markdown and JSON, without building them. Exit code 1: the catalog has errors."""
    from gptalt_catalog.render.generate import generate

    project, folder = _project(catalog, out)
    done = generate(_sound(project), project.site, folder / "docs", project.schema, project.news())
    typer.echo(f"{folder / 'docs'}: {done.files} files, {len(done.written)} written, {len(done.removed)} removed")


@site_app.command("build")
def build_site(catalog: CatalogOption = None, out: OutOption = None) -> None:
    """Build the site in both languages. Exit code 1: the catalog has errors, or MkDocs failed."""
    from gptalt_catalog.render.build import SiteBuildError, build

    project, folder = _project(catalog, out)
    try:
        built = build(_sound(project), project, folder, typer.echo)
    except SiteBuildError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    for warning in built.warnings:
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(f"built {built.site}")


@site_app.command("serve")
def serve_site(
    catalog: CatalogOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")] = 8000,
) -> None:
    """Serve the site as the catalog is now; while the catalog has errors, as it was before them."""
    import threading

    from gptalt_catalog.render.preview import Preview, serve

    project, _ = _project(catalog, None)
    try:
        serve(Preview(project, typer.echo), host, port, threading.Event())
    except OSError as error:
        typer.echo(f"cannot listen on {host}:{port}: {error.strerror}", err=True)
        raise typer.Exit(2) from None


def _project(catalog: Path | None, out: Path | None) -> tuple[Project, Path]:
    from gptalt_catalog.loading.location import find_catalog
    from gptalt_catalog.render.project import Project, default_out

    root = find_catalog(catalog)
    return Project.of(root), out if out is not None else default_out(root)


def _sound(project: Project) -> Catalog:
    from gptalt_catalog.loading.catalog_loader import CatalogReader

    reading = CatalogReader(project.catalog).read()
    for problem in reading.errors:
        typer.echo(f"{problem}\n  fix: {problem.fix}", err=True)
    if reading.errors:
        typer.echo(f"{len(reading.errors)} errors: a catalog with errors does not build a site", err=True)
        raise typer.Exit(1)
    return reading.catalog
