"""What all tests share: the checkout's place, Hypothesis' profile, and a browser that never leaves this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import settings

from tests.chromium import find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

# No deadline: tests must not measure time. Reproducible where a failure cannot be looked into at once.
settings.register_profile("project", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("project")

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost"})
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, one for all browser tests."""
    from playwright.sync_api import sync_playwright

    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()  # Chromium refuses to run as root with its sandbox
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=find_chromium(), args=[*QUIET, *sandbox])
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh context (1280 x 800).

    The test fails at its end if the page asked another host for anything or wrote an error to the console.
    """
    complaints: list[str] = []

    def only_local(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in ("data", "blob") or address.hostname in LOCAL_HOSTS:
            route.continue_()
        else:
            complaints.append(f"request to another host: {route.request.url}")
            route.abort()

    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.route("**/*", only_local)
    opened = context.new_page()
    opened.on("console", lambda m: complaints.append(f"console: {m.text}") if m.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    yield opened
    context.close()
    assert complaints == []
