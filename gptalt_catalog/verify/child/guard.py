"""Shuts the process that it runs in off from the network and from all files but those that it needs; for good.

Linux only, by what every user may do to a process of their own: an empty network namespace, a filter on system
calls that refuses sockets (seccomp), and rules on files (Landlock), which also keep other processes from being
looked into. Standard library only, and called before anything else is imported: threads that exist already
would not be shut off.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_NO_NEW_PRIVILEGES = 38  # prctl
_SET_SECCOMP = 22
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # unshare

_READ = 0b1101  # Landlock: execute, read files, read folders
_READ_FILE = 0b101
_WRITE_FILE = 0b10
_ALL = ((1, (1 << 13) - 1), (2, 1 << 13), (3, 1 << 14))
"""Rights on files by the version of Landlock that knows them: all of the first, then moving, then cutting off."""
_TCP = 0b11  # since version 4
_SCOPES = 0b11  # since version 6: abstract local sockets, and signals

SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/proc", "/sys", "/opt")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf")


class GuardError(Exception):
    """The process cannot be shut off; the message says what is missing."""


@dataclass(frozen=True)
class Guards:
    """What is in force. ``network`` may be several; ``files`` says whether only allowed files can be opened."""

    network: tuple[str, ...]
    files: bool

    def __str__(self) -> str:
        """For a record: ``network namespace, seccomp, landlock``."""
        return ", ".join((*self.network, *(["landlock"] if self.files else [])))


def shut_off(readable: Iterable[Path], writable: Path) -> Guards:
    """Shut this process and all its children off. Files below ``readable`` may be read, those of ``writable`` made.

    Raises :class:`GuardError` if it cannot be kept off the network.
    """
    if not sys.platform.startswith("linux"):
        raise GuardError(f"there is no way here to keep a process off the network on {sys.platform}")
    libc = ctypes.CDLL(None, use_errno=True)
    network = []
    if _network_namespace(libc):
        network.append("network namespace")
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        raise GuardError("the kernel lets programs regain privileges")
    files = _landlock(libc, readable, writable)
    if _no_sockets(libc):
        network.append("seccomp")
    if not network:
        raise GuardError("the kernel grants neither a network namespace nor a filter on system calls (seccomp)")
    return Guards(tuple(network), files)


def _network_namespace(libc: ctypes.CDLL) -> bool:
    """An empty network: not even this machine's own addresses. False if the kernel does not grant it."""
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEW_USER | _NEW_NETWORK) != 0:
        return False
    with contextlib.suppress(OSError):  # without the maps the process is nobody, which does as well
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            Path("/proc/self", name).write_text(text, encoding="ascii")
    return True


# ---- system calls


_SHARED = (425, 434, 438)
"""Calls of both: io_uring (opens sockets without ``socket``), and reaching into another process by a handle."""
_ARCHITECTURES = {
    "x86_64": (0xC000003E, (41, 101, 165, 248, 249, 250, 298, 308, 310, 311, 321, *_SHARED)),
    "aarch64": (0xC00000B7, (198, 117, 40, 217, 218, 219, 241, 268, 270, 271, 280, *_SHARED)),
}
"""Linux' number of the architecture, and of what is refused: socket, ptrace, mount, add_key, request_key, keyctl,
perf_event_open, setns, process_vm_readv, process_vm_writev, bpf."""
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EACCES


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _no_sockets(libc: ctypes.CDLL) -> bool:
    """Refuse every new socket, local ones too, and reaching into other processes.

    False on another processor, or if the kernel does not grant it.
    """
    known = _ARCHITECTURES.get(platform.machine())
    if known is None:
        return False
    architecture, refused = known
    load, jump_if_equal, jump_if_not_less, give = 0x20, 0x15, 0x35, 0x06
    count = len(refused)
    steps = (
        (load, 0, 0, 4),  # architecture
        (jump_if_equal, 1, 0, architecture),
        (give, 0, 0, _KILL),
        (load, 0, 0, 0),  # number of the call
        (jump_if_not_less, count + 1, 0, 0x40000000),  # another way to number the same calls
        *((jump_if_equal, count - place, 0, call) for place, call in enumerate(refused)),
        (give, 0, 0, _ALLOW),
        (give, 0, 0, _REFUSE),
    )
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    held = ctypes.create_string_buffer(code)
    program = _Program(len(steps), ctypes.cast(held, ctypes.c_void_p))
    return bool(libc.prctl(_SET_SECCOMP, 2, ctypes.byref(program), 0, 0) == 0)


# ---- files


_CREATE_RULES, _ADD_RULE, _RESTRICT = 444, 445, 446


def _landlock(libc: ctypes.CDLL, readable: Iterable[Path], writable: Path) -> bool:
    """Allow only these files. False if the kernel has no Landlock."""
    version = libc.syscall(_CREATE_RULES, None, 0, 1)
    if version < 1:
        return False
    whole = sum(rights for since, rights in _ALL if version >= since)
    kept = [whole, *([_TCP] if version >= 4 else []), *([_SCOPES] if version >= 6 else [])]
    handled = (ctypes.c_uint64 * len(kept))(*kept)
    rules = libc.syscall(_CREATE_RULES, ctypes.byref(handled), ctypes.sizeof(handled), 0)
    if rules < 0:
        return False
    try:
        for path in (*map(Path, (*SYSTEM, *SYSTEM_FILES)), *readable):
            _allow(libc, rules, path, _READ)
        _allow(libc, rules, Path("/dev"), _READ | _WRITE_FILE)  # the GPU, /dev/null
        _allow(libc, rules, writable, whole)
        return bool(libc.syscall(_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    """Allow something below a path; what does not exist needs no rule."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        granted = rights if path.is_dir() else rights & (_READ_FILE | _WRITE_FILE)
        rule = struct.pack("=Qi", granted, place)
        libc.syscall(_ADD_RULE, rules, 1, ctypes.c_char_p(rule), 0)
    finally:
        os.close(place)
