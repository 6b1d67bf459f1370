"""Runs the real command in processes that are born quickly: forks of one that has imported the libraries.

Importing torch, transformers, datasets and lm-eval takes seconds; a fork of a process that has done so takes
milliseconds. Otherwise a fork is a process like any other: it has its own arguments, output and environment,
and can be killed. (Run as a program, this file is that process.)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any


@dataclass
class Done:
    """A process that has ended."""

    returncode: int
    stdout: str
    stderr: str


class Forks:
    """The process that forks. ``environment`` is what the libraries see when they are imported."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.count = 0
        self.server = subprocess.Popen(
            [sys.executable, __file__],
            env={**environment, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **said: Any) -> int:
        """Send one order and read the number that answers it."""
        server_in, server_out = self.server.stdin, self.server.stdout
        assert server_in is not None
        assert server_out is not None
        server_in.write(json.dumps(said) + "\n")
        server_in.flush()
        return int(server_out.readline())

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], before: str = "") -> Fork:
        """Begin ``gptalt-catalog ARGUMENTS``; ``before`` is Python that is run first."""
        self.count += 1
        out, err = (self.folder / f"{self.count}.{name}" for name in ("out", "err"))
        process = self.ask(
            arguments=list(arguments), environment=dict(environment), before=before, out=str(out), err=str(err)
        )
        return Fork(self, process, out, err)

    def run(self, arguments: Sequence[str], environment: Mapping[str, str], before: str = "") -> Done:
        """The same, to its end."""
        return self.start(arguments, environment, before).wait()

    def stop(self) -> None:
        """End the process that forks."""
        with self.server:  # closes the pipes, and waits for its end
            pass


@dataclass
class Fork:
    """A process that runs."""

    forks: Forks
    process: int
    out: Path
    err: Path

    def wait(self) -> Done:
        """Wait for its end."""
        code = self.forks.ask(wait=self.process)
        return Done(code, self.out.read_text(encoding="utf-8"), self.err.read_text(encoding="utf-8"))

    def wait_for(self, sign: str, count: int = 1) -> None:
        """Wait until it has said ``sign`` on its error stream, ``count`` times; fail if it is silent for a minute."""
        for _ in range(12_000):
            if self.err.exists() and self.err.read_text(encoding="utf-8", errors="replace").count(sign) >= count:
                return
            time.sleep(0.005)
        raise AssertionError(f"it never said {sign!r}: {self.err.read_text(encoding='utf-8')}")


def serve(orders: IO[str]) -> None:
    """Import what is slow to import, then do what is ordered."""
    import datasets
    import lm_eval.api.task
    import lm_eval.tasks
    import torch
    import transformers
    from transformers.models.llama import modeling_llama

    import gptalt_catalog.cli.main
    import gptalt_catalog.verify.pipeline.scorer

    del datasets, lm_eval, torch, transformers, modeling_llama, gptalt_catalog
    answers = os.fdopen(os.dup(1), "w")
    for line in orders:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                be(order)
        answers.write(f"{answer}\n")
        answers.flush()


def be(order: Mapping[str, Any]) -> None:
    """Be the process that is ordered; never returns."""
    for path, number in ((order["out"], 1), (order["err"], 2)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(order["environment"])
    sys.argv = ["gptalt-catalog", *order["arguments"]]
    code = 70
    try:
        exec(order["before"], {"__name__": "before"})
        from gptalt_catalog.cli.main import run

        run()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:  # noqa: BLE001  whatever it is, the process ends here
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(sys.stdin)
