"""How a prompt is put to a model: as the task has it, after a system instruction, or in the form of a dialogue.

The forms are lm-eval's own: a system instruction stands before the prompt; a template gets the whole prompt,
examples and all, as one message of the user. Templates are the tokenizer's, or the one that the entry documents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gptalt_catalog.domain.family import Prompt
from gptalt_catalog.verify.pipeline.requests import PipelineError

PromptKind = Literal["standard", "system", "documented", "chat"]
PROMPTS: tuple[PromptKind, ...] = ("standard", "system", "documented", "chat")
Message = dict[str, str]
Render = Callable[..., str]
"""(messages, add_generation_prompt=True) -> text, as lm-eval calls it."""


@dataclass(frozen=True)
class Framing:
    """``told`` says in the request file what was done, so that other prompts are never taken for these."""

    kind: PromptKind = "standard"
    system: str = ""
    render: Render | None = None
    told: str = ""

    @property
    def options(self) -> dict[str, Any]:
        """What lm-eval is told when it builds prompts."""
        if self.render is None:
            return {"system_instruction": self.system or None}
        return {
            "system_instruction": self.system or None,
            "apply_chat_template": True,
            "chat_template": self.render,
            "tokenizer_name": self.told,
        }


STANDARD = Framing()


def framing_of(kind: PromptKind, prompt: Prompt | None, folder: Path | None) -> Framing:
    """The framing that was asked for. ``prompt`` is the entry's, ``folder`` holds the tokenizer.

    Raises :class:`PipelineError` if there is no such prompt.
    """
    if kind == "standard":
        return STANDARD
    if kind == "chat":
        return chat(folder, prompt.system if prompt is not None else None)
    if prompt is None:
        raise PipelineError("the entry documents no prompt; leave --prompt out, or add its block `prompt`")
    if kind == "system":
        if not prompt.system:
            raise PipelineError("the entry documents no system instruction; leave --prompt system out")
        text = prompt.system if prompt.system[-1].isspace() else f"{prompt.system}\n\n"
        return Framing("system", text, None, text)
    return documented(prompt)


def documented(prompt: Prompt) -> Framing:
    """The entry's documented template. Raises :class:`PipelineError` if it has no place for the user's text."""
    if "{instruction}" not in prompt.template:
        raise PipelineError("the documented prompt has no place {instruction}")

    def render(messages: Sequence[Message], add_generation_prompt: bool = True, **_: Any) -> str:
        del add_generation_prompt  # the template ends where the model is to go on
        found = ""
        for message in messages:
            if message["role"] == "user":
                found += prompt.template.replace("{instruction}", message["content"])
            elif message["role"] == "system":
                found += _joined(message["content"], prompt.template)
            else:  # the beginning of the answer
                found += message["content"]
        return found

    both = f"{prompt.system or ''}\0{prompt.template}"
    return Framing("documented", prompt.system or "", render, f"documented prompt {_sha256(both)}")


def _joined(system: str, template: str) -> str:
    """A system instruction with what stands between it and the template."""
    if not system or system[-1].isspace():
        return system
    return system + ("\n" if "\n" in template else " ")


def chat(folder: Path | None, system: str | None = None) -> Framing:
    """The chat template of the tokenizer in a folder. Raises :class:`PipelineError` if it has none."""
    if folder is None:
        raise PipelineError("the chat template comes with the tokenizer: run `verify MODEL`, which fetches it")
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise PipelineError(f"the tokenizer cannot be loaded: {error}") from None
    template = tokenizer.chat_template
    if not isinstance(template, str):
        raise PipelineError("the tokenizer has no chat template (or several); try --prompt documented")

    def render(messages: Sequence[Message], add_generation_prompt: bool = True, **_: Any) -> str:
        try:
            text = tokenizer.apply_chat_template(
                list(messages),
                tokenize=False,
                add_generation_prompt=add_generation_prompt,
                continue_final_message=not add_generation_prompt,
            )
        except Exception as error:  # noqa: BLE001  templates are programs of strangers
            raise PipelineError(f"the chat template fails: {type(error).__name__}: {str(error)[:200]}") from None
        return str(text)

    told = f"chat template {_sha256(template)}" + (f", system {_sha256(system)}" if system else "")
    return Framing("chat", system or "", render, told)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
