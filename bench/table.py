"""The model list in a real browser with five thousand checkpoints: how soon it stands, how soon it answers.

The rows come from a grown catalog. Times run until the frame after the change was drawn: from the arrival of the data
to the first table, and from a click or a key to the changed table (the counts beside the filters follow in the next
frame). Both are given in wall clock and in processor time
of the page's main thread, which other work on the machine does not lengthen.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.measure import ROOT, WORK, row
from bench.synthetic import grown_catalog

CHECKPOINTS = 5000
ACTIONS = {
    "filter by license": """document.querySelector('[data-facet="use"][data-value="yes"]').click()""",
    "filter by memory": """document.querySelector('[data-facet="fits"][data-value="24"]').click()""",
    "filter by text": """(() => {
        const box = document.querySelector('#ga-models [name="q"]');
        box.value = box.value ? '' : 'instruct';
        box.dispatchEvent(new Event('input', { bubbles: true }));
    })()""",
    "sort by size": """document.querySelector('[data-sort="params"]').click()""",
}
DRAWN = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


def bench_table(rounds: int) -> list[str]:
    """Ready and answer times, medians of some rounds."""
    table = synthetic_table()
    site = small_site()
    ready: list[float] = []
    answers: dict[str, list[Taken]] = {name: [] for name in ACTIONS}
    with browser_page(site, table) as (page, address):
        clock = ThreadClock(page)
        for _ in range(rounds):
            page.goto(address)
            page.wait_for_function("performance.getEntriesByName('ga:ready').length > 0")
            ready.append(page.evaluate("performance.getEntriesByName('ga:ready')[0].duration"))
            for name, action in ACTIONS.items():
                for _ in range(2):  # on, and off again
                    answers[name].append(clock.timed(action))
    count = len(table["rows"])
    size = len(json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()) / 1e6
    name = f"model list of {count:,} checkpoints ({size:.1f} MB of JSON): "
    spread = f"{median(ready):.0f} ms (the slowest of {len(ready)}: {max(ready):.0f} ms)"
    lines = [row(name + "ready after its data arrived", spread, "under 500 ms", median(ready) < 500)]
    for action, taken in answers.items():
        wall, thread = median(t.wall for t in taken), median(t.thread for t in taken)
        slowest = max(t.wall for t in taken)
        value = f"{wall:.0f} ms ({thread:.0f} ms of the processor; the slowest of {len(taken)}: {slowest:.0f} ms)"
        lines.append(row(name + action, value, "under 100 ms", wall < 100))
    return lines


@dataclass(frozen=True)
class Taken:
    """Milliseconds on the wall, and of the main thread's processor time."""

    wall: float
    thread: float


class ThreadClock:
    """Times what a page does."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def _spent(self) -> float:
        metrics = {m["name"]: m["value"] for m in self._session.send("Performance.getMetrics")["metrics"]}
        return float(metrics["TaskDuration"]) * 1000

    def timed(self, action: str) -> Taken:
        """Run a script of the page, to the end of the frame that shows what it did."""
        self._page.evaluate(f"async () => {{ await {DRAWN}; }}")
        before = self._spent()
        wall = self._page.evaluate(
            f"async () => {{ const from = performance.now(); {action}; await {DRAWN};"
            " return performance.now() - from; }"
        )
        return Taken(wall, self._spent() - before)


def synthetic_table() -> dict[str, Any]:
    """What the script of the page would fetch, of a catalog that is grown until it has enough checkpoints."""
    from gptalt_catalog.loading.catalog_loader import read_catalog
    from gptalt_catalog.render.model_table import model_table
    from gptalt_catalog.render.site_data import SiteData

    real = read_catalog(ROOT / "catalog").catalog
    copies = -(-CHECKPOINTS // len(real.checkpoints))
    files = sum(1 for _ in (ROOT / "catalog").rglob("*.yaml"))
    grown_catalog(ROOT / "catalog", WORK / "catalog", files * copies)
    return model_table(SiteData(read_catalog(WORK / "catalog").catalog), "en")


def small_site() -> Path:
    """The built site of the tests' small catalog: the page around the list is the same, whatever the catalog."""
    from gptalt_catalog.loading.catalog_loader import read_catalog
    from gptalt_catalog.render.build import build
    from gptalt_catalog.render.project import Project

    out = WORK / "small"
    shutil.rmtree(out, ignore_errors=True)
    catalog = read_catalog(ROOT / "tests" / "data" / "good").catalog
    return build(catalog, Project.of(ROOT / "catalog"), out).site


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def browser_page(site: Path, table: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """A page of a headless Chromium whose model list gets ``table``, and the address of the list."""
    from playwright.sync_api import sync_playwright

    from tests.chromium import find_chromium

    handler = functools.partial(_Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    text = json.dumps(table, ensure_ascii=False)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_chromium(), args=["--disable-gpu", "--disable-background-networking", *sandbox]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.route("**/models.json", lambda route: route.fulfill(body=text, content_type="application/json"))
            yield page, f"http://127.0.0.1:{server.server_port}/models/"
            browser.close()
    finally:
        server.shutdown()
        server.server_close()
