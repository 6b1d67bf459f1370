"""The record of an audit: a YAML summary that belongs into the catalog, and the item results beside it.

Records are published, so they hold no name of a host or user, no path and no token. Whoever reads one can
derive every verdict again from the item results, without the weights (:func:`recheck`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from gptalt_catalog.domain.verification import AuditedClaim, Verification
from gptalt_catalog.loading.files import CatalogFile, classify
from gptalt_catalog.loading.tree import read_tree
from gptalt_catalog.loading.writing import entry_text
from gptalt_catalog.verify.audit import Audit, ClaimAudit, Earlier, Options
from gptalt_catalog.verify.targets import Target, TaskLink

ITEMS_VERSION = 1
MAX_ITEMS_BYTES = 2 * 2**20


class RecordError(Exception):
    """A record cannot be read or does not fit its item file; the message says why."""


@dataclass(frozen=True)
class ItemResults:
    """The item results of an audit: per task the document hashes in drawing order, per metric the results."""

    documents: Mapping[str, Sequence[str]]
    results: Mapping[str, Mapping[str, Sequence[float]]]

    def text(self) -> str:
        """The item file: documents by short hashes, 0/1 results as bits."""
        tasks = {
            task: {
                "documents": list(documents),
                "results": {metric: _packed(values) for metric, values in self.results[task].items()},
            }
            for task, documents in self.documents.items()
        }
        return json.dumps({"version": ITEMS_VERSION, "tasks": tasks}, separators=(",", ":")) + "\n"


def _packed(values: Sequence[float]) -> dict[str, Any]:
    if all(value in (0, 1) for value in values):
        bits = "".join(str(int(value)) for value in values)
        size = (len(bits) + 7) // 8
        data = int(bits.ljust(size * 8, "0") or "0", 2).to_bytes(size, "big")
        return {"n": len(values), "bits": base64.b64encode(data).decode()}
    return {"n": len(values), "values": [round(value, 6) for value in values]}


def _unpacked(packed: Mapping[str, Any]) -> list[float]:
    if "values" in packed:
        return [float(value) for value in packed["values"]]
    data = base64.b64decode(packed["bits"], validate=True)
    bits = "".join(f"{byte:08b}" for byte in data)
    return [float(bit) for bit in bits[: packed["n"]]]


def read_items(text: str) -> ItemResults:
    """The item results of an item file's text. Raises :class:`RecordError` for anything else."""
    if len(text) > MAX_ITEMS_BYTES:
        raise RecordError("the item file is larger than 2 MiB")
    try:
        data = json.loads(text)
        if data["version"] != ITEMS_VERSION:
            raise RecordError(
                f"the item file has version {data['version']!r}; this program reads version {ITEMS_VERSION}"
            )
        tasks = data["tasks"]
        found = ItemResults(
            {task: tuple(str(d) for d in content["documents"]) for task, content in tasks.items()},
            {task: {m: _unpacked(p) for m, p in content["results"].items()} for task, content in tasks.items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordError(f"the item file is damaged: {error}") from None
    for task, results in found.results.items():
        if any(len(values) > len(found.documents[task]) for values in results.values()):
            raise RecordError(f"the item file has more results than documents for {task}")
        if any(not 0 <= value <= 1 for values in results.values() for value in values):
            raise RecordError(f"the item file has a result outside 0 to 1 for {task}")
    return found


def audited(claim: ClaimAudit) -> AuditedClaim:
    """One claim's part of the record."""
    low, high = claim.bounds if claim.drawn else (0.0, 1.0)
    target = claim.target
    return AuditedClaim(
        protocol=target.protocol,
        source=target.source,
        claimed=target.printed,
        unit="percent" if target.unit == "percent" else "fraction",
        task=target.link.task,
        metric=target.link.metric,
        comparability=target.link.comparability,
        verdict=claim.verdict,
        mode=claim.mode if claim.drawn else "none",
        compared_with=claim.earlier.record if claim.drawn and claim.mode == "comparison" and claim.earlier else None,
        estimate=f"{claim.estimate:.6f}",
        interval=(f"{low:.6f}", f"{high:.6f}"),
        risk=f"{claim.options.risk:g}",
        tolerance=f"{float(claim.tolerance):g}",
        right=f"{claim.total:g}",
        items_used=claim.drawn,
        items=claim.items,
    )


def item_results(audit: Audit) -> ItemResults:
    """The item results that an audit has drawn."""
    documents: dict[str, Sequence[str]] = {}
    results: dict[str, dict[str, Sequence[float]]] = {}
    for task in audit.sizes:
        known = audit.results.get(task, [])
        documents[task] = tuple(short(d) for d in audit.runner.documents(task)[: len(known)])
        metrics = sorted({metric for result in known for metric in result})
        results[task] = {metric: [result[metric] for result in known] for metric in metrics}
    return ItemResults(documents, results)


def short(document: str) -> str:
    """The first 16 digits of a document's hash: enough to tell the documents of one task apart."""
    return document[:16]


def sha256_text(text: str) -> str:
    """The SHA-256 of a text as it is written."""
    return hashlib.sha256(text.encode()).hexdigest()


_PRIVATE = re.compile(
    r"hf_[A-Za-z0-9]{8,}|(?:^|[\s'\"=:(])(?:/(?:home|root|Users|tmp|work|mnt|data|scratch)/|[A-Za-z]:\\\\)|\b[\w.-]+@(?!lm-eval-)[\w.-]+\b"
)


def leaks(text: str, hidden: Sequence[str] = ()) -> list[str]:
    """What in a record's text must not be published: tokens, paths, addresses, and the ``hidden`` words."""
    found = [match.group().strip() for match in _PRIVATE.finditer(text)]
    return found + [
        word for word in hidden if len(word) > 3 and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)
    ]


def write_record(catalog: Path, record_id: str, verification: Verification, items: ItemResults) -> Path:
    """Write the record ``<checkpoint>/<name>`` and its item file below ``catalog``; returns the record's path.

    Raises :class:`RecordError` rather than writing something that must not be published.
    """
    found = classify(f"verifications/{record_id}.yaml")
    if not isinstance(found, CatalogFile):
        raise RecordError(f"{record_id}: {found.message}")
    text, item_text = entry_text(verification, found), items.text()
    private = leaks(text + item_text, [os.environ.get("USER", ""), os.environ.get("HOSTNAME", "")])
    if private:
        raise RecordError(f"the record would publish {', '.join(sorted(set(private)))}; it was not written")
    path = catalog / found.file
    path.parent.mkdir(parents=True, exist_ok=True)
    for file, content in ((path.with_suffix(".items.json"), item_text), (path, text)):
        half = file.with_name(f".{file.name}.tmp")
        half.write_text(content, encoding="utf-8")
        half.replace(file)
    return path


def read_record(path: Path) -> tuple[Verification, str]:
    """A record and the text of its item file. Raises :class:`RecordError`, or ``OSError`` for a missing file."""
    tree = read_tree(path.read_bytes())
    if tree.value is None:
        raise RecordError(f"{path.name}:{tree.faults[0].line}: {tree.faults[0].message}")
    try:
        record = Verification.model_validate(tree.value)
    except ValueError as error:
        raise RecordError(f"{path.name} is no record of this version: {error}") from None
    return record, path.with_suffix(".items.json").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Rechecked:
    """A verdict of a record, derived again from its item results."""

    claim: AuditedClaim
    verdict: str
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether the record's verdict follows from its item results."""
        return self.verdict == self.claim.verdict


def recheck(verification: Verification, items_text: str, catalog: Path | None = None) -> list[Rechecked]:
    """Derive every verdict again. Raises :class:`RecordError` if record and item file do not belong together.

    ``catalog``: where the records lie that comparisons name.
    """
    if sha256_text(items_text) != verification.items_sha256:
        raise RecordError("the item file is not the one that the record names (its SHA-256 differs)")
    items = read_items(items_text)
    return [_rechecked(claim, items, catalog) for claim in verification.claims]


def recheck_file(path: Path) -> list[Rechecked]:
    """Derive every verdict of the record at ``path`` again, with the records beside it that it compares with.

    Raises :class:`RecordError`, or ``OSError`` for a missing file.
    """
    verification, items = read_record(path)
    return recheck(verification, items, path.resolve().parent.parent.parent)


def _rechecked(claim: AuditedClaim, items: ItemResults, catalog: Path | None) -> Rechecked:
    values = items.results.get(claim.task, {}).get(claim.metric, [])[: claim.items_used]
    if len(values) < claim.items_used:
        return Rechecked(claim, "not-auditable", f"the item file holds {len(values)} of {claim.items_used} results")
    if f"{sum(values):g}" != claim.right:
        return Rechecked(
            claim, "not-auditable", f"the item results sum to {sum(values):g}, the record says {claim.right}"
        )
    try:
        earlier = _compared_with(claim, items, catalog) if claim.mode == "comparison" else None
    except (RecordError, OSError) as error:
        return Rechecked(claim, "not-auditable", f"the record {claim.compared_with} that it compares with: {error}")
    mode: Literal["polling", "comparison"] = "comparison" if earlier is not None else "polling"
    options = Options(float(claim.risk), Fraction(claim.tolerance), mode, full=True)
    again = ClaimAudit(_target(claim), claim.items, options, earlier)
    while again.drawn < claim.items_used and again.open:
        again.add(values[again.drawn : min(again.next_look(), claim.items_used)])
    return Rechecked(claim, again.verdict)


def _compared_with(claim: AuditedClaim, items: ItemResults, catalog: Path | None) -> Earlier:
    """What was expected of each item: the other record's results, in the order in which this one drew."""
    if catalog is None or claim.compared_with is None:
        raise RecordError("it is not at hand")
    verification, text = read_record(catalog / "verifications" / f"{claim.compared_with}.yaml")
    if sha256_text(text) != verification.items_sha256:
        raise RecordError("its item file is not the one that it names (its SHA-256 differs)")
    other = read_items(text)
    values = other.results.get(claim.task, {}).get(claim.metric, ())
    known = dict(zip(other.documents.get(claim.task, ()), values, strict=False))
    drawn = items.documents[claim.task][: claim.items_used]
    share = min(1.0, max(0.0, float(_target(claim).claimed)))
    results = [known.pop(document, share) for document in drawn]
    rest = [*known.values(), *[share] * claim.items][: claim.items - len(results)]
    return Earlier(claim.compared_with, (*results, *rest), whole=False)


def _target(claim: AuditedClaim) -> Target:
    digits = claim.claimed.partition("e")[0].partition(".")[2]
    exponent = int(claim.claimed.partition("e")[2] or 0)
    scale = 100 if claim.unit == "percent" else 1
    half = Fraction(1, 2) * Fraction(10) ** (exponent - len(digits)) / scale
    link = TaskLink(claim.task, claim.metric, claim.comparability)
    return Target(claim.protocol, claim.source, claim.claimed, claim.unit, link, Fraction(claim.claimed) / scale, half)
