"""Draw the facts of an audit: a fixed sample of what the catalog says with confirmed evidence.

Somebody then looks each drawn fact up again in its source, without trusting the entry, and writes
the verdicts into ``docs/audits/``. One seed and one state of the catalog always give one list.

Each kind has a fixed share (:data:`SHARES`). Within a kind the draw first takes a group (a family,
an entry, the file of a source) that was not taken before, then one fact of it, so that large files
do not crowd out small ones. Checkpoints take turns over their blocks for the same reason.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gptalt_catalog import load_catalog
from gptalt_catalog.domain.base import date_is_known
from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.claim import Claim
from gptalt_catalog.domain.evidence import Entry, Evidence
from gptalt_catalog.domain.family import Family

SHARES = {
    "checkpoints of the survey's families": 25,
    "checkpoints of families since 2023-09": 25,
    "claims": 18,
    "datasets": 8,
    "benchmarks": 6,
    "licenses": 5,
    "tools": 4,
    "techniques": 3,
    "applications": 2,
    "measurements": 2,
    "statements": 2,
}
"""Facts of each kind among a hundred."""

TODAY = "2023-09"
"""The month from which families count as today's."""


@dataclass(frozen=True)
class Drawn:
    """One fact: where it stands, its value, and the lines of evidence that it names.

    ``group`` is what the draw spreads over, ``turn`` the block that checkpoints take turns over.
    """

    group: str
    path: str
    value: str
    evidence: tuple[str, ...]
    turn: str = ""


def pools(catalog: Catalog) -> dict[str, list[Drawn]]:
    """All facts that may be drawn, by kind, in the order of the catalog's files."""
    survey, today = "checkpoints of the survey's families", "checkpoints of families since 2023-09"
    found: dict[str, list[Drawn]] = defaultdict(list)
    for document, entry in catalog.entries():
        if not isinstance(entry, Family):
            found[document.kind.folder].extend(_facts(document.file, entry))
        elif entry.survey is not None:
            found[survey].extend(_facts(document.file, entry))
        elif _first_date(entry) >= TODAY:
            found[today].extend(_facts(document.file, entry))
    found["claims"].extend(_claim(claim) for claim in catalog.claims)
    for source, measurement in catalog.measurements:
        m = measurement
        path = f"measurements/{source}.yaml: {m.checkpoint} {m.metric} ({m.engine}, {m.precision})"
        found["measurements"].append(Drawn(source, path, f"{m.value} {m.unit}", (f"{source}: {m.locator}",)))
    for source, key, statement in catalog.statements:
        if statement.kind != "empty":
            value = statement.value or statement.quote or statement.what.en
            path = f"statements/{source}.yaml: {key}"
            found["statements"].append(Drawn(key, path, value, (f"{source}: {statement.locator}",)))
    return found


def _first_date(family: Family) -> str:
    """The earliest date of a family, as text; empty if none is known."""
    releases = [family.announced, *(c.release for c in family.resolve("").values())]
    return min((r.date for r in releases if r is not None and date_is_known(r.date)), default="")


def _facts(file: str, entry: Entry) -> Iterator[Drawn]:
    for fact in entry.facts():
        if fact.status != "confirmed":
            continue
        lines = tuple(_evidence(name, entry.evidence[name]) for name in fact.evidence)
        turn = fact.path[-2] if isinstance(entry, Family) else ""
        yield Drawn(file, f"{file}: {'.'.join(fact.path)}", _shown(fact.value), lines, turn)


def _evidence(name: str, piece: Evidence) -> str:
    return f"{name}: {piece.source}: {piece.locator}"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_shown(item) for item in value)
    return str(value)


def _claim(claim: Claim) -> Drawn:
    row, place = claim.row, claim.place
    counts = f" ({row.counts[0]} of {row.counts[1]})" if row.counts else ""
    where = ".".join(str(step) for step in claim.path)
    path = f"claims/{claim.source}.yaml: {where}: {claim.target}, {row.protocol}"
    return Drawn(
        claim.source,
        path,
        f"{row.value} {place.unit}{counts}",
        (f"{claim.source}: {place.path}, row {place.printed_name}",),
    )


def quotas(count: int) -> dict[str, int]:
    """``count`` shared out in the proportions of :data:`SHARES`, largest remainders first."""
    total = sum(SHARES.values())
    given = {kind: count * share // total for kind, share in SHARES.items()}
    by_remainder = sorted(SHARES, key=lambda kind: -(count * SHARES[kind] % total))
    for kind in by_remainder[: count - sum(given.values())]:
        given[kind] += 1
    return given


def draw(facts: list[Drawn], count: int, generator: random.Random) -> list[Drawn]:
    """``count`` different facts of one kind, spread over turns and groups; fewer if there are fewer."""
    turns = sorted({fact.turn for fact in facts})
    generator.shuffle(turns)
    left = list(facts)
    used: dict[str, int] = defaultdict(int)
    drawn: list[Drawn] = []
    while left and len(drawn) < count:
        turn = turns[0]
        turns = [*turns[1:], turn]
        choice = [fact for fact in left if fact.turn == turn]
        if not choice:
            continue
        least = min(used[fact.group] for fact in choice)
        group = generator.choice(sorted({fact.group for fact in choice if used[fact.group] == least}))
        fact = generator.choice([fact for fact in choice if fact.group == group])
        used[group] += 1
        left.remove(fact)
        drawn.append(fact)
    return drawn


def markdown(catalog: Catalog, seed: int, count: int) -> str:
    """The drawn facts as a Markdown list, numbered through, one heading a kind."""
    facts = pools(catalog)
    lines = []
    number = 0
    for kind, quota in quotas(count).items():
        lines += ["", f"## {kind[0].upper()}{kind[1:]}", ""]
        # A generator for each kind: a change in one kind leaves the draw of the others alone.
        for fact in draw(facts[kind], quota, random.Random(f"{seed} {kind}")):  # noqa: S311  # a sample, no secret
            number += 1
            lines.append(f"{number}. {fact.path} = {fact.value}")
            lines.extend(f"   - {line}" for line in fact.evidence)
    return "\n".join([f"# Facts drawn with seed {seed}", *lines])


def main() -> None:
    """Print the list."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--catalog", type=Path, help="the catalog's folder (default: the nearest)")
    options = parser.parse_args()
    print(markdown(load_catalog(options.catalog), options.seed, options.count))


if __name__ == "__main__":
    main()
