"""The command ``gptalt-catalog``: one file per command group; each command parses, calls, prints.

Exit codes: 0 all well, 1 the catalog has errors (or a file is not in canonical form), 2 the command
was used wrongly. Heavy imports stand inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gptalt_catalog.cli import check, formatting, query, report
from gptalt_catalog.cli.demo import demo
from gptalt_catalog.cli.hub import hub_app
from gptalt_catalog.cli.site import site_app
from gptalt_catalog.cli.verify_steps import verify_app

app = typer.Typer(
    name="gptalt-catalog",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Find open alternatives to GPT, check the catalog, and build its site.",
)
app.command("check")(check.check)
app.command("list")(query.list_entries)
app.command("show")(query.show)
app.command("fmt")(formatting.fmt)
app.command("schema")(formatting.schema)
app.command("new")(formatting.new)
app.command("report")(report.report)
app.command("demo")(demo)
app.add_typer(site_app, name="site")
app.add_typer(verify_app, name="verify")
app.add_typer(hub_app, name="hub")


def _version(wanted: bool) -> None:
    if wanted:
        from gptalt_catalog import __version__
        from gptalt_catalog.loading.location import find_catalog
        from gptalt_catalog.loading.tree import read_tree

        about = read_tree((find_catalog() / "catalog.yaml").read_bytes()).value or {}
        typer.echo(f"gptalt-catalog {__version__}, catalog of {about.get('date', 'unknown date')}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version and the catalog's date."),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of unexpected errors.")] = False,
) -> None:
    """Find open alternatives to GPT, check the catalog, and build its site."""


def run() -> None:
    """Entry point: errors come as one line for people; ``--debug`` shows the traceback."""
    if "--debug" in sys.argv:
        app()
        return
    try:
        app()
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        where = f" ({error.filename})" if error.filename else ""
        stop(f"{error.strerror or error}{where}", 2)
    except KeyboardInterrupt:
        stop("stopped", 130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  a traceback is no message for people
        if type(error).__name__ == "CatalogError":
            stop(f"{error}\nrun `gptalt-catalog check` for all of them", 1)
        # in verify, 1 says that a score was refuted, which an accident must not
        code = 4 if sys.argv[1:2] == ["verify"] else 1
        stop(f"unexpected {type(error).__name__}: {error}\nrun again with --debug and report it", code)


def stop(message: str, code: int) -> None:
    """Print a message for people and leave with an exit code."""
    typer.echo(f"gptalt-catalog: {message}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    run()
