"""What an audit is about: the model, its published scores that can be checked, and those left out with the reason."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.claim import Claim
from gptalt_catalog.verify.audit import Options
from gptalt_catalog.verify.hub.target import Means, find_target
from gptalt_catalog.verify.hub.target import Target as Model
from gptalt_catalog.verify.suites import find_suite, outside
from gptalt_catalog.verify.targets import Skipped, Target, TaskLink, given_target, targets_of

if TYPE_CHECKING:
    from gptalt_catalog.verify.pipeline.protocols import ProtocolTable, Reading

TODAYS_HARNESS = "0.4.13"
"""The version of lm-eval that the tasks of evalhooks are written for."""


LIBRARIES = ("datasets", "lm_eval", "numpy", "torch", "transformers")
"""What an audit needs; the extra ``verify`` brings them."""


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
    scorer: Literal["auto", "prefix", "stock"] = "auto"
    remote_code: bool = False
    prompt: Literal["standard", "system", "documented", "chat"] = "standard"


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
        """The version of the suite."""
        return find_suite(self.catalog, self.wishes.suite).version


def prepare(
    catalog: Catalog, wishes: Wishes, table: ProtocolTable, *, token: bool, root: Path | None = None
) -> Prepared:
    """Find the model and its auditable claims; nothing is fetched. ``root``: where the catalog's records lie.

    Raises :class:`CannotRunError`, :class:`.hub.target.TargetError` for a name that means nothing, and
    :class:`.suites.SuiteError` for a suite that there is not.
    """
    find_suite(catalog, wishes.suite)
    means = Means(token=token, own_claims=bool(wishes.claims), remote_code=wishes.remote_code)
    model = find_target(catalog, wishes.model, means)
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
        found, skipped = targets_of(catalog, model.checkpoint.id, link_of, (), partial(outside, catalog, wishes.suite))
        found, skipped = _chosen(Named(catalog, table, model.name), wishes.tasks, found, skipped)
    for text in wishes.claims:
        found.append(_by_hand(text, table, readings))
    if not found:
        raise CannotRunError(_nothing(model.name, skipped))
    if wishes.options.mode == "comparison":
        _has_earlier_results(catalog, model)
    return Prepared(catalog, wishes, model, tuple(found), tuple(skipped), readings, root)


def require(*modules: str) -> None:
    """Raise :class:`CannotRunError` if a library is not installed: those of the extra ``verify`` are heavy."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        are = "is" if len(missing) == 1 else "are"
        raise CannotRunError(
            f"{', '.join(missing)} {are} not installed; `pip install 'gptalt-catalog[verify]'` brings what verify needs"
        )


def _nothing(model: str, skipped: Sequence[Skipped]) -> str:
    """Why there is nothing to audit."""
    reasons: dict[str, list[str]] = {}
    for one in skipped:
        reasons.setdefault(one.reason, []).append(one.protocol)
    because = "".join(f"\n  {reason}: {', '.join(sorted(set(names)))}" for reason, names in reasons.items())
    return (
        f"no published score of {model} can be checked{because}\n"
        "what can be run can be claimed by hand: --claim PROTOCOL=PERCENT"
    )


def _has_earlier_results(catalog: Catalog, model: Model) -> None:
    known = [r for r, v in catalog.verifications.items() if model.checkpoint and v.checkpoint == model.checkpoint.id]
    if not known:
        raise CannotRunError(
            f"the catalog has no record of {model.name} to compare with; leave --mode comparison out, "
            "and the audit makes the first one (with --full it serves every later comparison best)"
        )


@dataclass(frozen=True)
class Named:
    """What names of tasks are looked up in, and for which model."""

    catalog: Catalog
    table: ProtocolTable
    model: str

    def words(self, protocol: str, task: str) -> frozenset[str]:
        """What a score may be chosen by: its task (with or without its era), protocol or benchmark."""
        benchmark = self.catalog.protocol_benchmark.get(protocol, "")
        return frozenset({task, task.partition("@")[0], protocol, benchmark, protocol.partition(".")[0]}) - {""}

    @property
    def known(self) -> frozenset[str]:
        """All words that choose some score of some model."""
        readings = [(p, reading.task) for p, content in self.table.protocols.items() for reading in content.readings]
        return frozenset().union(*(self.words(protocol, task) for protocol, task in readings))


def _chosen(
    named: Named, wanted: Sequence[str], found: list[Target], skipped: list[Skipped]
) -> tuple[list[Target], list[Skipped]]:
    """What ``--tasks`` leaves of the scores; every word must mean something."""
    if not wanted:
        return found, skipped
    kept = []
    for word in wanted:
        mine = [target for target in found if word in named.words(target.protocol, target.link.task)]
        if not mine and not any(word in named.words(one.protocol, "") for one in skipped):
            raise CannotRunError(_no_task(named, word, found))
        kept += mine
    keys = {target.key for target in kept}
    words = frozenset(wanted)
    return (
        [target for target in found if target.key in keys],
        [one for one in skipped if words & named.words(one.protocol, "")],
    )


def _no_task(named: Named, word: str, found: Sequence[Target]) -> str:
    here = sorted({target.link.task for target in found})
    run = f"; its scores are checked by {', '.join(here)}" if here else ""
    if word in named.known:
        return f"no published score of {named.model} is under {word}{run}"
    near = get_close_matches(word, named.known, n=3)
    hint = f"; did you mean {', '.join(near)}?" if near else run
    return f"there is no task, protocol or benchmark {word!r} here{hint}"


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
        near = [name for name in table.protocols if name.startswith(protocol.split(".")[0] + ".")][:5]
        near = near or get_close_matches(protocol, table.protocols, n=3, cutoff=0.5)
        hint = f"; did you mean {', '.join(near)}?" if near and link is None else ""
        raise CannotRunError(f"--claim {text!r} is not PROTOCOL=PERCENT with a protocol that a task runs{hint}")
    try:
        return given_target(protocol, value, link)
    except ValueError as error:
        raise CannotRunError(f"--claim {text!r}: {error}") from None
