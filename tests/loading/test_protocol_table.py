"""The table of tasks and protocols: faults have a place, names are known, the first origin that fits counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from gptalt_catalog.domain.protocol_table import ProtocolRows
from gptalt_catalog.loading.protocol_table import ProtocolTableError, read_protocol_table

TABLE = """\
origins:
  old: {era: lm-eval-0.3, because: "Compared.", task_versions: ["0"]}
  newer: {era: lm-eval-0.4, because: "Compared.", harness_versions: ["0.4.13"]}
  other: {era: lm-eval-0.4, because: "Not compared."}
comparisons: {}
protocols:
  quiz.acc.0-shot.lm-eval:
    metric: acc
    readings:
      - {origin: old, task: quiz_old, grade: equivalent}
      - {origin: newer, task: quiz, grade: identical}
      - {origin: other, task: quiz, grade: unknown}
"""


def read(folder: Path, text: str) -> ProtocolRows:
    (folder / "protocols.yaml").write_text(text, encoding="utf-8")
    return read_protocol_table(ProtocolRows, folder)


@pytest.mark.parametrize(
    ("harness", "task", "grade"),
    [
        ("unknown", "0", "equivalent"),
        ("0.4.13", None, "identical"),
        ("0.4.13", "0", "equivalent"),
        ("x", "1", "unknown"),
    ],
)
def test_the_first_origin_that_fits_counts(tmp_path: Path, harness: str, task: str | None, grade: str) -> None:
    table = read(tmp_path, TABLE)
    found = table.fitting("quiz.acc.0-shot.lm-eval", harness, task)
    assert found is not None
    assert found.grade == grade
    assert table.fitting("quiz.acc.5-shot.lm-eval", harness, task) is None


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("origins:", "origins: [", "protocols.yaml:"),
        ("origin: newer,", "origin: nobody,", "no origin is called nobody"),
        ("    metric: acc\n", "    metric: acc\n    comparison: none\n", "no comparison is called none"),
        ("grade: unknown", "grade: fine", "not well-formed"),
    ],
)
def test_faults_are_told(tmp_path: Path, before: str, after: str, message: str) -> None:
    with pytest.raises(ProtocolTableError, match=message):
        read(tmp_path, TABLE.replace(before, after, 1))


def test_a_known_comparison_is_accepted(tmp_path: Path) -> None:
    comparison = (
        "comparisons:\n  once:\n    run: quiz\n    older: Old.\n    newer: New.\n    finding: Same.\n    items: All.\n"
        f"    documents: 3\n    prompts: {'a' * 64}"
    )
    text = TABLE.replace("comparisons: {}", comparison).replace(
        "    metric: acc", "    metric: acc\n    comparison: once"
    )
    assert read(tmp_path, text).comparisons["once"].documents == 3


def test_the_project_s_own_table() -> None:
    assert len(read_protocol_table(ProtocolRows).protocols) > 50
