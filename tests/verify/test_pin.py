"""``verify pin``: revisions and rows are frozen through the real clients and the loopback hub, or nothing changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from gptalt_catalog.loading.catalog_loader import load_catalog
from gptalt_catalog.verify.demo.catalog import CHECKPOINT, write_catalog
from gptalt_catalog.verify.demo.making import COMMIT, DATA, MODEL
from gptalt_catalog.verify.hub.loopback import LoopbackHub
from gptalt_catalog.verify.suites import (
    ChangedRowsError,
    SuiteError,
    TaskRows,
    check_rows,
    find_suite,
    known_rows,
    outside,
    pinned_revisions,
    rows_file,
    rows_text,
)
from tests.catalogs import CHECKOUT, GOOD, read
from tests.verify.tasks import rows

ROWS = 9


# ---- rows, without a hub


def task(*hashes: str, revision: str = "1") -> TaskRows:
    return TaskRows("lab/data", revision, tuple(("leaf", i, h * 8) for i, h in enumerate(hashes)))


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("abcx", "of 4 rows, 1 are gone; 1 of the 4 rows now are new"),
        ("abdc", "the same 4 rows stand in another order"),
        ("abc", "of 4 rows, 1 are gone; 0 of the 3 rows now are new"),
        ("abcdd", "of 4 rows, 0 are gone; 1 of the 5 rows now are new"),
    ],
)
def test_changed_rows_are_refused_and_told(now: str, said: str) -> None:
    known = task(*"abcd").kept
    check_rows("compact", "quiz", known, task(*"abcd", revision="2").kept)
    check_rows("compact", "quiz", None, task(*now).kept)
    with pytest.raises(ChangedRowsError, match=said) as error:
        check_rows("compact", "quiz", known, task(*now, revision="2").kept)
    assert "pinned with lab/data at 1; read was lab/data at 2" in str(error.value)
    assert "verify pin --suite compact --again" in str(error.value)


def test_a_file_of_rows_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "suites").mkdir()
    written = {"one": task(*"abc").kept, "two": task(*"abc").kept, "three": task(*"ab").kept}
    rows_file(tmp_path, "compact").write_text(rows_text("compact", 1, written))
    assert known_rows(tmp_path, "compact") == written
    assert len(json.loads(rows_file(tmp_path, "compact").read_text())["rows"]) == 2
    assert known_rows(tmp_path, "other") == {}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"version": 9}', '{"version": 1, "tasks": {"a": {"rows": "x"}}, "rows": {}}']
)
def test_a_damaged_file_of_rows_is_no_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "suites").mkdir()
    rows_file(tmp_path, "compact").write_text(text)
    with pytest.raises(SuiteError, match=r"compact\.rows\.json"):
        known_rows(tmp_path, "compact")


def test_suites_are_found_by_name() -> None:
    catalog = read(GOOD).catalog
    assert find_suite(catalog, "compact").version == 1
    assert pinned_revisions(find_suite(catalog, "compact")) == {}
    with pytest.raises(SuiteError, match=r"there is no suite 'compct'; did you mean compact\?"):
        find_suite(catalog, "compct")
    with pytest.raises(SuiteError, match="the catalog has compact"):
        find_suite(catalog, "zzz")


def test_the_suites_of_the_catalog() -> None:
    catalog = read(CHECKOUT / "catalog").catalog
    assert outside(catalog, "compact", "piqa.acc.0-shot.lm-eval") == ""
    assert outside(catalog, "compact", "cmmlu.acc.5-shot.cmmlu-official").startswith(
        "not in the suite compact; `--suite"
    )
    assert outside(catalog, "compact", "no.such") == "not in the suite compact"
    revisions: dict[str, str] = {}
    for suite in catalog.suites.values():
        assert {task.protocol for task in suite.tasks} <= {task.protocol for task in catalog.suites["complete"].tasks}
        for one in suite.tasks:
            assert revisions.setdefault(one.data_repository, one.data_revision) == one.data_revision
    for file in (CHECKOUT / "evalhooks" / "tasks").rglob("*.y*ml"):
        lines = file.read_text().splitlines()
        for name in (line.removeprefix("dataset_path: ") for line in lines if line.startswith("dataset_path: ")):
            assert f"dataset_kwargs: {{revision: {revisions.get(name, 'pending')}}}" in lines, file


# ---- the command, through the real clients


@dataclass
class Site:
    """A checkout's catalog and evalhooks in a folder, and the environment of a hub."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING"))}
        home = {
            "HF_HOME": str(self.folder / "home"),
            "XDG_CACHE_HOME": str(self.folder / "home"),
            "PYTHONWARNINGS": "ignore",
        }
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "gptalt_catalog.cli.main",
                "verify",
                *arguments,
                "--catalog",
                str(self.folder / "catalog"),
            ],
            env=kept | home | dict(self.environment) | more,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def files(self) -> dict[str, str]:
        """All files of catalog and evalhooks by path."""
        found = [*(self.folder / "catalog").rglob("*"), *(self.folder / "evalhooks").rglob("*.y*ml")]
        return {p.relative_to(self.folder).as_posix(): p.read_text() for p in found if p.is_file()}


def checkout(folder: Path, environment: Mapping[str, str]) -> Site:
    write_catalog(folder / "catalog")
    suite = folder / "catalog" / "suites" / "compact.yaml"
    suite.write_text(
        suite.read_text()
        .replace("data_revision: main", "data_revision: pending")
        .replace("version: 1", "version: 1 # by hand")
    )
    shutil.copytree(CHECKOUT / "evalhooks", folder / "evalhooks", ignore=shutil.ignore_patterns("__pycache__"))
    return Site(folder, environment)


def write_data(folder: Path, *, changed: int | None = None) -> None:
    from pyarrow import Table

    made = [rows.sciq(i) if i != changed else rows.sciq(i + 100) for i in range(ROWS)]
    splits = {name: Table.from_pylist(made) for name in ("train", "validation", "test")}
    rows.write_card(folder, {None: rows.write_config(folder, None, splits)})


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


@pytest.mark.verify
def test_pin_from_a_hub_to_an_audit_on_changed_rows(tmp_path: Path) -> None:
    pytest.importorskip("lm_eval")
    write_data(tmp_path / "data")
    weights = tmp_path / "weights"
    weights.mkdir()
    (weights / "config.json").write_text("{}")
    with LoopbackHub(folders={f"datasets/{DATA}": tmp_path / "data", f"models/{MODEL}": weights}) as hub:
        site = checkout(tmp_path / "site", hub.environment())
        before = site.files()
        done = site.run("pin")
        assert done.returncode == 0, done.stderr
        after = site.files()
        suite = find_suite(load_catalog(site.folder / "catalog"), "compact")
        commit = pinned_revisions(suite)[DATA]
        assert f"pinned {DATA} {commit}" in done.stdout
        assert suite.version == 1
        assert differing(before, after) == {
            "catalog/suites/compact.yaml", "catalog/suites/compact.rows.json", "evalhooks/tasks/sciq/_common.yml",
        }  # fmt: skip
        task_file = "evalhooks/tasks/sciq/_common.yml"
        assert after[task_file] == before[task_file].replace("revision: pending", f"revision: {commit}")
        assert "version: 1 # by hand" in after["catalog/suites/compact.yaml"]
        assert {len(known.hashes) for known in known_rows(site.folder / "catalog", "compact").values()} == {ROWS}

        again = site.run("pin")
        assert (again.returncode, again.stdout) == (0, f"kept {DATA} {commit}\n")
        assert site.files() == after

        kept = site.run("pin", "--model", CHECKPOINT)
        assert (kept.returncode, kept.stdout) == (0, f"kept {MODEL} {COMMIT}\n")
        new = site.run("pin", "--model", CHECKPOINT, "--again", "--dry-run")
        assert new.stdout.startswith(f"pinned {MODEL} ")
        assert site.files() == after

    planned = site.run("plan", CHECKPOINT, "--out", "requests.jsonl", "--data", f"{DATA}={tmp_path / 'data'}")
    assert planned.returncode == 0, planned.stderr
    header = json.loads((site.folder / "requests.jsonl").read_text().splitlines()[0])
    known = known_rows(site.folder / "catalog", "compact")
    assert {run: task["manifest"] for run, task in header["tasks"].items()} == {
        run: known[run.partition("@")[0]].sha256 for run in header["tasks"]
    }
    write_data(tmp_path / "other", changed=4)
    refused = site.run("plan", CHECKPOINT, "--out", "other.jsonl", "--data", f"{DATA}={tmp_path / 'other'}")
    assert refused.returncode == 4
    assert f"has changed: of {ROWS} rows, 1 are gone; 1 of the {ROWS} rows now are new" in refused.stderr
    assert not (site.folder / "other.jsonl").exists()

    with LoopbackHub(folders={f"datasets/{DATA}": tmp_path / "other"}) as hub:
        site = Site(site.folder, hub.environment())
        gone = site.run("pin")
        assert gone.returncode == 1
        assert f"pinned, but gone: {DATA}: {DATA} has no revision {commit}" in gone.stdout
        assert site.files() == after
        taken = site.run("pin", "--again")
        assert taken.returncode == 0, taken.stderr
        assert f"changed: compact: {DATA}: from {commit} to " in taken.stdout
        assert "changed: compact: now version 2; records of version 1 become stale" in taken.stdout
        assert "version: 2 # by hand" in site.files()["catalog/suites/compact.yaml"]


@pytest.mark.verify
@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, "127.0.0.1:9 cannot be reached"),
        ({"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE is set"),
    ],
)
def test_without_a_hub_nothing_changes(tmp_path: Path, environment: Mapping[str, str], said: str) -> None:
    pytest.importorskip("lm_eval")
    site = checkout(tmp_path, environment)
    before = site.files()
    done = site.run("pin")
    assert done.returncode == 4
    assert said in done.stderr
    assert done.stderr.rstrip().endswith("nothing was changed")
    assert site.files() == before
    assert (site.run("pin", "--model", "no-such").returncode) == 4


@pytest.mark.verify
def test_a_data_set_that_is_not_there_stays_pending(tmp_path: Path) -> None:
    pytest.importorskip("lm_eval")
    with LoopbackHub(folders={}) as hub:
        site = checkout(tmp_path, hub.environment())
        before = site.files()
        done = site.run("pin")
        assert done.returncode == 1
        assert f"stays pending: {DATA}: there is no public repository {DATA}" in done.stdout
        assert site.files() == before


def test_a_catalog_without_evalhooks_is_no_checkout(tmp_path: Path) -> None:
    write_catalog(tmp_path / "catalog")
    done = Site(tmp_path, {}).run("pin")
    assert done.returncode == 4
    assert "there is no evalhooks/ beside catalog/: pin writes into a checkout; nothing was changed" in done.stderr
