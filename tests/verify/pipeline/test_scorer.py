"""The scorer: lm-eval's numbers, batches that shrink, models that misbehave, and nothing else installed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lm_eval")
pytest.importorskip("torch")

from gptalt_catalog.verify.pipeline import scorer as scorer_module
from gptalt_catalog.verify.pipeline.batches import Batches
from gptalt_catalog.verify.pipeline.requests import (
    Document,
    Header,
    NotANumberError,
    PipelineError,
    PlannedTask,
    Request,
    ResponseFile,
    open_requests,
)
from gptalt_catalog.verify.pipeline.scorer import (
    Scorer,
    description,
    dtype_option,
    load,
    main,
)
from tests.catalogs import CHECKOUT
from tests.verify.pipeline import models
from tests.verify.tasks import direct

pytestmark = pytest.mark.verify

WORDS = ("river", "cat", "the", "garden", "violin", "月亮", "A", "engine")


def documents(
    count: int, kinds: Sequence[str] = ("loglikelihood", "loglikelihood_rolling", "generate_until")
) -> list[Document]:
    """Documents with contexts of very different lengths."""
    found = []
    for i in range(count):
        context = " ".join(WORDS[(i * k) % 8] for k in range(1 + 5 * i % 37)) + " Answer:"
        requests = [Request("loglikelihood", (context, f" {word} {i}")) for word in WORDS[:3]]
        requests += [Request("loglikelihood", (context, f" {letter}")) for letter in "ABCD"]
        requests.append(Request("loglikelihood_rolling", (context * 3,)))
        requests.append(Request("generate_until", (context, {"until": [".", "\n"], "max_gen_toks": 20})))
        found.append(Document("quiz", "quiz", i, f"{i:064x}", tuple(r for r in requests if r.kind in kinds)))
    return found


def harness_answers(lm: Any, some: Sequence[Document]) -> dict[str, Any]:
    from lm_eval.api.instance import Instance

    found: dict[str, Any] = {}
    for kind in ("loglikelihood", "loglikelihood_rolling", "generate_until"):
        requests = {r.key: r for d in some for r in d.requests if r.kind == kind}
        instances = [Instance(kind, {}, r.args, 0) for r in requests.values()]
        found |= dict(zip(requests, getattr(lm, kind)(instances, disable_tqdm=True) if instances else (), strict=True))
    return found


@pytest.mark.parametrize("kind", ["random", "random with bos", "stories"])
def test_answers_are_lm_evals(kind: str) -> None:
    if kind == "stories":
        model, tokenizer = models.stories()
    else:
        tokenizer = models.random_tokenizer(bos="bos" in kind)
        model = models.random_model(tokenizer, max_length=64)
    some = documents(12)
    found = {k: v for one in Scorer(model, tokenizer, batch=5).answer(some) for k, v in one.answers.items()}
    wanted = harness_answers(direct.harness(model, tokenizer), some)
    assert set(found) == set(wanted)
    for key, value in wanted.items():
        assert found[key] == (pytest.approx(value, abs=1e-3) if not isinstance(value, str) else value)


def test_the_softmax_is_float32_whatever_the_weights_are() -> None:
    import torch
    from lm_eval.models.huggingface import HFLM

    tokenizer = models.random_tokenizer()
    model = models.random_model(tokenizer).to(torch.bfloat16)
    some = documents(4, ["loglikelihood"])
    scorer = Scorer(model, tokenizer, batch=1, scorer="stock")
    found = {k: v for one in scorer.answer(some) for k, v in one.answers.items()}
    options = {"pretrained": model, "tokenizer": tokenizer, "device": "cpu", "batch_size": 1}
    exact = harness_answers(HFLM(**options, softmax_dtype="float32"), some)
    rough = harness_answers(HFLM(**options), some)
    assert found == {key: pytest.approx(value, abs=1e-4) for key, value in exact.items()}
    assert any(abs(found[key][0] - rough[key][0]) > 1e-3 for key in found)  # type: ignore[index]
    assert description(Scorer(model, tokenizer))["softmax_dtype"] == "float32"


def test_answers_do_not_depend_on_the_batch(tiny: tuple[Any, Any]) -> None:
    some = documents(9)
    one, other = (Scorer(*tiny, batch=batch).answer(some) for batch in (1, 64))
    for left, right in zip(one, other, strict=True):
        assert left.place == right.place
        assert left.answers == {
            k: v if isinstance(v, str) else pytest.approx(v, abs=1e-3) for k, v in right.answers.items()
        }


def test_sequences_that_differ_in_their_last_token_are_fed_once(tiny: tuple[Any, Any]) -> None:
    letters = Document("q", "q", 0, "", tuple(Request("loglikelihood", ("the cat Answer:", f" {x}")) for x in "ABCD"))
    (found,) = Scorer(*tiny).answer([letters])
    encoder = Scorer(*tiny).encoder
    assert found.tokens == len({encoder.pair(r).inputs for r in letters.requests}) * len(
        encoder.pair(letters.requests[0]).inputs
    )


def test_what_is_known_is_not_asked_again(tiny: tuple[Any, Any]) -> None:
    some = documents(2)
    (first, _) = Scorer(*tiny).answer(some)
    known = dict.fromkeys(first.answers, (-7.0, True))
    again = Scorer(*tiny).answer(some, known)  # type: ignore[arg-type]
    assert again[0].answers == known
    assert again[0].tokens == 0
    assert again[1].tokens > 0


def test_prompts_longer_than_the_context_are_cut_and_counted() -> None:
    tokenizer = models.random_tokenizer()
    short = models.random_model(tokenizer, max_length=32)
    long = Document(
        "q",
        "q",
        0,
        "",
        (
            Request("loglikelihood", ("river " * 60, " cat")),
            Request("loglikelihood", ("river", " cat")),
            Request("generate_until", ("river " * 60, {"until": ["."], "max_gen_toks": 4})),
        ),
    )
    (found,) = Scorer(short, tokenizer).answer([long])
    assert found.truncated == 2


def test_an_answer_or_a_wish_that_cannot_fit_is_an_error() -> None:
    tokenizer = models.random_tokenizer()
    scorer = Scorer(models.random_model(tokenizer, max_length=16), tokenizer)
    for request, message in (
        (Request("loglikelihood", ("a", " river" * 40)), "does not fit the model's 16"),
        (Request("generate_until", ("a", {"until": ["."]})), "256 new tokens do not fit the model's 16"),
        (Request("generate_until", ("a", {"until": ["."], "do_sample": True})), "samples its answers"),
        (Request("generate_until", ("a", {"until": ["."], "temperature": 0.7})), "samples its answers"),
    ):
        with pytest.raises(PipelineError, match=message):
            scorer.answer([Document("q", "q", 0, "", (request,))])


class Crowded:
    """A model whose memory holds only so many rows."""

    def __init__(self, model: Any, rows: int) -> None:
        self.model, self.rows, self.tried = model, rows, []  # type: ignore[var-annotated]
        self.config, self.device, self.dtype = model.config, model.device, model.dtype

    def eval(self) -> None:
        pass

    def forward(self, input_ids: Any, attention_mask: Any = None) -> Any:
        return self.model(input_ids, attention_mask=attention_mask)

    def __call__(self, inputs: Any) -> Any:
        import torch

        self.tried.append(len(inputs))
        if len(inputs) > self.rows:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return self.model(inputs)


@pytest.mark.parametrize("batch", [16, None])
def test_memory_that_runs_out_halves_the_batch(tiny: tuple[Any, Any], batch: int | None) -> None:
    model, tokenizer = tiny
    some = documents(10, ["loglikelihood"])
    crowded = Crowded(model, 3)
    scorer = Scorer(crowded, tokenizer, batch=batch)
    found, wanted = scorer.answer(some), Scorer(model, tokenizer).answer(some)
    assert scorer.batches.halvings > 0
    assert sum(1 for rows in crowded.tried if rows > 3) <= 8
    for left, right in zip(found, wanted, strict=True):
        assert left.answers == {key: pytest.approx(value, abs=1e-3) for key, value in right.answers.items()}


def test_memory_for_not_even_one_row_is_an_error(tiny: tuple[Any, Any]) -> None:
    scorer = Scorer(Crowded(tiny[0], 0), tiny[1], batch=4)
    with pytest.raises(PipelineError, match="not even one sequence of"):
        scorer.answer(documents(2, ["loglikelihood"]))


def test_other_errors_are_not_taken_for_memory() -> None:
    def work(_rows: Sequence[int]) -> None:
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        Batches(100).run([1, 2], lambda row: row, work)


@pytest.mark.parametrize("kind", ["loglikelihood", "loglikelihood_rolling", "generate_until"])
def test_nan_is_reported_and_what_was_answered_stays(tiny: tuple[Any, Any], tmp_path: Path, kind: str) -> None:
    import torch

    model, tokenizer = models.random_model(tiny[1]), tiny[1]
    some = documents(6, [kind])
    responses = ResponseFile(tmp_path / "responses.jsonl", "0" * 64, {"scorer": "x"})
    scoring = scorer_module.score(some, responses, Scorer(model, tokenizer), every=2)
    next(scoring)
    with torch.no_grad():
        model.model.norm.weight.fill_(float("nan"))
    with pytest.raises(NotANumberError, match=r"nan instead of numbers.*--dtype float32"):
        next(scoring)
    assert len(ResponseFile(tmp_path / "responses.jsonl").places) == 2


@pytest.mark.parametrize(("bos", "eos", "pad"), [(False, False, False), (True, False, False), (True, True, True)])
def test_tokenizers_without_bos_eos_or_padding(bos: bool, eos: bool, pad: bool) -> None:
    tokenizer = models.random_tokenizer(bos=bos, eos=eos, pad=pad)
    some = documents(4, ["loglikelihood", "generate_until"])
    found = Scorer(models.random_model(tokenizer), tokenizer, batch=3).answer(some)
    assert all(len(one.answers) == len(document.requests) for one, document in zip(found, some, strict=True))


def test_a_folder_that_holds_no_model_is_explained(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="the model cannot be loaded"):
        load(tmp_path, device="cpu")
    with pytest.raises(PipelineError, match="torch knows no data type 'float3'"):
        load(tmp_path, device="cpu", dtype="float3")


def test_pickled_weights_are_not_loaded(tmp_path: Path) -> None:
    import torch

    folder = models.random_checkpoint(tmp_path)
    weights = load(folder, device="cpu").model.state_dict()
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")
    with pytest.raises(PipelineError, match="the model cannot be loaded"):
        load(folder, device="cpu")


@pytest.mark.parametrize(("version", "option"), [("4.50.3", "torch_dtype"), ("4.56.0", "dtype"), ("5.23.0", "dtype")])
def test_the_data_type_has_two_names(version: str, option: str) -> None:
    assert dtype_option(version) == option


def plan_file(folder: Path, count: int) -> Path:
    task = PlannedTask("1", 0, "joint", "seed-1234", count, "0" * 64, {"owner/data": "pending"})
    plan = open_requests(folder / "requests.jsonl", Header("s", "r", ("p",), {"quiz": task}, "0.4.13"))
    plan.extend(documents(count, ["loglikelihood"]))
    return plan.file.path


ONLY_TORCH = """
import sys
ALLOWED = {"gptalt_catalog", "gptalt_catalog.verify", "gptalt_catalog.verify.pipeline"}
class Nothing:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in ("pydantic", "lm_eval", "datasets", "ruamel") or (
            top == "gptalt_catalog" and name not in ALLOWED and not name.startswith("gptalt_catalog.verify.pipeline.")
        ):
            raise ModuleNotFoundError(f"{name} is not installed on this machine")
sys.meta_path.insert(0, Nothing())
from gptalt_catalog.verify.pipeline.scorer import main
raise SystemExit(main(sys.argv[1:]))
"""


def test_it_runs_where_only_torch_and_transformers_are_installed(tmp_path: Path) -> None:
    model = models.random_checkpoint(tmp_path / "model")
    plan = plan_file(tmp_path, 5)
    command = [
        sys.executable,
        "-c",
        ONLY_TORCH,
        plan,
        tmp_path / "responses.jsonl",
        "--model",
        model,
        "--device",
        "cpu",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=CHECKOUT, check=False)  # type: ignore[arg-type]
    assert done.returncode == 0, done.stderr
    assert "5 of 5 documents" in done.stderr
    assert len(ResponseFile(tmp_path / "responses.jsonl").places) == 5


def test_the_command_line_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(tmp_path / "requests.jsonl"), str(tmp_path / "responses.jsonl"), "--model", str(tmp_path)]
    assert main(arguments) == 4
    assert "does not exist or is empty" in capsys.readouterr().err
    plan_file(tmp_path, 1)
    assert main(arguments) == 4
    assert "the model cannot be loaded" in capsys.readouterr().err


def test_nothing_private_is_said_about_the_scorer(tmp_path: Path) -> None:
    folder = models.random_checkpoint(tmp_path / "secret-name")
    told = description(load(folder, device="cpu"), folder)
    assert "secret-name" not in str(told)
    assert str(tmp_path) not in str(told)
    assert len(told["weights"]) == 64
    assert told["dtype"] == "float32"
