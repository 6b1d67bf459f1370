"""What ``verify`` shows: what it is about to run and why, the table that grows, the verdicts, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from fractions import Fraction

    from gptalt_catalog.verify.audit import ClaimAudit
    from gptalt_catalog.verify.forecast import ClaimForecast, Forecast
    from gptalt_catalog.verify.prepared import Prepared
    from gptalt_catalog.verify.session import Running
    from gptalt_catalog.verify.targets import Skipped, Target

Say = Callable[[str], None]
_WIDTH = 160
"""Columns of a table that goes into a file."""


def text_of(columns: Sequence[str], rows: Sequence[dict[str, Any]], *, terminal: bool, numbers: Sequence[str]) -> str:
    """A table as text; as wide as the terminal, if it goes there."""
    from rich.console import Console

    console = Console(width=None if terminal else _WIDTH, highlight=False)
    with console.capture() as captured:
        console.print(table(columns, rows, numbers))
    return "\n".join(line.rstrip() for line in captured.get().splitlines() if line.strip())


def table(columns: Sequence[str], rows: Sequence[dict[str, Any]], numbers: Sequence[str]) -> Any:
    """A table for rich; ``numbers`` are the columns that stand on the right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    found = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        found.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        found.add_row(*(Text(str(row[column])) for column in columns))
    return found


def percent(target: Target) -> str:
    """A claim in percent: with the digits that were printed, up to two."""
    return points(target.claimed, target.half_unit)


def points(share: Fraction, half_unit: Fraction) -> str:
    """A share in percent, with the digits that were printed, two at most. ``half_unit`` is half of the last one."""
    digits = sum(half_unit * 10**place < 5 for place in (3, 4))
    return f"{float(share) * 100:.{digits}f} %"


# ---- before the first byte


def plan_row(claim: ClaimForecast) -> dict[str, Any]:
    """One score to check, for people and programs."""
    return {
        "task": claim.target.link.task,
        "protocol": claim.target.protocol,
        "metric": claim.target.link.metric,
        "source": claim.target.source,
        "claimed": f"{claim.target.printed} {claim.target.unit}",
        "comparability": claim.target.link.comparability,
        "because": claim.target.link.evidence,
        "items_at_most": claim.most,
        "items": claim.items,
        "compared_with": claim.compared_with,
    }


def show_plan(prepared: Prepared, plan: Forecast, say: Say, *, terminal: bool) -> None:
    """What will be run, and why."""
    options = prepared.wishes.options
    rows = [
        {
            "task": claim.target.link.task,
            "protocol": claim.target.protocol,
            "claimed": percent(claim.target),
            "comparability": claim.target.link.comparability,
            "items": "?" if claim.most is None else "none" if claim.most == 0 else f"{claim.most:,}",
            "of": "?" if claim.items is None else f"{claim.items:,}",
        }
        for claim in plan.claims
    ]
    columns = ("task", "protocol", "claimed", "comparability", "items", "of")
    say(text_of(columns, rows, terminal=terminal, numbers=("claimed", "items", "of")))
    most = "95 of 100 audits of a true score are decided by then"
    if options.full or options.max_items:
        most = "all that there are" if options.full else "what --max-items allows"
    say(f"items: at most ({most}); sooner where it is sure sooner, at a risk of {options.risk:g} for each score")
    for comparability, because in dict.fromkeys(
        (c.target.link.comparability, c.target.link.evidence) for c in plan.claims
    ):
        if because:
            say(f"{comparability}: {because}")
    for record in sorted({claim.compared_with for claim in plan.claims if claim.compared_with}):
        say(f"compared with the item results of {record}: a score that did not change needs a few hundred items")
    show_skipped(prepared.skipped, say)


def show_skipped(skipped: Sequence[Skipped], say: Say) -> None:
    """The scores that are left out, by the reason."""
    reasons: dict[str, list[str]] = {}
    for one in skipped:
        reasons.setdefault(one.reason, []).append(one.protocol)
    for reason, protocols in reasons.items():
        names = sorted(set(protocols))
        more = f" and {len(names) - 6} more" if len(names) > 6 else ""
        say(f"left out: {', '.join(names[:6])}{more}: {reason}")


def show_needs(plan: Forecast, speed: float, say: Say) -> None:
    """What it will take, against what is here."""
    from gptalt_catalog.verify.forecast import gib

    if not plan.tasks:
        say("items and time: not known; `pip install 'gptalt-catalog[verify]'` brings what computes them")
    whole = f"at most {sum(plan.tasks.values()):,} items, about {rounded(plan.tokens)} tokens"
    seconds = plan.seconds(speed)
    took = f"; about {duration(seconds)} at most on this {plan.here.device} (rough)" if seconds is not None else ""
    if plan.tasks:
        say(f"{whole}{took}")
    here = f"{plan.here.device} has {gib(plan.here.memory)}, {gib(plan.here.free)} of it free"
    if plan.need is None or plan.need_high is None:
        say(f"memory: need unknown; {here}")
        return
    tight = "; this may not fit" if plan.need_high > plan.here.free else ""
    say(f"memory: about {gib(plan.need)} (up to {gib(plan.need_high)}) in {plan.here.dtype}; {here}{tight}")


def rounded(number: float) -> str:
    """A number with two digits that count."""
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if number >= size:
            return f"{float(f'{number / size:.2g}'):g}{word}"
    return f"{float(f'{number:.2g}'):,.0f}"


def duration(seconds: float) -> str:
    """A length of time for people."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


# ---- while it runs

COLUMNS = ("protocol", "claimed", "estimate", "interval", "items", "of", "verdict")
_NUMBERS = ("claimed", "estimate", "items", "of")


def row(claim: ClaimAudit) -> dict[str, Any]:
    """One score and what is known of it, for programs."""
    low, high = claim.bounds if claim.drawn else (0.0, 1.0)
    return {
        "protocol": claim.target.protocol,
        "task": claim.target.link.task,
        "metric": claim.target.link.metric,
        "source": claim.target.source,
        "claimed": f"{claim.target.printed} {claim.target.unit}",
        "estimate": f"{claim.estimate:.2%}" if claim.drawn else "",
        "interval": f"{low:.1%} to {high:.1%}" if claim.drawn else "",
        "items": claim.drawn,
        "of": claim.items,
        "mode": claim.mode,
        "compared_with": claim.earlier.record if claim.mode == "comparison" and claim.earlier else "",
        "tolerance": f"{float(claim.tolerance):g}",
        "risk": claim.options.risk,
        "comparability": claim.target.link.comparability,
        "verdict": claim.verdict,
    }


def shown_row(claim: ClaimAudit) -> dict[str, Any]:
    """The same for people."""
    return row(claim) | {"claimed": percent(claim.target), "verdict": claim.verdict if not claim.open else "…"}


class Live:
    """The table that grows while the audit runs; plain lines where the output is no terminal."""

    def __init__(self, running: Running, say: Say, *, quiet: bool) -> None:
        self.running = running
        self.say = say
        self.quiet = quiet

    def show(self, run: Any) -> None:
        """Run the audit and show every batch."""
        import sys

        if self.quiet or not sys.stderr.isatty():
            run(self.running, lambda step: self.say(f"{step.task}: {step.drawn} of {step.items} items"))
            return
        from rich.console import Console
        from rich.live import Live as Growing

        with Growing(self._table(), console=Console(stderr=True), refresh_per_second=4) as live:
            run(self.running, lambda _: live.update(self._table()))

    def _table(self) -> Any:
        return table(COLUMNS, [shown_row(claim) for claim in self.running.audit.claims], _NUMBERS)


# ---- at the end


def outcome(claims: Sequence[ClaimAudit]) -> None:
    """Print the verdicts as a table."""
    import sys

    rows = [row(claim) | {"claimed": percent(claim.target)} for claim in claims]
    typer.echo(text_of(COLUMNS, rows, terminal=sys.stdout.isatty(), numbers=_NUMBERS))
    if compared := sorted({c.earlier.record for c in claims if c.mode == "comparison" and c.earlier and c.drawn}):
        what = "estimate and interval are of the items drawn alone, the verdict rests on what changed"
        typer.echo(f"compared with {', '.join(compared)}: {what}")
    if sentence := together(claims):
        typer.echo(sentence)


def together(claims: Sequence[ClaimAudit]) -> str:
    """Which scores are refuted with one risk for all of them; empty where that is no question."""
    from gptalt_catalog.verify.statistics.multiplicity import holm, p_value

    judged = [
        claim for claim in claims if claim.drawn and claim.verdict not in ("not-comparable", "claim-inconsistent")
    ]
    refuted = [claim for claim in judged if claim.verdict in ("not-reproduced", "inconsistent")]
    if len(judged) < 2 or not refuted:
        return ""
    risk = refuted[0].options.risk
    firm = len(holm({claim.target.key: p_value(claim.log_refutation) for claim in judged}, risk))
    return (
        f"each verdict has a risk of {risk:g} of its own; with one risk of {risk:g} for all {len(judged)} scores"
        f" together, {firm} of the {len(refuted)} that are not reproduced {'is' if firm == 1 else 'are'} refuted"
    )


def cost(running: Running, seconds: float, peak: int) -> dict[str, int | float]:
    """What the audit cost: items and tokens with those of runs that it went on with, seconds of this run."""
    return {
        "items": sum(len(results) for results in running.audit.results.values()),
        "items_of_benchmarks": sum(running.audit.sizes.values()),
        "tokens": running.answers.tokens,
        "truncated_requests": running.answers.truncated,
        "halved_batches": running.scorer.batches.halvings,
        "seconds": round(seconds, 1),
        "peak_memory_bytes": peak,
    }


def show_cost(found: dict[str, int | float]) -> None:
    """What the audit cost, in a sentence or two."""
    items, whole = found["items"], found["items_of_benchmarks"]
    typer.echo(
        f"{items:,} of {whole:,} items ({items / whole:.0%} of the benchmarks), {found['tokens']:,} tokens, "
        f"{duration(found['seconds'])}, at most {found['peak_memory_bytes'] / 2**30:.1f} GiB of memory"
    )
    if cut := found["truncated_requests"]:
        typer.echo(f"{cut:,} prompts were longer than the model's context and were cut on the left")
    if halved := found["halved_batches"]:
        typer.echo(f"memory ran out: batches were halved {halved} times")
