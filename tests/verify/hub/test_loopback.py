"""The loopback hub, asked as clients ask and as attackers would."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from urllib.parse import urlsplit

import pytest

from gptalt_catalog.verify.hub.faults import cut, failing, wrong_byte
from tests.verify.hub.asking import Reply, ask, followed
from tests.verify.hub.repositories_for_tests import NAME, WEIGHTS, Site, write_repository

API = f"/api/models/{NAME}"


def get(site: Site, path: str, **headers: str) -> Reply:
    return ask(site.hub.url, path, headers=headers)


# ---- listings


def test_information_names_commit_and_files(site: Site) -> None:
    said = get(site, API).json
    assert said == get(site, f"{API}/revision/main").json == get(site, f"{API}/revision/{said['sha']}").json
    assert (said["id"], said["gated"]) == (NAME, False)
    assert [row["rfilename"] for row in said["siblings"]] == sorted(p.name for p in site.source.iterdir())
    with_sizes = {row["rfilename"]: row for row in get(site, f"{API}?blobs=true").json["siblings"]}
    assert with_sizes["config.json"]["size"] == (site.source / "config.json").stat().st_size


def test_the_tree_has_git_hashes_and_those_of_large_files(site: Site) -> None:
    rows = {row["path"]: row for row in get(site, f"{API}/tree/main").json}
    data = (site.source / "config.json").read_bytes()
    assert rows["config.json"]["oid"] == hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    assert "lfs" not in rows["config.json"]
    large = (site.source / WEIGHTS).read_bytes()
    assert rows[WEIGHTS]["lfs"] == {"oid": hashlib.sha256(large).hexdigest(), "size": len(large), "pointerSize": 134}


def test_folders_are_listed_one_level_or_all(site: Site) -> None:
    (site.source / "a/b").mkdir(parents=True)
    (site.source / "a/b/c.txt").write_text("c")
    paths = [row["path"] for row in get(site, f"{API}/tree/main").json]
    assert "a" in paths
    assert "a/b" not in paths
    deep = {row["path"]: row["type"] for row in get(site, f"{API}/tree/main?recursive=true").json}
    assert (deep["a"], deep["a/b"], deep["a/b/c.txt"]) == ("directory", "directory", "file")
    assert [row["path"] for row in get(site, f"{API}/tree/main/a").json] == ["a/b"]
    assert get(site, f"{API}/tree/main/nix").headers["x-error-code"] == "EntryNotFound"


def test_pages_link_to_the_next(site: Site) -> None:
    site.hub.state.page = 4
    first = get(site, f"{API}/tree/main?recursive=true")
    assert len(first.json) == 4
    link = urlsplit(first.headers["link"].split(">")[0].lstrip("<"))
    second = get(site, f"{link.path}?{link.query}")
    assert "link" not in second.headers
    assert sorted(row["path"] for row in first.json + second.json) == sorted(p.name for p in site.source.iterdir())


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"paths=config.json&paths=nix&expand=False", "application/x-www-form-urlencoded"),
        (b'{"paths": ["config.json", "nix"]}', "application/json"),
    ],
)
def test_paths_info_answers_forms_and_json(site: Site, body: bytes, kind: str) -> None:
    reply = ask(site.hub.url, f"{API}/paths-info/main", "POST", content=body, headers={"Content-Type": kind})
    assert [row["path"] for row in reply.json] == ["config.json"]


def test_paths_info_refuses_nonsense(site: Site) -> None:
    assert (
        ask(
            site.hub.url, f"{API}/paths-info/main", "POST", content=b"{", headers={"Content-Type": "application/json"}
        ).status
        == 400
    )
    assert ask(site.hub.url, f"{API}/paths-info/main", "POST", headers={"Content-Length": "99999999999"}).status == 413


def test_a_branch_has_a_commit_that_follows_its_content(site: Site) -> None:
    first = get(site, API).json["sha"]
    assert get(site, API).json["sha"] == first
    (site.source / "config.json").write_text("{}")
    second = get(site, API).json["sha"]
    assert second != first
    assert get(site, f"{API}/revision/{first}").headers["x-error-code"] == "RevisionNotFound"


def test_commits_branches_and_refs_json(site: Site) -> None:
    commit, home = "a" * 40, site.source.parent
    site.source.rename(home / commit)
    assert get(site, API).json["sha"] == commit
    write_repository(home / ("b" * 40), seed=1)
    assert get(site, API).headers["x-error-code"] == "RevisionNotFound"
    (home / "refs.json").write_text(json.dumps({"main": "b" * 40, "refs/pr/1": commit, "gone": "c" * 40}))
    assert get(site, API).json["sha"] == "b" * 40
    assert get(site, f"{API}/revision/refs%2Fpr%2F1").json["sha"] == commit
    assert get(site, f"/{NAME}/resolve/refs%2Fpr%2F1/config.json").status == 200
    assert {row["name"] for row in get(site, f"{API}/refs").json["branches"]} == {"main", "refs/pr/1"}


# ---- files


def test_a_small_file_comes_at_once(site: Site) -> None:
    reply = get(site, f"/{NAME}/resolve/main/config.json")
    assert reply.body == (site.source / "config.json").read_bytes()
    assert reply.headers["x-repo-commit"] == get(site, API).json["sha"]
    head = ask(site.hub.url, f"/{NAME}/resolve/main/config.json", "HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(reply.body)))
    assert head.headers["etag"] == reply.headers["etag"]


def test_a_large_file_comes_from_another_origin(site: Site) -> None:
    reply = get(site, f"/{NAME}/resolve/main/{WEIGHTS}")
    data = (site.source / WEIGHTS).read_bytes()
    assert reply.status == 302
    assert reply.headers["x-linked-etag"] == f'"{hashlib.sha256(data).hexdigest()}"'
    assert reply.headers["x-linked-size"] == str(len(data))
    assert urlsplit(reply.headers["location"]).port != urlsplit(site.hub.url).port
    assert followed(reply).body == data


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [("bytes=0-9", 206, 0, 9), ("bytes=4000-", 206, 4000, 4095), ("bytes=-6", 206, 4090, 4095), ("bytes=10-99999", 206, 10, 4095),
     ("bytes=-99999", 206, 0, 4095), ("bytes=0-1,5-6", 200, 0, 4095), ("bytes=x-", 200, 0, 4095), ("bytes=-", 200, 0, 4095), ("lines=1-2", 200, 0, 4095)],
)  # fmt: skip
def test_ranges(site: Site, asked: str, status: int, first: int, last: int) -> None:
    reply = followed(get(site, f"/{NAME}/resolve/main/{WEIGHTS}"), asked)
    assert (reply.status, reply.body) == (status, (site.source / WEIGHTS).read_bytes()[first : last + 1])
    if status == 206:
        assert reply.headers["content-range"] == f"bytes {first}-{last}/4096"


@pytest.mark.parametrize("asked", ["bytes=4096-", "bytes=9999-10000", "bytes=9-3", "bytes=-0"])
def test_ranges_that_hold_nothing(site: Site, asked: str) -> None:
    reply = followed(get(site, f"/{NAME}/resolve/main/{WEIGHTS}"), asked)
    assert (reply.status, reply.headers["content-range"]) == (416, "bytes */4096")


def test_an_empty_file(site: Site) -> None:
    (site.source / "empty.txt").touch()
    assert (get(site, f"/{NAME}/resolve/main/empty.txt").status, get(site, f"/{NAME}/resolve/main/empty.txt").body) == (
        200,
        b"",
    )


def test_the_other_origin_gives_nothing_without_the_hubs_signature(site: Site) -> None:
    location = urlsplit(get(site, f"/{NAME}/resolve/main/{WEIGHTS}").headers["location"])
    port = f"http://{location.netloc}"
    assert ask(port, location.path).status == 403
    assert ask(port, f"{location.path}?signature={'0' * 64}").status == 403
    assert ask(port, f"{location.path[:-1]}?{location.query}").status == 403
    assert ask(port, API).status == 403


def test_a_host_header_is_repeated_only_if_it_is_one(site: Site) -> None:
    path = f"/{NAME}/resolve/main/{WEIGHTS}"
    assert urlsplit(get(site, path, Host="hub.example:8077").headers["location"]).hostname == "hub.example"
    for odd in ("evil/../x", "a b", "x@y", "[::1"):
        assert urlsplit(get(site, path, Host=odd).headers["location"]).hostname == "127.0.0.1"


# ---- who may


def test_missing_and_gated_as_the_public_hub_says_it(site: Site) -> None:
    missing = "/api/models/tiny-lab/nix"
    assert [
        (get(site, missing, **h).status, get(site, missing, **h).headers["x-error-code"])
        for h in ({}, {"Authorization": "Bearer t"})
    ] == [
        (401, "RepoNotFound"),
        (404, "RepoNotFound"),
    ]
    site.hub.state.gated[NAME] = "key"
    path = f"/{NAME}/resolve/main/{WEIGHTS}"
    assert get(site, API).json["gated"] == "manual"
    assert (get(site, path).status, get(site, path).headers["x-error-code"]) == (401, "GatedRepo")
    assert (
        get(site, path, Authorization="Bearer other").status,
        get(site, path, Authorization="Bearer kéy").status,
    ) == (403, 403)
    assert get(site, path, Authorization="Bearer key").status == 302


def test_a_missing_file_still_tells_the_commit(site: Site) -> None:
    reply = get(site, f"/{NAME}/resolve/main/nix.json")
    assert (reply.status, reply.headers["x-error-code"]) == (404, "EntryNotFound")
    assert len(reply.headers["x-repo-commit"]) == 40


def test_a_renamed_repository_sends_on(site: Site) -> None:
    site.hub.state.renamed |= {"old/name": NAME, "plain": NAME}
    assert (
        get(site, "/api/models/old/name/tree/main?recursive=true").headers["location"]
        == f"{API}/tree/main?recursive=true"
    )
    assert get(site, "/old/name/resolve/main/config.json").headers["location"] == f"/{NAME}/resolve/main/config.json"
    assert get(site, "/api/models/plain").headers["location"] == API


def test_whoami(site: Site) -> None:
    assert get(site, "/api/whoami-v2").status == 401
    assert get(site, "/api/whoami-v2", Authorization="Bearer x").json["type"] == "user"


# ---- attackers


@pytest.fixture
def secret(site: Site) -> str:
    for place in (
        site.source.parent / "secret.txt",
        site.source.parent.parent / "secret.txt",
        site.source.parents[4] / "secret.txt",
    ):
        place.write_text("TOP SECRET")
    (site.source / "link.txt").symlink_to(site.source.parents[4] / "secret.txt")
    (site.source / "folder").symlink_to(site.source.parents[4])
    return "TOP SECRET"


@pytest.mark.parametrize(
    "path",
    [f"/{NAME}/resolve/main/{p}" for p in (
        "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "%2e%2e%2fsecret.txt", "..\\secret.txt", "..%5csecret.txt", "link.txt",
        "folder/secret.txt", "a/../../secret.txt", "/etc/passwd", "%2fetc%2fpasswd", "//etc/passwd", "./config.json", "config.json%00", "config.json/", "",
        "config%2ejson/..", "%ff", "CON", "~/secret.txt")]
    + [f"/{NAME}/resolve/..%2f..%2fsecret.txt/x", f"/{NAME}/resolve/../secret.txt", f"/{NAME}/resolve/%2e%2e/secret.txt", "/../secret.txt",
       "/..%2f..%2fsecret.txt/x/resolve/main/a", "/tiny-lab/..%2fx/resolve/main/config.json", "/./../resolve/main/config.json", f"/datasets/../models/{NAME}/resolve/main/x",
       "/api/models/../secret.txt", "/api/models/..%2f../x", "/api/datasets/tiny-lab/tiny", f"{API}/tree/..%2f..", f"{API}/tree/main/../..", f"{API}/revision/../..", f"{API}/unknown/verb",
       "/api", "/", "*", "http://[", "//[", "/resolve", "/resolve/resolve/resolve/resolve", "/api/models", f"/{NAME}/resolve", f"/{NAME}/resolve/main"],
)  # fmt: skip
def test_nothing_leads_out(site: Site, secret: str, path: str) -> None:
    reply = get(site, path)
    assert secret.encode() not in reply.body
    assert b"root:" not in reply.body
    assert reply.status in (400, 401, 404)
    assert "location" not in reply.headers


def test_what_leads_out_or_is_odd_is_not_listed(site: Site, secret: str) -> None:
    assert secret
    os.mkfifo(site.source / "pipe")
    (site.source / "odd\nname").write_text("x")
    (site.source / "back\\slash").write_text("x")
    (site.source / ".git").mkdir()
    (site.source / ".git/config").write_text("x")
    (site.source / "inside.txt").symlink_to(site.source / "config.json")
    names = {row["path"] for row in get(site, f"{API}/tree/main?recursive=true").json}
    assert names == {p.name for p in site.source.iterdir()} - {
        "pipe",
        "odd\nname",
        "back\\slash",
        ".git",
        "link.txt",
        "folder",
    }
    assert "inside.txt" in names


def test_a_repository_that_is_a_link_is_not_served(site: Site) -> None:
    outside = shutil.copytree(site.source.parent, site.cache.parent / "elsewhere")
    (site.source.parents[1] / "linked").symlink_to(outside)
    assert get(site, "/api/models/tiny-lab/linked").status == 401
    assert get(site, "/tiny-lab/linked/resolve/main/config.json").status == 401


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(site: Site, method: str) -> None:
    before = sorted(p.name for p in site.source.rglob("*"))
    assert ask(site.hub.url, f"/{NAME}/resolve/main/config.json", method, content=b"x").status == 501
    assert ask(site.hub.url, f"{API}/commit/main", "POST", content=b"{}").status == 404
    assert sorted(p.name for p in site.source.rglob("*")) == before


# ---- faults


def test_faults_strike_as_often_as_they_are_told(site: Site) -> None:
    path = f"/{NAME}/resolve/main/config.json"
    for fault in (
        failing(f"{path}*", 429, retry_after="3"),
        cut("*/config.json", 5),
        wrong_byte("*/config.json", 2, times=2),
    ):
        site.hub.state.faults.add(fault)
    data = (site.source / "config.json").read_bytes()
    wrong = data[:2] + bytes([data[2] ^ 0xFF]) + data[3:]
    replies = [get(site, path) for _ in range(4)]
    assert (replies[0].status, replies[0].headers["retry-after"]) == (429, "3")
    assert [reply.body for reply in replies[1:]] == [wrong[:5], wrong, data]


def test_a_gone_revision(site: Site) -> None:
    site.hub.state.gone.add((NAME, "main"))
    assert get(site, f"{API}/revision/main").headers["x-error-code"] == "RevisionNotFound"
    assert get(site, f"{API}/refs").json["branches"] == []
