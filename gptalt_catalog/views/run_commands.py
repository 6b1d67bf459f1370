"""How to start a checkpoint: commands for the programs that are known to run it, or what hinders.

Only what the catalog has evidence for: transformers where ``weights.loader`` says that it loads the weights, vLLM and
llama.cpp where their lists name the architecture. The repository is always the entry's own; a GGUF file is made from
it, because the catalog names no repositories of converted files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.family import Checkpoint, Prompt, Weights
from gptalt_catalog.domain.memory import Precision
from gptalt_catalog.views.model_list import release_date
from gptalt_catalog.views.run_support import LLAMA_CPP, VLLM, Program

Hindrance = Literal[
    "withdrawn", "by-request", "closed", "no-repository", "delta", "adapter", "encrypted", "component", "own-code",
    "class-unknown",
]  # fmt: skip
Note = Literal["remote-code", "text-only", "prompt-unknown", "quantized"]

CHAT_TEMPLATES_SINCE: Final = "2023-10"
"""Repositories carry chat templates since transformers 4.34 of October 2023; older ones need the documented prompt."""

QUESTION: Final = "What is the capital of France?"
_OPENING: Final = "The capital of France is"


@dataclass(frozen=True)
class RunOption:
    """Commands for one program. ``template`` has ``<<places>>`` that :func:`run_text` fills.

    ``precisions`` are those in which the program runs it, the usual one first; none where the weights are published
    in one precision only. ``own`` are places that do not depend on the precision.
    """

    program: Program
    precisions: tuple[Precision, ...]
    template: str
    own: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class HowToRun:
    """All options of a checkpoint; ``hindrance`` says why there are none. ``gated``: terms must be accepted first."""

    options: tuple[RunOption, ...]
    hindrance: Hindrance | None
    gated: bool


_BITS_AND_BYTES: Final = {"packages": " bitsandbytes", "imports": ", BitsAndBytesConfig"}
PLACES: Final[dict[Program, dict[Precision, dict[str, str]]]] = {
    "transformers": {
        "fp16": {"packages": "", "imports": "", "load": "<<keyword>>=torch.<<half>>"},
        "fp32": {"packages": "", "imports": "", "load": "<<keyword>>=torch.float32"},
        "int8": {**_BITS_AND_BYTES, "load": "quantization_config=BitsAndBytesConfig(load_in_8bit=True)"},
        "nf4": {
            **_BITS_AND_BYTES,
            "load": 'quantization_config=BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4")',
        },
    },
    "vLLM": {"fp16": {"dtype": "<<half>>"}, "fp32": {"dtype": "float32"}},
    "llama.cpp": {
        "q4_k_m": {
            "outtype": "f16",
            "quantize": "llama-quantize model-f16.gguf model-Q4_K_M.gguf Q4_K_M\n",
            "file": "model-Q4_K_M.gguf",
        },
        "q8_0": {"outtype": "q8_0", "quantize": "", "file": "model-q8_0.gguf"},
        "fp16": {"outtype": "f16", "quantize": "", "file": "model-f16.gguf"},
        "fp32": {"outtype": "f32", "quantize": "", "file": "model-f32.gguf"},
    },
}
"""What the places of a template become, by program and precision; pages fill them with a script, too."""


def run_text(option: RunOption, precision: Precision, context: int) -> str:
    """The commands of an option. Raises ``KeyError`` for a precision that the program does not have."""
    chosen = PLACES[option.program][precision if option.precisions else "fp16"]
    text = option.template
    for name, value in (*chosen.items(), *option.own.items(), ("context", str(context))):
        text = text.replace(f"<<{name}>>", value)
    return text


def how_to_run(catalog: Catalog, key: str) -> HowToRun:
    """What starts the checkpoint ``key``. Raises ``KeyError`` for an unknown id."""
    checkpoint = catalog.checkpoints[key]
    hub = checkpoint.hub
    gated = hub is not None and hub.access == "gated"
    hindrance = _hindrance(checkpoint)
    repository = _repository(checkpoint)
    if hindrance is not None or repository is None:
        return HowToRun((), hindrance or "no-repository", gated)
    options = _options(catalog, checkpoint, repository)
    return HowToRun(options, None if options else "class-unknown", gated)


def _repository(checkpoint: Checkpoint) -> str | None:
    hub = checkpoint.hub
    if hub is None or hub.host != "huggingface" or hub.repository in (None, "unknown", "undisclosed"):
        return None
    return hub.moved_to or hub.repository


def _hindrance(checkpoint: Checkpoint) -> Hindrance | None:
    hub, weights = checkpoint.hub, checkpoint.weights
    if hub is not None:
        for access in ("withdrawn", "by-request", "closed"):
            if hub.access == access:
                return access
    if weights is None or weights.form in ("none", "unknown"):
        return "no-repository"
    for form in ("delta", "adapter", "encrypted", "component"):
        if weights.form == form:
            return form
    return "own-code" if weights.loader not in ("native", "remote-code") else None


def _options(catalog: Catalog, checkpoint: Checkpoint, repository: str) -> tuple[RunOption, ...]:
    family = catalog.families[checkpoint.family]
    released = release_date(checkpoint, family) or ""
    images = family.domain == "multimodal"
    found = [_transformers(checkpoint, repository, released, images=images)]
    quantized = checkpoint.weights is not None and checkpoint.weights.form == "quantized"
    if not quantized:
        found += [_vllm(checkpoint, repository), _llama_cpp(checkpoint, repository, images=images)]
    return tuple(option for option in found if option is not None)


# ---- transformers --------------------------------------------------------------------------------


def _transformers(checkpoint: Checkpoint, repository: str, released: str, *, images: bool) -> RunOption | None:
    auto = _auto_class(checkpoint, released, images=images)
    weights = checkpoint.weights
    if auto is None or weights is None:
        return None
    pinned = weights.runtime.get("transformers", "")
    old = pinned.startswith("==4.") or "<4." in pinned
    remote = ", trust_remote_code=True" if weights.loader == "remote-code" else ""
    reader = "AutoProcessor" if auto == "AutoModelForImageTextToText" else "AutoTokenizer"
    ask, prompt_known = _ask(checkpoint, released, images=reader == "AutoProcessor")
    quantized = weights.form == "quantized"
    packages = f"{_requirement('torch', weights)} {_requirement('transformers', weights)}"
    lines = (
        f"# pip install {packages} accelerate<<packages>>",
        "import torch",
        f"from transformers import {auto}, {reader}<<imports>>",
        "",
        f'name = "{repository}"',
        f"reader = {reader}.from_pretrained(name{remote})",
        f"model = {auto}.from_pretrained(",
        f'    name, {"" if quantized else "<<load>>, "}device_map="auto"{remote}',
        ")",
        *ask,
        "answer = model.generate(**inputs, max_new_tokens=200)",
        "print(reader.decode(answer[0], skip_special_tokens=True))",
    )
    notes: list[Note] = ["remote-code"] if remote else []
    notes += ["quantized"] if quantized else []
    notes += [] if prompt_known else ["prompt-unknown"]
    precisions: tuple[Precision, ...] = (
        () if quantized else ("fp16", "fp32") if old else ("fp16", "nf4", "int8", "fp32")
    )
    own = {"keyword": "torch_dtype" if old else "dtype", "half": _half(checkpoint)}
    return RunOption("transformers", precisions, "\n".join(lines), own, tuple(notes))


def _requirement(package: str, weights: Weights) -> str:
    pinned = weights.runtime.get(package)
    return f'"{package}{pinned}"' if pinned else package


def _half(checkpoint: Checkpoint) -> str:
    """The 16-bit type that the weights were published in; ``bfloat16`` where that is not known."""
    return "float16" if checkpoint.weights is not None and checkpoint.weights.dtype == "float16" else "bfloat16"


def _auto_class(checkpoint: Checkpoint, released: str, *, images: bool) -> str | None:
    architecture = checkpoint.shape.architecture if checkpoint.shape is not None else ""
    if images:
        modern = architecture.endswith("ForConditionalGeneration") and released >= "2024"
        return "AutoModelForImageTextToText" if modern else None
    if architecture.startswith("ChatGLM"):
        return "AutoModel"
    if architecture.endswith(("ForCausalLM", "LMHeadModel")):
        return "AutoModelForCausalLM"
    return "AutoModelForSeq2SeqLM" if architecture.endswith("T5ForConditionalGeneration") else None


def _ask(checkpoint: Checkpoint, released: str, *, images: bool) -> tuple[tuple[str, ...], bool]:
    """The lines that make ``inputs``, and whether the form of the prompt is known."""
    talks = bool({"chat", "instruct"} & set(checkpoint.roles))
    if images:
        return (
            "messages = [{",
            '    "role": "user",',
            '    "content": [{"type": "image", "url": "photo.jpg"}, {"type": "text", "text": "What is shown here?"}],',
            "}]",
            *_TEMPLATED,
        ), True
    if talks and released >= CHAT_TEMPLATES_SINCE:
        return (f'messages = [{{"role": "user", "content": "{QUESTION}"}}]', *_TEMPLATED), True
    text = _prompted(checkpoint.prompt) if checkpoint.prompt is not None else QUESTION if talks else _OPENING
    prompt = json.dumps(text, ensure_ascii=False)  # the escapes of JSON are Python's, too
    lines = (f"prompt = {prompt}", 'inputs = reader(prompt, return_tensors="pt").to(model.device)')
    return lines, checkpoint.prompt is not None or not talks


_TEMPLATED: Final = (
    "inputs = reader.apply_chat_template(",
    '    messages, add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"',
    ").to(model.device)",
)


def _prompted(prompt: Prompt) -> str:
    """The documented prompt with a question, after the system text.

    The text is left out where the prompt is made of special tokens and the text has none: its place is not stated.
    """
    asked = prompt.template.replace("{instruction}", QUESTION)
    system = prompt.system or ""
    if not system or (asked.startswith("<|") and not system.startswith("<|")):
        return asked
    if system[-1].isspace():
        return system + asked
    return system + ("\n" if "\n" in prompt.template else " ") + asked


# ---- vLLM, llama.cpp -----------------------------------------------------------------------------


def _vllm(checkpoint: Checkpoint, repository: str) -> RunOption | None:
    if not VLLM.covers(checkpoint.shape):
        return None
    remote = checkpoint.weights is not None and checkpoint.weights.loader == "remote-code"
    trust = " --trust-remote-code" if remote else ""
    template = f"# pip install vllm\nvllm serve {repository} --max-model-len <<context>> --dtype <<dtype>>{trust}"
    own = {"half": _half(checkpoint)}
    return RunOption("vLLM", ("fp16", "fp32"), template, own, ("remote-code",) if remote else ())


def _llama_cpp(checkpoint: Checkpoint, repository: str, *, images: bool) -> RunOption | None:
    if not LLAMA_CPP.covers(checkpoint.shape):
        return None
    template = (
        f"hf download {repository} --local-dir {checkpoint.id}\n"
        f"python convert_hf_to_gguf.py {checkpoint.id} --outtype <<outtype>> --outfile model-<<outtype>>.gguf\n"
        "<<quantize>>llama-cli -m <<file>> -c <<context>>"
    )
    notes: tuple[Note, ...] = ("text-only",) if images else ()
    return RunOption("llama.cpp", ("q4_k_m", "q8_0", "fp16", "fp32"), template, notes=notes)
