"""What the documentation promises is there, and committed files name no machine and no package index."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import gptalt_catalog

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "evalhooks" / "README.md"])
COMMAND = re.compile(r"^gptalt-catalog .*$", re.MULTILINE)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language on a page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def committed_files() -> list[Path]:
    """The files of the project: what git tracks or would track; without git (an sdist), all but the generated."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (ROOT / ".git").exists() and shutil.which("git"):
        done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
        return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    generated = re.compile(r"(?:\.(?!ci|github|gitignore)[^/]+|build|dist|__pycache__)(?:/|$)")
    names = (path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file())
    return [ROOT / name for name in names if not generated.match(name) and "/__pycache__/" not in name]


def readme_commands() -> list[str]:
    return [line for block in blocks(ROOT / "README.md", "console") for line in COMMAND.findall(block)]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_relative_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = {target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)}
    local = {target for target in targets if target and not re.match(r"[a-z]+:", target)}
    assert {target for target in local if not (page.parent / target).exists()} == set()


def test_every_decision_is_listed_with_its_number() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:3]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        assert f"[{page.name[:3]}](decisions/{page.name})" in index
        assert page.read_text(encoding="utf-8").startswith(f"# {page.name[:3]} ")


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda p: p.name)
def test_make_targets_named_in_the_documentation_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z-]+)`", text)) | set(re.findall(r"^make ([a-z-]+)", text, re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert named <= targets


def test_make_lists_what_it_can_do() -> None:
    done = subprocess.run(["make", "--silent", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    shown = {line.split()[1] for line in done.stdout.splitlines()}
    assert {"serve", "test", "bench", "wheel", "lint", "types", "fmt", "clean", "lock", "help"} <= shown


def test_continuous_integration_runs_what_the_readme_says() -> None:
    script = ROOT / ".ci" / "run"
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert lines[-1] == "make test"
    assert os.access(script, os.X_OK)


@pytest.mark.slow
@pytest.mark.parametrize("command", readme_commands())
def test_commands_of_the_readme_work(command: str) -> None:
    program, *arguments = shlex.split(command)
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout


def test_the_readme_shows_the_commands_of_its_uses() -> None:
    assert {shlex.split(command)[1] for command in readme_commands()} == {"check", "list", "show", "verify"}


def test_python_of_the_readme_works(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = blocks(ROOT / "README.md", "python")
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("('llama-2-community',)")


def test_the_version_is_the_same_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == gptalt_catalog.__version__
    assert citation["cff-version"] == "1.2.0"


def test_the_lock_pins_every_direct_dependency_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    wanted = {re.split(r"[<>=]", name)[0].replace(".", "-").replace("_", "-").lower() for name in direct}
    entries = (ROOT / "requirements.lock").read_text(encoding="utf-8").split("\n    --hash=")
    names = set(re.findall(r"^([a-z0-9.-]+)==", "\n".join(entries), re.MULTILINE))
    assert wanted <= names
    assert not names & {"torch", "transformers", "lm-eval", "datasets"}
    assert len(entries) > len(names)


# Written in two parts, so that these lines do not match themselves.
MACHINE = re.compile("(?<![A-Za-z0-9_.:/-])/" + r"(?:work|root|home|Users|opt|tmp)/[A-Za-z0-9.]")
INDEX = re.compile(
    "|".join(["files.python" + "hosted", "registry.npm" + "js", "deb.debian" + r"\.", r"pypi\." + "org"])
)
OPTION = re.compile("--(?:extra-)?index" + r"-url[ =]\S|--find" + r"-links[ =]\S|\"resolved\": \"" + "http")


def test_committed_files_name_no_machine_and_no_package_index() -> None:
    found = []
    for path in committed_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures, and bad input of the tests
        name = path.relative_to(ROOT).as_posix()
        # A catalog source may be a package's public page; that is evidence, not where we install from.
        patterns = (MACHINE, OPTION) if name.startswith("catalog/") else (MACHINE, INDEX, OPTION)
        found += [f"{name}: {match.group()}" for pattern in patterns for match in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE, "see /" + "home/someone"),
        (MACHINE, '"/' + 'tmp/x"'),
        (INDEX, "https://files.python" + "hosted.org/"),
        (OPTION, "--index" + "-url https://example.org"),
        (OPTION, '"resolved": ' + '"https://example.org/x.tgz"'),
    ],
)
def test_the_search_sees_what_it_should(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)
