"""One process at a time on a repository of the cache.

The operating system's lock on an open file ends with its process, however that dies, so a stale lock
cannot exist. Some network file systems have no such locks: there a file created exclusively stands in,
and one left by a dead process of this machine is broken.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gptalt_catalog.verify.hub.errors import HubError

_UNSUPPORTED = frozenset({errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL})
_HELD = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})
_PAUSE = 0.2
_SETTLED = 30.0  # seconds after which a marker without a process id was abandoned while being written


class _UnsupportedError(Exception):
    """This file system has no locks."""


@dataclass(frozen=True)
class Patience:
    """How long to wait for a lock, in seconds, and who is told (with the holder's process id, if known)."""

    seconds: float = 600.0
    on_wait: Callable[[int | None], None] = lambda _: None


@contextlib.contextmanager
def locked(place: Path, what: str, patience: Patience) -> Iterator[None]:
    """Hold the lock at ``place``. Raises :class:`.errors.HubError` ``locked`` when patience ends.

    ``what`` is locked, for messages. The file stays (deleting it would let two processes in).
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = _until(lambda: _system_lock(place), place, what, patience)
    except _UnsupportedError:
        marker = place.with_suffix(".pid")
        _until(lambda: _marker(marker), marker, what, patience)
        try:
            yield
        finally:
            marker.unlink(missing_ok=True)
        return
    try:
        yield
    finally:
        os.close(descriptor)


def _until(attempt: Callable[[], int | None], place: Path, what: str, patience: Patience) -> int:
    """Try until it works or patience ends."""
    end, told = time.monotonic() + patience.seconds, False
    while (got := attempt()) is None:
        holder = _holder(place)
        if not told:
            patience.on_wait(holder)
            told = True
        if time.monotonic() >= end:
            who = f"process {holder}" if holder else "another process"
            raise HubError("locked", f"{who} is working on {what}", "wait until it is done, or stop it")
        time.sleep(_PAUSE)
    return got


def _system_lock(place: Path) -> int | None:
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _take(descriptor)
    except OSError as error:
        os.close(descriptor)
        if error.errno in _UNSUPPORTED:
            raise _UnsupportedError from None
        if error.errno in _HELD:
            return None
        raise
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def _take(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        lock, mode = getattr(msvcrt, "locking"), getattr(msvcrt, "LK_NBLCK")  # noqa: B009  typed for Windows only
        os.lseek(descriptor, 1 << 30, os.SEEK_SET)
        lock(descriptor, mode, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _marker(place: Path) -> int | None:
    """Create the marker; one left by a dead process of this machine is broken first."""
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        if _dead(place):
            _break(place)
        return None
    os.write(descriptor, f"{os.getpid()} {_machine()}".encode())
    os.close(descriptor)
    return 0


def _break(place: Path) -> None:
    """Remove a dead process's marker. Only one process at a time may, else it could hit a new one."""
    guard = place.with_suffix(".breaking")
    try:
        os.close(os.open(guard, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
    except FileExistsError:
        if _age(guard) > _SETTLED:
            guard.unlink(missing_ok=True)
        return
    try:
        if _dead(place):
            place.unlink(missing_ok=True)
    finally:
        guard.unlink(missing_ok=True)


def _dead(place: Path) -> bool:
    """Whether the marker's process surely is no more: it ran on this machine, or never wrote its id."""
    try:
        words = place.read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return False
    if len(words) != 2:
        return _age(place) > _SETTLED
    return words[1] == _machine() and words[0].isdecimal() and not _alive(int(words[0]))


def _age(place: Path) -> float:
    try:
        return time.time() - place.stat().st_mtime
    except OSError:
        return 0.0


def _machine() -> str:
    """A mark that tells machines with a common disk apart without naming them."""
    import platform

    return hashlib.sha256(platform.node().encode()).hexdigest()[:16]


def _holder(place: Path) -> int | None:
    try:
        words = place.read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return None
    return int(words[0]) if words and words[0].isdecimal() else None


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
