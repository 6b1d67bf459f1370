"""The arrows between packages hold, heavy imports stay where they belong, and output goes into build/."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "gptalt_catalog"
MODEL_LIBRARIES = frozenset({"datasets", "huggingface_hub", "lm_eval", "torch", "transformers"})
SLOW_TO_IMPORT = ("jinja2", "jieba", "mkdocs", "pydantic", "ruamel", "yaml")


def imports(node: ast.AST, *, inside_functions: bool) -> Iterator[str]:
    """The modules imported below a node; `if`, `try` and classes count as their surroundings."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: imports are absolute here"
            yield child.module or ""
        elif inside_functions or not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from imports(child, inside_functions=inside_functions)


def modules_below(folder: str) -> list[Path]:
    return sorted((PACKAGE / folder).rglob("*.py"))


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)


def test_imports_follow_the_arrows(root: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", modules_below("domain"), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_the_domain_imports_only_pydantic_and_the_standard_library(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = {*sys.stdlib_module_names, "pydantic", "pydantic_core"}
    strangers = {
        name
        for name in imports(tree, inside_functions=True)
        if name.split(".")[0] not in allowed and not name.startswith("gptalt_catalog.domain")
    }
    assert strangers == set()


def test_model_libraries_are_imported_inside_functions_only() -> None:
    found = {
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in PACKAGE.rglob("*.py")
        for name in imports(ast.parse(path.read_text(encoding="utf-8")), inside_functions=False)
        if name.split(".")[0] in MODEL_LIBRARIES
    }
    assert found == set()


def test_the_search_for_imports_sees_what_it_should() -> None:
    tree = ast.parse("import a\nif a:\n    from b.c import d\nelse:\n    import e\ndef f():\n    import g\n")
    assert set(imports(tree, inside_functions=False)) == {"a", "b.c", "e"}
    assert set(imports(tree, inside_functions=True)) == {"a", "b.c", "e", "g"}


def test_the_command_line_starts_without_slow_imports() -> None:
    code = f"import sys, gptalt_catalog.cli.main\nprint(*[n for n in {SLOW_TO_IMPORT} if n in sys.modules])"
    done = run_python(code)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


def test_help_is_shown_without_slow_imports() -> None:
    code = f"""
import atexit, json, sys
from gptalt_catalog.cli.main import run
atexit.register(lambda: print("\\n", json.dumps([n for n in {SLOW_TO_IMPORT} if n in sys.modules])))
sys.argv = ["gptalt-catalog", "--help"]
sys.exit(run())
"""
    done = run_python(code)
    assert done.returncode == 0, done.stderr
    assert "check" in done.stdout
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_mkdocs_reads_and_writes_below_build_only(root: Path) -> None:
    # MkDocs wipes its output folder; its default, site/, is where the project keeps its sources.
    from mkdocs.utils.yaml import yaml_load

    settings = sorted(root.glob("mkdocs*.yml"))
    assert settings
    for path in settings:
        with path.open("rb") as file:
            config = yaml_load(file)
        for key in ("docs_dir", "site_dir"):
            folder = (root / config[key]).resolve()
            assert folder.is_relative_to(root / "build"), f"{path.name}: {key} is {config[key]}"
            assert folder != root / "build"
