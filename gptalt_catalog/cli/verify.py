"""``gptalt-catalog verify``: re-run published scores and decide, with a stated risk, whether they hold.

Exit codes: 0 nothing refuted, 1 something not reproduced, 2 wrong use, 3 undecided, 4 could not run.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gptalt_catalog.cli.options import CatalogOption
from gptalt_catalog.cli.verify_job import Job, told


class Mode(StrEnum):
    """How claims are decided."""

    auto = "auto"
    polling = "polling"
    comparison = "comparison"


class Scorer(StrEnum):
    """How log-likelihoods are computed."""

    auto = "auto"
    prefix = "prefix"
    stock = "stock"


class PromptForm(StrEnum):
    """How prompts are put to the model."""

    standard = "standard"
    system = "system"
    documented = "documented"
    chat = "chat"


class Precision(StrEnum):
    """In how many bits the weights are run."""

    full = "full"
    int8 = "int8"
    nf4 = "nf4"


class OutFormat(StrEnum):
    """How the outcome is printed."""

    table = "table"
    json = "json"


def verify(
    model: Annotated[
        str, typer.Argument(metavar="MODEL[@REVISION]", help="A checkpoint, a family, OWNER/NAME, or a folder.")
    ],
    suite: Annotated[
        str, typer.Option(help="The suite of protocols: compact, complete, chinese, medical.")
    ] = "compact",
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
    precision: Annotated[
        Precision, typer.Option(help="full, or int8 or nf4: what does quantization lose against the record in full?")
    ] = Precision.full,
    batch: Annotated[str, typer.Option(help="auto, or sequences at a time.")] = "auto",
    scorer: Annotated[
        Scorer, typer.Option(help="prefix computes what prompts share once; auto does so if a check says it is right.")
    ] = Scorer.auto,
    prompt: Annotated[
        PromptForm, typer.Option(help="standard, or the model's system instruction, documented prompt, chat template.")
    ] = PromptForm.standard,
    mode: Annotated[Mode, typer.Option(help="polling, or comparison with an earlier run's items.")] = Mode.auto,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the audit that was interrupted.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be run, and stop.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no hub; use what is in the cache.")] = False,
    keep_weights: Annotated[
        bool, typer.Option("--keep-weights/--remove-weights", help="Keep what was fetched.")
    ] = True,
    allow_remote_code: Annotated[
        bool,
        typer.Option("--allow-remote-code", help="Run the code whose hashes the entry lists, shut off from network."),
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="The folder for prompts and answers.")] = None,
    data: Annotated[
        list[str] | None, typer.Option("--data", help="OWNER/NAME=FOLDER: a benchmark's data on this disk.")
    ] = None,
    format: Annotated[OutFormat, typer.Option("--format", help="table or json.")] = OutFormat.table,
    catalog: CatalogOption = None,
) -> None:
    """Re-run published scores of MODEL and decide, with a stated risk, whether they hold."""
    from gptalt_catalog.verify.audit import Options
    from gptalt_catalog.verify.prepared import LIBRARIES, Wishes, require
    from gptalt_catalog.verify.session import parse_tolerance

    try:
        options = Options(risk, parse_tolerance(tolerance), mode.value, max_items, full)
        rows = _rows(batch)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if dtype not in ("auto", "float32", "bfloat16", "float16"):
        raise typer.BadParameter(f"{dtype!r} is no data type here; use auto, float32, bfloat16 or float16")
    if precision is not Precision.full:
        dtype = precision.value
    names = tuple(name.strip() for name in tasks.split(",") if name.strip())
    wishes = Wishes(
        model, suite, names, tuple(claim or ()), options, device, dtype, rows, resume, keep_weights, out, scorer.value,
        allow_remote_code, prompt.value,
    )  # fmt: skip
    job = Job(wishes, catalog, offline, data or [], quiet=format is OutFormat.json)
    with told():
        if not dry_run:
            require(*LIBRARIES)
        prepared = job.prepare()
        forecast = job.foresee(prepared, dry_run=dry_run)
        if dry_run:
            job.print_plan(forecast)
            raise typer.Exit
        raise typer.Exit(job.run(prepared))


def _rows(batch: str) -> int | None:
    """Sequences at a time, ``None`` for ``auto``. Raises ``ValueError``."""
    if batch == "auto":
        return None
    if not batch.isdecimal() or int(batch) < 1:
        raise ValueError(f"a batch is auto or a number of sequences, not {batch!r}")
    return int(batch)
