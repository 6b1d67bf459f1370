"""``gptalt-catalog verify``: re-run published scores and decide, with a stated risk, whether they hold.

Exit codes: 0 nothing refuted, 1 something not reproduced, 2 wrong use, 3 undecided, 4 could not run.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gptalt_catalog.cli.options import CatalogOption

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gptalt_catalog.verify.audit import ClaimAudit
    from gptalt_catalog.verify.hub.snapshot import Snapshot
    from gptalt_catalog.verify.session import Prepared, Running, Wishes


class Mode(StrEnum):
    """How claims are decided."""

    auto = "auto"
    polling = "polling"
    comparison = "comparison"


class OutFormat(StrEnum):
    """How the outcome is printed."""

    table = "table"
    json = "json"


COULD_NOT_RUN = 4


def verify(
    model: Annotated[
        str, typer.Argument(metavar="MODEL[@REVISION]", help="A checkpoint, a family, OWNER/NAME, or a folder.")
    ],
    suite: Annotated[str, typer.Option(help="The suite of protocols.")] = "compact",
    tasks: Annotated[str, typer.Option(help="Only these tasks, with commas between.")] = "",
    claim: Annotated[list[str] | None, typer.Option("--claim", help="A claim of your own: PROTOCOL=PERCENT.")] = None,
    tolerance: Annotated[str, typer.Option(help="Percentage points, or auto (3; 1 in a comparison).")] = "auto",
    risk: Annotated[float, typer.Option(min=0.0001, max=0.5, help="The accepted chance of a wrong verdict.")] = 0.05,
    max_items: Annotated[
        int | None, typer.Option("--max-items", min=1, help="At most so many items for a claim.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Run every item if need be.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda.")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, float32, bfloat16, float16.")] = "auto",
    batch: Annotated[str, typer.Option(help="auto, or sequences at a time.")] = "auto",
    mode: Annotated[Mode, typer.Option(help="polling, or comparison with an earlier run's items.")] = Mode.auto,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the audit that was interrupted.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be run, and stop.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no hub; use what is in the cache.")] = False,
    keep_weights: Annotated[
        bool, typer.Option("--keep-weights/--remove-weights", help="Keep what was fetched.")
    ] = True,
    out: Annotated[Path | None, typer.Option("--out", help="The folder for prompts and answers.")] = None,
    data: Annotated[
        list[str] | None, typer.Option("--data", help="OWNER/NAME=FOLDER: a benchmark's data on this disk.")
    ] = None,
    format: Annotated[OutFormat, typer.Option("--format", help="table or json.")] = OutFormat.table,
    catalog: CatalogOption = None,
) -> None:
    """Re-run published scores of MODEL and decide, with a stated risk, whether they hold."""
    from gptalt_catalog.verify.audit import Options
    from gptalt_catalog.verify.session import Wishes, parse_tolerance

    try:
        options = Options(risk, parse_tolerance(tolerance), mode.value, max_items, full)
        rows = None if batch == "auto" else int(batch)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    names = tuple(name.strip() for name in tasks.split(",") if name.strip())
    wishes = Wishes(model, suite, names, tuple(claim or ()), options, device, dtype, rows, resume, keep_weights, out)
    job = Job(wishes, catalog, offline, data or [], quiet=format is OutFormat.json)
    try:
        prepared = job.prepare()
        if dry_run:
            job.plan_only(prepared)
            return
        running = job.run(prepared)
    except errors() as error:
        raise could_not_run(error) from None
    from gptalt_catalog.verify.session import exit_code

    job.finish(running, format)
    raise typer.Exit(exit_code([claim.verdict for claim in running.audit.claims]))


def errors() -> tuple[type[Exception], ...]:
    """What keeps an audit from being run, in words for people."""
    from gptalt_catalog.loading.catalog_loader import CatalogError
    from gptalt_catalog.verify.hub.errors import HubError
    from gptalt_catalog.verify.hub.target import TargetError
    from gptalt_catalog.verify.pipeline.requests import PipelineError
    from gptalt_catalog.verify.session import CannotRunError

    return CannotRunError, CatalogError, HubError, TargetError, PipelineError


def could_not_run(error: Exception) -> typer.Exit:
    """Say why an audit could not be run; the exit to raise."""
    typer.echo(f"gptalt-catalog: {error}", err=True)
    return typer.Exit(COULD_NOT_RUN)


class Job:
    """One run of the command, with its way of telling people."""

    def __init__(
        self, wishes: Wishes, catalog: Path | None, offline: bool, data: Sequence[str], *, quiet: bool
    ) -> None:
        from gptalt_catalog.loading.location import find_catalog

        self.wishes = wishes
        self.root = find_catalog(catalog)
        self.offline = offline
        if offline:  # before the libraries are imported, which read it then
            os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
        self.data = data
        self.quiet = quiet

    def say(self, text: str) -> None:
        """Tell what is going on, on the error stream, which leaves the output to the outcome."""
        if not self.quiet:
            typer.echo(text, err=True)

    def settings(self) -> Any:
        """Which hub is asked, and as whom."""
        import dataclasses

        from gptalt_catalog.verify.hub.settings import HubSettings

        found = HubSettings.from_environment()
        return dataclasses.replace(found, offline=True) if self.offline else found

    def sources(self) -> Any:
        """Where benchmark data come from."""
        from gptalt_catalog.verify.pipeline.tasks import DataSources

        folders = {}
        for given in self.data:
            name, equals, folder = given.partition("=")
            if not equals or not Path(folder).is_dir():
                raise typer.BadParameter(f"--data {given!r} is not OWNER/NAME=FOLDER with a folder that exists")
            folders[name] = Path(folder).resolve()
        return DataSources(folders=folders)

    def prepare(self) -> Prepared:
        """What would be run; told to the reader."""
        from gptalt_catalog.loading.catalog_loader import load_catalog
        from gptalt_catalog.verify.pipeline.protocols import read_protocols
        from gptalt_catalog.verify.session import prepare

        token = self.settings().token is not None
        prepared = prepare(load_catalog(self.root), self.wishes, read_protocols(), token=token, root=self.root)
        for sentence in prepared.model.said:
            self.say(sentence)
        for target in prepared.targets:
            self.say(
                f"  {target.protocol}: {target.printed} {target.unit} ({target.source}), {target.link.comparability}"
            )
        self.say(f"{len(prepared.targets)} claims to audit, {len(prepared.skipped)} left out")
        return prepared

    def commit(self, prepared: Prepared) -> str:
        """The revision whose order of items counts, without fetching weights."""
        from gptalt_catalog.verify.hub.download import FetchOptions, plan
        from gptalt_catalog.verify.hub.snapshot import local
        from gptalt_catalog.verify.session import revision_of

        model = prepared.model
        if model.folder is not None:
            return revision_of(local(model.folder))
        if model.pinned:
            return model.revision
        return plan(str(model.repository), model.revision, FetchOptions(settings=self.settings())).resolved.commit

    def plan_only(self, prepared: Prepared) -> None:
        """What the download and the memory would come to."""
        from gptalt_catalog.verify.hub.download import FetchOptions, plan

        for skipped in prepared.skipped:
            self.say(f"  left out: {skipped.protocol} {skipped.printed}: {skipped.reason}")
        if prepared.model.repository is not None and not self.offline:
            found = plan(prepared.model.repository, prepared.model.revision, FetchOptions(settings=self.settings()))
            gb = 10**9
            self.say(f"download: {found.missing / gb:.2f} of {found.total / gb:.2f} GB; free: {found.free / gb:.1f} GB")
        self._memory(prepared)

    def _memory(self, prepared: Prepared) -> None:
        from gptalt_catalog.domain.memory import GIB
        from gptalt_catalog.views.memory_fit import MemoryFit

        if prepared.model.checkpoint is not None:
            fit = MemoryFit(prepared.catalog).fit(prepared.model.checkpoint.id, "fp16", 2048)
            if fit is not None:
                self.say(f"memory in 16 bits: about {fit.need.total / GIB:.1f} GiB (up to {fit.high / GIB:.1f})")

    def run(self, prepared: Prepared) -> Running:
        """Fetch, plan, score, decide."""
        from gptalt_catalog.verify.session import run, start

        snapshot = self._weights(prepared)
        running = start(prepared, snapshot, self.sources(), self.say)
        _Live(self, running).show(run)
        if halvings := running.scorer.batches.halvings:
            self.say(f"memory ran out: batches were halved {halvings} times")
        return running

    def _weights(self, prepared: Prepared) -> Snapshot:
        from gptalt_catalog.verify.hub.download import FetchOptions, Progress, fetch
        from gptalt_catalog.verify.hub.obstacles import native_model_types, obstacle_in
        from gptalt_catalog.verify.hub.snapshot import local
        from gptalt_catalog.verify.session import CannotRunError

        if prepared.model.folder is not None:
            return local(prepared.model.folder)
        last = [0.0]

        def progress(state: Progress) -> None:
            share = state.total_done / state.total if state.total else 1.0
            if share - last[0] >= 0.05 or state.phase == "done":
                last[0] = share
                self.say(f"fetching: {share:.0%} of {state.total / 10**9:.2f} GB")

        def inspect(config: Mapping[str, object]) -> None:
            found = obstacle_in(config, prepared.model.name, native_model_types())
            if found is not None and found.blocking:
                raise CannotRunError(str(found))

        options = FetchOptions(settings=self.settings(), progress=progress, inspect=inspect)
        return fetch(str(prepared.model.repository), prepared.model.revision, options)

    def finish(self, running: Running, format: OutFormat) -> None:
        """Print the outcome and write the record."""
        from gptalt_catalog.loading.location import shown
        from gptalt_catalog.verify.record import RecordError
        from gptalt_catalog.verify.session import keep, peak_memory, record, today

        _print_outcome(running, format)
        if running.prepared.model.checkpoint is None:
            return
        try:
            record_id, verification, items = record(running, today(), peak_memory())
            path = keep(self.root, record_id, verification, items)
        except (RecordError, OSError) as error:
            self.say(f"no record was written: {error}")
            return
        self.say(f"record: {shown(self.root)}/{path.relative_to(self.root).as_posix()}")
        self.say("to contribute it: run `gptalt-catalog check`, commit the record and its items, open a pull request")
        if not running.prepared.wishes.keep_weights and running.snapshot.repository is not None:
            from gptalt_catalog.verify.hub.download import remove

            self.say(f"removed {remove(running.snapshot) / 10**9:.2f} GB of weights")


class _Live:
    """The table that grows while the audit runs; plain lines where the output is no terminal."""

    def __init__(self, job: Job, running: Running) -> None:
        self.job = job
        self.running = running

    def show(self, run: Any) -> None:
        """Run the audit and show every batch."""
        import sys

        if self.job.quiet or not sys.stderr.isatty():
            run(self.running, lambda step: self.job.say(f"{step.task}: {step.drawn} of {step.items} items"))
            return
        from rich.console import Console
        from rich.live import Live

        with Live(_table(self.running.audit.claims), console=Console(stderr=True), refresh_per_second=4) as live:
            run(self.running, lambda _: live.update(_table(self.running.audit.claims)))


COLUMNS = ("protocol", "claimed", "estimate", "interval", "items", "of", "verdict")


def _row(claim: ClaimAudit) -> dict[str, Any]:
    low, high = claim.bounds if claim.drawn else (0.0, 1.0)
    return {
        "protocol": claim.target.protocol,
        "source": claim.target.source,
        "claimed": f"{claim.target.printed} {claim.target.unit}",
        "estimate": f"{claim.estimate:.2%}" if claim.drawn else "",
        "interval": f"{low:.1%} to {high:.1%}" if claim.drawn else "",
        "items": claim.drawn,
        "of": claim.items,
        "tolerance": f"{float(claim.tolerance):g}",
        "risk": claim.options.risk,
        "comparability": claim.target.link.comparability,
        "verdict": claim.verdict,
    }


def _table(claims: Sequence[ClaimAudit]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in ("items", "of") else "left")
    for claim in claims:
        row = _row(claim)
        table.add_row(*(Text(str(row[column])) for column in COLUMNS))
    return table


def _print_outcome(running: Running, format: OutFormat) -> None:
    claims = running.audit.claims
    if format is OutFormat.json:
        import json

        typer.echo(json.dumps([_row(claim) for claim in claims], indent=2, ensure_ascii=False))
        return
    outcome(claims)
    drawn = sum(len(results) for results in running.audit.results.values())
    whole = sum(running.audit.sizes.values())
    typer.echo(f"{drawn} of {whole} items ({drawn / whole:.0%} of the benchmarks), {running.answers.tokens} tokens")


def outcome(claims: Sequence[ClaimAudit]) -> None:
    """Print the verdicts as a table."""
    import sys

    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160, highlight=False).print(_table(claims))
