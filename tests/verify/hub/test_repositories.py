"""Folders that lie elsewhere, laid over one another, and the hashes that are kept."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from gptalt_catalog.verify.hub.digests import DigestBook
from gptalt_catalog.verify.hub.loopback import LoopbackHub
from gptalt_catalog.verify.hub.repositories import Shelf, joined_cards
from tests.verify.hub.asking import ask, followed

# ---- mapped folders


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    for name in ("easy", "hard"):
        (tmp_path / name / name).mkdir(parents=True)
        (tmp_path / name / name / "test.parquet").write_bytes(name.encode())
        (tmp_path / name / "README.md").write_text(f"---\nconfigs:\n- config_name: {name}\n---\nabout {name}\n")
    return tmp_path


def test_several_folders_make_one_repository(parts: Path) -> None:
    with LoopbackHub(
        folders={"datasets/lab/both": [parts / "easy", parts / "hard"], "datasets/lab/both@old": parts / "easy"}
    ) as hub:
        names = [
            row["path"]
            for row in ask(hub.url, "/api/datasets/lab/both/tree/main?recursive=1").json
            if row["type"] == "file"
        ]
        assert names == ["README.md", "easy/test.parquet", "hard/test.parquet"]
        card = ask(hub.url, "/datasets/lab/both/resolve/main/README.md").body
        assert card == b"---\nconfigs:\n- config_name: easy\n- config_name: hard\n---\n"
        assert followed(ask(hub.url, "/datasets/lab/both/resolve/main/hard/test.parquet")).body == b"hard"
        assert (
            ask(hub.url, "/datasets/lab/both/resolve/old/hard/test.parquet").headers["x-error-code"] == "EntryNotFound"
        )
        assert ask(hub.url, "/api/models/lab/both").status == 401


def test_folders_with_the_same_file_are_refused(parts: Path) -> None:
    shutil.copytree(parts / "easy" / "easy", parts / "hard" / "easy")
    with pytest.raises(ValueError, match=r"easy/test\.parquet; map them to different branches"):
        LoopbackHub(folders={"datasets/lab/both": [parts / "easy", parts / "hard"]})


@pytest.mark.parametrize(
    "key", ["lab/both", "spaces/lab/both", "datasets/both", "datasets/../x", "datasets/a/b@../c", "models/a/b/c"]
)
def test_odd_keys_are_refused(parts: Path, key: str) -> None:
    with pytest.raises(ValueError, match="is not models/OWNER/NAME"):
        Shelf(None, {key: parts / "easy"}, DigestBook())


def test_cards_that_are_no_lists_of_configs_are_refused() -> None:
    with pytest.raises(ValueError, match=r"README\.md"):
        joined_cards([b"# a\n", b"# b\n"])


def test_digests_are_kept_and_renewed(tmp_path: Path) -> None:
    kept, file = tmp_path / ".digests.json", tmp_path / "a.bin"
    file.write_bytes(b"one")
    book = DigestBook(kept)
    first = book.of(file)
    book.save()
    assert DigestBook(kept)._known[str(file)][1] == first
    file.write_bytes(b"other")
    assert DigestBook(kept).of(file).sha256 == hashlib.sha256(b"other").hexdigest()
    kept.write_text('{"a.bin": 3}')
    assert DigestBook(kept).of(file).size == 5
