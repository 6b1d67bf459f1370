"""What the site shows of verification records: signs beside scores, tables, pages, data files, search."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from gptalt_catalog.cli.main import app
from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.verification import Comparability, Parent, PrecisionLoss, Verdict
from gptalt_catalog.render.generate import generate
from gptalt_catalog.render.model_table import model_table
from gptalt_catalog.render.pages import all_pages
from gptalt_catalog.render.pages.verified import cost, first_to_verify, repeat_command
from gptalt_catalog.render.search_index import search_index
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings.verified import EN, ZH, VerifiedStrings
from gptalt_catalog.views.verified import TRUSTS, VerificationBook
from tests.catalogs import CHECKOUT, GOOD, read
from tests.records import FALSE, GPU, RECORD, TRUE, catalog_with_a_record
from tests.render.pages import Parsed, parsed, split

pytest.importorskip("numpy", reason="audits need numpy, which comes with the extras `verify` and `dev`")

SITE = CHECKOUT / "site"
PAGE = f"verifications/{RECORD}"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return catalog_with_a_record(tmp_path_factory.mktemp("catalog"))


@pytest.fixture(scope="module")
def docs(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("docs")
    generate(read(root).catalog, SITE, out)
    return out


def page(docs: Path, path: str) -> Parsed:
    return parsed(split((docs / path).read_text(encoding="utf-8"))[1])


def words(found: Parsed) -> str:
    return " ".join(" ".join(found.text).split())


def signs(found: Parsed) -> list[dict[str, str]]:
    """The attributes of every sign of a verdict on a page."""
    marks: list[dict[str, str]] = []
    for tag, name, value in found.attributes:
        if tag == "a" and name == "class" and value.startswith("ga-vf"):
            marks.append({"class": value})
        elif tag == "a" and marks and len(marks[-1]) < 4 and name in ("href", "title", "aria-label"):
            marks[-1][name] = value
    return marks


def test_every_value_has_words_in_both_languages() -> None:
    for strings in (EN, ZH):
        assert set(strings.verdicts) == set(get_args(Verdict))
        assert set(strings.comparabilities) == set(get_args(Comparability))
        assert tuple(strings.trusts) == TRUSTS
        assert set(strings.self_checks) == {"passed", "fallback", "not-run"}
        assert set(strings.changes) == {"revision", "suite", "software", "data"}
    for field in fields(VerifiedStrings):
        one, other = getattr(EN, field.name), getattr(ZH, field.name)
        if isinstance(one, str):
            places = [sorted(set(re.findall(r"\{(\w+)\}", text))) for text in (one, other)]
            assert places[0] == places[1], field.name


@pytest.mark.parametrize(
    ("language", "verdicts"), [("en", ("reproduced", "not reproduced")), ("zh", ("已复现", "未能复现"))]
)
def test_the_page_of_a_record_says_all_that_it_holds(
    docs: Path, root: Path, language: str, verdicts: tuple[str, str]
) -> None:
    record = read(root).catalog.verifications[RECORD]
    found = page(docs, f"{language}/{PAGE}.md")
    text = words(found)
    for word in (
        *verdicts,
        f"{TRUE} %",
        f"{FALSE} %",
        GPU,
        "ab" * 20,
        record.responses_sha256,
        record.items_sha256,
        "0.4.13",
    ):
        assert word in text, word
    for claim in record.claims:
        assert f"{100 * float(claim.estimate):.2f} %" in text
        assert f"{100 * float(claim.interval[0]):.1f}–{100 * float(claim.interval[1]):.1f}" in text
        assert f"{claim.items_used:,}" in text
    assert f"gptalt-catalog verify recheck catalog/verifications/{RECORD}.yaml" in text
    assert repeat_command(record) in text
    links = found.all("href")
    assert f"https://github.com/example/catalog/blob/main/catalog/verifications/{RECORD}.items.json" in links, links


def test_the_commands_on_the_page_are_right(root: Path) -> None:
    rechecked = CliRunner().invoke(app, ["verify", "recheck", str(root / "verifications" / f"{RECORD}.yaml")])
    assert rechecked.exit_code == 0, rechecked.output
    record = read(root).catalog.verifications[RECORD]
    command = repeat_command(record)
    assert command == f"gptalt-catalog verify small-70m@{'ab' * 20} --tolerance 3 --risk 0.05 --dtype bfloat16"
    other = repeat_command(record.model_copy(update={"suite": "complete"}))
    assert "--suite complete" in other
    known = CliRunner().invoke(app, ["verify", "audit", "--help"], env={"COLUMNS": "300"}).output
    assert all(word in known for word in other.split() if word.startswith("--"))


@pytest.mark.parametrize("path", ["models/small", "benchmarks/quiz"])
def test_signs_beside_scores_lead_to_their_rows_on_the_page(docs: Path, path: str) -> None:
    found = page(docs, f"en/{path}.md")
    marks = signs(found)
    kinds = {mark["class"] for mark in marks}
    assert kinds == {"ga-vf ga-vf--yes", "ga-vf ga-vf--no"}
    ids = set(found.all("id"))
    for mark in marks:
        assert mark["href"].removeprefix("#") in ids
        assert mark["title"] == mark["aria-label"]
        assert "tolerance 3 points, risk 5 %, Card & Co. 4090 · bfloat16, 2026-11-25, self-reported" in mark["title"]
    assert "32.50" in words(found)  # published, and never run again
    assert len({mark["href"] for mark in marks}) == 2


def test_on_other_pages_a_sign_leads_to_the_record(docs: Path) -> None:
    (first, *_) = signs(page(docs, "en/sources/small-repository.md"))
    assert first["href"] == f"../../{PAGE}/#_v-{RECORD.replace('/', '-')}-1"


def test_only_rankings_with_a_verdict_can_be_narrowed_to_them(docs: Path) -> None:
    source = (docs / "en/benchmarks/quiz.md").read_text(encoding="utf-8")
    assert source.count("ga-onlyvf") == 2  # the protocols of 30.5 and 31.5; 32.5 was not run again
    assert source.count('<tr class="ga-notvf">') == 0


def test_the_list_counts_and_names_the_records(docs: Path) -> None:
    found = page(docs, "en/verifications/index.md")
    text = words(found)
    assert "1 of 1 published scores that can be run have a current verdict (100.0 %)." in text
    assert "There is no record yet" not in text
    assert f"../{PAGE}/" in found.all("href")
    assert "✓ 1 reproduced ✕ 1 not reproduced" in text
    assert "self-reported" in text
    chinese = words(page(docs, "zh/verifications/index.md"))
    assert "可运行的 1 条公开成绩中，1 条有现行结论（100.0 %）。" in chinese


def test_without_a_record_the_page_says_so_and_how_to_make_the_first(tmp_path: Path) -> None:
    whole = read(CHECKOUT / "catalog").catalog
    catalog = Catalog(tuple(d for d in whole.documents if d.kind.name != "verification"))
    data = SiteData(catalog)
    first = first_to_verify(data)
    assert first in catalog.checkpoints
    generate(Catalog(tuple(d for d in read(GOOD).catalog.documents if d.kind.name != "verification")), SITE, tmp_path)
    text = words(page(tmp_path, "en/verifications/index.md"))
    assert EN.none in text
    assert "0 of 1 published scores that can be run have a current verdict (0.0 %)." in text
    assert "Hardware" not in text
    for command in (
        "make setup-verify",
        "gptalt-catalog verify CHECKPOINT --dry-run",
        "gptalt-catalog demo",
    ):
        assert command in text
    assert signs(page(tmp_path, "en/models/small.md")) == []
    assert "ga-verified" not in (tmp_path / "en/models/small.md").read_text()


def test_a_stale_record_is_marked_wherever_it_is_shown(tmp_path: Path) -> None:
    old = catalog_with_a_record(tmp_path / "old")
    suite = old / "suites" / "compact.yaml"
    suite.write_text(suite.read_text().replace("version: 1", "version: 2"))
    generate(read(old).catalog, SITE, tmp_path / "docs")
    marks = signs(page(tmp_path / "docs", "en/models/small.md"))
    assert {mark["class"] for mark in marks} == {"ga-vf ga-vf--yes ga-vf--stale", "ga-vf ga-vf--no ga-vf--stale"}
    assert marks[0]["title"].endswith("stale: the suite compact is now version 2, the record ran version 1")
    text = words(page(tmp_path / "docs", f"en/{PAGE}.md"))
    assert "the suite compact is now version 2, the record ran version 1" in text
    listed = words(page(tmp_path / "docs", "zh/verifications/index.md"))
    assert "0 条有现行结论" in listed
    assert "已过时" in listed
    rows = list(csv.DictReader(io.StringIO((tmp_path / "docs/en/data/claims.csv").read_text())))
    assert {row["verdict"] for row in rows} == {""}
    assert SiteData(read(old).catalog).verified.trust_of("small-70m") == "stale"


def test_a_quantized_record_says_what_quantization_changes_and_nothing_of_scores(tmp_path: Path) -> None:
    catalog = read(catalog_with_a_record(tmp_path / "a")).catalog
    environment = catalog.verifications[RECORD].environment.model_copy(
        update={"dtype": "nf4", "self_check_note": "not on this card", "isolation": "namespaces"}
    )
    sizes = {"weights_bytes": 4 * 10**7, "full_weights_bytes": 14 * 10**7}
    loss = PrecisionLoss(
        record="small-70m/2026-11-01", task="quiz_0", metric="acc", difference="-0.0125", interval=("-0.03", "0.005"),
        risk="0.05", items_used=200, items=200, **sizes,
    )  # fmt: skip
    parent = Parent(role="delta", repository="lab/delta", revision="cd" * 20, weights_sha256={"a": "ab" * 32})
    changes = {"environment": environment, "precision_loss": (loss,), "parents": (parent,)}
    quantized = read(catalog_with_a_record(tmp_path / "b", **changes)).catalog
    generate(quantized, SITE, tmp_path / "docs")
    text = words(page(tmp_path / "docs", f"en/{PAGE}.md"))
    for said in (
        "Run in nf4: this record says what quantization changes", "-1.2 points (-3.0 to +0.5)", "0.04 instead of 0.14 GB",
        "lab/delta", "not on this card", "namespaces", "--precision nf4",
    ):  # fmt: skip
        assert said in text, said
    assert signs(page(tmp_path / "docs", "en/models/small.md")) == []


def test_a_value_that_cannot_be_is_shown_without_a_run(tmp_path: Path) -> None:
    catalog = read(catalog_with_a_record(tmp_path / "a")).catalog
    first, second = catalog.verifications[RECORD].claims
    nothing = {"verdict": "claim-inconsistent", "mode": "none", "items_used": 0, "right": "0", "estimate": "0.000000"}
    other = {"mode": "comparison", "compared_with": RECORD}
    claims = (first.model_copy(update=nothing), second.model_copy(update=other))
    generate(read(catalog_with_a_record(tmp_path / "b", claims=claims)).catalog, SITE, tmp_path / "docs")
    (mark, *_) = signs(page(tmp_path / "docs", "en/models/small.md"))
    assert mark["title"] == "impossible value: no item had to be run, 2026-11-25, self-reported"
    text = words(page(tmp_path / "docs", f"en/{PAGE}.md"))
    assert "0.00 %" not in text
    assert f"compared item by item with {RECORD}" in text


def test_data_files_hold_the_verdicts(docs: Path) -> None:
    data = docs / "en" / "data"
    claims = {row["value"]: row for row in csv.DictReader(io.StringIO((data / "claims.csv").read_text()))}
    assert (claims[TRUE]["verdict"], claims[TRUE]["verification"]) == ("reproduced", RECORD)
    assert (claims[FALSE]["verdict"], claims["32.5"]["verdict"]) == ("not-reproduced", "")
    rows = json.loads((data / "verifications.json").read_text())
    assert [(row["claimed"], row["verdict"], row["hardware"], row["stale"]) for row in rows] == [
        (TRUE, "reproduced", GPU, ""), (FALSE, "not-reproduced", GPU, ""),
    ]  # fmt: skip
    assert len((data / "verifications.csv").read_text().splitlines()) == 3
    assert json.loads((data / "catalog.json").read_text())["verifications"][RECORD]["checkpoint"] == "small-70m"
    assert json.loads((data / PAGE).with_suffix(".json").read_text())["id"] == RECORD


def test_the_downloads_are_named_on_the_page_about_the_data(docs: Path) -> None:
    found = page(docs, "zh/about/index.md")
    assert {"../../data/verifications.csv", "../../data/verifications.json"} <= set(found.all("href"))


def test_scripts_and_search_get_the_verdicts(docs: Path, root: Path) -> None:
    data = SiteData(read(root).catalog)
    table = model_table(data, "en")
    (row,) = [row for row in table["rows"] if row["id"] == "small-70m"]
    assert row["verified"] == "self-reported"
    classes, sign, says, address = row["marks"]["quiz"]
    assert (classes, sign, address) == ("ga-vf ga-vf--yes", "✓", f"{PAGE}/#_v-{RECORD.replace('/', '-')}-1")
    assert says.startswith("reproduced: run again 30.21 (29.0–32.5), tolerance 3 points")
    assert table["order"]["trusts"] == ("stale", *TRUSTS)
    assert all(f"trust_{value.replace('-', '_')}" in table["choosing"] for value in table["order"]["trusts"])
    details = json.loads((docs / "en/assets/data/families/small.json").read_text())["small-70m"]["scores"]
    assert {score[2]: score[5][1] for score in details if len(score) > 5} == {f"{TRUE} %": "✓", f"{FALSE} %": "✕"}
    index = search_index(data, "zh", all_pages(data, "zh"))
    assert ["Small 70M，2026-11-25 重新运行", f"{PAGE}/"] in [item[1:3] for item in index["items"]]
    assert ["复核记录", "verifications/"] in [item[1:3] for item in index["items"]]


def test_cost_counts_the_items_of_a_task_once(root: Path) -> None:
    claims = VerificationBook(read(root).catalog).of_record(RECORD)
    used = [one.audited.items_used for one in claims]
    assert cost(claims) == (sum(used), 400)
    assert cost([claims[0], claims[0]]) == (used[0], 200)
    assert cost([]) == (0, 0)
