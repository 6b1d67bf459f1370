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
from gptalt_catalog.cli.verify import Scorer, verify
from gptalt_catalog.cli.verify_job import Job, could_not_run, errors
from gptalt_catalog.cli.verify_obstacles import obstacles

if TYPE_CHECKING:
    from gptalt_catalog.verify.pin import Pinner
    from gptalt_catalog.verify.prepared import Wishes


class ModelOrStep(TyperGroup):
    """A group whose first word may be a model: then the whole audit is meant."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name of the audit's command before anything that is no command of the group.

        ``--dry-run --all`` is a dry run of every checkpoint: the table of obstacles.
        """
        if {"--dry-run", "--all"} <= set(args):
            args = ["obstacles", *(arg for arg in args if arg not in ("--dry-run", "--all"))]
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = ["audit", *args]
        return list(super().parse_args(ctx, args))


verify_app = typer.Typer(
    cls=ModelOrStep,
    no_args_is_help=True,
    help="Re-run published scores: `verify MODEL`, or one of the steps below.",
)
verify_app.command("audit")(verify)
verify_app.command("obstacles")(obstacles)

Requests = Annotated[Path, typer.Argument(help="requests.jsonl, as `verify plan` writes it.")]
Responses = Annotated[Path, typer.Argument(help="responses.jsonl, as `verify score` writes it.")]
Model = Annotated[
    str, typer.Argument(metavar="MODEL[@REVISION]", help="A checkpoint, a family, OWNER/NAME, or a folder.")
]
Tasks = Annotated[str, typer.Option(help="Only these tasks, with commas between.")]
Claims = Annotated[list[str] | None, typer.Option("--claim", help="A claim of your own: PROTOCOL=PERCENT.")]
Suite = Annotated[str, typer.Option(help="The suite of protocols.")]
Items = Annotated[int | None, typer.Option("--max-items", min=1, help="At most so many items for a claim.")]
Data = Annotated[list[str] | None, typer.Option("--data", help="OWNER/NAME=FOLDER: a benchmark's data on this disk.")]


def _wishes(model: str, suite: str, tasks: str, claims: list[str] | None, max_items: int | None) -> Wishes:
    from gptalt_catalog.verify.audit import Options
    from gptalt_catalog.verify.prepared import Wishes

    names = tuple(name.strip() for name in tasks.split(",") if name.strip())
    return Wishes(model, suite, names, tuple(claims or ()), options=Options(max_items=max_items))


@verify_app.command("plan")
def plan(
    model: Model,
    requests: Annotated[Path, typer.Option("--out", help="Where to write the requests.")] = Path("requests.jsonl"),
    suite: Suite = "compact",
    tasks: Tasks = "",
    claim: Claims = None,
    max_items: Items = None,
    data: Data = None,
    catalog: CatalogOption = None,
) -> None:
    """Write every prompt that an audit may ask, in its order; no weights are needed."""
    from gptalt_catalog.verify.prepared import require
    from gptalt_catalog.verify.session import plan_requests

    job = Job(_wishes(model, suite, tasks, claim, max_items), catalog, offline=False, data=data or [], quiet=False)
    try:
        require("datasets", "lm_eval", "numpy")
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
    scorer: Annotated[Scorer, typer.Option(help="auto, prefix, stock.")] = Scorer.auto,
) -> None:
    """Answer a request file with a model; goes on where it was interrupted. Needs torch and transformers only."""
    from gptalt_catalog.verify.pipeline.scorer import main
    from gptalt_catalog.verify.prepared import require

    try:
        require("torch", "transformers")
    except errors() as error:
        raise could_not_run(error) from None
    arguments = [str(requests), str(responses), "--model", str(model), "--device", device, "--dtype", dtype]
    arguments += ["--scorer", scorer.value]
    raise typer.Exit(main(arguments))


@verify_app.command("grade")
def grade(
    model: Model,
    requests: Requests,
    responses: Responses,
    suite: Suite = "compact",
    tasks: Tasks = "",
    claim: Claims = None,
    data: Data = None,
    catalog: CatalogOption = None,
) -> None:
    """Judge the claims from answers that lie in a file; no weights are needed."""
    from gptalt_catalog.cli.verify_show import outcome
    from gptalt_catalog.verify.prepared import require
    from gptalt_catalog.verify.session import exit_code, grade_responses

    job = Job(_wishes(model, suite, tasks, claim, None), catalog, offline=False, data=data or [], quiet=False)
    try:
        require("datasets", "lm_eval", "numpy")
        claims = grade_responses(job.prepare(), job.sources(), requests, responses, job.say)
    except errors() as error:
        raise could_not_run(error) from None
    outcome(claims)
    raise typer.Exit(exit_code([one.verdict for one in claims]))


@verify_app.command("recheck")
def recheck(record: Annotated[Path, typer.Argument(help="A record of catalog/verifications.")]) -> None:
    """Derive every verdict of a record from its item results, without weights. Exit code 1: one does not follow."""
    from gptalt_catalog.verify.record import RecordError, recheck_file

    try:
        again = recheck_file(record)
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
    """List claims: verified, stale (weights, suite, software or data have changed), never."""
    from dataclasses import asdict

    from gptalt_catalog.loading.catalog_loader import load_catalog
    from gptalt_catalog.verify.status import claim_states

    loaded = load_catalog(catalog)
    if model is not None and model not in loaded.checkpoints:
        raise typer.BadParameter(f"there is no checkpoint {model!r}")
    rows = [asdict(state) for state in claim_states(loaded, None if model is None else [model])]
    print_records(("checkpoint", "protocol", "source", "value", "state", "verdict", "record", "reason"), rows, format)


@verify_app.command("pin")
def pin(
    suite: Annotated[str, typer.Option(help="The suite whose data are pinned, wherever they are used.")] = "compact",
    model: Annotated[str | None, typer.Option("--model", help="Pin the weights of this checkpoint instead.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Resolve anew what is pinned already.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and stop.")] = False,
    catalog: CatalogOption = None,
) -> None:
    """Freeze what audits read: data revisions in evalhooks and suites, and the hashes of all rows. Needs a hub.

    Exit code 1: something stays pending; 4: nothing was changed.
    """
    from gptalt_catalog.loading.values import ValueRefusedError
    from gptalt_catalog.verify.pin import PinError, report

    expected: tuple[type[Exception], ...] = (PinError, ValueRefusedError, *errors())
    try:
        pinner = _pinner(catalog, again=again)
        found = pinner.model(model) if model is not None else pinner.suite(suite)
    except expected as error:
        raise could_not_run(PinError(f"{error}; nothing was changed")) from None
    for line in report(found):
        typer.echo(line)
    for path in [] if dry_run else found.write():
        typer.echo(f"wrote {path.relative_to(pinner.root.parent).as_posix()}")
    if found.revisions and model is not None:
        typer.echo("name the evidence of the revision in the entry: the hub's page, and the day")
    raise typer.Exit(1 if found.pending or found.lost else 0)


def _pinner(catalog: Path | None, *, again: bool) -> Pinner:
    """A pinner for the checkout that the catalog stands in."""
    import dataclasses

    from gptalt_catalog.loading.location import find_catalog
    from gptalt_catalog.verify.hub.client import HubClient
    from gptalt_catalog.verify.hub.errors import HubError
    from gptalt_catalog.verify.hub.settings import HubSettings
    from gptalt_catalog.verify.pin import PinError, Pinner

    root = find_catalog(catalog).resolve()
    if not (root.parent / "evalhooks" / "tasks").is_dir():
        raise PinError(f"there is no evalhooks/ beside {root.name}/: pin writes into a checkout")
    settings = HubSettings.from_environment()
    if settings.offline:
        raise HubError("offline", "HF_HUB_OFFLINE is set, and revisions are known to a hub only", "unset it")
    client = HubClient(dataclasses.replace(settings, retries=2))
    return Pinner(root, root.parent / "evalhooks", client, lambda text: typer.echo(text, err=True), again)


@verify_app.command("costs")
def costs(
    risk: Annotated[float, typer.Option(min=0.0001, max=0.5, help="The accepted chance of a wrong verdict.")] = 0.05,
    planted: Annotated[bool, typer.Option("--planted", help="Count verdicts on planted truths instead.")] = False,
    catalog: CatalogOption = None,
) -> None:
    """Print what an audit of each benchmark costs and risks, exactly (docs/audit-costs.md)."""
    from gptalt_catalog.verify.prepared import require

    try:
        require("numpy")
    except errors() as error:
        raise could_not_run(error) from None
    if planted:
        from gptalt_catalog.verify import planted as counted

        typer.echo(counted.table(counted.frequencies()))
        stops = (row for name in ("openbookqa", "arc-challenge") for row in counted.stopping(name))
        typer.echo(counted.stopping_table(stops), nl=False)
        return
    from gptalt_catalog.loading.catalog_loader import load_catalog
    from gptalt_catalog.verify.costs import costs as rows_of
    from gptalt_catalog.verify.costs import table

    typer.echo(table(rows_of(load_catalog(catalog), risk)), nl=False)
