"""Shows ``verify`` at work: a hub on this machine, and the real commands in processes of their own.

The libraries of hubs read their environment when they are imported, so every step is a process that is
born with the environment it needs. All that they write lies below one folder.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gptalt_catalog.verify.demo.catalog import CHECKPOINT, FALSE_SCORE, write_catalog
from gptalt_catalog.verify.demo.making import ITEMS, MODEL, TRUE_SCORE, DemoError
from gptalt_catalog.verify.hub.loopback import LoopbackHub

NEEDED = ("datasets", "lm_eval", "torch", "transformers")
SHOWN_ON_PAGE = {"reproduced": ">reproduced<", "not-reproduced": ">not reproduced<"}
"""How the record's page words the verdicts that the demonstration is about."""

NOT_REPRODUCED = 1
"""The exit code of ``verify`` when it refutes a claim: what the demonstration must end with."""


@dataclass(frozen=True)
class Place:
    """The folder of a demonstration."""

    folder: Path

    @property
    def hub(self) -> Path:
        """What the hub serves."""
        return self.folder / "hub"

    @property
    def catalog(self) -> Path:
        """The catalog with the two claims, and the record afterwards."""
        return self.folder / "catalog"

    @property
    def answers(self) -> Path:
        """Prompts and answers of the audit."""
        return self.folder / "audit"

    @property
    def build(self) -> Path:
        """What the site is built in."""
        return self.folder / "build"

    @property
    def record_page(self) -> Path:
        """The page that the site has of the record."""
        return self.build / "site" / "verifications" / CHECKPOINT / self.record.stem / "index.html"

    @property
    def record(self) -> Path:
        """The audit's record, the first of a day if there are several. Raises :class:`DemoError` if there is none."""
        found = sorted((self.catalog / "verifications" / CHECKPOINT).glob("*.yaml"), key=lambda path: path.stem)
        if not found:
            raise DemoError("verify wrote no record")
        return found[0]


def environment(place: Place, hub: Mapping[str, str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a step: nothing of the user's hubs, tokens and proxies, all files below the folder."""
    inherited = os.environ if given is None else given
    unwanted = ("HF_", "HUGGING", "TRANSFORMERS_", "USER", "LOGNAME", "HOSTNAME")
    kept = {k: v for k, v in inherited.items() if not k.startswith(unwanted) and not k.lower().endswith("_proxy")}
    scratch = place.folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    return kept | {
        "HF_HOME": str(place.folder / "home"),
        "XDG_CACHE_HOME": str(place.folder / "home"),
        "TMPDIR": str(scratch),
        "NO_PROXY": "127.0.0.1",
        "PYTHONWARNINGS": "ignore",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
        "TRANSFORMERS_VERBOSITY": "error",
        **hub,
    }


def show(folder: Path, say: Callable[[str], None]) -> int:
    """Run the demonstration below ``folder``; returns the exit code of ``verify``.

    Raises :class:`DemoError` if it does not end as it must: one claim reproduced, the other not.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise DemoError(
            f"{', '.join(missing)} not installed; `pip install 'gptalt-catalog[verify]'`, or in a checkout `make demo`"
        )
    place = Place(folder.resolve())
    claim_folder(place)
    say(f"1. A model is made that answers {TRUE_SCORE} % of {ITEMS} questions rightly, and a hub that serves it")
    make_hub(place)
    write_catalog(place.catalog)
    say(f"2. A catalog lists {CHECKPOINT} with two claims: {TRUE_SCORE} % (true) and {FALSE_SCORE} % (false)")
    say(f"3. gptalt-catalog verify {CHECKPOINT}")
    code = verify(place)
    if code != NOT_REPRODUCED:
        raise DemoError(f"verify ended with exit code {code} instead of {NOT_REPRODUCED}")
    say("4. The record")
    told_verdicts(place, say)
    say("5. gptalt-catalog check")
    if command(place, {}, "check", "--catalog", str(place.catalog)) != 0:
        raise DemoError("the catalog with the record has errors")
    say("6. gptalt-catalog site build")
    if command(place, {}, "site", "build", "--catalog", str(place.catalog), "--out", str(place.build)) != 0:
        raise DemoError("the site could not be built")
    told_pages(place, say)
    return code


def claim_folder(place: Place) -> None:
    """Mark the folder as a demonstration's; what an earlier one left of catalog and audit is removed.

    Raises :class:`DemoError` for a folder that holds anything else: a checkout's catalog must not be lost.
    """
    mark = place.folder / ".gptalt-demo"
    if any(place.folder.iterdir()) and not mark.is_file():
        raise DemoError(f"{place.folder} holds other files; name a folder that is new or empty")
    mark.touch()
    shutil.rmtree(place.catalog, ignore_errors=True)
    shutil.rmtree(place.answers, ignore_errors=True)
    shutil.rmtree(place.build, ignore_errors=True)


def make_hub(place: Place) -> None:
    """Make data and model, if they are not there yet (``--keep`` on a folder of an earlier demonstration)."""
    if (place.hub / "models" / MODEL / "refs.json").is_file():
        return
    if place.hub.exists():
        shutil.rmtree(place.hub)
    module = "gptalt_catalog.verify.demo.making"
    made = subprocess.run(  # noqa: S603  # this Python, and a module of ours
        [sys.executable, "-m", module, str(place.hub)], env=environment(place, {"HF_HUB_OFFLINE": "1"}), check=False
    )
    if made.returncode != 0:
        raise DemoError("the model could not be made; the reason stands above")


def verify(place: Place, *options: str) -> int:
    """Run ``gptalt-catalog verify`` against the hub of this folder; returns its exit code."""
    with LoopbackHub(place.hub) as hub:
        arguments = ("--catalog", str(place.catalog), "--out", str(place.answers), "--full", *options)
        return command(place, hub.environment(), "verify", CHECKPOINT, *arguments)


def command(place: Place, hub: Mapping[str, str], *arguments: str) -> int:
    """Run the command line in a process of its own; returns its exit code."""
    sys.stdout.flush()
    done = subprocess.run(  # noqa: S603  # this Python, and our own command
        [sys.executable, "-m", "gptalt_catalog.cli.main", *arguments],
        env=environment(place, hub),
        cwd=place.folder,
        check=False,
    )
    return done.returncode


def told_verdicts(place: Place, say: Callable[[str], None]) -> None:
    """Say what the record holds. Raises :class:`DemoError` unless it is one verdict of each kind."""
    from gptalt_catalog.loading.catalog_loader import load_catalog

    (verification,) = load_catalog(place.catalog).verifications.values()
    verdicts = {claim.claimed: claim.verdict for claim in verification.claims}
    for claim in verification.claims:
        low, high = (100 * float(bound) for bound in claim.interval)
        say(
            f"   {claim.source} claims {claim.claimed} %: {claim.verdict}"
            f" ({claim.items_used} of {claim.items} items; the score is from {low:.1f} to {high:.1f} %)"
        )
    say(f"   record: {place.record}")
    if verdicts != {TRUE_SCORE: "reproduced", FALSE_SCORE: "not-reproduced"}:
        raise DemoError(f"the verdicts are not as they must be: {verdicts}")


def told_pages(place: Place, say: Callable[[str], None]) -> None:
    """Say where the site shows the record. Raises :class:`DemoError` if its page lacks a verdict."""
    site = place.build / "site"
    pages = {
        "all records, and how to add to them": site / "verifications" / "index.html",
        "the record: both verdicts, costs, versions": place.record_page,
        "the model, with a sign beside each score": site / "models" / "islands" / "index.html",
    }
    for what, page in pages.items():
        if not page.is_file():
            raise DemoError(f"the site has no page {page.relative_to(place.build)}")
        say(f"   {what}: {page}")
    shown = place.record_page.read_text(encoding="utf-8")
    missing = [verdict for verdict, word in SHOWN_ON_PAGE.items() if word not in shown]
    if missing:
        raise DemoError(f"the record's page does not show {', '.join(missing)}")
    say(f"   in a browser: gptalt-catalog site serve --catalog {place.catalog}")
