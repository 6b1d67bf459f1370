"""Finds the browser of the browser tests; run as a program, it installs one if there is none."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
DEBIAN_PACKAGES = (
    "chromium",
    "fonts-noto-cjk",  # pages and pictures in Chinese
    "libatomic1",  # Playwright's driver needs it and does not bring it
)


def find_chromium() -> Path | None:
    """The browser that the variable CHROMIUM names, or the system's; ``None``: Playwright's own build."""
    if chosen := os.environ.get("CHROMIUM"):
        return Path(chosen)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def _is_debian() -> bool:
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def install_chromium() -> None:
    """Install Debian's packages as root on Debian, else Playwright's build (nothing to do if it is there).

    Raises ``CalledProcessError`` if that fails.
    """
    if _is_debian() and os.geteuid() == 0:
        print(f"Installing {', '.join(DEBIAN_PACKAGES)} for the browser tests.", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *DEBIAN_PACKAGES]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def main() -> int:
    """Make sure that there is a browser; 0 if there is one now."""
    if find_chromium() is None:
        try:
            install_chromium()
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"No Chromium could be installed: {error}", file=sys.stderr)
            print("Install one, or set the variable CHROMIUM to a browser's path.", file=sys.stderr)
            return 1
    print(f"Browser tests use {find_chromium() or 'the Chromium of Playwright'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
