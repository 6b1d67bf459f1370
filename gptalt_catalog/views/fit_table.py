"""Which common card a checkpoint fits on, by precision and context: the estimate arranged for a table."""

from __future__ import annotations

from dataclasses import dataclass

from gptalt_catalog.domain.memory import GIB, Precision
from gptalt_catalog.views.memory_fit import CARDS, Fit, MemoryFit


@dataclass(frozen=True)
class FitCell:
    """One estimate against the common cards (GiB): the smallest that it fits on, and those that may not be enough.

    ``card`` is ``None`` where it needs more than the largest; smaller cards than all named are too small.
    """

    fit: Fit
    card: int | None
    tight: tuple[int, ...]


@dataclass(frozen=True)
class FitTable:
    """Estimates of one checkpoint: contexts in tokens across, precisions down."""

    contexts: tuple[int, ...]
    rows: tuple[tuple[Precision, tuple[FitCell, ...]], ...]


def fit_cell(fit: Fit) -> FitCell:
    """A fit against :data:`.memory_fit.CARDS`."""
    verdicts = {card: fit.verdict(card * GIB) for card in CARDS}
    return FitCell(
        fit,
        next((card for card in CARDS if verdicts[card] == "fits"), None),
        tuple(card for card in CARDS if verdicts[card] == "tight"),
    )


def fit_table(fitting: MemoryFit, checkpoint: str) -> FitTable | None:
    """The table of a checkpoint; ``None`` where its need cannot be estimated."""
    cells: dict[Precision, list[FitCell]] = {}
    for fit in fitting.table(checkpoint):
        cells.setdefault(fit.precision, []).append(fit_cell(fit))
    if not cells:
        return None
    contexts = tuple(cell.fit.context for cell in next(iter(cells.values())))
    return FitTable(contexts, tuple((precision, tuple(row)) for precision, row in cells.items()))
