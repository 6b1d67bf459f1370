"""An audit that is killed at random moments, or stopped by its user, and gone on with."""

from __future__ import annotations

import os
import random
import re
import signal
from collections import Counter
from pathlib import Path

import pytest

from gptalt_catalog.verify.hub.faults import slow
from tests.verify.audited_site import BATCH, MARKS, Reference, Site, same_audit

pytestmark = MARKS

MOMENTS = [
    *[("download", 10)] * 4,
    *[("plan", 12)] * 4,
    *[("score", 8)] * 5,
    *[("grade", 12)] * 3,
    *[("write", 5)] * 4,
]
"""Twenty phases, and among how many first touches of each the moment is drawn."""


def test_killed_at_20_random_moments_and_resumed(reference: Reference, fresh: Site) -> None:
    fresh.hub.state.faults.add(slow("*/model.safetensors*", 3_000_000))
    chance = random.Random(20)
    killed: Counter[str] = Counter()
    with fresh.with_own_libraries() as site:
        for phase, among in MOMENTS:
            before = site.answered
            killed[phase] += killed_once(site, phase, among, chance)
            after = site.answered
            assert after[: len(before)] == before, "an answer that was on the disk is gone"
        done = site.run("--full", "--resume", before=armed(site, "never", 1, 0.0))
    site.hub.state.faults.clear()
    assert done.returncode == 1, done.stderr
    assert killed.total() == len(MOMENTS), killed
    assert same_audit(site.verification, reference.verification)
    assert site.place.record.with_suffix(".items.json").read_bytes() == reference.results
    assert len(site.answered) == len(set(site.answered))
    asked = Counter((site.place.folder / "asked.log").read_text().split())
    again = sum(count - 1 for count in asked.values())
    assert len(asked) == len(site.answered)
    assert again <= BATCH * (killed["score"] + killed["grade"])
    assert not [path for path in site.place.catalog.rglob("*") if path.name.endswith(".tmp") and path.suffix == ".yaml"]


def killed_once(site: Site, phase: str, among: int, chance: random.Random) -> bool:
    """Let an audit be killed at a moment of ``phase``; if it has fewer than drawn, at an earlier one."""
    moment = chance.randint(1, among)
    while moment:
        asked = site.place.folder / "asked.log"
        lines = len(asked.read_text().split()) if asked.exists() else 0
        held = len(site.answered)
        delay = chance.choice([0.0, 0.0, chance.uniform(0, 0.02)])
        done = site.run("--full", "--resume", before=armed(site, phase, moment, delay))
        now = len(asked.read_text().split()) if asked.exists() else 0
        assert now - lines <= len(site.answered) - held + BATCH, "more than a batch was asked in vain"
        if done.returncode == -signal.SIGKILL:
            return True
        assert phase in ("download", "plan", "write"), f"{phase} {moment}: {done.returncode} {done.stderr}"
        moment //= 2
    return False


def armed(site: Site, phase: str, moment: int, delay: float) -> str:
    """What lets an audit be killed."""
    folder = site.place.folder
    folders = {
        "download": str(folder / "home" / "hub" / "models--"),
        "score": str(site.place.answers),
        "write": str(site.place.catalog / "verifications"),
        "plan": str(folder / "home"),
    }
    log = str(folder / "asked.log")
    return f"from tests.verify.assassin import arm; arm({phase!r}, {moment}, {delay}, {folders!r}, {log!r})"


@pytest.mark.parametrize("sign", ["fetching", "planning", "loading", "of 1500 items"])
def test_stopped_by_its_user(reference: Reference, fresh: Site, sign: str) -> None:
    fresh.hub.state.faults.add(slow("*/model.safetensors*", 1_000_000))
    fork = fresh.start("--full")
    fork.wait_for(sign, 4 if "items" in sign else 1)
    os.kill(fork.process, signal.SIGINT)
    done = fork.wait()
    fresh.hub.state.faults.clear()
    assert done.returncode == 130, done.stderr
    assert "stopped; the same command with --resume goes on where it was" in done.stderr
    assert "Traceback" not in done.stderr
    answered = fresh.answered
    done = fresh.run("--full", "--resume")
    assert done.returncode == 1, done.stderr
    assert fresh.answered[: len(answered)] == answered
    assert same_audit(fresh.verification, reference.verification)


def test_two_audits_do_not_write_into_each_other(fresh: Site) -> None:
    first = fresh.start("--full")
    first.wait_for("of 1500 items")
    second = fresh.run("--full", "--resume")
    assert second.returncode == 4
    assert re.search(r"process \d+ is working on this audit; wait until it is done", second.stderr)
    assert first.wait().returncode == 1


def test_what_a_dead_process_left_locked_is_free(reference: Reference, fresh: Site, tmp_path: Path) -> None:
    """The system's locks end with their processes, so a file that names one is only a file."""
    fresh.place.answers.mkdir()
    (fresh.place.answers / ".lock").write_text("999999")
    locks = tmp_path / "home" / "hub" / ".locks"
    locks.mkdir(parents=True)
    for name in ("models--demo-lab--islands.lock", "models--demo-lab--islands"):
        (locks / name).write_text("999999")
    assert fresh.run("--full").returncode == reference.code
