"""Answers requests with an encoder-decoder (T5, mT5, Flan-T5, BART …): lm-eval's numbers, each context encoded once.

lm-eval gives the context to the encoder and the continuation to the decoder, each encoded by itself. Here the
encoder runs once for all continuations of a context. The rules are those of lm-eval 0.4.13 whatever the era
of a claim: older versions split sequences as for a causal model, and cut continuations wrongly by it, so
that a comparison with them is of unknown worth.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gptalt_catalog.verify.pipeline.batches import TOKENS_A_BATCH, Batches
from gptalt_catalog.verify.pipeline.generation import Generator, Wish, cut, stopping, watching
from gptalt_catalog.verify.pipeline.prefix.selfcheck import Check
from gptalt_catalog.verify.pipeline.requests import Answer, Document, Encoding, PipelineError, Request
from gptalt_catalog.verify.pipeline.scorer import Costs, Scorer
from gptalt_catalog.verify.pipeline.stock import Found, number
from gptalt_catalog.verify.pipeline.tokens import Encoder, Pair, max_length_of

NAME = "seq2seq-1"


class PartsEncoder(Encoder):
    """Encodes context and continuation each by itself, as lm-eval does for encoder-decoders."""

    def encode(self, text: str, encoding: Encoding = "joint") -> list[int]:
        """Token ids of a context, with what the tokenizer adds (an end of sequence), in every era."""
        del encoding
        return super().encode(text, "joint")

    def _joined(self, context: str, continuation: str, encoding: Encoding) -> Pair:
        """Blanks at the end of the context belong to the continuation."""
        bare = context.rstrip()
        continuation, context = context[len(bare) :] + continuation, bare
        start = self.encode(context, encoding)
        return Pair(tuple(start), tuple(self.tokenizer.encode(continuation, add_special_tokens=False)))

    def pair(self, request: Request) -> Pair:
        """The tokens for encoder and decoder. Raises :class:`PipelineError` if nothing is left to score."""
        return super().pair(Request(request.kind, request.args, "joint"))


@dataclass
class Context:
    """What the encoder reads once, and everything that the decoder is asked after it: (name, continuation)."""

    inputs: tuple[int, ...]
    asked: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)

    @property
    def longest(self) -> int:
        """The longest continuation."""
        return max(len(continuation) for _, continuation in self.asked)


@dataclass
class OneWay:
    """What stands where a causal model has its ways to score: there is one way, and nothing to check."""

    name: str = NAME
    choice: str = "stock"
    checked: Check = field(default_factory=Check)
    outputs_fed: int = 0

    def settle(self) -> None:
        """It is settled."""


class Seq2SeqScorer(Scorer):
    """Answers requests with an encoder-decoder and its tokenizer (both of transformers), on its device already."""

    exact_eras = False

    def __init__(self, model: Any, tokenizer: Any, *, batch: int | None = None, max_length: int | None = None) -> None:
        """``batch``: contexts a batch, by default as many as a token budget allows."""
        self.model = model
        self.encoder = PartsEncoder(tokenizer)
        self.max_length = max_length or max_length_of(model.config, tokenizer)
        self.batches = Batches(TOKENS_A_BATCH.get(model.device.type, TOKENS_A_BATCH["cpu"]), batch)
        self.rows: Any = OneWay()
        self.generator = Seq2SeqGenerator(model, tokenizer, self.encoder, self.max_length)
        model.eval()

    def check(self, documents: Sequence[Document]) -> Check:
        """There is nothing to choose from."""
        del documents
        return self.self_check

    def _loglikelihoods(
        self, requests: Mapping[str, Request], answers: MutableMapping[str, Answer], costs: Costs
    ) -> None:
        contexts: dict[tuple[int, ...], Context] = {}
        for key, request in requests.items():
            self._ask(self.encoder.pair(request), key, contexts, costs)
        answers.update(self._scored(list(contexts.values())))

    def _ask(self, pair: Pair, name: str, contexts: dict[tuple[int, ...], Context], costs: Costs) -> None:
        if len(pair.continuation) > self.max_length:
            raise PipelineError(
                f"an answer of {len(pair.continuation)} tokens does not fit the model's {self.max_length}; "
                "leave this task out for this model"
            )
        inputs = pair.context[-self.max_length :]
        cost = costs.setdefault(name.partition(" ")[0], [0, 0])
        cost[0] += len(pair.continuation) + (0 if inputs in contexts else len(inputs))
        cost[1] |= int(len(pair.context) > self.max_length)
        contexts.setdefault(inputs, Context(inputs)).asked.append((name, pair.continuation))

    def _rolling(self, requests: Mapping[str, Request], answers: MutableMapping[str, Answer], costs: Costs) -> None:
        """lm-eval's windows: what precedes a window goes to the encoder, the window to the decoder."""
        contexts: dict[tuple[int, ...], Context] = {}
        pieces: dict[str, int] = {}
        for key, request in requests.items():
            for place, pair in enumerate(self.encoder.windows(request, self.max_length)):
                self._ask(pair, f"{key} {place}", contexts, costs)
                pieces[key] = place + 1
        found = dict(self._scored(list(contexts.values())))
        for key in requests:
            answers[key] = sum((found[f"{key} {place}"][0] for place in range(pieces.get(key, 0))), 0.0)

    def _scored(self, contexts: Sequence[Context]) -> list[Found]:
        found: list[Found] = []
        self.batches.run(
            contexts,
            lambda one: len(one.inputs) + len(one.asked) * one.longest,
            lambda chunk: found.extend(self._forward(chunk)),
        )
        return found

    def _forward(self, contexts: Sequence[Context]) -> list[Found]:
        import torch

        device = self.model.device
        rows = [(place, name, tokens) for place, one in enumerate(contexts) for name, tokens in one.asked]
        width = max(len(tokens) for _, _, tokens in rows)
        labels = torch.tensor([list(tokens) + [0] * (width - len(tokens)) for _, _, tokens in rows], device=device)
        places = torch.tensor([place for place, _, _ in rows], device=device)
        inputs, mask = padded([one.inputs for one in contexts], device)
        with torch.no_grad():
            encoded = self.model.get_encoder()(input_ids=inputs, attention_mask=mask, return_dict=True)
            encoded.last_hidden_state = encoded.last_hidden_state[places]
            logits = self.model(encoder_outputs=encoded, attention_mask=mask[places], labels=labels).logits
        found: list[Found] = []
        for (_, name, tokens), row in zip(rows, logits, strict=True):
            log_probabilities = torch.log_softmax(row[: len(tokens)].float(), dim=-1)
            target = torch.tensor(tokens, device=device)
            value = float(log_probabilities.gather(1, target.unsqueeze(1)).sum())
            found.append((name, (number(value), bool((log_probabilities.argmax(dim=-1) == target).all()))))
        return found


def padded(rows: Sequence[tuple[int, ...]], device: Any) -> tuple[Any, Any]:
    """Rows of tokens as a tensor, padded on the right, with its attention mask."""
    import torch

    width = max(len(row) for row in rows)
    inputs = torch.tensor([list(row) + [0] * (width - len(row)) for row in rows], device=device)
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows], device=device)
    return inputs, mask


class Seq2SeqGenerator(Generator):
    """Greedy decoding after an encoded context, with the text that lm-eval gives."""

    skips_padding = True  # the encoder heeds its mask: nothing to try out

    def context(self, request: Request, wish: Wish) -> tuple[tuple[int, ...], bool]:
        """The tokens for the encoder, cut from the left, and whether they had to be cut."""
        del wish  # the decoder's tokens take no room from the encoder's
        ids = self.encoder.encode(request.args[0], request.encoding)
        if not ids:
            raise PipelineError("an encoder-decoder cannot answer an empty prompt")
        return tuple(ids[-self.max_length :]), len(ids) > self.max_length

    def generate(self, rows: Sequence[tuple[int, ...]], wish: Wish) -> list[str]:
        """The generated texts of one batch, without the stop strings.

        lm-eval lets the decoder make as many tokens as the context has, plus ``wish.length``: so does this, for
        each row by itself.
        """
        import torch

        inputs, mask = padded(rows, self.model.device)
        limits = [len(row) + wish.length for row in rows]
        with torch.no_grad():
            found = self.model.generate(
                input_ids=inputs,
                attention_mask=mask,
                max_length=max(limits),
                do_sample=False,
                pad_token_id=self.pad,
                use_cache=True,
                stopping_criteria=stopping(self.tokenizer, wish.stops, 1, len(rows)),
                logits_processor=watching(),
                **wish.others,
            )
        texts = (
            str(self.tokenizer.decode(row[:limit], skip_special_tokens=True))
            for row, limit in zip(found.tolist(), limits, strict=True)
        )
        return [cut(text, wish.stops) for text in texts]
