"""Who may fetch, what is gone, and what strangers put into their repositories."""

from __future__ import annotations

import json
import shutil

import pytest

from gptalt_catalog.verify.hub.download import fetch, remove
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.selection import Allowed
from tests.verify.hub.repositories_for_tests import NAME, WEIGHTS, Site, refusal, sha256

TOKEN = "hf_SecretSecretSecret"

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
