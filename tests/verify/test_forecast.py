"""What an audit would come to: memory, items and time from what is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from gptalt_catalog.verify.forecast import ClaimForecast, Forecast, Here, gib, host_memory
from gptalt_catalog.verify.lengths import TOKENS, tokens_an_item
from gptalt_catalog.verify.pipeline.tasks import TaskLibrary
from gptalt_catalog.verify.prepared import CannotRunError, require
from tests.verify.fakes import target

HERE = Here("cpu", "float32", 8 << 30, 6 << 30)


def of(claims: tuple[ClaimForecast, ...] = (), need: int | None = None) -> Forecast:
    low, high = (need // 2, need * 2) if need else (None, None)
    return Forecast(claims, HERE, 10**9, need, low, high)


def test_claims_of_one_task_share_its_items() -> None:
    claims = (
        ClaimForecast(target("70.0", task="piqa_0shot"), 1838, 1344),
        ClaimForecast(target("71.0", task="piqa_0shot"), 1838, 1312),
        ClaimForecast(target("30.0", task="unknown"), None, None),
    )
    found = of(claims)
    assert found.tasks == {"piqa_0shot": 1344}
    assert found.tokens == 1344 * TOKENS["piqa_0shot"]
    seconds = found.seconds(10**12)
    assert seconds == pytest.approx(2 * 10**9 * found.tokens / (0.4 * 10**12))
    assert found.seconds(0) is None


def test_only_what_surely_does_not_fit_is_refused() -> None:
    of(need=15 << 30).check_fit("m")
    of().check_fit("m")
    with pytest.raises(
        CannotRunError, match=r"m does not fit: it needs at least 10\.0 GiB in float32, and cpu has 8\.0"
    ):
        of(need=20 << 30).check_fit("m")


def test_memory_of_this_machine(tmp_path: Path) -> None:
    whole, free = host_memory()
    assert whole >= free > 1 << 20
    info = tmp_path / "meminfo"
    info.write_text("MemTotal: 100 kB\nMemFree: 1 kB\nMemAvailable: 60 kB\n")
    assert host_memory(info) == (102400, 61440)
    info.write_text("nonsense\n")
    whole, free = host_memory(info)
    assert whole == free > 1 << 20


def test_amounts_of_memory() -> None:
    assert (gib(3 << 30), gib(1 << 20)) == ("3.0 GiB", "1.0 MiB")


def test_eras_do_not_change_lengths_and_unknown_tasks_have_one() -> None:
    assert tokens_an_item("piqa_0shot@lm-eval-0.3") == TOKENS["piqa_0shot"]
    assert tokens_an_item("no_such_task") == 400


def test_lengths_are_of_tasks_that_there_are() -> None:
    pytest.importorskip("lm_eval", reason="lm-eval comes with the extra `verify`")
    assert set(TOKENS) <= set(TaskLibrary().definitions)


def test_what_is_not_installed_is_named() -> None:
    require("json")
    with pytest.raises(
        CannotRunError, match=r"no_such, nor_this are not installed; `pip install 'gptalt-catalog\[verify\]'"
    ):
        require("no_such", "json", "nor_this")
