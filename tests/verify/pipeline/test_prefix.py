"""Tries, rows, masks and memories: what they compute against plain counting."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gptalt_catalog.verify.pipeline.prefix.packing import Drop, Hold, Pack, lay_out, passes
from gptalt_catalog.verify.pipeline.prefix.trie import Trie, common_length

SEQUENCES = st.lists(
    st.lists(st.integers(0, 3), min_size=1, max_size=40).map(tuple), min_size=1, max_size=40, unique=True
).map(sorted)


def with_examples(seed: int) -> list[tuple[int, ...]]:
    """Sequences as few-shot tasks have them: common examples, contexts, several answers each."""
    draw = random.Random(seed)
    common = [draw.randrange(50) for _ in range(60)]
    found = set()
    for _ in range(20):
        context = common[: draw.choice((0, 60))] + [draw.randrange(50) for _ in range(draw.randrange(1, 30))]
        found |= {(*context, *(draw.randrange(50) for _ in range(draw.randrange(6)))) for _ in range(4)}
    return sorted(found)


@given(st.lists(st.integers(0, 2)), st.lists(st.integers(0, 2)))
def test_what_two_sequences_share(one: list[int], other: list[int]) -> None:
    length = common_length(one, other)
    assert one[:length] == other[:length]
    assert length == min(len(one), len(other)) or one[length] != other[length]


@given(SEQUENCES, st.data())
def test_tokens_of_a_range_are_its_distinct_prefixes(sequences: list[tuple[int, ...]], data: st.DataObject) -> None:
    trie = Trie(sequences)
    start = data.draw(st.integers(0, len(sequences) - 1))
    stop = data.draw(st.integers(start + 1, len(sequences)))
    depth = data.draw(st.integers(0, trie.fork(start, stop)))
    some = sequences[start:stop]
    assert trie.fork(start, stop) == min(common_length(some[0], one) for one in some)
    distinct = {one[:n] for one in some for n in range(depth + 1, len(one) + 1)}
    assert trie.tokens(start, stop, depth) == len(distinct)
    assert trie.apart(start, stop, depth) == sum(len(one) - depth for one in some)
    branches = trie.branches(start, stop, trie.fork(start, stop))
    assert [k for a, b in branches for k in range(a, b)] == list(range(start, stop))


def fed(trie: Trie, row: int) -> int:
    """Follow the passes as a model would, checking that each token is computed after all that it sees."""
    held: list[tuple[int, ...]] = [()]
    covered: list[int] = []
    tokens = 0
    for one in passes(trie, row):
        if isinstance(one, Drop):
            held = [prefix for prefix in held if len(prefix) <= one.depth]
        elif isinstance(one, Hold):
            assert len(held[-1]) == one.depth
            assert all(
                s[: one.stop] == trie.sequences[one.first][: one.stop] for s in trie.sequences[one.first : one.last]
            )
            held.append(trie.sequences[one.first][: one.stop])
            tokens += one.stop - one.depth
        else:
            tokens += row_of(trie, one, held[-1])
            assert row_of(trie, one, held[-1]) <= row or one.last - one.first == 1
            covered += range(one.first, one.last)
    assert covered == list(range(len(trie)))
    return tokens


def row_of(trie: Trie, pack: Pack, held: tuple[int, ...]) -> int:
    """Check a row slot by slot; its tokens."""
    layout = lay_out(trie, pack)
    assert len(held) == pack.depth
    assert sum(layout.fresh) == len(layout.tokens) == len(layout.positions) == len(layout.ends)
    for slots, sequence in zip(layout.slots, trie.sequences[pack.first : pack.last], strict=True):
        assert held == sequence[: pack.depth]
        assert tuple(layout.tokens[slot] for slot in slots) == sequence[pack.depth :]
        assert [layout.positions[slot] for slot in slots] == list(range(pack.depth, len(sequence)))
        for place, slot in enumerate(slots):
            seen = [k for k in range(len(layout.tokens)) if k <= slot < layout.ends[k]]
            assert seen == slots[: place + 1], "a token sees its own ancestors and nobody else"
    return len(layout.tokens)


@settings(deadline=None)
@given(SEQUENCES, st.integers(1, 60))
def test_every_sequence_is_computed_in_rows_that_fit(sequences: list[tuple[int, ...]], row: int) -> None:
    trie = Trie(sequences)
    assert fed(trie, row) >= trie.least
    assert fed(trie, 10_000) == trie.least


@pytest.mark.parametrize("seed", range(5))
def test_few_tokens_are_computed_twice(seed: int) -> None:
    trie = Trie(with_examples(seed))
    assert fed(trie, 128) <= 1.1 * trie.least
    assert any(isinstance(one, Hold) for one in passes(trie, 128))


@pytest.mark.verify
@pytest.mark.parametrize("held", [0, 7])
def test_both_masks_are_what_the_ends_say(held: int) -> None:
    torch = pytest.importorskip("torch")
    from torch.nn.attention.flex_attention import create_mask

    from gptalt_catalog.verify.pipeline.prefix.masks import block_mask, dense_mask, is_chain, visible

    trie = Trie(with_examples(0))
    ends = lay_out(trie, Pack(0, len(trie), 0)).ends
    size = len(ends)
    plain = torch.tensor(
        [[k < held or k - held <= q < ends[k - held] for k in range(held + size)] for q in range(size)]
    )
    dense = dense_mask(ends, held, torch.float32, "cpu")[0, 0]
    assert torch.equal(dense == 0, plain)
    assert (dense[~plain] == torch.finfo(torch.float32).min).all()
    seen = create_mask(visible(ends, held, "cpu"), None, None, size, held + size, "cpu")[0, 0]
    assert torch.equal(seen, plain)
    assert block_mask(ends, held, "cpu").shape == (1, 1, size, held + size)
    assert not is_chain(ends)
    assert is_chain([3, 3, 3])


@pytest.mark.verify
def test_a_model_with_flex_attention_gets_block_masks() -> None:
    """Block masks give the numbers of dense ones; here without compiling, which only a GPU is worth."""
    torch = pytest.importorskip("torch")
    from torch.nn.attention import flex_attention as flex

    from gptalt_catalog.verify.pipeline.prefix.masks import block_mask, dense_mask

    ends = lay_out(trie := Trie(with_examples(1)), Pack(0, len(trie), 0)).ends
    torch.manual_seed(0)
    query, key, value = (torch.randn(1, 2, len(ends), 16) for _ in range(3))
    dense = dense_mask(ends, 0, torch.float32, "cpu")
    wanted = torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=dense)
    flex._FLEX_ATTENTION_DISABLE_COMPILE_DEBUG = True
    try:
        found = flex.flex_attention(query, key, value, block_mask=block_mask(ends, 0, "cpu"))
    finally:
        flex._FLEX_ATTENTION_DISABLE_COMPILE_DEBUG = False
    assert torch.allclose(found, wanted, atol=1e-5)


def memory(rows: int, tokens: int) -> Any:
    """Keys and values that are their own place: row * 100 + token."""
    torch = pytest.importorskip("torch")
    from gptalt_catalog.verify.pipeline.prefix.memory import KeysAndValues

    places = torch.arange(rows)[:, None] * 100 + torch.arange(tokens)[None, :]
    layer = places[:, None, :, None].expand(rows, 2, tokens, 3).float()
    return KeysAndValues(((layer, -layer), (layer + 0.5, layer)))


def places(found: Any) -> list[list[float]]:
    return [[float(token[0]) for token in row[0]] for row in found.layers[0][0]]


@pytest.mark.verify
def test_memories_are_cut_copied_moved_and_joined() -> None:
    pytest.importorskip("torch")
    some = memory(3, 4)
    assert some.tokens == 4
    assert some.size == 3 * 2 * 4 * 3 * 4 * 4
    assert places(some.cut(2)) == [[0, 1], [100, 101], [200, 201]]
    assert places(some.cut_front(3)) == [[3], [103], [203]]
    assert places(some.rows([2, 0, 0])) == [[200, 201, 202, 203], [0, 1, 2, 3], [0, 1, 2, 3]]
    moved = some.to_the_right([4, 2, 3])
    assert [row[-n:] for row, n in zip(places(moved), (4, 2, 3), strict=True)] == [
        [0, 1, 2, 3],
        [100, 101],
        [200, 201, 202],
    ]
    assert places(some.cut(2).padded_left(3))[1] == [0, 100, 101]
    assert places(some.joined(memory(1, 4))) == [*places(some), [0, 1, 2, 3]]
    again = type(some).of(some.cache())
    assert places(again) == places(some)


@pytest.mark.verify
def test_the_store_forgets_what_was_used_least_recently() -> None:
    pytest.importorskip("torch")
    from gptalt_catalog.verify.pipeline.prefix.memory import PrefixStore

    one: Any = memory(1, 4)
    store = PrefixStore(2 * one.size)
    for tokens in ((1,), (2,)):
        store.keep(tokens, one)
    assert id(store.get((1,))) == id(one)
    store.keep((3,), one)
    assert (store.get((2,)), id(store.get((1,))), len(store)) == (None, id(one), 2)
    store.keep((4,), memory(1, 100))
    assert len(store) == 2, "what does not fit is not kept"
    store.shrink()
    assert (len(store), store.budget) == (0, one.size)


@pytest.mark.verify
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_first_of_equal_tokens_is_the_most_probable(dtype: str) -> None:
    torch = pytest.importorskip("torch")
    from gptalt_catalog.verify.pipeline.prefix.outputs import judge

    logits = torch.tensor([[1.0, 3.0, 3.0, 0.0], [0.0, 0.0, 0.0, 2.0]], dtype=getattr(torch, dtype))
    asked = [(0, 1), (0, 2), (1, 3), (1, 0)]
    found = judge(logits, asked)
    assert found.greedy == [True, False, True, False]
    wanted = torch.log_softmax(logits.float(), dim=-1)
    assert found.log_probabilities == pytest.approx([float(wanted[place, token]) for place, token in asked])
