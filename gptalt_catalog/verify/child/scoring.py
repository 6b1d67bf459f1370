"""The parent's side: a scorer whose model lives in a child process that is shut off, and is begun again if killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from gptalt_catalog.verify.child.messages import EndedError, answers_in, documents_out, receive, send
from gptalt_catalog.verify.pipeline.prefix.selfcheck import Check, Outcome, noted
from gptalt_catalog.verify.pipeline.requests import Answer, Document, DocumentAnswers, Encoding, PipelineError, Request
from gptalt_catalog.verify.pipeline.scorer import Scorer
from gptalt_catalog.verify.pipeline.tokens import Pair

ATTEMPTS = 3
"""How often one message is tried before the child is given up."""
CHECKED = 48
"""Documents of each task that the child chooses its way to score by."""
_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "TZ")
_PLACES = ("HOME", "TMPDIR", "HF_HOME", "XDG_CACHE_HOME", "TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR")


@dataclass(frozen=True)
class Start:
    """What a child is begun with: of the ``folder``, it gets the ``files`` and no others.

    ``token``: a token of a hub is somewhere on this machine.
    """

    python: Path
    folder: Path
    files: tuple[str, ...]
    device: str = "auto"
    dtype: str = "auto"
    batch: int | None = None
    scorer: str = "auto"
    token: bool = False

    def message(self, view: Path) -> dict[str, Any]:
        """The first message. The model's files are links in ``view``, often into a cache."""
        real = {(self.folder / path).resolve().parent for path in self.files}
        return {
            "folder": str(view),
            "device": self.device,
            "dtype": self.dtype,
            "batch": self.batch,
            "scorer": self.scorer,
            "readable": sorted(map(str, {view, *real})),
        }

    def show(self, view: Path) -> None:
        """Make links to the files in ``view``: a cache may hold code of other programs beside them."""
        for path in self.files:
            place = view / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to((self.folder / path).resolve())


class Child:
    """The process, begun when it is first needed, and again when it has died."""

    def __init__(self, start: Start) -> None:
        self.start = start
        self.home = Path(tempfile.mkdtemp(prefix="gptalt-child-"))
        """Where the child may write, and no other program should look."""
        self._own = Path(tempfile.mkdtemp(prefix="gptalt-parent-"))
        self._view = self._own / "model"
        start.show(self._view)
        self.guards = ""
        self.begun = 0
        self.before: list[dict[str, Any]] = []
        """Messages that every new child gets first, so that it works as the one before."""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process's id, while there is one."""
        return self._process.pid if self._process is not None else None

    @property
    def said(self) -> str:
        """The end of what the model's code printed."""
        try:
            return (self._own / "said.txt").read_text(encoding="utf-8", errors="replace")[-2000:]
        except OSError:
            return ""

    def ask(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a message. Raises :class:`PipelineError` if the child refuses, or dies again and again."""
        for _ in range(ATTEMPTS):
            try:
                if self._process is None:
                    self._begin()
                return self._exchange(message)
            except EndedError:
                self._end()
        last = (self.said.strip().splitlines() or ["it said nothing"])[-1]
        raise PipelineError(
            f"the model's own process ended {ATTEMPTS} times while it was asked: {printable(last, 300)}"
        )

    def ready(self) -> str:
        """Begin it if need be; what it is shut off by. Raises :class:`PipelineError`."""
        self.ask({"what": "state"})
        return self.guards

    def close(self) -> None:
        """End the process, and remove what it wrote."""
        self._end()
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self._own, ignore_errors=True)

    def _begin(self) -> None:
        self.begun += 1
        with (self._own / "said.txt").open("ab") as said:
            # Our own program; what it loads runs shut off, and only if its hashes are those that the entry lists.
            self._process = subprocess.Popen(  # noqa: S603
                [str(self.start.python), "-m", "gptalt_catalog.verify.child.program"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=self._environment(), cwd=self.home,
                start_new_session=True,
            )  # fmt: skip
        found = self._exchange({**self.start.message(self._view), "home": str(self.home)})
        self.guards = printable(found["guards"], 120)
        if self.start.token and not found["files"]:
            self._end()
            raise PipelineError(
                "this kernel cannot keep the model's code off the files of this machine (Landlock), and a token "
                "of a hub is among them: unset HF_TOKEN, log out of the hub, and run it again with --offline"
            )
        for message in self.before:
            self._exchange(message)

    def _exchange(self, message: Mapping[str, Any]) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise EndedError
        send(cast("BinaryIO", process.stdin), message)
        found = receive(cast("BinaryIO", process.stdout))
        if "error" in found:
            self._end()
            raise PipelineError(_plain(found))
        return found

    def _environment(self) -> dict[str, str]:
        """Nothing of the caller's but what programs need; no token, no proxy, all caches in a folder of its own."""
        package = Path(__file__).resolve().parents[3]
        found = {name: os.environ[name] for name in _KEPT if name in os.environ}
        found |= dict.fromkeys(_PLACES, str(self.home))
        return found | {
            "HF_HUB_OFFLINE": "1",
            "TRANSFORMERS_OFFLINE": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
            "HF_MODULES_CACHE": str(self.home / "modules"),
            "PYTHONPATH": str(package),
            "PYTHONNOUSERSITE": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):  # it and what it has begun
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue
        process.wait()


def printable(text: object, most: int) -> str:
    """What strangers' code says, as one line that does nothing to a terminal."""
    return "".join(c if c.isprintable() else " " for c in str(text))[:most].strip()


def _plain(found: Mapping[str, Any]) -> str:
    text = printable(found["error"], 600)
    if not found.get("guard"):
        return text
    return f"code of a repository is run only where it can be shut off: {text}; use another machine or a container"


@dataclass
class ChildBatches:
    """What is told of batches in the child."""

    halvings: int = 0


@dataclass
class ChildRows:
    """What is told of the way to score in the child."""

    name: str = "stock-1"
    choice: str = "auto"
    checked: Check = field(default_factory=Check)
    outputs_fed: int = 0

    def settle(self) -> None:
        """The child settles it."""


class ChildEncoder:
    """Texts to tokens, in the child: tokenizers may come with code, too."""

    def __init__(self, child: Child) -> None:
        self.child = child

    def encode(self, text: str, encoding: Encoding = "joint") -> list[int]:
        """Token ids of a text that begins a sequence."""
        return [int(i) for i in self.child.ask({"what": "encode", "text": text, "encoding": encoding})["ids"]]

    def pair(self, request: Request) -> Pair:
        """The tokens of a log-likelihood request. Raises :class:`PipelineError` if nothing is left to score."""
        asked = {"what": "pair", "kind": request.kind, "args": list(request.args), "encoding": request.encoding}
        found = self.child.ask(asked)
        if "refused" in found:
            raise PipelineError(printable(found["refused"], 300))
        return Pair(tuple(found["context"]), tuple(found["continuation"]))


class ChildScorer(Scorer):
    """Answers requests through a child process."""

    def __init__(self, start: Start) -> None:
        self.child = Child(start)
        self.encoder = cast("Any", ChildEncoder(self.child))
        self.batches = cast("Any", ChildBatches())
        self.rows: Any = ChildRows()

    @property
    def self_check(self) -> Check:
        """What the child's checks came to, so far."""
        found: Check = self.rows.checked
        return found

    def check(self, documents: Sequence[Document]) -> Check:
        """Let the child choose its way to score by some documents of each task."""
        counts: dict[str, int] = {}
        some = []
        for document in documents:
            counts[document.task] = counts.get(document.task, 0) + 1
            if counts[document.task] <= CHECKED:
                some.append(document)
        message = {"what": "check", "documents": documents_out(some)}
        found = self.child.ask(message)
        self.child.before = [message]
        self._look()
        outcomes: Mapping[object, Outcome] = {"passed": "passed", "not-run": "not-run"}
        self.rows.checked = Check(outcomes.get(found["outcome"], "fallback"), noted([str(found["note"])]))
        return self.self_check

    def answer(self, documents: Sequence[Document], known: dict[str, Answer] | None = None) -> list[DocumentAnswers]:
        """The answers to some documents; a child that dies meanwhile is begun again and asked the same.

        What is ``known`` is not asked. Raises :class:`PipelineError`.
        """
        have = known or {}
        asked = [_without(document, have) for document in documents]
        message = {"what": "answer", "documents": documents_out(asked)}
        for _ in range(ATTEMPTS):
            found = self.child.ask(message)
            try:
                answers = answers_in(asked, found["answers"])
            except (EndedError, KeyError):
                continue
            self._look()
            return [_with(one, document, have) for one, document in zip(answers, documents, strict=True)]
        raise PipelineError("the model's own process answers something else than what it is asked")

    def describe(self, folder: Path | None = None) -> dict[str, Any]:
        """What the response file says about program, weights and number format, as the child tells it."""
        del folder
        found = self.child.ask({"what": "describe"})
        told = {name: v if isinstance(v, int) else printable(v, 120) for name, v in found.items()}
        return {**told, "isolation": self.child.guards}

    def close(self) -> None:
        """End the child."""
        self.child.close()

    def _look(self) -> None:
        state = self.child.ask({"what": "state"})
        self.batches.halvings = int(state["halvings"])
        self.rows.name = printable(state["way"], 40)
        self.memory = int(state["memory"])
        self.weights_bytes, self.full_weights_bytes = int(state["weights"]), int(state["full_weights"])


def _without(document: Document, known: Mapping[str, Answer]) -> Document:
    left = tuple(request for request in document.requests if request.key not in known)
    return Document(document.task, document.leaf, document.doc_id, document.doc_hash, left)


def _with(answers: DocumentAnswers, document: Document, known: Mapping[str, Answer]) -> DocumentAnswers:
    whole = {r.key: answers.answers[r.key] if r.key in answers.answers else known[r.key] for r in document.requests}
    return DocumentAnswers(answers.place, whole, answers.tokens, answers.truncated)
