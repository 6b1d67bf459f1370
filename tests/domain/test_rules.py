"""Cases of the rules that the golden files do not show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalogs import copy_of_good, told

FAMILY = "models/small.yaml"
CLAIMS = "claims/small-repository.yaml"


def problems(tmp_path: Path, file: str, *changes: tuple[str, str]) -> list[tuple[str, str]]:
    """(code, message) of everything wrong after the changes."""
    root = copy_of_good(tmp_path)
    text = (root / file).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (root / file).write_text(text, encoding="utf-8")
    return [(p.code, p.message) for p in told(root)]


LINK = '{kind: code, url: "https://github.com/example-lab/small"}'


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ('{kind: code, url: "https://github.com/young-geng/EasyLM"}', "a code link leads to 'young-geng'"),
        ('{kind: weights, url: "https://huggingface.co/somebody"}', "a weights link leads to 'somebody'"),
        ('{kind: weights, url: "https://arxiv.org/abs/1"}', "leads to arxiv.org, which holds papers"),
        ('{kind: paper, url: "https://github.com/example-lab/small"}', "a paper link leads to github.com"),
    ],
)
def test_links(tmp_path: Path, link: str, message: str) -> None:
    [(code, told_message)] = problems(tmp_path, FAMILY, (LINK, link))
    assert code == "link-host"
    assert message in told_message


@pytest.mark.parametrize(
    "link",
    [
        '{kind: weights, url: "https://huggingface.co/Example-Lab"}',
        '{kind: data, url: "https://huggingface.co/datasets/anybody/x"}',
        '{kind: paper, url: "https://github.com/example-lab/small/raw/paper.pdf"}',
        '{kind: code, url: "https://github.com/example-lab"}',
        '{kind: blog, url: "https://example.org"}',
    ],
)
def test_good_links(tmp_path: Path, link: str) -> None:
    assert problems(tmp_path, FAMILY, (LINK, link)) == []


def test_official_weights_of_somebody_else(tmp_path: Path) -> None:
    old = "repository: example-lab/small-70m, access: open"
    found = problems(tmp_path, FAMILY, (old, "repository: copycat/small-70m, access: open"))
    assert [code for code, _ in found] == ["link-host"]
    assert problems(tmp_path / "b", FAMILY, (old, "repository: copycat/small-70m, publisher: community-copy")) == []


def test_links_of_an_organization_without_accounts_are_not_judged(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    file = root / "vocabulary" / "organizations.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(", accounts: [example-lab]", ""), encoding="utf-8")
    assert told(root) == []


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ([("aliases: [Small LM]", "aliases: [Small LM]\nformer_ids: [small]")], []),
        ([("    name: Small 70M\n", "    name: Small 70M\n    aliases: [x]\n"),
          ("    name: Small 70M Chat\n", "    name: Small 70M Chat\n    aliases: [X]\n")], ["duplicate-id"]),
        ([("    name: Small 70M Chat\n", "    name: Small 70M Chat\n    former_ids: [small-70m]\n")], ["duplicate-id"]),
        ([("example-lab/small-70m-chat", "Example-Lab/Small-70M")], ["duplicate-id"]),
        ([("example-lab/small-70m-chat", 'example-lab/small-70m, revision: "0123abc"')], []),
        ([("example-lab/small-70m-chat", "example-lab/small-70m, file: chat.bin")], []),
    ],
)  # fmt: skip
def test_names(tmp_path: Path, changes: list[tuple[str, str]], codes: list[str]) -> None:
    assert [code for code, _ in problems(tmp_path, FAMILY, *changes)] == codes


def test_protocols_of_two_benchmarks_with_one_id(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    for folder in ("benchmarks", "protocols"):
        text = (root / folder / "quiz.yaml").read_text(encoding="utf-8")
        text = text.replace("name: Quiz", "name: Quiz 2").replace("headline: quiz.acc.0-shot.lm-eval\n", "")
        (root / folder / "quiz2.yaml").write_text(text, encoding="utf-8")
    assert "duplicate-id" in {p.code for p in told(root)}


def test_a_longer_cycle_is_told_once(tmp_path: Path) -> None:
    chat = "  small-70m-chat:\n"
    third = "  small-70m-b:\n    name: B\n    roles: [base]\n"
    lineage = "    lineage: {evidence: readme, bases: [{checkpoint: small-70m-chat, relation: fine-tuned}]}\n"
    blocks = (
        '    release: {evidence: readme, date: "2023-05"}\n'
        "    hub: {evidence: readme, repository: example-lab/b}\n    parameters: {evidence: readme, total: unknown}\n"
        "    shape:\n      evidence: readme\n      architecture: X\n      design: decoder\n      layers: unknown\n"
        "      hidden: unknown\n      vocabulary: unknown\n      context: unknown\n      positions: unknown\n"
        "      tied_embeddings: unknown\n"
    )
    found = problems(
        tmp_path, FAMILY,
        (chat, third + blocks + lineage + chat),
        ("- {checkpoint: small-70m, relation: fine-tuned}", "- {checkpoint: small-70m-b, relation: fine-tuned}"),
        ('date: "2023-04-02"', 'date: "2023-05-01"'),
    )  # fmt: skip
    assert [code for code, _ in found] == ["lineage-cycle"]
    assert "small-70m-b -> small-70m-chat -> small-70m-b" in found[0][1]


def test_half_a_shape_proves_nothing(tmp_path: Path) -> None:
    assert problems(tmp_path, FAMILY, ("layers: 6", "layers: unknown"), ("total: 70426624", "total: 70000000")) == []


def test_unknown_bases_are_no_cycle(tmp_path: Path) -> None:
    assert problems(tmp_path, FAMILY, ("bases: []", "bases: unknown")) == []


def test_an_undated_checkpoint_is_not_compared(tmp_path: Path) -> None:
    line = '  release: {evidence: readme, date: "2023-03", kind: weights}\n'
    assert {code for code, _ in problems(tmp_path, FAMILY, (line, ""))} == {"missing-block"}


def test_an_adapter_is_not_measured_by_its_base(tmp_path: Path) -> None:
    changes = (
        ("total: 70426624, label: 70M}", "total: 4000, label: 70M}"),
        ("form: full", "form: adapter"),
    )
    found = problems(tmp_path, FAMILY, *changes)
    assert {code for code, _ in found} == {"name-parameters"}


def test_claims_of_two_targets_or_none(tmp_path: Path) -> None:
    neither = problems(tmp_path, CLAIMS, ("  - family: small\n    printed_name", "  - printed_name"))
    assert neither == [("claim-target", "the set names neither checkpoint nor family")]
    wrong = problems(tmp_path / "b", CLAIMS, ("basis: mapped", "basis: unstated"))
    assert wrong == [("claim-target", "`basis: unstated` contradicts the set's checkpoint")]
    other = problems(tmp_path / "c", CLAIMS, ("basis: unstated", "basis: mapped"))
    assert other == [("claim-target", "`basis: mapped` contradicts the set's family")]


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ('value: "31.5", flags: [grim-fail]', []),
        ('value: "31.7", flags: [grim-fail]', []),
        ('value: "31.7", flags: [derived]', []),
        ('value: "31", counts: [62, 200]', []),
        ('value: "29", counts: [61, 200]', ["claim-counts"]),
        ('value: "100", counts: [201, 200]', ["claim-counts"]),
        ('value: "-1"', ["claim-range"]),
        ('value: "100", counts: [1, 1], stderr: "0.5"', []),
    ],
)
def test_claim_values(tmp_path: Path, row: str, codes: list[str]) -> None:
    assert [code for code, _ in problems(tmp_path, CLAIMS, ('value: "31.5"', row))] == codes


def test_averages_need_not_be_whole(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    for file, old, new in (
        ("benchmarks/quiz.yaml", "metrics: [acc]", "metrics: [acc]\naveraged: true"),
        (CLAIMS, 'value: "31.5"', 'value: "31.77"'),
    ):
        (root / file).write_text((root / file).read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert told(root) == []


def test_a_headline_of_another_benchmark(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    text = (root / "benchmarks" / "quiz.yaml").read_text(encoding="utf-8")
    (root / "benchmarks" / "riddle.yaml").write_text(text.replace("name: Quiz", "name: Riddle"), encoding="utf-8")
    [problem] = told(root)
    assert (problem.file, problem.code) == ("benchmarks/riddle.yaml", "headline-protocol")
    assert "is a protocol of quiz" in problem.message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{evidence: readme, total", "{evidence: [readme, x], total", "lists no evidence `x`"),
        ("{evidence: readme, total", "{evidence: readme, evidence_for: {total: x}, total", "lists no evidence `x`"),
        ("{evidence: readme, total", "{evidence: readme, evidence_for: {totl: readme}, total", "has no field `totl`"),
        ("{evidence: readme, total", "{evidence: readme, evidence_for: {zzz: readme}, total", "has no field `zzz`"),
    ],
)
def test_names_of_evidence(tmp_path: Path, old: str, new: str, message: str) -> None:
    [(code, told_message)] = problems(tmp_path, FAMILY, (old, new))
    assert code == "unknown-evidence"
    assert message in told_message


def test_errors_of_the_survey_name_evidence_too(tmp_path: Path) -> None:
    survey = (
        "survey:\n  place: Table 1\n  params: [70M]\n  errors:\n    - error: E10\n      field: params\n"
        "      printed: 70M\n      note: {en: a, zh: b}\n      evidence: nothing\ndefaults:\n"
    )
    [(code, _)] = problems(tmp_path, FAMILY, ("defaults:\n", survey))
    assert code == "unknown-evidence"


def test_an_undated_catalog_has_no_old_statuses(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    tool = root / "tools" / "runner.yaml"
    tool.write_text(tool.read_text(encoding="utf-8").replace("2026-10-01", "2020"), encoding="utf-8")
    assert [p.code for p in told(root)] == ["old-status"]
    (root / "catalog.yaml").unlink()
    assert told(root) == []


RECORD = "verifications/small-70m/2026-11-01.yaml"


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ([("items_used: 120", "items_used: 250"), ('right: "37"', 'right: "77.5"')], ["250 items were drawn from 200"]),
        ([('right: "37"', 'right: "121"')], ["121 right answers to 120 items"]),
        ([('right: "37"', 'right: "60"')], ["60 of 120 is not 0.31"]),
        ([("items_used: 120", "items_used: 0"), ('right: "37"', 'right: "0"')], []),
        ([('["0.25", "0.37"]', '["0.37", "0.25"]')], ["the interval ends at 0.25, below its beginning"]),
    ],
)
def test_what_contradicts_itself_in_a_record(
    tmp_path: Path, changes: list[tuple[str, str]], messages: list[str]
) -> None:
    assert problems(tmp_path, RECORD, *changes) == [("record-values", message) for message in messages]


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ('claimed: "30.5"', "claimed: about thirty", "bad-number", "'about thirty' is not a printed number"),
        ('estimate: "0.31"', 'estimate: "31"', "bad-number", "'31' is not a number from 0 to 1"),
        ('right: "37"', 'right: "-1"', "bad-number", "'-1' is not a number"),
        ("mode: polling", "mode: comparison\n    compared_with: here", "bad-id", "'here' is not a record"),
        ("protocol: quiz.acc.0-shot.lm-eval", "protocol: no.such", "dangling-reference", "no protocol `no.such`"),
    ],
)
def test_a_record_with_something_else_than_numbers(tmp_path: Path, old: str, new: str, code: str, message: str) -> None:
    ((found, said),) = problems(tmp_path, RECORD, (old, new))
    assert found == code
    assert message in said
