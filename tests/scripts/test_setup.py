from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "scripts"


def loaded() -> ModuleType:
    """A fresh copy of the script, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("project_setup", SCRIPTS / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The set-up script, in an empty checkout whose installation only says that it was asked for."""
    module = loaded()
    (tmp_path / "requirements.lock").write_text("one\n")
    venv = tmp_path / ".venv"
    for name, value in {
        "ROOT": tmp_path,
        "VENV": venv,
        "PYTHON": venv / "bin" / "python",
        "STAMP": venv / ".ready.json",
        "UNFINISHED": venv / ".unfinished",
        "INPUTS": (tmp_path / "requirements.lock",),
    }.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(module, "works", lambda python: python.exists())

    def install() -> None:
        module.VENV.mkdir(exist_ok=True)
        module.UNFINISHED.touch()
        module.PYTHON.parent.mkdir(exist_ok=True)
        module.PYTHON.touch()
        print("installed")

    monkeypatch.setattr(module, "install", install)
    return module


def ran(setup: ModuleType, capsys: pytest.CaptureFixture[str]) -> bool:
    assert setup.main() == 0
    return "installed" in capsys.readouterr().out


def test_installs_once(setup: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(setup, capsys)
    assert not ran(setup, capsys)


def test_installs_again_when_the_lock_changes(setup: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    ran(setup, capsys)
    setup.INPUTS[0].write_text("two\n")
    assert ran(setup, capsys)


def test_installs_again_when_the_interpreter_is_gone(setup: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    ran(setup, capsys)
    setup.PYTHON.unlink()
    assert ran(setup, capsys)


@pytest.mark.parametrize("content", ["", "[]", "{broken"])
def test_an_unreadable_stamp_counts_as_none(
    setup: ModuleType, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    ran(setup, capsys)
    setup.STAMP.write_text(content)
    assert setup.stamped() is None
    assert ran(setup, capsys)


def test_a_half_made_environment_is_not_kept(setup: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    ran(setup, capsys)
    assert not setup.is_broken(setup.stamped())
    setup.UNFINISHED.touch()
    assert setup.is_broken(setup.stamped())


def test_an_environment_of_a_moved_checkout_is_not_kept(setup: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    ran(setup, capsys)
    setup.STAMP.write_text(json.dumps({**setup.stamped(), "root": "elsewhere"}))
    assert setup.is_broken(setup.stamped())


def test_a_failed_command_is_named_and_leaves_the_mark(
    setup: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        setup.VENV.mkdir()
        setup.UNFINISHED.touch()
        raise subprocess.CalledProcessError(3, ["pip", "install"])

    monkeypatch.setattr(setup, "install", fail)
    assert setup.main() == 1
    assert "pip install" in capsys.readouterr().err
    assert setup.is_broken(setup.stamped())


def test_no_usable_python_is_said_in_words() -> None:
    done = subprocess.run(
        ["sh", SCRIPTS / "setup.sh"],
        env={"PYTHON": "no-such-python", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no Python 3.11 or newer among: no-such-python" in done.stderr


def test_the_working_interpreter_is_recognized() -> None:
    module = loaded()
    assert module.works(Path(sys.executable))
    assert not module.works(Path("no-such-python"))
