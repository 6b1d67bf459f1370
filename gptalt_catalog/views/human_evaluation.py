"""The survey's human evaluation: what its article prints, and a typed slot for each number that it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.views.statements import HUMAN, Said, said_in

SlotKind = Literal["printed", "derived", "empty"]


@dataclass(frozen=True)
class Slot:
    """One place of the ranking: ``kind`` says how its Elo is known, ``said`` are the statements behind it.

    ``name`` is as printed, empty where the text does not say who holds the place. ``close`` marks
    places whose models lie very close together, as the article says.
    """

    rank: int
    name: str
    families: tuple[str, ...]
    elo: int | None
    kind: SlotKind
    close: bool
    said: tuple[Said, ...]


@dataclass(frozen=True)
class HumanEvaluation:
    """Set-up, ranking and checks; ``rest`` is everything else that the article says about it."""

    setup: tuple[Said, ...]
    slots: tuple[Slot, ...]
    checks: tuple[Said, ...]
    rest: tuple[Said, ...]


SETUP = ("human-questions", "human-aspects", "human-models", "elo-initial", "elo-k-factor")
CHECKS = (
    "elo-gap-vicuna-chatglm",
    "win-rate-predicted",
    "win-rate-observed",
    "elo-per-10-points",
    "agreement-questions",
    "agreement",
)
PLACES = {1: "elo-vicuna-7b", 2: "elo-rank-chatglm", 3: "elo-rank-moss"}


def human_evaluation(catalog: Catalog) -> HumanEvaluation:
    """The statements of the article's section, arranged; missing ones leave their part empty."""
    said = {s.id: s for s in said_in(catalog, HUMAN)}
    used = {*SETUP, *CHECKS, *PLACES.values(), "elo-close-ranks"}
    return HumanEvaluation(
        setup=tuple(said[key] for key in SETUP if key in said),
        slots=_slots(said),
        checks=tuple(said[key] for key in CHECKS if key in said),
        rest=tuple(s for key, s in said.items() if key not in used),
    )


def _slots(said: dict[str, Said]) -> tuple[Slot, ...]:
    models = said.get("human-models")
    count = int(models.statement.value or 0) if models is not None else 0
    close = _close(said.get("elo-close-ranks"))
    first = close.start if close else None
    slots = []
    for rank in range(1, count + 1):
        holder = said.get(PLACES.get(rank, ""))
        elo, kind, behind = _elo(rank, said)
        slots.append(
            Slot(
                rank=rank,
                name=", ".join(holder.statement.models_named) if holder is not None else "",
                families=holder.statement.families if holder is not None else (),
                elo=elo,
                kind=kind,
                close=rank in close,
                said=tuple(s for s in (holder, behind, said["elo-close-ranks"] if rank == first else None) if s),
            )
        )
    return tuple(slots)


def _elo(rank: int, said: dict[str, Said]) -> tuple[int | None, SlotKind, Said | None]:
    """The Elo of a place: printed for the first, for the second the first less the printed gap."""
    first, gap = said.get("elo-vicuna-7b"), said.get("elo-gap-vicuna-chatglm")
    if rank == 1 and first is not None and first.statement.value is not None:
        return int(first.statement.value), "printed", None
    if rank == 2 and first is not None and gap is not None and first.statement.value and gap.statement.value:
        return int(first.statement.value) - int(gap.statement.value), "derived", gap
    return None, "empty", None


def _close(said: Said | None) -> range:
    if said is None or said.statement.value is None or "-" not in said.statement.value:
        return range(0)
    first, last = said.statement.value.split("-")
    return range(int(first), int(last) + 1)


def win_rate(difference: float) -> float:
    """The win rate, in percent, that a difference in Elo predicts: 1 / (1 + 10^(-d/400))."""
    return 100 / (1 + 10 ** (-difference / 400))
