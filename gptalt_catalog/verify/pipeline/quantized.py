"""Models in 8 or 4 bits: what quantization costs in quality is measured against a run in full precision.

On a GPU with bitsandbytes (``int8`` and ``nf4``); on a CPU torch's own dynamic quantization (``int8``), which
rounds the weights of linear layers to 8 bits and their inputs as they come.
"""

from __future__ import annotations

import importlib.util
import warnings
from typing import Any, Literal

from gptalt_catalog.verify.pipeline.requests import PipelineError

Quantization = Literal["int8", "nf4"]
QUANTIZATIONS: tuple[Quantization, ...] = ("int8", "nf4")


def options(precision: str, device: str) -> dict[str, Any]:
    """What ``from_pretrained`` needs for a quantized model. Raises :class:`PipelineError` if it cannot be had here."""
    if device == "cpu":
        if precision != "int8":
            raise PipelineError(f"{precision} needs a GPU with bitsandbytes; on a CPU there is int8")
        return {}
    if importlib.util.find_spec("bitsandbytes") is None:
        raise PipelineError(f"{precision} on a GPU needs bitsandbytes: `pip install bitsandbytes`")
    import torch
    import transformers

    config = (
        transformers.BitsAndBytesConfig(load_in_8bit=True)
        if precision == "int8"
        else transformers.BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16
        )
    )
    return {"quantization_config": config, "device_map": {"": device}}


def quantized(model: Any, device: str) -> Any:
    """The model in 8 bits on a CPU; on a GPU it was quantized while it was loaded."""
    if device != "cpu":
        return model
    import torch
    from torch.ao.quantization import quantize_dynamic

    if not any(isinstance(part, torch.nn.Linear) for part in model.modules()):
        raise PipelineError("the model has no linear layers of torch that could be quantized on a CPU")
    with warnings.catch_warnings():  # it will go from torch some day; the version is pinned
        warnings.simplefilter("ignore")
        return quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)


def bytes_of(model: Any) -> int:
    """The bytes of all weights, quantized ones at their size."""
    total = sum(parameter.numel() * parameter.element_size() for parameter in model.parameters())
    for part in model.modules():
        weight: Any = getattr(part, "weight", None)
        if callable(weight) and type(part).__module__.startswith("torch.ao"):
            found = weight()
            total += found.numel() * found.element_size()
    return int(total)
