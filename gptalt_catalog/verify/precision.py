"""Quality lost by quantization: a quantized run against a record in full precision, on the same items.

Item by item the two results differ by -1, 0 or 1 (or by a number between); the mean of the differences over
all items of the benchmark is what is lost, and its interval holds whenever the audit stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.verification import PrecisionLoss, Verification
from gptalt_catalog.verify.earlier import items_of
from gptalt_catalog.verify.record import RecordError, short
from gptalt_catalog.verify.statistics.bounded import bounded_interval

if TYPE_CHECKING:
    from gptalt_catalog.verify.session import Running


@dataclass(frozen=True)
class Loss:
    """The difference of two runs' means: ``mean`` over the ``items`` compared, and the interval for all of them."""

    mean: float
    low: float
    high: float
    items: int


def loss(whole: int, pairs: Sequence[tuple[float, float]], risk: float) -> Loss:
    """What (full precision, quantized) results of some items say of all ``whole`` items; negative: quality is lost."""
    differences = [quantized - full for full, quantized in pairs]
    if not differences:
        return Loss(0.0, -1.0, 1.0, 0)
    low, high = bounded_interval(whole, [(1 + difference) / 2 for difference in differences], risk)
    return Loss(sum(differences) / len(differences), 2 * low - 1, 2 * high - 1, len(differences))


def full_records(catalog: Catalog, checkpoint: str, revision: str) -> list[tuple[str, Verification]]:
    """The records of the same weights in full precision, the newest first."""
    found = [
        (verification.date, record, verification)
        for record, verification in catalog.verifications.items()
        if verification.checkpoint == checkpoint and verification.revision == revision and not verification.quantized
    ]
    return [(record, verification) for _, record, verification in sorted(found, reverse=True, key=lambda one: one[:2])]


def losses(running: Running) -> tuple[PrecisionLoss, ...]:
    """What a quantized run lost, by task and metric, against the record that shares the most items with it."""
    prepared = running.prepared
    checkpoint, root = prepared.model.checkpoint, prepared.root
    if prepared.wishes.dtype not in ("int8", "nf4") or checkpoint is None or root is None:
        return ()
    known = _known(root, full_records(prepared.catalog, checkpoint.id, running.commit))
    found = []
    for key in sorted({(t.link.task, t.link.metric) for t in (claim.target for claim in running.audit.claims)}):
        best = max(
            (_compared(running, record, results, *key) for record, results in known.items()), key=_used, default=None
        )
        if best is not None and best.items_used:
            found.append(best)
    return tuple(found)


def _used(one: PrecisionLoss) -> int:
    return one.items_used


Results = Mapping[tuple[str, str], Mapping[str, float]]
"""Item results by task and metric, then by the short hash of the document."""


def _known(root: Path, records: Sequence[tuple[str, Verification]]) -> dict[str, Results]:
    """The item results of records, as far as they can be read."""
    found: dict[str, Results] = {}
    for record, verification in records:
        try:
            items = items_of(root, record, verification.items_sha256)
        except RecordError:
            continue
        found[record] = {
            (task, metric): dict(zip(items.documents[task], values, strict=False))
            for task, metrics in items.results.items()
            for metric, values in metrics.items()
        }
    return found


def _compared(running: Running, record: str, results: Results, task: str, metric: str) -> PrecisionLoss:
    audit, scorer = running.audit, running.scorer
    full = results.get((task, metric), {})
    risk = running.prepared.wishes.options.risk
    pairs = []
    for document, result in zip(audit.runner.documents(task), audit.results.get(task, []), strict=False):
        if short(document) not in full:
            break  # only items from the first on are a random sample
        pairs.append((full[short(document)], result[metric]))
    found = loss(audit.sizes[task], pairs, risk)
    return PrecisionLoss(
        record=record,
        task=task,
        metric=metric,
        difference=f"{found.mean:.6f}",
        interval=(f"{found.low:.6f}", f"{found.high:.6f}"),
        risk=f"{risk:g}",
        items_used=found.items,
        items=audit.sizes[task],
        weights_bytes=scorer.weights_bytes,
        full_weights_bytes=scorer.full_weights_bytes,
    )


def sentence(one: PrecisionLoss, precision: str) -> str:
    """A loss in words."""
    low, high = (100 * float(bound) for bound in one.interval)
    saved = f"weights of {_size(one.weights_bytes)} instead of {_size(one.full_weights_bytes)}"
    return (
        f"{precision} changes {one.metric} of {one.task} by {100 * float(one.difference):+.1f} points "
        f"({low:+.1f} to {high:+.1f}, over {one.items_used:,} items of {one.record}); {saved}"
    )


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 10**8 else f"{count / 1e6:.2f} MB"


def told_losses(running: Running, found: Sequence[PrecisionLoss]) -> list[str]:
    """What a quantized run lost, in sentences; why nothing can be said, where that is so; nothing for other runs."""
    precision = running.prepared.wishes.dtype
    if precision not in ("int8", "nf4"):
        return []
    if not found:
        return [
            f"no record of these weights in full precision to compare {precision} with: make one without --precision"
        ]
    return [sentence(one, precision) for one in found]
