"""``gptalt-catalog demo``: see ``verify`` at work in two minutes, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Do it in this folder, and keep it.")
    ] = None,
) -> None:
    """Audit a true and a false claim about a model made on the spot; no network is needed.

    Ends as `verify` does: 1, for one claim is not reproduced; 4 if it could not be run.
    """
    import tempfile

    from gptalt_catalog.verify.demo.making import DemoError
    from gptalt_catalog.verify.demo.showing import show

    try:
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            code = show(keep, typer.echo)
        else:
            with tempfile.TemporaryDirectory(prefix="gptalt-demo-") as folder:
                code = show(Path(folder), typer.echo)
            typer.echo("The folder is removed; `gptalt-catalog demo --keep DIR` keeps it.")
    except DemoError as error:
        typer.echo(f"gptalt-catalog: {error}", err=True)
        raise typer.Exit(4) from None
    raise typer.Exit(code)
