"""LoRA adapters: what an ``adapter_config.json`` says, and what it adds to a tensor of the base.

W + B·A·alpha/r, tensor by tensor, so that no whole model need be in memory. Kinds of adapters for which that
is not the whole truth are refused by name.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptalt_catalog.verify.weights.tensors import MergeError, TensorFiles

CONFIG = "adapter_config.json"
_PREFIX = "base_model.model."
_MUST_BE_EMPTY = ("rank_pattern", "alpha_pattern", "layer_replication", "megatron_config", "trainable_token_indices")


@dataclass(frozen=True)
class Lora:
    """An adapter: its scale, whether it counts for transposed weights, and its tensors by the base's names.

    ``pairs`` are (A, B) for W + scale·B·A; ``rows`` the same for embeddings, where rows and columns are
    exchanged; ``whole`` are tensors that replace the base's.
    """

    scale: float
    transposed: bool
    pairs: dict[str, tuple[str, str]]
    rows: dict[str, tuple[str, str]]
    whole: dict[str, str]

    @property
    def names(self) -> set[str]:
        """The tensors of the base that change."""
        return {*self.pairs, *self.rows, *self.whole}

    def apply(self, name: str, base: Any, files: TensorFiles) -> Any:
        """The merged tensor, in the data type of the base. Raises :class:`MergeError` for shapes that do not fit."""
        if name in self.whole:
            return files.read(self.whole[name]).to(base.dtype)
        if name not in self.pairs and name not in self.rows:
            return base
        first, second = (files.read(part).float() for part in (self.pairs.get(name) or self.rows[name]))
        delta = second @ first * self.scale
        if name in self.rows or self.transposed:
            delta = delta.T
        if delta.shape != base.shape:
            raise MergeError(
                f"{name} of the base is {tuple(base.shape)}, and the adapter makes {tuple(delta.shape)} of it;"
                " it belongs to another base"
            )
        return (base.float() + delta).to(base.dtype)


def read_lora(folder: Path, files: TensorFiles) -> Lora:
    """The adapter in a folder. Raises :class:`MergeError` for one that is not plain LoRA."""
    config = _config(folder)
    rank = config.get("r")
    alpha = config.get("lora_alpha")
    if not isinstance(rank, int) or rank < 1 or not isinstance(alpha, int | float):
        raise MergeError(f"{CONFIG} gives no rank and alpha")
    scale = float(alpha) / (math.sqrt(rank) if config.get("use_rslora") else rank)
    pairs: dict[str, dict[str, str]] = {}
    rows: dict[str, dict[str, str]] = {}
    whole: dict[str, str] = {}
    for tensor in files:
        target, part = _target(tensor)
        if part in ("lora_A", "lora_B"):
            pairs.setdefault(target, {})[part[-1]] = tensor
        elif part in ("lora_embedding_A", "lora_embedding_B"):
            rows.setdefault(target, {})[part[-1]] = tensor
        elif part == "":
            whole[target] = tensor
        else:
            raise MergeError(f"the adapter has {tensor[:100]!r}, which plain LoRA does not have")
    transposed = bool(config.get("fan_in_fan_out"))
    return Lora(scale, transposed, _both(pairs), _both(rows), whole)


def _config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / CONFIG).read_bytes())
        kind = config["peft_type"]
    except (OSError, ValueError, KeyError, TypeError):
        raise MergeError(f"{CONFIG} is not one that peft writes") from None
    if kind != "LORA":
        raise MergeError(f"the adapter is of the kind {str(kind)[:30]!r}; only LORA is put together here")
    odd = [name for name in _MUST_BE_EMPTY if config.get(name)] + ["use_dora"] * bool(config.get("use_dora"))
    if odd:
        way = "merge it with peft in its authors' environment, and verify the folder"
        raise MergeError(f"{CONFIG} uses {', '.join(odd)}, which is not put together here; {way}")
    return dict(config)


def _target(tensor: str) -> tuple[str, str]:
    """(the base's tensor that an adapter's tensor is about, its part in the adapter)."""
    path = tensor.removeprefix(_PREFIX).split(".")
    for place, piece in enumerate(path):
        if piece.startswith("lora_"):
            rest = path[place + 1 :]
            known = rest in (["weight"], ["default", "weight"], [], ["default"])
            return ".".join([*path[:place], "weight"]), piece if known else ".".join(path[place:])
    kept = [piece for piece in path if piece not in ("modules_to_save", "default", "base_layer", "original_module")]
    return ".".join(kept), ""


def _both(found: dict[str, dict[str, str]]) -> dict[str, tuple[str, str]]:
    alone = [name for name, parts in found.items() if set(parts) != {"A", "B"}]
    if alone:
        raise MergeError(f"the adapter has only one of the two matrices for {alone[0][:100]}")
    return {name: (parts["A"], parts["B"]) for name, parts in found.items()}
