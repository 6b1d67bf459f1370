"""Small catalogs written in tests: what a test is about is said, the rest is filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gptalt_catalog.domain.catalog import Catalog, Document
from gptalt_catalog.domain.kinds import BY_NAME, KINDS

Tree = dict[str, Any]
TEXT = {"en": "Words.", "zh": "文字。"}
SEEN = "2026-11-01"
PIECE = {"status": "confirmed", "source": "paper", "locator": "page 1", "seen": SEEN}

VOCABULARY: dict[str, Tree] = {
    "catalog.yaml": {"title": TEXT, "date": SEEN, "license": "CC-BY-4.0", "repository": "https://github.com/example/x"},
    "vocabulary/languages.yaml": {
        "languages": {
            "en": {"name": {"en": "English", "zh": "英语"}},
            "zh": {"name": {"en": "Chinese", "zh": "中文"}},
        }
    },
    "vocabulary/organizations.yaml": {"organizations": {"lab": {"name": "Lab", "names": {"zh": "实验室"}}}},
    "vocabulary/tasks.yaml": {"tasks": {"knowledge": {"name": TEXT, "definition": TEXT}}},
    "vocabulary/defects.yaml": {
        "defects": {"bug": {"name": TEXT, "definition": TEXT, "source": "paper", "locator": "page 2"}}
    },
    "sources/paper.yaml": {"title": "Paper", "kind": "paper", "url": "https://arxiv.org/abs/2301.00001", "seen": SEEN},
    "sources/blog.yaml": {"title": "Blog", "kind": "web-page", "url": "https://example.org/blog", "seen": SEEN},
}


def catalog_of(files: Mapping[str, Tree]) -> Catalog:
    """A catalog of these files (path -> content) and the vocabulary of the tests."""
    return Catalog(tuple(_document(file, tree) for file, tree in {**VOCABULARY, **files}.items()))


def _document(file: str, tree: Tree) -> Document:
    folder, _, rest = file.partition("/")
    if not rest:
        kind, key = BY_NAME["catalog"], "catalog"
    elif folder == "vocabulary":
        kind, key = BY_NAME[rest.removesuffix(".yaml")], rest.removesuffix(".yaml")
    else:
        kind, key = next(k for k in KINDS if k.folder == folder), rest.removesuffix(".yaml")
    return Document(file, key, kind, kind.model.model_validate_json(json.dumps(tree)))


def license_(commercial: str, *conditions: str, **more: Any) -> Tree:
    terms = {"evidence": "text", "commercial": commercial, "conditions": list(conditions)}
    terms |= {"modify": "yes", "redistribute": "yes"}
    return {"name": f"License {commercial}", "summary": TEXT, "evidence": {"text": PIECE}, "terms": terms, **more}


def family(checkpoints: dict[str, Tree], **more: Any) -> Tree:
    entry = {"name": "Family", "summary": TEXT, "domain": "language", "organizations": ["lab"]}
    return {**entry, "evidence": {"readme": PIECE}, "checkpoints": checkpoints, **more}


def checkpoint(
    *, weights: list[str] | str = "unknown", bases: list[tuple[str, str]] | str | None = None, **more: Any
) -> Tree:
    """A checkpoint; ``bases`` are (relation, checkpoint), ``None`` leaves the block out."""
    entry: Tree = {"name": "Checkpoint", "roles": ["base"], "license": {"evidence": "readme", "weights": weights}}
    if bases is not None:
        listed = bases if isinstance(bases, str) else [{"checkpoint": c, "relation": r} for r, c in bases]
        entry["lineage"] = {"evidence": "readme", "bases": listed}
    return {**entry, **more}


def protocol(**parts: Any) -> Tree:
    known = {"split": "test", "metric": "acc", "shots": 0, "prompt": "standard"}
    return {**known, "scoring": "loglikelihood", "harness": "lm-eval", **parts}


def benchmark(**more: Any) -> Tree:
    items = {"evidence": "readme", "splits": {"test": 1000}, "choices": 4, "chance": 0.25}
    return {"name": "Quiz", "summary": TEXT, "evidence": {"readme": PIECE}, "task": "knowledge", "items": items, **more}


def claim_set(target: str, claims: list[Tree], **more: Any) -> Tree:
    entry = {"checkpoint": target, "printed_name": target, "basis": "mapped", "path": "README.md", "unit": "percent"}
    return {**entry, "grade": "A", "by_model_author": "no", "harness_version": "1.0", "claims": claims, **more}


def claims(*sets: Tree) -> Tree:
    return {"seen": SEEN, "sets": list(sets)}


QUIZ: dict[str, Tree] = {
    "benchmarks/quiz.yaml": benchmark(),
    "protocols/quiz.yaml": {
        "protocols": {
            "quiz.0": protocol(),
            "quiz.5": protocol(shots=5),
            "quiz.unknown": protocol(shots="unknown", harness="unknown"),
        }
    },
    "models/fam.yaml": family({"a": checkpoint(bases=[]), "b": checkpoint(bases=[]), "c": checkpoint(bases=[])}),
}
"""A benchmark of 1,000 items with three protocols, and three checkpoints."""


def quiz(**sources: Tree) -> Catalog:
    """A catalog with :data:`QUIZ` and these claims files (``paper=…``, ``blog=…``)."""
    return catalog_of({**QUIZ, **{f"claims/{source}.yaml": tree for source, tree in sources.items()}})


def value(printed: str, protocol_: str = "quiz.0", **more: Any) -> Tree:
    return {"protocol": protocol_, "value": printed, **more}
