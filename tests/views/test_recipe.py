from __future__ import annotations

from gptalt_catalog.views.lineage import Lineage
from gptalt_catalog.views.recipe import recipes
from tests.views.entries import catalog_of, checkpoint, family


def training(**fields: object) -> dict[str, object]:
    return {"evidence": "readme", **fields}


def test_checkpoints_made_alike_stand_together() -> None:
    catalog = catalog_of(
        {
            "models/root.yaml": family({"root-7b": checkpoint(bases=[]), "root-13b": checkpoint(bases=[])}),
            "models/fam.yaml": family(
                {
                    "v1-7b": checkpoint(bases=[("fine-tuned", "root-7b")], training=training(samples="70k samples")),
                    "v1-13b": checkpoint(bases=[("fine-tuned", "root-13b")], training=training(samples="70k samples")),
                    "v2": checkpoint(bases=[("fine-tuned", "root-7b")], training=training(samples="125k samples")),
                    "lost": checkpoint(
                        bases="unknown", training=training(datasets=["pages"], tokens_seen="undisclosed")
                    ),
                }
            ),
        }
    )
    found = recipes(Lineage(catalog), "fam")
    assert [r.checkpoints for r in found] == [("v1-7b", "v1-13b"), ("v2",), ("lost",)]
    assert found[0].bases == (("fine-tuned", "root"),)
    assert found[0].datasets is None
    assert str(found[0].samples) == "70k samples"
    assert found[2].bases is None
    assert found[2].datasets == ("pages",)
    assert found[2].tokens is None
    (scratch,) = recipes(Lineage(catalog), "root")
    assert scratch.bases == ()
