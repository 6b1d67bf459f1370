from __future__ import annotations

from gptalt_catalog.render.pages.families import span, split_shared
from gptalt_catalog.views.facts import entry_view
from tests.catalogs import GOOD, read


def test_facts_that_all_checkpoints_share_are_shown_once() -> None:
    catalog = read(GOOD).catalog
    views = [entry_view(catalog, "checkpoint", key).sections for key in catalog.families["small"].checkpoints]
    shared, own = split_shared(views)
    shared_fields = {".".join(row.path[-2:]) for section in shared for row in section.rows}
    assert {"shape.layers", "parameters.total", "training.datasets"} <= shared_fields
    own_fields = [{".".join(row.path[-2:]) for section in view for row in section.rows} for view in own]
    assert own_fields[0] == {"release.date", "hub.repository", "lineage.bases", "license.weights"}
    assert all(not fields & shared_fields for fields in own_fields)
    before = sum(len(section.rows) for view in views for section in view)
    after = 2 * sum(len(s.rows) for s in shared) + sum(len(s.rows) for view in own for s in view)
    assert before == after


def test_one_checkpoint_shares_nothing() -> None:
    catalog = read(GOOD).catalog
    views = [entry_view(catalog, "checkpoint", "small-70m").sections]
    assert split_shared(views) == ((), views)


def test_spans() -> None:
    assert span([]) == ""
    assert span(["7B"]) == "7B"
    assert span(["7B", "13B", "65B"]) == "7B – 65B"
