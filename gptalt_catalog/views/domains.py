"""Scientific and multimodal models: what each was made from, and the tests and data of its field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.family import Domain
from gptalt_catalog.domain.license import Commercial
from gptalt_catalog.views.lineage import Lineage
from gptalt_catalog.views.recipe import Recipe, recipes
from gptalt_catalog.views.scores import ScoreBook
from gptalt_catalog.views.timeline import Openness, first_release, openness

FIELD_TASKS: Final[dict[Domain, tuple[str, ...]]] = {
    "scientific": ("medical", "science-qa"),
    "multimodal": ("multimodal-qa",),
}
"""The tasks whose benchmarks test a field."""


@dataclass(frozen=True)
class DomainRow:
    """A family of one domain.

    ``bases`` are other families that it was built on, ``None`` if that is not known; ``components``
    the parts named besides (an image encoder), ``datasets`` what it was trained on, empty if not known.
    ``parameters`` is the smallest and the largest total count, ``vision`` the count of the image encoder.
    ``answers`` are its commercial-use answers, the most permissive first, ``scores`` the number of
    published ones.
    """

    family: str
    date: str | None
    openness: Openness
    bases: tuple[str, ...] | None
    components: tuple[str, ...]
    datasets: tuple[str, ...]
    parameters: tuple[int, int] | None
    vision: int | None
    answers: tuple[Commercial, ...]
    scores: int


@dataclass(frozen=True)
class FieldBenchmark:
    """A benchmark of a field: its number of items (of its largest split) and of scores, how many ranked."""

    benchmark: str
    items: int | None
    chance: float | None
    scores: int
    ranked: int


def domain_rows(lineage: Lineage, book: ScoreBook, domain: Domain) -> tuple[DomainRow, ...]:
    """The families of a domain, the latest first."""
    families = lineage.catalog.families
    rows = [_row(lineage, book, key) for key, family in families.items() if family.domain == domain]
    return tuple(sorted(rows, key=lambda row: (row.date or "", row.family), reverse=True))


def _row(lineage: Lineage, book: ScoreBook, key: str) -> DomainRow:
    family = lineage.catalog.families[key]
    made = recipes(lineage, key)
    blocks = [c.parameters for c in family.resolve(key).values() if c.parameters is not None]
    counts = [block.total for block in blocks if isinstance(block.total, int)]
    answers = {lineage.use(checkpoint).answer for checkpoint in family.checkpoints}
    return DomainRow(
        family=key,
        date=first_release(key, family),
        openness=openness(key, family),
        bases=None if all(r.bases is None for r in made) else _bases(key, made),
        components=tuple(dict.fromkeys(part for r in made for part in r.components)),
        datasets=tuple(dict.fromkeys(name for r in made for name in r.datasets or ())),
        parameters=(min(counts), max(counts)) if counts else None,
        vision=max((block.vision for block in blocks if block.vision is not None), default=None),
        answers=tuple(answer for answer in get_args(Commercial) if answer in answers),
        scores=sum(len(book.by_target.get(target, ())) for target in (*family.checkpoints, key)),
    )


def _bases(key: str, made: tuple[Recipe, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(base for r in made for _, base in r.bases or () if base != key))


def field_benchmarks(book: ScoreBook, domain: Domain) -> tuple[FieldBenchmark, ...]:
    """The benchmarks of a domain, those with most scores first."""
    found = []
    for key, benchmark in book.catalog.benchmarks.items():
        if benchmark.task in FIELD_TASKS.get(domain, ()):
            items = benchmark.items
            splits = items.splits if items is not None and not isinstance(items.splits, str) else {}
            scores = book.by_benchmark.get(key, ())
            found.append(
                FieldBenchmark(
                    benchmark=key,
                    items=max(splits.values(), default=None),
                    chance=items.chance if items is not None else None,
                    scores=len(scores),
                    ranked=sum(score.ranked for score in scores),
                )
            )
    return tuple(sorted(found, key=lambda row: (-row.scores, row.benchmark)))


def field_datasets(catalog: Catalog, rows: tuple[DomainRow, ...]) -> tuple[str, ...]:
    """The datasets that the families of a domain were trained on, and for science those made for a field."""
    used = dict.fromkeys(name for row in rows for name in row.datasets if name in catalog.datasets)
    return tuple(sorted(used))
