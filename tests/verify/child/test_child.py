"""Code of a repository runs only where it can reach no network, no token and no file that is not its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from gptalt_catalog.verify.child.guard import shut_off
from gptalt_catalog.verify.child.messages import EndedError, answers_in
from gptalt_catalog.verify.child.scoring import ATTEMPTS, ChildScorer, Start
from gptalt_catalog.verify.pipeline.requests import Document, DocumentAnswers, PipelineError, Request
from gptalt_catalog.verify.pipeline.scorer import Scorer
from tests.verify.pipeline import models
from tests.verify.pipeline.test_scorer import documents

pytestmark = [
    pytest.mark.verify,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are shut off on Linux only"),
]

CODE = '''
"""The code of a repository: a Llama by another name, which looks around when it is imported."""
import json, os, pathlib, socket, subprocess, threading, urllib.request
from transformers import LlamaConfig, LlamaForCausalLM

print('{"answers": "a line that is no message"}', flush=True)
found = {}


def attempt(name, work):
    try:
        found[name] = repr(work())
    except BaseException as error:
        found[name] = "refused " + type(error).__name__


def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(2)
        one.connect(address)


HUB, OUTSIDE, SECRET, PARENT, MODEL = LOOK
attempt("hub", lambda: urllib.request.urlopen(HUB, timeout=2).read(10))
attempt("address", lambda: connect(socket.AF_INET, ("127.0.0.1", int(HUB.rsplit(":", 1)[1]))))
attempt("other address", lambda: connect(socket.AF_INET, ("192.0.2.1", 80)))
attempt("name", lambda: socket.getaddrinfo("example.org", 80))
attempt("local socket", lambda: connect(socket.AF_UNIX, OUTSIDE))
attempt("datagram", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)))
attempt("raw", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
attempt("child process", lambda: subprocess.run(
    ["python3", "-c", f"import urllib.request as u; u.urlopen({HUB!r}, timeout=2)"], check=True, capture_output=True))
attempt("token in a file", lambda: pathlib.Path(SECRET).read_text())
attempt("link to the token", lambda: (os.symlink(SECRET, "link"), open("link").read()))
attempt("parent's environment", lambda: pathlib.Path(f"/proc/{PARENT}/environ").read_bytes())
attempt("parent's memory", lambda: open(f"/proc/{PARENT}/mem", "rb").read(1))
attempt("write outside", lambda: pathlib.Path(SECRET).with_name("written").write_text("x"))
attempt("cut the token off", lambda: os.truncate(SECRET, 0))
attempt("signal", lambda: os.kill(PARENT, 0))
attempt("abstract socket", lambda: connect(socket.AF_UNIX, "\\0gptalt-test"))
attempt("write its own weights", lambda: pathlib.Path(MODEL, "new").write_text("x"))
threads = threading.Thread(target=lambda: attempt("thread", lambda: urllib.request.urlopen(HUB, timeout=2)))
threads.start()
threads.join()
found["environment"] = sorted(os.environ)
found["values"] = "|".join(os.environ.values())
pathlib.Path(os.environ["HOME"], "found.json").write_text(json.dumps(found))


class OddConfig(LlamaConfig):
    model_type = "odd"


class OddForCausalLM(LlamaForCausalLM):
    config_class = OddConfig
'''
REFUSED = {
    "hub", "address", "other address", "name", "local socket", "datagram", "raw", "child process", "token in a file",
    "link to the token", "cut the token off", "signal", "abstract socket", "write its own weights",
    "parent's environment", "parent's memory", "write outside", "thread",
}  # fmt: skip
TOKEN = "hf_" + "secret" * 4


def odd_model(folder: Path, code: str) -> Any:
    """A tiny model whose class is only in the folder's own code; returns the plain model, which answers the same."""
    tokenizer = models.random_tokenizer()
    tokenizer.save_pretrained(folder)
    model = models.random_model(tokenizer)
    model.save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    config |= {
        "model_type": "odd",
        "architectures": ["OddForCausalLM"],
        "auto_map": {"AutoConfig": "modeling_odd.OddConfig", "AutoModelForCausalLM": "modeling_odd.OddForCausalLM"},
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "modeling_odd.py").write_text(code)
    return model, tokenizer


def start(folder: Path, **more: Any) -> Start:
    """A child for a folder, but for what is called unlisted."""
    files = tuple(path.name for path in sorted(folder.iterdir()) if "unlisted" not in path.name)
    return Start(Path(sys.executable), folder, files, device="cpu", **more)


PLAIN = """
from transformers import LlamaConfig, LlamaForCausalLM


class OddConfig(LlamaConfig):
    model_type = "odd"


class OddForCausalLM(LlamaForCausalLM):
    config_class = OddConfig
"""


@pytest.fixture
def listening() -> Iterator[tuple[str, list[Any]]]:
    """A server on this machine that notes who comes."""
    came: list[Any] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                came.append(server.accept())
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", came
    server.close()


def test_the_code_reaches_no_network_and_sees_no_token(
    tmp_path: Path, listening: tuple[str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, came = listening
    secret = tmp_path / "home" / "token"
    secret.parent.mkdir()
    secret.write_text(TOKEN)
    outside = tmp_path / "outside.sock"
    local = socket.socket(socket.AF_UNIX)
    local.bind(str(outside))
    local.listen()
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("https_proxy", address)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", TOKEN)
    look = repr((address, str(outside), str(secret), os.getpid(), str(tmp_path / "model")))
    model, tokenizer = odd_model(tmp_path / "model", CODE.replace("LOOK", look))
    scorer = ChildScorer(start(tmp_path / "model", token=True))
    try:
        some = documents(4)
        answers = [one.answers for one in scorer.answer(some)]
        found = json.loads((scorer.child.home / "found.json").read_text())
    finally:
        scorer.close()
        local.close()
    assert {name for name, what in found.items() if str(what).startswith("refused")} >= REFUSED, found
    assert came == []
    assert TOKEN not in found["values"]
    assert "HF_TOKEN" not in found["environment"]
    assert not [name for name in found["environment"] if name.lower().endswith("_proxy")]
    assert not (secret.parent / "written").exists()
    assert secret.read_text() == TOKEN
    plain = [one.answers for one in Scorer(model, tokenizer).answer(some)]
    for one, other in zip(answers, plain, strict=True):
        assert one == {k: v if isinstance(v, str) else pytest.approx(v, abs=1e-3) for k, v in other.items()}
    assert not scorer.child.home.exists()


def same(found: Sequence[DocumentAnswers], wanted: Sequence[DocumentAnswers]) -> bool:
    """Whether answers are the same but for rounding: what a process remembers of prefixes changes the last digits."""
    for one, other in zip(found, wanted, strict=True):
        assert one.place == other.place
        assert one.answers == {
            k: v if isinstance(v, str) else pytest.approx(v, abs=1e-4) for k, v in other.answers.items()
        }
    return True


def test_a_killed_child_is_begun_again_and_answers_the_same(tmp_path: Path) -> None:
    odd_model(tmp_path / "model", PLAIN)
    some = documents(6, ["loglikelihood", "generate_until"])
    scorer = ChildScorer(start(tmp_path / "model"))
    try:
        scorer.check(some)
        first = scorer.answer(some)
        assert scorer.child.pid is not None
        os.kill(scorer.child.pid, signal.SIGKILL)
        assert same(scorer.answer(some), first)
        timer = threading.Timer(0.05, lambda pid: os.kill(pid, signal.SIGKILL), [scorer.child.pid])
        timer.start()
        assert same(scorer.answer(some), first)
        timer.join()
        assert same(scorer.answer(some), first)
        assert scorer.child.begun in (2, 3)
        said = scorer.describe()
        assert said["isolation"]
        assert said["dtype"] == "float32"
    finally:
        scorer.close()


def test_what_is_known_is_not_asked_again_and_tokens_come_from_the_child(tmp_path: Path) -> None:
    model, tokenizer = odd_model(tmp_path / "model", PLAIN)
    some = documents(2, ["loglikelihood"])
    scorer = ChildScorer(start(tmp_path / "model"))
    try:
        known = dict.fromkeys([request.key for request in some[0].requests], (-7.0, True))
        found = scorer.answer(some, known)  # type: ignore[arg-type]
        assert found[0].answers == known
        assert found[0].tokens == 0
        plain = Scorer(model, tokenizer).encoder
        for request in some[0].requests:
            assert scorer.encoder.pair(request) == plain.pair(request)
        assert scorer.encoder.encode("the cat") == plain.encode("the cat")
        with pytest.raises(PipelineError, match="no token of its own"):
            scorer.encoder.pair(Request("loglikelihood", ("the cat", "")))
    finally:
        scorer.close()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise RuntimeError('no thanks')", "no thanks"),
        ("import sys, os; print('\\x1b[2Jwiped', file=sys.stderr); os._exit(3)", r"asked:  ?\[2Jwiped"),
        ("import os; os._exit(3)", f"ended {ATTEMPTS} times"),
        ("import no_such_library", "no_such_library"),
    ],
)
def test_code_that_fails_is_told(tmp_path: Path, code: str, message: str) -> None:
    odd_model(tmp_path / "model", code)
    scorer = ChildScorer(start(tmp_path / "model"))
    try:
        with pytest.raises(PipelineError, match=message):
            scorer.answer(documents(1))
    finally:
        scorer.close()


def test_code_that_lies_beside_but_is_not_listed_is_not_run(tmp_path: Path) -> None:
    odd_model(tmp_path / "model", "from .unlisted import x\n" + PLAIN)
    (tmp_path / "model/unlisted.py").write_text(f"x = open({str(tmp_path / 'run')!r}, 'w')\n")
    scorer = ChildScorer(start(tmp_path / "model"))
    try:
        with pytest.raises(PipelineError, match="unlisted"):
            scorer.answer(documents(1))
    finally:
        scorer.close()
    assert not (tmp_path / "run").exists()


def test_answers_of_the_child_are_not_taken_on_trust() -> None:
    some = Document("q", "q", 0, "", (Request("loglikelihood", ("a", " b")), Request("generate_until", ("a", {}))))
    first, second = (request.key for request in some.requests)
    good = {"place": ["x", "y", 9], "answers": {first: [-1.0, True], second: "b"}, "tokens": 3, "truncated": 0}
    (found,) = answers_in([some], [good])
    assert found.place == some.place, "the place is ours, not the child's"
    for spoilt in (
        [],
        [good, good],
        [{**good, "answers": {first: [-1.0, True]}}],
        [{**good, "answers": {first: [float("nan"), True], second: "b"}}],
        [{**good, "answers": {first: "b", second: "b"}}],
        [{**good, "answers": {first: [-1.0, True], second: 3}}],
        [{**good, "tokens": "many"}],
        [None],
    ):
        with pytest.raises(EndedError):
            answers_in([some], spoilt)  # type: ignore[arg-type]


def test_where_files_cannot_be_guarded_and_a_token_is_at_hand_nothing_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gptalt_catalog.verify.child.scoring as module

    odd_model(tmp_path / "model", PLAIN)
    monkeypatch.setattr(module, "receive", lambda _: {"guards": "seccomp", "files": False})
    scorer = ChildScorer(start(tmp_path / "model", token=True))
    with pytest.raises(PipelineError, match="unset HF_TOKEN"):
        scorer.answer(documents(1))
    scorer.close()


def test_each_guard_of_the_network_is_enough_by_itself(tmp_path: Path, listening: tuple[str, list[Any]]) -> None:
    """In a process of its own, because what is shut off stays shut off."""
    address, came = listening
    port = int(address.rsplit(":", 1)[1])
    program = f"""
import ctypes, socket, sys
from pathlib import Path
from gptalt_catalog.verify.child import guard
if sys.argv[1] == "seccomp":
    guard._network_namespace = lambda libc: False
else:
    guard._no_sockets = lambda libc: False
found = guard.shut_off([], Path({str(tmp_path)!r}))
try:
    socket.create_connection(("127.0.0.1", {port}), timeout=2)
    print("reached", found)
except OSError as error:
    print("refused", found)
"""
    import subprocess

    for one in ("seccomp", "network namespace"):
        done = subprocess.run([sys.executable, "-c", program, one], capture_output=True, text=True, check=True)
        assert done.stdout.startswith(f"refused {one}"), done
    assert came == []
    assert callable(shut_off)
    shutil.rmtree(tmp_path, ignore_errors=True)
