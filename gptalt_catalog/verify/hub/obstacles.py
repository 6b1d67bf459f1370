"""Why a model cannot be verified, or only with care: typed reasons, each with its way out.

:func:`obstacles_of` judges by what the catalog knows, before anything is asked for; :func:`obstacle_in`
by a config that was fetched, before any weights are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from gptalt_catalog.domain.family import Checkpoint, Weights

Code = Literal[
    "no-weights", "closed", "withdrawn", "by-request", "gated", "not-on-hub", "no-repository", "not-listed", "delta",
    "adapter", "component", "encrypted", "quantized", "recurrent-files", "own-code", "remote-code", "pickle-only",
    "multimodal", "old-runtime", "loader-unknown", "no-claims",
]  # fmt: skip


@dataclass(frozen=True)
class Obstacle:
    """A reason and its way out. What is not ``blocking`` is a warning: it may turn out well."""

    code: Code
    message: str
    way_out: str
    blocking: bool = True

    def __str__(self) -> str:
        return f"{self.message}; {self.way_out}"


_OWN_FOLDER = "verify its folder: `gptalt-catalog verify ./FOLDER --claim PROTOCOL=VALUE`"


def obstacles_of(checkpoint: Checkpoint, *, token: bool) -> tuple[Obstacle, ...]:
    """What stands in the way of verifying a checkpoint, the weightiest first. ``token``: one is at hand."""
    found = [*_access(checkpoint, token=token), *_form(checkpoint), *_loading(checkpoint), *_care(checkpoint)]
    return tuple(sorted(found, key=lambda obstacle: not obstacle.blocking))


def no_claims(name: str, *, in_catalog: bool) -> Obstacle:
    """There is nothing to verify."""
    message = f"the catalog has no published score of {name}"
    if in_catalog:
        message += " itself (scores of its family do not say which checkpoint they are of)"
    return Obstacle("no-claims", message, "give one by hand: --claim PROTOCOL=VALUE")


def without_checkpoints(family: str, weights: Literal["open", "closed", "unknown"]) -> Obstacle:
    """A family of which the catalog lists no checkpoint."""
    if weights == "closed":
        return Obstacle("closed", f"the weights of {family} are not published", "nobody outside can verify its scores")
    way = f"name its repository OWNER/NAME with --claim, or {_OWN_FOLDER}"
    return Obstacle("not-listed", f"the catalog lists no checkpoint of {family}", way)


def _access(checkpoint: Checkpoint, *, token: bool) -> Iterator[Obstacle]:
    hub, name = checkpoint.hub, checkpoint.id
    if hub is None or hub.host == "none" or hub.access == "closed":
        yield Obstacle("closed", f"the weights of {name} are not published", "nobody outside can verify its scores")
        return
    if hub.access == "withdrawn":
        way = f"if you have a copy from before, {_OWN_FOLDER}"
        yield Obstacle("withdrawn", f"the weights of {name} were withdrawn by their publisher", way)
    elif hub.access == "by-request":
        yield Obstacle(
            "by-request", f"the weights of {name} are given on request only", f"ask for them, then {_OWN_FOLDER}"
        )
    elif hub.host != "huggingface":
        way = f"download and convert them by hand, then {_OWN_FOLDER}"
        yield Obstacle("not-on-hub", f"the weights of {name} are on a {hub.host} page, not on the hub", way)
    elif hub.repository is None or "/" not in hub.repository:
        way = f"if you have them, {_OWN_FOLDER}"
        yield Obstacle("no-repository", f"the catalog does not know where the weights of {name} are", way)
    if hub.access == "gated":
        page = f"https://huggingface.co/{hub.repository}"
        way = f"accept its terms on {page} and set HF_TOKEN"
        yield Obstacle("gated", f"the weights of {name} are gated", way, blocking=not token)


def _form(checkpoint: Checkpoint) -> Iterator[Obstacle]:
    weights, name = checkpoint.weights, checkpoint.id
    base = _base(checkpoint)
    if weights is None or weights.form == "none":
        yield Obstacle("no-weights", f"there are no weights of {name}", "only published responses could be looked at")
    elif weights.form == "delta":
        way = f"get the base, apply the difference with its authors' script, then {_OWN_FOLDER}"
        yield Obstacle("delta", f"{name} is published as a difference to {base}, not as a model", way)
    elif weights.form == "adapter":
        way = f"merge it into the base, then {_OWN_FOLDER}"
        yield Obstacle("adapter", f"{name} is an adapter for {base}, not a model", way)
    elif weights.form == "component":
        yield Obstacle("component", f"{name} is a part that works only together with {base}", "use its authors' code")
    elif weights.form == "encrypted":
        way = f"get the base, decrypt with its authors' script, then {_OWN_FOLDER}"
        yield Obstacle("encrypted", f"the weights of {name} are encrypted with those of {base}", way)
    elif weights.form == "quantized":
        way = f"verify {base} instead; a quantized model's scores are not those of the model it was made from"
        yield Obstacle("quantized", f"{name} is a quantized copy of {base} and needs its own kernels", way)


def _loading(checkpoint: Checkpoint) -> Iterator[Obstacle]:
    weights, name = checkpoint.weights, checkpoint.id
    if weights is None or weights.form in ("none", "delta", "adapter", "component", "encrypted", "quantized"):
        return
    recurrent = checkpoint.shape is not None and checkpoint.shape.design == "recurrent"
    if weights.loader == "own-code" and recurrent:
        way = "look for a checkpoint of the same weights in transformers' format (class RwkvForCausalLM)"
        yield Obstacle("recurrent-files", f"{name} is published as files of its own recurrent program", way)
    elif weights.loader == "own-code":
        way = f"convert it to a class of transformers, then {_OWN_FOLDER}"
        yield Obstacle("own-code", f"only its authors' own program loads {name}", way)
    elif weights.loader == "remote-code":
        yield Obstacle(
            "remote-code",
            f"{name} runs only with code from its repository, which is not run here",
            f"look for a version that transformers loads itself, then {_OWN_FOLDER}",
        )
    elif weights.loader == "native-after-recovery":
        yield Obstacle("delta", f"{name} must first be recovered", f"follow its authors' recipe, then {_OWN_FOLDER}")
    elif weights.loader == "unknown":
        yield Obstacle("loader-unknown", f"the catalog does not know what loads {name}", "try it", blocking=False)


def _care(checkpoint: Checkpoint) -> Iterator[Obstacle]:
    """What may turn out well."""
    weights, name = checkpoint.weights, checkpoint.id
    if "multimodal" in checkpoint.roles:
        way = "its claims on texts may still be verified; those on images are not"
        yield Obstacle(
            "multimodal", f"{name} is a model of images and text, and only text is run here", way, blocking=False
        )
    if weights is None or weights.form != "full":
        return
    if _only_pickles(weights):
        way = "if the hub has no safetensors of it, convert it in a closed environment and verify the folder"
        yield Obstacle("pickle-only", f"{name} was published as pickles, which are not opened", way, blocking=False)
    if "transformers" in weights.runtime and weights.loader == "native":
        way = "if it does not load, run `verify score` in an environment with that version"
        needs = f"{name} was published for transformers {weights.runtime['transformers']}"
        yield Obstacle("old-runtime", needs, way, blocking=False)


def _only_pickles(weights: Weights) -> bool:
    files = weights.files
    return not isinstance(files, str) and bool(files) and "safetensors" not in files and weights.loader == "native"


def _base(checkpoint: Checkpoint) -> str:
    bases = checkpoint.lineage.bases if checkpoint.lineage is not None else "unknown"
    if isinstance(bases, str) or not bases:
        return "a base model that is not known"
    return " and ".join(base.checkpoint for base in bases)


def obstacle_in(config: Mapping[str, object], name: str, native: Collection[str]) -> Obstacle | None:
    """Why a model with this ``config.json`` cannot be run here, if so. ``native``: transformers' model types."""
    kind = config.get("model_type")
    if not isinstance(kind, str) or kind not in native:
        if "auto_map" in config:
            way = f"look for a version that transformers loads itself, then {_OWN_FOLDER}"
            return Obstacle(
                "remote-code", f"{name} runs only with code from its repository, which is not run here", way
            )
        way = f"a newer transformers may know it; else convert it, then {_OWN_FOLDER}"
        return Obstacle("own-code", f"transformers has no class for the model type {str(kind)[:60]!r} of {name}", way)
    quantization = config.get("quantization_config")
    if quantization:
        method = quantization.get("quant_method", "unknown") if isinstance(quantization, Mapping) else "unknown"
        way = "verify the model it was made from; a quantized copy has scores of its own"
        return Obstacle("quantized", f"{name} is quantized ({str(method)[:40]}) and needs its own kernels", way)
    return None


def native_model_types() -> frozenset[str]:
    """The model types for which the installed transformers has a class of its own."""
    from transformers import CONFIG_MAPPING

    return frozenset(CONFIG_MAPPING.keys())
