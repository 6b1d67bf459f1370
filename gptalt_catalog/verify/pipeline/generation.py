"""Greedy generation until a stop string, with the text that lm-eval's own model class would give.

lm-eval lets a whole batch run on until one and the same stop string has appeared in every row; here a
row is done with its first stop string. The texts are the same, because everything after it is cut off.
Where a check on real prompts allows it, rows do not even wait for one another (:mod:`.prefix.decoding`);
else transformers generates batch by batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gptalt_catalog.verify.pipeline.batches import Batches
from gptalt_catalog.verify.pipeline.prefix.decoding import Decoder
from gptalt_catalog.verify.pipeline.prefix.expected import WORTH_KEEPING, shared_prefix
from gptalt_catalog.verify.pipeline.prefix.memory import KeysAndValues
from gptalt_catalog.verify.pipeline.prefix.scoring import FAILURES
from gptalt_catalog.verify.pipeline.prefix.selfcheck import Check, dtype_of
from gptalt_catalog.verify.pipeline.prefix.trie import common_length
from gptalt_catalog.verify.pipeline.requests import NotANumberError, PipelineError, Request, canonical
from gptalt_catalog.verify.pipeline.tokens import Encoder

STOCK = "stock-1"
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


PLAIN = frozenset(
    [
        *(
            "bos_token_id",
            "cache_implementation",
            "decoder_start_token_id",
            "do_sample",
            "eos_token_id",
            "max_length",
            "max_new_tokens",
        ),
        *("min_p", "output_attentions", "output_hidden_states", "pad_token_id", "return_dict_in_generate"),
        *("temperature", "top_k", "top_p", "transformers_version", "typical_p", "use_cache", "_from_model_config"),
    ]
)
"""Settings of a model's generation config that do not change what greedy decoding chooses."""

_CHECKED_PROMPTS = 4
_CHECKED_TOKENS = 12
_ROUNDING = {"float32": 1e-3}
"""The largest difference of two logits that counts as a tie; in short types 0.5."""


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
        self.decoder: Decoder | None = None
        self.checked = Check()

    @property
    def name(self) -> str:
        """The way to generate, with its version."""
        return STOCK if self.decoder is None else self.decoder.name

    def check(self, decoder: Decoder, prompts: Sequence[tuple[int, ...]], wish: Wish) -> Check:
        """Use ``decoder`` from now on if it gives what transformers gives, on the first tokens after some prompts."""
        against = self._against(decoder)
        if against:
            self.checked = Check("not-run", f"generation batch by batch: {against}")
            return self.checked
        short = Wish((), min(wish.length, _CHECKED_TOKENS), {})
        by_length = sorted(set(prompts), key=len)
        some = by_length[:: max(1, len(by_length) // _CHECKED_PROMPTS)][:_CHECKED_PROMPTS]
        try:
            reason = self._different(decoder, some, short)
        except FAILURES as error:
            if isinstance(error, PipelineError):
                raise
            reason = f"{type(error).__name__}"
        self.decoder = None if reason else decoder
        self.checked = Check("fallback", f"generation: {reason}") if reason else Check("passed")
        return self.checked

    def _against(self, decoder: Decoder) -> str:
        """Why the decoder is not for this model; empty if it may be."""
        if decoder.outputs.recurrent:
            return "the model is recurrent"
        settings = set(self.model.generation_config.to_diff_dict()) - PLAIN
        return f"the model has settings of its own: {', '.join(sorted(settings))}" if settings else ""

    def _different(self, decoder: Decoder, prompts: Sequence[tuple[int, ...]], wish: Wish) -> str:
        """What is wrong with the decoder's tokens; empty if nothing is."""
        found = decoder.decode(prompts, wish.length, self._is_done(wish), self._shared(decoder, prompts))
        for prompt, new in zip(prompts, found, strict=True):
            wanted = self._run([prompt], wish, len(prompt)).tolist()[0][len(prompt) :]
            agreed = common_length(new, wanted)
            if agreed < min(len(new), len(wanted)):
                logits = decoder.outputs.run([[*prompt, *new[:agreed]]], [(0, len(prompt) + agreed - 1)]).logits[0]
                apart = float(logits.max() - logits[[new[agreed], wanted[agreed]]].min())
                if apart > _ROUNDING.get(dtype_of(self.model), 0.5):
                    return "other tokens than those of transformers"
        return ""

    def _shared(self, decoder: Decoder, prompts: Sequence[tuple[int, ...]]) -> tuple[int, KeysAndValues] | None:
        """What all prompts begin with, and its memory, if that is worth it."""
        prefix = shared_prefix(prompts)
        depth = min([len(prefix or ()), *(len(prompt) - 1 for prompt in prompts)])
        if depth < WORTH_KEEPING:
            return None
        memory = decoder.outputs.run([prompts[0][:depth]], [], keep=True).memory
        return (depth, memory) if isinstance(memory, KeysAndValues) else None

    def _is_done(self, wish: Wish) -> Callable[[list[int]], bool]:
        """Whether new tokens end with an end token or hold a stop string. Only the newest tokens are looked at."""
        ends = self.model.generation_config.eos_token_id
        end_tokens = set(ends) if isinstance(ends, list) else {ends}
        look_back = _look_back(self.tokenizer, wish.stops)

        def done(new: list[int]) -> bool:
            if new[-1] in end_tokens:
                return True
            newest = self.tokenizer.decode(new[-look_back:])
            return any(stop in newest for stop in wish.stops)

        return done

    def answers(self, prompts: Sequence[tuple[int, ...]], wish: Wish, batches: Batches) -> list[str]:
        """The generated texts of all prompts, without the stop strings."""
        if self.decoder is not None and not wish.others:
            shared = self._shared(self.decoder, prompts)
            found = self.decoder.decode(prompts, wish.length, self._is_done(wish), shared)
            return [cut(str(self.tokenizer.decode(new, skip_special_tokens=True)), wish.stops) for new in found]
        texts: dict[int, str] = {}
        groups: dict[int, list[int]] = {}
        for number, prompt in enumerate(prompts):
            groups.setdefault(0 if self.skips_padding else len(prompt), []).append(number)

        def work(numbers: Sequence[int]) -> None:
            texts.update(zip(numbers, self.generate([prompts[n] for n in numbers], wish), strict=True))

        for numbers in groups.values():
            batches.run(numbers, lambda number: len(prompts[number]) + wish.length, work)
        return [texts[number] for number in range(len(prompts))]

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
                stopping_criteria=stopping(self.tokenizer, wish.stops, width, len(rows)),
                logits_processor=watching(),
                **wish.others,
                **options,
            )


def _look_back(tokenizer: Any, stops: Sequence[str]) -> int:
    """How many of the newest tokens can hold a stop string that has just ended."""
    return 2 + max((len(tokenizer.encode(stop, add_special_tokens=False)) for stop in stops), default=0)


def stopping(tokenizer: Any, stops: Sequence[str], start: int, rows: int) -> Any:
    """A stopping criterion: every row has met a stop string. Only the newest tokens are looked at."""
    from transformers import StoppingCriteria, StoppingCriteriaList

    look_back = _look_back(tokenizer, stops)

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


def watching() -> Any:
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
