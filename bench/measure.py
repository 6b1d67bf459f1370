"""What all measurements share: running programs, comparing them in turns, and the lines of the table."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "bench"
TOOL = Path(sys.executable).with_name("gptalt-catalog")


@dataclass(frozen=True)
class Usage:
    """What a program took: seconds, and the bytes that its largest process held at most."""

    processor: float
    wall: float
    memory: int


def usage(command: Sequence[str | Path]) -> Usage:
    """Run a program to its end. Raises ``RuntimeError`` with its output if it fails."""
    with (WORK / "output.txt").open("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT)
        _, status, resources = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            output.seek(0)
            raise RuntimeError(f"{' '.join(map(str, command))}\n{output.read()[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Usage(resources.ru_utime + resources.ru_stime, wall, resources.ru_maxrss * unit)


def compared(commands: Sequence[Sequence[str | Path]], rounds: int) -> list[Usage]:
    """The median usage of each command; they take turns, so that a slow moment of the machine hits all."""
    runs = [[usage(command) for command in commands] for _ in range(rounds)]
    return [
        Usage(median(u.processor for u in one), median(u.wall for u in one), max(u.memory for u in one))
        for one in zip(*runs, strict=True)
    ]


def row(what: str, value: str, goal: str, holds: bool) -> str:
    """One line of the table."""
    return f"| {what} | {value} | {goal} | {'yes' if holds else '**no**'} |"
