"""One audit: several claims of one checkpoint, decided together, batch by batch.

The audit asks a runner for item results in a fixed pseudo-random order and stops as soon as every
claim has its verdict. It does no I/O of its own: the runner scores and remembers, the caller shows. An
audit that was interrupted is begun again: the runner answers at once what it has answered before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal, Protocol

from gptalt_catalog.domain.verification import Verdict
from gptalt_catalog.verify.statistics.bounded import bounded_interval
from gptalt_catalog.verify.statistics.comparison import BATCH, ComparisonAudit
from gptalt_catalog.verify.statistics.operating import FIRST_LOOK, LOOK_EVERY, items_needed
from gptalt_catalog.verify.statistics.polling import PollingAudit, PollingRule, interval
from gptalt_catalog.verify.statistics.zone import Zone, zone_of
from gptalt_catalog.verify.targets import ROUNDING, Target, attainable, is_mean

Results = Mapping[str, float]
"""The results of one item: metric -> a number from 0 to 1."""

ESTIMATE_ITEMS = 320
"""Items for an estimate that no verdict is asked of."""

POLLING_TOLERANCE = Fraction(3, 100)
COMPARISON_TOLERANCE = Fraction(1, 100)


_needed = lru_cache(maxsize=256)(items_needed)


class Runner(Protocol):
    """What an audit needs of the machinery that runs a model."""

    def documents(self, task: str) -> Sequence[str]:
        """The hashes of all documents of a task, in the order in which they are to be drawn."""
        ...

    def results(self, task: str, start: int, stop: int) -> Sequence[Results]:
        """The results of the documents ``start`` to ``stop`` of that order."""
        ...


@dataclass(frozen=True)
class Options:
    """How an audit decides. ``tolerance`` is ``None`` for the default of the mode; ``full`` runs every item."""

    risk: float = 0.05
    tolerance: Fraction | None = None
    mode: Literal["auto", "polling", "comparison"] = "auto"
    max_items: int | None = None
    full: bool = False


@dataclass(frozen=True)
class Earlier:
    """The item results of an earlier run, in the order of drawing; ``record`` is where they are from.

    ``whole``: every item has its own result; else the claimed share stands in for the others.
    """

    record: str
    results: Sequence[float]
    whole: bool = True


@dataclass
class ClaimAudit:
    """The audit of one claim: item results in, a verdict out.

    Results are right or wrong, or shares (an F1 of words): those are bet on, as comparisons are, with the
    claimed share as what is expected of each item.
    """

    target: Target
    items: int
    options: Options
    earlier: Earlier | None = None
    drawn: int = 0
    total: float = 0.0
    decided: Verdict | None = None
    cap: int = 0
    shares: list[float] = field(default_factory=list, repr=False)
    _polling: PollingAudit | None = field(default=None, repr=False)
    _comparison: ComparisonAudit | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not attainable(self.target, self.items):
            self.decided = "claim-inconsistent"
            return
        if self.target.link.comparability == "different":
            self.decided = "not-comparable"
        if self.mode == "comparison" and self.earlier is not None:
            self._comparison = ComparisonAudit(self.zone, self.earlier.results, self.options.risk)
        elif is_mean(self.target):
            expected = [min(1.0, max(0.0, float(self.target.claimed)))] * self.items
            self._comparison = ComparisonAudit(self.zone, expected, self.options.risk)
        else:
            self._polling = PollingAudit(PollingRule(self.zone, self.options.risk))
        usual = ESTIMATE_ITEMS if self.decided == "not-comparable" else self.needed
        self.cap = min(self.items, self.items if self.options.full else self.options.max_items or usual)

    @property
    def mode(self) -> Literal["polling", "comparison"]:
        """How this claim is decided: by comparison where earlier results of all items are at hand.

        Results of some items only help little, so they are used only if they are asked for.
        """
        if self.options.mode == "polling" or self.earlier is None:
            return "polling"
        return "comparison" if self.earlier.whole or self.options.mode == "comparison" else "polling"

    @property
    def tolerance(self) -> Fraction:
        """The difference to the claim that still counts as the same, beyond rounding."""
        if self.options.tolerance is not None:
            return self.options.tolerance
        return COMPARISON_TOLERANCE if self.mode == "comparison" else POLLING_TOLERANCE

    @property
    def zone(self) -> Zone:
        """The counts that agree with the claim."""
        return zone_of(self.items, self.target.claimed, self.tolerance, self.target.half_unit + ROUNDING)

    @property
    def needed(self) -> int:
        """The items by which 95 of 100 audits of a true claim have their verdict."""
        return _needed(PollingRule(self.zone, self.options.risk))

    @property
    def open(self) -> bool:
        """Whether more items are needed and allowed."""
        wanted = self.decided is None or (self.decided == "not-comparable" and self.drawn < self.cap)
        return wanted and self.drawn < self.cap

    def next_look(self) -> int:
        """The number of items at which the rule is asked next."""
        step, first = (BATCH, BATCH) if self._comparison is not None else (LOOK_EVERY, FIRST_LOOK)
        following = first if self.drawn < first else self.drawn + step - (self.drawn - first) % step
        return min(following, self.cap)

    def add(self, results: Sequence[float]) -> None:
        """Take the results up to the next look."""
        self.drawn += len(results)
        self.total += sum(results)
        if is_mean(self.target):
            self.shares.extend(results)
        if self._comparison is not None:
            verdict = self._comparison.add(results)
        elif self._polling is not None:
            verdict = self._polling.add([round(result) for result in results])
        else:
            return
        if verdict != "undecided" and self.decided is None:
            self.decided = self._worded(verdict)

    def _worded(self, verdict: Literal["reproduced", "not-reproduced"]) -> Verdict:
        """The verdict in the words that the comparability of the protocols allows."""
        if self.target.link.comparability == "unknown":
            return "consistent" if verdict == "reproduced" else "inconsistent"
        return verdict

    @property
    def verdict(self) -> Verdict:
        """The verdict; ``undecided`` while there is none."""
        return self.decided or "undecided"

    @property
    def estimate(self) -> float:
        """The share of right answers among the items drawn; 0 before the first."""
        return self.total / self.drawn if self.drawn else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """The anytime interval of the share over all items."""
        if is_mean(self.target):
            return bounded_interval(self.items, self.shares, self.options.risk)
        low, high = interval(self.items, self.drawn, round(self.total), self.options.risk)
        return low / self.items, high / self.items

    @property
    def log_refutation(self) -> float:
        """The logarithm of the evidence against the claim."""
        if self._comparison is not None:
            return self._comparison.log_refutation
        if self._polling is None:
            return float("-inf")
        return self._polling.rule.evidence(self._polling.drawn, self._polling.right)[1]


@dataclass(frozen=True)
class Step:
    """The state after one batch, for whoever shows progress."""

    task: str
    drawn: int
    items: int


class Audit:
    """All claims of one checkpoint; claims of one task share its items."""

    def __init__(
        self,
        targets: Sequence[Target],
        runner: Runner,
        options: Options,
        earlier: Callable[[Target], Earlier | None] | None = None,
        reach: Mapping[str, int] | None = None,
    ) -> None:
        """``earlier`` gives the item results of an earlier run for a claim's task and metric.

        ``reach``: how many items of each task there are answers for, where no others can be had.
        """
        self.runner = runner
        self.results: dict[str, list[Results]] = {}
        self.sizes = {target.link.task: len(runner.documents(target.link.task)) for target in targets}
        self.claims = []
        for target in targets:
            task = target.link.task
            most = options if reach is None else replace(options, max_items=reach[task], full=False)
            self.claims.append(ClaimAudit(target, self.sizes[task], most, earlier(target) if earlier else None))

    def run(self) -> Iterator[Step]:
        """Draw items until every claim has its verdict or has reached its cap.

        The task whose claims are nearest to a verdict goes first: it has the fewest items left to its cap.
        """
        while (task := self._next_task()) is not None:
            start = max(claim.drawn for claim in self._open(task))
            stop = min(claim.next_look() for claim in self._open(task))
            results = self.runner.results(task, start, stop)
            if len(results) != stop - start:
                raise RuntimeError(f"{task}: {len(results)} results for {stop - start} items")
            self._keep(task, start, results)
            self._feed(task, start, results)
            yield Step(task, stop, self.sizes[task])

    def _open(self, task: str) -> list[ClaimAudit]:
        return [claim for claim in self.claims if claim.target.link.task == task and claim.open]

    def _next_task(self) -> str | None:
        waiting = [(min(c.cap - c.drawn for c in self._open(task)), task) for task in self.sizes if self._open(task)]
        return min(waiting)[1] if waiting else None

    def _keep(self, task: str, start: int, results: Sequence[Results]) -> None:
        kept = self.results.setdefault(task, [])
        kept.extend(results[len(kept) - start :])

    def _feed(self, task: str, start: int, results: Sequence[Results]) -> None:
        for claim in self._open(task):
            if claim.drawn == start:
                claim.add([result[claim.target.link.metric] for result in results])
