"""Fetching from a hub that behaves and one that does not."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from typing import Any

import pytest

from gptalt_catalog.verify.hub import download, transfer
from gptalt_catalog.verify.hub.client import Answer, HubClient
from gptalt_catalog.verify.hub.download import Progress, fetch, plan
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.explanations import Asked
from gptalt_catalog.verify.hub.faults import cut, failing, slow, wrong_byte
from gptalt_catalog.verify.hub.snapshot import local
from tests.verify.hub.repositories_for_tests import NAME, WEIGHTS, Site, refusal, sha256, weights, write_repository

# ---- all is well


def test_what_is_needed_arrives_and_hashes(site: Site) -> None:
    got = fetch(NAME, options=site.options())
    names = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", WEIGHTS]
    assert [file.path for file in got.files] == names
    for file in got.files:
        data = (site.source / file.path).read_bytes()
        assert (got.folder / file.path).read_bytes() == data
        assert (file.sha256, file.size) == (sha256(data), len(data))
    assert got.left == ("README.md",)
    assert got.repository == got.asked == NAME
    assert got.commit is not None
    assert len(got.commit) == 40
    assert got.fetched == sum(file.size for file in got.files)
    assert got.weights == {WEIGHTS: sha256((site.source / WEIGHTS).read_bytes())}


def test_the_cache_is_laid_out_as_the_public_client_lays_it_out(site: Site) -> None:
    got = fetch(NAME, options=site.options())
    folder = site.cache / "models--tiny-lab--tiny"
    assert got.folder == folder / "snapshots" / str(got.commit)
    assert (folder / "refs" / "main").read_text() == got.commit
    pointer = got.folder / WEIGHTS
    assert str(pointer.readlink()) == f"../../blobs/{sha256((site.source / WEIGHTS).read_bytes())}"
    assert not list(site.cache.rglob("*.partial"))


def test_a_second_time_nothing_is_fetched(site: Site) -> None:
    first = fetch(NAME, options=site.options())
    again = fetch(NAME, options=site.options())
    assert again == first
    assert again.fetched == 0
    assert len(site.asked(WEIGHTS)) == 2  # the redirect and the content, once each


def test_a_pinned_commit_in_the_cache_asks_no_hub(site: Site) -> None:
    first = fetch(NAME, options=site.options())
    before = len(site.hub.log)
    again = fetch(NAME, str(first.commit), site.options())
    assert again.files == first.files
    assert again.left == first.left
    assert len(site.hub.log) == before


def test_offline_the_cache_is_enough(site: Site) -> None:
    first = fetch(NAME, options=site.options())
    site.hub.stop()
    options = download.FetchOptions(settings=site.settings(offline=True))
    again = fetch(NAME, options=options)
    assert (again.files, again.commit) == (first.files, first.commit)


def test_offline_without_a_copy_says_so(site: Site) -> None:
    with pytest.raises(HubError) as caught:
        fetch(NAME, options=download.FetchOptions(settings=site.settings(offline=True)))
    assert caught.value.code == "offline"
    assert not site.hub.log


def test_a_local_folder_has_the_same_form(site: Site) -> None:
    got, here = fetch(NAME, options=site.options()), local(site.source)
    assert here.files == got.files
    assert here.left == got.left
    assert here.tokenizer_sha256 == got.tokenizer_sha256
    assert here.repository is None
    assert local(got.folder).files == got.files


def test_shards_come_by_their_index(site: Site) -> None:
    (site.source / WEIGHTS).unlink()
    write_repository(site.source, shards=3)
    (site.source / "consolidated.safetensors").write_bytes(weights(512))
    got = fetch(NAME, options=site.options())
    assert sorted(got.weights) == [f"model-0000{i}-of-00003.safetensors" for i in (1, 2, 3)]
    assert "consolidated.safetensors" in got.left


def test_the_plan_says_what_it_takes_and_writes_nothing(site: Site) -> None:
    planned = plan(NAME, options=site.options())
    assert planned.total == planned.missing == sum(file.size for file in planned.selection.files)
    assert planned.free > 0
    assert not site.cache.exists()
    fetch(NAME, options=site.options())
    assert plan(NAME, options=site.options()).missing == 0


def test_progress_adds_up(site: Site) -> None:
    seen: list[Progress] = []
    got = fetch(NAME, options=site.options(progress=seen.append))
    total = sum(file.size for file in got.files)
    assert seen[-1] == Progress("done", total_done=total, total=total)
    assert [p.total_done for p in seen] == sorted(p.total_done for p in seen)


def test_the_config_can_be_refused_before_any_weights_come(site: Site) -> None:
    class TooOldError(Exception):
        pass

    def inspect(config: object) -> None:
        assert config == json.loads((site.source / "config.json").read_text())
        raise TooOldError

    with pytest.raises(TooOldError):
        fetch(NAME, options=site.options(inspect=inspect))
    assert not site.asked(WEIGHTS)


def test_many_files_are_listed_page_by_page(site: Site) -> None:
    site.hub.state.page = 2
    assert len(fetch(NAME, options=site.options()).files) == 5
    assert len([row for row in site.hub.log if "/tree/" in row.path]) == 3


# ---- bad days


def test_a_cut_connection_continues_at_the_byte(site: Site) -> None:
    site.hub.state.faults.add(cut(f"*/{WEIGHTS}", after=1000))
    got = fetch(NAME, options=site.options())
    assert got.weights[WEIGHTS] == sha256((site.source / WEIGHTS).read_bytes())
    sent = [(row.range, row.sent) for row in site.hub.log if row.path.endswith(WEIGHTS) and row.status in (200, 206)]
    assert sent == [(None, 1000), ("bytes=1000-", 3096)]


def test_a_connection_that_is_cut_again_and_again_still_arrives(site: Site) -> None:
    site.hub.state.faults.add(cut(f"*/{WEIGHTS}", after=100, times=None))
    fetch(NAME, options=site.options())
    assert sum(site.asked(WEIGHTS)) == 4096


def test_a_hub_that_breaks_off_at_once_is_given_up_and_later_resumed(site: Site) -> None:
    site.hub.state.faults.add(cut(f"*/{WEIGHTS}", after=1000))
    site.hub.state.faults.add(cut(f"*/{WEIGHTS}", after=0, times=None))
    error = refusal(site)
    assert error.code == "unreachable"
    assert "breaks off" in error.message
    site.hub.state.faults.clear()
    assert fetch(NAME, options=site.options()).fetched == 3096


def test_a_hub_that_cannot_resume_sends_all_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.hub.state.faults.add(cut(f"*/{WEIGHTS}", after=1000))
    original = HubClient.open

    def without_range(self: HubClient, path: str, asked: Asked, *_: object) -> Answer:
        return original(self, path, asked)

    monkeypatch.setattr(HubClient, "open", without_range)
    got = fetch(NAME, options=site.options())
    assert got.weights[WEIGHTS] == sha256((site.source / WEIGHTS).read_bytes())


@pytest.mark.parametrize("place", [0, 200, 4095])
def test_a_flipped_byte_is_refused_and_deleted(site: Site, place: int) -> None:
    site.hub.state.faults.add(wrong_byte(f"*/{WEIGHTS}", at=place))
    error = refusal(site)
    assert error.code == "damaged"
    assert WEIGHTS in error.message
    assert "has been deleted" in error.message
    assert not list(site.cache.rglob("*.partial"))
    assert not any(len(data) == 4096 for data in site.entries().values())
    site.hub.state.faults.clear()
    assert fetch(NAME, options=site.options()).weights


def test_a_flipped_byte_of_a_small_file_is_refused_too(site: Site) -> None:
    site.hub.state.faults.add(wrong_byte("*/tokenizer.json", at=3))
    error = refusal(site)
    assert (error.code, "tokenizer.json" in error.message) == ("damaged", True)


def test_a_damaged_part_from_before_is_found_out(site: Site) -> None:
    site.hub.state.faults.add(cut(f"*/{WEIGHTS}", after=1000))
    site.hub.state.faults.add(cut(f"*/{WEIGHTS}", after=0, times=None))
    refusal(site)
    site.hub.state.faults.clear()
    (partial,) = site.cache.rglob("*.partial")
    data = bytearray(partial.read_bytes())
    data[500] ^= 1
    partial.write_bytes(data)
    assert refusal(site).code == "damaged"
    assert fetch(NAME, options=site.options()).fetched == 4096


def test_a_part_longer_than_the_file_is_begun_again(site: Site) -> None:
    fetch(NAME, options=site.options())
    blob = (site.cache / "models--tiny-lab--tiny/snapshots").rglob(WEIGHTS).__next__().resolve()
    partial = site.cache / "models--tiny-lab--tiny/.gptalt-catalog" / f"{blob.name}.partial"
    partial.write_bytes(b"x" * 5000)
    blob.unlink()
    assert fetch(NAME, options=site.options()).weights


def test_too_many_requests_are_repeated_as_late_as_the_hub_says(site: Site) -> None:
    site.hub.state.faults.add(failing("/api/*", 429, times=2, retry_after="7"))
    fetch(NAME, options=site.options())
    assert site.waits == [7.0, 7.0]


def test_a_wait_that_is_too_long_ends_with_the_reason(site: Site) -> None:
    site.hub.state.faults.add(failing(f"*/{WEIGHTS}", 429, retry_after="3600"))
    error = refusal(site)
    assert (error.code, "3600 seconds" in error.message) == ("rate-limited", True)
    assert site.waits == []


@pytest.mark.parametrize(("status", "code"), [(429, "rate-limited"), (500, "hub-failing"), (503, "hub-failing")])
def test_a_failing_hub_is_tried_again_then_explained(site: Site, status: int, code: str) -> None:
    site.hub.state.faults.add(failing("/api/*", status, times=None))
    assert refusal(site).code == code
    assert site.waits == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_a_hub_that_fails_once_is_forgiven(site: Site) -> None:
    site.hub.state.faults.add(failing("*", 502, times=3))
    fetch(NAME, options=site.options())
    assert site.waits == [1.0, 2.0, 4.0]


def test_a_slow_hub_arrives(site: Site) -> None:
    site.hub.state.faults.add(slow(f"*/{WEIGHTS}", bytes_per_second=40_000))
    assert fetch(NAME, options=site.options()).weights


def test_nobody_at_the_address(site: Site) -> None:
    site.hub.stop()
    error = refusal(site)
    assert (error.code, "refused" in error.message) == ("unreachable", True)


def test_a_full_disk_is_seen_before_the_first_byte(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024  as shutil's
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**6, 10**6, 4000))
    error = refusal(site)
    assert error.code == "disk-full"
    assert "nothing was fetched" in error.way_out
    assert not site.asked(WEIGHTS)
    assert not site.cache.exists()


def test_a_disk_that_fills_up_keeps_what_was_written(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    original = transfer._Growing.append

    def append(self: transfer._Growing[Any], data: bytes) -> None:
        if self.size == 4096 and self.have >= 1000:
            raise OSError(28, "No space left on device")
        original(self, data[:1000] if self.size == 4096 else data)

    monkeypatch.setattr(transfer._Growing, "append", append)
    assert refusal(site).code == "disk-full"
    monkeypatch.undo()
    assert fetch(NAME, options=site.options()).fetched == 3096


def test_a_cache_that_cannot_be_written(site: Site) -> None:
    site.cache.parent.mkdir(exist_ok=True)
    site.cache.write_text("a file where the cache should be")
    assert refusal(site).code == "not-writable"
