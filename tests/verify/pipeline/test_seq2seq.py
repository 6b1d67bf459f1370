"""Encoder-decoders: the log-likelihoods and texts of lm-eval's own seq2seq backend, on tiny random models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lm_eval")
pytest.importorskip("torch")

from gptalt_catalog.verify.pipeline.requests import Document, NotANumberError, PipelineError, Request
from gptalt_catalog.verify.pipeline.scorer import description, load
from gptalt_catalog.verify.pipeline.seq2seq import NAME, Seq2SeqScorer
from tests.verify.pipeline import models
from tests.verify.pipeline.test_scorer import documents, harness_answers

pytestmark = pytest.mark.verify


def tokenizer_with_end() -> Any:
    """As T5's: no BOS, and an end of sequence that the tokenizer adds to every text; token 0 is the padding."""
    from tokenizers import processors

    found = models.random_tokenizer(pad=True)
    end = found.eos_token_id
    found.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", end)]
    )
    return found


def random_pairs(kind: str) -> tuple[Any, Any]:
    """A tiny T5, mT5 or BART with random weights, and its tokenizer."""
    import torch
    import transformers

    models.one_thread()
    torch.manual_seed(3)
    tokenizer = tokenizer_with_end()
    common = {
        "vocab_size": len(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "decoder_start_token_id": tokenizer.pad_token_id,
    }
    t5 = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4, "n_positions": 96, "dropout_rate": 0.0}
    if kind == "bart":
        config: Any = transformers.BartConfig(
            d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4,
            encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=96, init_std=0.5, bos_token_id=None,
            forced_eos_token_id=None, **common,
        )  # fmt: skip
        model: Any = transformers.BartForConditionalGeneration(config)
    elif kind == "mt5":
        config = transformers.MT5Config(**t5, **common, feed_forward_proj="gated-gelu", tie_word_embeddings=False)
        model = transformers.MT5ForConditionalGeneration(config)
    else:
        model = transformers.T5ForConditionalGeneration(transformers.T5Config(**t5, **common))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(std=0.3)
    return model.eval(), tokenizer


def direct(model: Any, tokenizer: Any, batch: int = 1) -> Any:
    from lm_eval.models.huggingface import HFLM

    options = {"pretrained": model, "tokenizer": tokenizer, "device": "cpu", "softmax_dtype": "float32"}
    return HFLM(**options, backend="seq2seq", batch_size=batch)


@pytest.mark.parametrize("kind", ["t5", "mt5", "bart"])
def test_answers_are_lm_evals(kind: str) -> None:
    model, tokenizer = random_pairs(kind)
    some = documents(10)
    empty = Document("quiz", "quiz", 99, "", (Request("loglikelihood", ("", " river")),))
    blank = Document("quiz", "quiz", 98, "", (Request("loglikelihood", ("the cat  ", "river")),))
    some += [empty, blank]
    scorer = Seq2SeqScorer(model, tokenizer)
    found = {k: v for one in scorer.answer(some) for k, v in one.answers.items()}
    wanted = harness_answers(direct(model, tokenizer), some)
    assert set(found) == set(wanted)
    texts = 0
    for key, value in wanted.items():
        texts += isinstance(value, str)
        assert found[key] == (pytest.approx(value, abs=1e-3) if not isinstance(value, str) else value)
    assert texts >= 10
    assert len({str(v) for v in wanted.values() if isinstance(v, str)}) > 1


def test_answers_do_not_depend_on_the_batch() -> None:
    pair = random_pairs("t5")
    some = documents(7)
    one, other = (Seq2SeqScorer(*pair, batch=batch).answer(some) for batch in (1, 64))
    for left, right in zip(one, other, strict=True):
        assert left.answers == {
            k: v if isinstance(v, str) else pytest.approx(v, abs=1e-3) for k, v in right.answers.items()
        }


def test_a_context_is_encoded_once_for_all_its_choices() -> None:
    scorer = Seq2SeqScorer(*random_pairs("t5"))
    asked = tuple(Request("loglikelihood", ("the cat Answer:", f" {x} engine")) for x in "ABCD")
    (found,) = scorer.answer([Document("q", "q", 0, "", asked)])
    pairs = [scorer.encoder.pair(request) for request in asked]
    assert found.tokens == len(pairs[0].context) + sum(len(pair.continuation) for pair in pairs)


def test_long_contexts_are_cut_from_the_left_and_counted() -> None:
    model, tokenizer = random_pairs("t5")
    long = Document("q", "q", 0, "", (Request("loglikelihood", ("river " * 200, " cat")),))
    scorer = Seq2SeqScorer(model, tokenizer, max_length=32)
    (found,) = scorer.answer([long])
    assert found.truncated == 1
    lm = direct(model, tokenizer)
    lm._max_length = 32
    assert found.answers == {k: pytest.approx(v, abs=1e-3) for k, v in harness_answers(lm, [long]).items()}
    with pytest.raises(PipelineError, match="does not fit"):
        scorer.answer([Document("q", "q", 1, "", (Request("loglikelihood", ("a", " river cat" * 60)),))])


def test_older_eras_get_todays_tokens() -> None:
    scorer = Seq2SeqScorer(*random_pairs("t5"))
    today, older = (
        scorer.encoder.pair(Request("loglikelihood", ("the cat", " river"), encoding))
        for encoding in ("joint", "separate-plain")
    )
    assert today == older
    assert today.context[-1] == scorer.encoder.eos


def test_outputs_that_are_no_numbers_are_told() -> None:
    import torch

    model, tokenizer = random_pairs("t5")
    with torch.no_grad():
        model.lm_head.weight.fill_(float("nan"))
    with pytest.raises(NotANumberError):
        Seq2SeqScorer(model, tokenizer).answer(documents(1, ["loglikelihood"]))


def test_a_folder_with_an_encoder_decoder_is_loaded_as_one(tmp_path: Path) -> None:
    model, tokenizer = random_pairs("t5")
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    scorer = load(tmp_path, device="cpu")
    assert isinstance(scorer, Seq2SeqScorer)
    said = description(scorer, tmp_path)
    assert (said["scorer"], said["self_check"]) == (NAME, "not-run")
    some = documents(2, ["loglikelihood"])
    assert scorer.answer(some)[0].answers == Seq2SeqScorer(model, tokenizer).answer(some)[0].answers


def test_in_eight_bits_it_still_answers(tmp_path: Path) -> None:
    model, tokenizer = random_pairs("t5")
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    small, full = load(tmp_path, device="cpu", dtype="int8"), load(tmp_path, device="cpu")
    assert small.weights_bytes < full.weights_bytes
    some = documents(2, ["loglikelihood", "generate_until"])
    for one, other in zip(small.answer(some), full.answer(some), strict=True):
        assert one.answers.keys() == other.answers.keys()


def test_claims_of_older_versions_are_of_unknown_comparability() -> None:
    from fractions import Fraction
    from types import SimpleNamespace
    from typing import cast

    from gptalt_catalog.verify.pipeline.protocols import Reading, Run
    from gptalt_catalog.verify.session import _settled
    from gptalt_catalog.verify.targets import Target, TaskLink

    scorer = Seq2SeqScorer(*random_pairs("t5"))
    found = []
    for run in ("boolq_0shot", "boolq_0shot@lm-eval-0.3"):
        reading = Reading(Run.parse(run), "acc", "equivalent", "compared")
        link = TaskLink(run, "acc", "equivalent", "compared")
        target = Target("p", "s", "50.0", "percent", link, Fraction(1, 2), Fraction(1, 2000))
        found.append(
            _settled(target, cast("Any", [SimpleNamespace(id=run)]), {run: reading}, scorer).link.comparability
        )
    assert found == ["equivalent", "unknown"]
