"""Greedy generation until a stop string, with the text that lm-eval's own model class would give.

lm-eval lets a whole batch run on until one and the same stop string has appeared in every row; here a
row is done with its first stop string. The texts are the same, because everything after it is cut off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gptalt_catalog.verify.pipeline.requests import NotANumberError, PipelineError, Request, canonical
from gptalt_catalog.verify.pipeline.tokens import Encoder

MAX_NEW_TOKENS = 256
_LENGTHS = ("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens")


@dataclass(frozen=True)
class Wish:
    """How to generate: at most ``length`` new tokens, up to the first of ``stops``, the rest as transformers has it."""

    stops: tuple[str, ...]
    length: int
    others: Mapping[str, Any]

    @property
    def group(self) -> str:
        """Requests of one group may share a batch."""
        return canonical([list(self.stops), self.length, dict(self.others)])


def wish_of(request: Request, end: str | None) -> Wish:
    """What a request's generation settings mean. ``end`` is the text of the tokenizer's EOS, one more stop.

    Raises :class:`PipelineError` for sampling, which no seed makes repeatable across machines.
    """
    settings = dict(request.args[1])
    until = settings.pop("until", None) or []
    stops = [until] if isinstance(until, str) else list(until)
    if end is not None and end not in stops:
        stops.append(end)
    lengths = [value for name in _LENGTHS if (value := settings.pop(name, None)) is not None]
    temperature = float(settings.pop("temperature", 0.0) or 0.0)
    if settings.pop("do_sample", None) or (temperature > 0 and "do_sample" not in request.args[1]):
        raise PipelineError("this task samples its answers; only greedy decoding can be repeated elsewhere")
    return Wish(tuple(stop for stop in stops if stop), int(lengths[0]) if lengths else MAX_NEW_TOKENS, settings)


def cut(text: str, stops: Sequence[str]) -> str:
    """The text before the first stop string."""
    for stop in stops:
        text = text.split(stop, maxsplit=1)[0]
    return text


class Generator:
    """Generates for one model of transformers, which is on its device already."""

    def __init__(self, model: Any, tokenizer: Any, encoder: Encoder, max_length: int) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.max_length = max_length
        self.encoder = encoder
        self.end = None if encoder.eos is None else str(tokenizer.decode(encoder.eos, skip_special_tokens=False))
        found = (tokenizer.pad_token_id, tokenizer.unk_token_id, encoder.eos, 0)
        self.pad = next(int(token) for token in found if token is not None)

    def context(self, request: Request, wish: Wish) -> tuple[tuple[int, ...], bool]:
        """The tokens to start from, cut from the left to leave room, and whether they had to be cut."""
        room = self.max_length - wish.length
        if room <= 0:
            raise PipelineError(
                f"{wish.length} new tokens do not fit the model's {self.max_length}; leave this task out for this model"
            )
        ids = self.encoder.encode(request.args[0], request.encoding)
        if not ids:
            if self.encoder.prefix is None:
                raise PipelineError("the tokenizer has neither a BOS nor an EOS token to stand for an empty context")
            ids = [self.encoder.prefix]
        return tuple(ids[-room:]), len(ids) > room

    @cached_property
    def skips_padding(self) -> bool:
        """Whether rows of different lengths may share a batch.

        Tried out on the model: recurrent ones take an attention mask and do not heed it.
        """
        import torch

        wish, row = Wish((), 1, {}), tuple(range(1, 8))
        one, other = (
            self._run([row], wish, width, output_scores=True, return_dict_in_generate=True).scores[0].float()
            for width in (len(row), len(row) + 5)
        )
        close = torch.allclose(one, other, rtol=0.02, atol=0.02 * float(one.abs().max()))
        return bool(close and one.argmax() == other.argmax())

    def generate(self, rows: Sequence[tuple[int, ...]], wish: Wish) -> list[str]:
        """The generated texts of one batch, without the stop strings."""
        width = max(len(row) for row in rows)
        found = self._run(rows, wish, width)
        texts = [str(self.tokenizer.decode(row[width:], skip_special_tokens=True)) for row in found.tolist()]
        return [cut(text, wish.stops) for text in texts]

    def _run(self, rows: Sequence[tuple[int, ...]], wish: Wish, width: int, **options: Any) -> Any:
        """Greedy decoding by transformers, of rows that are padded on the left to ``width`` tokens."""
        import torch

        padded = [[self.pad] * (width - len(row)) + list(row) for row in rows]
        mask = [[0] * (width - len(row)) + [1] * len(row) for row in rows]
        with torch.no_grad():
            return self.model.generate(
                input_ids=torch.tensor(padded, device=self.model.device),
                attention_mask=torch.tensor(mask, device=self.model.device),
                max_length=width + wish.length,
                do_sample=False,
                pad_token_id=self.pad,
                use_cache=True,
                stopping_criteria=_stopping(self.tokenizer, wish.stops, width, len(rows)),
                logits_processor=_watching(),
                **wish.others,
                **options,
            )


def _stopping(tokenizer: Any, stops: Sequence[str], start: int, rows: int) -> Any:
    """A stopping criterion: every row has met a stop string. Only the newest tokens are looked at."""
    from transformers import StoppingCriteria, StoppingCriteriaList

    look_back = 2 + max((len(tokenizer.encode(stop, add_special_tokens=False)) for stop in stops), default=0)

    class AllStopped(StoppingCriteria):
        """Remembers which rows are done."""

        def __init__(self) -> None:
            self.done = [False] * rows

        def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> bool:
            del scores, kwargs
            for number, row in enumerate(input_ids):
                if not self.done[number]:
                    newest = tokenizer.decode(row[start:][-look_back:])
                    self.done[number] = any(stop in newest for stop in stops)
            return all(self.done)

    return StoppingCriteriaList([AllStopped()])


def _watching() -> Any:
    """A processor that changes no logits, but raises :class:`NotANumberError` if they are no numbers."""
    from transformers import LogitsProcessor, LogitsProcessorList

    class Watching(LogitsProcessor):
        """Looks at the logits of each step."""

        def __call__(self, input_ids: Any, scores: Any) -> Any:
            del input_ids
            if scores.isnan().any():
                raise NotANumberError
            return scores

    return LogitsProcessorList([Watching()])
