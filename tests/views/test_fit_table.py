from __future__ import annotations

import pytest

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.memory import GIB, Need
from gptalt_catalog.views.fit_table import fit_cell, fit_table
from gptalt_catalog.views.memory_fit import CARDS, Fit, MemoryFit
from tests.catalogs import CHECKOUT, read


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read(CHECKOUT / "catalog").catalog


@pytest.mark.parametrize(
    ("low", "high", "card", "tight"),
    [(5, 7.9, 8, ()), (7, 9, 12, (8,)), (10, 17, 24, (12, 16)), (79, 81, None, (80,)), (100, 120, None, ())],
)
def test_the_smallest_card_that_is_enough_and_those_in_doubt(
    low: float, high: float, card: int | None, tight: tuple[int, ...]
) -> None:
    cell = fit_cell(Fit("fp16", 2048, Need(0, 0, 0, 0, 0), low * GIB, high * GIB))
    assert (cell.card, cell.tight) == (card, tight)


def test_the_table_has_the_usual_precisions_and_the_contexts_that_it_was_made_for(catalog: Catalog) -> None:
    table = fit_table(MemoryFit(catalog), "vicuna-7b-v1.5")
    assert table is not None
    assert table.contexts == (2048, 4096)
    assert [precision for precision, _ in table.rows] == ["fp16", "int8", "q4_k_m"]
    fp16 = table.rows[0][1][0]
    assert fp16.card == 24
    assert 12.5 * GIB < fp16.fit.low < 13.5 * GIB  # 6.74 billion parameters of two bytes, and a margin


def test_more_is_never_cheaper(catalog: Catalog) -> None:
    fitting = MemoryFit(catalog)
    for key in catalog.checkpoints:
        table = fit_table(fitting, key)
        for _, cells in table.rows if table is not None else ():
            needs = [cell.fit.need.total for cell in cells]
            assert needs == sorted(needs), key
            cards = [cell.card or CARDS[-1] + 1 for cell in cells]
            assert cards == sorted(cards), key


def test_no_table_where_the_need_is_not_known(catalog: Catalog) -> None:
    assert fit_table(MemoryFit(catalog), "baize-lora-7b") is None
