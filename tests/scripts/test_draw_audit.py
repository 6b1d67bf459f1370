from __future__ import annotations

import random
from collections import Counter
from types import ModuleType

import pytest

from gptalt_catalog import load_catalog
from tests.catalogs import GOOD
from tests.scripts.loading import script


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    """The script, which is no part of the package."""
    return script("draw_audit")


def test_shares_are_of_a_hundred(audit: ModuleType) -> None:
    assert sum(audit.SHARES.values()) == 100
    assert audit.quotas(100) == audit.SHARES


@pytest.mark.parametrize("count", [0, 1, 7, 50, 333])
def test_quotas_give_out_every_fact(audit: ModuleType, count: int) -> None:
    quotas = audit.quotas(count)
    assert sum(quotas.values()) == count
    assert all(abs(quota - count * audit.SHARES[kind] / 100) < 1 for kind, quota in quotas.items())


def test_draw_spreads_over_groups_before_it_comes_back(audit: ModuleType) -> None:
    facts = [audit.Drawn(f"group {i % 4}", f"fact {i}", "1", ()) for i in range(40)]
    drawn = audit.draw(facts, 8, random.Random(1))
    assert Counter(fact.group for fact in drawn) == {f"group {i}": 2 for i in range(4)}
    assert len({fact.path for fact in drawn}) == 8


def test_draw_takes_turns_and_stops_when_nothing_is_left(audit: ModuleType) -> None:
    facts = [audit.Drawn(f"g{i}", f"fact {i}", "1", (), "shape") for i in range(9)]
    facts.append(audit.Drawn("g0", "the date", "2023", (), "release"))
    two = audit.draw(facts, 2, random.Random(1))
    assert {fact.turn for fact in two} == {"shape", "release"}
    assert len(audit.draw(facts, 99, random.Random(1))) == 10


def test_only_confirmed_facts_are_drawn(audit: ModuleType) -> None:
    catalog = load_catalog(GOOD)
    pools = audit.pools(catalog)
    drawable = {fact.path for facts in pools.values() for fact in facts}
    for document, entry in catalog.entries():
        for fact in entry.facts():
            path = f"{document.file}: {'.'.join(fact.path)}"
            if fact.status != "confirmed":
                assert path not in drawable
    empty = {key for _source, key, statement in catalog.statements if statement.kind == "empty"}
    assert not empty & {fact.group for fact in pools["statements"]}
    assert len(pools["claims"]) == len(catalog.claims)


def test_one_seed_gives_one_list(audit: ModuleType) -> None:
    catalog = load_catalog(GOOD)
    assert audit.markdown(catalog, 1, 20) == audit.markdown(catalog, 1, 20)
    assert audit.markdown(catalog, 1, 20) != audit.markdown(catalog, 2, 20)
