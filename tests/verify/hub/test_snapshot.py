"""Local folders, hashed as downloads are."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from gptalt_catalog.verify.hub.download import read_config
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.selection import Allowed
from gptalt_catalog.verify.hub.snapshot import local
from tests.verify.hub.repositories_for_tests import write_repository


def test_hashes_change_with_what_they_cover(tmp_path: Path) -> None:
    folder = write_repository(tmp_path / "m")
    before = local(folder)
    (folder / "README.md").write_text("other")
    assert local(folder) == before
    (folder / "tokenizer.json").write_text('{"version": "1.0", "other": 1}')
    after = local(folder)
    assert after.tokenizer_sha256 != before.tokenizer_sha256
    assert after.weights == before.weights
    assert before.chat_template_sha256 is None
    (folder / "chat_template.jinja").write_text("{{ x }}")
    assert local(folder).chat_template_sha256 is not None
    assert local(folder).tokenizer_sha256 == after.tokenizer_sha256


def test_shards_are_counted_together(tmp_path: Path) -> None:
    got = local(write_repository(tmp_path / "m", shards=3, size=2000))
    assert len(got.weights) == 3
    assert got.weights_bytes == 6000


def test_progress_of_hashing(tmp_path: Path) -> None:
    seen: dict[str, int] = {}

    def count(path: str, size: int) -> None:
        seen[path] = seen.get(path, 0) + size

    got = local(write_repository(tmp_path / "m"), on_bytes=count)
    assert seen == {file.path: file.size for file in got.files}


def test_pickles_of_a_folder_need_their_hash_too(tmp_path: Path) -> None:
    folder = write_repository(tmp_path / "m")
    pickle = (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(HubError, match="pickles"):
        local(folder)
    listed = hashlib.sha256(pickle.read_bytes()).hexdigest()
    assert local(folder, Allowed(frozenset({listed}))).weights == {"pytorch_model.bin": listed}


def test_code_of_a_folder_needs_its_hash(tmp_path: Path) -> None:
    folder = write_repository(tmp_path / "m")
    (folder / "modeling.py").write_text("1")
    assert "modeling.py" in local(folder).left
    with pytest.raises(HubError, match=r"modeling\.py"):
        local(folder, Allowed(code={"modeling.py": "0" * 64}))


@pytest.mark.parametrize("text", ["[]", "", "{", "3", '"x"', "\udcff"])
def test_a_config_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(HubError) as caught:
        read_config(tmp_path, "a/b")
    assert caught.value.code == "no-config"


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(HubError) as caught:
        local(tmp_path / "nix")
    assert caught.value.code == "not-found"
