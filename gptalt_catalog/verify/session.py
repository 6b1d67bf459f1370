"""``verify`` from a name to a record: what is to be run, running it, and writing down what came out.

The steps are apart so that the command can show each, stop after the first (``--dry-run``), and go on
after a crash: prompts and answers lie in two files of a folder of their own, and an audit that is begun
again finds what was answered before.
"""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.claim import Claim
from gptalt_catalog.domain.verification import Comparability, Environment, Verification
from gptalt_catalog.verify.audit import Audit, ClaimAudit, Options, Step
from gptalt_catalog.verify.hub.target import Means, find_target
from gptalt_catalog.verify.hub.target import Target as Model
from gptalt_catalog.verify.record import RecordError, audited, item_results, read_items, sha256_text, write_record
from gptalt_catalog.verify.targets import Skipped, Target, TaskLink, given_target, targets_of

if TYPE_CHECKING:
    from gptalt_catalog.verify.hub.snapshot import Snapshot
    from gptalt_catalog.verify.pipeline.planner import Plan
    from gptalt_catalog.verify.pipeline.protocols import ProtocolTable, Reading
    from gptalt_catalog.verify.pipeline.scorer import Scorer
    from gptalt_catalog.verify.pipeline.tasks import DataSources


TODAYS_HARNESS = "0.4.13"
"""The version of lm-eval that the tasks of evalhooks are written for."""


class CannotRunError(Exception):
    """The audit cannot be run; the message says why and what the way out is."""


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line."""

    model: str
    suite: str = "compact"
    tasks: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    options: Options = field(default_factory=Options)
    device: str = "auto"
    dtype: str = "auto"
    batch: int | None = None
    resume: bool = False
    keep_weights: bool = True
    folder: Path | None = None


@dataclass(frozen=True)
class Prepared:
    """What an audit would be about: the model, the claims, and the claims left out with the reason."""

    catalog: Catalog
    wishes: Wishes
    model: Model
    targets: tuple[Target, ...]
    skipped: tuple[Skipped, ...]
    readings: Mapping[str, Reading]
    root: Path | None = None

    @property
    def suite_version(self) -> int:
        """The version of the suite; 1 where the catalog holds none of that name."""
        suite = self.catalog.suites.get(self.wishes.suite)
        return suite.version if suite is not None else 1


def prepare(
    catalog: Catalog, wishes: Wishes, table: ProtocolTable, *, token: bool, root: Path | None = None
) -> Prepared:
    """Find the model and its auditable claims; nothing is fetched. ``root``: where the catalog's records lie.

    Raises :class:`CannotRunError`, and :class:`.hub.target.TargetError` for a name that means nothing.
    """
    model = find_target(catalog, wishes.model, Means(token=token, own_claims=bool(wishes.claims)))
    if model.obstacle is not None:
        raise CannotRunError(str(model.obstacle))
    readings: dict[str, Reading] = {}

    def link_of(claim: Claim) -> TaskLink | None:
        place = claim.place
        reading = table.reading(claim.row.protocol, place.harness_version, place.task_version)
        return _link(reading, readings)

    found: list[Target] = []
    skipped: list[Skipped] = []
    if model.checkpoint is not None:
        found, skipped = targets_of(catalog, model.checkpoint.id, link_of, wishes.tasks)
    for text in wishes.claims:
        found.append(_by_hand(text, table, readings))
    if not found:
        reasons = sorted({f"{s.protocol}: {s.reason}" for s in skipped})[:8]
        because = "\n  ".join(["", *reasons]) if reasons else ""
        raise CannotRunError(f"no published score of {model.name} can be audited{because}")
    return Prepared(catalog, wishes, model, tuple(found), tuple(skipped), readings, root)


def _link(reading: Reading | None, readings: dict[str, Reading]) -> TaskLink | None:
    if reading is None:
        return None
    readings[reading.run.id] = reading
    return TaskLink(reading.run.id, reading.metric, reading.grade, reading.because)


def _by_hand(text: str, table: ProtocolTable, readings: dict[str, Reading]) -> Target:
    protocol, equals, value = text.partition("=")
    # whoever gives a claim by hand knows what was run; so today's way to run the protocol is meant
    link = _link(table.reading(protocol, TODAYS_HARNESS), readings)
    if not equals or link is None:
        near = [name for name in table.protocols if name.startswith(protocol.split(".")[0])][:5]
        hint = f"; protocols like it: {', '.join(near)}" if near else ""
        raise CannotRunError(f"--claim {text!r} is not PROTOCOL=PERCENT with a protocol that a task runs{hint}")
    try:
        return given_target(protocol, value, link)
    except ValueError as error:
        raise CannotRunError(f"--claim {text!r}: {error}") from None


def state_folder(prepared: Prepared, commit: str) -> Path:
    """Where prompts and answers of this audit are kept between runs."""
    if prepared.wishes.folder is not None:
        return prepared.wishes.folder
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = f"{prepared.model.name.replace('/', '--')}-{commit[:12]}-{prepared.wishes.suite}-{prepared.suite_version}"
    return cache / "gptalt-catalog" / "verify" / name


@dataclass
class Running:
    """A prepared audit with its model and its files at hand."""

    prepared: Prepared
    snapshot: Snapshot
    audit: Audit
    scorer: Scorer
    answers: Any
    requests: Any
    started: float = field(default_factory=time.monotonic)

    @property
    def commit(self) -> str:
        """The revision that is run: the commit, or a hash of a local folder's weights."""
        return revision_of(self.snapshot)


def revision_of(snapshot: Snapshot) -> str:
    """The commit of a snapshot; for a local folder a hash over its weights stands in."""
    if snapshot.commit:
        return snapshot.commit
    return sha256_text("".join(sorted(snapshot.weights.values())))[:40]


def start(prepared: Prepared, snapshot: Snapshot, sources: DataSources, say: Callable[[str], None]) -> Running:
    """Plan every task, load the model, open the files. Raises :class:`.pipeline.requests.PipelineError`."""
    from gptalt_catalog.verify.pipeline import planner, scorer
    from gptalt_catalog.verify.pipeline.requests import ResponseFile, open_requests
    from gptalt_catalog.verify.pipeline.runner import PipelineRunner

    wishes = prepared.wishes
    commit = revision_of(snapshot)
    plans = _plans(prepared, commit, sources, say)
    say("loading the model")
    model = scorer.load(snapshot.folder, device=wishes.device, dtype=wishes.dtype, batch=wishes.batch)
    folder = state_folder(prepared, commit)
    files = (folder / "requests.jsonl", folder / "responses.jsonl")
    if not wishes.resume:
        for file in files:
            if file.exists():
                file.replace(file.with_suffix(".old.jsonl"))
    folder.mkdir(parents=True, exist_ok=True)
    header = planner.header(plans, wishes.suite, commit, _protocols(prepared))
    requests = open_requests(files[0], header)
    responses = ResponseFile(files[1], requests.identity, scorer.description(model, snapshot.folder))
    targets = [_settled(target, plans, prepared.readings, model) for target in prepared.targets]
    runner = PipelineRunner(plans, requests, responses, model)
    audit = Audit(targets, runner, wishes.options, _earlier(prepared, runner))
    return Running(prepared, snapshot, audit, model, responses, requests)


def plan_requests(prepared: Prepared, commit: str, sources: DataSources, path: Path, say: Callable[[str], None]) -> int:
    """Write the prompts of all items that the audit may ask, up to each claim's cap; their number."""
    from gptalt_catalog.verify.pipeline import planner
    from gptalt_catalog.verify.pipeline.requests import open_requests

    plans = _plans(prepared, commit, sources, say)
    requests = open_requests(path, planner.header(plans, prepared.wishes.suite, commit, _protocols(prepared)))
    for plan in plans:
        requests.extend(plan.documents[: _cap(prepared, plan)])
    return len(requests.documents)


def _cap(prepared: Prepared, plan: Plan) -> int:
    """The most items of a task that any of its claims may need."""
    items, options = len(plan.documents), prepared.wishes.options
    mine = [target for target in prepared.targets if target.link.task == plan.id]
    return max(ClaimAudit(target, items, options).cap for target in mine)


def grade_responses(
    prepared: Prepared, sources: DataSources, requests: Path, responses: Path, say: Callable[[str], None]
) -> list[ClaimAudit]:
    """Audit the claims from answers in a file, as far as they reach."""
    import dataclasses

    from gptalt_catalog.verify.pipeline.requests import PipelineError, ResponseFile, open_requests
    from gptalt_catalog.verify.pipeline.runner import PipelineRunner

    asked, answered = open_requests(requests), ResponseFile(responses)
    if answered.requests != asked.identity:
        raise PipelineError(f"{responses.name} does not answer {requests.name}")
    plans = _plans(prepared, asked.header.revision, sources, say)
    reach = {plan.id: _answered(plan, answered.places) for plan in plans}
    targets = [target for target in prepared.targets if reach[target.link.task]]
    if not targets:
        raise CannotRunError(f"{responses.name} answers none of the claims' items")
    options = dataclasses.replace(prepared.wishes.options, max_items=min(reach[t.link.task] for t in targets))
    audit = Audit(targets, PipelineRunner(plans, asked, answered, None), options)
    for _ in audit.run():
        pass
    return audit.claims


def _answered(plan: Plan, places: set[tuple[str, str, int]]) -> int:
    """How many documents from the first on are answered."""
    missing = (i for i, document in enumerate(plan.documents) if document.place not in places)
    return next(missing, len(plan.documents))


def _protocols(prepared: Prepared) -> list[str]:
    return sorted({target.protocol for target in prepared.targets})


def _plans(prepared: Prepared, commit: str, sources: DataSources, say: Callable[[str], None]) -> list[Plan]:
    """Every task of the audit with all its prompts; no weights are needed."""
    from gptalt_catalog.verify.pipeline import planner
    from gptalt_catalog.verify.pipeline.tasks import TaskLibrary

    library, wanted, plans = TaskLibrary(sources=sources), _wanted(prepared), []
    for number, (run_id, reading) in enumerate(wanted.items(), start=1):
        say(f"planning {run_id} ({number} of {len(wanted)})")
        plans.append(planner.plan(library.load(reading.run), prepared.wishes.suite, commit))
    return plans


def _wanted(prepared: Prepared) -> dict[str, Reading]:
    tasks = {target.link.task for target in prepared.targets}
    return {run_id: reading for run_id, reading in prepared.readings.items() if run_id in tasks}


def _settled(target: Target, plans: Sequence[Plan], readings: Mapping[str, Reading], model: Scorer) -> Target:
    """The target with a comparability that may depend on the tokenizer: same tokens, or nothing is known."""
    other = readings[target.link.task].if_tokens_agree
    if other is None:
        return target
    from gptalt_catalog.verify.pipeline.tokens import same_tokens

    plan = next(one for one in plans if one.id == target.link.task)
    asked = [request for document in plan.documents[:64] for request in document.requests]
    if same_tokens(asked, model.encoder, readings[target.link.task].run.era.encoding, other):
        return target
    grade: Comparability = "unknown"
    link = TaskLink(target.link.task, target.link.metric, grade, "this tokenizer splits the prompts otherwise")
    return Target(target.protocol, target.source, target.printed, target.unit, link, target.claimed, target.half_unit)


def _earlier(prepared: Prepared, runner: Any) -> Callable[[str, str], Sequence[float] | None] | None:
    """The item results of an earlier full run of the same model, in today's order, if the catalog has them."""
    known = _full_results(prepared)
    if not known or prepared.wishes.options.mode == "polling":
        return None

    def earlier(task: str, metric: str) -> Sequence[float] | None:
        results = known.get((task, metric))
        order = [document[:16] for document in runner.documents(task)]
        return [results[d] for d in order] if results is not None and all(d in results for d in order) else None

    return earlier


def _full_results(prepared: Prepared) -> dict[tuple[str, str], dict[str, float]]:
    found: dict[tuple[str, str], dict[str, float]] = {}
    root, checkpoint = prepared.root, prepared.model.checkpoint
    if root is None or checkpoint is None:
        return found
    for record, verification in prepared.catalog.verifications.items():
        if verification.checkpoint != checkpoint.id:
            continue
        path = root / "verifications" / f"{record}.items.json"
        try:
            items = read_items(path.read_text(encoding="utf-8"))
        except (OSError, RecordError):
            continue
        for task, results in items.results.items():
            for metric, values in results.items():
                found[task, metric] = dict(zip(items.documents[task], values, strict=False))
    return found


def run(running: Running, show: Callable[[Step], None]) -> None:
    """Draw items until every claim has its verdict or its cap."""
    for step in running.audit.run():
        show(step)


def record(running: Running, today: datetime.date, peak_memory: int) -> tuple[str, Verification, Any]:
    """The record of a finished audit: its id, its content, and its item results."""
    items = item_results(running.audit)
    said = running.answers.scorer
    checkpoint = running.prepared.model.checkpoint
    if checkpoint is None:
        raise RecordError("only checkpoints of the catalog have records in it; the results stand above")
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
        tokenizer_sha256=running.snapshot.tokenizer_sha256,
        items_file=f"{today.isoformat()}-{running.commit[:8]}.items.json",
        items_sha256=sha256_text(items.text()),
        truncated_requests=running.answers.truncated,
        wall_seconds=round(time.monotonic() - running.started),
        tokens=running.answers.tokens,
        peak_memory_bytes=peak_memory,
        environment=Environment(
            lm_eval=running.requests.header.lm_eval,
            transformers=str(said["transformers"]),
            torch=str(said["torch"]),
            gpu=_gpu(str(said["device"])),
            scorer=str(said["scorer"]),
            dtype=said["dtype"],
            self_check="not-run",
        ),
        claims=tuple(
            audited(claim) for claim in running.audit.claims if claim.target.source in running.prepared.catalog.sources
        ),
    )
    return f"{checkpoint.id}/{today.isoformat()}-{running.commit[:8]}", verification, items


def _gpu(device: str) -> str | None:
    if device != "cuda":
        return None
    import torch

    return str(torch.cuda.get_device_name())


def today() -> datetime.date:
    """The day of a record, in universal time."""
    return datetime.datetime.now(tz=datetime.UTC).date()


def keep(root: Path, record_id: str, verification: Verification, items: Any) -> Path:
    """Write the record into the catalog at ``root``. Raises :class:`.record.RecordError`."""
    return write_record(root, record_id, verification, items)


def peak_memory() -> int:
    """The most memory that this process has used, in bytes: the GPU's if there is one."""
    import resource
    import sys

    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(used if sys.platform == "darwin" else used * 1024)


def exit_code(verdicts: Sequence[str]) -> int:
    """0 nothing refuted, 1 something not reproduced, 3 something undecided."""
    if any(v in ("not-reproduced", "inconsistent", "claim-inconsistent") for v in verdicts):
        return 1
    return 3 if "undecided" in verdicts else 0


def parse_tolerance(text: str) -> Fraction | None:
    """``auto``, or percentage points: ``3`` is 0.03. Raises ``ValueError``."""
    if text == "auto":
        return None
    points = Fraction(text)
    if not 0 <= points < 50:
        raise ValueError(f"a tolerance of {text} points is no tolerance")
    return points / 100
