"""The child: shuts itself off, loads the model with the code of its repository, and answers what it is asked.

``python -m gptalt_catalog.verify.child.program``, with the first message on its input saying what to load. It
needs torch and transformers, of the versions that the model's code was written for, and nothing else.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gptalt_catalog.verify.child.guard import GuardError, Guards, shut_off
from gptalt_catalog.verify.child.messages import EndedError, answers_out, documents_in, receive, send
from gptalt_catalog.verify.pipeline.requests import PipelineError, Request


def main() -> int:
    """Serve until the input ends; the exit code."""
    asked = os.fdopen(os.dup(0), "rb")
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the model's code prints is no message
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        wanted = receive(asked)
        guards = shut_off(_readable(wanted), Path(wanted["home"]))
        scorer = _load(wanted)
        send(told, {"guards": str(guards), "files": guards.files})
        while True:
            send(told, _answer(scorer, guards, Path(wanted["folder"]), receive(asked)))
    except EndedError:
        return 0
    except (GuardError, PipelineError) as error:
        send(told, {"error": str(error), "guard": isinstance(error, GuardError)})
        return 4


def _readable(wanted: dict[str, Any]) -> Iterator[Path]:
    """What the program and the model consist of."""
    package = Path(__file__).resolve().parents[2]
    for place in {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values(), *sys.path}:
        path = Path(place)
        if place and path.is_dir() and path.resolve() != package.parent:
            yield path
    yield package
    yield from map(Path, wanted["readable"])


def _load(wanted: dict[str, Any]) -> Any:
    from gptalt_catalog.verify.pipeline.scorer import load

    options = {name: wanted[name] for name in ("device", "dtype", "batch", "scorer")}
    try:
        return load(Path(wanted["folder"]), trust="code", **options)
    except PipelineError:
        raise
    except Exception as error:  # noqa: BLE001  the model's code may raise anything
        raise PipelineError(f"the model's code failed: {type(error).__name__}: {str(error)[:500]}") from None


def _answer(scorer: Any, guards: Guards, folder: Path, message: dict[str, Any]) -> dict[str, Any]:
    """The answer to one message."""
    what = message["what"]
    if what == "answer":
        return {"answers": answers_out(scorer.answer(documents_in(message["documents"])))}
    if what == "check":
        check = scorer.check(documents_in(message["documents"]))
        return {"outcome": check.outcome, "note": check.note}
    if what == "describe":
        return {**scorer.describe(folder), "isolation": str(guards)}
    if what == "encode":
        return {"ids": scorer.encoder.encode(message["text"], message["encoding"])}
    if what == "pair":
        try:
            pair = scorer.encoder.pair(Request(message["kind"], tuple(message["args"]), message["encoding"]))
        except PipelineError as error:
            return {"refused": str(error)}
        return {"context": pair.context, "continuation": pair.continuation}
    if what == "state":
        sizes = {"weights": scorer.weights_bytes, "full_weights": scorer.full_weights_bytes}
        return {"halvings": scorer.batches.halvings, "way": scorer.rows.name, "memory": _peak(), **sizes}
    raise EndedError


def _peak() -> int:
    import resource

    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


if __name__ == "__main__":
    raise SystemExit(main())
