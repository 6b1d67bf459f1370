"""What a name means, and whether it can be verified."""

from __future__ import annotations

from pathlib import Path

import pytest

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.verify.hub.obstacles import obstacle_in
from gptalt_catalog.verify.hub.target import Means, Target, TargetError, find_target
from gptalt_catalog.views.obstacles import code_hashes, pickle_hashes
from tests.catalogs import CHECKOUT, copy_of_good, read

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ZOO = """\
name: Zoo
aliases: [The Zoo]
summary: {en: Awkward checkpoints.}
links: [{kind: code, url: "https://github.com/example-lab/zoo"}]
evidence: {readme: {status: confirmed, source: small-repository, locator: README.md, seen: "2026-11-01"}}
domain: language
organizations: [example]
defaults:
  release: {evidence: readme, date: "2023-03", kind: weights}
  hub: {evidence: readme, repository: zoo-lab/zoo, access: open}
  weights: {evidence: readme, form: full, loader: native, files: [safetensors]}
  lineage: {evidence: readme, bases: []}
checkpoints:
"""
ANIMALS = {
    "pinned": "hub: {evidence: readme, repository: zoo-lab/pinned, access: open, revision: 0123456789abcdef0123456789abcdef01234567}",
    "moved": "hub: {evidence: readme, repository: old-lab/moved, access: moved, moved_to: new-lab/moved}",
    "withdrawn": "hub: {evidence: readme, repository: zoo-lab/withdrawn, access: withdrawn}",
    "by-request": "hub: {evidence: readme, host: website, access: by-request}",
    "gated": "hub: {evidence: readme, repository: zoo-lab/gated, access: gated}",
    "closed": "hub: {evidence: readme, host: none, access: closed}",
    "not-on-hub": "hub: {evidence: readme, host: website, access: open}",
    "no-repository": "hub: {evidence: readme, repository: undisclosed, access: open}",
    "no-weights": "weights: {evidence: readme, form: none, loader: unknown}",
    "delta": "weights: {evidence: readme, form: delta, loader: native-after-recovery}\n    lineage: {evidence: readme, bases: [{checkpoint: small-70m, relation: delta-of}]}",
    "adapter": "weights: {evidence: readme, form: adapter, loader: native}",
    "component": "weights: {evidence: readme, form: component, loader: own-code}",
    "encrypted": "weights: {evidence: readme, form: encrypted, loader: native-after-recovery}",
    "quantized": "weights: {evidence: readme, form: quantized, loader: remote-code}",
    "recurrent-files": "weights: {evidence: readme, form: full, loader: own-code, files: [pth]}\n    shape: {evidence: readme, architecture: RWKV-4, design: recurrent, layers: 2, hidden: 8, vocabulary: 9, context: 9, positions: none, tied_embeddings: false}",
    "own-code": "weights: {evidence: readme, form: full, loader: own-code}",
    "remote-code": "weights: {evidence: readme, form: full, loader: remote-code}",
    "pickle-only": "weights: {evidence: readme, form: full, loader: native, files: [pytorch-bin]}",
    "multimodal": "roles: [chat, multimodal]",
    "old-runtime": 'weights: {evidence: readme, form: full, loader: native, runtime: {transformers: "==4.30.2"}}',
    "loader-unknown": "weights: {evidence: readme, form: full, loader: unknown}",
    "delta-own": "weights: {evidence: readme, form: delta, loader: own-code}\n    lineage: {evidence: readme, bases: [{checkpoint: small-70m, relation: delta-of}]}",
    "delta-in-a-file": "hub: {evidence: readme, repository: zoo-lab/zoo, access: open, file: diff}\n    weights: {evidence: readme, form: delta, loader: native-after-recovery}\n    lineage: {evidence: readme, bases: [{checkpoint: small-70m, relation: delta-of}]}",
    "delta-of-withdrawn": "weights: {evidence: readme, form: delta, loader: native-after-recovery}\n    lineage: {evidence: readme, bases: [{checkpoint: withdrawn, relation: delta-of}]}",
    "adapter-of-delta": "weights: {evidence: readme, form: adapter, loader: native}\n    lineage: {evidence: readme, bases: [{checkpoint: delta, relation: adapter-of}]}",
    "code-with-hashes": "hub: {evidence: readme, repository: zoo-lab/code, access: open, revision: 0123456789abcdef0123456789abcdef01234567}\n    weights: {evidence: readme, form: full, loader: remote-code, file_hashes: {modeling.py: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, pytorch_model.bin: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}}",
    "code-without-commit": "weights: {evidence: readme, form: full, loader: remote-code, file_hashes: {modeling.py: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}}",
    "pickle-vouched": "weights: {evidence: readme, form: full, loader: native, files: [pytorch-bin], file_hashes: {pytorch_model.bin: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}}",
    "twin-one": "aliases: [Twin]\n    hub: {evidence: readme, repository: zoo-lab/twins, access: open}",
    "twin-two": "aliases: [twin]\n    hub: {evidence: readme, repository: zoo-lab/twins, access: open}",
}
CODES = {
    "delta-own": "delta",
    "delta-in-a-file": "delta",
    "delta-of-withdrawn": "delta",
    "adapter-of-delta": "adapter",
    "code-with-hashes": "remote-code",
    "code-without-commit": "remote-code",
}
"""What stands in the way of animals that are not called after it."""
WARNINGS = {"delta", "pickle-only", "multimodal", "old-runtime", "loader-unknown"}
CLAIMED = Means(own_claims=True)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    root = copy_of_good(tmp_path_factory.mktemp("target"))
    rows = "".join(
        f"  {name}:\n    name: {name.title()} 1\n"
        + ("" if "roles:" in facts else "    roles: [base]\n")
        + f"    {facts}\n"
        for name, facts in ANIMALS.items()
    )
    (root / "models/zoo.yaml").write_text(ZOO + rows)
    for weights in ("closed", "open", "unknown"):
        text = (
            ZOO.replace("Zoo", f"Empty {weights}")
            .split("defaults:")[0]
            .replace("aliases: [The Empty", "aliases: [An Empty")
        )
        (root / f"models/empty-{weights}.yaml").write_text(
            text + f"openness: {{evidence: readme, weights: {weights}}}\n"
        )
    found = read(root).catalog
    assert {"zoo", "small", "empty-closed", "empty-open", "empty-unknown"} <= set(found.families)
    return found


def target(catalog: Catalog, model: str, **means: bool) -> Target:
    return find_target(catalog, model, Means(**means))


@pytest.mark.parametrize(
    "model", ["small-70m", "SMALL-70M", "Small 70M", "example-lab/small-70m", "Example-Lab/Small-70M"]
)
def test_a_checkpoint_by_any_of_its_names(catalog: Catalog, model: str) -> None:
    got = target(catalog, model)
    assert (got.kind, got.name, got.repository, got.revision) == (
        "checkpoint",
        "small-70m",
        "example-lab/small-70m",
        "main",
    )
    assert not got.pinned
    assert got.obstacle is None
    assert "main is resolved to a commit" in got.said[-1]


def test_a_revision_given_known_or_neither(catalog: Catalog) -> None:
    pinned = target(catalog, "pinned")
    assert (pinned.revision, pinned.pinned, pinned.said) == (COMMIT, True, ())
    other = target(catalog, "pinned@step1000")
    assert (other.revision, other.pinned) == ("step1000", False)
    assert COMMIT in other.said[0]
    assert target(catalog, "small-70m@refs/pr/1").revision == "refs/pr/1"


@pytest.mark.parametrize("model", ["small-70m@", "small-70m@../x", "small-70m@a b", "zoo-lab/zoo@-x"])
def test_odd_revisions_are_refused(catalog: Catalog, model: str) -> None:
    with pytest.raises(TargetError, match="is not a revision"):
        target(catalog, model)


def test_a_family_is_its_smallest_checkpoint_with_claims(catalog: Catalog) -> None:
    got = target(catalog, "small")
    assert got.name == "small-70m"
    assert "Small is a family of" in got.said[0]
    assert "smallest checkpoint with published scores" in got.said[0]
    assert target(catalog, "Small LM").name == "small-70m"


def test_a_family_without_claims_says_so(catalog: Catalog) -> None:
    got = target(catalog, "the zoo")
    assert "none has published scores" in got.said[0]
    assert got.obstacle is not None
    assert got.obstacle.code == "no-claims"
    assert target(catalog, "zoo", own_claims=True).obstacle is None


@pytest.mark.parametrize(
    ("family", "code"), [("empty-closed", "closed"), ("empty-open", "not-listed"), ("empty-unknown", "not-listed")]
)
def test_a_family_without_checkpoints(catalog: Catalog, family: str, code: str) -> None:
    got = target(catalog, family, own_claims=True)
    assert got.obstacle is not None
    assert got.obstacle.code == code


@pytest.mark.parametrize("name", sorted(set(ANIMALS) - {"pinned", "moved", "twin-one", "twin-two", "pickle-vouched"}))
def test_every_obstacle_has_its_reason_and_way_out(catalog: Catalog, name: str) -> None:
    got = target(catalog, name, own_claims=True)
    (found,) = [obstacle for obstacle in got.obstacles if obstacle.code == CODES.get(name, name)]
    assert found.blocking == (name not in WARNINGS)
    assert (got.obstacle is None) == (name in WARNINGS)
    assert name in found.message
    assert found.way_out
    assert str(found) == f"{found.message}; {found.way_out}"


def test_a_difference_names_its_base(catalog: Catalog) -> None:
    (warning,) = target(catalog, "delta", own_claims=True).obstacles
    assert "difference to small-70m" in warning.message
    assert "small-70m is fetched as well" in warning.way_out
    assert "withdrawn by their publisher" in str(target(catalog, "delta-of-withdrawn", own_claims=True).obstacle)
    assert "delta is no whole model" in str(target(catalog, "adapter-of-delta", own_claims=True).obstacle)
    assert "a base model that is not known" in str(target(catalog, "adapter", own_claims=True).obstacle)


def test_code_is_run_only_if_asked_for_and_vouched_for_at_a_commit(catalog: Catalog) -> None:
    assert "--allow-remote-code" in str(target(catalog, "code-with-hashes", own_claims=True).obstacle)
    assert target(catalog, "code-with-hashes", own_claims=True, remote_code=True).obstacle is None
    for name in ("remote-code", "code-without-commit"):
        assert "list the code's hashes" in str(target(catalog, name, own_claims=True, remote_code=True).obstacle)


def test_pickles_that_the_entry_vouches_for_need_no_warning(catalog: Catalog) -> None:
    assert target(catalog, "pickle-vouched", own_claims=True).obstacles == ()
    checkpoint = target(catalog, "code-with-hashes").checkpoint
    assert checkpoint is not None
    assert code_hashes(checkpoint) == {"modeling.py": "a" * 64}
    assert pickle_hashes(checkpoint) == {"a" * 64}


def test_a_token_makes_gated_a_warning(catalog: Catalog) -> None:
    got = target(catalog, "gated", token=True, own_claims=True)
    assert got.obstacle is None
    assert [obstacle.code for obstacle in got.obstacles] == ["gated"]


def test_a_moved_repository(catalog: Catalog) -> None:
    got = target(catalog, "moved")
    assert got.repository == "new-lab/moved"
    assert "old-lab/moved has moved to new-lab/moved" in got.said
    assert target(catalog, "old-lab/moved").name == target(catalog, "new-lab/moved").name == "moved"


def test_several_meanings_are_listed(catalog: Catalog) -> None:
    for model in ("twin", "zoo-lab/twins"):
        with pytest.raises(TargetError, match="choose one of: twin-one, twin-two") as caught:
            target(catalog, model)
        assert caught.value.nearest == ("twin-one", "twin-two")


def test_a_repository_that_the_catalog_does_not_know(catalog: Catalog) -> None:
    got = target(catalog, "example-lab/small-71m@v1")
    assert (got.kind, got.repository, got.revision, got.checkpoint) == (
        "repository",
        "example-lab/small-71m",
        "v1",
        None,
    )
    assert "not in the catalog" in got.said[0]
    assert "the catalog has example-lab/small-70m" in got.said[1]
    assert got.obstacle is not None
    assert got.obstacle.code == "no-claims"
    assert find_target(catalog, "some/model", CLAIMED).obstacle is None


def test_a_folder_is_written_as_one(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some/model").mkdir(parents=True)
    got = find_target(catalog, "./some/model", CLAIMED)
    assert (got.kind, got.folder, got.repository, got.obstacle) == ("folder", tmp_path / "some/model", None, None)
    assert find_target(catalog, str(tmp_path), CLAIMED).folder == tmp_path
    assert "write ./some/model to mean it" in find_target(catalog, "some/model", CLAIMED).said[-1]
    with pytest.raises(TargetError, match=r"no folder \./nix"):
        target(catalog, "./nix")


@pytest.mark.parametrize(
    ("model", "near"),
    [
        ("smal-70m", "small-70m"),
        ("SMALL-70", "small-70m"),
        ("recurent-files", "recurrent-files"),
        ("request", "by-request"),
    ],
)
def test_typos_get_the_nearest_names(catalog: Catalog, model: str, near: str) -> None:
    with pytest.raises(TargetError, match="did you mean") as caught:
        target(catalog, model)
    assert near in caught.value.nearest
    assert len(caught.value.nearest) <= 3


def test_a_name_like_nothing(catalog: Catalog) -> None:
    with pytest.raises(TargetError, match="list models"):
        target(catalog, "%%%%")


def test_every_checkpoint_and_family_of_the_catalog_means_something() -> None:
    full = read(CHECKOUT / "catalog").catalog
    for key in full.checkpoints:
        assert find_target(full, key).name == key
    for key in full.families:
        got = find_target(full, key)
        assert got.checkpoint is None or key in (got.name, got.checkpoint.family)
    assert find_target(full, "pythia").name == "pythia-70m"
    assert find_target(full, "EleutherAI/pythia-1.4b").obstacle is None


# ---- by its config


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"model_type": "llama"}, None),
        ({"model_type": "llama", "auto_map": {"AutoModel": "x.Y"}}, None),
        ({"model_type": "chatglm", "auto_map": {"AutoModel": "x.Y"}}, "remote-code"),
        ({"model_type": "mystery"}, "own-code"),
        ({}, "own-code"),
        ({"model_type": ["llama"]}, "own-code"),
        ({"model_type": "llama", "quantization_config": {"quant_method": "gptq"}}, "quantized"),
        ({"model_type": "llama", "quantization_config": 3}, "quantized"),
    ],
)
def test_what_a_config_says(config: dict[str, object], code: str | None) -> None:
    found = obstacle_in(config, "a/b", frozenset({"llama"}))
    assert (found.code if found else None) == code
