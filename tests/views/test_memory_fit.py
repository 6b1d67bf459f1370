"""The interval holds on figures that others published, and docs/memory.md says how well."""

from __future__ import annotations

import math
import os
import re
from statistics import median
from typing import Any

import pytest

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.memory import ALIASES, GIB, PRECISIONS, RUNTIME, memory_need
from gptalt_catalog.domain.reports import Measurement
from gptalt_catalog.views.memory_engines import ENGINES, Engine, estimated_bytes, printed_bits, published_bytes
from gptalt_catalog.views.memory_fit import (
    LEAST_MARGIN,
    Fit,
    LeftOut,
    MemoryFit,
    Trial,
    left_out,
    margin,
    parse_memory,
    parse_precision,
    running,
    trials,
)
from tests.catalogs import CHECKOUT, GOOD, read
from tests.views.entries import quiz

PAGE = CHECKOUT / "docs" / "memory.md"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read(CHECKOUT / "catalog").catalog


@pytest.fixture(scope="module")
def found(catalog: Catalog) -> tuple[Trial, ...]:
    return trials(catalog)


# ---- the page ------------------------------------------------------------------------------------


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _run_table(found: tuple[Trial, ...]) -> list[str]:
    rows = left_out(found)
    figures = running(found)
    everything = LeftOut(
        "**all**",
        len(figures),
        median(abs(trial.error) for trial in figures),
        median(abs(trial.general / trial.published - 1) for trial in figures),
        margin(found),
        sum(row.covered for row in rows),
    )
    lines = ["| engine | figures | median error, knowing it | median error, general | margin | covered |"]
    lines.append("| --- | --: | --: | --: | --: | --: |")
    for row in (*rows, everything):
        errors = f"{_percent(row.error)} | {_percent(row.general_error)}"
        lines.append(f"| {row.engine} | {row.figures} | {errors} | {_percent(row.margin)} | {row.covered} |")
    return lines


def _rules_table(catalog: Catalog, found: tuple[Trial, ...]) -> list[str]:
    figures = running(found)
    naive = [_naive(catalog, trial) for trial in figures]
    rules = {
        "weights only": naive,
        "weights × 1.2": [1.2 * estimate for estimate in naive],
        "general": [trial.general for trial in figures],
        "knowing the engine": [trial.estimated for trial in figures],
    }
    lines = [
        "| rule | median error | nine of ten within | within 10 % | within 20 % |",
        "| --- | --: | --: | --: | --: |",
    ]
    for name, estimates in rules.items():
        errors = sorted(abs(e / trial.published - 1) for e, trial in zip(estimates, figures, strict=True))
        within = " | ".join(f"{sum(e <= limit for e in errors)} of {len(errors)}" for limit in (0.1, 0.2))
        ninth = errors[math.ceil(0.9 * len(errors)) - 1]
        lines.append(f"| {name} | {_percent(median(errors))} | {_percent(ninth)} | {within} |")
    return lines


def _naive(catalog: Catalog, trial: Trial) -> float:
    checkpoint = catalog.checkpoints[trial.measurement.checkpoint]
    assert checkpoint.parameters is not None
    assert checkpoint.shape is not None
    bits = printed_bits(trial.measurement.precision, Engine(), checkpoint.shape)
    assert bits is not None
    return int(checkpoint.parameters.total) * bits.body / 8


def _files_table(found: tuple[Trial, ...]) -> list[str]:
    files = [trial for trial in found if trial.measurement.metric == "file-size"]
    lines = ["| format | files | median error | largest error |", "| --- | --: | --: | --: |"]
    for engine in sorted({trial.engine for trial in files}, key=str.casefold):
        errors = [abs(trial.error) for trial in files if trial.engine == engine]
        lines.append(f"| {engine} | {len(errors)} | {_percent(median(errors))} | {_percent(max(errors))} |")
    return lines


def _with_table(text: str, name: str, lines: list[str]) -> str:
    """``text`` with the table below the comment ``name`` replaced."""
    found = re.search(rf"<!-- {name} -->\n\n((?:\|.*\n)*)\n?", text)
    assert found is not None
    return text[: found.start(1)] + "\n".join(lines) + "\n\n" + text[found.end() :]


def test_the_page_says_what_the_catalog_gives(catalog: Catalog, found: tuple[Trial, ...]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    tables = {"run": _run_table(found), "rules": _rules_table(catalog, found), "files": _files_table(found)}
    fresh = text
    for name, lines in tables.items():
        fresh = _with_table(fresh, name, lines)
    if os.environ.get("GPTALT_WRITE_GOLDEN"):
        PAGE.write_text(fresh, encoding="utf-8")
    assert text == fresh or os.environ.get("GPTALT_WRITE_GOLDEN")


# ---- how good it is ------------------------------------------------------------------------------


def test_the_interval_covers_engines_that_did_not_set_it(found: tuple[Trial, ...]) -> None:
    rows = left_out(found)
    assert len(rows) >= 9
    assert sum(row.figures for row in rows) == len(running(found)) >= 150
    assert sum(row.covered for row in rows) >= 0.8 * len(running(found))
    assert all(LEAST_MARGIN <= row.margin <= 0.3 for row in rows)


def test_the_formulas_are_right_where_the_engine_is_known(found: tuple[Trial, ...]) -> None:
    errors = sorted(abs(trial.error) for trial in running(found))
    assert median(errors) <= 0.025
    assert errors[int(0.9 * len(errors))] <= 0.13
    assert all(row.error <= 0.06 for row in left_out(found))


def test_files(found: tuple[Trial, ...]) -> None:
    errors = [abs(trial.error) for trial in found if trial.measurement.metric == "file-size"]
    assert len(errors) >= 70
    assert median(errors) <= 0.005
    assert max(errors) <= 0.07


def test_files_printed_in_bytes(found: tuple[Trial, ...]) -> None:
    exact = [trial for trial in found if trial.measurement.unit == "B"]
    assert len(exact) >= 2
    assert all(abs(trial.error) <= 0.001 for trial in exact)


def test_the_general_estimate_is_the_command_s(catalog: Catalog, found: tuple[Trial, ...]) -> None:
    same = {"fp16": "fp16", "bf16": "fp16", "int8": "int8", "nf4": "nf4", "awq-4bit-g128": "gptq-4bit"}
    compared = 0
    for trial in running(found):
        measured = trial.measurement
        precision = same.get(measured.precision)
        if precision is None or measured.metric != "peak-gpu-memory":
            continue
        context = (measured.prompt_tokens or 0) + (measured.new_tokens or 0)
        need = memory_need(
            catalog.checkpoints[measured.checkpoint], parse_precision(precision), context, measured.batch or 1
        )
        assert need is not None
        assert trial.general == pytest.approx(need.total - RUNTIME + ENGINES[trial.engine].runtime)
        compared += 1
    assert compared >= 50


# ---- margins, on invented figures ----------------------------------------------------------------


def _trial(engine: str, general: float, metric: str = "peak-gpu-memory") -> Trial:
    measured = Measurement.model_validate(
        {"checkpoint": "x", "printed_name": "X", "metric": metric, "value": "1", "unit": "GB", "engine": engine,
         "precision": "fp16", "firmness": "measured", "locator": "README.md"}
    )  # fmt: skip
    return Trial("source", measured, engine, 100.0, 100.0, general)


def test_the_margin_is_what_nine_of_ten_stay_within() -> None:
    good = [_trial("one", 100 + i) for i in range(30, 48, 2)]
    assert margin([*good, _trial("one", 300)]) == pytest.approx(0.46)
    assert margin([_trial("one", 100)]) == LEAST_MARGIN
    assert margin([]) == LEAST_MARGIN
    assert margin([_trial("one", 100, "file-size")]) == LEAST_MARGIN


def test_too_low_counts_like_too_high() -> None:
    assert margin([_trial("one", 50)]) == pytest.approx(1.0)
    assert margin([_trial("one", 200)]) == pytest.approx(1.0)


def test_engines_count_the_same() -> None:
    many = [_trial("many", 101)] * 90
    assert margin([*many, _trial("few", 140)]) == pytest.approx(0.4)


def test_one_engine_is_held_to_what_the_others_give() -> None:
    rows = left_out([_trial("good", 115), _trial("good", 105), _trial("bad", 160), _trial("bad", 90, "file-size")])
    assert [(row.engine, row.figures, row.covered) for row in rows] == [("bad", 1, 0), ("good", 2, 2)]
    assert [row.margin for row in rows] == pytest.approx([0.15, 0.6])
    assert [row.general_error for row in rows] == pytest.approx([0.6, 0.1])


# ---- which figures are tried ---------------------------------------------------------------------

LLAMA = {"checkpoint": "llama-7b", "printed_name": "LLaMA-7B", "locator": "README.md"}
PEAK = {"metric": "peak-gpu-memory", "unit": "GB", "engine": "litgpt", "precision": "fp16", "firmness": "measured"}


def _figure(**changes: Any) -> Measurement:
    return Measurement.model_validate({**LLAMA, **PEAK, "value": "14"} | changes)


def _estimate(catalog: Catalog, **changes: Any) -> float | None:
    figure = _figure(**changes)
    engine = next(ENGINES[name] for name in ENGINES if figure.engine.startswith(name))
    return estimated_bytes(figure, catalog.checkpoints[figure.checkpoint], engine)


@pytest.mark.parametrize(
    "changes",
    [
        {"engine": "unheard of"},
        {"firmness": "stated"},
        {"metric": "minimum-gpu-memory"},
        {"metric": "cpu-memory"},
        {"engine": "chatglm.cpp"},
        {"precision": "3 bits or so"},
        {"unit": "tokens/s"},
        {"checkpoint": "no-such"},
    ],
    ids=["engine", "stated", "minimum", "host memory of a GPU program", "GPU memory of a host program", "precision",
         "unit", "checkpoint"],
)  # fmt: skip
def test_figures_that_are_not_tried(catalog: Catalog, changes: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    tried = _tried(catalog, _figure(), monkeypatch)
    assert len(tried) == 1
    assert _tried(catalog, _figure(**changes), monkeypatch) == ()


def _tried(catalog: Catalog, figure: Measurement, monkeypatch: pytest.MonkeyPatch) -> tuple[Trial, ...]:
    with monkeypatch.context() as patch:
        patch.setitem(catalog.__dict__, "measurements", (("source", figure),))
        return trials(catalog)


def test_units() -> None:
    plain, binary = Engine(), Engine(binary_units=True)
    assert published_bytes(_figure(), plain) == 14e9
    assert published_bytes(_figure(), binary) == 14 * GIB
    assert published_bytes(_figure(unit="MB"), binary) == 14 * 2**20
    assert published_bytes(_figure(unit="B"), binary) == 14
    assert published_bytes(_figure(unit="tokens/s"), binary) is None


def test_estimates_of_what_is_not_known(catalog: Catalog) -> None:
    known = catalog.checkpoints["llama-7b"]
    assert known.shape is not None
    assert estimated_bytes(_figure(), known, Engine()) is not None
    assert estimated_bytes(_figure(), known.model_copy(update={"shape": None}), Engine()) is None
    shapeless = known.shape.model_copy(update={"heads": None})
    assert estimated_bytes(_figure(), known.model_copy(update={"shape": shapeless}), Engine()) is None
    assert estimated_bytes(_figure(metric="file-size"), known.model_copy(update={"shape": shapeless}), Engine())


def test_engines_differ(catalog: Catalog) -> None:
    llama, table = 6_738_415_616, 32000 * 4096
    body = llama - 2 * table
    assert _estimate(catalog, metric="load-gpu-memory") == 2 * llama
    assert _estimate(catalog, metric="load-gpu-memory", engine="transformers 4.3x") == 2 * llama + RUNTIME
    assert _estimate(catalog, metric="load-gpu-memory", engine="exllama") == 2 * llama - 2 * table
    assert _estimate(catalog, metric="load-gpu-memory", precision="int8") == body + 3 * table
    files: dict[tuple[str, str], float] = {
        ("gguf", "q4_0"): (body + table) * 4.5 / 8 + table * 6.5625 / 8,
        ("gguf", "q8_0"): llama * 8.5 / 8,
        ("ggml", "q4_0"): llama * 5 / 8,
        ("gguf", "q2_k"): llama * 3.35 / 8,
        ("rwkv.cpp", "q5_1"): body * 6 / 8 + 2 * table * 4,
    }
    for (engine, precision), size in files.items():
        assert _estimate(catalog, metric="file-size", engine=engine, precision=precision) == pytest.approx(size, abs=1)
    narrow, wide = (catalog.checkpoints[key].shape for key in ("falcon-7b", "llama-7b"))  # 4,544 is no multiple of 256
    assert narrow is not None
    assert wide is not None
    heads = [getattr(printed_bits("q4_0", ENGINES["gguf"], shape), "head", None) for shape in (narrow, wide)]
    assert heads == [8.5, 6.5625]


def test_a_tied_head_is_stored_again_by_some(catalog: Catalog) -> None:
    falcon = catalog.checkpoints["falcon-7b"]
    assert falcon.parameters is not None
    assert falcon.shape is not None
    table = int(falcon.shape.vocabulary) * int(falcon.shape.hidden)
    load = _figure(checkpoint="falcon-7b", metric="load-gpu-memory")
    assert estimated_bytes(load, falcon, Engine()) == 2 * int(falcon.parameters.total)
    assert estimated_bytes(load, falcon, Engine(never_ties=True)) == 2 * (int(falcon.parameters.total) + table)


def test_the_cache_of_a_window_and_in_eight_bits(catalog: Catalog) -> None:
    run = {"prompt_tokens": 0, "new_tokens": 2048}
    whole = _estimate(catalog, engine="transformers", **run)
    small = _estimate(catalog, engine="transformers", precision="fp16 + int8 KV", **run)
    assert whole is not None
    assert small is not None
    assert whole - small == pytest.approx(2 * (GIB - GIB * 33 / 64))
    window = _estimate(catalog, engine="AutoAWQ", precision="awq-4bit-g128", prompt_tokens=2, new_tokens=1024)
    longer = _estimate(catalog, engine="AutoAWQ", precision="awq-4bit-g128", prompt_tokens=1, new_tokens=2048)
    assert window is not None
    assert longer is not None
    assert longer - window == GIB / 2


# ---- fits and what users type --------------------------------------------------------------------


def test_fits(catalog: Catalog) -> None:
    fitting = MemoryFit(catalog)
    fit = fitting.fit("llama-2-7b", "fp16", 4096)
    assert isinstance(fit, Fit)
    assert fit.low < fit.need.total < fit.high
    assert fit.high / fit.need.total == pytest.approx(1 + fitting.margin)
    assert [fit.verdict(memory * GIB) for memory in (8, 16, 24)] == ["too-large", "tight", "fits"]
    batch = fitting.fit("llama-2-7b", "fp16", 4096, batch=8)
    assert batch is not None
    assert batch.need.cache == 8 * fit.need.cache


def test_parts_do_not_run_alone(catalog: Catalog) -> None:
    assert MemoryFit(catalog).fit("alpaca-lora-7b", "fp16", 2048) is None


def test_the_table_stays_within_the_context(catalog: Catalog) -> None:
    fitting = MemoryFit(catalog)
    rows = fitting.table("llama-2-7b")
    assert [(fit.precision, fit.context) for fit in rows] == [
        (precision, context) for precision in ("fp16", "int8", "q4_k_m") for context in (2048, 4096)
    ]
    assert {fit.context for fit in fitting.table("rwkv-4-14b-pile")} == {1024}
    assert fitting.table("alpaca-lora-7b") == ()


def test_small_catalogs() -> None:
    assert MemoryFit(quiz()).margin == LEAST_MARGIN
    assert MemoryFit(quiz()).table("a") == ()
    small = MemoryFit(read(GOOD).catalog)  # its one figure is all runtime, which ours is larger than
    assert [trial.factor for trial in small.trials] == pytest.approx([1 + small.margin])
    assert {fit.context for fit in small.table("small-70m")} == {2048}


@pytest.mark.parametrize("text", [*PRECISIONS, *ALIASES, " INT4 ", "BF16"])
def test_precisions(text: str) -> None:
    assert parse_precision(text) in PRECISIONS


@pytest.mark.parametrize("text", ["", "int3", "fp16, int8", "q4_0"])
def test_no_precisions(text: str) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(repr(text))} is no precision; choose from fp32, fp16"):
        parse_precision(text)


@pytest.mark.parametrize(("text", "size"), [("24", 24), ("24GB", 24), (" 24 gib ", 24), ("7.5G", 7.5), ("0.5", 0.5)])
def test_memory(text: str, size: float) -> None:
    assert parse_memory(text) == size * GIB


@pytest.mark.parametrize("text", ["", "GB", "24MB", "-8", "8 16", "1e3", "24GBs"])
def test_no_memory(text: str) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(repr(text))} is no amount of memory; write 24GB"):
        parse_memory(text)
