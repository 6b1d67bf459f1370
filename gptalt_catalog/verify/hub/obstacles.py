"""Why a model whose config was fetched cannot be run here: asked before any weights are.

What the catalog knows without asking a hub is judged by :mod:`gptalt_catalog.views.obstacles`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gptalt_catalog.views.obstacles import OWN_FOLDER, Obstacle


def obstacle_in(config: Mapping[str, object], name: str, native: Collection[str]) -> Obstacle | None:
    """Why a model with this ``config.json`` cannot be run here, if so. ``native``: transformers' model types."""
    kind = config.get("model_type")
    if not isinstance(kind, str) or kind not in native:
        if "auto_map" in config:
            way = f"look for a version that transformers loads itself, then {OWN_FOLDER}"
            return Obstacle(
                "remote-code", f"{name} runs only with code from its repository, which is not run here", way
            )
        way = f"a newer transformers may know it; else convert it, then {OWN_FOLDER}"
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
