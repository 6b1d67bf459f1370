"""What is removed is ours; what others put into the cache stays."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from gptalt_catalog.verify.hub import download
from gptalt_catalog.verify.hub.download import FetchOptions, fetch, remove
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.faults import failing
from gptalt_catalog.verify.hub.snapshot import local
from tests.verify.hub.repositories_for_tests import NAME, WEIGHTS, Site, refusal, sha256

# ---- whose is it


def test_remove_leaves_nothing_of_ours(site: Site) -> None:
    got = fetch(NAME, options=site.options())
    assert remove(got, site.settings()) == sum(file.size for file in got.files)
    assert site.entries() == {}
    assert [p.name for p in site.cache.iterdir()] == [".locks"]
    assert fetch(NAME, options=site.options()).files == got.files


def test_remove_leaves_what_others_put_there(site: Site) -> None:
    got = fetch(NAME, options=site.options())
    folder = site.cache / "models--tiny-lab--tiny"
    shutil.rmtree(folder / ".gptalt-catalog")  # as if the public client had fetched it
    before = site.entries()
    again = fetch(NAME, options=site.options())
    assert again.fetched == 0
    assert remove(again, site.settings()) == 0
    assert {k: v for k, v in site.entries().items() if ".gptalt-catalog" not in k} == before
    assert again.files == got.files


def test_a_blob_that_another_commit_shows_stays(site: Site) -> None:
    first = fetch(NAME, options=site.options())
    (site.source / "config.json").write_text('{"model_type": "llama", "changed": true}')
    second = fetch(NAME, options=site.options())
    assert first.commit != second.commit
    assert second.fetched == len((site.source / "config.json").read_bytes())
    remove(first, site.settings())
    assert (second.folder / WEIGHTS).is_file()
    remove(second, site.settings())
    assert site.entries() == {}


def test_a_blob_that_somebody_replaced_stays(site: Site) -> None:
    got = fetch(NAME, options=site.options())
    blob = (got.folder / WEIGHTS).resolve()
    data = blob.read_bytes()
    blob.unlink()
    blob.write_bytes(data)
    remove(got, site.settings())
    assert blob.read_bytes() == data


def test_a_blob_that_others_brought_stays_without_their_links(site: Site) -> None:
    data = (site.source / WEIGHTS).read_bytes()
    blob = site.cache / "models--tiny-lab--tiny/blobs" / sha256(data)
    blob.parent.mkdir(parents=True)
    blob.write_bytes(data)
    got = fetch(NAME, options=site.options())
    assert got.fetched < 4096
    remove(got, site.settings())
    assert blob.read_bytes() == data


def test_a_blob_of_ours_stays_while_others_show_it(site: Site) -> None:
    got = fetch(NAME, options=site.options())
    theirs = got.folder.parent / ("f" * 40) / WEIGHTS
    theirs.parent.mkdir()
    theirs.symlink_to((got.folder / WEIGHTS).readlink())
    remove(got, site.settings())
    assert theirs.read_bytes() == (site.source / WEIGHTS).read_bytes()


def test_a_damaged_file_of_others_is_left_alone_and_named(site: Site) -> None:
    got = fetch(NAME, options=site.options())
    blob = (got.folder / WEIGHTS).resolve()
    shutil.rmtree(site.cache / "models--tiny-lab--tiny/.gptalt-catalog")
    blob.write_bytes(b"\0" * 4096)
    error = refusal(site)
    assert (error.code, str(blob) in error.way_out) == ("cache-damaged", True)
    assert blob.read_bytes() == b"\0" * 4096


def test_a_damaged_file_of_ours_is_fetched_again(site: Site) -> None:
    got = fetch(NAME, options=site.options())
    blob = (got.folder / WEIGHTS).resolve()
    with blob.open("r+b") as file:
        file.write(b"damage")
    assert fetch(NAME, options=site.options()).fetched == 4096


def test_an_existing_reference_of_others_is_not_touched(site: Site) -> None:
    place = site.cache / "models--tiny-lab--tiny/refs/main"
    place.parent.mkdir(parents=True)
    place.write_text("1" * 40)
    remove(fetch(NAME, options=site.options()), site.settings())
    assert place.read_text() == "1" * 40


def test_a_local_folder_is_never_removed(site: Site) -> None:
    with pytest.raises(HubError) as caught:
        remove(local(site.source), site.settings())
    assert caught.value.code == "not-ours"


def test_a_half_fetched_commit_is_not_taken_for_whole_offline(site: Site) -> None:
    site.hub.state.faults.add(failing(f"*/{WEIGHTS}", 500, times=None))
    refusal(site)
    with pytest.raises(HubError) as caught:
        fetch(NAME, options=download.FetchOptions(settings=site.settings(offline=True)))
    assert caught.value.code == "offline"


def test_without_symbolic_links_copies_do(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    monkeypatch.setattr(os, "link", refuse)
    got = fetch(NAME, options=site.options())
    assert not (got.folder / WEIGHTS).is_symlink()
    assert local(got.folder).files == got.files
    assert fetch(NAME, options=site.options()).fetched == 0
    remove(got, site.settings())
    assert site.entries() == {}


def offline(site: Site, revision: str = "main") -> HubError:
    with pytest.raises(HubError) as caught:
        fetch(NAME, revision, FetchOptions(settings=site.settings(offline=True)))
    return caught.value


def test_a_commit_of_others_without_a_tokenizer_is_not_whole(site: Site) -> None:
    got = fetch(NAME, options=site.options())
    shutil.rmtree(site.cache / "models--tiny-lab--tiny/.gptalt-catalog")
    for pointer in got.folder.glob("tokenizer*"):
        pointer.unlink()
    assert (offline(site).code, "its tokenizer" in offline(site).message) == ("offline", True)


def test_a_file_that_somebody_removed_is_missed_and_comes_again(site: Site) -> None:
    got = fetch(NAME, options=site.options())
    (got.folder / "tokenizer.json").resolve().unlink()
    assert (offline(site).code, "tokenizer.json" in offline(site).message) == ("offline", True)
    again = fetch(NAME, str(got.commit), site.options())
    assert again.files == got.files
    assert again.fetched == (site.source / "tokenizer.json").stat().st_size
