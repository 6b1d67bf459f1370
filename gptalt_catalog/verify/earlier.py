"""The item results of earlier runs: with them an audit becomes a comparison and needs far fewer items.

A comparison bets on the difference between an item's result and what was expected of it before it was drawn.
So what is expected must not depend on the order of drawing. Results of *all* items never do. Those of an audit
that stopped early cover the first items of its own order: they serve in another order (another revision of the
weights, or another suite), and would mislead in the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gptalt_catalog.verify.audit import Earlier
from gptalt_catalog.verify.prepared import Prepared
from gptalt_catalog.verify.record import ItemResults, RecordError, read_items, sha256_text, short
from gptalt_catalog.verify.targets import Target


@dataclass(frozen=True)
class Known:
    """The item results of one record, and whether they were drawn in the order of the audit at hand."""

    record: str
    items: ItemResults
    same_order: bool

    def of(self, target: Target) -> Mapping[str, float]:
        """The results for a claim's task and metric, by the short hashes of documents."""
        task, metric = target.link.task, target.link.metric
        return dict(
            zip(self.items.documents.get(task, ()), self.items.results.get(task, {}).get(metric, ()), strict=False)
        )


class EarlierResults:
    """What the catalog's records know of the items of one audit."""

    def __init__(self, prepared: Prepared, commit: str, documents: Callable[[str], Sequence[str]]) -> None:
        """``documents`` gives the hashes of a task's documents in the order of this audit."""
        self.said: list[str] = []
        self._documents = documents
        self._known: list[Known] = []
        if prepared.wishes.options.mode != "polling":
            self._known = list(self._read(prepared, commit))

    def _read(self, prepared: Prepared, commit: str) -> list[Known]:
        root, checkpoint = prepared.root, prepared.model.checkpoint
        if root is None or checkpoint is None:
            return []
        found = []
        mine = [(v.date, r, v) for r, v in prepared.catalog.verifications.items() if v.checkpoint == checkpoint.id]
        for _, record, verification in sorted(mine, key=lambda one: one[:2], reverse=True):
            try:
                items = items_of(root, record, verification.items_sha256)
            except RecordError as error:
                self.said.append(f"{record} is not compared with: {error}")
                continue
            same = (verification.suite, verification.revision) == (prepared.wishes.suite, commit)
            found.append(Known(record, items, same))
        return found

    def of(self, target: Target) -> Earlier | None:
        """What is known of the items of a claim: all results if some record has them, else the most of them."""
        best: Earlier | None = None
        most = 0
        order = [short(document) for document in self._documents(target.link.task)] if self._known else []
        for known in self._known:
            results = known.of(target)
            if order and all(document in results for document in order):
                return Earlier(known.record, tuple(results[document] for document in order))
            here = sum(document in results for document in order)
            if here > most and not known.same_order:
                most, best = here, Earlier(known.record, expected(order, results, target), whole=False)
        return best

    def whole(self, target: Target, items: int) -> str:
        """The newest record with results of as many items as the benchmark has; empty if there is none."""
        return next((known.record for known in self._known if len(known.of(target)) >= items), "")


def expected(order: Sequence[str], results: Mapping[str, float], target: Target) -> tuple[float, ...]:
    """What is expected of each document: its earlier result, or the claimed share where there is none."""
    share = min(1.0, max(0.0, float(target.claimed)))
    return tuple(results.get(document, share) for document in order)


def items_of(root: Path, record: str, sha256: str) -> ItemResults:
    """The item results of a record of the catalog at ``root``. Raises :class:`.record.RecordError`."""
    try:
        text = (root / "verifications" / f"{record}.items.json").read_text(encoding="utf-8")
    except OSError as error:
        raise RecordError(f"its item file cannot be read ({error.strerror})") from None
    if sha256_text(text) != sha256:
        raise RecordError("its item file is not the one that the record names (its SHA-256 differs)")
    return read_items(text)
