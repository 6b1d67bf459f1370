"""`gptalt-catalog hub serve`: what it says, what it serves, and what it refuses."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gptalt_catalog.cli.hub import hub_app
from gptalt_catalog.verify.hub.download import FetchOptions, fetch
from gptalt_catalog.verify.hub.loopback import LoopbackHub
from gptalt_catalog.verify.hub.serve import DIGESTS, open_hub, survey
from gptalt_catalog.verify.hub.settings import HubSettings
from tests.catalogs import CHECKOUT
from tests.verify.hub.repositories_for_tests import NAME, write_repository


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_repository(tmp_path / "hub/models" / NAME / "main")
    return tmp_path / "hub"


def told(folder: Path) -> list[str]:
    hub = open_hub(folder, "127.0.0.1", 0)
    with hub:
        return list(survey(hub))


def test_a_folder_can_be_served_and_fetched_from(folder: Path, tmp_path: Path) -> None:
    code = "from gptalt_catalog.cli.hub import hub_app; hub_app()"
    command = [sys.executable, "-c", code, "serve", str(folder), "--port", "0"]
    server = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        lines: list[str] = []
        while not (lines and "HF_HUB_DISABLE_XET" in lines[-1]):
            lines.append(server.stdout.readline())
            assert lines[-1], server.communicate()
        (url,) = [line.split("HF_ENDPOINT=")[1].strip() for line in lines if "HF_ENDPOINT" in line]
        got = fetch(NAME, options=FetchOptions(settings=HubSettings(tmp_path / "cache", url), reserve=0))
        assert got.weights
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate()
    assert f"models/{NAME}@main: 6 files" in lines[0]


def test_hashes_are_kept_for_the_next_start(folder: Path) -> None:
    first = told(folder)
    assert (folder / DIGESTS).is_file()
    assert told(folder) == first
    assert first[-1] == "1 repositories"


def test_what_is_not_served_is_said(folder: Path) -> None:
    home = folder / "models" / NAME
    (home / "main/leak.json").symlink_to("/etc/hostname")
    (home / "main/od\nd").write_text("x")
    write_repository(folder / "models/tiny-lab/two" / ("a" * 40))
    write_repository(folder / "models/tiny-lab/two" / ("b" * 40))
    lines = told(folder)
    assert "  warning: not served, it leads out of the repository: 'main/leak.json'" in lines
    assert "  warning: not served, an odd name or no plain file: 'main/od\\nd'" in lines
    assert any("tiny-lab/two has no main; name its commit in refs.json" in line for line in lines)


@pytest.mark.parametrize("arguments", [["serve", "nix"], ["serve", "."]])
def test_a_folder_without_repositories_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(hub_app, arguments)
    assert done.exit_code == 2
    assert "models/OWNER/NAME/REVISION/" in done.output


def test_a_taken_port_is_refused(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = CliRunner().invoke(hub_app, ["serve", str(folder), "--port", str(taken.getsockname()[1])])
    assert done.exit_code == 2
    assert "choose another --port" in done.output


def test_the_files_port_is_the_next_one_and_both_are_freed(folder: Path) -> None:
    for _ in range(20):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        try:
            hub = LoopbackHub(folder, port=port)
        except OSError:
            continue  # the next one was taken
        assert hub.state.files_port == port + 1
        hub.start()
        hub.stop()
        again = LoopbackHub(folder, port=port)
        again.start()
        again.stop()
        return
    pytest.fail("no two free ports in a row")
