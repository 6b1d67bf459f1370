"""One pass through a model: memory in, memory out, and the output head at chosen positions only.

Most of a stock pass over a short-answer benchmark goes into logits that nobody looks at, above all with
large vocabularies. A hook before the output head picks the positions, so the model's own code stays as it
is, whatever it does to logits afterwards.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gptalt_catalog.verify.pipeline.prefix.memory import KeysAndValues, Memory, State

Place = tuple[int, int]
"""Row and column of a batch."""

_LOGITS_AT_ONCE = 2**25
"""Numbers that the softmax turns into float32 together: 128 MiB."""


class CannotPickError(Exception):
    """The model's logits are not of the positions that were picked."""


@dataclass(frozen=True)
class Output:
    """Logits [picked, vocabulary] at the picked places, and the memory after the pass."""

    logits: Any
    memory: Memory | None


class Outputs:
    """Runs a model of transformers with its output head at chosen places."""

    def __init__(self, model: Any) -> None:
        """Raises :class:`CannotPickError` for a model without an output head of its own."""
        self.model = model
        taken = inspect.signature(model.forward).parameters
        self.takes_positions = "position_ids" in taken
        self.recurrent = "state" in taken and "past_key_values" not in taken
        self.fed = 0
        """Tokens that were fed, padding included."""
        head = model.get_output_embeddings()
        if head is None:
            raise CannotPickError("the model has no output head that could be used alone")
        self._head = head

    def run(
        self,
        inputs: Sequence[Sequence[int]],
        picked: Sequence[Place],
        memory: Memory | None = None,
        *,
        keep: bool = False,
        positions: Sequence[Sequence[int]] | None = None,
        mask: Any = None,
    ) -> Output:
        """Feed rows of equal length on top of ``memory``.

        ``keep``: whether the memory afterwards is wanted. ``mask``: whatever the model takes as
        attention mask. Without positions and mask the rows go on where the memory ends.
        """
        import torch

        device = self.model.device
        options: dict[str, Any] = {}
        if mask is not None:
            options["attention_mask"] = mask
        if positions is not None:
            options["position_ids"] = torch.tensor(positions, device=device)
        if self.recurrent:
            options |= {"state": memory.copied() if isinstance(memory, State) else None, "use_cache": keep}
        elif keep or memory is not None:
            cache = memory.cache() if isinstance(memory, KeysAndValues) else _empty()
            options |= {"past_key_values": cache, "use_cache": True}
        else:
            options["use_cache"] = False
        self.fed += len(inputs) * len(inputs[0])
        picking = self._head.register_forward_pre_hook(_Picker(picked or [(0, 0)]))
        try:
            with torch.inference_mode():
                found = self.model(input_ids=torch.tensor(inputs, device=device), **options)
        finally:
            picking.remove()
        logits = found.logits
        if logits.shape[:2] != (1, len(picked or [(0, 0)])):
            raise CannotPickError(f"{tuple(logits.shape[:2])} logits came where {len(picked)} were picked")
        return Output(logits[0][: len(picked)], self._memory(found, memory, len(inputs[0])) if keep else None)

    def _memory(self, found: Any, before: Memory | None, fed: int) -> Memory:
        if self.recurrent:
            return State(tuple(found.state), fed + (before.tokens if before is not None else 0))
        return KeysAndValues.of(found.past_key_values)


def _empty() -> Any:
    from transformers import DynamicCache

    return DynamicCache()


class _Picker:
    """Replaces the input of the output head, [rows, columns, size], by [1, picked, size]."""

    def __init__(self, picked: Sequence[Place]) -> None:
        self.rows, self.columns = (list(part) for part in zip(*picked, strict=True))

    def __call__(self, module: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
        del module
        hidden = args[0]
        return (hidden[self.rows, self.columns].unsqueeze(0), *args[1:])


@dataclass(frozen=True)
class Judged:
    """For each asked (picked place, token): its log-probability, and whether it is the most probable token."""

    log_probabilities: list[float]
    greedy: list[bool]


def judge(logits: Any, asked: Sequence[tuple[int, int]]) -> Judged:
    """Log-probabilities in float32 of tokens, from logits [picked, vocabulary].

    The most probable token of all places is not searched for, which would take as long as the softmax: only
    where a token that is asked for has the greatest logit.
    """
    import torch

    by_place: dict[int, list[int]] = {}
    for number, (place, _) in enumerate(asked):
        by_place.setdefault(place, []).append(number)
    values, greedy = [0.0] * len(asked), [False] * len(asked)
    step = max(1, _LOGITS_AT_ONCE // logits.shape[-1])
    for start in range(0, len(logits), step):
        numbers = [n for place in range(start, min(start + step, len(logits))) for n in by_place.get(place, ())]
        if not numbers:
            continue
        part = logits[start : start + step].float()
        places = torch.tensor([asked[n][0] - start for n in numbers], device=part.device)
        tokens = torch.tensor([asked[n][1] for n in numbers], device=part.device)
        found = torch.log_softmax(part, dim=-1)[places, tokens].tolist()
        top = (part[places, tokens] == part.amax(dim=-1)[places]).nonzero().flatten()
        first = part[places[top]].argmax(dim=-1) == tokens[top]  # of equals the first is chosen
        best = {n for n, chosen in zip(top.tolist(), first.tolist(), strict=True) if chosen}
        for n, number in enumerate(numbers):
            values[number], greedy[number] = found[n], n in best
    return Judged(values, greedy)
