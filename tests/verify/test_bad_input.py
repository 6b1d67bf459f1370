"""Bad days of ``gptalt-catalog verify``: every one ends with a message, the right exit code, and nothing lost."""

from __future__ import annotations

import json
import pickle
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gptalt_catalog.cli.main import app
from gptalt_catalog.verify.demo.catalog import CHECKPOINT
from gptalt_catalog.verify.demo.making import MODEL
from gptalt_catalog.verify.hub.faults import cut, wrong_byte
from gptalt_catalog.verify.hub.loopback import LoopbackHub
from tests.verify.audited_site import MARKS, NO_WAITS, Reference, Site

pytestmark = MARKS
PROTOCOL = "sciq.acc.0-shot.lm-eval"
WEIGHTS = "model.safetensors"


@pytest.fixture
def well(fresh: Site) -> Iterator[Site]:
    """A site whose hub is well again afterwards."""
    yield fresh
    fresh.hub.state.faults.clear()
    fresh.hub.state.gated.clear()


def entries(site: Site) -> list[str]:
    """The names of all files that an audit has left."""
    return sorted(p.relative_to(site.place.folder).as_posix() for p in site.place.folder.rglob("*") if p.is_file())


def no_record(site: Site) -> bool:
    return not (site.place.catalog / "verifications").exists()


# ---- hubs


def test_a_revision_that_is_gone(well: Site) -> None:
    done = well.run(model=f"{CHECKPOINT}@{'e5' * 20}")
    assert done.returncode == 4
    assert f"{MODEL} has no revision {'e5' * 20}" in done.stderr
    done = well.run(model=f"{CHECKPOINT}@other")
    assert done.returncode == 4
    assert "it has main; write demo-lab/islands@REVISION" in done.stderr
    assert no_record(well)


@pytest.mark.parametrize("token", ["", "hf_anotherkey"])
def test_a_gated_repository(well: Site, token: str) -> None:
    well.hub.state.gated[MODEL] = "hf_rightkey"
    done = well.run(HF_TOKEN=token)
    assert done.returncode == 4
    assert "demo-lab/islands is gated" in done.stderr
    assert "accept its terms on" in done.stderr
    assert "hf_anotherkey" not in done.stderr + done.stdout
    assert no_record(well)
    assert well.run("--max-items", "32", HF_TOKEN="hf_rightkey").returncode == 3


def test_a_cut_download_resumes_at_the_byte(well: Site) -> None:
    size = (well.place_of_model / WEIGHTS).stat().st_size
    well.hub.state.faults.add(cut(f"*/{WEIGHTS}*", 100_000, times=1))
    well.hub.state.faults.add(cut(f"*/{WEIGHTS}*", 0, times=None))
    before = len(well.hub.log)
    done = well.run(before=NO_WAITS)
    assert done.returncode == 4
    assert "what was fetched is kept" in done.stderr
    well.hub.state.faults.clear()
    middle = len(well.hub.log)
    done = well.run("--max-items", "32")
    assert done.returncode == 3, done.stderr

    def sent(start: int, end: int | None = None) -> int:
        rows = well.hub.log[start:end]
        return sum(row.sent for row in rows if row.method == "GET" and WEIGHTS in row.path and row.sent > 2000)

    assert 0 < sent(before, middle) < size
    assert sent(middle) == size - sent(before, middle)


def test_a_flipped_byte_is_refused(well: Site) -> None:
    well.hub.state.faults.add(wrong_byte(f"*/{WEIGHTS}*", 200_000))
    done = well.run()
    assert done.returncode == 4
    assert "model.safetensors of demo-lab/islands arrived damaged and has been deleted" in done.stderr
    assert "loading the model" not in done.stderr
    assert not list((well.place.folder / "home").rglob(WEIGHTS))
    assert no_record(well)
    well.hub.state.faults.clear()
    assert well.run("--max-items", "32").returncode == 3


def test_nobody_at_the_address(well: Site) -> None:
    done = well.run(HF_ENDPOINT="http://127.0.0.1:9", before=NO_WAITS)
    assert done.returncode == 4
    assert "127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr


# ---- disk and memory


def test_a_disk_without_room_is_seen_before_the_first_byte(well: Site) -> None:
    before = "import shutil, collections; shutil.disk_usage = lambda _: collections.namedtuple('U', 'total used free')(9, 9, 0)"
    done = well.run(before=before)
    assert done.returncode == 4
    assert "needs 0.4 MB more, and the disk of" in done.stderr
    assert "nothing was fetched" in done.stderr
    assert not [name for name in entries(well) if name.endswith((".safetensors", ".incomplete"))]


def test_a_disk_that_fills_up_loses_nothing(reference: Reference, tmp_path: Path) -> None:
    site = reference.site.copied(tmp_path, "home")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))"
    done = site.run("--full", before=limit)
    assert done.returncode == 4, done.stderr
    assert "the disk cannot be written: File too large" in done.stderr
    assert "make room, and run the same command with --resume" in done.stderr
    kept = site.answered
    assert len(kept) >= 64
    assert site.run("--full", "--resume").returncode == 1
    assert site.answered[: len(kept)] == kept
    assert site.verification.claims == reference.verification.claims
    assert site.place.record.with_suffix(".items.json").read_bytes() == reference.results


OUT_OF_MEMORY = """
import torch
from transformers.models.llama.modeling_llama import LlamaForCausalLM
forward = LlamaForCausalLM.forward
def small(self, input_ids=None, **more):
    if input_ids.numel() > 400:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.00 GiB")
    return forward(self, input_ids, **more)
LlamaForCausalLM.forward = small
"""


def test_out_of_memory_halves_the_batch(reference: Reference, tmp_path: Path) -> None:
    small = reference.site.copied(tmp_path, "home")
    done = small.run("--full", "--scorer", "stock", before=OUT_OF_MEMORY)
    assert done.returncode == 1, done.stderr
    assert re.search(r"memory ran out: batches were halved \d+ times", done.stdout)
    assert [c.verdict for c in small.verification.claims] == [c.verdict for c in reference.verification.claims]
    assert small.place.record.with_suffix(".items.json").read_bytes() == reference.results


def test_memory_for_not_even_one_prompt(reference: Reference, tmp_path: Path) -> None:
    small = reference.site.copied(tmp_path, "home")
    done = small.run("--scorer", "stock", before=OUT_OF_MEMORY.replace("400", "4"))
    assert done.returncode == 4
    assert "not even one sequence" in done.stderr
    assert no_record(small)


# ---- models


@pytest.fixture
def own_model(fresh: Site, tmp_path: Path) -> Callable[..., Any]:
    """Runs the demonstration's model from a folder in which something was changed."""

    def run(change: Callable[[Path], None], *options: str) -> Any:
        folder = tmp_path / "own"
        if not folder.exists():
            shutil.copytree(fresh.place_of_model, folder)
        change(folder)
        return fresh.run("--claim", f"{PROTOCOL}=70.0", fresh.own_data, *options, model=str(folder))

    return run


def change_json(path: Path, **values: Any) -> None:
    """Set fields of a JSON file; ``None`` removes one."""
    content = {**json.loads(path.read_text()), **values}
    path.write_text(json.dumps({key: value for key, value in content.items() if value is not None}))


def test_nan_logits(own_model: Callable[..., Any]) -> None:
    def spoil(folder: Path) -> None:
        from safetensors.torch import load_file, save_file

        tensors = load_file(folder / WEIGHTS)
        tensors["lm_head.weight"][3] = float("nan")
        save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})

    done = own_model(spoil)
    assert done.returncode == 4, done.stderr
    assert "the model's outputs are nan instead of numbers; its weights may be damaged" in done.stderr


@pytest.mark.parametrize("lacking", [("bos_token",), ("bos_token", "eos_token"), ("eos_token", "unk_token")])
def test_tokenizers_that_lack_special_tokens(own_model: Callable[..., Any], lacking: tuple[str, ...]) -> None:
    def spoil(folder: Path) -> None:
        change_json(folder / "tokenizer_config.json", **dict.fromkeys(lacking))

    done = own_model(spoil)
    assert done.returncode == 0, done.stderr
    assert "reproduced" in done.stdout


def test_prompts_longer_than_the_context_are_counted(own_model: Callable[..., Any]) -> None:
    def spoil(folder: Path) -> None:
        change_json(folder / "config.json", max_position_embeddings=12)
        change_json(folder / "tokenizer_config.json", model_max_length=12)

    done = own_model(spoil, "--max-items", "64")
    assert done.returncode in (1, 3), done.stderr
    assert re.search(r"256 prompts were longer than the model's context and were cut on the left", done.stdout)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("config.json", "[", "config.json"),
        ("config.json", '{"model_type": "hatchling"}', "transformers has no class for the model type 'hatchling'"),
        (WEIGHTS, "no weights", "cannot be"),
        ("tokenizer.json", "{}", "cannot be"),
    ],
)
def test_damaged_folders(own_model: Callable[..., Any], name: str, content: str, message: str) -> None:
    done = own_model(lambda folder: (folder / name).write_text(content) and None)
    assert done.returncode == 4, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


# ---- hostile repositories

CODE = """
from pathlib import Path
Path({mark!r}).write_text("run")
from transformers import LlamaConfig as Config, LlamaForCausalLM as Model
"""


class Hostile:
    """A pickle that writes a file when it is opened."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.mark, "run")


@pytest.fixture
def hostile(fresh: Site, tmp_path: Path) -> Iterator[tuple[Site, Path, Callable[..., Any]]]:
    """A hub with repositories that would run programs, and the file that these would leave."""
    root, mark = tmp_path / "hostile", tmp_path / "mark"
    for name in ("code", "pickle", "both"):
        folder = root / "models" / "evil" / name / "main"
        shutil.copytree(fresh.place_of_model, folder)
        if name != "pickle":
            change_json(
                folder / "config.json", auto_map={"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Model"}
            )
            (folder / "own.py").write_text(CODE.format(mark=str(mark)))
        if name == "code":
            change_json(folder / "config.json", model_type="own")
        if name == "pickle":
            (folder / WEIGHTS).unlink()
        if name != "code":
            (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Hostile(mark)))
            (folder / "training_args.bin").write_bytes(pickle.dumps(Hostile(mark)))
    with LoopbackHub(root) as hub:

        def run(model: str) -> Any:
            options = ("--claim", f"{PROTOCOL}=70.0", fresh.own_data, "--max-items", "32")
            return fresh.run(*options, model=model, HF_ENDPOINT=hub.url)

        yield fresh, mark, run


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("code", 4, "runs only with code from its repository, which is not run here"),
        ("pickle", 4, "has its weights only as pickles (pytorch_model.bin), which can run programs when opened"),
        ("both", 3, ""),
    ],
)
@pytest.mark.parametrize("where", ["hub", "folder"])
def test_remote_code_and_pickles_leave_no_trace(
    hostile: tuple[Site, Path, Callable[..., Any]], tmp_path: Path, name: str, code: int, message: str, where: str
) -> None:
    site, mark, run = hostile
    place = tmp_path / "hostile" / "models" / "evil" / name / "main"
    done = run(f"evil/{name}" if where == "hub" else str(place))
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert not mark.exists()
    home = site.place.folder / "home"
    assert not [path for path in home.rglob("*") if path.suffix in (".py", ".bin", ".pyc")]
    assert pickle.loads(pickle.dumps(Hostile(mark))) == 3, "the pickle is hostile"
    assert mark.exists()


# ---- files that were changed


@pytest.mark.parametrize("name", ["requests.jsonl", "responses.jsonl"])
def test_changed_prompts_and_answers_are_refused(reference: Reference, tmp_path: Path, name: str) -> None:
    changed = reference.site.copied(tmp_path, "audit", "home")
    path = changed.place.answers / name
    lines = path.read_text().splitlines(keepends=True)
    lines[5] = re.sub(r"\[-\d", "[-9", lines[5], count=1) if "resp" in name else lines[5].replace("color", "shape", 1)
    path.write_text("".join(lines))
    done = changed.run("--resume")
    assert done.returncode == 4
    assert f"{name}, line 6, was changed after it was written" in done.stderr
    assert path.read_text() == "".join(lines)
    assert no_record(changed)


def test_files_of_another_version_are_refused(reference: Reference, tmp_path: Path) -> None:
    other = reference.site.copied(tmp_path, "audit", "home")
    path = other.place.answers / "responses.jsonl"
    path.write_text(path.read_text().replace('"version":1', '"version":7', 1))
    done = other.run("--resume")
    assert done.returncode == 4
    assert "is 'gptalt-responses', version 7; this program reads 'gptalt-responses', version 1" in done.stderr


@pytest.fixture
def changed_data(fresh: Site, tmp_path: Path) -> str:
    """The option that gives the benchmark with one row changed."""
    import datasets

    folder = tmp_path / "data"
    shutil.copytree(fresh.place_of_data, folder)
    path = folder / "data" / "test-00000-of-00001.parquet"
    rows = datasets.Dataset.from_parquet(str(path), cache_dir=str(tmp_path / "cache")).to_list()
    rows[7]["question"] = "Which color do the boats of Nowhere have?"
    datasets.Dataset.from_list(rows).to_parquet(str(path))
    return f"--data=allenai/sciq={folder}"


def test_data_that_changed_are_refused(reference: Reference, tmp_path: Path, changed_data: str) -> None:
    site = reference.site.copied(tmp_path / "site", "audit", "home")
    done = site.run("--resume", "--full", changed_data)
    assert done.returncode == 4
    assert "the data have changed since this audit was begun: sciq_0shot (1500 items then, 1500 now)" in done.stderr
    assert "its answers are kept" in done.stderr
    assert site.run("--resume", "--full").returncode == 1


def test_grading_looks_at_the_data_too(reference: Reference, fresh: Site, changed_data: str) -> None:
    files = [str(reference.site.place.answers / f"{name}.jsonl") for name in ("requests", "responses")]
    catalog = ("--catalog", str(fresh.place.catalog))
    arguments = ["verify", "grade", CHECKPOINT, *files, *catalog]
    done = fresh.forks.run(arguments, fresh.environment)
    assert done.returncode == 1, done.stderr
    assert re.search(r"70\.0 % .* reproduced", done.stdout)
    done = fresh.forks.run([*arguments, changed_data], fresh.environment)
    assert done.returncode == 4
    assert "row 7 has changed since the plan was made" in done.stderr or "row 7, has changed" in done.stderr


def test_records_of_another_version(reference: Reference, tmp_path: Path) -> None:
    from gptalt_catalog.verify.record import sha256_text

    site = reference.site.copied(tmp_path)
    shutil.copytree(reference.site.place.catalog / "verifications", site.place.catalog / "verifications")
    record, items = site.place.record, site.place.record.with_suffix(".items.json")
    text = items.read_text()
    newer = text.replace('"version":1', '"version":2', 1)
    items.write_text(newer)
    record.write_text(record.read_text().replace(sha256_text(text), sha256_text(newer)))
    again = CliRunner().invoke(app, ["verify", "recheck", str(record)])
    assert again.exit_code == 4
    assert "the item file has version 2; this program reads version 1" in again.output
    done = site.run("--max-items", "32")
    assert done.returncode == 3
    assert "is not compared with: the item file has version 2; this program reads version 1" in done.stderr
