"""Python environments with the versions that a model's code was written for, made once and kept.

An environment holds only what differs from this one: everything else (torch above all) is this environment's,
found through a path file. Only wheels are installed, so that no setup script runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path

from gptalt_catalog.verify.hub.lock import Patience, locked

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSIONS = re.compile(
    r"(?:==|>=|<=|~=|!=|<|>)[0-9][0-9A-Za-z.*+!-]*(?:,(?:==|>=|<=|~=|!=|<|>)[0-9][0-9A-Za-z.*+!-]*)*"
)
READY = "ready.json"


class PinsError(Exception):
    """An environment cannot be made; the message says why and what to do."""


def environments_cache() -> Path:
    """Where environments are kept."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "gptalt-catalog" / "environments"


def interpreter(pins: Mapping[str, str], cache: Path | None = None, say: Callable[[str], None] = print) -> Path:
    """A Python whose packages satisfy ``pins`` (name -> versions, as in ``weights.runtime``).

    This one if it does. Raises :class:`PinsError`.
    """
    wanted = checked(pins)
    if satisfied(wanted):
        return Path(sys.executable)
    folder = (cache or environments_cache()) / _identity(wanted)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_suffix(".lock"), "this environment", Patience(1800.0)):
        python = folder / "bin" / "python"
        if not (folder / READY).is_file() or not python.exists():
            say(f"making an environment with {', '.join(f'{name} {version}' for name, version in wanted.items())}")
            shutil.rmtree(folder, ignore_errors=True)
            _make(folder, python, wanted)
        return python


def checked(pins: Mapping[str, str]) -> dict[str, str]:
    """The pins, if they are names and versions and nothing else. Raises :class:`PinsError`."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    for name, versions in pins.items():
        try:
            SpecifierSet(versions)
            fine = _NAME.fullmatch(name) and _VERSIONS.fullmatch(versions.replace(" ", ""))
        except InvalidSpecifier:
            fine = None
        if not fine:
            raise PinsError(f"{name} {versions!r} names no versions of a package; correct the entry's runtime")
    return {name: versions.replace(" ", "") for name, versions in sorted(pins.items())}


def satisfied(pins: Mapping[str, str]) -> bool:
    """Whether this environment satisfies the pins."""
    from importlib.metadata import PackageNotFoundError, version

    from packaging.specifiers import SpecifierSet

    for name, versions in pins.items():
        try:
            if not SpecifierSet(versions).contains(version(name), prereleases=True):
                return False
        except PackageNotFoundError:
            return False
    return True


def _identity(pins: Mapping[str, str]) -> str:
    """A name that follows from the pins, this Python, and where its packages are."""
    told = [dict(pins), platform.python_version(), platform.machine(), sysconfig.get_path("purelib"), _torch()]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:24]


def _torch() -> str:
    """The version of torch, which the environment shares: with another one it is made anew."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("torch")
    except PackageNotFoundError:
        return ""


def _make(folder: Path, python: Path, pins: Mapping[str, str]) -> None:
    """Make it; nothing is left of one that fails."""
    try:
        _run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
        packages = Path(_run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip())
        shared = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        (packages / "shared.pth").write_text("".join(f"{path}\n" for path in sorted(shared)), encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "install"]
        _run([*pip, "--quiet", "--only-binary", ":all:", *(f"{name}{versions}" for name, versions in pins.items())])
        (folder / READY).write_text(json.dumps(dict(pins)), encoding="utf-8")
    except PinsError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _run(command: list[str]) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    # Our own program with names and versions that were checked; pip sees no token of a hub.
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=kept)  # noqa: S603
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        raise PinsError(
            f"the environment that the model's code needs cannot be made: {last[:300]}; "
            "make one by hand and run `verify score` in it"
        )
    return done.stdout
