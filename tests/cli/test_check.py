"""``check``: what it prints, in which form, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gptalt_catalog.cli import main
from tests.catalogs import GOOD, copy_of_good


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main.app, [str(a) for a in arguments])


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    root = copy_of_good(tmp_path)
    small = root / "models" / "small.yaml"
    small.write_text(small.read_text(encoding="utf-8").replace("roles: [base]", "roles: [bsae]"), encoding="utf-8")
    tool = root / "tools" / "runner.yaml"
    tool.write_text(tool.read_text(encoding="utf-8").replace("2026-10-01", "2020-10-01"), encoding="utf-8")
    return root


def test_clean() -> None:
    result = run("check", "--catalog", GOOD)
    assert result.exit_code == 0
    assert "2 checkpoints" in result.stdout
    assert "facts with confirmed evidence: 62 of 62 (100.0%)" in result.stdout
    assert "checkpoints by language: en 2" in result.stdout
    assert result.stdout.endswith("problems: 0 errors, 0 warnings\n")


def test_text(spoilt: Path) -> None:
    result = run("check", "--catalog", spoilt)
    assert result.exit_code == 1
    assert (
        f"{spoilt}/models/small.yaml:27:13: bad-value: 'bsae' is not in the vocabulary of `roles.0`\n  fix: did you mean `base`?\n"
        in result.stdout
    )
    assert "old-status: warning: " in result.stdout
    assert "problems: 1 errors, 1 warnings" in result.stdout


def test_json(spoilt: Path) -> None:
    result = run("check", "--catalog", spoilt, "--format", "json")
    found = json.loads(result.stdout)
    assert [list(p) for p in found] == [["file", "line", "column", "code", "severity", "message", "fix"]] * 2
    assert [(p["code"], p["severity"]) for p in found] == [("bad-value", "error"), ("old-status", "warning")]


def test_github(spoilt: Path) -> None:
    result = run("check", "--catalog", spoilt, "--format", "github")
    first = result.stdout.split("\n")[0]
    assert first.startswith("::error file=")
    assert "models/small.yaml,line=27,col=13,title=bad-value::'bsae' is not" in first


def test_github_annotations_cannot_be_forged(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    (root / "tools" / "x.yaml").write_text('"a%0A::warning::b": 1\n', encoding="utf-8")
    result = run("check", "--catalog", root, "--format", "github")
    assert all(line.startswith("::error file=") for line in result.stdout.splitlines())
    assert "%250A" in result.stdout


def test_strict_and_quiet(tmp_path: Path, spoilt: Path) -> None:
    (tmp_path / "other").mkdir()
    root = copy_of_good(tmp_path / "other")
    tool = root / "tools" / "runner.yaml"
    tool.write_text(tool.read_text(encoding="utf-8").replace("2026-10-01", "2020-10-01"), encoding="utf-8")
    assert run("check", "--catalog", root).exit_code == 0
    assert run("check", "--catalog", root, "--strict").exit_code == 1
    assert run("check", "--catalog", root, "--quiet").stdout == ""
    assert run("check", "--catalog", spoilt, "--quiet").stdout.count("\n") == 2


def test_paths(spoilt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("check", spoilt / "tools").exit_code == 0
    assert run("check", spoilt / "models" / "small.yaml").exit_code == 1
    assert run("check", spoilt / "tools", spoilt / "models").exit_code == 1
    monkeypatch.chdir(spoilt)
    assert run("check", "models/small.yaml").exit_code == 1
    assert run("check", "datasets").exit_code == 0


def test_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: 1\n")
    for arguments in (
        ["check", str(tmp_path / "no.yaml")],
        ["check", str(tmp_path / "x.yaml")],
        ["check", "--format", "xml"],
    ):
        result = run(*arguments)
        assert result.exit_code == 2, arguments
        assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["check", "--catalog", "/nowhere"],
            2,
            "gptalt-catalog: /nowhere is not a catalog: it holds no catalog.yaml\n",
        ),
        (["list", "--catalog", "BAD"], 1, "run `gptalt-catalog check` for all of them"),
    ],
)
def test_messages_without_traceback(arguments: list[str], code: int, message: str, spoilt: Path) -> None:
    command = [sys.executable, "-m", "gptalt_catalog.cli.main", *(str(spoilt) if a == "BAD" else a for a in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    command.insert(3, "--debug")
    assert "Traceback" in subprocess.run(command, capture_output=True, text=True, check=False).stderr
