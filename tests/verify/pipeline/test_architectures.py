"""Every causal architecture of the survey's families, with random weights: the scorer is right, and fast where it says so."""

from __future__ import annotations

import pytest

pytest.importorskip("lm_eval")
pytest.importorskip("torch")

from gptalt_catalog.verify.pipeline.scorer import Scorer
from tests.verify.pipeline import models, parity
from tests.verify.pipeline.parity import ARCHITECTURES, CLOSE, CONTEXT, Architecture
from tests.verify.pipeline.test_scorer import documents, harness_answers

pytestmark = [pytest.mark.verify, pytest.mark.xdist_group("architectures")]

STAGED = {"gpt_neo", "bloom", "mpt", "falcon (ALiBi)", "mistral (sliding window)", "gemma2", "rwkv"}
STOCK = {"mamba"}
BY_LENGTH = {"rwkv", "mamba"}


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda one: one.label)
def test_answers_are_lm_evals(architecture: Architecture) -> None:
    from lm_eval.models.huggingface import HFLM

    tokenizer = models.random_tokenizer()
    model = parity.made(architecture, tokenizer)
    some = documents(3)
    scorer = Scorer(model, tokenizer, batch=4, max_length=CONTEXT)
    assert scorer.generator.skips_padding is (architecture.label != "rwkv")
    found = {k: v for one in scorer.answer(some) for k, v in one.answers.items()}
    lm = HFLM(
        pretrained=model, tokenizer=tokenizer, device="cpu", batch_size=1, max_length=CONTEXT, softmax_dtype="float32"
    )
    for key, value in harness_answers(lm, some).items():
        assert found[key] == (pytest.approx(value, abs=2e-3) if not isinstance(value, str) else value)


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda one: one.label)
def test_the_way_that_is_chosen_is_as_right_as_the_stock_way(architecture: Architecture) -> None:
    found = [parity.parity(architecture, bos=bos, cut=cut) for bos in (False, True) for cut in (False, True)]
    ways = {one.way for one in found}
    label = architecture.label
    assert ways == {"stock-1" if label in STOCK else "prefix-staged-1" if label in STAGED else "prefix-packed-1"}
    assert {one.generation for one in found} == {"stock-1" if label in BY_LENGTH else "refill-1"}
    assert max(one.apart for one in found) < CLOSE
    assert max(one.sensitive for one in found) > 20 * CLOSE, "this comparison would not have noticed another order"
    assert not any(one.other_texts for one in found)
    assert all(bool(one.note) == (label in STAGED | STOCK) for one in found)


@pytest.mark.parametrize("label", sorted(STAGED - {"bloom", "falcon (ALiBi)"}))
def test_packed_rows_would_be_wrong_without_a_word_where_they_are_left_out(label: str) -> None:
    (architecture,) = [one for one in ARCHITECTURES if one.label == label]
    assert parity.packed_anyway(architecture) == "would be wrong without a word"


def test_the_page_is_current() -> None:
    assert parity.PAGE.read_text(encoding="utf-8") == parity.page()
