"""Which checkpoints ``verify`` can check, which not, and why: over the whole catalog, without a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.comparison import SHARE_OF_ITEMS
from gptalt_catalog.domain.family import Checkpoint
from gptalt_catalog.domain.memory import GIB
from gptalt_catalog.domain.protocol_table import ProtocolRows
from gptalt_catalog.views.memory_fit import Fit, MemoryFit
from gptalt_catalog.views.obstacles import Code, Obstacle, no_claims, obstacles_of

Answer = Literal["yes", "perhaps", "nothing-to-check", "no"]
ANSWERS: tuple[Answer, ...] = ("yes", "perhaps", "nothing-to-check", "no")
"""``perhaps``: something must be done first, or only the try can tell. ``nothing-to-check``: it could be run,
and no published score of it can be checked."""

CONTEXT = 2048
"""Tokens for which memory is reckoned: what most tasks stay below."""

_SCORES: frozenset[Code] = frozenset({"no-claims", "no-task", "not-comparable"})
"""Reasons that lie in the scores, not in the weights."""

_HARMLESS: frozenset[Code] = frozenset({"multimodal", "delta", "adapter"})
"""What is only said where it does not block: claims on texts, and merging, work without doing anything."""


@dataclass(frozen=True)
class Scores:
    """How many published scores a checkpoint has, for how many there is a task, and how many get a verdict.

    ``comparable``: the task is the claim's own, or nothing is known against it.
    """

    published: int
    checkable: int
    comparable: int


@dataclass(frozen=True)
class Verifiability:
    """One checkpoint. ``memory`` is what it takes in 16 bits, in bytes, at the upper end; ``None`` if unknown."""

    checkpoint: str
    family: str
    answer: Answer
    obstacles: tuple[Obstacle, ...]
    scores: Scores
    memory: int | None

    @property
    def codes(self) -> tuple[Code, ...]:
        """The reasons, blocking ones first."""
        return tuple(dict.fromkeys(obstacle.code for obstacle in self.obstacles))


def verifiability(
    catalog: Catalog, table: ProtocolRows, *, memory: int | None = None, fitting: MemoryFit | None = None
) -> tuple[Verifiability, ...]:
    """Every checkpoint in the catalog's order. ``memory``: what the reader's machine has, in bytes."""
    fit = fitting or MemoryFit(catalog)
    return tuple(_row(catalog, table, checkpoint, fit, memory) for checkpoint in catalog.checkpoints.values())


def reasons(rows: Iterable[Verifiability]) -> tuple[tuple[Code, int, int], ...]:
    """(reason, checkpoints that it keeps from being verified, checkpoints that it only warns of), most first."""
    blocked: Counter[Code] = Counter()
    warned: Counter[Code] = Counter()
    for row in rows:
        blocked.update({o.code for o in row.obstacles if o.blocking})
        warned.update({o.code for o in row.obstacles if not o.blocking})
    codes = dict.fromkeys((*blocked, *warned))
    return tuple(sorted(((c, blocked[c], warned[c]) for c in codes), key=lambda one: (-one[1], -one[2], one[0])))


def _row(
    catalog: Catalog, table: ProtocolRows, checkpoint: Checkpoint, fit: MemoryFit, memory: int | None
) -> Verifiability:
    scores = scores_of(catalog, table, checkpoint.id)
    need = fit.fit(checkpoint.id, "fp16", CONTEXT)
    found = [
        *obstacles_of(checkpoint, token=True, others=catalog.checkpoints),
        *_by_scores(checkpoint.id, scores),
        *_by_memory(checkpoint.id, need, memory),
        *_gated(checkpoint),
    ]
    ordered = tuple(sorted(found, key=lambda obstacle: not obstacle.blocking))
    upper = None if need is None else round(need.high)
    return Verifiability(checkpoint.id, checkpoint.family, _answer(ordered), ordered, scores, upper)


def _answer(obstacles: tuple[Obstacle, ...]) -> Answer:
    blocking = {obstacle.code for obstacle in obstacles if obstacle.blocking}
    if blocking - _SCORES:
        return "no"
    if blocking:
        return "nothing-to-check"
    return "yes" if all(obstacle.code in _HARMLESS for obstacle in obstacles) else "perhaps"


def scores_of(catalog: Catalog, table: ProtocolRows, checkpoint: str) -> Scores:
    """How many of a checkpoint's published scores can be checked."""
    published = checkable = comparable = 0
    for claim in catalog.claims_by_target.get(checkpoint, ()):
        published += 1
        if not claim.ranked or catalog.protocols[claim.row.protocol].metric not in SHARE_OF_ITEMS:
            continue
        reading = table.fitting(claim.row.protocol, claim.place.harness_version, claim.place.task_version)
        checkable += reading is not None
        comparable += reading is not None and reading.grade != "different"
    return Scores(published, checkable, comparable)


def _by_scores(name: str, scores: Scores) -> Iterator[Obstacle]:
    if not scores.published:
        yield no_claims(name, in_catalog=True)
    elif not scores.checkable:
        message = f"no task of this project runs the protocols of the {scores.published} published scores of {name}"
        yield Obstacle("no-task", message, "add a task (CONTRIBUTING.md), or give a claim by hand: --claim")
    elif not scores.comparable:
        message = f"the scores of {name} were made in ways that are known to differ from what is run here"
        yield Obstacle("not-comparable", message, "an estimate is given, but no verdict")


def _by_memory(name: str, fit: Fit | None, memory: int | None) -> Iterator[Obstacle]:
    if fit is None or memory is None or fit.verdict(memory) == "fits":
        return
    need = f"{fit.low / GIB:.1f} to {fit.high / GIB:.1f} GiB in 16 bits"
    blocking = fit.verdict(memory) == "too-large"
    word = "does not fit" if blocking else "may not fit"
    way = "use a larger machine, or --precision int8 or nf4"
    yield Obstacle("too-large", f"{name} needs {need} and {word} {memory / GIB:g} GiB", way, blocking=blocking)


def _gated(checkpoint: Checkpoint) -> Iterator[Obstacle]:
    """Said even where a token is at hand: the terms must have been accepted."""
    for obstacle in obstacles_of(checkpoint, token=False):
        if obstacle.code == "gated":
            yield Obstacle("gated", obstacle.message, obstacle.way_out, blocking=False)
