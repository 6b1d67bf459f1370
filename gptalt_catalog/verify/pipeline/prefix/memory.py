"""What a model remembers of the tokens before: keys and values, or a recurrent state, as plain tensors.

The cache classes of transformers changed the meaning of their methods between versions (``crop`` most of
all), so only their construction and ``update`` are used; cutting, copying and joining are done here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Pairs = tuple[tuple[Any, Any], ...]


@dataclass(frozen=True)
class KeysAndValues:
    """Keys and values of each layer, each of shape [rows, heads, tokens, size of a head]."""

    layers: Pairs

    @classmethod
    def of(cls, cache: Any) -> KeysAndValues:
        """What a cache of transformers holds after a forward pass."""
        if hasattr(cache, "layers"):
            return cls(tuple((layer.keys, layer.values) for layer in cache.layers))
        return cls(tuple(zip(cache.key_cache, cache.value_cache, strict=True)))  # transformers before 4.56

    def cache(self) -> Any:
        """A new cache of transformers with these contents. Without a config no layer slides: all is kept."""
        from transformers import DynamicCache

        cache = DynamicCache()
        for number, (keys, values) in enumerate(self.layers):
            cache.update(keys[..., :0, :], values[..., :0, :], number)  # what is set below would be copied here
            if hasattr(cache, "layers"):
                cache.layers[number].keys, cache.layers[number].values = keys, values
            else:
                cache.key_cache[number], cache.value_cache[number] = keys, values
        return cache

    @property
    def tokens(self) -> int:
        """Tokens that are remembered of each row."""
        return int(self.layers[0][0].shape[-2])

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(keys.nbytes + values.nbytes for keys, values in self.layers)

    def cut(self, tokens: int) -> KeysAndValues:
        """The first ``tokens`` tokens of all rows."""
        return KeysAndValues(tuple((k[..., :tokens, :], v[..., :tokens, :]) for k, v in self.layers))

    def cut_front(self, tokens: int) -> KeysAndValues:
        """All but the first ``tokens`` tokens."""
        return KeysAndValues(tuple((k[..., tokens:, :], v[..., tokens:, :]) for k, v in self.layers))

    def rows(self, chosen: Sequence[int]) -> KeysAndValues:
        """Copies of some rows, in this order; a row may be chosen several times."""
        import torch

        index = torch.tensor(list(chosen), device=self.layers[0][0].device)
        return KeysAndValues(tuple((k.index_select(0, index), v.index_select(0, index)) for k, v in self.layers))

    def to_the_right(self, lengths: Sequence[int]) -> KeysAndValues:
        """Row ``i``'s first ``lengths[i]`` tokens moved to the end; what stands before them means nothing."""
        import torch

        width = max(lengths)
        device = self.layers[0][0].device
        slots = torch.arange(width, device=device)
        index = torch.stack([(slots - (width - length)).clamp(min=0) for length in lengths])[:, None, :, None]

        def moved(tensor: Any) -> Any:
            return tensor.gather(2, index.expand(-1, tensor.shape[1], -1, tensor.shape[3]))

        return KeysAndValues(tuple((moved(k), moved(v)) for k, v in self.layers))

    def padded_left(self, width: int) -> KeysAndValues:
        """With empty tokens in front, up to ``width`` tokens."""
        import torch

        missing = width - self.tokens
        if missing == 0:
            return self

        def padded(tensor: Any) -> Any:
            return torch.nn.functional.pad(tensor, (0, 0, missing, 0))

        return KeysAndValues(tuple((padded(k), padded(v)) for k, v in self.layers))

    def joined(self, other: KeysAndValues) -> KeysAndValues:
        """The rows of both, which must remember equally many tokens."""
        import torch

        return KeysAndValues(
            tuple(
                (torch.cat([k, other_k]), torch.cat([v, other_v]))
                for (k, v), (other_k, other_v) in zip(self.layers, other.layers, strict=True)
            )
        )


@dataclass(frozen=True)
class State:
    """A recurrent state: tensors of shape [rows, …]. The model changes them in place, so it gets copies."""

    tensors: tuple[Any, ...]
    tokens: int

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(int(tensor.nbytes) for tensor in self.tensors)

    def rows(self, chosen: Sequence[int]) -> State:
        """Copies of some rows, in this order; a row may be chosen several times."""
        import torch

        index = torch.tensor(list(chosen), device=self.tensors[0].device)
        return State(tuple(tensor.index_select(0, index) for tensor in self.tensors), self.tokens)

    def copied(self) -> list[Any]:
        """Tensors for the model to change."""
        return [tensor.clone() for tensor in self.tensors]


Memory = KeysAndValues | State


class PrefixStore:
    """Memories of prefixes that later requests will begin with again, as many as fit a budget of bytes."""

    def __init__(self, budget: int) -> None:
        """``budget``: bytes. What was used least recently makes room."""
        self.budget = budget
        self.hits = 0
        self._kept: OrderedDict[tuple[int, ...], Memory] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(one.size for one in self._kept.values())

    def get(self, tokens: tuple[int, ...]) -> Memory | None:
        """What is remembered of exactly these tokens."""
        found = self._kept.get(tokens)
        if found is not None:
            self._kept.move_to_end(tokens)
            self.hits += 1
        return found

    def keep(self, tokens: tuple[int, ...], memory: Memory) -> None:
        """Remember one more, if it fits at all."""
        if memory.size > self.budget:
            return
        self._kept[tokens] = memory
        self._kept.move_to_end(tokens)
        while self.size > self.budget:
            self._kept.popitem(last=False)

    def empty(self) -> None:
        """Forget everything."""
        self._kept.clear()

    def shrink(self) -> None:
        """Forget everything, when memory runs out; from now on keep half as much."""
        self.empty()
        self.budget //= 2
