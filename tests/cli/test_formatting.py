"""``fmt``, ``schema``, ``new``, and the command as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gptalt_catalog.cli.formatting import write_whole
from gptalt_catalog.loading.schemas import schema_files
from tests.catalogs import CHECKOUT, copy_of_good, told
from tests.cli.test_check import run


def test_fmt(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    assert run("fmt", "--check", "--catalog", root).exit_code == 0
    path = root / "tools" / "runner.yaml"
    neat = path.read_text(encoding="utf-8")
    lines = neat.split("\n")
    path.write_text("\n".join([*lines[3:-1], "# above the name", *lines[1:3], ""]), encoding="utf-8")
    check = run("fmt", "--check", "--catalog", root)
    assert check.exit_code == 1
    assert "tools/runner.yaml: not in canonical form" in check.stdout
    assert run("fmt", "--catalog", root).exit_code == 0
    assert "# above the name" in path.read_text(encoding="utf-8")
    assert run("fmt", "--check", "--catalog", root).exit_code == 0
    assert told(root) == []


def test_fmt_leaves_what_it_cannot_read(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    (root / "tools" / "a.yaml").write_bytes(b"name: \xff\n")
    (root / "tools" / "b.yaml").write_text("name: [\n")
    (root / "tools" / "C.yaml").write_text("name: x\n")
    result = run("fmt", "--catalog", root)
    assert result.exit_code == 1
    assert (root / "tools" / "a.yaml").read_bytes() == b"name: \xff\n"
    assert result.output.count("left as it is") == 2


def test_schema(tmp_path: Path) -> None:
    out = tmp_path / "schema"
    assert run("schema", "--check", "--out", out).exit_code == 1
    assert run("schema", "--out", out).exit_code == 0
    assert {p.name for p in out.iterdir()} == set(schema_files())
    (out / "old.schema.json").write_text("{}")
    assert run("schema", "--check", "--out", out).exit_code == 1
    assert run("schema", "--out", out).exit_code == 0
    assert run("schema", "--check", "--out", out).exit_code == 0
    assert run("schema", "--check").exit_code == 0


def test_new(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    result = run("new", "family", "fresh-7b", "--catalog", root)
    assert result.exit_code == 0
    assert "models/fresh-7b.yaml: fill it in" in result.stdout
    assert {p.file for p in told(root) if p.severity == "error"} == {"models/fresh-7b.yaml"}
    assert run("new", "family", "fresh-7b", "--catalog", root).exit_code == 2


@pytest.mark.parametrize("arguments", [("familly", "x"), ("family", "Bad Name"), ("family", "../x"), ("tasks", "x")])
def test_new_refuses(tmp_path: Path, arguments: tuple[str, str]) -> None:
    root = copy_of_good(tmp_path)
    before = sorted(p.name for p in root.rglob("*"))
    assert run("new", *arguments, "--catalog", root).exit_code == 2
    assert sorted(p.name for p in root.rglob("*")) == before


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["a.yaml"]
    assert path.read_text() == "old"


def test_version_names_the_catalogs_date() -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("gptalt-catalog 0.")
    assert ", catalog of 20" in result.stdout


def test_help_lists_the_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gptalt_catalog.cli.main", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=CHECKOUT,
    )
    for command in ("check", "list", "show", "fmt", "schema", "new", "site"):
        assert f"\n  {command} " in done.stdout or f" {command} " in done.stdout
    assert "--install-completion" in done.stdout
