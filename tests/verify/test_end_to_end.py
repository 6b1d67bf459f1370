"""``gptalt-catalog verify`` from its name to its record, with the real libraries, the loopback hub and the
demonstration's model; killed, resumed, and given bad input."""

from __future__ import annotations

import importlib.util
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gptalt_catalog.cli.main import app
from gptalt_catalog.domain.verification import Verification
from gptalt_catalog.loading.catalog_loader import load_catalog
from gptalt_catalog.verify.demo.catalog import CHECKPOINT, write_catalog
from gptalt_catalog.verify.demo.making import MODEL
from gptalt_catalog.verify.demo.showing import NEEDED, Place, environment, make_hub
from gptalt_catalog.verify.hub.faults import slow
from gptalt_catalog.verify.hub.loopback import LoopbackHub

pytestmark = [
    pytest.mark.verify,
    pytest.mark.slow,
    pytest.mark.xdist_group("end-to-end"),
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in NEEDED), reason="the extra `verify` is not installed"
    ),
]
BATCH = 32
NEW_BATCH = "of 1500 items"
"""What is said after every batch."""


@dataclass
class Site:
    """A hub with the demonstration's model, and a folder for the audits of one test."""

    place: Place
    hub: LoopbackHub

    def command(self, *options: str, program: tuple[str, ...] = ("-m", "gptalt_catalog.cli.main")) -> list[str]:
        given = ("--catalog", str(self.place.catalog), "--out", str(self.place.answers), *options)
        return [sys.executable, *program, "verify", CHECKPOINT, *given]

    def run(self, *options: str, **changes: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*options, **changes), env=self.environment, capture_output=True, text=True, check=False
        )

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.place, self.hub.environment())

    @property
    def verification(self) -> Verification:
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
        return Site(Place(folder), self.hub)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    place = Place(tmp_path_factory.mktemp("site"))
    make_hub(place)
    write_catalog(place.catalog)
    with LoopbackHub(place.hub) as hub:
        yield Site(place, hub)


@dataclass
class Reference:
    """An audit that nothing disturbed."""

    site: Site
    code: int
    rows: list[dict[str, Any]]
    verification: Verification
    results: bytes


@pytest.fixture(scope="module")
def reference(site: Site) -> Reference:
    done = site.run("--full", "--format", "json")
    rows = json.loads(done.stdout) if done.stdout else []
    assert rows, done.stderr
    results = site.place.record.with_suffix(".items.json").read_bytes()
    return Reference(site, done.returncode, rows, site.verification, results)


def same_audit(one: Verification, other: Verification) -> bool:
    """Whether two records speak of the same prompts, answers, items and verdicts."""
    leave_out = {"wall_seconds", "peak_memory_bytes", "date", "items_file"}
    return one.model_dump(exclude=leave_out) == other.model_dump(exclude=leave_out)


def test_the_outcome_as_json(reference: Reference) -> None:
    assert reference.code == 1
    assert [(row["claimed"], row["verdict"]) for row in reference.rows] == [
        ("70.0 percent", "reproduced"),
        ("82.4 percent", "not-reproduced"),
    ]
    assert len(reference.site.answered) == max(row["items"] for row in reference.rows)


def test_killed_at_random_moments_and_resumed(reference: Reference, tmp_path: Path) -> None:
    killed = reference.site.copied(tmp_path)
    killed.hub.state.faults.add(slow("*/model.safetensors*", 2_000_000, times=2))
    chance = random.Random(5)
    middle = ["planning", "loading", *[NEW_BATCH] * 3]
    chance.shuffle(middle)
    last = f"{len(reference.site.answered)} of"
    for sign in ["sciq.acc", "fetching", *middle, last]:
        before = killed.answered
        said = until_killed(killed, sign, chance)
        after = killed.answered
        assert after[: len(before)] == before, "an answer that was on the disk is gone"
        told = [int(found[1]) for found in re.finditer(r"sciq_0shot: (\d+) of", said)]
        assert len(after) >= max([0, *told]), "more than the batch in progress is gone"
    done = killed.run("--full", "--resume")
    killed.hub.state.faults.clear()
    assert done.returncode == 1, done.stderr
    assert same_audit(killed.verification, reference.verification)
    assert killed.place.record.with_suffix(".items.json").read_bytes() == reference.results
    assert len(killed.answered) == len(set(killed.answered))


def until_killed(site: Site, sign: str, chance: random.Random) -> str:
    """Run the audit and kill it some milliseconds after it said ``sign``, or after some new batches."""
    said = []
    skip = len(site.answered) // BATCH + chance.randint(0, 7) if sign == NEW_BATCH else 0
    with subprocess.Popen(
        site.command("--full", "--resume"),
        env=site.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line)
            skip -= sign in line
            if skip < 0:
                break
        time.sleep(chance.uniform(0, 0.03))
        process.kill()
    assert process.returncode == -signal.SIGKILL, f"it ended before it said {sign!r}: {''.join(said)}"
    return "".join(said)


def test_changed_answers_are_refused(reference: Reference, tmp_path: Path) -> None:
    changed = reference.site.copied(tmp_path, "audit", "home")
    path = changed.place.answers / "responses.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    lines[5] = re.sub(r"\[-\d", "[-9", lines[5], count=1)
    path.write_text("".join(lines))
    done = changed.run("--resume")
    assert done.returncode == 4
    assert "responses.jsonl, line 6, was changed after it was written" in done.stderr
    assert path.read_text() == "".join(lines)
    assert not (changed.place.catalog / "verifications").exists()


def test_offline_everything_comes_from_the_cache(reference: Reference, tmp_path: Path) -> None:
    offline = reference.site.copied(tmp_path, "home")
    before = len(offline.hub.log)
    done = offline.run("--offline", "--full")
    assert done.returncode == 1, done.stderr
    assert len(offline.hub.log) == before
    assert same_audit(offline.verification, reference.verification)


OUT_OF_MEMORY = """
import sys
from gptalt_catalog.verify.pipeline.scorer import Scorer
forward = Scorer._forward
def small(self, rows):
    if len(rows) > 8:
        raise RuntimeError("CUDA out of memory. Tried to allocate 1.00 GiB")
    return forward(self, rows)
Scorer._forward = small
from gptalt_catalog.cli.main import run
run()
"""


def test_out_of_memory_halves_the_batch(reference: Reference, tmp_path: Path) -> None:
    small = reference.site.copied(tmp_path, "home")
    done = small.run("--full", program=("-c", OUT_OF_MEMORY))
    assert done.returncode == 1, done.stderr
    assert re.search(r"memory ran out: batches were halved \d+ times", done.stderr)
    assert [c.verdict for c in small.verification.claims] == [c.verdict for c in reference.verification.claims]
    assert small.place.record.with_suffix(".items.json").read_bytes() == reference.results


def test_exit_codes_of_what_is_undecided_and_of_what_holds(reference: Reference, tmp_path: Path) -> None:
    honest = reference.site.copied(tmp_path, "home", "audit")
    (honest.place.catalog / "claims" / "demo-paper.yaml").unlink()
    assert honest.run("--resume", "--max-items", "32").returncode == 3
    assert honest.run("--resume", "--full").returncode == 0


# ---- what ends before a model is loaded: in this process


@pytest.fixture
def in_process(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    fresh = site.copied(tmp_path)
    for name, value in fresh.environment.items():
        if name.startswith(("HF_", "XDG_")):
            monkeypatch.setenv(name, value)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return fresh


def verify(site: Site, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["verify", *arguments, "--catalog", str(site.place.catalog)])


def test_a_wrong_name(in_process: Site) -> None:
    result = verify(in_process, "ilands-tiny")
    assert result.exit_code == 4
    assert "there is no checkpoint or family 'ilands-tiny'; did you mean islands-tiny" in result.output


def test_a_dry_run_touches_no_weights(in_process: Site) -> None:
    before = len(in_process.hub.log)
    result = verify(in_process, CHECKPOINT, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "download: 0.00 of 0.00 GB" in result.output
    asked = [row.path for row in in_process.hub.log[before:]]
    assert asked
    assert not [path for path in asked if "safetensors" in path and "resolve" in path]
    assert not (in_process.place.folder / "home").exists()
    assert not in_process.place.answers.exists()


def test_a_gated_repository_without_a_token(in_process: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(in_process.hub.state.gated, MODEL, "hf_key")
    result = verify(in_process, CHECKPOINT)
    assert result.exit_code == 4
    assert "HF_TOKEN" in result.output
    assert "terms" in result.output


@pytest.mark.parametrize("option", [("--tolerance", "60"), ("--risk", "2"), ("--batch", "many"), ("--data", "x=nix")])
def test_wrong_use(in_process: Site, option: tuple[str, str]) -> None:
    assert verify(in_process, CHECKPOINT, *option).exit_code == 2


def test_a_catalog_with_errors_is_no_verdict(in_process: Site) -> None:
    (in_process.place.catalog / "protocols" / "sciq.yaml").write_text("protocols: 3\n")
    assert verify(in_process, CHECKPOINT).exit_code == 4
