"""Data by hub repository and revision, through the real client and the loopback hub."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("lm_eval")

from gptalt_catalog.verify.hub.loopback import LoopbackHub
from tests.verify.hub.test_real_clients import run
from tests.verify.tasks import rows

pytestmark = pytest.mark.verify

PLAN = """
import json, sys
sys.path.insert(0, {checkout!r})
from huggingface_hub import HfApi
from gptalt_catalog.verify.pipeline.planner import plan
from gptalt_catalog.verify.pipeline.protocols import Run
from gptalt_catalog.verify.pipeline.requests import PipelineError
from gptalt_catalog.verify.pipeline.tasks import DataSources, TaskLibrary
commit = HfApi().dataset_info("aps/super_glue").sha
said = {{"commit": commit}}
for name, revisions in (("pinned", {{"aps/super_glue": commit}}), ("newest", {{}}), ("gone", {{"aps/super_glue": "0" * 40}})):
    try:
        one = plan(TaskLibrary(sources=DataSources(revisions)).load(Run.parse("boolq_0shot")), "s", "r")
        said[name] = [one.planned.items, one.planned.data, one.planned.manifest]
    except PipelineError as error:
        said[name] = str(error)
print(json.dumps(said))
"""


def test_data_come_from_a_hub_at_a_revision(tmp_path: Path) -> None:
    from pyarrow import Table

    from tests.catalogs import CHECKOUT

    folder = tmp_path / "data"
    table = Table.from_pylist([rows.boolq(i) for i in range(9)])
    rows.write_card(folder, {"boolq": rows.write_config(folder, "boolq", {"validation": table})})
    with LoopbackHub(folders={"datasets/aps/super_glue": folder}) as hub:
        said = run(PLAN.format(checkout=str(CHECKOUT)), hub, tmp_path / "home")
    assert said["pinned"][:2] == [9, {"aps/super_glue": said["commit"]}]
    assert said["newest"] == [9, {"aps/super_glue": "pending"}, said["pinned"][2]]
    assert "boolq_0shot: the data of aps/super_glue cannot be read" in said["gone"]
