"""Finds the browser of the browser tests; run as a program, it installs one if there is none."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_chromium() -> Path | None:
    """A Chromium: the one that the variable CHROMIUM names, the system's, or Playwright's own."""
    if chosen := os.environ.get("CHROMIUM"):
        return Path(chosen)
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def _is_debian() -> bool:
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def install_chromium() -> None:
    """Install Debian's packages as root on Debian (with a font for Chinese), else Playwright's build."""
    if _is_debian() and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def main() -> int:
    """Make sure that there is a browser; 0 if there is one now."""
    if find_chromium() is None:
        print("No Chromium found; installing one for the browser tests.", flush=True)
        try:
            install_chromium()
        except subprocess.CalledProcessError as error:
            print(f"Could not install a Chromium: {error}", file=sys.stderr)
    found = find_chromium()
    if found is None:
        print("Install Chromium, or set the variable CHROMIUM to a browser's path.", file=sys.stderr)
        return 1
    print(f"Browser tests use {found}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
