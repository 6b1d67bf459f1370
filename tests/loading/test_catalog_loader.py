"""Reading whole catalogs: what is accepted, what is reported, what is read again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import gptalt_catalog
from gptalt_catalog.domain.problem import Problem
from gptalt_catalog.loading import location
from gptalt_catalog.loading.catalog_loader import CatalogError, CatalogReader, load_catalog, read_catalog
from gptalt_catalog.loading.files import CatalogFile, classify, walk
from tests.catalogs import CHECKOUT, GOOD, copy_of_good, told


def test_the_small_catalog_has_no_problems() -> None:
    assert told(GOOD) == []
    catalog = load_catalog(GOOD)
    assert list(catalog.checkpoints) == ["small-70m", "small-70m-chat"]
    assert catalog.checkpoints["small-70m"].inherited >= {"release", "license"}


def test_the_real_catalog_has_no_errors() -> None:
    assert [str(p) for p in read_catalog(CHECKOUT).errors] == []


def test_public_names() -> None:
    assert gptalt_catalog.load_catalog is load_catalog
    assert gptalt_catalog.CatalogError is CatalogError
    assert callable(gptalt_catalog.query_checkpoints)
    with pytest.raises(AttributeError, match="no attribute"):
        gptalt_catalog.nothing  # noqa: B018


def test_errors_are_raised_all_at_once(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    (root / "tools" / "a.yaml").write_text("nmae: x\n")
    (root / "tools" / "b.yaml").write_text("- x\n")
    with pytest.raises(CatalogError, match=r"the catalog has \d errors; the first: .*tools/a.yaml:1:1") as raised:
        load_catalog(root)
    assert {Path(p.file).name for p in raised.value.problems} == {"a.yaml", "b.yaml"}


def test_an_error_without_problems() -> None:
    assert str(CatalogError(())) == "the catalog has 0 errors"


def test_a_broken_file_is_not_reported_again_where_it_is_referred_to(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    for file in ("models/small.yaml", "sources/small-repository.yaml", "protocols/quiz.yaml", "vocabulary/tasks.yaml"):
        path = root / file
        path.write_text(path.read_text(encoding="utf-8") + "\nunknown: x\n", encoding="utf-8")
    assert {(p.file, p.code) for p in told(root) if p.severity == "error"} == {
        ("models/small.yaml", "unknown-key"),
        ("sources/small-repository.yaml", "unknown-key"),
        ("protocols/quiz.yaml", "unknown-key"),
        ("vocabulary/tasks.yaml", "unknown-key"),
    }


def test_only_changed_files_are_read_again(tmp_path: Path) -> None:
    reader = CatalogReader(copy_of_good(tmp_path))
    first = reader.read().catalog
    again = reader.read().catalog
    assert again.families["small"] is first.families["small"]
    path = reader.root / "models" / "small.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("name: Small\n", "name: Smaller\n"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    changed = reader.read().catalog
    assert changed.families["small"].name == "Smaller"
    assert changed.datasets["pages"] is first.datasets["pages"]
    path.unlink()
    assert reader.read().catalog.families == {}


def test_a_file_that_vanishes_after_being_read_is_still_placed(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    (root / "models" / "small.yaml").chmod(0o000)
    problems = told(root)
    if os.geteuid() != 0:  # root reads everything
        assert [(p.file, p.code) for p in problems if p.severity == "error"] == [
            ("models/small.yaml", "file-unreadable")
        ]


@pytest.mark.parametrize(
    ("file", "result"),
    [
        ("models/vicuna.yaml", ("vicuna", "family")),
        ("catalog.yaml", ("catalog", "catalog")),
        ("vocabulary/tasks.yaml", ("tasks", "tasks")),
        ("verifications/pythia-70m/2026.yaml", ("pythia-70m/2026", "verification")),
        ("verifications/2026.yaml", "file-place"),
        ("models/a/b.yaml", "file-place"),
        ("vocabulary/words.yaml", "file-place"),
        ("stray.yaml", "file-place"),
        ("models/x.yml", "file-place"),
        ("models/x.txt", "file-place"),
        ("models/Vicuna.yaml", "file-name"),
        ("models/../x.yaml", "file-name"),
        ("models/..yaml", "file-name"),
        ("models/x y.yaml", "file-name"),
        ("models/模型.yaml", "file-name"),
        ("MODELS/x.yaml", "file-name"),
    ],
)
def test_classify(file: str, result: object) -> None:
    found = classify(file)
    assert (found.id, found.kind.name) == result if isinstance(found, CatalogFile) else found.code == result


def test_walk_passes_over_what_is_no_entry(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    before = list(walk(root))
    for name in (
        ".hidden.yaml",
        "README.md",
        "LICENSE",
        ".git/x.yaml",
        "verifications/small-70m/2026-11-01.items.json",
        "suites/compact.rows.json",
    ):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("x")
    assert list(walk(root)) == before
    (root / "models" / "README.md").write_text("x")
    (root / "linked").symlink_to(root / "models")
    assert [p.code for p in told(root)] == ["file-name", "file-name"]


def test_find_catalog(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert location.find_catalog(root) == root
    assert location.find_catalog(tmp_path) == root
    assert location.find_catalog(start=deep) == root
    with pytest.raises(FileNotFoundError, match="holds no catalog"):
        location.find_catalog(deep)


def test_packed_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = tmp_path / "data"
    packed.mkdir()
    copy_of_good(packed)
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setattr(location, "_PACKED", packed)
    assert location.find_catalog(start=empty) == packed / "catalog"
    (packed / "site").mkdir()
    assert location.project_file("site") == packed / "site"
    assert location.project_file("site", CHECKOUT / "catalog") == CHECKOUT / "site"
    monkeypatch.setattr(location, "_PACKED", empty)
    assert location.find_catalog(start=empty) == CHECKOUT / "catalog"
    monkeypatch.setattr(location, "_CHECKOUT", empty)
    with pytest.raises(FileNotFoundError, match="no catalog here"):
        location.find_catalog(start=empty)
    with pytest.raises(FileNotFoundError, match="the installation is incomplete: schema"):
        location.project_file("schema")


def test_paths_are_shown_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_of_good(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert location.shown(root) == "catalog"
    monkeypatch.chdir(root / "models")
    assert location.shown(root) == str(root)


def test_problems_sort_by_place_and_print_on_one_line() -> None:
    first = Problem("a.yaml", 2, 1, "bad-id", "error", "m", "f")
    assert min(Problem("b.yaml", 1, 1, "x", "error", "m", "f"), first) is first
    assert str(first) == "a.yaml:2:1: bad-id: m"
    assert list(first.as_dict()) == ["file", "line", "column", "code", "severity", "message", "fix"]


def test_files_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_of_good(tmp_path)
    real = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "runner.yaml":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    [problem] = told(root)
    assert (problem.file, problem.line, problem.code) == ("tools/runner.yaml", 1, "file-unreadable")
    assert problem.message == "cannot be read: Permission denied"
