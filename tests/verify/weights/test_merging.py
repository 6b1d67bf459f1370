"""Base and difference, base and adapter: values worked out by hand, peft's own merge, hashes, crashes, wrong parents."""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from safetensors.torch import load_file, save_file  # noqa: E402

from gptalt_catalog.verify.hub.selection import Allowed  # noqa: E402
from gptalt_catalog.verify.hub.snapshot import Snapshot, local  # noqa: E402
from gptalt_catalog.verify.weights.merging import INDEX, MANIFEST, Recipe, merged, remove_merged  # noqa: E402
from gptalt_catalog.verify.weights.tensors import MergeError  # noqa: E402

pytestmark = pytest.mark.verify


def weights(folder: Path, tensors: dict[str, Any], config: str = "config.json", **facts: Any) -> Snapshot:
    """A folder with weights and a config as a snapshot."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / config).write_text(json.dumps({"model_type": "llama", **facts}))
    adapter = config != "config.json"
    save_file(tensors, folder / ("adapter_model.safetensors" if adapter else "model.safetensors"))
    return local(folder, Allowed(adapter=adapter))


def matrix(*rows: list[float], dtype: Any = None) -> Any:
    return torch.tensor(rows, dtype=dtype or torch.float32)


def tensors_of(snapshot: Snapshot) -> dict[str, Any]:
    return {name: value for path in snapshot.weights for name, value in load_file(snapshot.folder / path).items()}


def test_a_difference_is_added_and_new_rows_are_added_to_nothing_or_to_the_mean(tmp_path: Path) -> None:
    base = weights(
        tmp_path / "base",
        {
            "embed.weight": matrix([1, 2], [3, 6]),
            "layer.weight": matrix([0.5, -0.5], [4, 8]),
            "layer.rotary_emb.inv_freq": torch.ones(2),
        },
    )
    own = weights(
        tmp_path / "own", {"embed.weight": matrix([1, 1], [1, 1], [7, 7]), "layer.weight": matrix([1, 2], [3, 4])}
    )
    (tmp_path / "own/tokenizer.json").write_text("{}")
    own = local(tmp_path / "own")
    found = tensors_of(merged(Recipe("delta", base, own), tmp_path / "cache"))
    assert set(found) == {"embed.weight", "layer.weight"}
    assert found["layer.weight"].tolist() == [[1.5, 1.5], [7, 12]]
    assert found["embed.weight"].tolist() == [[2, 3], [4, 7], [7, 7]]
    mean = merged(Recipe("delta", base, own, "mean"), tmp_path / "cache")
    assert tensors_of(mean)["embed.weight"].tolist() == [[2, 3], [4, 7], [9, 11]]
    assert (mean.folder / "tokenizer.json").is_file()
    assert (mean.form, [parent.folder.name for parent in mean.parents]) == ("delta", ["base", "own"])


def test_the_sum_is_in_the_difference_s_own_type(tmp_path: Path) -> None:
    base = weights(tmp_path / "base", {"x": matrix([1.0, 2.0])})
    own = weights(tmp_path / "own", {"x": matrix([0.25, 0.5], dtype=torch.float16)})
    (found,) = tensors_of(merged(Recipe("delta", base, own), tmp_path / "cache")).values()
    assert found.dtype == torch.float16
    assert found.tolist() == [[1.25, 2.5]]


LORA = {"peft_type": "LORA", "r": 2, "lora_alpha": 8}


def lora(a: Any, b: Any, name: str = "layer") -> dict[str, Any]:
    return {f"base_model.model.{name}.lora_A.weight": a, f"base_model.model.{name}.lora_B.weight": b}


@pytest.mark.parametrize(
    ("facts", "factor"), [({}, 4.0), ({"lora_alpha": 1}, 0.5), ({"use_rslora": True}, 8 / math.sqrt(2))]
)
def test_an_adapter_adds_b_times_a_times_alpha_over_r(tmp_path: Path, facts: dict[str, Any], factor: float) -> None:
    a, b = matrix([1, 0, 2], [0, 1, 1]), matrix([1, 2], [0, 1])  # B A = [[1, 2, 4], [0, 1, 1]]
    base = weights(tmp_path / "base", {"layer.weight": torch.ones(2, 3), "other.weight": matrix([5, 6])})
    own = weights(tmp_path / "own", lora(a, b), "adapter_config.json", **{**LORA, **facts})
    found = tensors_of(merged(Recipe("adapter", base, own), tmp_path / "cache"))
    expected = [[1 + factor * x for x in row] for row in ([1, 2, 4], [0, 1, 1])]
    assert found["layer.weight"].flatten().tolist() == pytest.approx([x for row in expected for x in row])
    assert found["other.weight"].tolist() == [[5, 6]]


def test_transposed_weights_embeddings_and_whole_tensors(tmp_path: Path) -> None:
    a, b = matrix([1, 0, 2], [0, 1, 1]), matrix([1, 2], [0, 1])
    tensors = lora(a, b, "conv")
    tensors |= {
        "base_model.model.embed.lora_embedding_A": matrix([1, 2, 3], [0, 0, 1]),
        "base_model.model.embed.lora_embedding_B": matrix([1, 1], [2, 0]),
        "base_model.model.head.modules_to_save.default.weight": matrix([9, 9]),
    }
    base = weights(
        tmp_path / "base",
        {"conv.weight": torch.zeros(3, 2), "embed.weight": torch.zeros(3, 2), "head.weight": torch.zeros(1, 2)},
    )
    own = weights(tmp_path / "own", tensors, "adapter_config.json", **LORA, fan_in_fan_out=True)
    found = tensors_of(merged(Recipe("adapter", base, own), tmp_path / "cache"))
    assert found["conv.weight"].tolist() == [[4, 0], [8, 4], [16, 4]]
    assert found["embed.weight"].tolist() == [[4, 8], [8, 16], [16, 24]]  # 4 · (B A) transposed
    assert found["head.weight"].tolist() == [[9, 9]]


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_the_merge_is_peft_s(tmp_path: Path) -> None:
    peft = pytest.importorskip("peft")
    from transformers import LlamaForCausalLM

    from tests.verify.pipeline import models

    model = models.random_model(models.random_tokenizer())
    model.save_pretrained(tmp_path / "base")
    config = peft.LoraConfig(r=4, lora_alpha=6, target_modules=["q_proj", "down_proj"], lora_dropout=0.0)
    tuned = peft.get_peft_model(model, config)
    with torch.no_grad():
        for name, parameter in tuned.named_parameters():
            if "lora_" in name:
                parameter.normal_(std=0.1)
    tuned.save_pretrained(tmp_path / "own")
    wanted = tuned.merge_and_unload().state_dict()
    recipe = Recipe("adapter", local(tmp_path / "base"), local(tmp_path / "own", Allowed(adapter=True)))
    found = LlamaForCausalLM.from_pretrained(merged(recipe, tmp_path / "cache").folder).state_dict()
    assert set(found) == set(wanted)
    changed = 0
    for name, value in wanted.items():
        assert torch.allclose(found[name], value, atol=1e-6), name
        changed += "q_proj" in name
    assert changed == 2


@pytest.mark.parametrize(
    ("facts", "tensors", "message"),
    [
        ({"peft_type": "IA3"}, {}, "only LORA"),
        ({"use_dora": True}, {}, "use_dora"),
        ({"rank_pattern": {"x": 4}}, {}, "rank_pattern"),
        ({"r": 0}, {}, "no rank"),
        ({}, {"base_model.model.layer.lora_magnitude_vector": torch.ones(2)}, "plain LoRA does not have"),
        ({}, {"base_model.model.layer.lora_A.weight": torch.ones(2, 3)}, "only one of the two"),
        ({}, lora(torch.ones(2, 3), torch.ones(2, 2), "nowhere"), "does not have"),
        ({}, lora(torch.ones(2, 5), torch.ones(2, 2)), "belongs to another base"),
    ],
)
def test_adapters_that_cannot_be_merged_are_refused(
    tmp_path: Path, facts: dict[str, Any], tensors: dict[str, Any], message: str
) -> None:
    base = weights(tmp_path / "base", {"layer.weight": torch.ones(2, 3)})
    own = weights(
        tmp_path / "own",
        tensors or lora(torch.ones(2, 3), torch.ones(2, 2)),
        "adapter_config.json",
        **{**LORA, **facts},
    )
    with pytest.raises(MergeError, match=message):
        merged(Recipe("adapter", base, own), tmp_path / "cache")


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"y": torch.ones(2, 2)}, "do not belong together"),
        ({"x": torch.ones(2, 2), "y": torch.ones(2, 2)}, "only in the difference"),
        ({"x": torch.ones(1, 2)}, "do not belong together"),
        ({"x": torch.ones(2, 3)}, "do not belong together"),
    ],
)
def test_another_base_is_refused(tmp_path: Path, tensors: dict[str, Any], message: str) -> None:
    base = weights(tmp_path / "base", {"x": torch.ones(2, 2)})
    with pytest.raises(MergeError, match=message):
        merged(Recipe("delta", base, weights(tmp_path / "own", tensors)), tmp_path / "cache")


def test_pickles_are_opened_only_if_vouched_for_and_never_run(tmp_path: Path) -> None:
    import hashlib
    import pickle

    base = weights(tmp_path / "base", {"x": matrix([1.0])})
    own = tmp_path / "own"
    own.mkdir()
    (own / "config.json").write_text("{}")
    torch.save({"x": matrix([2.0])}, own / "pytorch_model.bin")
    vouched = Allowed(frozenset({hashlib.sha256((own / "pytorch_model.bin").read_bytes()).hexdigest()}))
    found = merged(Recipe("delta", base, local(own, vouched)), tmp_path / "cache")
    assert tensors_of(found)["x"].tolist() == [[3.0]]

    class Evil:
        def __reduce__(self) -> Any:
            return os.system, (f"touch {tmp_path / 'run'}",)

    (own / "pytorch_model.bin").write_bytes(pickle.dumps({"x": Evil()}))
    vouched = Allowed(frozenset({hashlib.sha256((own / "pytorch_model.bin").read_bytes()).hexdigest()}))
    with pytest.raises(MergeError, match=r"pytorch_model\.bin"):
        merged(Recipe("delta", base, local(own, vouched)), tmp_path / "cache")
    assert not (tmp_path / "run").exists()


def pair(folder: Path, count: int = 6) -> Recipe:
    big = {f"layer.{n}.weight": torch.full((64, 64), float(n)) for n in range(count)}
    own = {name: torch.ones_like(value) for name, value in big.items()}
    return Recipe("delta", weights(folder / "base", big), weights(folder / "own", own))


def test_the_result_is_kept_with_the_hashes_of_both_parents(tmp_path: Path) -> None:
    said: list[str] = []
    recipe = pair(tmp_path)
    first = merged(recipe, tmp_path / "cache", said.append, shard_bytes=40_000)
    assert len(first.weights) == 3
    manifest = json.loads((first.folder / MANIFEST).read_text())
    assert [parent["weights"] for parent in manifest["parents"]] == [recipe.base.weights, recipe.own.weights]
    assert {f.path: f.sha256 for f in first.files} == {p: row["sha256"] for p, row in manifest["files"].items()}
    index = json.loads((first.folder / INDEX).read_text())
    assert set(index["weight_map"].values()) == set(first.weights)
    before = len(said)
    assert merged(recipe, tmp_path / "cache", said.append, shard_bytes=40_000) == first
    assert len(said) == before, "nothing was made again"
    assert remove_merged(first) > 6 * 64 * 64 * 4
    assert not first.folder.exists()


def test_a_damaged_part_is_made_again(tmp_path: Path) -> None:
    said: list[str] = []
    recipe = pair(tmp_path)
    first = merged(recipe, tmp_path / "cache", shard_bytes=40_000)
    broken = first.folder / sorted(first.weights)[1]
    broken.write_bytes(broken.read_bytes()[:-1] + b"\x01")
    assert merged(recipe, tmp_path / "cache", said.append, shard_bytes=40_000) == first
    assert said == ["putting weights together: 2 of 3"]


def _slowly(text: str) -> None:
    del text
    time.sleep(0.3)


def _merge(folder: Path) -> None:
    recipe = Recipe("delta", local(folder / "base"), local(folder / "own"))
    merged(recipe, folder / "cache", _slowly, shard_bytes=20_000)


def test_killed_in_the_middle_it_goes_on(tmp_path: Path) -> None:
    recipe = pair(tmp_path)
    child = multiprocessing.get_context("spawn").Process(target=_merge, args=(tmp_path,))
    child.start()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(list((tmp_path / "cache").rglob("model-*.safetensors"))) < 2:
        time.sleep(0.02)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    kept = len(list((tmp_path / "cache").rglob("model-*.safetensors")))
    assert 2 <= kept < 6
    said: list[str] = []
    whole = merged(recipe, tmp_path / "cache", said.append, shard_bytes=20_000)
    assert len(said) in (6 - kept, 6 - kept + 1)  # killed between a file and its line in the manifest
    assert len(whole.weights) == 6
    assert tensors_of(whole)["layer.5.weight"].unique().tolist() == [6.0]


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(MergeError, match="GB free"):
        merged(pair(tmp_path), tmp_path / "cache", reserve=1 << 60)
    assert not list((tmp_path / "cache").rglob("model-*"))
