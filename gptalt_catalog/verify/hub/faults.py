"""What a loopback hub can be told to do wrong, so that clients can be tested against bad days."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

FaultKind = Literal["cut", "wrong-byte", "status", "slow"]


@dataclass(frozen=True)
class Fault:
    """One fault. ``path`` is a pattern for the address (``*/model.safetensors``, ``/api/*``).

    ``times`` is how often it strikes, ``None``: always. ``at`` is the number of bytes after which an
    answer is cut, or the place in the file of the byte that is wrong. Use the functions below.
    """

    kind: FaultKind
    path: str
    times: int | None
    at: int = 0
    status: int = 500
    retry_after: str | None = None
    bytes_per_second: int = 0


def cut(path: str, after: int, times: int | None = 1) -> Fault:
    """The connection ends after ``after`` bytes of the answer's body."""
    return Fault("cut", path, times, at=after)


def wrong_byte(path: str, at: int, times: int | None = None) -> Fault:
    """The byte at place ``at`` of the file arrives with all bits flipped."""
    return Fault("wrong-byte", path, times, at=at)


def failing(path: str, status: int = 500, times: int | None = 1, retry_after: str | None = None) -> Fault:
    """The answer is an error without an explanation, perhaps with ``Retry-After``."""
    return Fault("status", path, times, status=status, retry_after=retry_after)


def slow(path: str, bytes_per_second: int, times: int | None = None) -> Fault:
    """The body comes at this rate."""
    return Fault("slow", path, times, bytes_per_second=bytes_per_second)


@dataclass
class _Armed:
    """A fault and how often it still strikes (``None``: for ever)."""

    fault: Fault
    left: int | None


class FaultBook:
    """The faults of a running hub; they can be added while it runs."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        """From now on, this goes wrong too."""
        with self._lock:
            self._armed.append(_Armed(fault, fault.times))

    def clear(self) -> None:
        """From now on, all is well."""
        with self._lock:
            self._armed.clear()

    def strike(self, kind: FaultKind, path: str) -> Fault | None:
        """The fault of this kind that strikes this address now, counted; ``None``: nothing does."""
        with self._lock:
            for armed in self._armed:
                if armed.fault.kind != kind or armed.left == 0 or not fnmatchcase(path, armed.fault.path):
                    continue
                if armed.left is not None:
                    armed.left -= 1
                return armed.fault
        return None
