"""Running an audit that is prepared: plans, weights, prompts and answers in files, and going on after a crash.

Prompts and answers lie in two files of a folder of their own, and an audit that is begun again finds what
was answered before.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gptalt_catalog.domain.verification import Comparability
from gptalt_catalog.verify.audit import Audit, ClaimAudit, Step
from gptalt_catalog.verify.earlier import EarlierResults
from gptalt_catalog.verify.hub.lock import Patience, locked
from gptalt_catalog.verify.prepared import CannotRunError, Prepared
from gptalt_catalog.verify.record import sha256_text
from gptalt_catalog.verify.suites import check_rows, find_suite, known_rows, pinned_revisions, rows_of
from gptalt_catalog.verify.targets import Target, TaskLink

if TYPE_CHECKING:
    from gptalt_catalog.domain.family import Prompt
    from gptalt_catalog.verify.hub.snapshot import Snapshot
    from gptalt_catalog.verify.pipeline.framing import Framing
    from gptalt_catalog.verify.pipeline.planner import Plan
    from gptalt_catalog.verify.pipeline.protocols import Reading
    from gptalt_catalog.verify.pipeline.requests import Header, RequestFile, ResponseFile
    from gptalt_catalog.verify.pipeline.scorer import Scorer
    from gptalt_catalog.verify.pipeline.tasks import DataSources


def state_folder(prepared: Prepared, commit: str) -> Path:
    """Where prompts and answers of this audit are kept between runs."""
    if prepared.wishes.folder is not None:
        return prepared.wishes.folder
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = f"{prepared.model.name.replace('/', '--')}-{commit[:12]}-{prepared.wishes.suite}-{prepared.suite_version}"
    if prepared.wishes.tasks or prepared.wishes.claims:  # some scores only: an audit of its own
        name += f"-{sha256_text(' '.join(_protocols(prepared)))[:8]}"
    if prepared.wishes.dtype in ("int8", "nf4"):
        name += f"-{prepared.wishes.dtype}"
    if prepared.wishes.prompt != "standard":
        name += f"-{prepared.wishes.prompt}"
    return cache / "gptalt-catalog" / "verify" / name


@dataclass
class Running:
    """A prepared audit with its model and its files at hand."""

    prepared: Prepared
    snapshot: Snapshot
    audit: Audit
    scorer: Scorer
    answers: ResponseFile
    requests: RequestFile
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


@contextlib.contextmanager
def alone(prepared: Prepared, commit: str) -> Iterator[None]:
    """Keep other processes off the files of this audit. Raises :class:`.hub.errors.HubError` ``locked``."""
    with locked(state_folder(prepared, commit) / ".lock", "this audit", Patience(0)):
        yield


def start(prepared: Prepared, snapshot: Snapshot, sources: DataSources, say: Callable[[str], None]) -> Running:
    """Plan every task, load the model, open the files. Raises :class:`.pipeline.requests.PipelineError`."""
    from gptalt_catalog.verify.child.opening import open_scorer
    from gptalt_catalog.verify.pipeline import planner, scorer
    from gptalt_catalog.verify.pipeline.framing import framing_of
    from gptalt_catalog.verify.pipeline.runner import PipelineRunner

    wishes = prepared.wishes
    check_device(wishes.device)
    commit = revision_of(snapshot)
    framing = framing_of(wishes.prompt, _prompt(prepared), snapshot.folder)
    plans = _plans(prepared, commit, sources, say, framing)
    say("loading the model")
    model = open_scorer(prepared, snapshot, say)
    # before the file of answers is begun, which says how they are made
    say(scorer.told(model.check([document for plan in plans for document in plan.documents]), model))
    header = planner.header(plans, wishes.suite, commit, _protocols(prepared), framing)
    requests, responses = _files(prepared, header, scorer.description(model, snapshot.folder))
    targets = [_settled(target, plans, prepared.readings, model) for target in prepared.targets]
    if framing.kind != "standard":
        because = f"asked with the {_FRAMINGS[framing.kind]}, and the claim's protocol has the standard prompt"
        targets = [_regraded(target, "different", because) for target in targets]
    runner = PipelineRunner(plans, requests, responses, model)
    earlier = EarlierResults(prepared, commit, runner.documents)
    audit = Audit(targets, runner, wishes.options, earlier.of)
    for sentence in earlier.said:
        say(sentence)
    if wishes.options.mode == "comparison" and not any(claim.mode == "comparison" for claim in audit.claims):
        raise CannotRunError("no record has item results that these scores can be compared with; leave --mode out")
    return Running(prepared, snapshot, audit, model, responses, requests)


def check_device(device: str) -> None:
    """Raise :class:`CannotRunError` if torch has no such device."""
    import torch

    try:
        torch.empty(1, device="cpu" if device == "auto" else device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = (str(error).splitlines() or [""])[0].rstrip(".")
        raise CannotRunError(f"--device {device} cannot be used: {reason}; use auto or cpu") from None


def _files(prepared: Prepared, header: Header, scorer: Mapping[str, Any]) -> tuple[RequestFile, ResponseFile]:
    """The files of prompts and answers: gone on with if that is wished, else begun, former ones kept aside."""
    from gptalt_catalog.verify.pipeline.requests import ResponseFile, open_requests

    folder = state_folder(prepared, header.revision)
    requests, responses = folder / "requests.jsonl", folder / "responses.jsonl"
    if not prepared.wishes.resume:
        for file in (requests, responses):
            if file.exists():
                file.replace(file.with_suffix(".old.jsonl"))
    elif requests.exists() and (changed := changed_data(requests, header)):
        raise CannotRunError(changed)
    opened = open_requests(requests, header)
    return opened, ResponseFile(responses, opened.identity, scorer)


def changed_data(requests: Path, header: Header) -> str:
    """Whether the data are others than when the prompts were written, in words; empty if they are the same."""
    from gptalt_catalog.verify.pipeline.requests import DamagedFileError, open_requests

    try:
        before = open_requests(requests).header
    except DamagedFileError:
        return ""  # told when the file is opened to be gone on with
    changed = [
        f"{task} ({before.tasks[task].items} items then, {now.items} now)"
        for task, now in header.tasks.items()
        if task in before.tasks and before.tasks[task].manifest != now.manifest
    ]
    if not changed:
        return ""
    return (
        f"the data have changed since this audit was begun: {', '.join(changed)}; its answers are kept. "
        "Go on with the data of then (--data OWNER/NAME=FOLDER), or begin anew without --resume"
    )


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
    from gptalt_catalog.verify.pipeline.grader import check_documents
    from gptalt_catalog.verify.pipeline.requests import PipelineError, ResponseFile, open_requests
    from gptalt_catalog.verify.pipeline.runner import PipelineRunner

    asked, answered = open_requests(requests), ResponseFile(responses)
    if answered.requests != asked.identity:
        raise PipelineError(f"{responses.name} does not answer {requests.name}; name the two files of one run")
    plans = _plans(prepared, asked.header.revision, sources, say)
    for plan in plans:
        check_documents(plan, [document for document in asked.documents if document.task == plan.id])
    reach = {plan.id: _answered(plan, answered.places) for plan in plans}
    targets = [target for target in prepared.targets if reach[target.link.task]]
    if not targets:
        raise CannotRunError(f"{responses.name} answers none of the claims' items")
    audit = Audit(targets, PipelineRunner(plans, asked, answered, None), prepared.wishes.options, reach=reach)
    for _ in audit.run():
        pass
    return audit.claims


def _answered(plan: Plan, places: set[tuple[str, str, int]]) -> int:
    """How many documents from the first on are answered."""
    missing = (i for i, document in enumerate(plan.documents) if document.place not in places)
    return next(missing, len(plan.documents))


def _protocols(prepared: Prepared) -> list[str]:
    return sorted({target.protocol for target in prepared.targets})


def _prompt(prepared: Prepared) -> Prompt | None:
    """The prompt that the entry documents."""
    return prepared.model.checkpoint.prompt if prepared.model.checkpoint is not None else None


def _plans(
    prepared: Prepared,
    commit: str,
    sources: DataSources,
    say: Callable[[str], None],
    framing: Framing | None = None,
) -> list[Plan]:
    """Every task of the audit with all its prompts; no weights are needed.

    Raises :class:`.suites.ChangedRowsError` if the data are not those that the suite was pinned with.
    """
    from gptalt_catalog.verify.pipeline import planner
    from gptalt_catalog.verify.pipeline.framing import STANDARD
    from gptalt_catalog.verify.pipeline.tasks import TaskLibrary

    suite = prepared.wishes.suite
    pinned = {**pinned_revisions(find_suite(prepared.catalog, suite)), **sources.revisions}
    library = TaskLibrary(sources=dataclasses.replace(sources, revisions=pinned))
    rows = known_rows(prepared.root, suite) if prepared.root is not None else {}
    wanted, plans = _wanted(prepared), []
    for number, (run_id, reading) in enumerate(wanted.items(), start=1):
        say(f"planning {run_id} ({number} of {len(wanted)})")
        plan = planner.plan(library.load(reading.run), suite, commit, framing or STANDARD)
        check_rows(suite, run_id, rows.get(reading.run.task), rows_of(plan))
        plans.append(plan)
    return plans


def _wanted(prepared: Prepared) -> dict[str, Reading]:
    tasks = {target.link.task for target in prepared.targets}
    return {run_id: reading for run_id, reading in prepared.readings.items() if run_id in tasks}


def _settled(target: Target, plans: Sequence[Plan], readings: Mapping[str, Reading], model: Scorer) -> Target:
    """The target with a comparability that may depend on the tokenizer: same tokens, or nothing is known."""
    if not model.exact_eras and readings[target.link.task].run.era.name != "lm-eval-0.4":
        return _doubtful(target, "encoder-decoders are scored as lm-eval 0.4.13 does it")
    other = readings[target.link.task].if_tokens_agree
    if other is None:
        return target
    from gptalt_catalog.verify.pipeline.tokens import same_tokens

    plan = next(one for one in plans if one.id == target.link.task)
    asked = [request for document in plan.documents[:64] for request in document.requests]
    if same_tokens(asked, model.encoder, readings[target.link.task].run.era.encoding, other):
        return target
    return _doubtful(target, "this tokenizer splits the prompts otherwise")


def _doubtful(target: Target, because: str) -> Target:
    """The target with a comparability of which nothing is known, unless it is known to differ."""
    return _regraded(target, "different" if target.link.comparability == "different" else "unknown", because)


_FRAMINGS = {"system": "model's system instruction", "documented": "documented prompt", "chat": "chat template"}


def _regraded(target: Target, grade: Comparability, because: str) -> Target:
    """The target with another comparability."""
    link = TaskLink(target.link.task, target.link.metric, grade, because)
    return Target(target.protocol, target.source, target.printed, target.unit, link, target.claimed, target.half_unit)


def run(running: Running, show: Callable[[Step], None]) -> None:
    """Draw items until every claim has its verdict or its cap."""
    for step in running.audit.run():
        show(step)


def exit_code(verdicts: Sequence[str]) -> int:
    """0 nothing refuted, 1 something not reproduced, 3 something undecided."""
    if any(v in ("not-reproduced", "inconsistent", "claim-inconsistent") for v in verdicts):
        return 1
    return 3 if "undecided" in verdicts else 0


def parse_tolerance(text: str) -> Fraction | None:
    """``auto``, or percentage points: ``3`` is 0.03. Raises ``ValueError``."""
    if text == "auto":
        return None
    if not text.replace(".", "", 1).isdecimal():
        raise ValueError(f"a tolerance is auto or a number of percentage points, not {text!r}")
    points = Fraction(text)
    if not 0 <= points < 50:
        raise ValueError(f"a tolerance of {text} points is no tolerance")
    return points / 100
