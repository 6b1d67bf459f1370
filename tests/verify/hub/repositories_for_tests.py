"""Tiny repositories that need no download: the tests of the hub are meaningful wherever they run."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from gptalt_catalog.verify.hub.download import FetchOptions, fetch
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.loopback import LoopbackHub
from gptalt_catalog.verify.hub.settings import HubSettings

NAME = "tiny-lab/tiny"
WEIGHTS = "model.safetensors"
CONFIG = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 8}
TOKENIZER = {"version": "1.0", "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}


def weights(size: int, seed: int = 0) -> bytes:
    """A valid safetensors file of exactly ``size`` bytes."""
    body = size - 8 - 96
    header = json.dumps({"t": {"dtype": "U8", "shape": [body], "data_offsets": [0, body]}}).encode().ljust(96)
    return len(header).to_bytes(8, "little") + header + random.Random(seed).randbytes(body)


def write_repository(folder: Path, *, size: int = 4096, shards: int = 1, seed: int = 0) -> Path:
    """A model's folder: config, tokenizer, weights in one file or in shards with an index."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "generation_config.json").write_text('{"eos_token_id": 2}')
    (folder / "tokenizer.json").write_text(json.dumps(TOKENIZER))
    (folder / "tokenizer_config.json").write_text("{}")
    (folder / "README.md").write_text("# tiny\n")
    if shards == 1:
        (folder / "model.safetensors").write_bytes(weights(size, seed))
        return folder
    names = [f"model-{i + 1:05}-of-{shards:05}.safetensors" for i in range(shards)]
    for i, name in enumerate(names):
        (folder / name).write_bytes(weights(size, seed + i))
    index = {"metadata": {"total_size": size * shards}, "weight_map": {f"t{i}": name for i, name in enumerate(names)}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return folder


@dataclass
class Site:
    """A hub with one repository, and a cache; ``waits`` are the seconds that a client was told to sleep."""

    hub: LoopbackHub
    source: Path
    cache: Path
    waits: list[float]

    def options(self, token: str | None = None, **changes: object) -> FetchOptions:
        return FetchOptions(settings=self.settings(token), sleep=self.waits.append, reserve=0, **changes)  # type: ignore[arg-type]

    def settings(self, token: str | None = None, *, offline: bool = False) -> HubSettings:
        return HubSettings(self.cache, self.hub.url, token, offline=offline, timeout=10)

    def asked(self, ending: str, method: str = "GET") -> list[int]:
        """The bytes sent by each answer for addresses with this ending."""
        return [row.sent for row in self.hub.log if row.method == method and row.path.endswith(ending)]

    def entries(self) -> dict[str, bytes]:
        """Every file in the cache with its content, locks aside."""
        return {
            p.relative_to(self.cache).as_posix(): p.read_bytes()
            for p in sorted(self.cache.rglob("*"))
            if p.is_file() and ".locks" not in p.parts
        }


def refusal(site: Site, revision: str = "main", token: str | None = None, **changes: object) -> HubError:
    """The error that fetching ends with."""
    with pytest.raises(HubError) as caught:
        fetch(NAME, revision, site.options(token, **changes))
    return caught.value


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
