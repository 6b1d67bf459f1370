"""Tensors in files, one at a time: safetensors, and pickles that the caller vouches for.

Whole models of this kind are larger than the memory of the machine that merges them, so nothing here ever
holds more than one tensor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptalt_catalog.verify.hub.snapshot import Snapshot


class MergeError(Exception):
    """Weights cannot be put together; the message says why and what to do."""


@dataclass(frozen=True)
class Facts:
    """What is known of a tensor without reading it; ``bytes`` is its size."""

    shape: tuple[int, ...]
    bytes: int


class TensorFiles:
    """The tensors of a snapshot's files of weights, by name."""

    def __init__(self, snapshot: Snapshot, what: str) -> None:
        """``what`` names the snapshot in messages. Raises :class:`MergeError` for files that cannot be read."""
        self.what = what
        self._folder = snapshot.folder
        self._opened: dict[str, Any] = {}
        self.places: dict[str, str] = {}
        for path in sorted(snapshot.weights):
            for name in self._names(path):
                if name in self.places:
                    raise MergeError(f"{what} has two tensors {name[:80]!r}; tell its owners")
                self.places[name] = path
        if not self.places:
            raise MergeError(f"{what} has no tensors")

    def __iter__(self) -> Iterator[str]:
        """The names, in the order of files and within them."""
        return iter(self.places)

    def __contains__(self, name: object) -> bool:
        """Whether there is a tensor of this name."""
        return name in self.places

    def facts(self, name: str) -> Facts:
        """Shape and size of a tensor."""
        opened = self._open(self.places[name])
        if isinstance(opened, dict):
            tensor = opened[name]
            return Facts(tuple(tensor.shape), tensor.numel() * tensor.element_size())
        part = opened.get_slice(name)
        shape = tuple(int(size) for size in part.get_shape())
        count = 1
        for size in shape:
            count *= size
        return Facts(shape, count * _BYTES.get(str(part.get_dtype()), 8))

    def read(self, name: str) -> Any:
        """The tensor of this name, on the CPU."""
        opened = self._open(self.places[name])
        return opened[name] if isinstance(opened, dict) else opened.get_tensor(name)

    def _names(self, path: str) -> list[str]:
        opened = self._open(path)
        return list(opened) if isinstance(opened, dict) else list(opened.keys())

    def _open(self, path: str) -> Any:
        if path not in self._opened:
            self._opened[path] = _opened(self._folder / path, self.what)
        return self._opened[path]


_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}


def _opened(path: Path, what: str) -> Any:
    import torch
    from safetensors import SafetensorError, safe_open

    try:
        if path.suffix == ".safetensors":
            return safe_open(path, framework="pt")
        found = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except (SafetensorError, OSError, RuntimeError, ValueError, EOFError) as error:
        raise MergeError(f"{path.name} of {what} cannot be read: {str(error)[:200]}") from None
    except Exception as error:
        if type(error).__name__ != "UnpicklingError":
            raise
        raise MergeError(f"{path.name} of {what} holds more than tensors and is not opened") from None
    if not isinstance(found, dict) or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise MergeError(f"{path.name} of {what} holds more than tensors by name")
    return found
