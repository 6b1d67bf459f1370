"""Puts base and difference, or base and adapter, together on disk: whole files, hashed, resumed after a crash.

The result is a folder in the cache with a manifest that names both parents and every file by sha256. Its name
follows from the parents' hashes, so the same two give the same folder, and other weights never meet its files.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from gptalt_catalog.verify.hub.digests import Stamp, digest_file
from gptalt_catalog.verify.hub.lock import Patience, locked
from gptalt_catalog.verify.hub.selection import is_small_part, is_tokenizer_part
from gptalt_catalog.verify.hub.snapshot import Snapshot, SnapshotFile
from gptalt_catalog.verify.weights.adapters import Lora, read_lora
from gptalt_catalog.verify.weights.tensors import MergeError, TensorFiles

FORMAT = 1
MANIFEST = "merged.json"
SHARD_BYTES = 2 << 30
INDEX = "model.safetensors.index.json"
_BUFFERS = ("rotary_emb.inv_freq", ".attn.bias", ".attn.masked_bias", "attention.masked_bias", "attention.bias")
"""Ends of names of tensors that a model computes for itself; old files hold them, new ones do not."""

NewRows = Literal["zero", "mean"]


@dataclass(frozen=True)
class Recipe:
    """What is put together. ``new_rows``: from what a difference was taken where the base has no such row."""

    form: Literal["delta", "adapter"]
    base: Snapshot
    own: Snapshot
    new_rows: NewRows = "zero"

    @property
    def identity(self) -> str:
        """A hash over everything that the result depends on."""
        told = {
            "format": FORMAT,
            "form": self.form,
            "new_rows": self.new_rows,
            "base": self.base.weights,
            "own": {file.path: file.sha256 for file in self.own.files},
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def merged(
    recipe: Recipe,
    cache: Path,
    say: Callable[[str], None] = lambda _: None,
    *,
    shard_bytes: int = SHARD_BYTES,
    reserve: int = 256 << 20,
) -> Snapshot:
    """The snapshot of both together, made if it is not in ``cache`` yet.

    ``shard_bytes``: how much is held in memory and written at once. ``reserve``: free bytes that must remain.
    Raises :class:`MergeError`, and :class:`.hub.errors.HubError` if another process works on it for too long.
    """
    folder = cache / recipe.identity[:24]
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / ".lock", "merged weights", Patience(3600.0)):
        return _Merging(recipe, folder, say, shard_bytes, reserve).run()


def remove_merged(snapshot: Snapshot) -> int:
    """Remove merged weights; the bytes freed."""
    if not (snapshot.folder / MANIFEST).is_file():
        return 0
    freed = sum(path.stat().st_size for path in snapshot.folder.iterdir() if path.is_file())
    shutil.rmtree(snapshot.folder)
    return freed


class _Merging:
    """One folder of merged weights under its lock."""

    def __init__(
        self, recipe: Recipe, folder: Path, say: Callable[[str], None], shard_bytes: int, reserve: int
    ) -> None:
        self.recipe = recipe
        self.folder = folder
        self.say = say
        self.shard_bytes = shard_bytes
        self.reserve = reserve
        self.done = _read(folder / MANIFEST, recipe.identity)

    def run(self) -> Snapshot:
        """Make what is missing; everything that is there is checked first."""
        kept = {path: row for path, row in self.done.get("files", {}).items() if self._unchanged(path, row)}
        if self.done.get("complete") and len(kept) == len(self.done["files"]):
            return self._snapshot(kept)
        base = TensorFiles(self.recipe.base, "the base")
        own = TensorFiles(self.recipe.own, f"the {self._word}")
        change = self._change(base, own)
        shards = list(_shards(change, self.shard_bytes))
        self._room(sum(size for _, size in shards), kept)
        places: dict[str, str] = {}
        for number, (names, _) in enumerate(shards, start=1):
            path = f"model-{number:05}-of-{len(shards):05}.safetensors"
            places |= dict.fromkeys(names, path)
            if path not in kept:
                self.say(f"putting weights together: {number} of {len(shards)}")
                self._write_shard(path, {name: change.tensor(name) for name in names})
                kept[path] = self._row(path)
                self._keep(kept, complete=False)
        self._write_small(places)
        for path in self._small():
            kept[path] = self._row(path)
        self._keep(kept, complete=True)
        return self._snapshot(kept)

    @property
    def _word(self) -> str:
        return "difference" if self.recipe.form == "delta" else "adapter"

    def _change(self, base: TensorFiles, own: TensorFiles) -> _Change:
        if self.recipe.form == "delta":
            return _Difference(base, own, self.recipe.new_rows)
        return _Adapted(base, own, read_lora(self.recipe.own.folder, own))

    def _room(self, wanted: int, kept: dict[str, Any]) -> None:
        missing = wanted - sum(int(row["size"]) for row in kept.values())
        free = shutil.disk_usage(self.folder).free
        if missing + self.reserve > free:
            raise MergeError(
                f"the merged weights need {missing / 1e9:,.1f} GB more, and the disk has {free / 1e9:,.1f} GB free; "
                "free some space, or set XDG_CACHE_HOME to a larger disk"
            )

    def _write_shard(self, path: str, tensors: dict[str, Any]) -> None:
        from safetensors.torch import save_file

        half = self.folder / f".{path}.half"
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, half, metadata={"format": "pt"})
        half.replace(self.folder / path)

    def _write_small(self, places: dict[str, str]) -> None:
        total = sum((self.folder / path).stat().st_size for path in set(places.values()))
        index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(places.items()))}
        _write_whole(self.folder / INDEX, json.dumps(index, indent=1).encode())
        for path, place in self._copies().items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            _write_whole(self.folder / path, place.read_bytes())

    def _copies(self) -> dict[str, Path]:
        """Configuration and tokenizer: a difference has its own; an adapter has the base's, unless it brings one."""
        own, base = self.recipe.own, self.recipe.base
        if self.recipe.form == "delta":
            found = {file.path: own.folder / file.path for file in own.files if is_small_part(file.path)}
            tokenizer = own if any(is_tokenizer_part(file.path) for file in own.files) else base
        else:
            found = {file.path: base.folder / file.path for file in base.files if is_small_part(file.path)}
            tokenizer = own if any(file.path in _WHOLE_TOKENIZERS for file in own.files) else base
        parts = {path: place for path, place in found.items() if not is_tokenizer_part(path)}
        return parts | {f.path: tokenizer.folder / f.path for f in tokenizer.files if is_tokenizer_part(f.path)}

    def _small(self) -> Sequence[str]:
        return [INDEX, *self._copies()]

    def _row(self, path: str) -> dict[str, Any]:
        place = self.folder / path
        return {"sha256": digest_file(place, git=False).sha256, "size": place.stat().st_size, "stamp": _stamp(place)}

    def _unchanged(self, path: str, row: dict[str, Any]) -> bool:
        """Whether a file is as it was written; it is hashed again only if its stamp has changed."""
        place = self.folder / path
        if not place.is_file():
            return False
        return bool(row["stamp"] == _stamp(place) or digest_file(place, git=False).sha256 == row["sha256"])

    def _keep(self, files: dict[str, Any], *, complete: bool) -> None:
        told = {
            "format": FORMAT,
            "identity": self.recipe.identity,
            "form": self.recipe.form,
            "new_rows": self.recipe.new_rows,
            "parents": [_parent("base", self.recipe.base), _parent(self.recipe.form, self.recipe.own)],
            "complete": complete,
            "files": files,
        }
        _write_whole(self.folder / MANIFEST, json.dumps(told, indent=1, sort_keys=True).encode())

    def _snapshot(self, files: dict[str, Any]) -> Snapshot:
        own = self.recipe.own
        found = tuple(SnapshotFile(path, int(row["size"]), str(row["sha256"])) for path, row in sorted(files.items()))
        parents = (self.recipe.base, own)
        return Snapshot(
            self.folder, found, own.repository, own.commit, own.revision, own.asked, fetched=own.fetched,
            parents=parents, form=self.recipe.form,
        )  # fmt: skip


_WHOLE_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "spiece.model")


class _Change:
    """What the merged tensors are made from."""

    def __init__(self, base: TensorFiles, own: TensorFiles) -> None:
        self.base = base
        self.own = own

    def names(self) -> Iterator[tuple[str, int]]:
        """(name, bytes) of every tensor of the result."""
        raise NotImplementedError

    def tensor(self, name: str) -> Any:
        """A tensor of the result."""
        raise NotImplementedError


class _Difference(_Change):
    """Base plus difference, in the data type of the difference, as its authors' scripts do it."""

    def __init__(self, base: TensorFiles, own: TensorFiles, new_rows: NewRows) -> None:
        super().__init__(base, own)
        self.new_rows = new_rows
        lost = [name for name in base if name not in own and not name.endswith(_BUFFERS)]
        gained = [name for name in own if name not in base and not name.endswith(_BUFFERS)]
        if lost or gained:
            which = f"{lost[0][:80]} only in the base" if lost else f"{gained[0][:80]} only in the difference"
            raise MergeError(f"base and difference do not belong together: {which}; name the right base")

    def names(self) -> Iterator[tuple[str, int]]:
        """The tensors that both have."""
        for name in self.own:
            if name in self.base:
                yield name, self.own.facts(name).bytes

    def tensor(self, name: str) -> Any:
        """The sum; rows that only the difference has are added to nothing, or to the mean of the base's rows."""
        import torch

        delta = self.own.read(name)
        base = self.base.read(name).to(delta.dtype)
        if base.shape != delta.shape:
            if base.dim() == 0 or base.shape[1:] != delta.shape[1:] or base.shape[0] > delta.shape[0]:
                raise MergeError(
                    f"{name} of the base is {tuple(base.shape)}, that of the difference {tuple(delta.shape)};"
                    " they do not belong together"
                )
            more = delta.shape[0] - base.shape[0]
            mean = base.float().mean(dim=0, keepdim=True).to(delta.dtype)
            row = mean if self.new_rows == "mean" else torch.zeros_like(base[:1])
            base = torch.cat([base, row.expand(more, *base.shape[1:])])
        return base + delta


class _Adapted(_Change):
    """Base and LoRA adapter."""

    def __init__(self, base: TensorFiles, own: TensorFiles, lora: Lora) -> None:
        super().__init__(base, own)
        self.lora = lora
        missing = sorted(name for name in lora.names if name not in base)
        if missing:
            raise MergeError(f"the adapter changes {missing[0][:100]}, which the base does not have")

    def names(self) -> Iterator[tuple[str, int]]:
        """The base's tensors."""
        for name in self.base:
            whole = self.lora.whole.get(name)
            yield name, self.base.facts(name).bytes if whole is None else self.own.facts(whole).bytes

    def tensor(self, name: str) -> Any:
        """The base's tensor with what the adapter adds."""
        return self.lora.apply(name, self.base.read(name), self.own)


def _shards(change: _Change, most: int) -> Iterator[tuple[list[str], int]]:
    """The tensors of the result in groups of at most ``most`` bytes (or one tensor), with the group's size."""
    names: list[str] = []
    total = 0
    for name, size in change.names():
        if names and total + size > most:
            yield names, total
            names, total = [], 0
        names.append(name)
        total += size
    yield names, total


def _parent(role: str, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "role": role,
        "repository": snapshot.repository,
        "commit": snapshot.commit,
        "weights": snapshot.weights,
    }


def _stamp(path: Path) -> dict[str, int]:
    return asdict(Stamp.of(path))


def _write_whole(path: Path, data: bytes) -> None:
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_bytes(data)
    half.replace(path)


def _read(path: Path, identity: str) -> dict[str, Any]:
    """The manifest, or nothing if there is none that can be trusted."""
    try:
        found = json.loads(path.read_bytes())
        if found["format"] == FORMAT and found["identity"] == identity and isinstance(found["files"], dict):
            return dict(found)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return {}
