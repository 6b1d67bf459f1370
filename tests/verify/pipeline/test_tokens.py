"""From texts to tokens: the rules of lm-eval 0.4.13, checked against its own model class."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lm_eval")
pytest.importorskip("torch")

from gptalt_catalog.verify.pipeline.requests import Encoding, PipelineError, Request
from gptalt_catalog.verify.pipeline.tokens import Encoder, Pair, fitted, max_length_of, same_tokens
from tests.verify.pipeline import models

pytestmark = pytest.mark.verify

CASES = (
    ("Question: who?\nAnswer:", " the teacher"),
    ("A blank at the end ", "cat"),
    ("Two blanks  \n ", " of them"),
    ("问题：月亮", "答案"),
    ("no blank", "between"),
    ("", " nothing in front"),
)


def harness(tokenizer: Any) -> Any:
    from lm_eval.models.huggingface import HFLM

    return HFLM(pretrained=models.random_model(tokenizer), tokenizer=tokenizer, device="cpu")


TOKENIZERS = {
    "eos only": lambda: models.random_tokenizer(),  # noqa: PLW0108
    "bos": lambda: models.random_tokenizer(bos=True),
    "bos and padding": lambda: models.random_tokenizer(bos=True, pad=True),
    "real, with bos": lambda: models.stories()[1],
}


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_pairs_are_lm_evals(kind: str) -> None:
    tokenizer = TOKENIZERS[kind]()
    lm, encoder = harness(tokenizer), Encoder(tokenizer)
    seen: list[Any] = []
    lm._loglikelihood_tokens = lambda rows, **_options: seen.extend(rows) or [(0.0, True)] * len(rows)  # type: ignore[func-returns-value,redundant-expr]
    from lm_eval.api.instance import Instance

    start = tokenizer.decode(encoder.prefix)
    cases = [*CASES, (f"{start}begins by itself", " and goes on"), ("", f"{start} and more")]
    lm.loglikelihood([Instance("loglikelihood", {}, case, 0) for case in cases], disable_tqdm=True)
    for case, (_, context, continuation) in zip(cases, seen, strict=True):
        assert encoder.pair(Request("loglikelihood", case)) == Pair(tuple(context), tuple(continuation)), case


@pytest.mark.parametrize("kind", TOKENIZERS)
@pytest.mark.parametrize("words", [1, 9, 10, 11, 12, 40])
def test_rolling_windows_are_lm_evals(kind: str, words: int) -> None:
    from lm_eval.utils import get_rolling_token_windows, make_disjoint_window

    tokenizer = TOKENIZERS[kind]()
    encoder, text = Encoder(tokenizer), " cat" * words
    ids = harness(tokenizer).tok_encode(text)
    wanted = map(make_disjoint_window, get_rolling_token_windows(ids, encoder.prefix, max_seq_len=10, context_len=1))
    found = encoder.windows(Request("loglikelihood_rolling", (text,)), 10)
    assert [(list(p.context), list(p.continuation)) for p in found] == list(wanted)


def test_older_versions_added_no_special_tokens_and_parted_the_texts() -> None:
    encoder = Encoder(models.random_tokenizer(bos=True))
    plain = encoder.encode("the cat", "joint-plain")
    assert encoder.encode("the cat") == [encoder.prefix, *plain]
    apart = encoder.pair(Request("loglikelihood", ("the ca", "t"), "separate-plain"))
    assert apart == Pair(tuple(encoder.encode("the ca", "joint-plain")), tuple(encoder.encode("t", "joint-plain")))
    assert encoder.pair(Request("loglikelihood", ("", " x"), "separate-plain")).context == (encoder.eos,)


@pytest.mark.parametrize(
    ("bos", "one", "other", "same"),
    [
        (False, "joint", "joint-plain", True),
        (True, "joint", "joint-plain", False),
        (False, "joint-plain", "separate-plain", True),
    ],
)
def test_whether_versions_differ_depends_on_the_tokenizer(
    bos: bool, one: Encoding, other: Encoding, same: bool
) -> None:
    requests = [
        Request("loglikelihood", ("Question: which river? Answer:", " the longest")),
        Request("generate_until", ("Question: which river?", {"until": ["."]})),
    ]
    assert same_tokens(requests, Encoder(models.random_tokenizer(bos=bos)), one, other) is same


def test_a_word_that_is_cut_in_two_shows_the_difference() -> None:
    requests = [Request("loglikelihood", ("the garde", "n"))]
    assert not same_tokens(requests, Encoder(models.random_tokenizer()), "joint-plain", "separate-plain")


def test_long_contexts_are_cut_from_the_left() -> None:
    pair = Pair((1, 2, 3, 4), (5, 6))
    assert fitted(pair, 5) == (pair, False)
    assert fitted(pair, 4) == (Pair((2, 3, 4), (5, 6)), True)
    with pytest.raises(PipelineError, match="an answer of 2 tokens does not fit the model's 1"):
        fitted(pair, 1)


def test_a_tokenizer_without_bos_and_eos_cannot_begin_from_nothing() -> None:
    encoder = Encoder(models.random_tokenizer(eos=False))
    assert encoder.pair(Request("loglikelihood", ("the", " cat"))).continuation
    for request in (Request("loglikelihood", ("", " cat")),):
        with pytest.raises(PipelineError, match="neither a BOS nor an EOS"):
            encoder.pair(request)
    with pytest.raises(PipelineError, match="neither a BOS nor an EOS"):
        list(encoder.windows(Request("loglikelihood_rolling", ("cat",)), 10))


def test_an_empty_continuation_is_an_error() -> None:
    with pytest.raises(PipelineError, match="is no token of its own"):
        Encoder(models.random_tokenizer()).pair(Request("loglikelihood", ("cat", "")))


class Config:
    """A model's configuration with some fields."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


@pytest.mark.parametrize(
    ("config", "length"),
    [
        (Config(n_positions=7), 7),
        (Config(max_position_embeddings=8), 8),
        (Config(n_ctx=9), 9),
        (Config(text_config=Config(max_position_embeddings=10), n_ctx=3), 10),
        (Config(), 2048),
    ],
)
def test_the_longest_input_is_found_where_lm_eval_looks(config: Any, length: int) -> None:
    from lm_eval.models.utils import resolve_max_length

    tokenizer = models.random_tokenizer()
    assert max_length_of(config, tokenizer) == length == resolve_max_length(config, tokenizer)
    tokenizer.model_max_length = 77
    assert max_length_of(config, tokenizer) == resolve_max_length(config, tokenizer)
