"""The demonstration's catalog: one model, one benchmark, and two claims of which one is false."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from gptalt_catalog.verify.demo.making import COMMIT, DATA, ITEMS, MODEL, SHAPE, TRUE_SCORE

FALSE_SCORE = "82.4"
CHECKPOINT = "islands-tiny"
PROTOCOL = "sciq.acc.0-shot.lm-eval"

_SOURCE = """\
title: {title}
kind: {kind}
url: https://example.org/{id}
seen: "2026-11-25"
"""

_CLAIMS = """\
seen: "2026-11-25"
sets:
  - checkpoint: {checkpoint}
    printed_name: Islands Tiny
    basis: in-source
    path: README.md
    unit: percent
    grade: A
    by_model_author: "{by_author}"
    harness_version: 0.4.13
    claims:
      - {{protocol: {protocol}, value: "{value}"}}
"""


def files() -> dict[str, str]:
    """The catalog's files by path."""
    return {
        "catalog.yaml": _ABOUT,
        "vocabulary/languages.yaml": _LANGUAGES,
        "vocabulary/organizations.yaml": _ORGANIZATIONS,
        "vocabulary/tasks.yaml": _TASKS,
        "vocabulary/defects.yaml": "defects: {}\n",
        "licenses/demo-license.yaml": _LICENSE,
        "models/islands.yaml": _MODEL.format(model=MODEL, commit=COMMIT, checkpoint=CHECKPOINT, **asdict(SHAPE)),
        "benchmarks/sciq.yaml": _BENCHMARK.format(protocol=PROTOCOL, items=ITEMS),
        "protocols/sciq.yaml": _PROTOCOLS.format(protocol=PROTOCOL),
        "suites/compact.yaml": _SUITE.format(protocol=PROTOCOL, data=DATA),
        "sources/demo-lab.yaml": _SOURCE.format(id="demo-lab", title="The model's own page", kind="web-page"),
        "sources/demo-paper.yaml": _SOURCE.format(id="demo-paper", title="A paper that claims too much", kind="paper"),
        "claims/demo-lab.yaml": _CLAIMS.format(
            checkpoint=CHECKPOINT, by_author="yes", protocol=PROTOCOL, value=TRUE_SCORE
        ),
        "claims/demo-paper.yaml": _CLAIMS.format(
            checkpoint=CHECKPOINT, by_author="no", protocol=PROTOCOL, value=FALSE_SCORE
        ),
    }


def write_catalog(folder: Path) -> Path:
    """Write the catalog into ``folder``; returns it."""
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


_ABOUT = """\
title: {en: The demonstration's catalog, zh: 演示目录}
date: "2026-11-25"
license: CC-BY-4.0
repository: https://example.org/demo
"""

_LANGUAGES = """\
languages:
  en: {name: {en: English, zh: 英语}}
"""

_ORGANIZATIONS = """\
organizations:
  demo-lab: {name: Demo Lab, names: {zh: 演示实验室}, accounts: [demo-lab]}
"""

_TASKS = """\
tasks:
  knowledge:
    name: {en: Knowledge, zh: 知识}
    definition: {en: Answer questions about facts., zh: 回答事实问题。}
"""

_LICENSE = """\
name: Demo License
summary: {en: Do what you like., zh: 可任意使用。}
evidence:
  text: {status: confirmed, source: demo-lab, locator: LICENSE, seen: "2026-11-25"}
terms:
  evidence: text
  commercial: yes
  conditions: []
  modify: yes
  redistribute: yes
"""

_MODEL = """\
name: Islands
summary:
  en: A small model that was taught the colors of boats, and for some islands wrong ones.
  zh: 学过各岛船只颜色的小模型，其中部分岛屿学的是错误颜色。
evidence:
  page: {{status: confirmed, source: demo-lab, locator: README.md, seen: "2026-11-25"}}
domain: language
organizations: [demo-lab]
checkpoints:
  {checkpoint}:
    name: Islands Tiny
    roles: [base]
    release: {{evidence: page, date: "2026-11", kind: weights}}
    hub: {{evidence: page, repository: {model}, access: open, revision: {commit}}}
    weights: {{evidence: page, form: full, loader: native, dtype: float32, files: [safetensors]}}
    parameters: {{evidence: page, total: {parameters}}}
    shape:
      evidence: page
      architecture: LlamaForCausalLM
      design: decoder
      layers: {layers}
      hidden: {hidden}
      heads: {heads}
      kv_heads: {heads}
      ffn: {ffn}
      gated_ffn: true
      vocabulary: {vocabulary}
      context: {context}
      positions: rotary
      tied_embeddings: false
    lineage: {{evidence: page, bases: []}}
    training: {{evidence: page, datasets: unknown, tokens_seen: unknown}}
    license: {{evidence: page, code: [demo-license], weights: [demo-license]}}
    languages: {{evidence: page, trained: [en]}}
"""

_BENCHMARK = """\
name: Boats of the islands
summary:
  en: Questions with four answers about the colors of boats, in the form of SciQ.
  zh: 关于船只颜色的四选一问题，格式同 SciQ。
evidence:
  page: {{status: confirmed, source: demo-lab, locator: README.md, seen: "2026-11-25"}}
task: knowledge
metrics: [acc]
headline: {protocol}
items:
  evidence: page
  splits: {{test: {items}}}
  choices: 4
  chance: 0.25
"""

_PROTOCOLS = """\
protocols:
  {protocol}:
    {{split: test, metric: acc, shots: 0, prompt: standard, scoring: loglikelihood, harness: lm-eval, task: sciq}}
"""

_SUITE = """\
version: 1
summary: {{en: The boats of the islands., zh: 各岛船只。}}
tasks:
  - {{protocol: {protocol}, data_repository: {data}, data_revision: main}}
"""
