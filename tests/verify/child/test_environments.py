"""Environments with the versions that a model's code needs: made once, from wheels, without the hub's token."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gptalt_catalog.verify.child.environments import READY, PinsError, checked, interpreter, satisfied

pytestmark = pytest.mark.verify
NAME = "gptalt-test-wheel"


def wheel(folder: Path, version: str) -> None:
    """A wheel of a package with one module that knows its version."""
    module = NAME.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{module}.py", f"version = {version!r}\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two versions of a package, and nothing else, are there to be installed."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for version in ("1.0", "2.0"):
        wheel(folder, version)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_this_python_is_used_where_it_satisfies_the_pins(tmp_path: Path) -> None:
    assert interpreter({}, tmp_path) == Path(sys.executable)
    assert interpreter({"pytest": ">=6,!=7.1"}, tmp_path) == Path(sys.executable)
    assert not list(tmp_path.iterdir())
    assert not satisfied({"pytest": "<6"})


@pytest.mark.usefixtures("wheels")
def test_an_environment_is_made_once_and_shares_the_rest(tmp_path: Path) -> None:
    said: list[str] = []
    python = interpreter({NAME: "==1.0"}, tmp_path / "cache", said.append)
    assert said == [f"making an environment with {NAME} ==1.0"]
    code = "import gptalt_test_wheel as one, pytest; print(one.version, pytest.__version__)"
    told = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert told == ["1.0", pytest.__version__]
    assert interpreter({NAME: "== 1.0"}, tmp_path / "cache", said.append) == python
    assert len(said) == 1
    other = interpreter({NAME: ">=1.5"}, tmp_path / "cache", said.append)
    assert other != python
    (other.parent.parent / READY).unlink()
    assert interpreter({NAME: ">=1.5"}, tmp_path / "cache", said.append) == other
    assert len(said) == 3, "an unfinished one is made again"


@pytest.mark.usefixtures("wheels")
def test_one_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(PinsError, match="cannot be made"):
        interpreter({NAME: "==9.9"}, tmp_path / "cache", lambda _: None)
    assert not list((tmp_path / "cache").rglob("pyvenv.cfg"))


@pytest.mark.parametrize(
    "pins",
    [
        {"transformers": "4.30"},
        {"transformers": "==4.30; import os"},
        {"transformers": "==1 --quiet"},
        {"--upgrade": "==1"},
        {"x @ https://example.org/x.whl": "==1"},
        {"transformers": ""},
    ],
)
def test_pins_are_names_and_versions_and_nothing_else(pins: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(PinsError, match="names no versions"):
        interpreter(pins, tmp_path)
    assert checked({"b": "==1", "a": ">=2, <3"}) == {"a": ">=2,<3", "b": "==1"}
