"""What is said about values of the wrong type: what was wanted, what was found, how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalogs import copy_of_good, told


@pytest.mark.parametrize(
    ("old", "new", "code", "message", "fix"),
    [
        ("name: Small\n", "name: 12\n", "wrong-type", "must be a text, not the number 12", 'write it in quotes: "12"'),
        ("name: Small\n", "name:\n", "wrong-type", "must be a text, not nothing", "give a text, or remove the key"),
        ("name: Small\n", "name: {a: b}\n", "wrong-type", "must be a text, not a mapping", "give a text"),
        ("name: Small\n", "name: [a]\n", "wrong-type", "must be a text, not a list", "give a text"),
        ("name: Small\n", "name: true\n", "wrong-type", "must be a text", "write it in quotes"),
        ("name: Small\n", "name: ''\n", "bad-length", "`name` is empty", "fill it"),
        ("name: Small\n", f"name: {'x' * 201}\n", "bad-length", "longer than 200 characters", "shorten it"),
        ("organizations: [example]", "organizations: example", "wrong-type", "must be a list", "put it in brackets: [example]"),
        ("organizations: [example]", "organizations: [1]", "wrong-type", "`organizations.0` must be a text", "quotes"),
        ("layers: 6", "layers: six", "wrong-type", "must be a whole number or one of 'unknown', 'undisclosed'", "give a whole number"),
        ("layers: 6", "layers: 6.5", "wrong-type", "must be a whole number", "give a whole number"),
        ("layers: 6", "layers: -6", "bad-value", "input should be greater than 0", "give a value that the field allows"),
        ("layers: 6", "layers: []", "wrong-type", "must be a whole number", "give"),
        ("tied_embeddings: false", "tied_embeddings: unkown", "wrong-type", "must be true or false or one of 'unknown'", "did you mean `unknown`?"),
        ("evidence: readme, total", "evidence: 5, total", "wrong-type", "must be a text or a list, not the number 5", "quotes"),
        ("evidence: readme, total", "evidence: {a: b}, total", "wrong-type", "not a mapping", "give a text or a list"),
        ("weights: [free]", "weights: free", "wrong-type", "must be", ""),
        ("checkpoints:\n", "checkpoints:\n  Bad_Key: {name: x, roles: [base]}\n", "bad-id", "'Bad_Key' is not an id", "lower-case"),
        ("repository: example-lab/small-70m,", "repository: small,", "bad-id", "'small' is not a repository", "owner/name"),
        ("label: 70M", "label: seventy", "bad-number", "'seventy' is not a size label", "70M, 1.4B, 1T"),
        ("  zh: 供测试", "  fr: petit\n  zh: 供测试", "unknown-key", "unknown key 'fr'", "remove it; keys here: en, zh"),
        ("domain: language", "domain: language\nsumary: {en: x}", "unknown-key", "unknown key 'sumary'", "did you mean `summary`?"),
        ("name: Small\n", 'name: "Small\\e[31m"\n', "text-markup", "control or invisible character", "write plain text"),
    ],
)  # fmt: skip
def test_message(tmp_path: Path, old: str, new: str, code: str, message: str, fix: str) -> None:
    root = copy_of_good(tmp_path)
    path = root / "models" / "small.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [p for p in told(root) if p.severity == "error"]
    assert len(found) == 1, [str(p) for p in found]
    assert found[0].code == code
    assert message in found[0].message
    assert fix in found[0].fix


def test_messages_carry_nothing_hostile(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    (root / "tools" / "x.yaml").write_text(
        'name: x\n"\\e]0;title\\a\\u202E": "\\e[31m"\nkind: "<img src=x>"\n', encoding="utf-8"
    )
    for problem in told(root):
        assert all(32 <= ord(c) < 127 or c in "…`" for c in problem.message + problem.fix)


def test_all_problems_of_one_file_at_once(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    path = root / "models" / "small.yaml"
    text = (
        path.read_text(encoding="utf-8").replace("layers: 6", "layers: six").replace("roles: [chat]", "roles: [chatt]")
    )
    path.write_text(text.replace("domain: language", "domain: tongue"), encoding="utf-8")
    assert [p.code for p in told(root)] == ["bad-value", "wrong-type", "bad-value", "wrong-type"]
