from __future__ import annotations

from gptalt_catalog.views.corrections import corrections, printed_row
from tests.views.entries import PIECE, TEXT, catalog_of, checkpoint, family

SURVEY = {
    "place": "Table 1",
    "params": ["7B", "13B"],
    "backbone": "Pythia",
    "errors": [
        {"error": "E06", "field": "backbone", "printed": "Pythia", "note": TEXT, "evidence": ["readme", "missing"]},
        {"error": "E02", "field": "params", "printed": "7B", "note": TEXT, "evidence": "readme"},
    ],
}
TOOL = {
    "name": "Tool",
    "summary": TEXT,
    "evidence": {"readme": PIECE},
    "category": "framework",
    "survey": {"place": "Table 5", "name": "Tol", "by": "ETH", "correction": TEXT},
}


def test_corrections_are_ordered_by_number_with_their_evidence() -> None:
    plain_tool = {**TOOL, "survey": {"place": "Table 5", "name": "Tool"}}
    catalog = catalog_of(
        {
            "models/fam.yaml": family({"a": checkpoint()}, survey=SURVEY),
            "tools/tool.yaml": TOOL,
            "tools/fine.yaml": plain_tool,
        }
    )
    found = corrections(catalog, "zh")
    assert [(c.kind, c.entry, c.error, c.field) for c in found] == [
        ("family", "fam", "E02", "params"),
        ("family", "fam", "E06", "backbone"),
        ("tool", "tool", "", "name"),
    ]
    assert [piece.title for piece in found[1].evidence] == ["Paper"]
    assert found[2].printed == "Tol · ETH"


def test_the_printed_row_is_verbatim_and_leaves_out_empty_cells() -> None:
    catalog = catalog_of({"models/fam.yaml": family({"a": checkpoint()}, survey=SURVEY), "models/x.yaml": family({})})
    assert printed_row(catalog.families["fam"]) == (("params", "7B, 13B"), ("backbone", "Pythia"))
    assert printed_row(catalog.families["x"]) == ()
