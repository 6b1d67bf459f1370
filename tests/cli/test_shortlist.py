"""The question of somebody with one card: a list made by hand from the entries, and the command's."""

from __future__ import annotations

import json

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.family import Checkpoint
from gptalt_catalog.loading.catalog_loader import load_catalog
from gptalt_catalog.views.memory_fit import MemoryFit
from tests.catalogs import CHECKOUT
from tests.cli.test_check import run

# Looked up one by one in the entries: Chinese among the languages trained on or claimed, commercial use allowed along
# the bases, 4-bit weights with 4,096 tokens in 24 GiB with the margin. A few of each answer.
IN = [
    "chatglm2-6b",
    "qwen2.5-7b-instruct",
    "qwen2.5-14b-instruct",
    "qwen3-8b",
    "baichuan2-7b-chat",
    "yi-1.5-9b-chat",
    "xverse-13b-chat",
]
OUT = {
    "chatglm-6b": "context of 2,048 tokens",
    "llama-2-7b-chat": "English only",
    "belle-7b-2m": "non-commercial",
    "vicuna-13b-v1.3": "non-commercial base",
    "qwen2.5-72b-instruct": "too large",
    "qwen2.5-3b-instruct": "research license",
}


def _by_hand(catalog: Catalog, checkpoint: Checkpoint, fits: MemoryFit) -> bool:
    """The filters written out once more, without the code of the command."""
    languages = checkpoint.languages
    if languages is None or "zh" not in (*languages.trained, *languages.claimed):
        return False
    if checkpoint.shape is None or (isinstance(checkpoint.shape.context, int) and checkpoint.shape.context < 4096):
        return False
    fit = fits.fit(checkpoint.id, "q4_k_m", 4096)
    return fit is not None and fit.high <= 24 * 2**30 and _commercial(catalog, checkpoint, set())


def _commercial(catalog: Catalog, checkpoint: Checkpoint, seen: set[str]) -> bool:
    weights = checkpoint.license.weights if checkpoint.license else "unknown"
    if isinstance(weights, str) or not weights:
        return False
    if any(catalog.licenses[name].terms.commercial not in ("yes", "conditional") for name in weights):
        return False
    bases = checkpoint.lineage.bases if checkpoint.lineage else "unknown"
    if isinstance(bases, str):
        return False
    return all(
        _commercial(catalog, catalog.checkpoints[b.checkpoint], seen | {checkpoint.id})
        for b in bases
        if b.checkpoint not in seen
    )


def test_equals_a_list_made_by_hand() -> None:
    catalog = load_catalog(CHECKOUT)
    question = "list models --fits 24GB --precision int4 --license commercial --language zh --format json"
    found = [row["id"] for row in json.loads(run(*question.split(), "--catalog", CHECKOUT).stdout)]
    fits = MemoryFit(catalog)
    assert set(found) == {key for key, checkpoint in catalog.checkpoints.items() if _by_hand(catalog, checkpoint, fits)}
    assert set(IN) <= set(found)
    assert not set(OUT) & set(found)
