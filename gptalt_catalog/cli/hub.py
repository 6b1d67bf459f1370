"""``gptalt-catalog hub``: a model hub on this machine, for sites without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

hub_app = typer.Typer(no_args_is_help=True, help="Serve models and data sets to machines without a network.")


@hub_app.callback()
def hub() -> None:
    """Serve models and data sets to machines without a network."""


@hub_app.command("serve")
def serve_hub(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Holds models/OWNER/NAME/REVISION/… and datasets/….")],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65534, help="The port to listen on; large files come from the next one. 0: any.")
    ] = 8077,
) -> None:
    """Serve a folder as the real hub would; Ctrl+C stops. Exit code 2: the folder or the port cannot be used."""
    import threading

    from gptalt_catalog.verify.hub.serve import ServeError, open_hub, survey

    try:
        running = open_hub(folder, host, port)
    except ServeError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    for line in survey(running):
        typer.echo(line)
    with running:
        typer.echo("ready (Ctrl+C stops); on the machines that use it:")
        for name, value in running.environment().items():
            typer.echo(f"  export {name}={value}")
        threading.Event().wait()
