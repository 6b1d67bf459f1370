"""Which files are taken, which left alone, and what a name may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.listing import RemoteFile
from gptalt_catalog.verify.hub.names import is_file_path, is_repository, is_revision
from gptalt_catalog.verify.hub.selection import Allowed, is_small_part, select

SHA = "a" * 64


def files(*names: str) -> dict[str, RemoteFile]:
    return {name: RemoteFile(name, 1, None, SHA) for name in ("config.json", *names)}


def nothing(_: RemoteFile) -> bytes:
    raise AssertionError("no index should be read")


def chosen(*names: str, allowed: Allowed | None = None) -> set[str]:
    return {file.path for file in select(files(*names), "a/b", nothing, allowed or Allowed()).files}


def test_tokenizers_configs_and_templates_are_taken() -> None:
    wanted = {
        "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt",
        "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "qwen.tiktoken", "chat_template.jinja", "additional_chat_templates/tool_use.jinja",
        "preprocessor_config.json", "model.safetensors",
    }  # fmt: skip
    assert chosen(*wanted) == wanted | {"config.json"}


@pytest.mark.parametrize(
    "name",
    [
        "modeling_x.py", "x.so", "pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "model.gguf", "training_args.bin", "optimizer.pt", "original/consolidated.00.pth",
        "adapter_model.safetensors", "model.fp16.safetensors", "sub/config.json", "sub/tokenizer.json", "sub/qwen.tiktoken", ".gitattributes", "README.md", "runs/events.out",
        "additional_chat_templates/a/b.jinja", "additional_chat_templates/../x.jinja", "other/x.jinja", "tokenizer.json.py", "setup.sh",
    ],
)  # fmt: skip
def test_everything_else_is_left_alone(name: str) -> None:
    assert name not in chosen("model.safetensors", name)


def test_small_files_come_before_weights() -> None:
    order = [
        file.path for file in select(files("model.safetensors", "tokenizer.json"), "a/b", nothing, Allowed()).files
    ]
    assert order == ["config.json", "tokenizer.json", "model.safetensors"]


def test_safetensors_win_over_listed_pickles() -> None:
    assert chosen("model.safetensors", "pytorch_model.bin", allowed=Allowed(frozenset({SHA}))) == {
        "config.json",
        "model.safetensors",
    }


def test_all_pickled_shards_must_be_listed() -> None:
    index = b'{"weight_map": {"a": "p-1.bin", "b": "p-2.bin"}}'
    listed = files("pytorch_model.bin.index.json", "p-1.bin") | {"p-2.bin": RemoteFile("p-2.bin", 1, None, "b" * 64)}
    with pytest.raises(HubError, match="pickles"):
        select(listed, "a/b", lambda _: index, Allowed(frozenset({SHA})))
    both = select(listed, "a/b", lambda _: index, Allowed(frozenset({SHA, "b" * 64})))
    assert [file.path for file in both.files] == ["config.json", "pytorch_model.bin.index.json", "p-1.bin", "p-2.bin"]


def test_an_index_of_safetensors_cannot_name_pickles() -> None:
    listed = files("model.safetensors.index.json", "pytorch_model.bin")
    with pytest.raises(HubError, match="no shard"):
        select(listed, "a/b", lambda _: b'{"weight_map": {"a": "pytorch_model.bin"}}', Allowed())


@pytest.mark.parametrize(("names", "what"), [(("x.gguf", "y.pth"), ".gguf, .pth"), ((), "no weights as safetensors")])
def test_other_weights_are_named(names: tuple[str, ...], what: str) -> None:
    with pytest.raises(HubError) as caught:
        chosen(*names)
    assert what in caught.value.message


@given(st.text(min_size=1, max_size=60))
def test_a_good_path_stays_below_its_folder(path: str) -> None:
    if is_file_path(path):
        assert not path.startswith("/")
        assert ".." not in path.split("/")
        assert "\\" not in path
        assert "\0" not in path


@given(st.text(alphabet="ab./\\~ -_@:%\0\n", max_size=20))
def test_good_names_are_good_parts_of_addresses_and_paths(text: str) -> None:
    if is_repository(text):
        assert text.count("/") == 1
    if is_repository(text) or is_revision(text):
        assert ".." not in text
        assert not set(text) & set("\\~ @:%\0\n")
        assert not text.startswith(("/", ".", "-"))
    if is_small_part(text) and is_file_path(text):
        assert text.count("/") <= 1


@pytest.mark.parametrize(
    "name",
    ["EleutherAI/pythia-1.4b", "a/b", "01-ai/Yi-6B", "BlinkDL/rwkv-4-raven", "Qwen/Qwen2.5-0.5B", "x/a_b", "x/a_"],
)
def test_real_repositories(name: str) -> None:
    assert is_repository(name)


@pytest.mark.parametrize(
    "name", ["a", "a/b/c", "-a/b", "a/b-", "a/.b", "a--b/c", "a/b..c", "a/b ", "ä/b", "a/" + "x" * 97]
)
def test_repositories_that_no_hub_allows(name: str) -> None:
    assert not is_repository(name)


@pytest.mark.parametrize("name", ["main", "v1.0", "refs/pr/1", "step143000", "a" * 40])
def test_real_revisions(name: str) -> None:
    assert is_revision(name)


def test_of_an_adapter_its_config_weights_and_tokenizer_are_taken() -> None:
    names = ("adapter_config.json", "adapter_model.safetensors", "tokenizer.json", "optimizer.pt", "train.py")
    found = chosen(*names, allowed=Allowed(adapter=True))
    assert found == {"adapter_config.json", "adapter_model.safetensors", "tokenizer.json"}


def test_a_pickled_adapter_is_taken_only_if_vouched_for() -> None:
    names = ("adapter_config.json", "adapter_model.bin")
    with pytest.raises(HubError, match="only as pickles"):
        chosen(*names, allowed=Allowed(adapter=True))
    assert chosen(*names, allowed=Allowed(frozenset({SHA}), adapter=True)) == set(names)
    for lacking in (("adapter_config.json",), ("adapter_model.safetensors",)):
        with pytest.raises(HubError, match=r"no adapter of peft|no weights as safetensors"):
            chosen(*lacking, allowed=Allowed(adapter=True))
