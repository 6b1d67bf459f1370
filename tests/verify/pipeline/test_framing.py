"""How prompts are put to a model: lm-eval's own system instruction and chat template, and documented prompts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lm_eval")
pytest.importorskip("transformers")

from gptalt_catalog.domain.family import Prompt
from gptalt_catalog.verify.pipeline.framing import STANDARD, documented, framing_of
from gptalt_catalog.verify.pipeline.planner import header, plan
from gptalt_catalog.verify.pipeline.protocols import Run
from gptalt_catalog.verify.pipeline.requests import PipelineError
from gptalt_catalog.verify.pipeline.tasks import TaskLibrary
from tests.verify.pipeline import models

pytestmark = pytest.mark.verify
TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def entry(template: str = "### Human: {instruction}\n### Assistant:", system: str | None = "Be kind.") -> Prompt:
    return Prompt(evidence="readme", template=template, system=system)


def tokenizer_in(folder: Path, template: Any = TEMPLATE) -> Path:
    tokenizer = models.random_tokenizer()
    if template is not None:
        tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    return folder


def asked(library: TaskLibrary, framing: Any, run: str = "hellaswag_0shot") -> list[tuple[Any, ...]]:
    found = plan(library.load(Run.parse(run)), "s", "r", framing)
    documents = sorted(found.documents, key=lambda d: d.doc_id)
    return [request.args for document in documents for request in document.requests]


def test_a_documented_prompt_holds_the_whole_prompt(library: TaskLibrary) -> None:
    plain, dressed = asked(library, STANDARD), asked(library, framing_of("documented", entry(), None))
    assert len(plain) == len(dressed)
    for (context, _), (other, _) in zip(plain, dressed, strict=True):
        assert other == f"Be kind.\n### Human: {context}\n### Assistant:"


def test_a_system_instruction_alone(library: TaskLibrary) -> None:
    plain, instructed = asked(library, STANDARD), asked(library, framing_of("system", entry(), None))
    for (context, continuation), (other, same) in zip(plain, instructed, strict=True):
        assert (other, same) == (f"Be kind.\n\n{context}", continuation)


def test_a_chat_template_gives_lm_evals_own_prompts(library: TaskLibrary, tmp_path: Path) -> None:
    from lm_eval.models.huggingface import HFLM

    from gptalt_catalog.verify.pipeline.tasks import quiet

    folder = tokenizer_in(tmp_path)
    found = asked(library, framing_of("chat", None, folder), "gsm8k_5shot")
    tokenizer = models.random_tokenizer()
    tokenizer.chat_template = TEMPLATE
    lm = HFLM(pretrained=models.random_model(tokenizer), tokenizer=tokenizer, device="cpu")
    loaded = library.load(Run.parse("gsm8k_5shot"))
    wanted = []
    with quiet():
        for task in loaded.leaves.values():
            task.set_fewshot_seed(seed=1234)
            task.build_all_requests(
                apply_chat_template=True, chat_template=lm.apply_chat_template, tokenizer_name="tiny"
            )
            wanted += [tuple(instance.args) for instance in task.instances]
    assert found == wanted
    assert all(context.startswith("<|user|>") and context.endswith("<|assistant|>") for context, _ in found)


def test_the_request_file_says_what_was_done(library: TaskLibrary, tmp_path: Path) -> None:
    loaded = library.load(Run.parse("hellaswag_0shot"))
    told = set()
    for framing in (
        STANDARD,
        framing_of("system", entry(), None),
        framing_of("documented", entry(), None),
        framing_of("documented", entry(system="Be brief."), None),
        framing_of("chat", None, tokenizer_in(tmp_path / "one")),
        framing_of("chat", entry(), tokenizer_in(tmp_path / "one")),
        framing_of("chat", None, tokenizer_in(tmp_path / "two", TEMPLATE.replace("user", "human") + "!")),
    ):
        one = plan(loaded, "s", "r", framing)
        told.add(json.dumps(header([one], "s", "r", ["p"], framing).to_json()))
    assert len(told) == 7


@pytest.mark.parametrize(
    ("kind", "prompt", "message"),
    [
        ("system", None, "documents no prompt"),
        ("documented", None, "documents no prompt"),
        ("system", entry(system=None), "no system instruction"),
        ("documented", entry("Hello"), "no place {instruction}"),
        ("chat", None, "run `verify MODEL`"),
    ],
)
def test_prompts_that_there_are_not(kind: Any, prompt: Prompt | None, message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        framing_of(kind, prompt, None)


def test_chat_templates_that_are_not_there_or_fail(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="no chat template"):
        framing_of("chat", None, tokenizer_in(tmp_path / "none", None))
    broken = framing_of("chat", None, tokenizer_in(tmp_path / "bad", "{{ raise_exception('no system') }}"))
    assert broken.render is not None
    with pytest.raises(PipelineError, match="the chat template fails"):
        broken.render([{"role": "user", "content": "x"}])
    out = framing_of("chat", None, tokenizer_in(tmp_path / "out", "{{ ''.__class__.__mro__[1].__subclasses__() }}"))
    assert out.render is not None
    with pytest.raises(PipelineError, match="the chat template fails"):
        out.render([{"role": "user", "content": "x"}])


def test_an_answer_that_is_begun_stands_after_the_template() -> None:
    render = documented(entry(system=None)).render
    assert render is not None
    messages = [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "The answer"}]
    assert render(messages, add_generation_prompt=False) == "### Human: Q\n### Assistant:The answer"
