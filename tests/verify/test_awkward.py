"""``gptalt-catalog verify`` of the survey's awkward models, through the loopback hub: a difference to a base, an
adapter, an encoder-decoder, and a repository with code of its own."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gptalt_catalog.domain.verification import Verification
from gptalt_catalog.loading.catalog_loader import load_catalog
from gptalt_catalog.verify.demo.catalog import FALSE_SCORE, files
from gptalt_catalog.verify.demo.making import COMMIT, ITEMS, MODEL, TRUE_SCORE, items
from gptalt_catalog.verify.demo.showing import NEEDED, Place, environment, make_hub
from gptalt_catalog.verify.hub.loopback import LoopbackHub
from gptalt_catalog.views.verified import VerificationBook

pytestmark = [
    pytest.mark.verify,
    pytest.mark.slow,
    pytest.mark.xdist_group("awkward"),
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in NEEDED), reason="the extra `verify` is not installed"
    ),
]
FULL, DEFAULT = "islands-tiny", "form: full, loader: native, dtype: float32, files: [safetensors]"
CODE = """
import os, pathlib, socket
from transformers import LlamaConfig, LlamaForCausalLM

assert "HF_TOKEN" not in os.environ
for attempt in (lambda: socket.create_connection(("127.0.0.1", PORT), 2), lambda: pathlib.Path(SECRET).read_text()):
    try:
        attempt()
    except OSError:
        continue
    raise SystemExit("the code got out")


class IslandsConfig(LlamaConfig):
    model_type = "islands"


class IslandsForCausalLM(LlamaForCausalLM):
    config_class = IslandsConfig
"""


def commit(number: int) -> str:
    return f"{number:x}" * 40


@dataclass
class Site:
    """A hub with awkward models, a catalog that knows them, and the command."""

    place: Place
    hub: LoopbackHub
    scores: dict[str, str]

    def command(self, checkpoint: str, *options: str) -> tuple[list[str], dict[str, str]]:
        command = [sys.executable, "-m", "gptalt_catalog.cli.main", "verify", checkpoint]
        given = ["--catalog", str(self.place.catalog), "--out", str(self.place.folder / "audit" / checkpoint)]
        surroundings = environment(self.place, self.hub.environment()) | {"HF_TOKEN": "hf_" + "token" * 4}
        return [*command, *given, *options], surroundings

    def run(self, checkpoint: str, *options: str) -> subprocess.CompletedProcess[str]:
        command, surroundings = self.command(checkpoint, *options)
        return subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)

    def killed(self, checkpoint: str, *options: str) -> subprocess.CompletedProcess[str]:
        """The same, while the process that the model's code runs in is killed twice."""
        command, surroundings = self.command(checkpoint, *options)
        with subprocess.Popen(
            command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as running:
            assert running.stderr is not None
            said, left = [], 2
            for line in running.stderr:
                said.append(line)
                if "of 1500 items" in line and left:
                    for pid in children(running.pid):
                        os.kill(pid, signal.SIGKILL)
                    left -= 1
            out = running.stdout.read() if running.stdout is not None else ""
        assert left == 0
        return subprocess.CompletedProcess(command, running.returncode, out, "".join(said))

    def verified(self, checkpoint: str) -> Verification:
        found = [v for v in load_catalog(self.place.catalog).verifications.values() if v.checkpoint == checkpoint]
        return found[-1]


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    place = Place(tmp_path_factory.mktemp("awkward"))
    make_hub(place)
    with LoopbackHub(place.hub) as hub:
        scores = {"islands-pairs": make_models(place, hub.port)}
        write_catalog(place, scores)
        yield Site(place, hub, scores)


def save(folder: Path, tensors: dict[str, Any], config: dict[str, Any], tokenizer: Path) -> None:
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_text((tokenizer / name).read_text())


def make_models(place: Place, port: int) -> str:
    """The repositories; returns the score of the encoder-decoder, counted without anything of ``verify``."""
    import torch
    from safetensors.torch import load_file, save_file

    own = place.hub / "models" / MODEL / COMMIT
    tensors = load_file(own / "model.safetensors")
    config = json.loads((own / "config.json").read_text())
    models = place.hub / "models" / "demo-lab"
    torch.manual_seed(1)
    base = {name: torch.randn_like(value) * 0.05 for name, value in tensors.items()}
    save(models / "base" / commit(1), base, config, own)
    # one more row, as those that add a padding token have it
    more = {
        name: torch.cat([value - base[name], torch.zeros(1, value.shape[1])])
        if value.shape[0] == 113
        else value - base[name]
        for name, value in tensors.items()
    }
    save(models / "delta" / commit(2), more, {**config, "vocab_size": 114}, own)
    name = "model.layers.0.self_attn.q_proj.weight"
    left, values, right = torch.linalg.svd(tensors[name])
    low = {**tensors, name: torch.zeros_like(tensors[name])}
    save(models / "bare" / commit(3), low, config, own)
    adapter = models / "adapter" / commit(4)
    adapter.mkdir(parents=True)
    rank = 64
    (adapter / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": rank, "lora_alpha": 2 * rank}))
    prefix = f"base_model.model.{name.removesuffix('.weight')}"
    parts = {f"{prefix}.lora_A.weight": right.contiguous(), f"{prefix}.lora_B.weight": (left * values / 2).contiguous()}
    save_file(parts, adapter / "adapter_model.safetensors")
    coded = models / "coded" / commit(5)
    odd: dict[str, Any] = {"model_type": "islands", "architectures": ["IslandsForCausalLM"]}
    odd["auto_map"] = {"AutoConfig": "islands.IslandsConfig", "AutoModelForCausalLM": "islands.IslandsForCausalLM"}
    save(coded, tensors, {**config, **odd}, own)
    secret = place.folder / "secret"
    secret.write_text("nobody may read this")
    (coded / "islands.py").write_text(CODE.replace("PORT", str(port)).replace("SECRET", repr(str(secret))))
    for number, name in ((7, "unread"), (8, "changed")):
        shutil.copytree(coded, models / name / commit(number))
    return make_pairs(models / "pairs" / commit(6), own)


def make_pairs(folder: Path, tokenizer: Path) -> str:
    """A small random T5; returns its score in percent."""
    import torch
    from transformers import AutoTokenizer, T5Config, T5ForConditionalGeneration

    torch.manual_seed(2)
    torch.set_num_threads(1)
    config = T5Config(
        vocab_size=113, d_model=32, d_kv=8, d_ff=64, num_layers=1, num_heads=2, n_positions=64, decoder_start_token_id=0,
        pad_token_id=2, eos_token_id=1,
    )  # fmt: skip
    model = T5ForConditionalGeneration(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(std=0.4)
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_text((tokenizer / name).read_text())
    words = AutoTokenizer.from_pretrained(folder)
    benchmark = items()
    inputs = torch.tensor([words.encode(item.prompt) for item in benchmark])
    with torch.no_grad():
        scores = model(input_ids=inputs, decoder_input_ids=torch.zeros(len(benchmark), 1, dtype=torch.long)).logits[
            :, 0
        ]
    right = 0
    for item, row in zip(benchmark, scores, strict=True):
        (best,) = (max((item.color, *item.others), key=lambda c: float(row[words.encode(c)[0]])),)
        right += best == item.color
    return f"{100 * right / ITEMS:.1f}"


def checkpoint(name: str, repository: str, number: int, weights: str, bases: str = "[]") -> str:
    """An entry like the whole model's, with other weights."""
    text = files()["models/islands.yaml"]
    block = text[text.index(f"  {FULL}:") :]
    for old, new in (
        (FULL, name),
        ("Islands Tiny", name.title()),
        (MODEL, f"demo-lab/{repository}"),
        (COMMIT, commit(number)),
        (DEFAULT, weights),
        ("bases: []", f"bases: {bases}"),
    ):
        assert old in block
        block = block.replace(old, new)
    return block


def write_catalog(place: Place, scores: dict[str, str]) -> None:
    code = (place.hub / "models/demo-lab/coded" / commit(5) / "islands.py").read_bytes()
    remote = f"form: full, loader: remote-code, dtype: float32, file_hashes: {{islands.py: {hashlib.sha256(code).hexdigest()}}}"
    more = [
        checkpoint("islands-base", "base", 1, DEFAULT),
        checkpoint("islands-bare", "bare", 3, DEFAULT),
        checkpoint(
            "islands-delta", "delta", 2, "form: delta, loader: native-after-recovery",
            "[{checkpoint: islands-base, relation: delta-of}]",
        ),
        checkpoint(
            "islands-adapter", "adapter", 4, "form: adapter, loader: native",
            "[{checkpoint: islands-bare, relation: adapter-of}]",
        ),
        checkpoint("islands-coded", "coded", 5, remote),
        checkpoint("islands-unread", "unread", 7, "form: full, loader: remote-code"),
        checkpoint("islands-changed", "changed", 8, re.sub(r"[0-9a-f]{64}", "0" * 64, remote)),
        checkpoint("islands-pairs", "pairs", 6, DEFAULT),
    ]  # fmt: skip
    found = files()
    found["models/islands.yaml"] += "".join(more)
    for source, value in (("demo-lab", TRUE_SCORE), ("demo-paper", FALSE_SCORE)):
        text = found[f"claims/{source}.yaml"]
        block = text[text.index("  - checkpoint") :]
        for name in (
            "islands-delta",
            "islands-adapter",
            "islands-coded",
            "islands-unread",
            "islands-changed",
            "islands-pairs",
        ):
            true = scores.get(name, TRUE_SCORE)
            claimed = true if source == "demo-lab" else f"{float(true) + 12.4:.1f}"
            found[f"claims/{source}.yaml"] += block.replace(FULL, name).replace(f'"{value}"', f'"{claimed}"')
    for path, text in found.items():
        (place.catalog / path).parent.mkdir(parents=True, exist_ok=True)
        (place.catalog / path).write_text(text, encoding="utf-8")


def verdicts(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 1, done.stderr[-3000:]
    return [claim["verdict"] for claim in json.loads(done.stdout)["claims"]]


BOTH = ["reproduced", "not-reproduced"]


def test_a_difference_is_put_together_with_its_base_and_verified(site: Site) -> None:
    assert verdicts(site.run("islands-delta", "--full", "--format", "json")) == BOTH
    record = site.verified("islands-delta")
    assert [(parent.role, parent.repository, parent.revision) for parent in record.parents] == [
        ("base", "demo-lab/base", commit(1)),
        ("delta", "demo-lab/delta", commit(2)),
    ]
    assert all(parent.weights_sha256 for parent in record.parents)
    assert record.revision == commit(2)
    assert record.claims[0].items_used > 0
    again = site.run("islands-delta", "--offline", "--remove-weights")
    assert "putting weights together" not in again.stderr
    assert "removed" in again.stderr
    assert not list((site.place.folder).rglob("merged.json"))


def test_an_adapter_is_merged_into_its_base_and_verified(site: Site) -> None:
    assert verdicts(site.run("islands-adapter", "--full", "--format", "json")) == BOTH
    assert [parent.role for parent in site.verified("islands-adapter").parents] == ["base", "adapter"]


def test_an_encoder_decoder_is_verified(site: Site) -> None:
    assert verdicts(site.run("islands-pairs", "--full", "--format", "json")) == BOTH
    assert site.verified("islands-pairs").environment.scorer.startswith("seq2seq")


def test_code_of_a_repository_is_run_shut_off_and_only_if_asked_for(site: Site) -> None:
    unasked = site.run("islands-coded")
    assert unasked.returncode == 4
    assert "--allow-remote-code" in unasked.stderr
    assert not any(one.path.endswith("islands.py") for one in site.hub.log), "not even fetched"
    assert verdicts(site.run("islands-coded", "--full", "--format", "json", "--allow-remote-code")) == BOTH
    isolation = site.verified("islands-coded").environment.isolation
    assert isolation is not None
    assert "network namespace" in isolation or "seccomp" in isolation


def test_a_child_that_is_killed_changes_no_verdict(site: Site) -> None:
    done = site.killed("islands-coded", "--full", "--allow-remote-code")
    assert done.returncode == 1, done.stderr[-2000:]
    assert [claim.verdict for claim in site.verified("islands-coded").claims] == BOTH


def test_prompts_that_an_entry_does_not_document_are_refused(site: Site) -> None:
    for prompt, message in (("system", "documents no prompt"), ("chat", "no chat template")):
        done = site.run(FULL, "--prompt", prompt)
        assert done.returncode == 4
        assert message in done.stderr


def test_code_that_nobody_vouches_for_or_that_was_changed_is_never_run(site: Site) -> None:
    unread = site.run("islands-unread", "--allow-remote-code")
    assert unread.returncode == 4
    assert "list the code's hashes" in unread.stderr
    changed = site.run("islands-changed", "--allow-remote-code")
    assert changed.returncode == 4
    assert "not the code whose hash is listed" in changed.stderr
    assert not (site.place.folder / "audit/islands-changed/responses.jsonl").exists()


def test_what_quantization_loses_is_measured_on_the_same_items(site: Site) -> None:
    alone = site.run(FULL, "--precision", "int8", "--max-items", "64")
    assert "no record of these weights in full precision" in alone.stdout
    assert verdicts(site.run(FULL, "--full", "--format", "json")) == BOTH
    done = site.run(FULL, "--precision", "int8", "--full", "--format", "json")
    (lost,) = json.loads(done.stdout)["precision_loss"]
    low, high = map(float, lost["interval"])
    assert low <= float(lost["difference"]) <= high
    assert -0.05 < low < high < 0.05
    assert lost["items_used"] > 200
    assert lost["weights_bytes"] < 0.6 * lost["full_weights_bytes"]
    catalog = load_catalog(site.place.catalog)
    mine = {key: v.environment.dtype for key, v in catalog.verifications.items() if v.checkpoint == FULL}
    assert sorted(mine.values()) == ["float32", "int8"], "the longer run in 8 bits goes on with the shorter one"
    assert mine[lost["record"]] == "float32"
    book = VerificationBook(catalog)
    assert {one.verification.environment.dtype for one in book.by_checkpoint[FULL]} == {"float32"}
    refused = site.run(FULL, "--precision", "nf4", "--device", "cpu")
    assert refused.returncode == 4
    assert "needs a GPU with bitsandbytes" in refused.stderr


def test_the_table_of_obstacles_knows_them_all(site: Site) -> None:
    command = [sys.executable, "-m", "gptalt_catalog.cli.main", "verify", "--dry-run", "--all", "--format", "json"]
    done = subprocess.run([*command, "--catalog", str(site.place.catalog)], capture_output=True, text=True, check=True)
    found = {row["checkpoint"]: (row["answer"], row["reasons"]) for row in json.loads(done.stdout)}
    assert found["islands-delta"] == ("yes", "delta")
    assert found["islands-adapter"] == ("yes", "adapter")
    assert found["islands-pairs"] == ("yes", "")
    assert found["islands-coded"] == ("no", "remote-code")
    assert found["islands-base"] == ("nothing-to-check", "no-claims")
