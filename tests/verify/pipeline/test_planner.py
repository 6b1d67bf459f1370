"""Plans: the order of an audit, the prompts of a full run, and the traps of lm-eval 0.4.13."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lm_eval")

from gptalt_catalog.verify.pipeline.framing import Framing
from gptalt_catalog.verify.pipeline.planner import FixedDraws, Plan, doc_hash, header, order_key, plan, prompts_hash
from gptalt_catalog.verify.pipeline.protocols import Run
from gptalt_catalog.verify.pipeline.requests import Document, PipelineError, Request, canonical, sha256
from gptalt_catalog.verify.pipeline.tasks import PENDING, DataSources, TaskLibrary, quiet
from tests.catalogs import CHECKOUT
from tests.verify.tasks import data

pytestmark = pytest.mark.verify


def planned(library: TaskLibrary, name: str, suite: str = "compact", revision: str = "abc") -> Plan:
    return plan(library.load(Run.parse(name)), suite, revision)


def in_data_order(documents: Sequence[Document]) -> list[Document]:
    return sorted(documents, key=lambda d: (d.leaf, d.doc_id))


# ---- what a plan is --------------------------------------------------------------------------------


def test_documents_stand_in_the_order_of_the_audit(library: TaskLibrary) -> None:
    one = planned(library, "hellaswag_0shot")
    keys = [sha256(canonical(["compact", "hellaswag_0shot", "abc", d.doc_hash])) for d in one.documents]
    assert keys == sorted(keys)
    assert keys[0] == order_key("compact", "hellaswag_0shot", "abc", one.documents[0].doc_hash)


@pytest.mark.parametrize("other", [("compact", "abd"), ("other", "abc")])
def test_suite_and_revision_choose_the_order_but_not_the_prompts(library: TaskLibrary, other: tuple[str, str]) -> None:
    one, two = planned(library, "race_high_0shot"), planned(library, "race_high_0shot", *other)
    assert [d.doc_id for d in one.documents] != [d.doc_id for d in two.documents]
    assert in_data_order(one.documents) == in_data_order(two.documents)
    assert one.planned == two.planned


def test_a_recording_model_is_asked_the_same(library: TaskLibrary) -> None:
    """What lm-eval's own evaluation asks a model that only listens."""
    from lm_eval.api.model import LM
    from lm_eval.evaluator import evaluate

    asked: set[str] = set()

    class Recorder(LM):  # type: ignore[misc]
        def _take(self, requests: Any, answer: Any) -> list[Any]:
            asked.update(Request(r.request_type, tuple(r.args)).key for r in requests)
            return [answer] * len(requests)

        def loglikelihood(self, requests: Any) -> Any:
            return self._take(requests, (0.0, False))

        def loglikelihood_rolling(self, requests: Any) -> Any:
            return self._take(requests, 0.0)

        def generate_until(self, requests: Any) -> Any:
            return self._take(requests, "")

    for name in ("hellaswag_10shot", "gsm8k_5shot", "lambada_openai_0shot"):
        loaded = library.load(Run.parse(name))
        ours = plan(loaded, "s", "r")
        asked.clear()
        for task in loaded.leaves.values():
            task.set_fewshot_seed(seed=1234)
        with quiet():
            found = evaluate(Recorder(), {"tasks": dict(loaded.leaves), "groups": {}}, bootstrap_iters=0)
        assert asked == {request.key for d in ours.documents for request in d.requests}
        hashes = {(s["doc_id"], s["doc_hash"]) for samples in found["samples"].values() for s in samples}
        assert hashes == {(d.doc_id, d.doc_hash) for d in ours.documents}


def test_a_header_says_what_the_plan_is_about(library: TaskLibrary) -> None:
    import lm_eval

    one = planned(library, "hellaswag_10shot")
    told = header([one], "compact", "abc", ["b", "a"])
    assert told.protocols == ("a", "b")
    assert told.lm_eval == lm_eval.__version__
    task = told.tasks["hellaswag_10shot"]
    assert (task.version, task.shots, task.encoding, task.items) == ("1.0", 10, "joint", 5)
    assert task.data == {"Rowan/hellaswag": "local"}


def test_a_manifest_changes_with_any_row(tmp_path: Path) -> None:
    from tests.verify.tasks import rows

    def manifest_of(answer: int) -> str:
        folder = tmp_path / str(answer)
        from pyarrow import Table

        table = Table.from_pylist([{**rows.boolq(i), "label": answer if i == 2 else 0} for i in range(4)])
        rows.write_card(folder, {"boolq": rows.write_config(folder, "boolq", {"validation": table})})
        sources = DataSources(folders={"aps/super_glue": folder}, cache=tmp_path / "cache")
        return planned(TaskLibrary(sources=sources), "boolq_0shot").planned.manifest

    assert manifest_of(0) != manifest_of(1)


def test_a_system_instruction_stands_before_every_prompt(library: TaskLibrary) -> None:
    loaded = library.load(Run.parse("hellaswag_0shot"))
    plain, instructed = plan(loaded, "s", "r"), plan(loaded, "s", "r", Framing("system", "Be careful.\n\n"))
    for one, other in zip(in_data_order(plain.documents), in_data_order(instructed.documents), strict=True):
        for left, right in zip(one.requests, other.requests, strict=True):
            assert right.args[0] == f"Be careful.\n\n{left.args[0]}"


def test_the_era_decides_on_encoding_and_examples(library: TaskLibrary) -> None:
    new, old = planned(library, "hellaswag_10shot"), planned(library, "hellaswag_10shot@lm-eval-0.3")
    assert {r.encoding for d in old.documents for r in d.requests} == {"separate-plain"}
    assert {d.task for d in old.documents} == {"hellaswag_10shot@lm-eval-0.3"}
    contexts = [[d.requests[0].args[0] for d in in_data_order(one.documents)] for one in (new, old)]
    assert contexts[0] != contexts[1]
    assert [c.rpartition("\n\n")[2] for c in contexts[0]] == [c.rpartition("\n\n")[2] for c in contexts[1]]


def test_prompts_hash_to_the_same_in_any_order(library: TaskLibrary) -> None:
    documents = list(planned(library, "gsm8k_5shot").documents)
    wanted = prompts_hash(documents)
    random.Random(0).shuffle(documents)
    assert prompts_hash(documents) == wanted
    assert prompts_hash(documents[1:]) != wanted


def test_draws_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(PipelineError, match="1 examples were drawn where 2 are asked for"):
        FixedDraws([["one"]]).sample(2)


# ---- the traps -------------------------------------------------------------------------------------


def test_trap_1_the_first_items_of_a_plan_are_not_the_first_rows(tmp_path: Path) -> None:
    from pyarrow import Table

    from tests.verify.tasks import rows

    folder = tmp_path / "boolq"
    table = Table.from_pylist([rows.boolq(i) for i in range(200)])
    rows.write_card(folder, {"boolq": rows.write_config(folder, "boolq", {"validation": table})})
    sources = DataSources(folders={"aps/super_glue": folder}, cache=tmp_path / "cache")
    first = [d.doc_id for d in planned(TaskLibrary(sources=sources), "boolq_0shot").documents[:50]]
    assert sum(number < 50 for number in first) < 30
    assert max(first) > 150


def test_trap_2_prompts_are_those_of_a_full_run_whatever_is_drawn(library: TaskLibrary) -> None:
    """lm-eval's ``samples`` would give item 4 the examples that item 0 has in a full run."""
    loaded = library.load(Run.parse("hellaswag_10shot"))
    full = {d.doc_id: d for d in plan(loaded, "s", "r").documents}
    (task,) = loaded.leaves.values()
    task.set_fewshot_seed(seed=1234)
    with quiet():
        task.build_all_requests(samples=[4])
    assert task.instances[0].args[0] != full[4].requests[0].args[0]
    again = {d.doc_id: d for d in plan(loaded, "other", "order").documents}
    assert [again[i].requests[0].args for i in full] == [full[i].requests[0].args for i in full]


def test_trap_3_no_prompts_come_from_lm_evals_cache(library: TaskLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    import lm_eval.api.task as lm_eval_task

    used: list[Any] = []
    monkeypatch.setattr(lm_eval_task, "load_from_cache", lambda **options: used.append(options["cache"]))
    monkeypatch.setattr(lm_eval_task, "save_to_cache", lambda **_options: used.append("saved"))
    planned(library, "hellaswag_0shot")
    assert used == [False]


def test_trap_4_only_our_own_files_are_listed() -> None:
    files = {path.stem for path in (CHECKOUT / "evalhooks" / "tasks").rglob("*.yaml")}
    assert set(TaskLibrary().definitions) == files


def test_trap_5_examples_version_and_revision_are_stated() -> None:
    for name, definition in TaskLibrary().definitions.items():
        assert f"_{definition.shots}shot" in name
        assert definition.version != "unknown"
        assert definition.revision == PENDING
        assert definition.split in ("validation", "test", "val")


def test_trap_5_race_asks_every_question_where_papers_do(library: TaskLibrary) -> None:
    one = planned(library, "race_high_0shot")
    assert one.planned.items == 5
    assert all(len({r.args[0] for r in d.requests}) == 1 and len(d.requests) == 4 for d in one.documents)


def test_trap_7_no_training_split_and_no_network_at_0_shots(
    library: TaskLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    def refuse(*_arguments: Any) -> None:
        raise AssertionError("planning wants the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert not list(library.sources.folders["aps/super_glue"].rglob("train*"))
    assert planned(library, "boolq_0shot").planned.items == 5


def test_trap_8_evaluate_is_never_imported(library: TaskLibrary) -> None:
    folder = library.sources.folders["aps/super_glue"]
    code = f"""
import sys
from pathlib import Path
from gptalt_catalog.verify.pipeline import grader, planner, protocols, tasks
sources = tasks.DataSources(folders={{"aps/super_glue": Path({str(folder)!r})}}, cache=Path({str(library.sources.cache)!r}))
loaded = tasks.TaskLibrary(sources=sources).load(protocols.Run.parse("boolq_0shot"))
one = planner.plan(loaded, "s", "r")
answers = {{r.key: (-1.0 - i, False) for d in one.documents for i, r in enumerate(d.requests)}}
print(grader.aggregate(one, grader.grade(one, one.documents, answers)))
sys.exit("evaluate" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=CHECKOUT, check=False)
    assert done.returncode == 0, done.stderr
    assert "acc" in done.stdout


# ---- what can go wrong -----------------------------------------------------------------------------


def test_a_misspelt_task_gets_the_nearest_names(library: TaskLibrary) -> None:
    with pytest.raises(PipelineError, match="there is no task helaswag_0shot; did you mean hellaswag_0shot"):
        library.load(Run.parse("helaswag_0shot"))


def test_data_on_no_hub_are_asked_for() -> None:
    with pytest.raises(
        PipelineError, match="its data are on no hub that is known here; give a folder with them for local/nlpec"
    ):
        TaskLibrary().load(Run.parse("nlpec_en_0shot"))


def test_data_that_cannot_be_read_are_explained(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    library = TaskLibrary(sources=DataSources(folders={"aps/super_glue": tmp_path / "empty"}, cache=tmp_path / "cache"))
    with pytest.raises(PipelineError, match="boolq_0shot: the data of aps/super_glue cannot be read"):
        library.load(Run.parse("boolq_0shot"))


def test_rows_without_a_column_are_explained(tmp_path: Path) -> None:
    from pyarrow import Table

    from tests.verify.tasks import rows

    folder = tmp_path / "data"
    table = Table.from_pylist([{"question": "is it", "idx": 1, "label": 0}])
    rows.write_card(folder, {"boolq": rows.write_config(folder, "boolq", {"validation": table})})
    library = TaskLibrary(sources=DataSources(folders={"aps/super_glue": folder}, cache=tmp_path / "cache"))
    with pytest.raises(PipelineError, match=r"boolq_0shot: the data of aps/super_glue cannot be read .*passage"):
        library.load(Run.parse("boolq_0shot"))


def test_a_known_revision_is_asked_for_and_recorded() -> None:
    definition = TaskLibrary().definition("boolq_0shot")
    overlay, told = TaskLibrary(sources=DataSources({"aps/super_glue": "1" * 40}))._overlay(definition)
    assert overlay["dataset_kwargs"] == {"revision": "1" * 40}
    assert told == {"aps/super_glue": "1" * 40}
    overlay, told = TaskLibrary()._overlay(definition)
    assert overlay["dataset_kwargs"] == {}
    assert told == {"aps/super_glue": PENDING}


def test_hashes_are_of_content() -> None:
    assert doc_hash({"a": 1}) == doc_hash({"a": 1}) != doc_hash({"a": 2})


def test_some_subjects_of_a_group(tmp_path: Path) -> None:
    library = data.made_up_library(tmp_path, "ceval/ceval-exam")
    loaded = library.load(Run.parse("ceval_0shot"), ["law", "logic"])
    assert set(loaded.leaves) == {"ceval_0shot::law", "ceval_0shot::logic"}


@pytest.mark.parametrize("name", ["boolq_0shot", "hellaswag_10shot", "race_high_0shot", "gsm8k_5shot"])
def test_rows_are_hashed_alike_with_and_without_prompts(library: TaskLibrary, name: str) -> None:
    from gptalt_catalog.verify.pin import loaded_rows
    from gptalt_catalog.verify.suites import rows_of

    loaded = library.load(Run.parse(name))
    one = plan(loaded, "compact", "abc")
    assert loaded_rows(loaded) == rows_of(one)
    assert loaded_rows(loaded).sha256 == one.planned.manifest
