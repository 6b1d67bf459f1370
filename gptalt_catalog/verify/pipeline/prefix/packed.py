"""Packed scoring: branches side by side in one row, each token seeing its own ancestors only.

Nothing is padded, and every distinct prefix is computed once, but for short ones that would not be worth
a pass of their own. The model must take position ids and a mask of its caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gptalt_catalog.verify.pipeline.prefix.expected import Expected
from gptalt_catalog.verify.pipeline.prefix.masks import block_mask, dense_mask, is_chain
from gptalt_catalog.verify.pipeline.prefix.memory import Memory
from gptalt_catalog.verify.pipeline.prefix.outputs import Outputs, Place
from gptalt_catalog.verify.pipeline.prefix.packing import Drop, Hold, Pack, lay_out, passes
from gptalt_catalog.verify.pipeline.prefix.tally import Tally, Wanted, picks
from gptalt_catalog.verify.pipeline.prefix.trie import Trie
from gptalt_catalog.verify.pipeline.stock import Fed, Found, Row

NAME = "prefix-packed-1"


class PackedScoring:
    """Scores rows of one batch with a model."""

    name = NAME
    rows_of_a_batch: Mapping[str, int] = {"cpu": 16, "cuda": 8}
    """A row has so much of the tokens of a batch, by kind of device: its mask grows with the square."""

    def __init__(self, outputs: Outputs, expected: Expected) -> None:
        self.outputs = outputs
        self.expected = expected

    def score(self, rows: Sequence[Row], budget: int, fed: Fed) -> Iterator[list[Found]]:
        """The answers to the questions about sorted, distinct rows, pass by pass. ``budget``: tokens a row."""
        trie, tally = Trie([row.inputs for row in rows]), Tally(rows)
        for first, last, depth, memory in self.expected.parts(trie, rows, fed):
            held = [(depth, memory)]
            for one in passes(trie, budget, first, last, depth):
                if isinstance(one, Drop):
                    while held[-1][0] > one.depth:
                        held.pop()
                elif isinstance(one, Hold):
                    held.append((one.stop, self._hold(trie, tally, one, held[-1][1])))
                    fed(rows[one.first], one.stop - one.depth)
                else:
                    yield self._pack(trie, tally, one, held[-1][1], fed)

    def _hold(self, trie: Trie, tally: Tally, one: Hold, memory: Memory | None) -> Memory | None:
        """Compute a prefix, with the outputs that are wanted within it."""
        wanted = tally.wanted(range(one.first, one.last), one.depth, one.stop)
        places: list[tuple[Wanted, Place]] = [(w, (0, w[1] - one.depth)) for w in wanted]
        tokens = trie.sequences[one.first][one.depth : one.stop]
        positions = range(one.depth, one.stop)
        found = self.outputs.run([tokens], picks(places), memory, keep=True, positions=[positions])
        tally.take(found.logits, picks(places), places)
        return found.memory

    def _pack(self, trie: Trie, tally: Tally, one: Pack, memory: Memory | None, fed: Fed) -> list[Found]:
        layout = lay_out(trie, one)
        numbers = range(one.first, one.last)
        places: list[tuple[Wanted, Place]] = [
            (w, (0, layout.slots[w[0] - one.first][w[1] - one.depth])) for w in tally.wanted(numbers, one.depth)
        ]
        if layout.tokens:
            found = self.outputs.run(
                [layout.tokens],
                picks(places),
                memory,
                positions=[layout.positions],
                mask=self._mask(layout.ends, one.depth),
            )
            tally.take(found.logits, picks(places), places)
        for number, fresh in zip(numbers, layout.fresh, strict=True):
            fed(tally.rows[number], fresh)
        return tally.answers(numbers)

    def _mask(self, ends: Sequence[int], held: int) -> object:
        model = self.outputs.model
        if is_chain(ends):
            return None
        if getattr(model.config, "_attn_implementation", None) == "flex_attention":
            return block_mask(ends, held, model.device)
        return dense_mask(ends, held, model.dtype, model.device)
