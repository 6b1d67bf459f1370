"""The repositories that a loopback hub serves, read from folders.

Below a root: ``models/OWNER/NAME/REVISION/…`` and ``datasets/OWNER/NAME/REVISION/…``. A REVISION of 40
hex digits is a commit; any other is a branch, whose commit follows from its content. ``refs.json``
beside them (``{"main": "<commit>"}``) names commits; without it ``main`` is the folder of that name, or
the only commit. Other folders are mapped: ``{"datasets/OWNER/NAME": [folder, …]}``, where several
folders are laid over one another, and ``OWNER/NAME@BRANCH`` gives a branch other than ``main``.

What could lead out of a repository is not served: links that leave it, odd names, special files.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gptalt_catalog.verify.hub.digests import Digest, DigestBook, digest_bytes
from gptalt_catalog.verify.hub.names import COMMIT, is_file_path, is_repository, is_revision

KINDS = ("models", "datasets")
CARD = "README.md"
_PRIVATE = frozenset({".git", ".cache"})
_LARGE_SUFFIXES = frozenset(
    {".arrow", ".bin", ".bz2", ".ckpt", ".gguf", ".gz", ".h5", ".model", ".msgpack", ".npz", ".onnx", ".parquet",
     ".pkl", ".pt", ".pth", ".safetensors", ".tar", ".zip"}
)  # fmt: skip
_LARGE_BYTES = 1 << 20


@dataclass(frozen=True)
class Item:
    """One served file: where it lies, or its bytes if it is put together here."""

    place: Path | None
    data: bytes = b""

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data) if self.place is None else self.place.stat().st_size

    def open(self) -> BinaryIO:
        """Its bytes, to be read."""
        return io.BytesIO(self.data) if self.place is None else self.place.open("rb")

    def digest(self, book: DigestBook) -> Digest:
        """Its hashes."""
        return digest_bytes(self.data) if self.place is None else book.of(self.place)


def is_large(path: str, size: int) -> bool:
    """Whether a hub keeps the file in large file storage (LFS), apart from its git repository."""
    return Path(path).suffix.lower() in _LARGE_SUFFIXES or size >= _LARGE_BYTES


@dataclass(frozen=True)
class Repository:
    """One repository. ``folders`` are the folders of each named revision, laid over one another."""

    kind: str
    name: str
    folders: Mapping[str, tuple[Path, ...]]
    book: DigestBook
    home: Path | None = None

    def revisions(self) -> dict[str, str]:
        """The commit of every branch and tag."""
        named = {
            name: self._commit_of(folders) for name, folders in self._named().items() if not COMMIT.fullmatch(name)
        }
        commits = [name for name in self._named() if COMMIT.fullmatch(name)]
        named |= {name: commit for name, commit in self._references().items() if commit in commits}
        if "main" not in named and len(commits) == 1:
            named["main"] = commits[0]
        return named

    def commit(self, revision: str) -> str | None:
        """The commit that a branch, a tag or a commit names, or ``None``."""
        if COMMIT.fullmatch(revision):
            known = revision in self._named() or revision in self.revisions().values()
            return revision if known else None
        return self.revisions().get(revision)

    def items(self, commit: str) -> dict[str, Item]:
        """The files of a commit by path, in order."""
        named = self._named()
        if commit in named:
            return _laid_over(named[commit], self.home)
        for name, folders in named.items():
            if not COMMIT.fullmatch(name) and self._commit_of(folders) == commit:
                return _laid_over(folders, self.home)
        return {}

    def _named(self) -> dict[str, tuple[Path, ...]]:
        found = dict(self.folders)
        if self.home is not None:
            for folder in sorted(self.home.iterdir()):
                if folder.is_dir() and not folder.is_symlink() and is_revision(folder.name):
                    found[folder.name] = (folder,)
        return found

    def _references(self) -> dict[str, str]:
        if self.home is None:
            return {}
        try:
            rows = json.loads((self.home / "refs.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return {str(k): str(v) for k, v in rows.items()} if isinstance(rows, dict) else {}

    def _commit_of(self, folders: tuple[Path, ...]) -> str:
        """A commit that changes when, and only when, the content does."""
        listing = hashlib.sha1(usedforsecurity=False)
        for path, item in _laid_over(folders, self.home).items():
            listing.update(f"{item.digest(self.book).git} {path}\n".encode())
        return listing.hexdigest()


class Shelf:
    """All repositories of a hub: those below ``root`` and those that ``folders`` maps.

    Raises ``ValueError`` for a mapping that cannot be served: odd names, or two folders with the same file.
    """

    def __init__(self, root: Path | None, folders: Mapping[str, Path | Sequence[Path]], book: DigestBook) -> None:
        self.root = root.resolve() if root is not None else None
        self.book = book
        self._mapped: dict[tuple[str, str], dict[str, tuple[Path, ...]]] = {}
        for key, given in folders.items():
            kind, name, revision = _parsed(key)
            places = tuple(f.resolve(strict=True) for f in ([given] if isinstance(given, Path) else given))
            _laid_over(places, None)
            self._mapped.setdefault((kind, name), {})[revision] = places

    def find(self, kind: str, name: str) -> Repository | None:
        """The repository called ``name``, or ``None``."""
        if kind not in KINDS or not is_repository(name):
            return None
        home = self.root / kind / name if self.root is not None else None
        if home is not None and (not home.is_dir() or home.resolve() != home):
            home = None
        mapped = self._mapped.get((kind, name), {})
        return Repository(kind, name, mapped, self.book, home) if home is not None or mapped else None

    def all(self) -> Iterator[Repository]:
        """Every repository, by kind and name."""
        for kind in KINDS:
            names = {name for k, name in self._mapped if k == kind}
            if self.root is not None:
                names |= {f"{p.parent.name}/{p.name}" for p in (self.root / kind).glob("*/*") if p.is_dir()}
            for name in sorted(names):
                found = self.find(kind, name)
                if found is not None:
                    yield found


def _parsed(key: str) -> tuple[str, str, str]:
    address, _, revision = key.partition("@")
    kind, _, name = address.partition("/")
    if kind not in KINDS or not is_repository(name) or not is_revision(revision or "main"):
        raise ValueError(f"{key!r} is not models/OWNER/NAME or datasets/OWNER/NAME, perhaps with @BRANCH")
    return kind, name, revision or "main"


def _laid_over(folders: tuple[Path, ...], home: Path | None) -> dict[str, Item]:
    items: dict[str, Item] = {}
    cards: list[bytes] = []
    for folder in folders:
        for path, place in walk(folder, home or folder):
            if path == CARD:
                cards.append(place.read_bytes())
            elif path in items:
                raise ValueError(f"two folders of one repository hold {path}; map them to different branches")
            items[path] = Item(place)
    if len(cards) > 1:
        items[CARD] = Item(None, joined_cards(cards))
    return dict(sorted(items.items()))


def walk(folder: Path, bounds: Path) -> Iterator[tuple[str, Path]]:
    """The files below ``folder`` that may be served, as (path, place); links are followed inside ``bounds``."""
    limit = bounds.resolve()
    for top, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in _PRIVATE)
        for name in sorted(files):
            place = Path(top, name)
            path = place.relative_to(folder).as_posix()
            real = place.resolve()
            if is_file_path(path) and real.is_file() and real.is_relative_to(limit):
                yield path, real


def joined_cards(cards: Sequence[bytes]) -> bytes:
    """One data set card whose ``configs`` are those of all cards (each begins with ``---``, ``configs:``)."""
    rows: list[str] = []
    for card in cards:
        lines = card.decode("utf-8", "replace").splitlines()
        if lines[:2] != ["---", "configs:"] or "---" not in lines[2:]:
            raise ValueError(f"two folders of one repository hold {CARD}, and it is no plain list of configs")
        rows += lines[2 : lines.index("---", 2)]
    return "\n".join(["---", "configs:", *rows, "---", ""]).encode()
