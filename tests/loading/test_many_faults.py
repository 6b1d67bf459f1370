"""Thirty faults of different rules, seeded into a copy of the real catalog, are all found in one run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.catalogs import CHECKOUT, told

# file, text that stands there once or first, what replaces it, code, text on the line that is reported
FAULTS: list[tuple[str, str, str, str, str]] = [
    ("models/pythia.yaml", "domain: language\n", "domain: langage\n", "bad-value", "domain: langage"),
    ("models/falcon.yaml", "superseded_by:", "superceded_by:", "unknown-key", "superceded_by:"),
    ("models/falcon.yaml", "\nadvice:\n", "\nadvise:\n", "unknown-key", "advise:"),
    ("models/belle-7b.yaml", "relation: fine-tuned", "relation: tuned", "bad-value", "relation: tuned"),
    ("models/biogpt.yaml", "layers: 24", "layers: 12", "parameters-shape", "total: 346"),
    ("models/llama.yaml", "tokens_seen: 1.4T tokens", "tokens_seen: trillions of tokens", "bad-quantity", "trillions"),
    ("models/chatglm-6b.yaml", "name: ChatGLM-6B\n", "name: ChatGLM-6B <b>\n", "text-markup", "<b>"),
    ("models/llava.yaml", "checkpoint: vicuna-7b-v1.5", "checkpoint: vicuna-7b-v1.6", "dangling-reference", "v1.6"),
    ("models/xverse-13b.yaml", "https://github.com/xverse-ai", "https://huggingface.co/xverse-ai", "link-host", "huggingface.co/xverse-ai"),
    ("models/rwkv-4.yaml", "  - {kind: ", '  - {kind: homepage, url: "ftp://example.org/x"}\n  - {kind: ', "link-scheme", "ftp://"),
    ("models/bloomz.yaml", "name: BLOOMZ\n", "name: BLOOMZ\n# a tab\t\n", "yaml-tab", "# a tab"),
    ("models/llama-2-chat.yaml", "name: Llama 2-Chat\n", "name: Llama 2-Chat\nname: Llama\n", "yaml-duplicate-key", "name: Llama\n"),
    ("models/chatrwkv.yaml", "evidence:\n", "evidence: &e\n", "yaml-anchor", "evidence: &e"),
    ("datasets/c4.yaml", "kind: pretraining", "kind: !corpus pretraining", "yaml-tag", "!corpus"),
    ("datasets/roots.yaml", "kind: pretraining", "kind: pretraining\n---", "yaml-documents", "---"),
    ("datasets/the-pile.yaml", "name: The Pile\n", "name: ThePile: v1\n", "yaml-syntax", "ThePile"),
    ("datasets/refinedweb.yaml", "kind: pretraining", "", "missing-key", "name:"),
    ("datasets/xp3.yaml", "locator: ", "locaton: ", "unknown-key", "locaton:"),
    ("licenses/xverse.yaml", "commercial: conditional", "commercial: true", "wrong-type", "commercial: true"),
    ("licenses/llama-1.yaml", "    status: confirmed\n", "    status: certain\n", "bad-value", "certain"),
    ("benchmarks/boolq.yaml", "chance: 0.", "chance: 3.", "bad-value", "chance: 3."),
    ("benchmarks/piqa.yaml", "headline: piqa.", "headline: sciq.", "headline-protocol", "headline: sciq."),
    ("sources/eleutherai-pythia.yaml", "seen: 2026-11-22", "seen: 2026-13-22", "bad-date", "2026-13-22"),
    ("sources/arxiv-2308.14149.yaml", "kind: paper", "kind: [paper]", "wrong-type", "[paper]"),
    ("sources/spdx-license-list-data.yaml", "commit: ", "commit: x", "bad-id", "commit: x"),
    ("claims/thudm-chatglm2-6b.yaml", 'value: "', 'value: "x', "bad-number", 'value: "x'),
    ("claims/eleutherai-pythia.yaml", "counts: [211, 1172]", "counts: [212, 1172]", "claim-counts", "counts: [212, 1172]"),
    ("claims/stability-ai-stablelm.yaml", "counts: [", "counts: [9", "claim-counts", "counts: [9"),
    ("claims/haonan-li-cmmlu.yaml", 'value: "', 'value: "1', "claim-range", 'value: "1'),
    ("protocols/mmlu.yaml", "harness: lm-eval", "harness: lm_eval", "bad-value", "harness: lm_eval"),
    ("tools/xturing.yaml", "category: ", 'category: ""\ncategory_: ', "unknown-key", "category_:"),
]  # fmt: skip


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("faults") / "catalog"
    shutil.copytree(CHECKOUT / "catalog", root)
    return root


def test_all_found_with_file_line_and_code(catalog: Path) -> None:
    before = set(told(catalog))
    assert [p for p in before if p.severity == "error"] == []
    for file, old, new, _, _ in FAULTS:
        path = catalog / file
        text = path.read_text(encoding="utf-8")
        assert old in text, (file, old)
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    lines = {file: (catalog / file).read_text(encoding="utf-8").split("\n") for file, *_ in FAULTS}
    errors = [p for p in told(catalog) if p.severity == "error"]
    for file, _, _, code, mark in FAULTS:
        found = [p for p in errors if p.file == file and p.code == code and mark.strip() in lines[file][p.line - 1]]
        assert found, (file, code, [str(p) for p in errors if p.file == file])
    expected = {(file, code) for file, _, _, code, _ in FAULTS}
    assert {(p.file, p.code) for p in errors} - expected == {("tools/xturing.yaml", "bad-value")}
    assert len(expected) == 30
    assert len({code for _, code in expected}) >= 15
