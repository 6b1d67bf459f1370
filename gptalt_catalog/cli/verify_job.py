"""The work of ``verify`` and its steps, with its way of telling people what goes on and what went wrong."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gptalt_catalog.verify.forecast import Forecast
    from gptalt_catalog.verify.hub.selection import Allowed
    from gptalt_catalog.verify.hub.snapshot import Snapshot
    from gptalt_catalog.verify.prepared import Prepared, Wishes
    from gptalt_catalog.verify.session import Running
    from gptalt_catalog.verify.weights.obtaining import Wanted


COULD_NOT_RUN = 4
INTERRUPTED = 130
DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""Errors of a disk that is full, or that nothing may be written to."""


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Whatever keeps an audit from being run is told in words; what was answered is on the disk by then."""
    try:
        yield
    except errors() as error:
        raise could_not_run(error) from None
    except OSError as error:
        if error.errno not in DISK:
            raise
        where = f" ({Path(error.filename).name})" if error.filename else ""
        raise could_not_run(
            f"the disk cannot be written: {error.strerror}{where}; what was answered before is kept: "
            "make room, and run the same command with --resume"
        ) from None
    except KeyboardInterrupt:
        typer.echo("\ngptalt-catalog: stopped; the same command with --resume goes on where it was", err=True)
        raise typer.Exit(INTERRUPTED) from None


def errors() -> tuple[type[Exception], ...]:
    """What keeps an audit from being run, in words for people."""
    from gptalt_catalog.loading.catalog_loader import CatalogError
    from gptalt_catalog.verify.child.environments import PinsError
    from gptalt_catalog.verify.hub.errors import HubError
    from gptalt_catalog.verify.hub.target import TargetError
    from gptalt_catalog.verify.pipeline.requests import PipelineError
    from gptalt_catalog.verify.prepared import CannotRunError
    from gptalt_catalog.verify.suites import SuiteError
    from gptalt_catalog.verify.weights.tensors import MergeError

    return CannotRunError, CatalogError, HubError, TargetError, PipelineError, SuiteError, MergeError, PinsError


def could_not_run(error: Exception | str) -> typer.Exit:
    """Say why an audit could not be run; the exit to raise."""
    typer.echo(f"gptalt-catalog: {error}", err=True)
    return typer.Exit(COULD_NOT_RUN)


class Job:
    """One run of the command, with its way of telling people."""

    def __init__(
        self, wishes: Wishes, catalog: Path | None, offline: bool, data: Sequence[str], *, quiet: bool
    ) -> None:
        from gptalt_catalog.loading.location import find_catalog

        self.wishes = wishes
        self.root = find_catalog(catalog)
        self.offline = offline
        if offline:  # before the libraries are imported, which read it then
            os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
        self.data = data
        self.quiet = quiet

    def say(self, text: str) -> None:
        """Tell what is going on, on the error stream, which leaves the output to the outcome."""
        if not self.quiet:
            typer.echo(text, err=True)

    def settings(self) -> Any:
        """Which hub is asked, and as whom."""
        import dataclasses

        from gptalt_catalog.verify.hub.settings import HubSettings

        found = HubSettings.from_environment()
        return dataclasses.replace(found, offline=True) if self.offline else found

    def sources(self) -> Any:
        """Where benchmark data come from."""
        from gptalt_catalog.verify.pipeline.tasks import DataSources

        folders = {}
        for given in self.data:
            name, equals, folder = given.partition("=")
            if not equals or not Path(folder).is_dir():
                raise typer.BadParameter(f"--data {given!r} is not OWNER/NAME=FOLDER with a folder that exists")
            folders[name] = Path(folder).resolve()
        return DataSources(folders=folders)

    def prepare(self) -> Prepared:
        """What would be run; how the name was read is told."""
        from gptalt_catalog.loading.catalog_loader import load_catalog
        from gptalt_catalog.verify.pipeline.protocols import read_protocols
        from gptalt_catalog.verify.prepared import prepare

        self.sources()  # a folder of data that is not there is said at once
        token = self.settings().token is not None
        prepared = prepare(load_catalog(self.root), self.wishes, read_protocols(), token=token, root=self.root)
        for sentence in prepared.model.said:
            self.say(sentence)
        for obstacle in prepared.model.obstacles:
            self.say(f"{obstacle}")
        self.say(f"{len(prepared.targets)} scores to check, {len(prepared.skipped)} left out")
        return prepared

    def commit(self, prepared: Prepared) -> str:
        """The revision whose order of items counts, without fetching weights."""
        from gptalt_catalog.verify.hub.download import FetchOptions, plan
        from gptalt_catalog.verify.hub.snapshot import local
        from gptalt_catalog.verify.session import revision_of

        model = prepared.model
        if model.folder is not None:
            return revision_of(local(model.folder))
        if model.pinned:
            return model.revision
        options = FetchOptions(self.settings(), self.wanted(prepared).allowed)
        return plan(str(model.repository), model.revision, options).resolved.commit

    def foresee(self, prepared: Prepared, *, dry_run: bool) -> Forecast:
        """Tell what will be run and why, and what it takes; refuse what surely does not fit.

        A dry run without a network says what it can.
        """
        import sys

        from gptalt_catalog.cli.verify_show import show_needs, show_plan
        from gptalt_catalog.verify.forecast import forecast, speed
        from gptalt_catalog.verify.hub.errors import HubError

        found = forecast(prepared)
        if not self.quiet:
            show_plan(prepared, found, self.say, terminal=sys.stderr.isatty())
        try:
            download, weights = self._download(prepared)
        except HubError as error:
            if not dry_run or error.code not in ("unreachable", "hub-failing", "rate-limited"):
                raise
            download, weights = f"download: not known ({error.message})", None
        found = found if weights is None else forecast(prepared, weights)
        if not self.quiet:
            show_needs(found, speed(found.here), self.say)
            self.say(download)
        found.check_fit(prepared.model.name)
        return found

    def _download(self, prepared: Prepared) -> tuple[str, int | None]:
        """What is to be fetched, against the room on the disk; the size of the weights where it is known."""
        from gptalt_catalog.verify.hub.cache import CachedRepository
        from gptalt_catalog.verify.hub.download import FetchOptions, plan
        from gptalt_catalog.verify.hub.selection import is_weights
        from gptalt_catalog.verify.hub.snapshot import local
        from gptalt_catalog.verify.weights.obtaining import planned

        model, settings = prepared.model, self.settings()
        if model.folder is not None:
            return f"weights: in {model.folder.name}, nothing to fetch", local(model.folder).weights_bytes
        if settings.offline:
            return "download: none (offline); what is needed must be in the cache", None
        repository = str(model.repository)
        known = CachedRepository(settings.cache, repository).record.commits
        wanted = self.wanted(prepared)
        if model.revision in known and wanted.base is None:
            return "download: none, the weights are in the cache", None
        parts = planned(wanted, lambda name, commit, allowed: plan(name, commit, FetchOptions(settings, allowed)))
        found = parts[0]
        # of a base and what changes it, the merged weights are as large as the larger of the two
        weights = max(sum(file.size for file in p.selection.files if is_weights(file.path)) for p in parts)
        missing, total = sum(part.missing for part in parts), sum(part.total for part in parts)
        merging = f", and {size(weights)} for both together" if len(parts) > 1 else ""
        need = f"{size(missing)} of {size(total)}, revision {found.resolved.commit[:12]}{merging}"
        return f"download: {need}; the disk has {size(found.free)} free", weights

    def print_plan(self, found: Forecast) -> None:
        """The plan for programs."""
        import json

        from gptalt_catalog.cli.verify_show import plan_row

        if self.quiet:
            plan = {
                "claims": [plan_row(claim) for claim in found.claims],
                "items": sum(found.tasks.values()),
                "tokens": found.tokens,
                "memory_bytes": found.need,
                "device": found.here.device,
                "dtype": found.here.dtype,
                "device_memory_bytes": found.here.memory,
            }
            typer.echo(json.dumps(plan, indent=2, ensure_ascii=False))

    def run(self, prepared: Prepared) -> int:
        """Fetch, plan, score, decide, write down; the exit code."""
        from gptalt_catalog.cli.verify_show import Live
        from gptalt_catalog.verify.session import alone, exit_code, revision_of, run, start

        begun = time.monotonic()
        snapshot = self._weights(prepared)
        with alone(prepared, revision_of(snapshot)):
            running = start(prepared, snapshot, self.sources(), self.say)
            try:
                Live(running, self.say, quiet=self.quiet).show(run)
            finally:
                running.scorer.close()
            self.finish(running, time.monotonic() - begun)
        return exit_code([claim.verdict for claim in running.audit.claims])

    def wanted(self, prepared: Prepared) -> Wanted:
        """What is to be obtained, and what its entry vouches for."""
        from gptalt_catalog.verify.weights.obtaining import Wanted

        return Wanted(prepared.catalog, prepared.model, self.wishes.remote_code)

    def _weights(self, prepared: Prepared) -> Snapshot:
        from gptalt_catalog.verify.hub.download import FetchOptions, Progress, fetch
        from gptalt_catalog.verify.hub.obstacles import native_model_types, obstacle_in
        from gptalt_catalog.verify.hub.snapshot import local
        from gptalt_catalog.verify.prepared import CannotRunError
        from gptalt_catalog.verify.weights.obtaining import obtain

        code = self.wanted(prepared).allowed.code

        def inspect(config: Mapping[str, object]) -> None:
            found = obstacle_in(config, prepared.model.name, native_model_types())
            if found is not None and found.blocking and not (found.code == "remote-code" and code):
                raise CannotRunError(str(found))

        if prepared.model.folder is not None:
            from gptalt_catalog.verify.hub.download import read_config

            inspect(read_config(prepared.model.folder, prepared.model.name))
            return local(prepared.model.folder)
        last = [0.0]

        def progress(state: Progress) -> None:
            if state.phase == "waiting":
                holder = f"process {state.holder}" if state.holder else "another process"
                self.say(f"waiting: {holder} is fetching the same repository")
                return
            share = state.total_done / state.total if state.total else 1.0
            if share - last[0] >= 0.05 or state.phase == "done":
                last[0] = share
                self.say(f"fetching: {share:.0%} of {size(state.total)}")

        def fetch_one(repository: str, revision: str, allowed: Allowed) -> Snapshot:
            last[0] = 0.0
            settings = self.settings()
            return fetch(repository, revision, FetchOptions(settings, allowed, progress, inspect))

        return obtain(self.wanted(prepared), fetch_one, self.say)

    def finish(self, running: Running, seconds: float) -> None:
        """Print the outcome, write the record, say how to contribute it; remove the weights if that is wished."""
        import json

        from gptalt_catalog.cli.verify_show import cost, outcome, row, show_cost
        from gptalt_catalog.verify.finished import peak_memory
        from gptalt_catalog.verify.precision import losses, told_losses

        claims, spent = running.audit.claims, cost(running, seconds, peak_memory())
        lost = losses(running)
        if not self.quiet:
            outcome(claims)
            show_cost(spent)
            for sentence in told_losses(running, lost):
                typer.echo(sentence)
        kept = self._record(running)
        if self.quiet:
            model = {"model": running.prepared.model.name, "revision": running.commit}
            told = {**model, "claims": [row(claim) for claim in claims], "cost": spent, "record": kept}
            if lost:
                told["precision_loss"] = [one.model_dump(mode="json") for one in lost]
            typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        if not running.prepared.wishes.keep_weights and running.snapshot.repository is not None:
            from gptalt_catalog.verify.weights.obtaining import remove_all

            self.say(f"removed {size(remove_all(running.snapshot, self.settings()))} of weights")

    def _record(self, running: Running) -> str | None:
        """Write the record; its place in the catalog, or ``None`` if there is none."""
        from gptalt_catalog.loading.location import shown
        from gptalt_catalog.verify.finished import keep, peak_memory, record, today
        from gptalt_catalog.verify.record import RecordError
        from gptalt_catalog.verify.session import state_folder

        answers = state_folder(running.prepared, running.commit)
        try:
            path = keep(self.root, *record(running, today(), peak_memory()))
        except RecordError as error:
            self.say(f"no record in the catalog: {error}")
            self.say(f"prompts and answers: {answers}")
            return None
        place = f"{shown(self.root)}/{path.relative_to(self.root).as_posix()}"
        self.say(f"record: {place}")
        self.say(f"prompts and answers: {answers}")
        self.say("to contribute it: `gptalt-catalog check`, then commit the record and the item results beside it,")
        self.say("and open a pull request; `gptalt-catalog verify recheck RECORD` is what reviewers run")
        if not running.prepared.model.pinned and running.prepared.model.repository is not None:
            name = running.prepared.model.name
            self.say(f"the entry of {name} names no commit; pin the one that was run: revision: {running.commit}")
        return place


def size(count: int) -> str:
    """Bytes for people."""
    return f"{count / 1e9:,.2f} GB" if count >= 10**8 else f"{count / 1e6:,.1f} MB"
