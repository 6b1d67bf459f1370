"""The script for a GPU machine runs to its end where there is none, with toy models."""

from __future__ import annotations

import pytest

pytest.importorskip("lm_eval")
pytest.importorskip("torch")

from bench import gpu
from tests.verify.hub.shared_data import BENCHMARKS, WEIGHTS, need

pytestmark = [pytest.mark.verify, pytest.mark.slow]


def test_every_measurement_is_made(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    need(BENCHMARKS)
    need(WEIGHTS)
    monkeypatch.setattr(gpu, "TASKS", ("arc_easy_0shot", "boolq_0shot"))
    monkeypatch.setattr(gpu, "GENERATION", "triviaqa_0shot")
    monkeypatch.setattr(gpu, "TINY", gpu.TINY[:1])
    lines = list(gpu.measured(tiny=True, items=2))
    text = "\n".join(lines)
    for what in (
        "matrix rate",
        "lm-eval at its best",
        "`prefix-packed-1`, sdpa",
        "peak memory",
        "`refill-1`",
        "looks of 32",
    ):
        assert what in text
    assert sum("predictions in bfloat16 as in float32 | 2 of 2" in line for line in lines) == 2
    assert "0 predictions other than lm-eval's" in text
    capsys.readouterr()


def test_without_a_gpu_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(gpu, "missing", lambda: "")
    monkeypatch.setattr(gpu, "_gpu", lambda: False)
    monkeypatch.setattr("sys.argv", ["gpu"])
    assert gpu.main() == 2
    assert "--tiny runs without one" in capsys.readouterr().err
