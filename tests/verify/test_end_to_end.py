"""``gptalt-catalog verify`` from its name to its record, with the real libraries, the loopback hub and the
demonstration's model: what it tells, decides, compares with, writes down and leaves behind."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gptalt_catalog.cli.main import app
from gptalt_catalog.domain.verification import Verification
from gptalt_catalog.loading.catalog_loader import load_catalog
from gptalt_catalog.verify.demo.catalog import CHECKPOINT
from gptalt_catalog.verify.demo.making import MODEL
from tests.verify.audited_site import ITEMS, MARKS, Reference, Site, same_audit

pytestmark = MARKS
PROTOCOL = "sciq.acc.0-shot.lm-eval"


def records(site: Site) -> dict[str, Verification]:
    return dict(load_catalog(site.place.catalog).verifications)


def verify(site: Site, *arguments: str) -> Any:
    """The command in this process: for what ends before a model is loaded."""
    return CliRunner().invoke(app, ["verify", *arguments, "--catalog", str(site.place.catalog)])


@pytest.fixture
def in_process(fresh: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    for name, value in fresh.environment.items():
        if name.startswith(("HF_", "XDG_")):
            monkeypatch.setenv(name, value)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return fresh


# ---- before the first byte


def test_a_dry_run_says_what_will_be_run_and_touches_no_weights(in_process: Site) -> None:
    before = len(in_process.hub.log)
    result = verify(in_process, CHECKPOINT, "--dry-run")
    assert result.exit_code == 0, result.output
    said = result.output
    assert re.search(r"sciq_0shot +sciq\.acc\.0-shot\.lm-eval +70\.0 % +identical +1,152 +1,500", said)
    assert "identical: The same program and the same task." in said
    assert "95 of 100 audits of a true score are decided by then" in said
    assert re.search(r"at most 1,152 items, about [\d,]+ tokens; about \d+ s at most on this cpu", said)
    assert re.search(
        r"memory: about [\d.]+ MiB \(up to [\d.]+ MiB\) in float32; cpu has [\d.]+ GiB, [\d.]+ GiB of it free", said
    )
    assert re.search(r"download: 0\.4 MB of 0\.4 MB, revision d3d3d3d3d3d3; the disk has [\d,.]+ GB free", said)
    asked = [row.path for row in in_process.hub.log[before:]]
    assert asked
    assert not [path for path in asked if "safetensors" in path and "resolve" in path]
    assert not (in_process.place.folder / "home").exists()
    assert not in_process.place.answers.exists()


def test_a_plan_for_programs(in_process: Site) -> None:
    result = verify(in_process, CHECKPOINT, "--dry-run", "--format", "json", "--max-items", "64")
    plan = json.loads(result.stdout)
    assert [claim["items_at_most"] for claim in plan["claims"]] == [64, 64]
    assert plan["items"] == 64
    assert plan["memory_bytes"] < plan["device_memory_bytes"]


def test_what_does_not_fit_is_refused_before_the_download(in_process: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gptalt_catalog.verify.forecast.host_memory", lambda: (1 << 16, 1 << 16))
    result = verify(in_process, CHECKPOINT)
    assert result.exit_code == 4
    assert "islands-tiny does not fit: it needs at least " in result.output
    assert "--dtype bfloat16 halves it" in result.output
    assert not (in_process.place.folder / "home").exists()


# ---- what comes out


def test_the_outcome_as_json(reference: Reference) -> None:
    assert reference.code == 1
    said = reference.said
    assert [(row["claimed"], row["verdict"]) for row in said["claims"]] == [
        ("70.0 percent", "reproduced"),
        ("82.4 percent", "not-reproduced"),
    ]
    assert (said["model"], said["revision"]) == (CHECKPOINT, "d3" * 20)
    cost = said["cost"]
    assert len(reference.site.answered) == cost["items"] == max(row["items"] for row in said["claims"])
    assert cost["items_of_benchmarks"] == ITEMS
    assert cost["tokens"] == reference.verification.tokens > 0
    assert cost["seconds"] > 0
    assert cost["peak_memory_bytes"] > 1 << 20
    assert said["record"].endswith("catalog/verifications/islands-tiny/" + reference.site.place.record.name)


def test_the_outcome_for_people(reference: Reference, fresh: Site) -> None:
    done = fresh.run("--full", "--resume")
    assert done.returncode == reference.code
    assert re.search(r"70\.0 % +70\.\d\d% +6\d\.\d% to 7\d\.\d% +\d+ +1500 +reproduced", done.stdout)
    assert re.search(
        r"\d{3,4} of 1,500 items \(\d\d% of the benchmarks\), [\d,]+ tokens, \d+ s, at most 0\.\d GiB", done.stdout
    )
    assert "for all 2 scores together, 1 of the 1 that are not reproduced is refuted" in done.stdout
    assert re.search(r"record: .*catalog/verifications/islands-tiny/\S+\.yaml", done.stderr)
    assert "gptalt-catalog check" in done.stderr
    assert "open a pull request" in done.stderr
    recheck = CliRunner().invoke(app, ["verify", "recheck", str(fresh.place.record)])
    assert recheck.exit_code == 0, recheck.output


def test_exit_codes_of_what_is_undecided_and_of_what_holds(fresh: Site) -> None:
    (fresh.place.catalog / "claims" / "demo-paper.yaml").unlink()
    assert fresh.run("--max-items", "32").returncode == 3
    assert fresh.run("--resume", "--full").returncode == 0
    assert len(records(fresh)) == 1, "an audit that goes on replaces its record of the day"


def test_an_audit_of_something_else_keeps_the_record_of_before(reference: Reference, fresh: Site) -> None:
    shutil.copytree(reference.site.place.catalog / "verifications", fresh.place.catalog / "verifications")
    first = fresh.place.record
    before = first.read_bytes()
    assert fresh.run("--max-items", "64", "--mode", "polling").returncode == 3
    assert len(records(fresh)) == 2
    assert first.read_bytes() == before
    second = next(v for name, v in records(fresh).items() if name.endswith("-2"))
    assert second.items_file.endswith("-2.items.json")


def test_options_of_the_model_are_obeyed(fresh: Site) -> None:
    done = fresh.run("--max-items", "64", "--dtype", "bfloat16", "--batch", "3", "--device", "cpu", "--risk", "0.2",
                     "--tolerance", "5", "--suite", "compact", "--tasks", "sciq")  # fmt: skip
    assert done.returncode in (0, 1, 3), done.stderr
    assert fresh.verification.environment.dtype == "bfloat16"
    assert {(claim.risk, claim.tolerance) for claim in fresh.verification.claims} == {("0.2", "0.05")}


def test_a_device_that_is_not_there(fresh: Site) -> None:
    done = fresh.run("--device", "cuda")
    assert done.returncode == 4
    assert "--device cuda cannot be used" in done.stderr
    assert "use auto or cpu" in done.stderr


def test_weights_are_removed_if_that_is_wished(fresh: Site) -> None:
    done = fresh.run("--max-items", "32", "--remove-weights")
    assert "removed 0.4 MB of weights" in done.stderr
    assert not list((fresh.place.folder / "home").rglob("*.safetensors"))


def test_offline_everything_comes_from_the_cache(reference: Reference, tmp_path: Path) -> None:
    offline = reference.site.copied(tmp_path, "home")
    before = len(offline.hub.log)
    done = subprocess.run(  # the libraries read at their import that no hub may be asked
        [sys.executable, "-m", "gptalt_catalog.cli.main", *offline.arguments("--offline", "--full")],
        env=offline.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert len(offline.hub.log) == before
    assert same_audit(offline.verification, reference.verification)


# ---- models that are not in the catalog


def test_a_repository_with_a_claim_of_ones_own(fresh: Site) -> None:
    shutil.rmtree(fresh.place.catalog / "verifications", ignore_errors=True)
    for name in ("claims/demo-lab.yaml", "claims/demo-paper.yaml", "models/islands.yaml"):
        (fresh.place.catalog / name).unlink()
    without = fresh.run(model=MODEL)
    assert without.returncode == 4
    assert "--claim PROTOCOL=" in without.stderr
    done = fresh.run("--claim", f"{PROTOCOL}=70.0", "--claim", f"{PROTOCOL}=82.4%", "--full", model=MODEL)
    assert done.returncode == 1, done.stderr
    assert "is not in the catalog: it is looked for on the hub" in done.stderr
    assert "no record in the catalog: records are of checkpoints of the catalog" in done.stderr
    assert re.search(r"82\.4 % .* not-reproduced", done.stdout)


def test_a_folder_with_a_claim_of_ones_own(fresh: Site) -> None:
    folder = str(fresh.place_of_model)
    done = fresh.run("--claim", f"{PROTOCOL}=70.0", fresh.own_data, model=folder)
    assert done.returncode == 0, done.stderr
    assert "weights: in " in done.stderr
    assert "reproduced" in done.stdout


def test_claims_by_hand_of_a_checkpoint_are_no_record(fresh: Site) -> None:
    for name in ("demo-lab", "demo-paper"):
        (fresh.place.catalog / "claims" / f"{name}.yaml").unlink()
    done = fresh.run("--claim", f"{PROTOCOL}=70", "--max-items", "32")
    assert done.returncode == 3, done.stderr
    assert "no record in the catalog: claims given by hand are no published scores" in done.stderr
    assert not (fresh.place.catalog / "verifications").exists()


# ---- comparison with an earlier run


@pytest.fixture
def whole_run(fresh: Site) -> Site:
    """A site whose catalog holds a record of another revision with the result of every item."""
    asked = fresh.run("--tolerance", "0", "--full")
    assert asked.returncode == 1, asked.stderr
    assert max(claim.items_used for claim in fresh.verification.claims) == ITEMS
    return fresh


def test_a_comparison_needs_few_items(whole_run: Site) -> None:
    first = whole_run.place.record
    plan = whole_run.run("--dry-run")
    assert f"compared with the item results of {CHECKPOINT}/{first.stem}" in plan.stderr
    done = whole_run.run("--format", "json")
    assert done.returncode == 1, done.stderr
    true, false = json.loads(done.stdout)["claims"]
    assert (true["mode"], true["verdict"], true["tolerance"]) == ("comparison", "reproduced", "0.01")
    assert (false["mode"], false["verdict"]) == ("comparison", "not-reproduced")
    assert true["items"] < 400
    second = next(v for name, v in records(whole_run).items() if not name.endswith(first.stem))
    assert {claim.compared_with for claim in second.claims} == {f"{CHECKPOINT}/{first.stem}"}
    path = first.with_name(f"{first.stem}-2.yaml")
    recheck = CliRunner().invoke(app, ["verify", "recheck", str(path)])
    assert recheck.exit_code == 0, recheck.output
    assert recheck.output.count("holds") == 2
    assert CliRunner().invoke(app, ["check", "--catalog", str(whole_run.place.catalog)]).exit_code == 0
    first.with_suffix(".items.json").unlink()
    recheck = CliRunner().invoke(app, ["verify", "recheck", str(path)])
    assert recheck.exit_code == 1
    assert "that it compares with" in recheck.output


def test_a_comparison_says_what_its_interval_is(whole_run: Site) -> None:
    done = whole_run.run()
    assert re.search(r"compared with islands-tiny/\S+: estimate and interval are of the items drawn alone", done.stdout)


def test_polling_if_that_is_wished(whole_run: Site) -> None:
    done = whole_run.run("--format", "json", "--mode", "polling", "--max-items", "64")
    assert {row["mode"] for row in json.loads(done.stdout)["claims"]} == {"polling"}


def test_a_changed_item_file_is_not_compared_with(whole_run: Site) -> None:
    items = whole_run.place.record.with_suffix(".items.json")
    items.write_text(items.read_text() + " ")
    done = whole_run.run("--max-items", "32")
    assert "is not compared with: its item file is not the one that the record names" in done.stderr
    done = whole_run.run("--max-items", "32", "--mode", "comparison")
    assert done.returncode == 4
    assert "no record has item results that these scores can be compared with" in done.stderr


def test_a_comparison_without_any_record(in_process: Site) -> None:
    result = verify(in_process, CHECKPOINT, "--mode", "comparison")
    assert result.exit_code == 4
    assert "the catalog has no record of islands-tiny to compare with" in result.output


def test_part_of_a_run_serves_in_another_order_only(reference: Reference, fresh: Site) -> None:
    """The first items of this order would make a comparison wrong; those of another revision's order help."""
    shutil.copytree(reference.site.place.catalog / "verifications", fresh.place.catalog / "verifications")
    same = fresh.run("--mode", "comparison")
    assert same.returncode == 4, same.stderr
    path = fresh.place.record
    path.write_text(path.read_text().replace("revision: " + "d3" * 20, "revision: " + "e4" * 20))
    done = fresh.run("--mode", "comparison", "--format", "json", "--tolerance", "3", "--full")
    assert done.returncode == 1, done.stderr
    rows = json.loads(done.stdout)["claims"]
    assert [row["mode"] for row in rows] == ["comparison", "comparison"]
    assert [row["verdict"] for row in rows] == ["reproduced", "not-reproduced"]


# ---- names


def test_a_wrong_name(in_process: Site) -> None:
    result = verify(in_process, "ilands-tiny")
    assert result.exit_code == 4
    assert "there is no checkpoint or family 'ilands-tiny'; did you mean islands-tiny" in result.output


def test_a_family_is_its_smallest_checkpoint(in_process: Site) -> None:
    result = verify(in_process, "islands", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "Islands is a family of 1: this is islands-tiny" in result.output


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--tasks", "siq"), "did you mean sciq"),
        (("--tasks", "piqa"), "no published score of islands-tiny is under piqa; its scores are checked by sciq_0shot"),
        (("--suite", "compct"), "there is no suite 'compct'; did you mean compact?"),
        (("--claim", "siq.acc.0-shot.lm-eval=3"), "did you mean sciq.acc.0-shot.lm-eval"),
        (("--claim", f"{PROTOCOL}=much"), "is no number"),
        (("--claim", f"{PROTOCOL}=170"), "is no percentage"),
        (("--claim", PROTOCOL), "is not PROTOCOL=PERCENT"),
    ],
)
def test_names_that_mean_nothing(in_process: Site, option: tuple[str, str], message: str) -> None:
    result = verify(in_process, CHECKPOINT, *option)
    assert result.exit_code == 4
    assert message in " ".join(result.output.split())


@pytest.mark.parametrize(
    "option",
    [
        ("--tolerance", "60"), ("--tolerance", "1/3"), ("--risk", "2"), ("--batch", "many"), ("--batch", "0"),
        ("--data", "x=nix"), ("--dtype", "int3"), ("--mode", "guess"), ("--max-items", "0"), ("--format", "xml"),
        ("--colour", "red"),
    ],
)  # fmt: skip
def test_wrong_use(in_process: Site, option: tuple[str, str]) -> None:
    assert verify(in_process, CHECKPOINT, *option, "--dry-run").exit_code == 2


def test_a_catalog_with_errors_is_no_verdict(in_process: Site) -> None:
    (in_process.place.catalog / "protocols" / "sciq.yaml").write_text("protocols: 3\n")
    assert verify(in_process, CHECKPOINT).exit_code == 4


def test_a_library_that_is_not_installed(in_process: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else find(name))
    result = verify(in_process, CHECKPOINT)
    assert result.exit_code == 4
    assert "torch is not installed; `pip install 'gptalt-catalog[verify]'`" in result.output
    assert not (in_process.place.folder / "home").exists()
