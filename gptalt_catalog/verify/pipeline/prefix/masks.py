"""Who sees whom in a packed row: each token its own ancestors, and all that is held before the row.

Both forms follow from one array: slots are numbered depth first, so slot ``k`` is an ancestor of slot
``q`` exactly if ``k <= q < ends[k]``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def is_chain(ends: Sequence[int]) -> bool:
    """Whether the row is one sequence, for which a model needs no mask."""
    return all(end == len(ends) for end in ends)


def dense_mask(ends: Sequence[int], held: int, dtype: Any, device: Any) -> Any:
    """The mask [1, 1, slots, held + slots] to be added to attention scores: 0, or the least number of ``dtype``."""
    import torch

    end = torch.tensor(ends, device=device)
    slots = torch.arange(len(ends), device=device)
    sees = (slots[None, :] <= slots[:, None]) & (slots[:, None] < end[None, :])
    mask = torch.zeros(1, 1, len(ends), held + len(ends), dtype=dtype, device=device)
    mask[0, 0, :, held:].masked_fill_(~sees, torch.finfo(dtype).min)
    return mask


def visible(ends: Sequence[int], held: int, device: Any) -> Callable[[Any, Any, Any, Any], Any]:
    """The same as a function of batch, head, query slot, and key slot (held ones first), as FlexAttention takes it."""
    import torch

    end = torch.tensor(ends, device=device)

    def sees(batch: Any, head: Any, query: Any, key: Any) -> Any:
        del batch, head
        slot = key - held
        return (slot < 0) | ((slot <= query) & (query < end[slot.clamp(min=0)]))

    return sees


def block_mask(ends: Sequence[int], held: int, device: Any) -> Any:
    """The same as a block mask of FlexAttention, which leaves out blocks that nobody sees."""
    from torch.nn.attention.flex_attention import create_block_mask

    return create_block_mask(visible(ends, held, device), None, None, len(ends), held + len(ends), device=device)
