"""A download killed at any moment continues at the byte, in another process."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gptalt_catalog.verify.hub.download import fetch
from gptalt_catalog.verify.hub.faults import slow
from tests.catalogs import CHECKOUT
from tests.verify.hub.repositories_for_tests import NAME, Site, weights

WEIGHTS = "model.safetensors"
SIZE = 3_000_000
CHILD = """
import sys
from pathlib import Path
from gptalt_catalog.verify.hub.download import FetchOptions, fetch
from gptalt_catalog.verify.hub.settings import HubSettings
settings = HubSettings(Path(sys.argv[1]), sys.argv[2])
print(fetch(sys.argv[3], options=FetchOptions(settings=settings, reserve=0)).fetched)
"""


def start(site: Site) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", CHILD, str(site.cache), site.hub.url, NAME]
    return subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def partial_size(site: Site) -> int:
    name = hashlib.sha256((site.source / WEIGHTS).read_bytes()).hexdigest()
    place = site.cache / "models--tiny-lab--tiny/.gptalt-catalog" / f"{name}.partial"
    return place.stat().st_size if place.is_file() else 0


def kill_at_size(site: Site, size: int) -> None:
    child = start(site)
    while partial_size(site) < size:
        assert child.poll() is None, child.communicate()
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    child.communicate()


def kill_after(site: Site, seconds: float) -> None:
    child = start(site)
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    child.communicate()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.slow
def test_killed_again_and_again_it_continues_at_the_byte(site: Site) -> None:
    (site.source / WEIGHTS).write_bytes(weights(SIZE))
    site.hub.state.faults.add(slow(f"*/{WEIGHTS}", bytes_per_second=6_000_000))
    chance = random.Random(5)
    starts = []
    for size in sorted(chance.sample(range(1, SIZE // 2), 4)):
        starts.append(partial_size(site))
        kill_at_size(site, max(size, partial_size(site) + 1))
    site.hub.state.faults.clear()
    site.hub.state.faults.add(slow(f"*/{WEIGHTS}", bytes_per_second=400_000))
    for _ in range(4):  # anywhere: while starting, planning, asking, writing
        starts.append(partial_size(site))
        kill_after(site, chance.uniform(0.05, 0.4))
    site.hub.state.faults.clear()
    starts.append(partial_size(site))
    missing = SIZE - starts[-1]

    out, complaints = start(site).communicate()
    assert complaints == b""
    assert int(out) == missing  # the small files came with the first run
    got = fetch(NAME, options=site.options())
    assert got.fetched == 0
    assert got.weights == {WEIGHTS: hashlib.sha256((site.source / WEIGHTS).read_bytes()).hexdigest()}
    asked = [row.range for row in site.hub.log if row.path.startswith("/models/") and row.path.endswith(WEIGHTS)]
    begins = [int(text.removeprefix("bytes=").rstrip("-")) if text else 0 for text in asked]
    assert begins == sorted(begins)
    assert set(begins) <= set(starts)
    assert len(begins) >= 5


def test_an_interrupt_keeps_what_came(site: Site) -> None:
    def stop_in_the_middle(progress: object) -> None:
        if getattr(progress, "path", "") == WEIGHTS and getattr(progress, "done", 0) > 0:
            raise KeyboardInterrupt

    site.hub.state.faults.add(slow(f"*/{WEIGHTS}", bytes_per_second=50_000))
    with pytest.raises(KeyboardInterrupt):
        fetch(NAME, options=site.options(progress=stop_in_the_middle))
    kept = partial_size(site)
    assert 0 < kept < 4096
    site.hub.state.faults.clear()
    assert fetch(NAME, options=site.options()).fetched == 4096 - kept


def test_the_record_survives_being_cut_short(site: Site) -> None:
    got = fetch(NAME, options=site.options())
    record = Path(site.cache, "models--tiny-lab--tiny/.gptalt-catalog/record.json")
    record.write_bytes(record.read_bytes()[:100])
    again = fetch(NAME, options=site.options())
    assert (again.files, again.fetched) == (got.files, 0)
