"""Speed, measured: ``check`` against a bare YAML parse, ``--help``, and the site's pages against MkDocs.

Prints a Markdown table (the form of docs/benchmarks.md). Every line compares two things of one run on
one machine, in processor seconds of whole processes, taken in turns, as the median of several rounds.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.synthetic import grown_catalog

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "bench"
TOOL = Path(sys.executable).with_name("gptalt-catalog")
ENTRIES = 5000

PARSE = """
import pathlib, sys, yaml
for path in pathlib.Path(sys.argv[1]).rglob("*.yaml"):
    yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
"""
READ = """
import pathlib, sys
from gptalt_catalog.loading.tree import read_tree
for path in pathlib.Path(sys.argv[1]).rglob("*.yaml"):
    read_tree(path.read_bytes())
"""


@dataclass(frozen=True)
class Usage:
    """What one process took, in seconds."""

    processor: float
    wall: float


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
    return Usage(resources.ru_utime + resources.ru_stime, wall)


def compared(commands: Sequence[Sequence[str | Path]], rounds: int) -> list[Usage]:
    """The median usage of each command; they take turns, so that a slow moment of the machine hits all."""
    runs = [[usage(command) for command in commands] for _ in range(rounds)]
    return [Usage(median(u.processor for u in one), median(u.wall for u in one)) for one in zip(*runs, strict=True)]


def row(what: str, value: str, goal: str, holds: bool) -> str:
    """One line of the table."""
    return f"| {what} | {value} | {goal} | {'yes' if holds else '**no**'} |"


def bench_check(rounds: int) -> list[str]:
    """``check`` of a grown catalog against PyYAML's CSafeLoader over the same files."""
    catalog = WORK / "catalog"
    entries = grown_catalog(ROOT / "catalog", catalog, ENTRIES)
    size = sum(path.stat().st_size for path in catalog.rglob("*.yaml")) / 1e6
    parse, read, check = compared(
        [
            [sys.executable, "-c", PARSE, catalog],
            [sys.executable, "-c", READ, catalog],
            [TOOL, "check", "--quiet", "--catalog", catalog],
        ],
        rounds,
    )
    ratio = check.processor / parse.processor
    return [
        row(f"CSafeLoader over {entries} files, {size:.1f} MB", f"{parse.processor:.2f} s", "the measure", True),
        row(
            "parse alone (`read_tree`)",
            f"{read.processor:.2f} s, {read.processor / parse.processor:.2f} times",
            "",
            True,
        ),
        row("`gptalt-catalog check`", f"{check.processor:.2f} s, {ratio:.2f} times", "at most 4 times", ratio <= 4),
    ]


def bench_help(rounds: int) -> list[str]:
    """The time until ``--help`` stands on the screen."""
    bare, shown = compared([[sys.executable, "-c", "pass"], [TOOL, "--help"]], rounds)
    value = f"{shown.wall:.2f} s (an empty Python: {bare.wall:.2f} s)"
    return [row("`gptalt-catalog --help`, wall clock", value, "under 0.3 s", shown.wall < 0.3)]


def bench_site(rounds: int) -> list[str]:
    """Making the Markdown of the real catalog's site against what MkDocs takes to build it (one round)."""
    places = [("generate", WORK / "generated"), ("build", WORK / "built")]
    for _, out in places:
        shutil.rmtree(out, ignore_errors=True)  # pages that are there already are not written again
    generate, build = compared([[TOOL, "site", step, "--out", out] for step, out in places], rounds)
    mkdocs = build.processor - generate.processor
    ratio = generate.processor / mkdocs
    value = f"{generate.processor:.1f} s against {mkdocs:.1f} s, {ratio:.2f} times"
    return [row("site: YAML to Markdown against MkDocs", value, "at most 0.2 times", ratio <= 0.2)]


def main() -> int:
    """Measure everything, or the named parts; 1 if a goal is missed."""
    parts = {"check": (bench_check, 3), "help": (bench_help, 7), "site": (bench_site, 1)}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of: {', '.join(parts)} (default: all)")
    chosen = parser.parse_args().parts or list(parts)
    WORK.mkdir(parents=True, exist_ok=True)
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors\n")
    print("| what | measured | goal | holds |\n| --- | --- | --- | --- |", flush=True)
    lines = []
    for name in chosen:
        measure, rounds = parts[name]
        for line in measure(rounds):
            print(line, flush=True)
            lines.append(line)
    return int(any("**no**" in line for line in lines))


if __name__ == "__main__":
    sys.exit(main())
