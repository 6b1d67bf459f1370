"""One process at a time on a repository of the cache.

The operating system's lock on an open file ends with its process, however that dies, so a stale lock
cannot exist. Some network file systems have no such locks: there a file created exclusively stands in,
and one left by a dead process of this machine is broken.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gptalt_catalog.verify.hub.errors import HubError

_UNSUPPORTED = frozenset({errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL})
_HELD = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})
_PAUSE = 0.2


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
    """Create the marker; one of a dead process is moved away first, by exactly one of those who see it."""
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        holder = _holder(place)
        if holder is not None and not _alive(holder):
            corpse = place.with_suffix(f".{os.getpid()}.dead")
            with contextlib.suppress(OSError):
                place.rename(corpse)
                if _holder(corpse) == holder:
                    corpse.unlink()
                else:  # somebody else was quicker, and this is the new holder's
                    corpse.rename(place)
        return None
    os.write(descriptor, str(os.getpid()).encode())
    os.close(descriptor)
    return 0


def _holder(place: Path) -> int | None:
    try:
        text = place.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
