"""The pages on verification records: the list with how to add to it, and one page for each record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from markupsafe import Markup

from gptalt_catalog.domain.verification import PrecisionLoss, Suite, Verification
from gptalt_catalog.render.escape import code, fill, safe
from gptalt_catalog.render.pages import PageFile
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings.verified import VerifiedStrings, verified_strings
from gptalt_catalog.render.verdicts import record_address
from gptalt_catalog.views.verified import VerifiedClaim
from gptalt_catalog.views.words import Language

ADDRESS: Final = "verifications/"
USUAL_SUITE: Final = "compact"
"""The suite that `gptalt-catalog verify` runs unless told otherwise."""

ENOUGH: Final = 8
"""So many scores to check make a first audit worth its download."""

GB: Final = 10**9


def pages(data: SiteData, language: Language) -> Iterator[PageFile]:
    """The list, and a page for each record."""
    x = verified_strings(language)
    yield PageFile(ADDRESS, "verifications.md.j2", x.title, x.lede, partial(_list, data, x))
    for record, verification in data.verified.records:
        name = data.readers[language].named("checkpoint", verification.checkpoint)
        yield PageFile(
            address=record_address(record),
            template="verification.md.j2",
            title=str(x.record_title.format(name=name, date=verification.date)),
            description=x.record_lede.format(name=name),
            content=partial(_record, data, x, record, verification),
        )


# ---- the list


@dataclass(frozen=True)
class RecordRow:
    """One record in the list."""

    record: str
    verification: Verification
    claims: tuple[VerifiedClaim, ...]

    @property
    def stale(self) -> bool:
        """Whether every verdict of it is stale."""
        return all(one.stale for one in self.claims)


@dataclass(frozen=True)
class SuiteRow:
    """One suite: how many protocols it has, and the data sets with their pinned revisions (or ``pending``)."""

    id: str
    suite: Suite
    data: Mapping[str, str]

    @property
    def pinned(self) -> int:
        """How many of its data sets are pinned."""
        return sum(revision != "pending" for revision in self.data.values())


def _list(data: SiteData, x: VerifiedStrings) -> dict[str, Any]:
    about = data.catalog.about
    first = first_to_verify(data) or "CHECKPOINT"
    return {
        "x": x,
        "share": data.verified.share,
        "records": [RecordRow(key, v, data.verified.of_record(key)) for key, v in data.verified.records],
        "suites": [
            SuiteRow(key, suite, {task.data_repository: task.data_revision for task in suite.tasks})
            for key, suite in sorted(data.catalog.suites.items(), key=lambda item: (item[0] != USUAL_SUITE, item[0]))
        ],
        "repository": about.repository if about is not None else "",
        "install": commands(
            f"git clone {about.repository if about is not None else 'REPOSITORY'} gptalt-catalog",
            "cd gptalt-catalog",
            "make setup-verify",
            ". .venv/bin/activate",
        ),
        "plan": commands(f"gptalt-catalog verify {first} --dry-run"),
        "run": commands(f"gptalt-catalog verify {first}"),
        "check": commands(
            f"gptalt-catalog verify recheck catalog/verifications/{first}/DATE-REVISION.yaml", "gptalt-catalog check"
        ),
        "see": commands("gptalt-catalog demo"),
    }


def first_to_verify(data: SiteData) -> str | None:
    """The smallest checkpoint that can be verified and has enough scores to check; ``None`` if there is none."""
    found = [row for row in data.verifiable if row.answer == "yes" and row.scores.checkable >= ENOUGH and row.memory]
    best = min(found, key=lambda row: (row.memory or 0, row.checkpoint), default=None)
    return best.checkpoint if best is not None else None


def commands(*lines: str) -> Markup:
    """Commands to copy, for ``<pre><code>``."""
    return code("\n".join(lines))


# ---- a record


def _record(data: SiteData, x: VerifiedStrings, record: str, verification: Verification) -> dict[str, Any]:
    claims = data.verified.of_record(record)
    used, whole = cost(claims)
    changes = list(dict.fromkeys(change for one in claims for change in one.changes))
    return {
        "x": x,
        "key": record,
        "v": verification,
        "claims": claims,
        "used": used,
        "share": f"{100 * used / whole:.0f}" if whole else "0",
        "gigabytes": f"{verification.peak_memory_bytes / GB:.1f}",
        "losses": [_loss(x, one) for one in verification.precision_loss],
        "changes": [safe(x.changes[c.what].format(name=c.name, ran=c.ran, now=c.now)) for c in changes],
        "recheck": commands(f"gptalt-catalog verify recheck catalog/verifications/{record}.yaml"),
        "repeat": commands(repeat_command(verification)),
        "files": _files(data, record),
    }


def _loss(x: VerifiedStrings, one: PrecisionLoss) -> tuple[PrecisionLoss, Markup, Markup]:
    """What quantization changed, in points and in the size of the weights, in words."""
    low, high = (f"{100 * float(bound):+.1f}" for bound in one.interval)
    change = fill(x.change_points, difference=f"{100 * float(one.difference):+.1f}", low=low, high=high)
    small, full = (f"{size / GB:.2f}" for size in (one.weights_bytes, one.full_weights_bytes))
    return one, change, fill(x.smaller, small=small, full=full)


def cost(claims: Iterable[VerifiedClaim]) -> tuple[int, int]:
    """(items drawn, items of the whole benchmarks); claims of one task share its items."""
    drawn: dict[str, tuple[int, int]] = {}
    for one in claims:
        used, items = one.audited.items_used, one.audited.items
        drawn[one.audited.task] = max(drawn.get(one.audited.task, (0, items)), (used, items))
    return sum(used for used, _ in drawn.values()), sum(items for _, items in drawn.values())


def repeat_command(verification: Verification) -> str:
    """The command that runs a record's audit again, with what it differs in from the usual."""
    first = verification.claims[0]
    words = ["gptalt-catalog verify", f"{verification.checkpoint}@{verification.revision}"]
    if verification.suite != USUAL_SUITE:
        words.append(f"--suite {verification.suite}")
    words += [f"--tolerance {100 * float(first.tolerance):g}", f"--risk {first.risk}"]
    words.append(f"{'--precision' if verification.quantized else '--dtype'} {verification.environment.dtype}")
    return " ".join(words)


def _files(data: SiteData, record: str) -> list[tuple[str, str]]:
    """(name, address) of the record's files where the catalog is kept."""
    about = data.catalog.about
    if about is None:
        return []
    names = (f"{record}.yaml", f"{record}.items.json")
    return [(name.rpartition("/")[2], f"{about.repository}/blob/main/catalog/verifications/{name}") for name in names]


def record_json_path(record: str) -> str:
    """The path of a record's JSON below the folder of data files."""
    return f"verifications/{record}.json"
