"""``verify obstacles``: what can be verified, as a table and as JSON, without a network and without model libraries."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.catalogs import CHECKOUT, GOOD
from tests.cli.test_check import run


def rows(*options: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("verify", "obstacles", *options, "--format", "json").stdout)
    return found


def test_a_table_with_counts_by_answer_and_reason() -> None:
    said = run("verify", "obstacles", "--catalog", GOOD)
    assert said.exit_code == 0
    assert "small-70m" in said.stdout
    assert "checkpoints: " in said.stdout
    assert "keeps" in said.stdout


def test_a_dry_run_of_all_is_the_same_table() -> None:
    assert (
        run("verify", "--dry-run", "--all", "--catalog", GOOD).stdout
        == run("verify", "obstacles", "--catalog", GOOD).stdout
    )


def test_rows_of_a_family_of_an_answer_and_for_some_memory() -> None:
    family = rows("pythia", "--catalog", str(CHECKOUT / "catalog"))
    assert {"pythia-70m", "pythia-12b"} <= {row["checkpoint"] for row in family}
    small = rows("pythia", "--memory", "8GB", "--catalog", str(CHECKOUT / "catalog"))
    answers = {str(row["checkpoint"]): row["answer"] for row in small}
    assert answers["pythia-1.4b"] == "yes"
    assert answers["pythia-12b"] == "no"
    only = rows("pythia", "--memory", "8GB", "--answer", "no", "--catalog", str(CHECKOUT / "catalog"))
    assert {row["answer"] for row in only} == {"no"}
    assert all("too-large" in str(row["reasons"]) for row in only)


def test_wrong_use_is_told() -> None:
    for options in (["no-such"], ["--memory", "plenty"], ["--answer", "maybe"]):
        assert run("verify", "obstacles", *options, "--catalog", GOOD).exit_code == 2


def test_no_model_library_is_loaded() -> None:
    code = (
        "import sys; from gptalt_catalog.cli.main import app\n"
        f"try: app(['verify', 'obstacles', '--catalog', {str(GOOD)!r}])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('torch', 'transformers', 'lm_eval', 'datasets', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
