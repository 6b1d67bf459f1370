"""The table of protocols: every name in it exists, and claims are read by what they say about their program."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.comparison import SHARE_OF_ITEMS
from gptalt_catalog.loading.catalog_loader import CatalogReader
from gptalt_catalog.verify.pipeline.protocols import ERAS, ProtocolTable, Run, read_protocols
from gptalt_catalog.verify.pipeline.requests import PipelineError
from tests.catalogs import CHECKOUT

LEADERBOARD = "Open LLM Leaderboard v1 or lm-eval b281b0921b636bc36ad05c0b0b0763bd6dd43463"


@pytest.fixture(scope="module")
def table() -> ProtocolTable:
    return read_protocols()


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return CatalogReader(CHECKOUT / "catalog").read().catalog


def test_every_protocol_is_in_the_catalog(table: ProtocolTable, catalog: Catalog) -> None:
    assert set(table.protocols) <= set(catalog.protocols)


def test_every_protocol_of_lm_eval_with_a_share_of_items_and_a_task_here_is_read(
    table: ProtocolTable, catalog: Catalog
) -> None:
    ours = {protocol.partition(".")[0] for protocol in table.protocols}
    left_out = {
        key
        for key, protocol in catalog.protocols.items()
        if protocol.harness == "lm-eval" and protocol.metric in SHARE_OF_ITEMS and key not in table.protocols
    }
    assert {key for key in left_out if key.partition(".")[0] in ours} == {
        "gsm8k.exact-match.0-shot.lm-eval.2023-05",  # with the stop strings open, one number of examples is enough
        "gsm8k.exact-match.8-shot.lm-eval.2023-05",
        "mmlu.acc.unknown-shot.lm-eval",
    }, "add readings of the new protocol to evalhooks/protocols.yaml, or name it here with the reason"


def test_the_number_of_examples_is_the_protocols(table: ProtocolTable, catalog: Catalog) -> None:
    for key, content in table.protocols.items():
        shots = catalog.protocols[key].shots
        for reading in content.readings:
            if shots != "unknown" and reading.grade not in ("different",):  # noqa: FURB171
                assert f"_{shots}shot" in reading.task, (key, reading.task)


def test_equivalent_means_compared(table: ProtocolTable) -> None:
    for key, content in table.protocols.items():
        for reading in content.readings:
            if reading.grade == "equivalent":
                assert content.comparison or reading.origin == "lm-eval-2025-03", key


def test_every_origin_and_comparison_is_used(table: ProtocolTable) -> None:
    assert {r.origin for c in table.protocols.values() for r in c.readings} == set(table.origins)
    assert {c.comparison for c in table.protocols.values() if c.comparison} == set(table.comparisons)


@pytest.mark.parametrize(
    ("protocol", "versions", "run", "grade"),
    [
        ("hellaswag.acc-norm.10-shot.lm-eval", (LEADERBOARD, None), "hellaswag_10shot@lm-eval-2023-06", "equivalent"),
        ("hellaswag.acc-norm.0-shot.lm-eval", ("unknown", "0"), "hellaswag_0shot@lm-eval-0.3", "equivalent"),
        ("hellaswag.acc-norm.0-shot.lm-eval", ("0.4.13", "1.0"), "hellaswag_0shot", "identical"),
        ("hellaswag.acc-norm.0-shot.lm-eval", ("git 82b812f", "1.0"), "hellaswag_0shot@lm-eval-2025-03", "equivalent"),
        ("hellaswag.acc-norm.0-shot.lm-eval", ("unknown", None), "hellaswag_0shot@lm-eval-2023-06", "unknown"),
        ("sciq.acc.0-shot.lm-eval", ("unknown", "0"), "sciq_0shot_v0@lm-eval-0.3", "equivalent"),
        ("sciq.acc.0-shot.lm-eval", ("git 82b812f", "1.0"), "sciq_0shot@lm-eval-2025-03", "equivalent"),
        ("race.acc.0-shot.lm-eval", ("unknown", "1"), "race_0shot_v1@lm-eval-0.3", "equivalent"),
        ("mmlu.acc.5-shot.lm-eval.letter-macro", (LEADERBOARD, None), "mmlu_5shot@lm-eval-2023-06", "different"),
        ("race-high.acc.0-shot.opencompass.ppl", ("config race_ppl_abed12", None), "race_high_0shot", "unknown"),
    ],
)
def test_a_claim_is_read_by_its_versions(
    table: ProtocolTable, protocol: str, versions: tuple[str, str | None], run: str, grade: str
) -> None:
    reading = table.reading(protocol, *versions)
    assert reading is not None
    assert (reading.run.id, reading.grade) == (run, grade)
    assert reading.because


def test_a_protocol_without_a_task_has_no_reading(table: ProtocolTable) -> None:
    assert table.reading("logiqa.acc.0-shot.lm-eval") is None


def test_most_claims_that_lm_eval_made_can_be_checked(table: ProtocolTable, catalog: Catalog) -> None:
    readings = [
        table.reading(claim.row.protocol, claim.place.harness_version, claim.place.task_version)
        for claim in catalog.claims
        if catalog.protocols[claim.row.protocol].harness == "lm-eval"
    ]
    good = [reading for reading in readings if reading and reading.grade in ("identical", "equivalent")]
    assert len(good) > len(readings) / 2


def test_runs_have_ids_that_lead_back_to_them() -> None:
    for era in ERAS:
        run = Run("quiz_0shot", ERAS[era])
        assert Run.parse(run.id) == run
    with pytest.raises(PipelineError, match=r"there is no era 'lm-eval-9'; there are lm-eval-0\.4, "):
        Run.parse("quiz_0shot@lm-eval-9")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "comparison: boolq-0-shot",
            "comparison: nothing",
            r"boolq\.acc\.0-shot\.lm-eval: no comparison is called nothing",
        ),
        ("origin: leaderboard-v1, task: boolq", "origin: nowhere, task: boolq", "no origin is called nowhere"),
        ("grade: identical", "grade: same", "grade"),
        ("origins:", "origins: [", r"protocols\.yaml:\d+:\d+:"),
    ],
)
def test_a_spoilt_table_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    shutil.copy(CHECKOUT / "evalhooks" / "protocols.yaml", tmp_path)
    path = tmp_path / "protocols.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PipelineError, match=message):
        read_protocols(tmp_path)
