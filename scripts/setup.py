"""Make ``.venv`` ready: the locked packages and this project, once, and again when the lock changes.

Runs on a bare Python, so it uses the standard library only. Safe to run twice at once (a file lock
lets the second wait and find everything done) and after an interruption (a mark in a half-made
``.venv`` makes the next run start it afresh).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".ready.json"
UNFINISHED = VENV / ".unfinished"
LOCK = ROOT / "requirements.lock"
INPUTS = (LOCK, ROOT / "pyproject.toml", Path(__file__))


def wanted() -> dict[str, str]:
    """What the stamp must say for nothing to be done.

    The place counts because the scripts in ``.venv/bin`` name it: a moved checkout needs a new one.
    """
    content = b"\0".join(path.read_bytes() for path in INPUTS)
    return {"root": str(ROOT), "inputs": hashlib.sha256(content).hexdigest()}


def stamped() -> dict[str, str] | None:
    """What the stamp says; ``None`` without a readable one."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) else None


def works(python: Path) -> bool:
    """Whether an interpreter runs, is new enough and has pip."""
    code = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def is_broken(stamp: dict[str, str] | None) -> bool:
    """Whether the present ``.venv`` cannot be kept: half-made, moved, or without a working Python."""
    moved = stamp is not None and stamp.get("root") != str(ROOT)
    return UNFINISHED.exists() or moved or not works(PYTHON)


@contextmanager
def alone() -> Iterator[None]:
    """Let one set-up at a time through; others wait.

    The lock ends with the process, however it ends. The programs it started hold it too, so a pip that
    outlives a killed set-up is waited for.
    """
    import fcntl

    path = ROOT / "build" / "setup.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        os.set_inheritable(file.fileno(), True)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("setup: waiting for another set-up of this checkout", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run(command: list[str | Path]) -> None:
    """Run a program, with the lock held open for it; raises ``CalledProcessError`` if it fails."""
    subprocess.run(command, check=True, close_fds=False)


def install() -> None:
    """Fill ``.venv`` from the lock and install the project in place."""
    if is_broken(stamped()):
        print(f"setup: making .venv with Python {sys.version.split()[0]}", flush=True)
        if VENV.exists():
            shutil.rmtree(VENV)
        VENV.mkdir()
        UNFINISHED.touch()
        run([sys.executable, "-m", "venv", VENV])
    UNFINISHED.touch()
    print("setup: installing the packages of requirements.lock", flush=True)
    pip: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run([*pip, "--use-pep517", "--require-hashes", "--requirement", LOCK])
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT])


def main() -> int:
    """Set up if needed; 0 if ``.venv`` is ready."""
    with alone():
        goal = wanted()
        if stamped() == goal and works(PYTHON):
            return 0
        try:
            install()
        except subprocess.CalledProcessError as error:
            command = " ".join(map(str, error.cmd))
            print(f"setup: {command}\nsetup: failed with exit code {error.returncode}: see above", file=sys.stderr)
            return 1
        except OSError as error:
            print(f"setup: cannot make {VENV}: {error}", file=sys.stderr)
            return 1
        STAMP.write_text(json.dumps(goal), encoding="utf-8")
        UNFINISHED.unlink()
        print("setup: .venv is ready", flush=True)
        return 0


if __name__ == "__main__":
    sys.exit(main())
