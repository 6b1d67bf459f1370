"""Answers requests with a model: torch and transformers only, no lm-eval, no catalog.

``python -m gptalt_catalog.verify.pipeline.scorer requests.jsonl responses.jsonl --model DIR`` runs on a
machine that has nothing but torch and transformers, and goes on where it was interrupted. The numbers are
those of lm-eval's HFLM with a float32 softmax; sequences that differ in their last token only are fed once.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from gptalt_catalog.verify.pipeline.generation import Generator, Wish, wish_of
from gptalt_catalog.verify.pipeline.requests import (
    Answer,
    Document,
    DocumentAnswers,
    NotANumberError,
    PipelineError,
    Request,
    ResponseFile,
    open_requests,
)
from gptalt_catalog.verify.pipeline.tokens import Encoder, Pair, fitted, max_length_of

SCORER = "stock-1"
"""Name and version of this way to score; a record names it."""

DOCUMENTS_A_BATCH = 32
_TOKENS_A_BATCH = {"cpu": 4096, "cuda": 32768}

T = TypeVar("T")


class Batches:
    """Runs work in batches of rows, longest first, and halves the batch when memory runs out."""

    def __init__(self, tokens: int, rows: int | None = None) -> None:
        """At most ``rows`` rows a batch, or as many as fit ``tokens`` when padded."""
        self.tokens = tokens
        self.rows = rows
        self.halvings = 0

    def size(self, length: int) -> int:
        """Rows of ``length`` tokens that are tried together."""
        return max(1, self.rows if self.rows is not None else self.tokens // max(1, length))

    def halve(self) -> None:
        """Use half the memory from now on."""
        self.halvings += 1
        self.tokens = max(1, self.tokens // 2)
        if self.rows is not None:
            self.rows = max(1, self.rows // 2)

    def run(self, rows: Sequence[T], length: Callable[[T], int], work: Callable[[Sequence[T]], None]) -> None:
        """Call ``work`` on all rows. Raises :class:`PipelineError` if not even one row fits."""
        left = sorted(rows, key=lambda row: -length(row))
        while left:
            chunk = left[: self.size(length(left[0]))]
            try:
                work(chunk)
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
                if len(chunk) == 1:
                    raise PipelineError(
                        f"not even one sequence of {length(chunk[0])} tokens fits the memory of the device; "
                        "use a smaller --dtype, another --device, or a smaller model"
                    ) from None
                while self.size(length(left[0])) >= len(chunk):
                    self.halve()
                _release_memory()
                continue
            left = left[len(chunk) :]


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that the device's memory is full."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text


def _release_memory() -> None:
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


@dataclass
class _Row:
    """One sequence to feed, with all requests that it answers."""

    inputs: tuple[int, ...]
    asked: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)


class Scorer:
    """Answers requests with one model and its tokenizer (both of transformers)."""

    def __init__(self, model: Any, tokenizer: Any, *, batch: int | None = None, max_length: int | None = None) -> None:
        """``batch``: rows a batch, by default as many as a token budget allows. ``max_length``: the longest input."""
        self.model = model
        self.encoder = Encoder(tokenizer)
        self.max_length = max_length or max_length_of(model.config, tokenizer)
        self.batches = Batches(_TOKENS_A_BATCH.get(model.device.type, 4096), batch)
        self.generator = Generator(model, tokenizer, self.encoder, self.max_length)
        model.eval()

    def answer(self, documents: Sequence[Document], known: dict[str, Answer] | None = None) -> list[DocumentAnswers]:
        """The answers to some documents. What ``known`` holds already is not asked again.

        Raises :class:`NotANumberError` if the model gives NaN, :class:`PipelineError` if a text cannot be scored.
        """
        answers: ChainMap[str, Answer] = ChainMap({}, known or {})
        wanted = {r.key: r for d in documents for r in d.requests if r.key not in answers}
        costs: dict[str, tuple[int, bool]] = {}
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

    def _loglikelihoods(
        self, requests: Mapping[str, Request], answers: MutableMapping[str, Answer], costs: dict[str, tuple[int, bool]]
    ) -> None:
        rows: dict[tuple[int, ...], _Row] = {}
        for key, request in requests.items():
            pair, truncated = fitted(self.encoder.pair(request), self.max_length)
            costs[key] = (0 if pair.inputs in rows else len(pair.inputs), truncated)
            rows.setdefault(pair.inputs, _Row(pair.inputs)).asked.append((key, pair.continuation))
        answers.update(self._scored(list(rows.values())))

    def _rolling(
        self, requests: Mapping[str, Request], answers: MutableMapping[str, Answer], costs: dict[str, tuple[int, bool]]
    ) -> None:
        pieces: dict[str, list[Pair]] = {
            key: list(self.encoder.windows(request, self.max_length)) for key, request in requests.items()
        }
        rows = [
            _Row(pair.inputs, [(f"{key} {number}", pair.continuation)])
            for key, pairs in pieces.items()
            for number, pair in enumerate(pairs)
        ]
        scored = {name: value[0] for name, value in self._scored(rows)}
        for key, pairs in pieces.items():
            answers[key] = sum((scored[f"{key} {number}"] for number in range(len(pairs))), 0.0)
            costs[key] = (sum(len(pair.inputs) for pair in pairs), False)

    def _scored(self, rows: Sequence[_Row]) -> list[tuple[str, tuple[float, bool]]]:
        """(name, (log-likelihood, whether greedy)) for everything that the rows are asked."""
        found: list[tuple[str, tuple[float, bool]]] = []
        self.batches.run(rows, lambda row: len(row.inputs), lambda chunk: found.extend(self._forward(chunk)))
        return found

    def _forward(self, rows: Sequence[_Row]) -> list[tuple[str, tuple[float, bool]]]:
        """One batch, padded on the right: in a causal model nothing before the padding sees it."""
        import torch

        width = max(len(row.inputs) for row in rows)
        inputs = torch.tensor([list(row.inputs) + [0] * (width - len(row.inputs)) for row in rows])
        with torch.no_grad():
            logits = self.model(inputs.to(self.model.device)).logits
        found = []
        for row, row_logits in zip(rows, logits, strict=True):
            longest = max(len(continuation) for _, continuation in row.asked)
            last = row_logits[len(row.inputs) - longest : len(row.inputs)].float()
            log_probabilities = torch.log_softmax(last, dim=-1)
            greedy = log_probabilities.argmax(dim=-1)
            for name, continuation in row.asked:
                target = torch.tensor(continuation, device=last.device)
                chosen = log_probabilities[-len(continuation) :].gather(1, target.unsqueeze(1))
                value = float(chosen.sum())
                if not math.isfinite(value):
                    raise NotANumberError(value)
                found.append((name, (value, bool((greedy[-len(continuation) :] == target).all()))))
        return found

    def _generated(
        self, requests: Mapping[str, Request], answers: MutableMapping[str, Answer], costs: dict[str, tuple[int, bool]]
    ) -> None:
        groups: dict[tuple[str, int], list[tuple[str, tuple[int, ...], Wish]]] = {}
        by_length = bool(requests) and not self.generator.skips_padding
        for key, request in requests.items():
            wish = wish_of(request, self.generator.end)
            context, truncated = self.generator.context(request, wish)
            costs[key] = (len(context), truncated)
            groups.setdefault((wish.group, len(context) if by_length else 0), []).append((key, context, wish))
        for group in groups.values():
            wish = group[0][2]
            self.batches.run(
                group,
                lambda one: len(one[1]) + one[2].length,
                lambda chunk, wish=wish: answers.update(  # type: ignore[misc]  # bound early on purpose
                    zip(
                        [one[0] for one in chunk],
                        self.generator.generate([one[1] for one in chunk], wish),
                        strict=True,
                    )
                ),
            )


def load(folder: Path, *, device: str = "auto", dtype: str = "auto", batch: int | None = None) -> Scorer:
    """The scorer for the model in a local folder: safetensors and transformers' own classes only.

    ``auto``: the GPU if there is one; the weights' own data type there, float32 on a CPU.
    Raises :class:`PipelineError` with what is wrong with the folder.
    """
    import torch
    import transformers

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if dtype == "auto" and device == "cpu":
        dtype = "float32"
    wanted = dtype if dtype == "auto" else getattr(torch, dtype, None)
    if wanted is None:
        raise PipelineError(f"torch knows no data type {dtype!r}; use float32, bfloat16 or float16")
    options = {"trust_remote_code": False, "local_files_only": True}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **options)
        model: Any = transformers.AutoModelForCausalLM.from_pretrained(
            folder, use_safetensors=True, **{dtype_option(transformers.__version__): wanted}, **options
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise PipelineError(f"the model cannot be loaded: {error}") from None
    return Scorer(model.to(device), tokenizer, batch=batch)


def dtype_option(version: str) -> str:
    """What this version of transformers calls the data type of the weights."""
    numbers = [int(part) for part in version.split(".")[:2]]
    return "dtype" if numbers >= [4, 56] else "torch_dtype"


def description(scorer: Scorer, folder: Path | None = None) -> dict[str, Any]:
    """What the response file says about program, weights and number format; no paths and no host."""
    import torch
    import transformers

    weights = hashlib.sha256()
    for file in sorted(folder.glob("*.safetensors")) if folder else []:
        with file.open("rb") as opened:
            weights.update(hashlib.file_digest(opened, "sha256").digest())
    return {
        "scorer": SCORER,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "device": scorer.model.device.type,
        "dtype": str(scorer.model.dtype).removeprefix("torch."),
        "softmax_dtype": "float32",
        "attention": str(getattr(scorer.model.config, "_attn_implementation", "unknown")),
        "max_length": scorer.max_length,
        "weights": weights.hexdigest() if folder else "",
    }


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
    given = parser.parse_args(arguments)
    try:
        plan = open_requests(given.requests)
        scorer = load(given.model, device=given.device, dtype=given.dtype, batch=given.batch)
        responses = ResponseFile(given.responses, plan.identity, description(scorer, given.model))
        for done in score(plan.documents, responses, scorer):
            sys.stderr.write(f"\r{done} of {len(plan.documents)} documents")
        halved = f", batch halved {scorer.batches.halvings} times" if scorer.batches.halvings else ""
        sys.stderr.write(f"\n{responses.tokens} tokens, {responses.truncated} requests cut from the left{halved}\n")
    except PipelineError as error:
        sys.stderr.write(f"\n{error}\n")
        return 4
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
