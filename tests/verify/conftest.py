"""One hub with a trained model for all tests that run the whole command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verify.audited_site import Reference, Site, open_site


@pytest.fixture(scope="session")
def audited_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The hub, the catalog with a true and a false claim, and processes that run the command."""
    with open_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def reference(audited_site: Site) -> Reference:
    """An audit that nothing disturbed, to its end."""
    done = audited_site.run("--full", "--format", "json")
    assert done.stdout, done.stderr
    results = audited_site.place.record.with_suffix(".items.json").read_bytes()
    return Reference(audited_site, done.returncode, json.loads(done.stdout), audited_site.verification, results)


@pytest.fixture
def fresh(audited_site: Site, tmp_path: Path) -> Site:
    """The same hub, and an empty folder."""
    return audited_site.copied(tmp_path)
