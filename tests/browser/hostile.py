"""A catalog in which every text is an attack: markup, scripts, right-to-left marks, words without an end.

The rules would refuse it (``check`` names each text); the pages must stay whole all the same, because rules change
and the next catalog may be somebody else's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import AfterValidator

from gptalt_catalog.domain.base import Model
from gptalt_catalog.domain.catalog import Catalog, Document
from tests.catalogs import GOOD, read
from tests.views.entries import (
    TEXT,
    Tree,
    benchmark,
    catalog_of,
    checkpoint,
    claim_set,
    claims,
    family,
    protocol,
    value,
)

M = TypeVar("M", bound=Model)

ATTACK = (
    "\"><script>window.hacked=1</script><img src=x onerror='window.hacked=1'></td></div>\n\n# heading\n\n"
    "[link](javascript:window.hacked=1) `code` *bold* {: onclick=window.hacked=1 } {{ 7*7 }} ${7*7} &amp; "
    "\u202egnirts\u202c \u2066שלום עולם\u2069 مرحبا بالعالم 　中文，没有空格的很长的一段文字没有空格的很长的一段文字 "
    + "x"
    * 160
)
"""All that a text can try, and a word that no phone is wide enough for."""

MANY = 60
LONG = "a" + "-very" * 20 + "-long-name"
"""An id of the greatest length that the domain allows but for nine characters."""


def hostile_catalog() -> Catalog:
    """The small catalog of the tests, more entries of awkward shape, and :data:`ATTACK` in each of their texts."""
    documents = {document.file: document for document in read(GOOD).catalog.documents}
    for document in catalog_of(awkward()).documents:
        if not document.file.startswith("vocabulary/"):
            documents.setdefault(document.file, document)
    return Catalog(tuple(_spoilt_document(document) for document in documents.values()))


def awkward() -> dict[str, Tree]:
    """Sixty checkpoints; the longest ids; a benchmark whose claims cannot be compared, and one without any."""
    made = {"organizations": ["example"]}
    chain: dict[str, Tree] = {}
    for number in range(MANY):
        above = f"many-{number - 1}" if number else "small-70m"
        chain[f"many-{number}"] = checkpoint(
            weights=["free"],
            bases=[("fine-tuned", above)],
            aliases=["Another name"],
            release={"evidence": "readme", "date": f"2024-{1 + number % 12:02}"},
            parameters={"evidence": "readme", "total": 10**9 + number},
        )
    lonely = {"quiz.lonely": protocol(shots="unknown", harness="unknown"), "quiz.lonely-too": protocol(split="unknown")}
    return {
        "models/many.yaml": family(chain, **made),
        f"models/{LONG}.yaml": family({f"{LONG}-1": checkpoint(bases=[("fine-tuned", "many-59")])}, **made),
        "models/nothing.yaml": family({}, **made),
        "benchmarks/lonely.yaml": benchmark(example=TEXT),
        "benchmarks/empty.yaml": benchmark(),
        "protocols/lonely.yaml": {"protocols": lonely},
        "claims/paper.yaml": claims(
            claim_set("many-0", [value("50", "quiz.lonely", note="A note."), value("60", "quiz.lonely-too")]),
            claim_set("many-1", [value("70", "quiz.lonely")]),
            *(claim_set(f"many-{n}", [value(f"{30 + n}", "quiz.acc.0-shot.lm-eval")]) for n in range(30)),
        ),
    }


def _spoilt_document(document: Document) -> Document:
    content = document.content
    assert isinstance(content, Model)
    return Document(document.file, document.id, document.kind, spoilt(content))


def spoilt(model: M) -> M:
    """A copy with :data:`ATTACK` after each text of it, unchecked."""
    update: dict[str, Any] = {}
    for name, field in type(model).model_fields.items():
        hint = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        update[name] = _spoilt(getattr(model, name), hint)
    return model.model_copy(update=update)


def _spoilt(content: Any, hint: Any) -> Any:
    if isinstance(content, Model):
        return spoilt(content)
    if isinstance(content, str):
        return f"{content} {ATTACK}" if _is_text(content, hint) else content
    if isinstance(content, tuple):
        return tuple(_spoilt(part, hint) for part in content)
    if isinstance(content, Mapping):
        return {key: _spoilt(part, hint) for key, part in content.items()}
    return content


def _is_text(content: str, hint: Any) -> bool:
    """Whether a hint allows free text here: the scalar types with a check of their characters do."""
    if get_origin(hint) is Literal:
        return False
    if get_origin(hint) is Annotated and any(
        isinstance(part, AfterValidator) and part.func.__name__ in ("_plain", "_no_control")
        for part in hint.__metadata__
    ):
        return True
    if any(get_origin(part) is Literal and content in get_args(part) for part in get_args(hint)):
        return False
    return any(_is_text(content, part) for part in get_args(hint) if not isinstance(part, str))
