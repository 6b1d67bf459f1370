"""The terms that pages compute from give the same bytes as the estimator, on every checkpoint."""

from __future__ import annotations

import pytest

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.memory import PRECISIONS, memory_need
from gptalt_catalog.views.memory_fit import MemoryFit
from gptalt_catalog.views.memory_terms import UNPACKING, memory_terms
from tests.catalogs import CHECKOUT, read

CONTEXTS = (1, 2, 100, 511, 512, 513, 2047, 2048, 2049, 4096, 5000, 32768, 131072, 1_000_000)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read(CHECKOUT / "catalog").catalog


def test_the_same_bytes_for_every_checkpoint_precision_and_context(catalog: Catalog) -> None:
    fitting = MemoryFit(catalog)
    wrong = []
    compared = 0
    for key, checkpoint in catalog.checkpoints.items():
        terms = memory_terms(fitting, key)
        for precision in PRECISIONS:
            for context in CONTEXTS:
                fit = fitting.fit(key, precision, context)
                if terms is None or fit is None:
                    assert terms is None
                    assert fit is None
                    continue
                need = memory_need(checkpoint, precision, context)
                assert need is not None
                compared += 1
                if not terms.need(precision, context) == need.total == fit.need.total:
                    wrong.append((key, precision, context))
    assert wrong == []
    assert compared > 50_000


def test_the_catalog_has_every_kind_of_cache(catalog: Catalog) -> None:
    fitting = MemoryFit(catalog)
    found = [terms for key in catalog.checkpoints if (terms := memory_terms(fitting, key)) is not None]
    assert any(terms.state and not terms.everywhere for terms in found), "recurrent"
    assert any(terms.windowed and terms.everywhere for terms in found), "a window in some layers"
    assert any(terms.windowed and not terms.everywhere for terms in found), "a window in all layers"
    assert any(terms.workspace for terms in found)
    assert UNPACKING == ("int8", "nf4")


def test_none_for_what_cannot_run_by_itself(catalog: Catalog) -> None:
    fitting = MemoryFit(catalog)
    adapters = [k for k, c in catalog.checkpoints.items() if c.weights is not None and c.weights.form == "adapter"]
    assert adapters
    assert all(memory_terms(fitting, key) is None for key in adapters)
