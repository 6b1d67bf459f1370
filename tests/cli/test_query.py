"""``list`` and ``show``."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.catalogs import CHECKOUT, GOOD
from tests.cli.test_check import run


def ids(*arguments: str) -> list[str]:
    result = run("list", "models", *arguments, "--format", "json", "--catalog", str(GOOD))
    assert result.exit_code == 0, result.output
    return [row["id"] for row in json.loads(result.stdout)]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["small-70m", "small-70m-chat"]),
        (["--license", "commercial"], ["small-70m"]),
        (["--license", "no"], ["small-70m-chat"]),
        (["--license", "research"], ["small-70m-chat"]),
        (["--role", "chat"], ["small-70m-chat"]),
        (["--language", "zh"], []),
        (["--max-params", "70M"], []),
        (["--max-params", "0.1B", "--min-params", "70000k"], ["small-70m", "small-70m-chat"]),
        (["--min-score", "quiz=30"], ["small-70m"]),
        (["--min-score", "quiz.acc.1-shot.lm-eval=32"], []),
        (["--text", "chat small"], ["small-70m-chat"]),
        (["--family", "small", "--domain", "language"], ["small-70m", "small-70m-chat"]),
    ],
)
def test_filters(arguments: list[str], expected: list[str]) -> None:
    assert ids(*arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["models", "--license", "fre"], "did you mean free?"),
        (["models", "--max-params", "big"], "is not a number of parameters; write 8B"),
        (["models", "--min-score", "quiz"], "is not BENCHMARK=PERCENT"),
        (["models", "--min-score", "quizz=3"], "did you mean quiz?"),
        (["modells"], "there is no kind"),
        (["tools", "--role", "chat"], "the filters are for"),
        (["models", "--format", "yaml"], "is not one of"),
    ],
)
def test_wrong_use(arguments: list[str], message: str) -> None:
    result = run("list", *arguments, "--catalog", str(GOOD))
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())


def test_table_and_csv() -> None:
    table = run("list", "models", "--catalog", str(GOOD))
    assert "small-70m-chat" in table.stdout
    assert table.stdout.endswith("2 rows\n")
    rows = list(csv.DictReader(io.StringIO(run("list", "--format", "csv", "--catalog", str(GOOD)).stdout)))
    assert rows[0]["parameters"] == "70426624"
    assert rows[1]["commercial"] == "no"


@pytest.mark.parametrize(
    "kind", ["families", "dataset", "benchmarks", "tools", "techniques", "applications", "licenses", "sources"]
)
def test_other_kinds(kind: str) -> None:
    rows = json.loads(run("list", kind, "--format", "json", "--catalog", str(GOOD)).stdout)
    assert list(rows[0]) == ["id", "name", "summary"]


def show(name: str, *arguments: str) -> str:
    result = run("show", name, *arguments, "--catalog", str(GOOD))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_show_a_checkpoint() -> None:
    text = show("small-70m-chat")
    assert "Small 70M Chat (checkpoint small-70m-chat)" in text
    assert "commercial use, its bases considered: no" in text
    assert "because of research on small-70m-chat" in text
    assert "small-repository" in text
    scores = show("small-70m")
    assert "quiz.acc.0-shot.lm-eval: 30.5 % (small-repository)" in scores
    record = json.loads(show("example-lab/small-70m", "--format", "json"))
    assert record["facts"]["shape"]["layers"] == 6
    assert record["scores"][0]["value"] == "30.5"


@pytest.mark.parametrize(
    "name",
    ["Small", "small lm", "family/small", "quiz", "Runner", "rounding", "writer", "free", "pages", "small-repository"],
)
def test_show_by_any_name(name: str) -> None:
    assert show(name)
    assert json.loads(show(name, "--format", "json"))["kind"]
    assert "," in show(name, "--format", "csv")


def test_show_unknown() -> None:
    result = run("show", "smal-70m", "--catalog", str(GOOD))
    assert result.exit_code == 2
    assert "did you mean small-70m?" in " ".join(result.output.replace("│", " ").split())


def test_the_question_of_the_readme() -> None:
    result = run(
        "list",
        "models",
        "--license",
        "commercial",
        "--language",
        "zh",
        "--max-params",
        "8B",
        "--format",
        "json",
        "--catalog",
        str(CHECKOUT),
    )
    found = {row["id"]: row for row in json.loads(result.stdout)}
    assert "chatglm2-6b" in found
    assert not any(row["commercial"] in ("no", "unclear") for row in found.values())
    assert not any(key.startswith(("llama-7b", "vicuna-7b-v1.3", "belle")) for key in found)
