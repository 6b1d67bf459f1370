"""One bad file per code, each with the golden text of what ``check`` says about it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gptalt_catalog.domain.problem import ERRORS, WARNINGS
from tests.catalogs import BAD, copy_of_good, golden_text, told


def _write(file: str, data: bytes) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes(data)

    return spoil


def _link(root: Path) -> None:
    (root / "tools" / "passwd.yaml").symlink_to("/etc/passwd")


def _unreadable(root: Path) -> None:
    os.mkfifo(root / "tools" / "pipe.yaml")


# What a file of text cannot show: bytes, names, kinds of file.
SPOILT: dict[str, Callable[[Path], None]] = {
    "yaml-encoding": _write("tools/other.yaml", "name: Größe\n".encode("latin-1")),
    "yaml-control": _write("tools/other.yaml", b"name: a\0b\n"),
    "file-too-large": _write("tools/other.yaml", b"name: " + b"x" * 10_000_000),
    "file-name": _write("tools/Other.yaml", b"name: x\n"),
    "file-place": _write("toolz/other.yaml", b"name: x\n"),
    "file-unreadable": _unreadable,
}


def _cases() -> list[str]:
    return sorted([path.stem for path in BAD.glob("*.yaml")] + list(SPOILT))


def test_every_code_has_a_bad_file() -> None:
    assert _cases() == sorted([*ERRORS, *WARNINGS])


@pytest.mark.parametrize("code", _cases())
def test_golden(code: str, tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    if code in SPOILT:
        SPOILT[code](root)
    else:
        text = (BAD / f"{code}.yaml").read_text(encoding="utf-8")
        as_file = text.split("\n", 1)[0].removeprefix("# as: ")
        (root / as_file).write_text(text, encoding="utf-8")
    problems = told(root)
    assert [p.code for p in problems] == [code]
    golden = BAD / f"{code}.txt"
    if os.environ.get("GPTALT_WRITE_GOLDEN"):
        golden.write_text(golden_text(problems), encoding="utf-8")
    assert golden_text(problems) == golden.read_text(encoding="utf-8")


def test_a_link_out_of_the_catalog_is_refused(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    _link(root)
    assert [(p.file, p.code) for p in told(root)] == [("tools/passwd.yaml", "file-name")]
