"""Fetching from a hub that behaves and one that does not."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from gptalt_catalog.verify.hub import download, transfer
from gptalt_catalog.verify.hub.download import Progress, fetch, plan, remove
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.faults import cut, failing, slow, wrong_byte
from gptalt_catalog.verify.hub.selection import Allowed
from gptalt_catalog.verify.hub.snapshot import local
from tests.verify.hub.repositories_for_tests import NAME, Site, weights, write_repository

TOKEN = "hf_SecretSecretSecret"
WEIGHTS = "model.safetensors"


def refusal(site: Site, revision: str = "main", token: str | None = None, **changes: object) -> HubError:
    with pytest.raises(HubError) as caught:
        fetch(NAME, revision, site.options(token, **changes))
    return caught.value


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


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
    assert os.readlink(pointer) == f"../../blobs/{sha256((site.source / WEIGHTS).read_bytes())}"
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
    original = download.HubClient.open

    def without_range(self: download.HubClient, path: str, asked: object, headers: object = None) -> object:
        return original(self, path, asked, None)  # type: ignore[arg-type]

    monkeypatch.setattr(download.HubClient, "open", without_range)
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

    def append(self: transfer._Growing[object], data: bytes) -> None:  # type: ignore[type-var]
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


# ---- who may, and what is gone


def test_gated_without_a_token(site: Site) -> None:
    site.hub.state.gated[NAME] = TOKEN
    error = refusal(site)
    assert error.code == "gated"
    assert "HF_TOKEN" in error.way_out
    assert f"{site.hub.url}/{NAME}" in error.way_out
    assert not site.cache.exists()


def test_gated_with_a_token_that_does_not_open_it(site: Site) -> None:
    site.hub.state.gated[NAME] = TOKEN
    error = refusal(site, token="hf_other")
    assert (error.code, "does not open" in error.message, "hf_other" in str(error)) == ("gated", True, False)


def test_gated_with_the_token(site: Site) -> None:
    site.hub.state.gated[NAME] = TOKEN
    assert fetch(NAME, options=site.options(TOKEN)).weights


def test_the_token_goes_to_the_hub_alone_and_is_kept_nowhere(site: Site) -> None:
    site.hub.state.gated[NAME] = TOKEN
    options = site.options(TOKEN)
    fetch(NAME, options=options)
    files_port = [row for row in site.hub.log if row.path.startswith("/models/")]
    assert files_port
    assert not any(row.with_token for row in files_port)
    assert all(row.with_token for row in site.hub.log if row not in files_port)
    assert TOKEN not in repr(options)
    assert not any(TOKEN.encode() in data for data in site.entries().values())


@pytest.mark.parametrize("token", [None, TOKEN])
def test_a_missing_repository(site: Site, token: str | None) -> None:
    with pytest.raises(HubError) as caught:
        fetch("tiny-lab/tyni", options=site.options(token))
    assert caught.value.code == "not-found"
    assert TOKEN not in str(caught.value)


def test_a_revision_that_is_gone_comes_with_those_that_are_there(site: Site) -> None:
    shutil.copytree(site.source, site.source.parent / "step1000")
    error = refusal(site, "step100")
    assert error.code == "revision-gone"
    assert "it has step1000, main" in error.way_out


def test_a_pinned_commit_that_was_removed(site: Site) -> None:
    commit = str(fetch(NAME, options=site.options()).commit)
    shutil.rmtree(site.cache)
    site.hub.state.gone.add((NAME, commit))
    assert refusal(site, commit).code == "revision-gone"


def test_a_renamed_repository_is_followed_and_said(site: Site) -> None:
    site.hub.state.renamed["old-lab/old"] = NAME
    got = fetch("old-lab/old", options=site.options())
    assert (got.repository, got.asked) == (NAME, "old-lab/old")


@pytest.mark.parametrize("name", ["tiny", "a/b/c", "../x/y", "a/..", "/etc/passwd", "a b/c", "a/b\n", ""])
def test_odd_repositories_are_not_asked_for(site: Site, name: str) -> None:
    with pytest.raises(HubError, match="OWNER/NAME"):
        fetch(name, options=site.options())
    assert not site.hub.log


@pytest.mark.parametrize("revision", ["../main", "a//b", "", "-x", "a b", "main\n", "x/"])
def test_odd_revisions_are_not_asked_for(site: Site, revision: str) -> None:
    with pytest.raises(HubError, match="not a revision"):
        fetch(NAME, revision, site.options())
    assert not site.hub.log


# ---- strangers' repositories


def hostile(site: Site) -> None:
    (site.source / "modeling_tiny.py").write_text("raise SystemExit('ran')")
    (site.source / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'touch ran'\ntR.")
    config = {"model_type": "tiny", "auto_map": {"AutoModelForCausalLM": "modeling_tiny.Tiny"}}
    (site.source / "config.json").write_text(json.dumps(config))


def test_code_and_pickles_leave_no_trace(site: Site) -> None:
    hostile(site)
    got = fetch(NAME, options=site.options())
    assert set(got.left) == {"README.md", "modeling_tiny.py", "pytorch_model.bin"}
    assert not site.asked(".py") + site.asked(".bin") + site.asked(".py", "HEAD") + site.asked(".bin", "HEAD")
    assert not any(b"SystemExit" in data or b"touch ran" in data for data in site.entries().values())


def test_only_pickles_are_refused_with_the_way_out(site: Site) -> None:
    hostile(site)
    (site.source / WEIGHTS).unlink()
    error = refusal(site)
    assert (error.code, "can run programs" in error.message) == ("no-safe-weights", True)
    assert not site.cache.exists()


def test_a_pickle_whose_hash_is_listed_comes(site: Site) -> None:
    (site.source / WEIGHTS).rename(site.source / "pytorch_model.bin")
    data = (site.source / "pytorch_model.bin").read_bytes()
    assert refusal(site, allowed=Allowed(frozenset({"0" * 64}))).code == "no-safe-weights"
    got = fetch(NAME, options=site.options(allowed=Allowed(frozenset({sha256(data)}))))
    assert got.weights == {"pytorch_model.bin": sha256(data)}


def test_code_comes_only_with_its_hash(site: Site) -> None:
    hostile(site)
    good = sha256((site.source / "modeling_tiny.py").read_bytes())
    got = fetch(NAME, options=site.options(allowed=Allowed(code={"modeling_tiny.py": good})))
    assert "modeling_tiny.py" in [file.path for file in got.files]
    remove(got, site.settings())
    error = refusal(site, allowed=Allowed(code={"modeling_tiny.py": "0" * 64}))
    assert (error.code, "modeling_tiny.py" in error.message) == ("damaged", True)
    assert not any(b"SystemExit" in data for data in site.entries().values())


@pytest.mark.parametrize("name", ["../../../outside.safetensors", "/outside.safetensors", "a\\..\\b.safetensors"])
def test_an_index_that_leads_elsewhere_is_refused(site: Site, name: str) -> None:
    (site.source / WEIGHTS).unlink()
    (site.source / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"t": name}}))
    assert refusal(site).code == "hostile-name"
    assert not site.cache.exists()


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"weight_map": 3}', "not json", '{"weight_map": {"t": "gone.safetensors"}}']
)
def test_an_index_that_is_none_is_refused(site: Site, text: str) -> None:
    (site.source / WEIGHTS).unlink()
    (site.source / "model.safetensors.index.json").write_text(text)
    assert refusal(site).code in ("damaged", "file-gone")


def test_a_folder_without_a_config(site: Site) -> None:
    (site.source / "config.json").unlink()
    assert refusal(site).code == "no-config"
    (site.source / "adapter_config.json").write_text("{}")
    assert "adapter" in refusal(site).message


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
