"""Views of the living review on small catalogs: domains, human evaluation, news, citing, directions."""

from __future__ import annotations

import pytest

from gptalt_catalog.domain.vocabulary import About
from gptalt_catalog.views.cite import catalog_bibtex, catalog_text, survey_bibtex
from gptalt_catalog.views.domains import domain_rows, field_benchmarks, field_datasets
from gptalt_catalog.views.human_evaluation import human_evaluation, win_rate
from gptalt_catalog.views.lineage import Lineage
from gptalt_catalog.views.model_list import model_rows
from gptalt_catalog.views.news import change_log, latest_readings, latest_releases
from gptalt_catalog.views.open_problems import directions, token_rates
from gptalt_catalog.views.scores import ScoreBook
from gptalt_catalog.views.size_scores import size_plots
from tests.views.entries import PIECE, TEXT, Tree, benchmark, catalog_of, checkpoint, family, license_


def statement(**more: object) -> Tree:
    return {"what": TEXT, "kind": "exact", "locator": "section 人工评测 / x", **more}


def test_families_of_a_domain_with_what_they_were_made_from() -> None:
    eye = {"evidence": "readme", "bases": [{"checkpoint": "text-1", "relation": "component"}], "components": ["CLIP"]}
    seeing = checkpoint(
        weights=["free"],
        release={"evidence": "readme", "date": "2024-01"},
        parameters={"evidence": "readme", "total": 7 * 10**9, "vision": 3 * 10**8},
        training={"evidence": "readme", "datasets": ["pairs"]},
    )
    catalog = catalog_of(
        {
            "licenses/free.yaml": license_("yes"),
            "datasets/pairs.yaml": {"name": "Pairs", "summary": TEXT, "kind": "domain"},
            "models/text.yaml": family({"text-1": checkpoint(weights=["free"], bases=[])}),
            "models/eye.yaml": family({"eye-1": {**seeing, "lineage": eye}}, domain="multimodal"),
            "models/old.yaml": family({"old-1": checkpoint()}, domain="multimodal"),
        }
    )
    rows = domain_rows(Lineage(catalog), ScoreBook(catalog), "multimodal")
    assert [row.family for row in rows] == ["eye", "old"]
    eye_row, old_row = rows
    assert (eye_row.bases, eye_row.components, eye_row.datasets) == (("text",), ("CLIP",), ("pairs",))
    assert (eye_row.parameters, eye_row.vision, eye_row.answers) == ((7 * 10**9, 7 * 10**9), 3 * 10**8, ("yes",))
    assert (old_row.bases, old_row.date) == (None, None)
    assert field_datasets(catalog, rows) == ("pairs",)


def test_benchmarks_of_a_field() -> None:
    tasks = {"tasks": {task: {"name": TEXT, "definition": TEXT} for task in ("medical", "knowledge")}}
    catalog = catalog_of(
        {
            "vocabulary/tasks.yaml": tasks,
            "benchmarks/med.yaml": benchmark(task="medical"),
            "benchmarks/other.yaml": benchmark(),
        }
    )
    (found,) = field_benchmarks(ScoreBook(catalog), "scientific")
    assert (found.benchmark, found.items, found.chance, found.scores) == ("med", 1000, 0.25, 0)
    assert field_benchmarks(ScoreBook(catalog), "language") == ()


def human(**statements: Tree) -> Tree:
    return {"seen": "2026-11-01", "statements": {key.replace("_", "-"): value for key, value in statements.items()}}


def test_places_of_the_human_evaluation_are_printed_derived_or_empty() -> None:
    statements = human(
        human_models=statement(value="4"),
        elo_vicuna_7b=statement(value="1222", models_named=["Vicuna-7B"]),
        elo_rank_chatglm=statement(value="2", models_named=["ChatGLM"]),
        elo_gap_vicuna_chatglm=statement(value="50", kind="approximate"),
        elo_close_ranks=statement(value="3-4", kind="qualitative"),
        elo_other_models=statement(kind="empty"),
    )
    found = human_evaluation(catalog_of({"statements/paper.yaml": statements}))
    assert [(s.rank, s.name, s.elo, s.kind, s.close) for s in found.slots] == [
        (1, "Vicuna-7B", 1222, "printed", False),
        (2, "ChatGLM", 1172, "derived", False),
        (3, "", None, "empty", True),
        (4, "", None, "empty", True),
    ]
    assert [s.id for s in found.rest] == ["elo-other-models"]


def test_without_statements_there_is_nothing_to_show() -> None:
    found = human_evaluation(catalog_of({}))
    assert (found.setup, found.slots, found.checks, found.rest) == ((), (), (), ())
    only_names = human_evaluation(catalog_of({"statements/paper.yaml": human(human_models=statement(value="1"))}))
    assert [(s.elo, s.kind) for s in only_names.slots] == [(None, "empty")]


@pytest.mark.parametrize(("difference", "rate"), [(0, 50.0), (50, 57.1), (-50, 42.9), (400, 90.9)])
def test_elo_formula(difference: float, rate: float) -> None:
    assert win_rate(difference) == pytest.approx(rate, abs=0.05)


def test_latest_releases_and_readings() -> None:
    def out(date: str) -> Tree:
        return checkpoint(release={"evidence": "readme", "date": date})

    catalog = catalog_of(
        {
            "models/a.yaml": family({"a1": out("2024-05-01"), "a2": out("2024-05-01"), "a3": out("2023")}),
            "models/b.yaml": family({"b1": out("2024-06")}, evidence={"readme": {**PIECE, "seen": "2026-11-09"}}),
        }
    )
    releases = latest_releases(model_rows(catalog))
    assert [(r.date, r.family, r.checkpoints) for r in releases] == [
        ("2024-06", "b", ("b1",)),
        ("2024-05-01", "a", ("a1", "a2")),
        ("2023", "a", ("a3",)),
    ]
    assert len(latest_releases(model_rows(catalog), most=1)) == 1
    newest = latest_readings(catalog)[0]
    assert (newest.date, newest.pieces, newest.kinds) == ("2026-11-09", 1, (("family", 1),))


def test_the_change_log_is_read_as_versions_with_parts() -> None:
    text = "# Changelog\n\nWords.\n\n## [Unreleased]\n\n### Added\n\n- One thing\n  on two lines.\n- `two`\n\n### Fixed\n\n## [0.1] - 2026\n\n### Added\n- x\n"
    assert [(v.title, v.parts) for v in change_log(text)] == [
        ("Unreleased", (("Added", ("One thing on two lines.", "`two`")),)),
        ("0.1 - 2026", (("Added", ("x",)),)),
    ]
    assert change_log("") == ()


def test_citations_name_what_must_be_named() -> None:
    about = About.model_validate(
        {"title": TEXT, "date": "2026-11-24", "license": "CC-BY-4.0", "repository": "https://example.org/x"}
    )
    entry = catalog_bibtex(about)
    assert entry.startswith("@misc{gptalt-catalog,\n")
    assert "Catalog of 2026-11-24, CC-BY-4.0" in entry
    assert entry.count("{") == entry.count("}")
    assert "https://example.org/x" in catalog_text(about)
    assert "year" not in catalog_bibtex(None)
    (authors,) = [line for line in survey_bibtex().splitlines() if line.strip().startswith("author")]
    assert authors.count(" and ") == 6


def test_directions_are_those_that_the_source_names() -> None:
    direction = {"what": TEXT, "kind": "qualitative", "locator": "section 主要挑战与发展方向, item 1"}
    catalog = catalog_of({"statements/paper.yaml": {"seen": "2026", "statements": {"direction-scale": direction}}})
    book = ScoreBook(catalog)
    (found,) = directions(catalog, Lineage(catalog), book, size_plots(book, ()))
    assert found.id == "scale"
    assert found.reach == ()
    assert {f.id: f.numbers["count"] for f in found.findings} == {
        "experts": 0,
        "not_attention_alone": 0,
        "light_techniques": 0,
    }


def test_tokens_for_each_parameter_by_year_count_only_training_from_scratch() -> None:
    def trained(tokens: str, **more: object) -> Tree:
        return checkpoint(
            parameters={"evidence": "readme", "total": 10**9},
            training={"evidence": "readme", "tokens_seen": tokens},
            release={"evidence": "readme", "date": "2023-05"},
            **{"bases": [], **more},  # type: ignore[arg-type]
        )

    members = {"a": trained("20B tokens"), "b": trained("40B tokens"), "c": trained("900B tokens")}
    members["d"] = trained("1T tokens", bases=[("fine-tuned", "a")])
    rates = token_rates(catalog_of({"models/fam.yaml": family(members)}))
    assert [(r.year, r.median, r.checkpoints) for r in rates] == [("2023", 40.0, 3)]
