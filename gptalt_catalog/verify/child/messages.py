"""What parent and child tell each other: one JSON object a line. Standard library only."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from gptalt_catalog.verify.pipeline.requests import Answer, Document, DocumentAnswers, document_line, document_of

MAX_LINE = 1 << 30


class EndedError(Exception):
    """The other side is gone."""


def send(stream: BinaryIO, message: Mapping[str, Any]) -> None:
    """Send a message. Raises :class:`EndedError`."""
    try:
        stream.write(json.dumps(message, ensure_ascii=False, allow_nan=True).encode() + b"\n")
        stream.flush()
    except (BrokenPipeError, ValueError):
        raise EndedError from None


def receive(stream: BinaryIO) -> dict[str, Any]:
    """The next message. Raises :class:`EndedError`, also for anything that is no message."""
    line = stream.readline(MAX_LINE)
    if not line.endswith(b"\n"):
        raise EndedError
    try:
        found = json.loads(line)
    except ValueError:
        raise EndedError from None
    if not isinstance(found, dict):
        raise EndedError
    return found


def documents_out(documents: Sequence[Document]) -> list[dict[str, Any]]:
    """Documents as they are sent."""
    return [document_line(document) for document in documents]


def documents_in(lines: Sequence[Mapping[str, Any]]) -> list[Document]:
    """Documents as they were sent."""
    return [document_of(line) for line in lines]


def answers_out(answers: Sequence[DocumentAnswers]) -> list[dict[str, Any]]:
    """Answers as they are sent."""
    return [
        {"place": list(one.place), "answers": dict(one.answers), "tokens": one.tokens, "truncated": one.truncated}
        for one in answers
    ]


def answers_in(documents: Sequence[Document], lines: Sequence[Mapping[str, Any]]) -> list[DocumentAnswers]:
    """The answers to some documents, as a program sent them that is not trusted. Raises :class:`EndedError`."""
    try:
        return [
            DocumentAnswers(
                document.place,
                {request.key: _answer(request.kind, line["answers"][request.key]) for request in document.requests},
                int(line["tokens"]),
                int(line["truncated"]),
            )
            for document, line in zip(documents, lines, strict=True)
        ]
    except (ValueError, KeyError, TypeError, IndexError):
        raise EndedError from None


def _answer(kind: str, value: Any) -> Answer:
    if kind == "generate_until":
        if not isinstance(value, str):
            raise TypeError
        return value
    if kind == "loglikelihood_rolling":
        return _finite(value)
    number, greedy = value
    return _finite(number), bool(greedy)


def _finite(value: Any) -> float:
    if not math.isfinite(value):
        raise ValueError
    return float(value)
