"""Install what ``verify`` needs into ``.venv``, once, and again when its lock changes.

Runs on ``.venv``'s Python, after ``setup.py``. Apart from it, because torch is large: somebody who
browses or contributes entries never needs it.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements-verify.lock"
STAMP = Path(sys.prefix) / ".verify-ready"


def main() -> int:
    """Install if needed; 0 if everything is there."""
    goal = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == goal:
        return 0
    print("setup: installing torch, transformers and lm-eval (requirements-verify.lock)", flush=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    done = subprocess.run([*pip, "--requirement", LOCK], check=False)
    if done.returncode == 0:
        STAMP.write_text(goal, encoding="utf-8")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
