"""Why a checkpoint cannot be verified, or only with care: typed reasons, each with its way out.

:func:`obstacles_of` judges by what the catalog knows, before anything is asked for. What a config that was
fetched says is judged by :mod:`gptalt_catalog.verify.hub.obstacles`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from gptalt_catalog.domain.family import Checkpoint, Weights

Code = Literal[
    "no-weights", "closed", "withdrawn", "by-request", "gated", "not-on-hub", "no-repository", "not-listed", "delta",
    "adapter", "component", "encrypted", "quantized", "recurrent-files", "own-code", "remote-code", "pickle-only",
    "multimodal", "old-runtime", "loader-unknown", "no-claims", "no-task", "not-comparable", "too-large",
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


OWN_FOLDER = "verify its folder: `gptalt-catalog verify ./FOLDER --claim PROTOCOL=VALUE`"


_COMMIT = re.compile(r"[0-9a-f]{40}")


def obstacles_of(
    checkpoint: Checkpoint, *, token: bool, others: Mapping[str, Checkpoint] | None = None, code: bool = False
) -> tuple[Obstacle, ...]:
    """What stands in the way of verifying a checkpoint, the weightiest first.

    ``token``: one is at hand. ``others``: the catalog's checkpoints, among which the base of a difference or
    an adapter is looked for. ``code``: code of a repository may be run, if the entry lists its hashes.
    """
    found = [
        *_access(checkpoint, token=token),
        *_form(checkpoint, others or {}, token=token),
        *_loading(checkpoint, code=code),
        *_care(checkpoint),
    ]
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
    way = f"name its repository OWNER/NAME with --claim, or {OWN_FOLDER}"
    return Obstacle("not-listed", f"the catalog lists no checkpoint of {family}", way)


def _access(checkpoint: Checkpoint, *, token: bool) -> Iterator[Obstacle]:
    hub, name = checkpoint.hub, checkpoint.id
    if hub is None or hub.host == "none" or hub.access == "closed":
        yield Obstacle("closed", f"the weights of {name} are not published", "nobody outside can verify its scores")
        return
    if hub.access == "withdrawn":
        way = f"if you have a copy from before, {OWN_FOLDER}"
        yield Obstacle("withdrawn", f"the weights of {name} were withdrawn by their publisher", way)
    elif hub.access == "by-request":
        yield Obstacle(
            "by-request", f"the weights of {name} are given on request only", f"ask for them, then {OWN_FOLDER}"
        )
    elif hub.host != "huggingface":
        way = f"download and convert them by hand, then {OWN_FOLDER}"
        yield Obstacle("not-on-hub", f"the weights of {name} are on a {hub.host} page, not on the hub", way)
    elif hub.repository is None or "/" not in hub.repository:
        way = f"if you have them, {OWN_FOLDER}"
        yield Obstacle("no-repository", f"the catalog does not know where the weights of {name} are", way)
    if hub.access == "gated":
        page = f"https://huggingface.co/{hub.repository}"
        way = f"accept its terms on {page} and set HF_TOKEN"
        yield Obstacle("gated", f"the weights of {name} are gated", way, blocking=not token)


def _form(checkpoint: Checkpoint, others: Mapping[str, Checkpoint], *, token: bool) -> Iterator[Obstacle]:
    weights, name = checkpoint.weights, checkpoint.id
    base = _base(checkpoint)
    if weights is None or weights.form == "none":
        yield Obstacle("no-weights", f"there are no weights of {name}", "only published responses could be looked at")
    elif weights.form in ("delta", "adapter"):
        yield _to_merge(checkpoint, weights.form == "delta", base, others, token=token)
    elif weights.form == "component":
        yield Obstacle("component", f"{name} is a part that works only together with {base}", "use its authors' code")
    elif weights.form == "encrypted":
        way = f"get the base, decrypt with its authors' script, then {OWN_FOLDER}"
        yield Obstacle("encrypted", f"the weights of {name} are encrypted with those of {base}", way)
    elif weights.form == "quantized":
        way = f"verify {base} instead; a quantized model's scores are not those of the model it was made from"
        yield Obstacle("quantized", f"{name} is a quantized copy of {base} and needs its own kernels", way)


def mergeable_base(checkpoint: Checkpoint, others: Mapping[str, Checkpoint]) -> Checkpoint | None:
    """The checkpoint that a difference or an adapter is put together with here, or ``None`` if it cannot be.

    The entry's link decides: exactly one base that it is the delta of, or the adapter of, in transformers' format.
    """
    weights, hub, lineage = checkpoint.weights, checkpoint.hub, checkpoint.lineage
    if weights is None or weights.form not in ("delta", "adapter"):
        return None
    relation = "delta-of" if weights.form == "delta" else "adapter-of"
    native = weights.loader in _NATIVE
    bases = lineage.bases if lineage is not None and not isinstance(lineage.bases, str) else ()
    linked = [others[base.checkpoint] for base in bases if base.relation == relation and base.checkpoint in others]
    if not native or (hub is not None and hub.file is not None) or len(linked) != 1:
        return None  # a file within a repository is in its authors' own format
    return linked[0]


def _to_merge(
    checkpoint: Checkpoint, difference: bool, base: str, others: Mapping[str, Checkpoint], *, token: bool
) -> Obstacle:
    code: Code = "delta" if difference else "adapter"
    what = f"a difference to {base}, not as a model" if difference else f"an adapter for {base}, not as a model"
    message = f"{checkpoint.id} is published as {what}"
    found = mergeable_base(checkpoint, others)
    if found is None:
        return Obstacle(code, message, f"put both together with its authors' script, then {OWN_FOLDER}")
    hindrance = next((o for o in (*_access(found, token=token), *_loading(found, code=False)) if o.blocking), None)
    if hindrance is not None or found.weights is None or found.weights.form != "full":
        because = hindrance.message if hindrance is not None else f"{found.id} is no whole model"
        return Obstacle(code, f"{message}, and {because}", f"if you have both, put them together, then {OWN_FOLDER}")
    return Obstacle(code, message, f"{found.id} is fetched as well, and both are put together", blocking=False)


def _loading(checkpoint: Checkpoint, *, code: bool) -> Iterator[Obstacle]:
    weights, name = checkpoint.weights, checkpoint.id
    if weights is None or weights.form in ("none", "delta", "adapter", "component", "encrypted", "quantized"):
        return
    recurrent = checkpoint.shape is not None and checkpoint.shape.design == "recurrent"
    if weights.loader == "own-code" and recurrent:
        way = "look for a checkpoint of the same weights in transformers' format (class RwkvForCausalLM)"
        yield Obstacle("recurrent-files", f"{name} is published as files of its own recurrent program", way)
    elif weights.loader == "own-code":
        way = f"convert it to a class of transformers, then {OWN_FOLDER}"
        yield Obstacle("own-code", f"only its authors' own program loads {name}", way)
    elif weights.loader == "remote-code":
        yield _remote_code(checkpoint, code=code)
    elif weights.loader == "native-after-recovery":
        yield Obstacle("delta", f"{name} must first be recovered", f"follow its authors' recipe, then {OWN_FOLDER}")
    elif weights.loader == "unknown":
        yield Obstacle("loader-unknown", f"the catalog does not know what loads {name}", "try it", blocking=False)


def code_hashes(checkpoint: Checkpoint) -> Mapping[str, str]:
    """The sha256 of the files of code that the entry vouches for, by path; empty unless its revision is a commit."""
    hub, weights = checkpoint.hub, checkpoint.weights
    if weights is None or hub is None or not _COMMIT.fullmatch(hub.revision):
        return {}
    return {path: digest for path, digest in weights.file_hashes.items() if path.endswith(".py")}


def pickle_hashes(checkpoint: Checkpoint) -> frozenset[str]:
    """The sha256 of the pickled weights that the entry vouches for."""
    weights = checkpoint.weights
    listed = weights.file_hashes if weights is not None else {}
    return frozenset(digest for path, digest in listed.items() if path.endswith(".bin"))


def _remote_code(checkpoint: Checkpoint, *, code: bool) -> Obstacle:
    name = checkpoint.id
    message = f"{name} runs only with code from its repository, which is not run here"
    if not code_hashes(checkpoint):
        way = "look for a version that transformers loads itself, or list the code's hashes in the entry"
        return Obstacle("remote-code", message, f"{way} (docs/verify-models.md)")
    if not code:
        way = "--allow-remote-code runs the code whose hashes the entry lists, shut off from network and tokens"
        return Obstacle("remote-code", f"{name} runs only with code from its repository", way)
    way = "the hashes that the entry lists are checked, and it runs shut off from network and tokens"
    return Obstacle("remote-code", f"{name} runs code from its repository", way, blocking=False)


def _care(checkpoint: Checkpoint) -> Iterator[Obstacle]:
    """What may turn out well."""
    weights, name = checkpoint.weights, checkpoint.id
    if "multimodal" in checkpoint.roles:
        way = "its claims on texts may still be verified; those on images are not"
        yield Obstacle(
            "multimodal", f"{name} is a model of images and text, and only text is run here", way, blocking=False
        )
    if weights is None or weights.form not in ("full", "delta", "adapter"):
        return
    if _only_pickles(weights) and not pickle_hashes(checkpoint):
        way = "if the hub has no safetensors of it, convert it, or list the hashes of its files in the entry"
        yield Obstacle("pickle-only", f"{name} was published as pickles, which are not opened", way, blocking=False)
    if weights.form == "full" and "transformers" in weights.runtime and weights.loader == "native":
        way = "if it does not load, run `verify score` in an environment with that version"
        needs = f"{name} was published for transformers {weights.runtime['transformers']}"
        yield Obstacle("old-runtime", needs, way, blocking=False)


_NATIVE = ("native", "native-after-recovery")


def _only_pickles(weights: Weights) -> bool:
    files = weights.files
    return not isinstance(files, str) and bool(files) and "safetensors" not in files and weights.loader in _NATIVE


def _base(checkpoint: Checkpoint) -> str:
    bases = checkpoint.lineage.bases if checkpoint.lineage is not None else "unknown"
    if isinstance(bases, str) or not bases:
        return "a base model that is not known"
    return " and ".join(base.checkpoint for base in bases)
