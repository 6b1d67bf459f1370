from __future__ import annotations

from pathlib import Path

from bench.synthetic import grown_catalog
from gptalt_catalog.loading.catalog_loader import read_catalog


def test_a_grown_catalog_is_as_good_as_its_source(root: Path, tmp_path: Path) -> None:
    source = read_catalog(root / "catalog")
    wanted = len(source.catalog.documents) + 1
    count = grown_catalog(root / "catalog", tmp_path / "catalog", wanted)
    grown = read_catalog(tmp_path / "catalog")
    assert [str(p) for p in grown.errors] == []
    assert len(grown.catalog.documents) == count >= wanted
    assert len(grown.catalog.claims) == 2 * len(source.catalog.claims)
    assert "vicuna-7b-v1.5-s1" in grown.catalog.checkpoints
