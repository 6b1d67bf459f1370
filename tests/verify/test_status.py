"""The state of claims: verified, stale, never."""

from __future__ import annotations

from pathlib import Path

from gptalt_catalog.verify.status import claim_states
from tests.catalogs import GOOD, copy_of_good, read


def test_states() -> None:
    states = list(claim_states(read(GOOD).catalog))
    assert [(s.protocol, s.state, s.verdict) for s in states] == [
        ("quiz.acc.0-shot.lm-eval", "verified", "reproduced"),
        ("quiz.acc.1-shot.lm-eval", "never", ""),
        ("quiz.acc.2-shot.lm-eval", "never", ""),
    ]
    assert states[0].record == "small-70m/2026-11-01"
    assert list(claim_states(read(GOOD).catalog, ["small-70m-chat"])) == []


def test_stale(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    suite = root / "suites" / "compact.yaml"
    suite.write_text(suite.read_text(encoding="utf-8").replace("version: 1", "version: 2"), encoding="utf-8")
    assert next(claim_states(read(root).catalog)).reason == "the suite compact is now version 2, the record ran 1"
    family = root / "models" / "small.yaml"
    text = family.read_text(encoding="utf-8").replace(
        "example-lab/small-70m, access", 'example-lab/small-70m, revision: "ffff", access'
    )
    family.write_text(text, encoding="utf-8")
    state = next(claim_states(read(root).catalog))
    assert state.state == "stale"
    assert state.reason == (
        "the entry's weights are now ffff, the record ran 0123abc; the suite compact is now version 2, the record ran 1"
    )


def test_other_software_makes_a_record_stale(tmp_path: Path) -> None:
    root = copy_of_good(tmp_path)
    suite = root / "suites" / "compact.yaml"
    suite.write_text(
        suite.read_text(encoding="utf-8") + "software: {lm_eval: 0.4.13, scorer: stock}\n", encoding="utf-8"
    )
    state = next(claim_states(read(root).catalog))
    assert (state.state, state.reason) == ("stale", "the suite is now for lm-eval 0.4.13, the record ran 0.4.9")
