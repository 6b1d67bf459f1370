"""Speed, measured: ``check`` against a bare YAML parse, ``--help``, pages against MkDocs, scoring against lm-eval.

Prints a Markdown table (the form of docs/benchmarks.md). Every line compares two things of one run on
one machine; unless said otherwise in processor seconds of whole processes, in turns, the median of several rounds.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from functools import partial

from bench.measure import ROOT, TOOL, WORK, compared, row
from bench.overhead import bench_overhead
from bench.pages import bench_site
from bench.scoring import bench_scoring
from bench.synthetic import grown_catalog
from bench.table import bench_table

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


def main() -> int:
    """Measure everything, or the named parts; 1 if a goal is missed."""
    parts: dict[str, tuple[Callable[[int], list[str]], int]] = {
        "check": (bench_check, 3),
        "help": (bench_help, 7),
        "site": (bench_site, 3),
        "large-site": (partial(bench_site, entries=ENTRIES), 1),
        "table": (bench_table, 5),
        "scoring": (bench_scoring, 1),
        "overhead": (bench_overhead, 1),
    }
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
