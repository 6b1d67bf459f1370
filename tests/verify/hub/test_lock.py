"""One process at a time, and no lock outlives its process."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gptalt_catalog.verify.hub import lock
from gptalt_catalog.verify.hub.download import fetch
from gptalt_catalog.verify.hub.errors import HubError
from gptalt_catalog.verify.hub.lock import Patience, locked
from tests.catalogs import CHECKOUT
from tests.verify.hub.repositories_for_tests import NAME, Site

HOLDER = """
import sys, time
from pathlib import Path
from gptalt_catalog.verify.hub import lock
if sys.argv[2] == "no-system-locks":
    lock._take = lambda descriptor: (_ for _ in ()).throw(OSError(38, "no locks"))
with lock.locked(Path(sys.argv[1]), "it", lock.Patience()):
    print("held", flush=True)
    time.sleep(60)
"""
NO_WAIT = Patience(0.0)


def no_system_locks(_: int) -> None:
    raise OSError(errno.ENOSYS, "no locks")


@pytest.fixture(params=["system-locks", "no-system-locks"])
def mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "no-system-locks":
        monkeypatch.setattr(lock, "_take", no_system_locks)
    return str(request.param)


def holder(place: Path, mode: str) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(place), mode], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_a_second_process_waits_and_learns_who_holds_it(tmp_path: Path, mode: str) -> None:
    place = tmp_path / "a.lock"
    told: list[int | None] = []
    child = holder(place, mode)
    with (
        pytest.raises(HubError, match=f"process {child.pid} is working on it"),
        locked(place, "it", Patience(0.0, told.append)),
    ):
        pass
    assert told == [child.pid]
    child.send_signal(signal.SIGKILL)
    child.communicate()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path, mode: str) -> None:
    place = tmp_path / "a.lock"
    child = holder(place, mode)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    with locked(place, "it", Patience(5.0)):
        pass
    with locked(place, "it", NO_WAIT):
        pass


@pytest.mark.usefixtures("mode")
def test_threads_take_turns(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        with locked(tmp_path / "a.lock", "it", Patience(30.0)):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]


def test_a_marker_of_another_machine_is_respected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_take", no_system_locks)
    marker = tmp_path / "a.pid"
    code = "import os; print(os.getpid())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # the process is no more; were it this machine's, the marker would be broken
    marker.write_text(f"{done.stdout.strip()} 0123456789abcdef")
    with pytest.raises(HubError), locked(tmp_path / "a.lock", "it", NO_WAIT):
        pass
    assert marker.exists()


def test_an_empty_marker_is_broken_once_it_is_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_take", no_system_locks)
    marker = tmp_path / "a.pid"
    marker.touch()
    with pytest.raises(HubError), locked(tmp_path / "a.lock", "it", NO_WAIT):
        pass
    os.utime(marker, (0, 0))
    with locked(tmp_path / "a.lock", "it", Patience(5.0)):
        pass
    assert not marker.exists()


def test_the_marker_names_no_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_take", no_system_locks)
    import platform

    monkeypatch.setattr(platform, "node", lambda: "secret-host")
    with locked(tmp_path / "a.lock", "it", NO_WAIT):
        assert "secret-host" not in (tmp_path / "a.pid").read_text()


def test_two_downloads_of_one_repository_fetch_it_once(site: Site) -> None:
    results = []
    threads = [threading.Thread(target=lambda: results.append(fetch(NAME, options=site.options()))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({r.files for r in results}) == 1
    assert sorted(r.fetched for r in results)[:2] == [0, 0]


def test_a_download_says_that_it_waits(site: Site) -> None:
    place = site.cache / ".locks" / "gptalt-catalog--models--tiny-lab--tiny.lock"
    seen: list[object] = []
    child = holder(place, "system-locks")
    try:
        with pytest.raises(HubError) as caught:
            fetch(NAME, options=site.options(lock_seconds=0.0, progress=seen.append))
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    assert caught.value.code == "locked"
    assert getattr(seen[0], "phase", "") == "waiting"
    assert getattr(seen[0], "holder", 0) == child.pid
