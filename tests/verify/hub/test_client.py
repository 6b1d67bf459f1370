"""What the environment says, what refusals mean, and how the client treats strange hubs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gptalt_catalog.verify.hub import listing
from gptalt_catalog.verify.hub.client import HubClient
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.explanations import Asked, explained
from gptalt_catalog.verify.hub.settings import HubSettings
from tests.verify.hub.repositories_for_tests import NAME

ASKED = Asked(NAME)
COMMIT = "c" * 40
Respond = Callable[[BaseHTTPRequestHandler], None]


# ---- settings


def test_the_environment_is_read_as_the_public_client_reads_it(tmp_path: Path) -> None:
    got = HubSettings.from_environment(
        {"HF_HOME": str(tmp_path), "HF_TOKEN": " hf_x\n", "HF_ENDPOINT": "http://127.0.0.1:8077/"}
    )
    assert (got.cache, got.token, got.endpoint, got.offline) == (
        tmp_path / "hub",
        "hf_x",
        "http://127.0.0.1:8077",
        False,
    )
    assert HubSettings.from_environment({"XDG_CACHE_HOME": "/x"}).cache == Path("/x/huggingface/hub")
    assert HubSettings.from_environment({"HOME": "/h", "HF_HUB_CACHE": "/y", "HF_HOME": "/x"}).cache == Path("/y")
    assert HubSettings.from_environment({"HF_HUB_OFFLINE": "yes"}).offline
    assert HubSettings.from_environment({}, cache=tmp_path).cache == tmp_path


def test_a_login_leaves_its_token_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hf_file\n")
    assert HubSettings.from_environment({"HF_HOME": str(tmp_path)}).token == "hf_file"
    assert HubSettings.from_environment({"HF_HOME": str(tmp_path), "HF_TOKEN": "hf_env"}).token == "hf_env"
    assert HubSettings.from_environment({"HF_HOME": str(tmp_path), "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}).token is None
    (tmp_path / "other").write_text("hf_other")
    assert HubSettings.from_environment({"HF_TOKEN_PATH": str(tmp_path / "other")}).token == "hf_other"


@pytest.mark.parametrize("token", ["hf_ä", "hf x", "hf_\x07"])
def test_a_token_that_is_none_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(HubError) as caught:
        HubSettings.from_environment({"HF_TOKEN": token})
    assert caught.value.code == "bad-token"
    assert token not in str(caught.value)


@pytest.mark.parametrize(
    "endpoint", ["huggingface.co", "ftp://x", "https://user:pass@x", "https://", "https://x?token=1"]
)
def test_an_endpoint_that_is_none_is_refused_without_being_shown(endpoint: str) -> None:
    with pytest.raises(HubError) as caught:
        HubSettings.from_environment({"HF_ENDPOINT": endpoint})
    assert "pass" not in str(caught.value)


def test_no_token_in_any_form_of_the_settings() -> None:
    settings = HubSettings(Path("/c"), token="hf_secret")
    assert "hf_secret" not in repr(settings) + str(settings) + repr(HubClient(settings))


# ---- refusals


@pytest.mark.parametrize(
    ("status", "code", "message", "token", "expected"),
    [
        (401, "", "Invalid credentials in Authorization header", "t", "bad-token"),
        (401, "RepoNotFound", "", None, "not-found"),
        (404, "RepoNotFound", "", "t", "not-found"),
        (401, "GatedRepo", "", None, "gated"),
        (403, "GatedRepo", "", "t", "gated"),
        (403, "", "Access to this resource is disabled.", None, "disabled"),
        (403, "", "", "t", "bad-token"),
        (404, "RevisionNotFound", "", None, "revision-gone"),
        (404, "EntryNotFound", "", None, "file-gone"),
        (404, "", "", None, "not-found"),
        (429, "", "", None, "rate-limited"),
        (408, "", "", None, "hub-failing"),
        (504, "", "", None, "hub-failing"),
        (418, "", "", None, "not-a-hub"),
    ],
)
def test_every_refusal_is_explained(status: int, code: str, message: str, token: str | None, expected: str) -> None:
    error = explained(
        status, {"x-error-code": code, "x-error-message": message}, ASKED, HubSettings(Path("/c"), token=token)
    )
    assert error.code == expected
    assert error.way_out
    assert str(error) == f"{error.message}; {error.way_out}"


# ---- strange hubs


@pytest.fixture
def strange() -> Iterator[Callable[[Respond], str]]:
    """Starts servers that answer as they are told; gives their address."""
    servers = []

    def start(respond: Respond) -> str:
        handler = type("Handler", (BaseHTTPRequestHandler,), {"do_GET": respond, "log_message": lambda *_: None})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def say(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def client(url: str, waits: list[float] | None = None, **changes: object) -> HubClient:
    settings = HubSettings(Path("/nowhere"), url, timeout=5, **changes)  # type: ignore[arg-type]
    return HubClient(settings, (waits if waits is not None else []).append, clock=lambda: 1_000_000.0)


@pytest.mark.parametrize("body", [b"<html>please log in</html>", b"", b"\xff\xfe"])
def test_a_login_page_is_no_hub(strange: Callable[[Respond], str], body: bytes) -> None:
    with pytest.raises(HubError) as caught:
        client(strange(lambda h: say(h, body))).json("api/x", ASKED)
    assert caught.value.code == "not-a-hub"


@pytest.mark.parametrize(
    "said",
    [
        [],
        {},
        {"sha": 3, "id": NAME},
        {"sha": "abc", "id": NAME},
        {"sha": COMMIT},
        {"sha": COMMIT, "id": "../../x"},
        {"sha": COMMIT, "id": None},
    ],
)
def test_an_answer_without_a_commit_is_refused(strange: Callable[[Respond], str], said: object) -> None:
    with pytest.raises(HubError) as caught:
        listing.resolve(client(strange(lambda h: say(h, json.dumps(said).encode()))), NAME, "main")
    assert caught.value.code == "not-a-hub"


def test_another_commit_than_the_pinned_one_is_refused(strange: Callable[[Respond], str]) -> None:
    url = strange(lambda h: say(h, json.dumps({"sha": COMMIT, "id": NAME}).encode()))
    with pytest.raises(HubError) as caught:
        listing.resolve(client(url), NAME, "d" * 40)
    assert caught.value.code == "changed"


def row(**changes: object) -> dict[str, object]:
    return {"type": "file", "path": "a.json", "size": 1, "oid": "a" * 40} | changes


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ({}, "not-a-hub"),
        ([row(path="../x")], "hostile-name"),
        ([row(path="/etc/passwd")], "hostile-name"),
        ([row(path="a/../../x")], "hostile-name"),
        ([row(path="a\\..\\x")], "hostile-name"),
        ([row(path="")], "hostile-name"),
        ([row(path=3)], "hostile-name"),
        ([row(size=-1)], "not-a-hub"),
        ([row(size="9")], "not-a-hub"),
        ([row(size=True)], "not-a-hub"),
        ([row(oid="../../x")], "not-a-hub"),
        ([row(lfs={"oid": "../../x", "size": 1})], "not-a-hub"),
        ([row(lfs={"oid": "a" * 64, "size": None})], "not-a-hub"),
    ],
)
def test_listings_are_not_believed(strange: Callable[[Respond], str], rows: object, code: str) -> None:
    url = strange(lambda h: say(h, json.dumps(rows).encode()))
    with pytest.raises(HubError) as caught:
        listing.list_files(client(url), listing.Resolved(NAME, NAME, "main", COMMIT))
    assert caught.value.code == code


def test_odd_but_harmless_names_are_listed_and_left_alone(strange: Callable[[Respond], str]) -> None:
    url = strange(lambda h: say(h, json.dumps([row(path="why?.png"), row(), 3, {"type": "directory"}]).encode()))
    assert set(listing.list_files(client(url), listing.Resolved(NAME, NAME, "main", COMMIT))) == {"why?.png", "a.json"}


def test_the_token_does_not_follow_to_another_origin(strange: Callable[[Respond], str]) -> None:
    seen: list[str | None] = []

    def other(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers.get("Authorization"))
        say(handler, b"{}")

    elsewhere = strange(other)
    hub = strange(lambda h: say(h, b"", 307, Location=f"{elsewhere}/x"))
    client(hub, token="hf_secret").json("api/x", ASKED)
    assert seen == [None]


def test_the_token_follows_on_the_hub_itself(strange: Callable[[Respond], str]) -> None:
    seen: list[str | None] = []

    def hub(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers.get("Authorization"))
        if handler.path == "/old":
            say(handler, b"", 307, Location="/new")
        else:
            say(handler, b"{}")

    client(strange(hub), token="hf_secret").json("old", ASKED)
    assert seen == ["Bearer hf_secret", "Bearer hf_secret"]


@pytest.mark.parametrize(
    ("target", "code"), [("file:///etc/passwd", "untrusted"), ("ftp://x/y", "untrusted"), ("/again", "changed")]
)
def test_redirects_that_lead_astray(strange: Callable[[Respond], str], target: str, code: str) -> None:
    with pytest.raises(HubError) as caught:
        client(strange(lambda h: say(h, b"", 302, Location=target))).json("api/x", ASKED)
    assert caught.value.code == code


def test_encryption_is_not_left() -> None:
    with pytest.raises(HubError) as caught:
        client("https://hub.example")._check_redirect("https://hub.example/a", "http://hub.example/a", ASKED)
    assert caught.value.code == "untrusted"


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ({"Retry-After": "3"}, [3.0]),
        ({"Retry-After": formatdate(1_000_020, usegmt=True)}, [20.0]),
        ({"Retry-After": formatdate(999_000, usegmt=True)}, [0.0]),
        ({"Retry-After": "soon"}, [1.0]),
        ({"RateLimit": '"api";r=0;t=55'}, [55.0]),
        ({"RateLimit": '"api";r=10;t=55'}, [1.0]),
        ({}, [1.0]),
    ],
)
def test_how_long_to_wait(strange: Callable[[Respond], str], headers: dict[str, str], waits: list[float]) -> None:
    left = [1]

    def limited(handler: BaseHTTPRequestHandler) -> None:
        if left:
            left.pop()
            say(handler, b"", 429, **headers)
        else:
            say(handler, b"{}")

    slept: list[float] = []
    client(strange(limited), slept).json("api/x", ASKED)
    assert slept == waits


def test_json_that_breaks_off_is_asked_for_again(strange: Callable[[Respond], str]) -> None:
    left = [1, 1]

    def breaking(handler: BaseHTTPRequestHandler) -> None:
        if left:
            left.pop()
            handler.send_response(200)
            handler.send_header("Content-Length", "20")
            handler.end_headers()
            handler.wfile.write(b'{"a": 1')
        else:
            say(handler, b'{"a": 1}')

    slept: list[float] = []
    assert client(strange(breaking), slept).json("api/x", ASKED)[0] == {"a": 1}
    assert slept == [1.0, 2.0]


def test_an_unknown_host_is_named() -> None:
    with pytest.raises(HubError) as caught:
        client("http://no-such-host.invalid").json("api/x", ASKED)
    assert caught.value.code == "unreachable"
    assert "no-such-host.invalid" in caught.value.message


def test_no_answer_in_time(strange: Callable[[Respond], str]) -> None:
    stop = threading.Event()

    def silent(_: BaseHTTPRequestHandler) -> None:
        stop.wait(5)

    settings = HubSettings(Path("/x"), strange(silent), timeout=0.05, retries=1)
    with pytest.raises(HubError, match="no answer in time"):
        HubClient(settings, lambda _: None).json("api/x", ASKED)
    stop.set()
