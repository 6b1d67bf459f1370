"""Which process runs a model: this one, or a child that is shut off, for models that bring code."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gptalt_catalog.verify.child.environments import interpreter
from gptalt_catalog.verify.child.scoring import ChildScorer, Start
from gptalt_catalog.verify.hub.settings import HubSettings

if TYPE_CHECKING:
    from gptalt_catalog.verify.hub.snapshot import Snapshot
    from gptalt_catalog.verify.pipeline.scorer import Scorer
    from gptalt_catalog.verify.prepared import Prepared


def open_scorer(prepared: Prepared, snapshot: Snapshot, say: Callable[[str], None]) -> Scorer:
    """The scorer of a snapshot. Raises :class:`.pipeline.requests.PipelineError` and :class:`.environments.PinsError`.

    Code is in a snapshot only if it was asked for and its hashes are those that the entry lists.
    """
    from gptalt_catalog.verify.pipeline.scorer import load

    wishes, checkpoint = prepared.wishes, prepared.model.checkpoint
    has_code = any(file.path.endswith(".py") for file in snapshot.files)
    if not has_code or not wishes.remote_code or checkpoint is None or checkpoint.weights is None:
        return load(
            snapshot.folder, device=wishes.device, dtype=wishes.dtype, batch=wishes.batch, scorer=wishes.scorer,
            trust="pickles" if any(file.path.endswith(".bin") for file in snapshot.files) else "safetensors",
        )  # fmt: skip
    python = interpreter(checkpoint.weights.runtime, say=say)
    start = Start(
        python,
        snapshot.folder,
        tuple(f.path for f in snapshot.files),
        wishes.device,
        wishes.dtype,
        wishes.batch,
        wishes.scorer,
        token=token_at_hand(),
    )
    scorer = ChildScorer(start)
    try:
        say(f"the model's code runs in a process of its own, shut off by {scorer.child.ready()}")
    except BaseException:
        scorer.close()
        raise
    return scorer


def token_at_hand() -> bool:
    """Whether a token of a hub is in the environment or in a file of a login."""
    given = any(os.environ.get(name) for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"))
    usual = Path.home() / ".cache" / "huggingface" / "token"
    return given or usual.is_file() or HubSettings.from_environment().token is not None
