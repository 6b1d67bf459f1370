"""The public clients, unmodified, against the loopback hub; each in a process of its own, as they read
their environment when they are imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gptalt_catalog.verify.hub.download import FetchOptions, fetch, remove
from gptalt_catalog.verify.hub.loopback import LoopbackHub
from gptalt_catalog.verify.hub.settings import HubSettings
from tests.verify.hub.repositories_for_tests import NAME, Site, weights
from tests.verify.hub.shared_data import STORIES, benchmark_folders, weight_folders

pytestmark = pytest.mark.verify
pytest.importorskip("huggingface_hub")


def run(code: str, hub: LoopbackHub, home: Path, **environment: str) -> Any:
    """Run a program with the hub as its hub; what it prints last is JSON."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING"))}
    given = (
        kept
        | hub.environment()
        | {"HF_HOME": str(home), "HF_HUB_DISABLE_PROGRESS_BARS": "1", "PYTHONWARNINGS": "ignore"}
        | environment
    )
    done = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


CLIENT = """
import json
from pathlib import Path
from huggingface_hub import HfApi, hf_hub_download, snapshot_download
from huggingface_hub.errors import EntryNotFoundError, GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError
api, name, said = HfApi(), "tiny-lab/tiny", {}
folder = Path(snapshot_download(name))
said["files"] = {p.name: len(p.read_bytes()) for p in folder.iterdir()}
said["commit"] = folder.name
info = api.model_info(name, files_metadata=True)
said["sizes"] = {s.rfilename: s.size for s in info.siblings}
said["lfs"] = [s.lfs.sha256 for s in info.siblings if s.lfs]
said["refs"] = [b.name for b in api.list_repo_refs(name).branches]
said["tree"] = sorted(f.path for f in api.list_repo_tree(name, recursive=True))
said["paths"] = [f.path for f in api.get_paths_info(name, ["config.json", "nix"])]
said["exists"] = [api.file_exists(name, "config.json"), api.file_exists(name, "nix"), api.repo_exists("tiny-lab/nix")]
said["renamed"] = Path(hf_hub_download("old-lab/old", "config.json")).read_text()[:1]
for key, error, call in [
    ("revision", RevisionNotFoundError, lambda: api.model_info(name, revision="nix")),
    ("gone", RevisionNotFoundError, lambda: hf_hub_download(name, "config.json", revision="nix")),
    ("entry", EntryNotFoundError, lambda: hf_hub_download(name, "nix")),
    ("repository", RepositoryNotFoundError, lambda: api.model_info("tiny-lab/nix")),
    ("gated", GatedRepoError, lambda: hf_hub_download("tiny-lab/gated", "config.json")),
]:
    try:
        call()
        said[key] = "nothing was raised"
    except error as caught:
        said[key] = error.__name__ == type(caught).__name__ or isinstance(caught, error)
said["opened"] = Path(hf_hub_download("tiny-lab/gated", "config.json", token="hf_key")).read_text()[:1]
print(json.dumps(said))
"""


def test_huggingface_hub(site: Site) -> None:
    gated = site.source.parents[1] / "gated/main"
    gated.mkdir(parents=True)
    (gated / "config.json").write_text("{}")
    site.hub.state.gated["tiny-lab/gated"] = "hf_key"
    site.hub.state.renamed["old-lab/old"] = NAME
    site.hub.state.page = 2
    said = run(CLIENT, site.hub, site.cache)
    sizes = {p.name: p.stat().st_size for p in site.source.iterdir()}
    assert said["files"] == said["sizes"] == sizes
    assert len(said["lfs"]) == 1
    assert (said["refs"], said["tree"], said["paths"]) == (["main"], sorted(sizes), ["config.json"])
    assert said["exists"] == [True, False, False]
    assert (said["renamed"], said["opened"]) == ("{", "{")
    assert [said[key] for key in ("revision", "gone", "entry", "repository", "gated")] == [True] * 5


def test_what_the_public_client_fetched_is_used_and_never_removed(site: Site) -> None:
    run("from huggingface_hub import snapshot_download as s; s('tiny-lab/tiny'); print(1)", site.hub, site.cache)
    before = len(site.hub.log)
    settings = HubSettings(site.cache / "hub", site.hub.url)
    got = fetch(NAME, options=FetchOptions(settings=settings, reserve=0))
    assert got.fetched == 0
    assert not any(row.path.startswith("/models/") for row in site.hub.log[before:])
    offline = HubSettings(site.cache / "hub", site.hub.url, offline=True)
    assert fetch(NAME, options=FetchOptions(settings=offline)).files == got.files
    remove(got, settings)
    assert all((got.folder / file.path).is_file() for file in got.files)


def test_the_public_client_uses_and_sees_what_was_fetched_here(site: Site) -> None:
    settings = HubSettings(site.cache / "hub", site.hub.url)
    got = fetch(NAME, options=FetchOptions(settings=settings, reserve=0))
    code = """
import json
from huggingface_hub import hf_hub_download, scan_cache_dir
scanned = scan_cache_dir()
found = [hf_hub_download("tiny-lab/tiny", f, local_files_only=True) for f in ("config.json", "model.safetensors")]
print(json.dumps([[str(w) for w in scanned.warnings], [r.repo_id for r in scanned.repos], found]))
"""
    warnings, repositories, found = run(code, site.hub, site.cache)
    assert (warnings, repositories) == ([], [NAME])
    assert found == [str(got.folder / "config.json"), str(got.folder / "model.safetensors")]


def test_the_public_client_does_not_notice_a_flipped_byte_and_we_do(site: Site) -> None:
    # Why the project brings its own download: huggingface_hub compares sizes only.
    from gptalt_catalog.verify.hub.errors import HubError
    from gptalt_catalog.verify.hub.faults import wrong_byte

    site.hub.state.faults.add(wrong_byte("*/model.safetensors", at=2000))
    code = "import json\nfrom huggingface_hub import hf_hub_download as d\nprint(json.dumps(d('tiny-lab/tiny', 'model.safetensors')))"
    taken = Path(run(code, site.hub, site.cache))
    assert taken.read_bytes() != weights(4096)
    with pytest.raises(HubError) as caught:
        fetch(NAME, options=site.options())
    assert caught.value.code == "damaged"


TRAIN = """
import sys
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from tokenizers import Tokenizer, models
import torch
torch.manual_seed(0)
config = LlamaConfig(hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, vocab_size=32)
LlamaForCausalLM(config).save_pretrained(sys.argv[1], max_shard_size="8KB")
vocab = {chr(97 + i): i for i in range(26)} | {"<unk>": 26}
PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel(vocab, "<unk>")), unk_token="<unk>").save_pretrained(sys.argv[1])
"""
LOAD = """
import json, sys
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
out = []
for place in json.loads(sys.argv[1]):
    model = AutoModelForCausalLM.from_pretrained(place, trust_remote_code=False, use_safetensors=True).eval()
    tokens = AutoTokenizer.from_pretrained(place, trust_remote_code=False)("Once upon a time there was", return_tensors="pt")
    with torch.no_grad():
        out.append([round(float(x), 4) for x in model(input_ids=tokens.input_ids).logits[0, -1, :8]])
print(json.dumps(out))
"""


def load(places: list[str], hub: LoopbackHub, home: Path, **environment: str) -> list[list[float]]:
    code = f"import sys; sys.argv = ['x', {json.dumps(json.dumps(places))}]\n{LOAD}"
    out: list[list[float]] = run(code, hub, home, **environment)
    return out


def test_transformers_loads_a_sharded_model_from_hub_and_from_a_snapshot(site: Site, tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    source = tmp_path / "hub/models/tiny-lab/llama/main"
    subprocess.run([sys.executable, "-c", TRAIN, str(source)], check=True, capture_output=True)
    got = fetch("tiny-lab/llama", options=FetchOptions(settings=HubSettings(tmp_path / "own", site.hub.url), reserve=0))
    assert len(got.weights) > 2
    first, second, third = load(["tiny-lab/llama", str(got.folder), str(source)], site.hub, tmp_path / "home")
    assert first == second == third
    asked = len(site.hub.log)
    assert load([str(got.folder)], site.hub, tmp_path / "none", HF_HUB_OFFLINE="1") == [first]
    assert len(site.hub.log) == asked


def test_transformers_loads_the_real_small_model(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    with LoopbackHub(folders=weight_folders()) as hub:
        got = fetch(STORIES, options=FetchOptions(settings=HubSettings(tmp_path / "own", hub.url), reserve=0))
        first, second = load([STORIES, str(got.folder)], hub, tmp_path / "home")
    assert first == second
    assert len(set(first)) > 4


DATASETS = """
import json, sys
import datasets
datasets.disable_progress_bars()
print(json.dumps({" ".join(filter(None, a)): datasets.load_dataset(a[0], a[1], revision=a[2]).num_rows for a in json.loads(sys.argv[1])}))
"""


def load_data(rows: list[tuple[str, str | None, str]], hub: LoopbackHub, home: Path) -> Any:
    return run(f"import sys; sys.argv = ['x', {json.dumps(json.dumps(rows))}]\n{DATASETS}", hub, home)


def test_datasets_loads_parquet_of_several_folders(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    pandas = pytest.importorskip("pandas")
    for name, rows in (("easy", 3), ("hard", 5)):
        (tmp_path / name / name).mkdir(parents=True)
        pandas.DataFrame({"question": [f"{name} {i}" for i in range(rows)]}).to_parquet(
            tmp_path / name / name / "test.parquet"
        )
        card = f"---\nconfigs:\n- config_name: {name}\n  data_files:\n  - split: test\n    path: {name}/test.parquet\n---\n"
        (tmp_path / name / "README.md").write_text(card)
    folders: dict[str, list[Path]] = {"datasets/tiny-lab/both": [tmp_path / "easy", tmp_path / "hard"]}
    with LoopbackHub(folders=folders) as hub:
        said = load_data([("tiny-lab/both", "easy", "main"), ("tiny-lab/both", "hard", "main")], hub, tmp_path / "home")
    assert said == {"tiny-lab/both easy main": {"test": 3}, "tiny-lab/both hard main": {"test": 5}}


def test_datasets_loads_the_real_benchmarks(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    wanted: list[tuple[str, str | None, str]] = [
        ("allenai/ai2_arc", "ARC-Easy", "main"), ("allenai/ai2_arc", "ARC-Challenge", "main"), ("Rowan/hellaswag", None, "main"),
        ("Rowan/hellaswag", None, "olmes1000"), ("cais/mmlu", "anatomy", "main"), ("ceval/ceval-exam", "law", "main"),
    ]  # fmt: skip
    with LoopbackHub(folders=benchmark_folders()) as hub:
        said = load_data(wanted, hub, tmp_path / "home")
    assert said == {
        "allenai/ai2_arc ARC-Easy main": {"validation": 570, "test": 2376, "train": 300},
        "allenai/ai2_arc ARC-Challenge main": {"validation": 299, "test": 1172, "train": 300},
        "Rowan/hellaswag main": {"validation": 151, "train": 1474},
        "Rowan/hellaswag olmes1000": {"validation": 1000, "train": 1474},
        "cais/mmlu anatomy main": {"test": 135, "validation": 14, "dev": 5},
        "ceval/ceval-exam law main": {"val": 24, "dev": 5},
    }


def test_every_mapped_benchmark_is_served(tmp_path: Path) -> None:
    folders = benchmark_folders()
    with LoopbackHub(folders=folders) as hub:
        names = {f"{repository.kind}/{repository.name}" for repository in hub.state.shelf.all()}
        assert names == {key.split("@")[0] for key in folders}
        for repository in hub.state.shelf.all():
            assert "main" in repository.revisions(), tmp_path


def test_native_model_types_come_from_transformers() -> None:
    pytest.importorskip("transformers")
    from gptalt_catalog.verify.hub.obstacles import native_model_types

    assert {"llama", "gpt_neox", "bloom", "qwen2"} <= native_model_types()
    assert "chatglm" not in native_model_types()
