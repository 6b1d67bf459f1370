from __future__ import annotations

import csv
import io
import json

from gptalt_catalog.views.export import (
    CHECKPOINT_COLUMNS,
    CLAIM_COLUMNS,
    checkpoint_record,
    claim_record,
    csv_text,
    entry_record,
)
from gptalt_catalog.views.model_list import model_rows
from gptalt_catalog.views.scores import ScoreBook
from tests.catalogs import GOOD, read


def test_records_have_their_columns_and_survive_csv() -> None:
    catalog = read(GOOD).catalog
    records = [checkpoint_record(row) for row in model_rows(catalog)]
    assert all(tuple(record) == CHECKPOINT_COLUMNS for record in records)
    back = list(csv.DictReader(io.StringIO(csv_text(CHECKPOINT_COLUMNS, records))))
    assert [row["id"] for row in back] == ["small-70m", "small-70m-chat"]
    assert back[1]["commercial"] == "no"
    scores = [claim_record(score) for score in ScoreBook(catalog).scores]
    assert all(tuple(record) == CLAIM_COLUMNS for record in scores)
    assert [record["value"] for record in scores] == ["30.5", "31.5", "32.5", "40.0"]  # printed digits are kept
    assert scores[3]["reasons"] == (
        "unknown-part shots; unknown-part prompt; unknown-part scoring; unknown-part harness; checkpoint-unstated"
    )


def test_spreadsheets_do_not_run_texts_as_formulas() -> None:
    text = csv_text(("a", "b", "c"), [{"a": "=1+1", "b": "-5.0", "c": None}, {"a": "@x", "b": 2, "c": "plain"}])
    assert text.splitlines() == ["a,b,c", "'=1+1,-5.0,", "'@x,2,plain"]


def test_an_entry_as_json_is_what_its_file_says() -> None:
    entry = read(GOOD).catalog.families["small"]
    record = json.loads(json.dumps(entry_record("small", entry)))
    assert record["id"] == "small"
    assert record["checkpoints"]["small-70m"]["parameters"]["total"] == 70426624
    assert "superseded_by" not in record
