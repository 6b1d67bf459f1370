"""Real items and real weights beside the checkout, as a hub's folders; tests skip where they are absent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.catalogs import CHECKOUT

SHARED = CHECKOUT.parent / "shared"
BENCHMARKS = SHARED / "benchmarks"
WEIGHTS = SHARED / "weights" / "stories260K-llama"
STORIES = "karpathy/stories260k"
_BRANCHES = {"hellaswag_olmes1000": "olmes1000"}  # another choice of the same rows, under the same id


def need(folder: Path) -> Path:
    """``folder``, or the test is skipped."""
    if not folder.is_dir():
        pytest.skip(f"there is no {folder.relative_to(CHECKOUT.parent)} beside the checkout")
    return folder


def benchmark_folders() -> dict[str, list[Path]]:
    """What a hub is given to serve the benchmarks under the ids of their manifest."""
    folders: dict[str, list[Path]] = {}
    for row in json.loads((need(BENCHMARKS) / "manifest.json").read_text(encoding="utf-8")):
        branch = _BRANCHES.get(row["ds"])
        places = folders.setdefault(f"datasets/{row['hub']}" + (f"@{branch}" if branch else ""), [])
        if (place := BENCHMARKS / row["ds"]) not in places:
            places.append(place)
    return folders


def weight_folders() -> dict[str, Path]:
    """What a hub is given to serve the real small model."""
    return {f"models/{STORIES}": need(WEIGHTS)}
