"""Which files of a repository are needed to run a model, and which are left alone.

Needed: weights as safetensors, config, generation config, tokenizer, chat template. Code and pickles
can run programs when they are opened: they are not even fetched, unless the caller lists their hashes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.listing import RemoteFile
from gptalt_catalog.verify.hub.names import is_file_path

CONFIGS = ("config.json", "generation_config.json")
TOKENIZER = (
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
    "vocab.txt", "merges.txt", "bpe.codes", "tokenizer.model", "spiece.model", "spm.model", "sentencepiece.model",
    "sentencepiece.bpe.model", "source.spm", "target.spm", "normalizer.json", "tekken.json", "*.tiktoken",
)  # fmt: skip
CHAT = ("chat_template.json", "chat_template.jinja", "additional_chat_templates/*.jinja")
PROCESSORS = ("preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json")
ADAPTER = ("adapter_config.json", "adapter_model.safetensors", "adapter_model.bin")
_SAFE = ("model.safetensors", "model.safetensors.index.json")
_PICKLED = ("pytorch_model.bin", "pytorch_model.bin.index.json")


@dataclass(frozen=True)
class Allowed:
    """What a caller vouches for: sha256 of pickled weights, and of code by its path.

    ``adapter``: an adapter is wanted, not a whole model.
    """

    pickles: frozenset[str] = frozenset()
    code: Mapping[str, str] = field(default_factory=dict)
    adapter: bool = False


@dataclass(frozen=True)
class Selection:
    """``files`` to fetch, in the order of fetching (small first), and ``left``: what is left alone."""

    files: tuple[RemoteFile, ...]
    left: tuple[str, ...]


ReadFile = Callable[[RemoteFile], bytes]
"""Gives the content of a small file of the repository (the index of shards)."""


def select(files: Mapping[str, RemoteFile], name: str, read: ReadFile, allowed: Allowed) -> Selection:
    """The files of ``name`` that are needed. Raises :class:`.errors.HubError`: ``no-config``, ``no-safe-weights``."""
    if allowed.adapter:
        return _adapter(files, name, allowed)
    if "config.json" not in files:
        raise _no_config(files, name)
    small = [files[path] for path in sorted(files) if is_small_part(path) and is_file_path(path)]
    code = [files[path] for path in sorted(allowed.code) if path in files and is_file_path(path)]
    weights = _weights(files, name, read, allowed)
    chosen = {file.path: file for file in (*small, *code, *weights)}
    return Selection(tuple(chosen.values()), tuple(path for path in sorted(files) if path not in chosen))


def _adapter(files: Mapping[str, RemoteFile], name: str, allowed: Allowed) -> Selection:
    """The files of an adapter as peft writes it."""
    if ADAPTER[0] not in files:
        raise HubError("no-config", f"{name} has no {ADAPTER[0]}, so it is no adapter of peft", "check the entry")
    weights = next((files[path] for path in ADAPTER[1:] if path in files), None)
    if weights is None or (weights.path.endswith(".bin") and weights.sha256 not in allowed.pickles):
        raise _no_safe_weights(files, name, [] if weights is None else [weights])
    small = [files[path] for path in sorted(files) if is_tokenizer_part(path) or is_chat_part(path)]
    chosen = {file.path: file for file in (files[ADAPTER[0]], *small, weights)}
    return Selection(tuple(chosen.values()), tuple(path for path in sorted(files) if path not in chosen))


def is_small_part(path: str) -> bool:
    """Whether the file is a config, a part of the tokenizer, a processor's config or a chat template."""
    top = any(fnmatchcase(path, pattern) for pattern in (*CONFIGS, *TOKENIZER, *PROCESSORS)) and "/" not in path
    return top or is_chat_part(path)


def is_tokenizer_part(path: str) -> bool:
    """Whether the file decides how text becomes tokens."""
    return "/" not in path and any(fnmatchcase(path, pattern) for pattern in TOKENIZER)


def is_chat_part(path: str) -> bool:
    """Whether the file is a chat template of its own."""
    return any(fnmatchcase(path, pattern) and path.count("/") == pattern.count("/") for pattern in CHAT)


def is_weights(path: str) -> bool:
    """Whether the file holds weights."""
    return path.endswith((".safetensors", ".bin"))


def _weights(files: Mapping[str, RemoteFile], name: str, read: ReadFile, allowed: Allowed) -> list[RemoteFile]:
    single, index = _SAFE
    if single in files:
        return [files[single]]
    if index in files:
        return [files[index], *_shards(files, name, files[index], read, ".safetensors")]
    single, index = _PICKLED
    pickles: list[RemoteFile] = []
    if single in files:
        pickles = [files[single]]
    elif index in files:
        pickles = _shards(files, name, files[index], read, ".bin")
    if pickles and all(file.sha256 in allowed.pickles for file in pickles):
        return pickles if single in files else [files[index], *pickles]
    raise _no_safe_weights(files, name, pickles)


def _shards(
    files: Mapping[str, RemoteFile], name: str, index: RemoteFile, read: ReadFile, suffix: str
) -> list[RemoteFile]:
    """The shards that an index names. The index comes from strangers: only files of the repository count."""
    try:
        places = json.loads(read(index))["weight_map"].values()
        shards = sorted({str(place) for place in places})
    except (ValueError, KeyError, AttributeError, TypeError):
        raise HubError("damaged", f"{index.path} of {name} is not an index of shards", "tell its owners") from None
    for shard in shards:
        if not is_file_path(shard) or not shard.endswith(suffix) or shard not in files:
            raise HubError(
                "hostile-name" if not is_file_path(shard) else "file-gone",
                f"{index.path} of {name} names {shard[:80]!a}, which is no shard of this repository",
                "nothing was fetched; tell its owners, or choose another revision",
            )
    return [files[shard] for shard in shards]


def _no_config(files: Iterable[str], name: str) -> HubError:
    if "adapter_config.json" in files:
        way = "merge it into its base model, and verify the folder that this gives"
        return HubError("no-config", f"{name} holds an adapter, not a whole model", way)
    way = "check the name and the revision; a model in its authors' own format must be converted first"
    return HubError("no-config", f"{name} has no config.json, so nothing says what model it is", way)


def _no_safe_weights(files: Iterable[str], name: str, pickles: list[RemoteFile]) -> HubError:
    if pickles:
        return HubError(
            "no-safe-weights",
            f"{name} has its weights only as pickles ({pickles[0].path}), which can run programs when opened",
            "look for a conversion by the hub (REPOSITORY@refs/pr/1 and the like), convert it yourself with"
            " safetensors in a closed environment and verify the folder, or list the file's sha256 in the entry",
        )
    others = sorted(
        {f".{path.rsplit('.', 1)[1]}" for path in files if path.endswith((".gguf", ".pth", ".pt", ".h5", ".msgpack"))}
    )
    held = f", only {', '.join(others)}" if others else ""
    way = "choose the repository of its transformers version, or convert it and verify the folder"
    return HubError("no-safe-weights", f"{name} has no weights as safetensors{held}", way)
