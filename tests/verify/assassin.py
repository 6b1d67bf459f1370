"""Kills its own process with SIGKILL at a chosen moment: for tests of what is left on the disk then.

A moment is the n-th time that a phase touches the disk (before it does), or some milliseconds later. Phases are
told apart by the folder that is touched; grading touches nothing, there calls are counted.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink"})


class Assassin:
    """Strikes at the ``moment``-th touch in ``phase``, ``delay`` seconds after it."""

    def __init__(self, phase: str, moment: int, delay: float, folders: Mapping[str, str]) -> None:
        self.phase, self.left, self.delay = phase, moment, delay
        self.folders = folders

    def touch(self, phase: str) -> None:
        """Something is about to happen in ``phase``."""
        if phase != self.phase:
            return
        self.left -= 1
        if self.left:
            return
        if not self.delay:
            os.kill(os.getpid(), signal.SIGKILL)
        threading.Timer(self.delay, os.kill, (os.getpid(), signal.SIGKILL)).start()

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """What Python says before it touches the disk (an audit hook)."""
        if event in _CHANGES or (event == "open" and _writes(arguments)):
            path = str(arguments[0]) if isinstance(arguments[0], (str, Path)) else ""
            for phase, folder in self.folders.items():
                if folder in path:
                    self.touch(phase)
                    return


def _writes(arguments: tuple[Any, ...]) -> bool:
    mode, flags = arguments[1], arguments[2]
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return bool(flags & (os.O_WRONLY | os.O_RDWR))


def arm(phase: str, moment: int, delay: float, folders: Mapping[str, str], log: str) -> None:
    """Strike in ``phase``; what a model is asked is written to ``log``, so that nothing asked twice goes unseen."""
    from gptalt_catalog.verify.pipeline import runner
    from gptalt_catalog.verify.pipeline.scorer import Scorer

    assassin = Assassin(phase, moment, delay, folders)
    of_runner: Any = runner  # which imports grade
    grade, answer = of_runner.grade, Scorer.answer

    def graded(*given: Any) -> Any:
        assassin.touch("grade")
        return grade(*given)

    def answered(self: Scorer, documents: Sequence[Any], known: Any = None) -> Any:
        found = answer(self, documents, known)
        file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, "".join(f"{document.doc_id}\n" for document in documents).encode())
        os.close(file)
        return found

    of_runner.grade = graded
    Scorer.answer = answered  # type: ignore[method-assign]
    sys.addaudithook(assassin.hear)
