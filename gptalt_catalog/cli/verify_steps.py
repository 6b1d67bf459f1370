"""``verify`` and its steps: the whole audit of a model, or planning, scoring, grading and judging apart.

``verify MODEL`` is the audit; the other words are commands of their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from gptalt_catalog.cli.options import CatalogOption, TableFormat
from gptalt_catalog.cli.query import print_records
from gptalt_catalog.cli.verify import Job, could_not_run, errors, verify

if TYPE_CHECKING:
    from gptalt_catalog.verify.session import Wishes


class ModelOrStep(TyperGroup):
    """A group whose first word may be a model: then the whole audit is meant."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name of the audit's command before anything that is no command of the group."""
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = ["audit", *args]
        return list(super().parse_args(ctx, args))


verify_app = typer.Typer(
    cls=ModelOrStep,
    no_args_is_help=True,
    help="Re-run published scores: `verify MODEL`, or one of the steps below.",
)
verify_app.command("audit")(verify)

Requests = Annotated[Path, typer.Argument(help="requests.jsonl, as `verify plan` writes it.")]
Responses = Annotated[Path, typer.Argument(help="responses.jsonl, as `verify score` writes it.")]
Model = Annotated[
    str, typer.Argument(metavar="MODEL[@REVISION]", help="A checkpoint, a family, OWNER/NAME, or a folder.")
]
Tasks = Annotated[str, typer.Option(help="Only these tasks, with commas between.")]
Claims = Annotated[list[str] | None, typer.Option("--claim", help="A claim of your own: PROTOCOL=PERCENT.")]
Items = Annotated[int | None, typer.Option("--max-items", min=1, help="At most so many items for a claim.")]
Data = Annotated[list[str] | None, typer.Option("--data", help="OWNER/NAME=FOLDER: a benchmark's data on this disk.")]


def _wishes(model: str, tasks: str, claims: list[str] | None, max_items: int | None) -> Wishes:
    from gptalt_catalog.verify.audit import Options
    from gptalt_catalog.verify.session import Wishes

    names = tuple(name.strip() for name in tasks.split(",") if name.strip())
    return Wishes(model, tasks=names, claims=tuple(claims or ()), options=Options(max_items=max_items))


@verify_app.command("plan")
def plan(
    model: Model,
    requests: Annotated[Path, typer.Option("--out", help="Where to write the requests.")] = Path("requests.jsonl"),
    tasks: Tasks = "",
    claim: Claims = None,
    max_items: Items = None,
    data: Data = None,
    catalog: CatalogOption = None,
) -> None:
    """Write every prompt that an audit may ask, in its order; no weights are needed."""
    from gptalt_catalog.verify.session import plan_requests

    job = Job(_wishes(model, tasks, claim, max_items), catalog, offline=False, data=data or [], quiet=False)
    try:
        prepared = job.prepare()
        count = plan_requests(prepared, job.commit(prepared), job.sources(), requests, job.say)
    except errors() as error:
        raise could_not_run(error) from None
    typer.echo(f"{requests}: {count} items; answer them with `gptalt-catalog verify score`")


@verify_app.command("score")
def score(
    requests: Requests,
    responses: Responses,
    model: Annotated[Path, typer.Option("--model", help="The folder with the weights.")],
    device: Annotated[str, typer.Option(help="auto, cpu, cuda.")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, float32, bfloat16, float16.")] = "auto",
) -> None:
    """Answer a request file with a model; goes on where it was interrupted. Needs torch and transformers only."""
    from gptalt_catalog.verify.pipeline.scorer import main

    arguments = [str(requests), str(responses), "--model", str(model), "--device", device, "--dtype", dtype]
    raise typer.Exit(main(arguments))


@verify_app.command("grade")
def grade(
    model: Model,
    requests: Requests,
    responses: Responses,
    tasks: Tasks = "",
    claim: Claims = None,
    data: Data = None,
    catalog: CatalogOption = None,
) -> None:
    """Judge the claims from answers that lie in a file; no weights are needed."""
    from gptalt_catalog.cli.verify import outcome
    from gptalt_catalog.verify.session import exit_code, grade_responses

    job = Job(_wishes(model, tasks, claim, None), catalog, offline=False, data=data or [], quiet=False)
    try:
        claims = grade_responses(job.prepare(), job.sources(), requests, responses, job.say)
    except errors() as error:
        raise could_not_run(error) from None
    outcome(claims)
    raise typer.Exit(exit_code([one.verdict for one in claims]))


@verify_app.command("recheck")
def recheck(record: Annotated[Path, typer.Argument(help="A record of catalog/verifications.")]) -> None:
    """Derive every verdict of a record from its item results, without weights. Exit code 1: one does not follow."""
    from gptalt_catalog.verify.record import RecordError, read_record
    from gptalt_catalog.verify.record import recheck as derive

    try:
        verification, items = read_record(record)
        again = derive(verification, items)
    except (RecordError, OSError) as error:
        raise could_not_run(error) from None
    for one in again:
        mark = "holds" if one.holds else f"does not follow: {one.verdict}"
        typer.echo(f"{one.claim.protocol} {one.claim.claimed}: {one.claim.verdict}: {mark} {one.reason}".rstrip())
    raise typer.Exit(0 if all(one.holds for one in again) else 1)


@verify_app.command("status")
def status(
    model: Annotated[str | None, typer.Argument(help="A checkpoint; all if left out.")] = None,
    format: Annotated[TableFormat, typer.Option("--format", help="table, json or csv.")] = TableFormat.table,
    catalog: CatalogOption = None,
) -> None:
    """List claims: verified, stale (revision or suite changed), never."""
    from dataclasses import asdict

    from gptalt_catalog.loading.catalog_loader import load_catalog
    from gptalt_catalog.verify.status import claim_states

    loaded = load_catalog(catalog)
    if model is not None and model not in loaded.checkpoints:
        raise typer.BadParameter(f"there is no checkpoint {model!r}")
    rows = [asdict(state) for state in claim_states(loaded, None if model is None else [model])]
    print_records(("checkpoint", "protocol", "source", "value", "state", "verdict", "record", "reason"), rows, format)


@verify_app.command("costs")
def costs(
    risk: Annotated[float, typer.Option(min=0.0001, max=0.5, help="The accepted chance of a wrong verdict.")] = 0.05,
    catalog: CatalogOption = None,
) -> None:
    """Print what an audit of each benchmark costs and risks, exactly (docs/audit-costs.md)."""
    from gptalt_catalog.loading.catalog_loader import load_catalog
    from gptalt_catalog.verify.costs import costs as rows_of
    from gptalt_catalog.verify.costs import table

    typer.echo(table(rows_of(load_catalog(catalog), risk)), nl=False)
