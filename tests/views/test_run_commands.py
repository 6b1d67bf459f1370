from __future__ import annotations

import ast
import json
import shlex

import pytest

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.views.run_commands import PLACES, how_to_run, run_text
from gptalt_catalog.views.run_support import SUPPORT
from tests.catalogs import CHECKOUT, read


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read(CHECKOUT / "catalog").catalog


def test_every_command_of_the_catalog_is_whole_and_names_its_own_repository(catalog: Catalog) -> None:
    count = 0
    for key, checkpoint in catalog.checkpoints.items():
        for option in how_to_run(catalog, key).options:
            hub = checkpoint.hub
            assert hub is not None
            for precision in option.precisions or ("fp16",):
                text = run_text(option, precision, 4096)
                count += 1
                assert "<<" not in text.replace("<<human>>", ""), (key, text)
                assert str(hub.moved_to or hub.repository) in text
                if option.program == "transformers":
                    ast.parse(text)
                else:
                    for line in text.splitlines():
                        assert shlex.split(line, comments=True) is not None
    assert count > 2000


def test_either_commands_or_the_reason_why_there_are_none(catalog: Catalog) -> None:
    for key in catalog.checkpoints:
        how = how_to_run(catalog, key)
        assert bool(how.options) != bool(how.hindrance), key


@pytest.mark.parametrize(
    ("key", "hindrance"),
    [
        ("vicuna-13b-delta-v0", "delta"),
        ("llama-7b-hf-decapoda", "withdrawn"),
        ("opt-175b", "by-request"),
        ("baize-lora-7b", "adapter"),
        ("rwkv-4-pile-169m", "own-code"),
    ],
)
def test_what_hinders_is_named(catalog: Catalog, key: str, hindrance: str) -> None:
    assert how_to_run(catalog, key).hindrance == hindrance


def texts(catalog: Catalog, key: str) -> dict[str, str]:
    options = how_to_run(catalog, key).options
    return {option.program: run_text(option, (option.precisions or ("fp16",))[0], 2048) for option in options}


def test_a_plain_model_runs_in_three_programs(catalog: Catalog) -> None:
    found = texts(catalog, "qwen3-8b")
    assert list(found) == ["transformers", "vLLM", "llama.cpp"]
    assert found["vLLM"].splitlines()[-1] == "vllm serve Qwen/Qwen3-8B --max-model-len 2048 --dtype bfloat16"
    assert found["llama.cpp"].splitlines() == [
        "hf download Qwen/Qwen3-8B --local-dir qwen3-8b",
        "python convert_hf_to_gguf.py qwen3-8b --outtype f16 --outfile model-f16.gguf",
        "llama-quantize model-f16.gguf model-Q4_K_M.gguf Q4_K_M",
        "llama-cli -m model-Q4_K_M.gguf -c 2048",
    ]
    assert "trust_remote_code" not in found["transformers"]
    assert "apply_chat_template" in found["transformers"]


def test_code_of_the_repository_is_asked_for_and_pinned_versions_are_kept(catalog: Catalog) -> None:
    text = texts(catalog, "chatglm2-6b")["transformers"]
    assert '"transformers==4.30.2"' in text
    assert "torch_dtype=torch.float16" in text
    assert text.count("trust_remote_code=True") == 2
    (option,) = [o for o in how_to_run(catalog, "chatglm2-6b").options if o.program == "transformers"]
    assert option.notes == ("remote-code",)
    assert "int8" not in option.precisions  # bitsandbytes came to transformers later


def test_chatglm_6b_is_not_taken_for_its_successor(catalog: Catalog) -> None:
    """Both call themselves ChatGLM, but llama.cpp and vLLM read the second network only."""
    assert list(texts(catalog, "chatglm-6b")) == ["transformers"]
    assert {"vLLM", "llama.cpp"} <= set(texts(catalog, "chatglm2-6b"))


def test_a_documented_prompt_is_used_where_repositories_have_none(catalog: Catalog) -> None:
    text = texts(catalog, "vicuna-7b-v1.5")["transformers"]
    (line,) = [line for line in text.splitlines() if line.startswith("prompt = ")]
    prompt = json.loads(line.removeprefix("prompt = "))
    assert prompt.startswith("A chat between a curious user")
    assert prompt.endswith("USER: What is the capital of France? ASSISTANT:")
    assert "The capital of France is" in texts(catalog, "pythia-70m")["transformers"]


def test_gated_repositories_are_marked(catalog: Catalog) -> None:
    assert how_to_run(catalog, "llama-2-7b").gated
    assert not how_to_run(catalog, "pythia-70m").gated


def test_published_quantized_weights_are_loaded_as_they_are(catalog: Catalog) -> None:
    (option,) = how_to_run(catalog, "qwen-7b-chat-int4").options
    assert option.precisions == ()
    assert "quantized" in option.notes
    assert "Bits" not in run_text(option, "fp16", 4096)


def test_lists_of_architectures_name_a_source_of_the_catalog(catalog: Catalog) -> None:
    known = {c.shape.architecture for c in catalog.checkpoints.values() if c.shape is not None}
    for support in SUPPORT.values():
        assert support.source in catalog.sources
        assert support.architectures <= known, support.architectures - known


def test_every_place_of_every_program_has_a_value_in_every_precision() -> None:
    for by_precision in PLACES.values():
        names = [set(values) for values in by_precision.values()]
        assert all(one == names[0] for one in names)
