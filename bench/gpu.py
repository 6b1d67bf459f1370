"""The scorer on a GPU: for a machine that has one, with torch, lm-eval and the benchmarks beside the checkout.

``python -m bench.gpu`` makes a 7B Llama and a 1.4B GPT-NeoX with random weights in bfloat16, and measures the
shared-prefix scorer, with dense masks and with FlexAttention, against lm-eval's own model class at its best
batch size: time, tokens a second, share of the card's matrix rate, peak memory against the estimate of
docs/memory.md, predictions against float32, generated tokens a second, and the time for the compact suite.
``--tiny`` runs all of it on a CPU with toy models: a test of the script, whose numbers say nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from bench.language_models import Subject, trained_tokenizer
from bench.measure import row
from bench.scoring import Case, changed_predictions, documents_of, harness_answers, least_tokens, missing

GIB = 2**30


@dataclass(frozen=True)
class Size:
    """The shape of a model, with how many items it is measured on, and lm-eval's batch sizes."""

    name: str
    type: str
    layers: int
    hidden: int
    heads: int
    inner: int
    vocabulary: int
    context: int = 4096


FULL = (
    Size("Llama 7B", "llama", 32, 4096, 32, 11008, 32000),
    Size("GPT-NeoX 1.4B", "gpt_neox", 24, 2048, 16, 8192, 50304),
)
TINY = (Size("Llama, tiny", "llama", 2, 64, 4, 128, 2000), Size("GPT-NeoX, tiny", "gpt_neox", 2, 64, 4, 256, 2000))
TASKS = ("hellaswag_0shot", "mmlu_5shot", "arc_easy_0shot", "arc_challenge_25shot", "boolq_0shot")
GENERATION = "gsm8k_5shot"
BATCHES = (8, 32, 128)


def main() -> int:
    """Measure everything and print a table; 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="toy models on a CPU: a test of this script")
    parser.add_argument("--items", type=int, default=None, help="items a task (default: 320; 4 with --tiny)")
    given = parser.parse_args()
    reason = missing()
    if reason or (not given.tiny and not _gpu()):
        print(f"cannot measure: {reason or 'torch finds no GPU; --tiny runs without one'}", file=sys.stderr)
        return 2
    items = given.items or (4 if given.tiny else 320)
    lines = []
    print(f"{_versions()}\n\n| what | measured | goal | holds |\n| --- | --- | --- | --- |", flush=True)
    for line in measured(given.tiny, items):
        print(line, flush=True)
        lines.append(line)
    return int(any("**no**" in line for line in lines))


def _gpu() -> bool:
    import torch

    return bool(torch.cuda.is_available())


def _versions() -> str:
    import lm_eval
    import torch
    import transformers

    card = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    cuda = torch.version.cuda or "none"
    names = f"torch {torch.__version__}, transformers {transformers.__version__}, lm-eval {lm_eval.__version__}"
    return f"{card}, CUDA {cuda}, {names}"


def measured(tiny: bool, items: int) -> Iterator[str]:
    """The lines of the table."""
    import torch

    device = "cpu" if tiny else "cuda"
    with TemporaryDirectory(prefix="gptalt-bench-") as folder:
        cases = [Case(task, items, subjects=_subjects(task, tiny)) for task in (*TASKS, GENERATION)]
        plans = {case: documents_of(case, Path(folder) / case.task) for case in cases}
        texts = sorted({r.args[0] for some in plans.values() for d in some for r in d.requests})
        rate = matrix_rate(device, torch.bfloat16, 256 if tiny else 8192)
        yield row("matrix rate, bfloat16", f"{rate / 1e12:.2f} TFLOP/s", "the measure", True)
        for size in TINY if tiny else FULL:
            tokenizer = trained_tokenizer(texts, size.vocabulary)
            with model_of(size, tokenizer, device, torch.bfloat16) as subject:
                for case in cases[:-1]:
                    yield from scored(subject, size, case, plans[case], rate)
                yield from generated(subject, cases[-1], plans[cases[-1]])
                yield from suite(subject, plans)
                half = {case: answers_of(subject, plans[case])[0] for case in cases[:2]}
            with model_of(size, tokenizer, device, torch.float32) as subject:
                for case, answers in half.items():
                    yield agreement(subject, case, plans[case], answers)


def _subjects(task: str, tiny: bool) -> tuple[str, ...]:
    return ("anatomy", "virology") if tiny and task.startswith("mmlu") else ()


def matrix_rate(device: str, dtype: Any, size: int, rounds: int = 20) -> float:
    """Floating-point operations a second in products of large square matrices."""
    import torch

    one, other = (torch.randn(size, size, device=device).to(dtype) for _ in range(2))
    one @ other
    with Clock(device) as clock:
        for _ in range(rounds):
            one @ other
    return 2 * size**3 * rounds / clock.seconds


class Clock:
    """Seconds on the wall, with all work of the device done, the most memory that it used, tokens that were fed."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.seconds = 0.0
        self.peak = 0
        self.fed = 0

    def __enter__(self) -> Self:
        self._settle()
        if self.device == "cuda":
            import torch

            torch.cuda.reset_peak_memory_stats()
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self._settle()
        self.seconds = time.perf_counter() - self._start
        if self.device == "cuda":
            import torch

            self.peak = int(torch.cuda.max_memory_allocated())

    def _settle(self) -> None:
        if self.device == "cuda":
            import torch

            torch.cuda.synchronize()


@contextlib.contextmanager
def model_of(size: Size, tokenizer: Any, device: str, dtype: Any) -> Iterator[Subject]:
    """A model with random weights on the device; its memory is given back afterwards."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.for_model(
        size.type,
        vocab_size=size.vocabulary,
        hidden_size=size.hidden,
        intermediate_size=size.inner,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        max_position_embeddings=size.context,
        bos_token_id=tokenizer.eos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    torch.manual_seed(0)
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config, dtype=dtype).eval()
    try:
        yield Subject(size.name, model, tokenizer)
    finally:
        model.to("meta")  # whoever still holds it holds no memory
        from gptalt_catalog.verify.pipeline.batches import release_memory

        release_memory()


def answers_of(subject: Subject, documents: Sequence[Any]) -> tuple[dict[str, Any], Clock, Any]:
    """Answers by the shared-prefix scorer, what they took, and the scorer."""
    from gptalt_catalog.verify.pipeline.scorer import Scorer

    scorer = Scorer(subject.model, subject.tokenizer)
    scorer.check(documents)
    scorer.rows.forget()
    before = scorer.rows.outputs_fed
    with Clock(subject.model.device.type) as clock:
        answers = {key: value for one in scorer.answer(documents) for key, value in one.answers.items()}
    clock.fed = scorer.rows.outputs_fed - before
    return answers, clock, scorer


def scored(subject: Subject, size: Size, case: Case, documents: Sequence[Any], rate: float) -> Iterator[str]:
    """One task: against lm-eval, with dense masks and with FlexAttention."""
    what = f"{case.task}, {len(documents)} items, {size.name}: "
    stock, seconds, batch = harness_answers(subject, documents, BATCHES, time.perf_counter)
    yield row(what + "lm-eval at its best batch size", f"{seconds:.1f} s (batches of {batch})", "", True)
    for attention in ("sdpa", "flex_attention"):
        if attention == "flex_attention" and subject.model.device.type == "cpu":
            continue  # without compiling it is of no use, and compiling for a CPU takes minutes
        subject.model.set_attn_implementation(attention)
        answers, clock, scorer = answers_of(subject, documents)
        rows = scorer.distinct_rows(documents)
        fed = clock.fed or sum(len(tokens) for tokens in rows)  # the stock way does not count
        share = 2 * fed * parameters_at_work(subject.model) / clock.seconds / rate
        changed = changed_predictions(documents, answers, stock)
        yield row(
            what + f"`{scorer.rows.name}`, {attention}",
            f"{clock.seconds:.1f} s, {seconds / clock.seconds:.1f} times as fast; {fed / clock.seconds:,.0f} tokens/s, "
            f"{share:.0%} of the matrix rate; {changed} predictions other than lm-eval's; "
            f"fed {fed:,}, at least {least_tokens(rows):,} {scorer.self_check.note}".rstrip(),
            "",
            True,
        )
        yield memory_line(what, size, subject, clock, scorer)
    subject.model.set_attn_implementation("sdpa")


def parameters_at_work(model: Any) -> int:
    """Parameters that every token is multiplied with: all but embeddings and output head."""
    tables = {id(layer.weight) for layer in (model.get_input_embeddings(), model.get_output_embeddings())}
    return sum(weight.numel() for weight in model.parameters() if id(weight) not in tables)


def memory_line(what: str, size: Size, subject: Subject, clock: Clock, scorer: Any) -> str:
    """Peak memory against the estimate of the catalog."""
    from gptalt_catalog.domain.family import Parameters, Shape
    from gptalt_catalog.domain.memory import BITS, Forward, activation_bytes, cache_bytes, weight_bytes

    shape = Shape(
        architecture=size.type, design="decoder", layers=size.layers, hidden=size.hidden, heads=size.heads,
        ffn=size.inner, gated_ffn=size.type == "llama", vocabulary=size.vocabulary, context=size.context,
        positions="rotary", tied_embeddings=False,
    )  # fmt: skip
    total = sum(weight.numel() for weight in subject.model.parameters())
    weights = weight_bytes(Parameters(total=total), shape, BITS["fp16"]) or 0
    tokens = scorer.batches.tokens // 8
    activations = activation_bytes(shape, tokens, 1, Forward(all_logits=True)) or 0
    store = scorer.rows.stored_bytes
    cache = cache_bytes(shape, tokens) or 0
    estimate = weights + activations + cache + store
    measured_here = f"{clock.peak / GIB:.2f} GiB" if clock.peak else "not measured on a CPU"
    share = f", {clock.peak / estimate:.2f} times" if clock.peak else ""
    return row(what + "peak memory by the estimate", f"{measured_here} by {estimate / GIB:.2f} GiB{share}", "", True)


def generated(subject: Subject, case: Case, documents: Sequence[Any]) -> Iterator[str]:
    """Generation with refilled rows, against batches that run to their last row."""
    from gptalt_catalog.verify.pipeline.scorer import Scorer

    for choice in ("auto", "stock"):
        scorer = Scorer(subject.model, subject.tokenizer, scorer=choice)
        scorer.check(documents)
        with Clock(subject.model.device.type) as clock:
            texts = [text for one in scorer.answer(documents) for text in one.answers.values()]
        tokens = sum(len(subject.tokenizer.encode(str(text))) for text in texts)
        yield row(
            f"{case.task}, {len(documents)} items, {subject.name}: generated by `{scorer.generator.name}`",
            f"{clock.seconds:.1f} s; {tokens / clock.seconds:,.0f} tokens of answers a second",
            "",
            True,
        )


def suite(subject: Subject, plans: dict[Case, Sequence[Any]]) -> Iterator[str]:
    """All tasks one after the other with one scorer, as an audit runs them."""
    from gptalt_catalog.verify.pipeline.scorer import Scorer

    scorer = Scorer(subject.model, subject.tokenizer)
    documents = [document for some in plans.values() for document in some]
    with Clock(subject.model.device.type) as clock:
        scorer.check(documents)
        for some in plans.values():
            for start in range(0, len(some), 32):
                scorer.answer(some[start : start + 32])
    yield row(
        f"{len(plans)} tasks of the suites, {len(documents)} items in looks of 32, {subject.name}",
        f"{clock.seconds:.0f} s with the self-check",
        "",
        True,
    )


def agreement(subject: Subject, case: Case, documents: Sequence[Any], half: dict[str, Any]) -> str:
    """Predictions in bfloat16 against float32."""
    full, _, _ = answers_of(subject, documents)
    changed = changed_predictions(documents, half, full)
    return row(
        f"{case.task}, {len(documents)} items, {subject.name}: predictions in bfloat16 as in float32",
        f"{len(documents) - changed} of {len(documents)}",
        "",
        True,
    )


if __name__ == "__main__":
    sys.exit(main())
