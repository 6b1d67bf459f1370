"""A hub with the demonstration's model and benchmark, and folders for audits of it by the real command."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gptalt_catalog.domain.verification import Verification
from gptalt_catalog.loading.catalog_loader import load_catalog
from gptalt_catalog.verify.demo.catalog import CHECKPOINT, write_catalog
from gptalt_catalog.verify.demo.making import COMMIT, DATA, MODEL
from gptalt_catalog.verify.demo.showing import NEEDED, Place, environment, make_hub
from gptalt_catalog.verify.hub.loopback import LoopbackHub
from tests.verify.forked import Done, Fork, Forks

BATCH = 32
ITEMS = 1500
MARKS = [
    pytest.mark.verify,
    pytest.mark.slow,
    pytest.mark.xdist_group("end-to-end"),
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in NEEDED), reason="the extra `verify` is not installed"
    ),
]


NO_WAITS = """
from gptalt_catalog.verify.hub import client
begin = client.HubClient.__init__
client.HubClient.__init__ = lambda self, settings, *_: begin(self, settings, lambda seconds: None)
"""
"""Run before a command that a bad hub would keep waiting."""


@dataclass
class Site:
    """A hub with the demonstration's model, and a folder for the audits of one test."""

    place: Place
    hub: LoopbackHub
    hub_folder: Path
    forks: Forks

    def arguments(self, *options: str, model: str = CHECKPOINT) -> list[str]:
        """What is typed after the command's name."""
        given = ("--catalog", str(self.place.catalog), "--out", str(self.place.answers))
        return ["verify", model, *given, *options]

    def start(self, *options: str, model: str = CHECKPOINT, before: str = "", **variables: str) -> Fork:
        """Begin an audit; ``variables`` are of its environment."""
        return self.forks.start(self.arguments(*options, model=model), {**self.environment, **variables}, before)

    def run(self, *options: str, model: str = CHECKPOINT, before: str = "", **variables: str) -> Done:
        """An audit to its end."""
        return self.start(*options, model=model, before=before, **variables).wait()

    @property
    def environment(self) -> dict[str, str]:
        """The environment of an audit."""
        return environment(self.place, self.hub.environment())

    @property
    def own_data(self) -> str:
        """The option that reads the benchmark from the hub's folder: no hub is asked for it."""
        return f"--data={DATA}={self.place_of_data}"

    @property
    def place_of_data(self) -> Path:
        """Where the hub's data lie."""
        return self.hub_folder / "datasets" / DATA / "main"

    @property
    def place_of_model(self) -> Path:
        """Where the hub's model lies."""
        return self.hub_folder / "models" / MODEL / COMMIT

    @property
    def verification(self) -> Verification:
        """The only record."""
        (found,) = load_catalog(self.place.catalog).verifications.values()
        return found

    @property
    def answered(self) -> list[tuple[Any, ...]]:
        """The documents answered, in the order of the file; a torn last line is none."""
        path = self.place.answers / "responses.jsonl"
        lines = path.read_bytes().split(b"\n")[1:-1] if path.exists() else []
        return [tuple(json.loads(line)["document"]) for line in lines]

    def copied(self, folder: Path, *parts: str) -> Site:
        """The same hub with a fresh folder, into which ``parts`` of this one are copied."""
        for part in parts:
            shutil.copytree(self.place.folder / part, folder / part, symlinks=True)
        write_catalog(folder / "catalog")
        return Site(Place(folder), self.hub, self.hub_folder, self.forks)

    @contextmanager
    def with_own_libraries(self) -> Iterator[Site]:
        """The same, with libraries that keep what they fetch in this folder, too."""
        forks = Forks(self.environment, self.place.folder / "said")
        try:
            yield Site(self.place, self.hub, self.hub_folder, forks)
        finally:
            forks.stop()


@contextmanager
def open_site(folder: Path) -> Iterator[Site]:
    """A hub with the model, made on the spot."""
    place = Place(folder)
    make_hub(place)
    write_catalog(place.catalog)
    with LoopbackHub(place.hub) as hub:
        forks = Forks(environment(place, hub.environment()), folder / "said")
        yield Site(place, hub, place.hub, forks)
        forks.stop()


@dataclass
class Reference:
    """An audit that nothing disturbed."""

    site: Site
    code: int
    said: dict[str, Any]
    verification: Verification
    results: bytes


def same_audit(one: Verification, other: Verification) -> bool:
    """Whether two records speak of the same prompts, answers, items and verdicts."""
    leave_out = {"wall_seconds", "peak_memory_bytes", "date", "items_file"}
    return one.model_dump(exclude=leave_out) == other.model_dump(exclude=leave_out)
