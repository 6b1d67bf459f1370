"""A loopback hub with one tiny repository, and an empty cache."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gptalt_catalog.verify.hub.loopback import LoopbackHub
from tests.verify.hub.repositories_for_tests import NAME, Site, write_repository


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    source = write_repository(tmp_path / "hub" / "models" / NAME / "main")
    with LoopbackHub(tmp_path / "hub") as hub:
        yield Site(hub, source, tmp_path / "cache", [])
