"""Judges the built site with Lighthouse and axe in a real Chromium (``make audit``).

Lighthouse (as on a phone, its defaults) for speed, accessibility and good practice; axe for accessibility of every
kind of page in both languages, light and dark. The npm packages are fetched into build/, pinned by
scripts/audit/package-lock.json. Prints Markdown tables; exit code 1 if a limit is missed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PACKAGES = Path(__file__).parent / "audit"
WORK = ROOT / "build" / "audit"

LIMITS = {"performance": 90, "accessibility": 95, "best-practices": 95}
JUDGED = ("", "models/", "models/vicuna/", "compare/?ids=llama-7b,vicuna-7b-v1.5,pythia-6.9b", "benchmarks/hellaswag/")
"""Pages for Lighthouse: home, models, a model, compare, a benchmark."""
CHECKED = (
    *JUDGED, "models/llama/", "models/belle-7b/", "benchmarks/", "datasets/", "datasets/c4/", "licenses/",
    "licenses/llama-1/", "tools/", "tools/deepspeed/", "techniques/", "applications/", "sources/", "timeline/",
    "family-tree/", "size-score/hellaswag/", "scientific/", "multimodal/", "human-evaluation/", "open-problems/",
    "conflicts/", "corrections/", "about/", "news/", "cite/", "404.html",
)  # fmt: skip
"""Pages for axe: one of each kind."""


class _Handler(SimpleHTTPRequestHandler):
    """Serves files as a host of static pages does: compressed, and cached for a while."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        status = 200 if path.is_file() else 404
        path = path if path.is_file() else Path(self.directory) / "404.html"
        body = gzip.compress(path.read_bytes(), 6)
        self.send_response(status)
        self.send_header("Content-Type", f"{self.guess_type(str(path))}; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=86400")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of ``folder``, with a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def install_packages() -> Path:
    """Fetch the npm packages into build/audit, once per lock; returns their folder."""
    WORK.mkdir(parents=True, exist_ok=True)
    modules = WORK / "node_modules"
    lock = (PACKAGES / "package-lock.json").read_bytes()
    kept = WORK / "package-lock.json"
    if not modules.is_dir() or not kept.is_file() or kept.read_bytes() != lock:
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("npm is needed: install Node.js 20 or newer")
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(PACKAGES / name, WORK / name)
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=WORK, check=True)
    return modules


def lighthouse(modules: Path, base: str, page: str) -> dict[str, int]:
    """The scores of a page from 0 to 100, and what it failed (printed)."""
    from tests.chromium import find_chromium

    report = WORK / f"lighthouse-{page.strip('/').partition('?')[0].replace('/', '-') or 'home'}.json"
    flags = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
    command = [
        "node", str(modules / "lighthouse/cli/index.js"), base + page, "--quiet", "--output=json",
        f"--output-path={report}", f"--only-categories={','.join(LIMITS)}", f"--chrome-flags={flags}",
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": str(find_chromium() or "")}
    subprocess.run(command, check=True, env=environment)
    found = json.loads(report.read_text(encoding="utf-8"))
    scores = {name: round((found["categories"][name]["score"] or 0) * 100) for name in LIMITS}
    for name, score in scores.items():
        for reference in found["categories"][name]["auditRefs"] if score < 100 else ():
            audit = found["audits"][reference["id"]]
            if audit["score"] is not None and audit["score"] < 0.9 and reference["weight"] > 0:
                value = audit.get("displayValue", "")
                print(f"  {page or 'home'}: {name}: {audit['title']} {value}", file=sys.stderr)
    return scores


def run_lighthouse(modules: Path, base: str, pages: tuple[str, ...]) -> bool:
    """Print a table of scores; whether all limits hold."""
    print(f"| Lighthouse, phone | {' | '.join(LIMITS)} |\n| --- |{' --: |' * len(LIMITS)}", flush=True)
    good = True
    for page in pages:
        scores = lighthouse(modules, base, page)
        good &= all(scores[name] >= limit for name, limit in LIMITS.items())
        print(f"| {page or 'home'} | {' | '.join(str(scores[name]) for name in LIMITS)} |", flush=True)
    return good


def run_axe(modules: Path, base: str, pages: tuple[str, ...]) -> bool:
    """Print the findings on all pages, languages and schemes; whether none is critical or serious."""
    from playwright.sync_api import sync_playwright

    from tests.chromium import find_chromium

    script = (modules / "axe-core/axe.min.js").read_text(encoding="utf-8")
    counts = {"critical": 0, "serious": 0, "moderate": 0, "minor": 0}
    checked = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        for scheme in ("light", "dark"):
            for language in ("", "zh/"):
                context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
                tab = context.new_page()
                for page in pages:
                    tab.goto(base + language + page)
                    tab.wait_for_load_state("networkidle")
                    tab.evaluate(script)
                    found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")
                    checked += 1
                    for violation in found["violations"]:
                        counts[violation["impact"]] += len(violation["nodes"])
                        node = violation["nodes"][0]
                        what = f"{violation['impact']}: {violation['id']} ({len(violation['nodes'])})"
                        how = f"{node['html'][:160]} {node.get('failureSummary', '')[:200]!r}"
                        print(f"  {scheme} {language}{page or 'home'}: {what}: {how}", file=sys.stderr)
                context.close()
        browser.close()
    print(f"\naxe on {checked} pages (light and dark, two languages): {counts}")
    return counts["critical"] == counts["serious"] == 0


def main() -> int:
    """Judge build/site, or another folder; 1 if a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--only", choices=["lighthouse", "axe"])
    parser.add_argument("--page", action="append", help="judge these pages only")
    asked = parser.parse_args()
    if not (asked.site / "index.html").is_file():
        raise SystemExit(f"{asked.site} holds no site: run `gptalt-catalog site build` first")
    modules = install_packages()
    good = True
    with served(asked.site) as base:
        if asked.only != "axe":
            good &= run_lighthouse(modules, base, tuple(asked.page or JUDGED))
        if asked.only != "lighthouse":
            good &= run_axe(modules, base, tuple(asked.page or CHECKED))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
