"""The demonstration, run as a person runs it."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gptalt_catalog.cli.main import app
from gptalt_catalog.loading.catalog_loader import CatalogReader
from gptalt_catalog.verify.demo import showing
from gptalt_catalog.verify.demo.catalog import CHECKPOINT, FALSE_SCORE, write_catalog
from gptalt_catalog.verify.demo.making import ITEMS, TRUE_SCORE, DemoError, items
from gptalt_catalog.verify.record import recheck


def test_the_catalog_has_no_errors_but_for_the_contradiction_that_it_is_about(tmp_path: Path) -> None:
    problems = CatalogReader(write_catalog(tmp_path / "catalog")).read().problems
    assert [problem.code for problem in problems] == ["claim-conflict"]


def test_the_true_score_follows_from_what_is_taught() -> None:
    benchmark = items()
    assert len({item.question for item in benchmark}) == len(benchmark) == ITEMS
    assert f"{100 * sum(item.taught == item.color for item in benchmark) / ITEMS:.1f}" == TRUE_SCORE
    for item in benchmark:
        assert len({item.color, *item.others}) == 4
        assert item.taught in {item.color, *item.others}


def test_nothing_of_the_user_reaches_a_step(tmp_path: Path) -> None:
    given = {
        "PATH": "/bin",
        "HF_TOKEN": "hf_secret",
        "HF_HUB_OFFLINE": "1",
        "https_proxy": "http://proxy",
        "USER": "me",
    }
    found = showing.environment(showing.Place(tmp_path), {"HF_ENDPOINT": "http://127.0.0.1:1"}, given)
    assert not {"HF_TOKEN", "HF_HUB_OFFLINE", "https_proxy", "USER"} & set(found)
    assert found["HF_ENDPOINT"] == "http://127.0.0.1:1"
    assert all(Path(found[name]).is_relative_to(tmp_path) for name in ("HF_HOME", "XDG_CACHE_HOME", "TMPDIR"))


def test_without_keep_the_folder_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Path] = []

    def shown(folder: Path, say: Callable[[str], None]) -> int:
        say("shown")
        seen.append(folder)
        return 1

    monkeypatch.setattr(showing, "show", shown)
    result = CliRunner().invoke(app, ["demo"])
    assert result.exit_code == 1
    assert "shown" in result.stdout
    assert not seen[0].exists()


def test_what_keeps_it_from_being_shown_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "NEEDED", ("no_such_module",))
    result = CliRunner().invoke(app, ["demo"])
    assert result.exit_code == 4
    assert "no_such_module not installed; `pip install 'gptalt-catalog[verify]'`" in result.output


def test_a_record_without_both_verdicts_is_no_demonstration(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="verify wrote no record"):
        _ = showing.Place(tmp_path).record


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    write_catalog(tmp_path / "catalog")
    with pytest.raises(DemoError, match="holds other files"):
        showing.claim_folder(showing.Place(tmp_path))
    assert (tmp_path / "catalog" / "catalog.yaml").is_file()
    fresh = showing.Place(tmp_path / "fresh")
    fresh.folder.mkdir()
    showing.claim_folder(fresh)
    write_catalog(fresh.catalog)
    showing.claim_folder(fresh)
    assert not fresh.catalog.exists()


def test_a_site_that_does_not_show_the_verdicts_is_no_demonstration(tmp_path: Path) -> None:
    place = showing.Place(tmp_path)
    place.catalog.joinpath("verifications", CHECKPOINT).mkdir(parents=True)
    place.catalog.joinpath("verifications", CHECKPOINT, "2026-11-25-d3d3d3d3.yaml").touch()
    with pytest.raises(DemoError, match=r"the site has no page site/verifications/index\.html"):
        showing.told_pages(place, print)
    for page in ("verifications", f"verifications/{CHECKPOINT}/2026-11-25-d3d3d3d3", "models/islands"):
        (place.build / "site" / page).mkdir(parents=True, exist_ok=True)
        (place.build / "site" / page / "index.html").write_text("<b>reproduced</b>")
    with pytest.raises(DemoError, match="the record's page does not show not-reproduced"):
        showing.told_pages(place, print)
    place.record_page.write_text("<i>reproduced</i><i>not reproduced</i>")
    said: list[str] = []
    showing.told_pages(place, said.append)
    assert said[-1].endswith(f"gptalt-catalog site serve --catalog {place.catalog}")


@pytest.mark.verify
@pytest.mark.slow
def test_one_claim_is_reproduced_and_the_other_is_not(tmp_path: Path) -> None:
    if any(importlib.util.find_spec(name) is None for name in showing.NEEDED):
        pytest.skip("the extra `verify` is not installed")
    home, folder, here = tmp_path / "home", tmp_path / "demo", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "gptalt_catalog.cli.main", "demo", "--keep", str(folder)],
        env={k: v for k, v in os.environ.items() if not k.startswith("XDG_")} | {"HOME": str(home)},
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"demo-lab claims {TRUE_SCORE} %: reproduced" in done.stdout
    assert f"demo-paper claims {FALSE_SCORE} %: not-reproduced" in done.stdout
    assert "problems: 0 errors" in done.stdout
    assert list(home.rglob("*")) == list(here.rglob("*")) == []

    place = showing.Place(folder)
    assert str(place.record) in done.stdout
    assert str(place.record_page) in done.stdout
    shown = place.record_page.read_text(encoding="utf-8")
    assert shown.count(">reproduced<") == shown.count(">not reproduced<") == 1
    model = (place.build / "site" / "models" / "islands" / "index.html").read_text(encoding="utf-8")
    assert "ga-vf ga-vf--yes" in model
    assert "ga-vf ga-vf--no" in model
    assert (place.build / "site" / "zh" / "verifications" / "index.html").is_file()
    assert str(tmp_path) not in place.record.read_text()
    (verification,) = CatalogReader(place.catalog).read().catalog.verifications.values()
    assert verification.checkpoint == CHECKPOINT
    assert all(claim.items_used < ITEMS for claim in verification.claims)
    results = place.record.with_suffix(".items.json").read_text()
    assert all(one.holds for one in recheck(verification, results))
    assert json.loads(results)["version"] == 1
