"""A built wheel carries the catalog and works in an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]  # one worker builds for all


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel made from it."""
    out = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, root],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's files, to be put before the checkout on the path."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from gptalt_catalog.cli.main import run; sys.exit(run())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(installed)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_wheel_carries_the_data(wheel: Path, root: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    entries = {p.relative_to(root).as_posix() for p in (root / "catalog").rglob("*.yaml")}
    assert {f"gptalt_catalog/_data/{name}" for name in entries} <= names
    for name in ("catalog/LICENSE", "evalhooks/README.md", "mkdocs.yml", "schema/family.schema.json"):
        assert f"gptalt_catalog/_data/{name}" in names
    assert "gptalt_catalog/py.typed" in names
    assert any(name.startswith("gptalt_catalog/_data/site/templates/") for name in names)
    assert not any(name.startswith(("tests/", "build/", "docs/")) for name in names)


def test_the_sdist_is_complete(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {"Makefile", "requirements.lock", "tests/conftest.py", "scripts/setup.sh", "docs/architecture.md"} <= names
    assert not any(name.startswith((".venv/", "build/", ".git/")) for name in names)


def test_commands_work_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    place = "import gptalt_catalog; print(gptalt_catalog.__file__)"
    env = {**os.environ, "PYTHONPATH": str(installed)}
    where = subprocess.run(
        [sys.executable, "-c", place], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert Path(where.stdout.strip()).is_relative_to(installed)

    check = run(installed, tmp_path, "check")
    assert check.returncode == 0, check.stdout + check.stderr
    shown = run(installed, tmp_path, "show", "vicuna", "--format", "json")
    assert json.loads(shown.stdout)
    listed = run(installed, tmp_path, "list", "families", "--format", "json")
    assert "Vicuna" in listed.stdout


def test_the_site_builds_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "site", "build")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "build" / "site" / "index.html").is_file()
    assert (tmp_path / "build" / "site" / "zh" / "index.html").is_file()
