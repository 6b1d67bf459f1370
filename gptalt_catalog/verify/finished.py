"""From a finished audit to its record in the catalog."""

from __future__ import annotations

import datetime
import time
from pathlib import Path
from typing import TYPE_CHECKING

from gptalt_catalog.domain.verification import AuditedClaim, Environment, Parent, Verification
from gptalt_catalog.verify.precision import losses
from gptalt_catalog.verify.record import (
    ItemResults,
    RecordError,
    audited,
    item_results,
    read_record,
    sha256_text,
    write_record,
)
from gptalt_catalog.verify.suites import data_of

if TYPE_CHECKING:
    from gptalt_catalog.verify.hub.snapshot import Snapshot
    from gptalt_catalog.verify.session import Running


def record(running: Running, today: datetime.date, peak_memory: int) -> tuple[Verification, ItemResults]:
    """The record of a finished audit, and its item results.

    Raises :class:`.record.RecordError` for an audit that has none: of a model that is not in the catalog, or of
    claims that no source of the catalog made.
    """
    items = item_results(running.audit)
    said = running.answers.scorer
    checkpoint = running.prepared.model.checkpoint
    if checkpoint is None:
        raise RecordError("records are of checkpoints of the catalog")
    claims = [claim for claim in running.audit.claims if claim.target.source in running.prepared.catalog.sources]
    if not claims:
        raise RecordError("claims given by hand are no published scores")
    verification = Verification(
        checkpoint=checkpoint.id,
        revision=running.commit,
        suite=running.prepared.wishes.suite,
        suite_version=running.prepared.suite_version,
        date=today.isoformat(),
        seed=f"sha256 of suite, task, revision and document ({running.prepared.wishes.suite})",
        requests_sha256=running.requests.sha256,
        responses_sha256=running.answers.sha256,
        weights_sha256=running.snapshot.weights,
        parents=tuple(map(_parent, running.snapshot.parents, ("base", running.snapshot.form))),
        tokenizer_sha256=running.snapshot.tokenizer_sha256,
        items_file=f"{_name(today.isoformat(), running.commit)}.items.json",
        items_sha256=sha256_text(items.text()),
        prompt=running.prepared.wishes.prompt,
        truncated_requests=running.answers.truncated,
        wall_seconds=round(time.monotonic() - running.started),
        tokens=running.answers.tokens,
        peak_memory_bytes=max(peak_memory, running.scorer.memory),
        environment=Environment(
            lm_eval=running.requests.header.lm_eval,
            transformers=str(said["transformers"]),
            torch=str(said["torch"]),
            gpu=_gpu(str(said["device"])),
            scorer=running.scorer.rows.name,
            dtype=said["dtype"],
            self_check=running.scorer.self_check.outcome,
            self_check_note=running.scorer.self_check.note or None,
            isolation=said.get("isolation"),
        ),
        data=data_of(running.requests.header.tasks),
        claims=tuple(audited(claim) for claim in claims),
        precision_loss=losses(running),
    )
    return verification, items


def _parent(snapshot: Snapshot, role: str) -> Parent:
    """What is recorded of one of the two that weights were put together from."""
    return Parent(
        role="base" if role == "base" else "adapter" if role == "adapter" else "delta",
        repository=snapshot.repository or "local",
        revision=snapshot.commit or "unknown",
        weights_sha256=snapshot.weights,
    )


def _gpu(device: str) -> str | None:
    if device != "cuda":
        return None
    import torch

    return str(torch.cuda.get_device_name())


def today() -> datetime.date:
    """The day of a record, in universal time."""
    return datetime.datetime.now(tz=datetime.UTC).date()


def _name(date: str, revision: str, number: int = 1) -> str:
    """The name of a record: day, revision, and a number if it is not the first."""
    return f"{date}-{revision[:8]}" + (f"-{number}" if number > 1 else "")


def keep(root: Path, verification: Verification, items: ItemResults) -> Path:
    """Write the record into the catalog at ``root``; its path. Raises :class:`.record.RecordError`.

    An earlier record of the day is replaced only by one that goes on with it, and knows all that it knew.
    """
    number = 1
    while True:
        name = _name(verification.date, verification.revision, number)
        path = root / "verifications" / verification.checkpoint / f"{name}.yaml"
        if not path.exists() or goes_on(path, verification):
            break
        number += 1
    named = verification.model_copy(update={"items_file": f"{name}.items.json"})
    return write_record(root, f"{verification.checkpoint}/{name}", named, items)


def goes_on(path: Path, verification: Verification) -> bool:
    """Whether an audit goes on with that of the record at ``path``: the same questions, and no fewer items."""
    try:
        before, _ = read_record(path)
    except (RecordError, OSError):
        return not path.with_suffix(".items.json").exists()  # nothing there that could be lost

    def key(claim: AuditedClaim) -> tuple[str, ...]:
        return claim.protocol, claim.source, claim.claimed, claim.mode, claim.risk, claim.tolerance

    now = {key(claim): claim.items_used for claim in verification.claims}
    same = (before.suite, before.suite_version, before.seed, before.environment.dtype, before.prompt) == (
        verification.suite,
        verification.suite_version,
        verification.seed,
        verification.environment.dtype,
        verification.prompt,
    )
    return same and all(now.get(key(claim), -1) >= claim.items_used for claim in before.claims)


def peak_memory() -> int:
    """The most memory that this process has used, in bytes: the GPU's if there is one."""
    import resource
    import sys

    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(used if sys.platform == "darwin" else used * 1024)
