"""Answers requests with a model: torch and transformers only, no lm-eval, no catalog.

``python -m gptalt_catalog.verify.pipeline.scorer requests.jsonl responses.jsonl --model DIR`` runs on a
machine that has nothing but torch and transformers, and goes on where it was interrupted. The numbers are
those of lm-eval's HFLM with a float32 softmax; what requests have in common is computed once (:mod:`.prefix`).
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import sys
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

from gptalt_catalog.verify.pipeline.batches import TOKENS_A_BATCH, Batches
from gptalt_catalog.verify.pipeline.generation import Generator, Wish, wish_of
from gptalt_catalog.verify.pipeline.prefix.scoring import CHOICES, Choice, RowScoring
from gptalt_catalog.verify.pipeline.prefix.selfcheck import Check, both
from gptalt_catalog.verify.pipeline.quantized import QUANTIZATIONS, bytes_of, quantized
from gptalt_catalog.verify.pipeline.quantized import options as options_of
from gptalt_catalog.verify.pipeline.requests import (
    Answer,
    Document,
    DocumentAnswers,
    PipelineError,
    Request,
    ResponseFile,
    open_requests,
)
from gptalt_catalog.verify.pipeline.stock import Fed, Row
from gptalt_catalog.verify.pipeline.tokens import Encoder, fitted, max_length_of

Trust = Literal["safetensors", "pickles", "code"]
"""What of a folder may be opened: weights as safetensors, pickled weights too, or code too."""

DOCUMENTS_A_BATCH = 64
_FULL_BYTES = (4, 2)
"""Bytes of a parameter in full precision: 32 bits on a CPU, 16 on a GPU."""
_PART_CHECKED = 4
_PROMPTS_CHECKED = 64
_SAMPLED = 3
"""Documents of each task that are looked at to find what prompts have in common."""

Costs = dict[str, list[int]]
"""What requests cost, by key: tokens fed, and 1 if the request was cut off."""


class Scorer:
    """Answers requests with one model and its tokenizer (both of transformers)."""

    few_bits: str | None = None
    """``int8`` or ``nf4`` for a quantized model."""

    weights_bytes = full_weights_bytes = 0
    """The size of the weights as they are run, and as they would be in full precision on this device."""

    exact_eras = True
    """Whether texts become tokens as in the version of lm-eval that a claim comes from."""

    _chosen = False

    memory = 0
    """The most memory in bytes that a process other than this one has used for the model."""

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        batch: int | None = None,
        max_length: int | None = None,
        scorer: Choice = "auto",
    ) -> None:
        """``batch``: rows a batch, by default as many as a token budget allows. ``max_length``: the longest input.

        ``scorer``: ``stock`` feeds every sequence whole, ``prefix`` insists on computing shared prefixes once,
        ``auto`` does that where a check on real requests says that it is right.
        """
        self.model = model
        self.encoder = Encoder(tokenizer)
        self.max_length = max_length or max_length_of(model.config, tokenizer)
        self.batches = Batches(TOKENS_A_BATCH.get(model.device.type, TOKENS_A_BATCH["cpu"]), batch)
        self.rows = RowScoring(model, self.max_length, self.batches, scorer)
        self.generator = Generator(model, tokenizer, self.encoder, self.max_length)
        model.eval()

    @property
    def self_check(self) -> Check:
        """What the checks of the ways to score and to generate came to, so far."""
        return both(self.rows.checked, self.generator.checked)

    def check(self, documents: Sequence[Document]) -> Check:
        """Choose the way to answer by real documents: some of each task, until they fill a quarter of a batch.

        Also learns what the prompts of each task have in common.
        """
        if self.rows.choice == "stock":
            return self.self_check
        self._chosen = True
        groups: dict[tuple[str, str], list[Document]] = {}
        for document in documents:
            groups.setdefault((document.task, document.leaf), []).append(document)
        self.rows.expect([self._beginnings(group) for group in groups.values()])
        rows: dict[tuple[int, ...], Row] = {}
        items: list[list[str]] = []
        prompts: list[tuple[tuple[int, ...], Wish]] = []
        for document in _in_turns(documents):
            if sum(map(len, rows)) > self.batches.tokens // _PART_CHECKED:
                break
            with contextlib.suppress(PipelineError):  # what cannot be asked is told when it is to be answered
                asked = {r.key: r for r in document.requests if r.kind == "loglikelihood"}
                self._rows_of(asked, rows, {})
                items.append(list(asked))
                if len(prompts) < _PROMPTS_CHECKED:
                    prompts += self._prompts(document)
        if prompts and (decoder := self.rows.decoder()) is not None:
            self.generator.check(decoder, [prompt for prompt, _ in prompts], prompts[0][1])
        self.rows.check(list(rows.values()), items)
        return self.self_check

    def _prompts(self, document: Document) -> list[tuple[tuple[int, ...], Wish]]:
        """What a document wants to be gone on with."""
        asked = [(r, wish_of(r, self.generator.end)) for r in document.requests if r.kind == "generate_until"]
        return [(self.generator.context(request, wish)[0], wish) for request, wish in asked]

    def _beginnings(self, documents: Sequence[Document]) -> list[tuple[int, ...]]:
        """The tokens of one request of a few documents."""
        step = max(1, len(documents) // _SAMPLED)
        found = []
        for document in documents[::step][:_SAMPLED]:
            asked = next((r for r in document.requests if r.kind == "loglikelihood"), None)
            with contextlib.suppress(PipelineError):
                if asked is None:
                    continue
                found.append(fitted(self.encoder.pair(asked), self.max_length)[0].context)
        return found

    def distinct_rows(self, documents: Sequence[Document]) -> list[tuple[int, ...]]:
        """What must be fed at least once to answer the log-likelihood requests of some documents."""
        rows: dict[tuple[int, ...], Row] = {}
        self._rows_of({r.key: r for d in documents for r in d.requests if r.kind == "loglikelihood"}, rows, {})
        return list(rows)

    def answer(self, documents: Sequence[Document], known: dict[str, Answer] | None = None) -> list[DocumentAnswers]:
        """The answers to some documents. What ``known`` holds already is not asked again.

        Raises :class:`NotANumberError` if the model gives NaN, :class:`PipelineError` if a text cannot be scored.
        """
        answers: ChainMap[str, Answer] = ChainMap({}, known or {})
        wanted = {r.key: r for d in documents for r in d.requests if r.key not in answers}
        costs: Costs = {key: [0, 0] for key in wanted}
        if not self._chosen and self.rows.choice != "stock":
            self.check(documents)
        self._loglikelihoods({k: r for k, r in wanted.items() if r.kind == "loglikelihood"}, answers, costs)
        self._rolling({k: r for k, r in wanted.items() if r.kind == "loglikelihood_rolling"}, answers, costs)
        self._generated({k: r for k, r in wanted.items() if r.kind == "generate_until"}, answers, costs)
        found = []
        for document in documents:
            mine = [costs.pop(request.key) for request in document.requests if request.key in costs]
            found.append(
                DocumentAnswers(
                    document.place,
                    {request.key: answers[request.key] for request in document.requests},
                    sum(tokens for tokens, _ in mine),
                    sum(truncated for _, truncated in mine),
                )
            )
        return found

    def describe(self, folder: Path | None = None) -> dict[str, Any]:
        """What :func:`description` says."""
        import torch
        import transformers

        if not self._chosen:
            self.rows.settle()
        weights = hashlib.sha256()
        files = (sorted(folder.glob("*.safetensors")) or sorted(folder.glob("*.bin"))) if folder else []
        for file in files:
            with file.open("rb") as opened:
                weights.update(hashlib.file_digest(opened, "sha256").digest())
        return {
            "scorer": self.rows.name,
            "generation": self.generator.name,
            "self_check": self.self_check.outcome,
            "self_check_note": self.self_check.note,
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "device": self.model.device.type,
            "dtype": self.few_bits or str(self.model.dtype).removeprefix("torch."),
            "softmax_dtype": "float32",
            "attention": str(getattr(self.model.config, "_attn_implementation", "unknown")),
            "max_length": self.max_length,
            "weights": weights.hexdigest() if folder else "",
        }

    def close(self) -> None:
        """Let go of what is not part of this process: nothing, here."""

    def _loglikelihoods(
        self, requests: Mapping[str, Request], answers: MutableMapping[str, Answer], costs: Costs
    ) -> None:
        rows: dict[tuple[int, ...], Row] = {}
        self._rows_of(requests, rows, costs)
        answers.update(self.rows.score(list(rows.values()), _counting(costs)))

    def _rows_of(self, requests: Mapping[str, Request], rows: dict[tuple[int, ...], Row], costs: Costs) -> None:
        """Add the rows that answer some requests; sequences that differ in their last token only are one row."""
        for key, request in requests.items():
            pair, truncated = fitted(self.encoder.pair(request), self.max_length)
            if key in costs:
                costs[key][1] = int(truncated)
            rows.setdefault(pair.inputs, Row(pair.inputs)).asked.append((key, pair.continuation))

    def _rolling(self, requests: Mapping[str, Request], answers: MutableMapping[str, Answer], costs: Costs) -> None:
        rows: dict[tuple[int, ...], Row] = {}
        pieces: dict[str, int] = {}
        for key, request in requests.items():
            for number, pair in enumerate(self.encoder.windows(request, self.max_length)):
                rows.setdefault(pair.inputs, Row(pair.inputs)).asked.append((f"{key} {number}", pair.continuation))
                pieces[key] = number + 1
        found = dict(self.rows.score(list(rows.values()), _counting(costs)))
        for key in requests:
            answers[key] = sum((found[f"{key} {number}"][0] for number in range(pieces.get(key, 0))), 0.0)

    def _generated(self, requests: Mapping[str, Request], answers: MutableMapping[str, Answer], costs: Costs) -> None:
        groups: dict[str, list[tuple[str, tuple[int, ...], Wish]]] = {}
        for key, request in requests.items():
            wish = wish_of(request, self.generator.end)
            context, truncated = self.generator.context(request, wish)
            costs[key] = [len(context), int(truncated)]
            groups.setdefault(wish.group, []).append((key, context, wish))
        for group in groups.values():
            prompts = [context for _, context, _ in group]
            texts = self.generator.answers(prompts, group[0][2], self.batches)
            answers.update(zip([key for key, _, _ in group], texts, strict=True))


def _counting(costs: Costs) -> Fed:
    """Adds the tokens that were fed for a row to the cost of its first request."""

    def count(row: Row, tokens: int) -> None:
        key = row.asked[0][0].partition(" ")[0]
        if key in costs:
            costs[key][0] += tokens

    return count


def _in_turns(documents: Sequence[Document]) -> Iterator[Document]:
    """The documents with those of different tasks in turns."""
    groups: dict[str, list[Document]] = {}
    for document in documents:
        groups.setdefault(document.task, []).append(document)
    for some in zip_longest(*groups.values()):
        yield from (document for document in some if document is not None)


def load(
    folder: Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    batch: int | None = None,
    scorer: Choice = "auto",
    trust: Trust = "safetensors",
) -> Scorer:
    """The scorer for the model in a local folder: safetensors and transformers' own classes only.

    ``trust``: ``pickles`` opens weights that are no safetensors, as tensors only, where somebody vouches for them;
    ``code`` also runs the code of the folder: only ever in a process that is shut off (:mod:`..child`).
    ``auto``: the GPU if there is one; the weights' own data type there, float32 on a CPU.
    Raises :class:`PipelineError` with what is wrong with the folder.
    """
    import torch
    import transformers
    from safetensors import SafetensorError

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if dtype == "auto" and device == "cpu":
        dtype = "float32"
    few_bits = dtype if dtype in QUANTIZATIONS else None
    if few_bits is not None:
        dtype = "float32" if device == "cpu" else "bfloat16"
    wanted = dtype if dtype == "auto" else getattr(torch, dtype, None)
    if wanted is None:
        raise PipelineError(f"torch knows no data type {dtype!r}; use float32, bfloat16 or float16")
    options = {"trust_remote_code": trust == "code", "local_files_only": True}
    more = {} if few_bits is None else options_of(few_bits, device)
    pickles = trust != "safetensors" and not any(folder.glob("*.safetensors"))
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **options)
        config = transformers.AutoConfig.from_pretrained(folder, **options)
        pairs = bool(getattr(config, "is_encoder_decoder", False))
        kind = transformers.AutoModelForSeq2SeqLM if pairs else transformers.AutoModelForCausalLM
        model: Any = kind.from_pretrained(
            folder, use_safetensors=not pickles, **{dtype_option(transformers.__version__): wanted}, **options, **more
        )
    except (OSError, ValueError, KeyError, ImportError, SafetensorError) as error:
        raise PipelineError(f"the model cannot be loaded: {error}") from None
    full = sum(parameter.numel() * _FULL_BYTES[device != "cpu"] for parameter in model.parameters())
    model = quantized(model, device) if few_bits is not None else model.to(device)
    if few_bits is not None and device == "cpu":  # inputs are rounded by what else is in a batch
        batch, scorer = 1, "stock"
    if pairs:
        from gptalt_catalog.verify.pipeline.seq2seq import Seq2SeqScorer

        made: Scorer = Seq2SeqScorer(model, tokenizer, batch=batch)
    else:
        made = Scorer(model, tokenizer, batch=batch, scorer=scorer)
    made.few_bits, made.weights_bytes, made.full_weights_bytes = few_bits, bytes_of(model), full
    return made


def dtype_option(version: str) -> str:
    """What this version of transformers calls the data type of the weights."""
    numbers = [int(part) for part in version.split(".")[:2]]
    return "dtype" if numbers >= [4, 56] else "torch_dtype"


def description(scorer: Scorer, folder: Path | None = None) -> dict[str, Any]:
    """What the response file says about program, weights and number format; no paths and no host.

    A scorer that has not been checked until now stays with stock scoring, so that this remains true.
    """
    return scorer.describe(folder)


def told(check: Check, scorer: Scorer) -> str:
    """The check in a sentence."""
    if check.difference is None:
        return f"scorer {scorer.rows.name}" + (f" ({check.note})" if check.note else "")
    return (
        f"scorer {scorer.rows.name}: at most {check.difference.largest:.1g} nats from stock scoring, "
        f"{check.difference.changed} of {check.difference.predictions} predictions changed"
    )


def score(
    documents: Iterable[Document], responses: ResponseFile, scorer: Scorer, every: int = DOCUMENTS_A_BATCH
) -> Iterator[int]:
    """Answer what is not answered yet, ``every`` documents at a time; yields the documents done so far."""
    todo = [document for document in documents if document.place not in responses.places]
    done = len(responses.places)
    for start in range(0, len(todo), every):
        batch = todo[start : start + every]
        responses.keep(scorer.answer(batch, responses.answers))
        done += len(batch)
        yield done


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code: 0, or 4 if it could not run."""
    parser = argparse.ArgumentParser(prog="scorer", description="Answer a request file with a model.")
    parser.add_argument("requests", type=Path)
    parser.add_argument("responses", type=Path)
    parser.add_argument("--model", type=Path, required=True, metavar="DIR", help="folder with weights and tokenizer")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1 …")
    parser.add_argument("--dtype", default="auto", help="auto, float32, bfloat16 or float16")
    parser.add_argument("--batch", type=int, default=None, help="rows a batch (default: by a token budget)")
    parser.add_argument(
        "--scorer",
        choices=CHOICES,
        default="auto",
        help="prefix computes shared prefixes once (default: if it is right)",
    )
    given = parser.parse_args(arguments)
    try:
        plan = open_requests(given.requests)
        scorer = load(given.model, device=given.device, dtype=given.dtype, batch=given.batch, scorer=given.scorer)
        sys.stderr.write(f"{told(scorer.check(plan.documents), scorer)}\n")
        responses = ResponseFile(given.responses, plan.identity, description(scorer, given.model))
        for done in score(plan.documents, responses, scorer):
            sys.stderr.write(f"\r{done} of {len(plan.documents)} documents")
        halved = f", batch halved {scorer.batches.halvings} times" if scorer.batches.halvings else ""
        if scorer.self_check.outcome == "fallback":
            sys.stderr.write(f"\n{told(scorer.self_check, scorer)}")
        sys.stderr.write(f"\n{responses.tokens} tokens, {responses.truncated} requests cut from the left{halved}\n")
    except PipelineError as error:
        sys.stderr.write(f"\n{error}\n")
        return 4
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
