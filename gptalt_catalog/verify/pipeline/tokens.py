"""From texts to tokens, by the rules of lm-eval 0.4.13 and of two older versions.

A token more or less in front, or a context and a continuation that are joined before or after they are
encoded, move scores; so these rules stand apart from the model and are tested against lm-eval itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gptalt_catalog.verify.pipeline.requests import Encoding, PipelineError, Request

DEFAULT_MAX_LENGTH = 2048
_UNLIMITED = 1_000_000_000_000_000_019_884_624_838_656  # transformers' "no limit is known"


@dataclass(frozen=True)
class Pair:
    """Token ids of a context (at least one) and of the continuation that is scored after it."""

    context: tuple[int, ...]
    continuation: tuple[int, ...]

    @property
    def inputs(self) -> tuple[int, ...]:
        """What is fed to the model: all but the last token."""
        return (self.context + self.continuation)[:-1]


def max_length_of(config: Any, tokenizer: Any) -> int:
    """The longest input of a model in tokens, found where lm-eval 0.4.13 looks for it."""
    config = getattr(config, "text_config", None) or config
    for name in ("n_positions", "max_position_embeddings", "n_ctx"):
        if (found := getattr(config, name, None)) is not None:
            return int(found)
    found = getattr(tokenizer, "model_max_length", None)
    return DEFAULT_MAX_LENGTH if found is None or found >= _UNLIMITED else int(found)


class Encoder:
    """The rules for one tokenizer (of transformers)."""

    def __init__(self, tokenizer: Any) -> None:
        """Find the token that stands before a text without context: the tokenizer's BOS, else its EOS."""
        self.tokenizer = tokenizer
        self.eos: int | None = tokenizer.eos_token_id
        self.prefix: int | None = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else self.eos
        self._prefix_text: str | None = None if self.prefix is None else tokenizer.decode(self.prefix)
        self._last: tuple[tuple[str, str], tuple[int, ...]] | None = None

    def encode(self, text: str, encoding: Encoding = "joint") -> list[int]:
        """Token ids of a text that begins a sequence.

        Under ``joint`` the tokenizer adds what it adds by itself, unless the text starts with it already.
        """
        if encoding != "joint" or (self._prefix_text is not None and text.startswith(self._prefix_text)):
            return list(self.tokenizer.encode(text, add_special_tokens=False))
        return list(self.tokenizer.encode(text))

    def pair(self, request: Request) -> Pair:
        """The tokens of a log-likelihood request. Raises :class:`PipelineError` if nothing is left to score."""
        context, continuation = request.args
        if context == "":
            pair = self._without_context(continuation, request.encoding)
        elif request.encoding == "separate-plain":
            pair = Pair(tuple(self.encode(context, "separate-plain")), tuple(self.encode(continuation, "joint-plain")))
        else:
            pair = self._joined(context, continuation, request.encoding)
        if not pair.context or not pair.continuation:
            raise PipelineError(f"{continuation[:40]!r} after {context[-40:]!r} is no token of its own here")
        return pair

    def _without_context(self, continuation: str, encoding: Encoding) -> Pair:
        start = self.eos if encoding != "joint" else self.prefix  # before 0.4 it was always the EOS
        if start is None:
            raise PipelineError("the tokenizer has neither a BOS nor an EOS token to stand before an empty context")
        ids = tuple(self.tokenizer.encode(continuation, add_special_tokens=False))
        if encoding == "joint" and ids[:1] == (start,):
            return Pair(ids[:1], ids[1:])
        return Pair((start,), ids)

    def _joined(self, context: str, continuation: str, encoding: Encoding) -> Pair:
        """Blanks at the end of the context belong to the continuation's first word."""
        bare = context.rstrip()
        continuation, context = context[len(bare) :] + continuation, bare
        whole, start = self.encode(context + continuation, encoding), self._context(context, encoding)
        return Pair(start, tuple(whole[len(start) :]))

    def _context(self, text: str, encoding: Encoding) -> tuple[int, ...]:
        """The tokens of a context, which the choices of an item ask for one after the other."""
        if self._last is None or self._last[0] != (text, encoding):
            self._last = (text, encoding), tuple(self.encode(text, encoding))
        return self._last[1]

    def windows(self, request: Request, max_length: int) -> Iterator[Pair]:
        """A text cut into pieces of at most ``max_length`` tokens, each token being scored once.

        Every piece but the first sees one token before itself, and the last one as much as fits.
        """
        ids = self.encode(request.args[0], request.encoding)
        start = self.eos if request.encoding != "joint" else self.prefix
        if start is None:
            raise PipelineError("the tokenizer has neither a BOS nor an EOS token to stand before a text")
        done = min(max_length, len(ids))
        if done:
            yield Pair((start,), tuple(ids[:done]))
        while done < len(ids):
            end = min(done + max_length, len(ids))
            first = max(end - max_length - 1, 0)
            yield Pair(tuple(ids[first:done]), tuple(ids[done:end]))
            done = end


def fitted(pair: Pair, max_length: int) -> tuple[Pair, bool]:
    """The pair cut from the left to what the model can read, and whether it had to be cut.

    Raises :class:`PipelineError` if the continuation alone is too long.
    """
    if len(pair.continuation) > max_length:
        raise PipelineError(
            f"an answer of {len(pair.continuation)} tokens does not fit the model's {max_length}; "
            "leave this task out for this model"
        )
    room = max_length + 1 - len(pair.continuation)
    if len(pair.context) <= room:
        return pair, False
    return Pair(pair.context[-room:], pair.continuation), True


def same_tokens(requests: Sequence[Request], encoder: Encoder, one: Encoding, other: Encoding) -> bool:
    """Whether two encodings give the same tokens for all these requests.

    Where they do, it does not matter which version of lm-eval a claim comes from.
    """

    def ids(request: Request, encoding: Encoding) -> Any:
        if request.kind != "loglikelihood":
            return encoder.encode(request.args[0], encoding)
        try:
            return encoder.pair(Request(request.kind, request.args, encoding))
        except PipelineError:
            return encoding  # no token is left to score; the other encoding may find one

    return all(ids(request, one) == ids(request, other) for request in requests)
