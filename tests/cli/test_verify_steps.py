"""The parts of ``verify`` that need no model: status, recheck, costs, and wrong use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalogs import GOOD
from tests.cli.test_check import run


def test_status() -> None:
    result = run("verify", "status", "small-70m", "--format", "csv", "--catalog", GOOD)
    assert result.exit_code == 0
    assert (
        "small-70m,quiz.acc.0-shot.lm-eval,small-repository,30.5,verified,reproduced,small-70m/2026-11-01,"
        in result.stdout
    )
    assert run("verify", "status", "no-such", "--catalog", GOOD).exit_code == 2


def test_recheck_refuses_what_does_not_belong_together(tmp_path: Path) -> None:
    record = GOOD / "verifications" / "small-70m" / "2026-11-01.yaml"
    missing = run("verify", "recheck", record)
    assert missing.exit_code == 4
    copy = tmp_path / record.name
    copy.write_bytes(record.read_bytes())
    copy.with_suffix(".items.json").write_text('{"version":1,"tasks":{}}\n')
    other = run("verify", "recheck", copy)
    assert other.exit_code == 4
    assert "SHA-256 differs" in other.output
    copy.write_text("version: 9\n")
    assert "is no record of this version" in run("verify", "recheck", copy).output


def test_costs() -> None:
    pytest.importorskip("numpy", reason="numpy comes with the extra `verify`")
    text = run("verify", "costs", "--catalog", GOOD).stdout
    assert text.startswith("| benchmark | items |")
    assert text.count("\n| quiz | 200 |") == 4


def test_a_word_that_is_no_step_is_a_model() -> None:
    result = run("verify", "--help")
    assert "audit" in result.stdout
    assert run("verify", "plan", "--help").exit_code == 0
