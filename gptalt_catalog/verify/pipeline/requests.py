"""Request and response files: what a plan asks of a model, and what the model answered.

Both are JSON lines. The first line says what the file is; each further line holds one document (an item
of a benchmark). Every line carries a hash over itself and the line before, so that a changed, missing or
reordered line is found, and the last hash stands for the whole file. A line is on the disk before the
next is begun: after ``kill -9`` at most the last line is torn, and it is dropped and made again.

Only the standard library is needed here: this module travels to machines that have nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

VERSION = 1
REQUESTS = "gptalt-requests"
RESPONSES = "gptalt-responses"

Kind = Literal["loglikelihood", "loglikelihood_rolling", "generate_until"]
KINDS: tuple[Kind, ...] = ("loglikelihood", "loglikelihood_rolling", "generate_until")

Encoding = Literal["joint", "joint-plain", "separate-plain"]
"""How texts become tokens. ``joint``: context and continuation are encoded together, with the special
tokens that the tokenizer adds by itself (lm-eval 0.4). ``joint-plain``: together, without special tokens
(lm-eval from June 2023). ``separate-plain``: each by itself, without special tokens (lm-eval 0.3.0)."""
ENCODINGS: tuple[Encoding, ...] = ("joint", "joint-plain", "separate-plain")

Answer = tuple[float, bool] | float | str
"""What a model answers: the log-likelihood and whether greedy decoding gives the same text; a rolling
log-likelihood; or generated text. Log-likelihoods are natural logarithms."""


class PipelineError(Exception):
    """A step cannot go on; the message says what happened and what to do."""


class DamagedFileError(PipelineError):
    """A request or response file is not as it was written."""


class NotANumberError(PipelineError):
    """The outputs of a model are not numbers."""

    def __init__(self, found: float = float("nan")) -> None:
        super().__init__(
            f"the model's outputs are {found} instead of numbers; its weights may be damaged, "
            "or its data type too small: try --dtype float32 or bfloat16"
        )


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no blanks, no NaN."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(text: str) -> str:
    """The SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Request:
    """One question to a model.

    ``args`` are lm-eval's: (context, continuation), (text,), or (context, generation settings).
    """

    kind: Kind
    args: tuple[Any, ...]
    encoding: Encoding = "joint"

    @property
    def key(self) -> str:
        """The SHA-256 of [kind, *args] as canonical JSON; another encoding than ``joint`` is one more argument."""
        options = [] if self.encoding == "joint" else [{"encoding": self.encoding}]
        return sha256(canonical([self.kind, *self.args, *options]))


@dataclass(frozen=True)
class Document:
    """One item of a benchmark with all that is asked about it.

    ``task`` is the task that is audited, ``leaf`` the lm-eval task that the item belongs to (a subject
    of MMLU), ``doc_id`` its row there, ``doc_hash`` lm-eval's hash of its content.
    """

    task: str
    leaf: str
    doc_id: int
    doc_hash: str
    requests: tuple[Request, ...]

    @property
    def place(self) -> tuple[str, str, int]:
        """What names the document within a plan."""
        return self.task, self.leaf, self.doc_id


@dataclass(frozen=True)
class PlannedTask:
    """What a plan knows about one task. ``items`` is the size of the whole population, in items.

    ``manifest`` is the SHA-256 over the hashes of all its documents in the order of the data.
    """

    version: str
    shots: int
    encoding: Encoding
    draws: str
    items: int
    manifest: str
    data: Mapping[str, str]


@dataclass(frozen=True)
class Header:
    """What a request file is about. ``suite`` and ``revision`` (of the weights) fix the order of documents.

    ``data`` of each task names the repositories with their revisions.
    """

    suite: str
    revision: str
    protocols: tuple[str, ...]
    tasks: Mapping[str, PlannedTask]
    lm_eval: str
    system_instruction: str = ""

    def to_json(self) -> dict[str, Any]:
        """The header as it stands in the file."""
        return {"format": REQUESTS, "version": VERSION, **asdict(self), "protocols": list(self.protocols)}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Header:
        """The header of a file's first line."""
        rest = {key: value for key, value in found.items() if key not in ("format", "version", "chain")}
        rest["protocols"] = tuple(rest["protocols"])
        rest["tasks"] = {name: PlannedTask(**task) for name, task in rest["tasks"].items()}
        return cls(**rest)


@dataclass(frozen=True)
class DocumentAnswers:
    """The answers to one document, by request key, with what they cost: tokens fed, requests cut off."""

    place: tuple[str, str, int]
    answers: Mapping[str, Answer]
    tokens: int = 0
    truncated: int = 0


class ChainedFile:
    """A file of JSON lines in which each line vouches for the line before."""

    def __init__(self, path: Path, format_name: str, header: Mapping[str, Any] | None = None) -> None:
        """Open ``path``, or begin it with ``header``.

        A torn last line is cut off. Raises :class:`DamagedFileError` for anything else that is wrong, and
        if the file has another header than ``header``.
        """
        self.path = path
        self.format = format_name
        self.entries: list[dict[str, Any]] = []
        self.chain = ""
        if not path.exists() or not self._load():
            if header is None:
                raise DamagedFileError(f"{path.name} does not exist or is empty; make it again")
            self.header: Mapping[str, Any] = {}
            self._begin(header)
        elif header is not None and self.header != header:
            raise DamagedFileError(
                f"{path.name} belongs to something else ({differences(self.header, header)}); "
                "name another file, or move this one away"
            )

    def _load(self) -> bool:
        data = self.path.read_bytes()
        whole, _, torn = data.rpartition(b"\n")
        if torn:
            with self.path.open("r+b") as file:
                file.truncate(len(data) - len(torn))
        if not whole:
            return False
        for number, line in enumerate(whole.split(b"\n"), start=1):
            entry = self._checked(number, line)
            if number == 1:
                self.header = entry
            else:
                self.entries.append(entry)
        return True

    def _checked(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            entry = json.loads(line)
            chain = entry.pop("chain")
        except (ValueError, KeyError, AttributeError, TypeError):
            raise DamagedFileError(self._told(number, "it is no line that this program wrote")) from None
        if number == 1 and (entry.get("format") != self.format or entry.get("version") != VERSION):
            raise DamagedFileError(
                f"{self.path.name} is {entry.get('format')!r}, version {entry.get('version')!r}; "
                f"this program reads {self.format!r}, version {VERSION}: make the file again"
            )
        if chain != link(self.chain, entry):
            raise DamagedFileError(self._told(number, "its hash does not fit it and the line before"))
        self.chain = chain
        return dict(entry)

    def _told(self, number: int, reason: str) -> str:
        return (
            f"{self.path.name}, line {number}, was changed after it was written ({reason}); "
            "restore the file, or delete this line and all after it and run the step again"
        )

    def _begin(self, header: Mapping[str, Any]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.chain = link("", header)
        half = self.path.with_name(f".{self.path.name}.half")
        half.write_bytes(_line(header, self.chain))
        half.replace(self.path)
        self.header = dict(header)

    def append(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Add lines; they are on the disk when this returns."""
        lines = []
        chain = self.chain
        for entry in entries:
            chain = link(chain, entry)
            lines.append(_line(entry, chain))
            self.entries.append(dict(entry))
        with self.path.open("ab") as file:
            file.write(b"".join(lines))
            file.flush()
            os.fsync(file.fileno())
        self.chain = chain


def link(chain: str, entry: Mapping[str, Any]) -> str:
    """The hash of a line: over the hash of the line before and its own content."""
    return sha256(chain + canonical(entry))


def _line(entry: Mapping[str, Any], chain: str) -> bytes:
    return canonical({**entry, "chain": chain}).encode() + b"\n"


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Which fields differ between two headers, with both values, for a message."""
    names = sorted(key for key in {*found, *wanted} if found.get(key) != wanted.get(key))
    return ", ".join(f"{name}: {str(found.get(name))[:60]} there, {str(wanted.get(name))[:60]} here" for name in names)


def document_line(document: Document) -> dict[str, Any]:
    """A document as a line; a context that several requests share is written once."""
    texts = list(dict.fromkeys(request.args[0] for request in document.requests))
    index = {text: number for number, text in enumerate(texts)}
    encodings = sorted({request.encoding for request in document.requests})
    return {
        "document": list(document.place),
        "hash": document.doc_hash,
        "encoding": encodings[0] if encodings else "joint",
        "texts": texts,
        "requests": [[r.kind, index[r.args[0]], *r.args[1:]] for r in document.requests],
    }


def document_of(entry: Mapping[str, Any]) -> Document:
    """The document of a line."""
    task, leaf, doc_id = entry["document"]
    requests = tuple(
        Request(kind, (entry["texts"][text], *rest), entry["encoding"]) for kind, text, *rest in entry["requests"]
    )
    return Document(task, leaf, doc_id, entry["hash"], requests)


@dataclass
class RequestFile:
    """The documents of a plan, in the order in which they are to be scored."""

    file: ChainedFile
    header: Header
    documents: list[Document] = field(default_factory=list)

    @property
    def identity(self) -> str:
        """The hash of the first line: what a response file refers to."""
        return link("", self.header.to_json())

    @property
    def sha256(self) -> str:
        """The hash that stands for the whole file."""
        return self.file.chain

    def extend(self, documents: Sequence[Document]) -> None:
        """Write further documents; those that the file holds already are left out."""
        known = {document.place for document in self.documents}
        new = [document for document in documents if document.place not in known]
        self.file.append(document_line(document) for document in new)
        self.documents.extend(new)


def open_requests(path: Path, header: Header | None = None) -> RequestFile:
    """The request file at ``path``; begun with ``header`` if there is none yet.

    Raises :class:`DamagedFileError` if it was changed, or is of another plan than ``header``.
    """
    file = ChainedFile(path, REQUESTS, header.to_json() if header else None)
    try:
        return RequestFile(file, Header.from_json(file.header), [document_of(entry) for entry in file.entries])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DamagedFileError(f"{path.name} lacks something that this program writes: {error!r}") from None


class ResponseFile:
    """The answers to a request file, appended document by document."""

    def __init__(self, path: Path, requests: str | None = None, scorer: Mapping[str, Any] | None = None) -> None:
        """Open ``path``, or begin it for the request file with the identity ``requests``.

        ``scorer`` describes the program and the weights that answer; an existing file must have the same.
        """
        header = None
        if requests is not None and scorer is not None:
            header = {"format": RESPONSES, "version": VERSION, "requests": requests, "scorer": dict(scorer)}
        self.file = ChainedFile(path, RESPONSES, header)
        self.answers: dict[str, Answer] = {}
        self.places: set[tuple[str, str, int]] = set()
        self.tokens = self.truncated = 0
        for entry in self.file.entries:
            self._take(entry)

    def _take(self, entry: Mapping[str, Any]) -> None:
        task, leaf, doc_id = entry["document"]
        self.places.add((task, leaf, doc_id))
        self.tokens += entry["tokens"]
        self.truncated += entry["truncated"]
        for key, value in entry["answers"]:
            self.answers[key] = (value[0], value[1]) if isinstance(value, list) else value

    @property
    def requests(self) -> str:
        """The identity of the request file that is answered."""
        return str(self.file.header["requests"])

    @property
    def scorer(self) -> Mapping[str, Any]:
        """The program and the weights that answered."""
        found: Mapping[str, Any] = self.file.header["scorer"]
        return found

    @property
    def sha256(self) -> str:
        """The hash that stands for the whole file."""
        return self.file.chain

    def keep(self, batch: Sequence[DocumentAnswers]) -> None:
        """Keep a batch; it is on the disk when this returns."""
        lines = [
            {
                "document": list(one.place),
                "answers": [[key, list(v) if isinstance(v, tuple) else v] for key, v in one.answers.items()],
                "tokens": one.tokens,
                "truncated": one.truncated,
            }
            for one in batch
        ]
        self.file.append(lines)
        for line in lines:
            self._take(line)
