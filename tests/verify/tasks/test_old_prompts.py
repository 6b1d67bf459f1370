"""What is called equivalent was compared: our prompts hash to what older versions of lm-eval made of the same items.

The hashes in ``evalhooks/protocols.yaml`` were computed with the task files of those versions. Here the
same items are planned by today's lm-eval with our definitions and the older way to draw examples.
"""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("lm_eval")

from gptalt_catalog.verify.pipeline.planner import plan, prompts_hash
from gptalt_catalog.verify.pipeline.protocols import Run, read_protocols
from gptalt_catalog.verify.pipeline.tasks import DataSources, TaskLibrary
from tests.verify.hub.shared_data import BENCHMARKS, need
from tests.verify.tasks import data, rows

pytestmark = [pytest.mark.verify, pytest.mark.xdist_group("verify-old-prompts")]

COMPARISONS = read_protocols().comparisons


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> TaskLibrary:
    need(BENCHMARKS)
    root = tmp_path_factory.mktemp("old")
    whole = data.whole_library(root)
    return TaskLibrary(
        sources=DataSources(folders={**whole.sources.folders, **_stand_ins(root)}, cache=whole.sources.cache)
    )


def _stand_ins(root: Path) -> dict[str, Path]:
    """The items that the comparisons took where a split was not at hand, and the made-up ones of TruthfulQA."""
    from pyarrow import Table, parquet

    sciq = parquet.read_table(next((BENCHMARKS / "sciq").rglob("validation-*.parquet")))
    trivia = parquet.read_table(next((BENCHMARKS / "triviaqa").rglob("validation-*.parquet")))
    truthful = Table.from_pylist([rows.truthfulqa(i) for i in range(40)])
    tables = {
        ("allenai/sciq", None): {"train": sciq[600:], "validation": sciq[:10], "test": sciq[:600]},
        ("mandarjoshi/trivia_qa", "unfiltered.nocontext"): {"validation": trivia},
        ("truthfulqa/truthful_qa", "multiple_choice"): {"validation": truthful},
    }
    folders = {}
    for (repository, config), splits in tables.items():
        folder = root / repository.replace("/", "--")
        rows.write_card(folder, {config: rows.write_config(folder, config, splits)})
        folders[f"{repository}:{config}"] = folder
    return folders


@pytest.mark.parametrize("name", sorted(COMPARISONS))
def test_prompts_are_those_of_the_older_version(name: str, library: TaskLibrary) -> None:
    wanted = COMPARISONS[name]
    one = plan(library.load(Run.parse(wanted.run)), "suite", "revision")
    assert one.planned.items == wanted.documents
    assert prompts_hash(one.documents) == wanted.prompts


def test_todays_race_asks_something_else(library: TaskLibrary) -> None:
    """So the hash can tell: lm-eval 0.4.13 writes earlier questions with a blank differently."""
    one = plan(library.load(Run.parse("race_0shot")), "suite", "revision")
    assert one.planned.items == COMPARISONS["race-0-shot"].documents
    assert prompts_hash(one.documents) != COMPARISONS["race-0-shot"].prompts
