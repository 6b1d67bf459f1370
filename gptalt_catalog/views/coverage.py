"""How complete the catalog is: entries by kind, facts by evidence, texts by language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from gptalt_catalog.domain.base import Model, Text
from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.structure import field_shapes


@dataclass(frozen=True)
class KindCount:
    """How many of one kind there are."""

    kind: str
    count: int


@dataclass(frozen=True)
class FactCount:
    """Facts of one kind of entry by the weakest status of their evidence."""

    kind: str
    confirmed: int
    survey_only: int
    from_memory: int
    without: int

    @property
    def total(self) -> int:
        """All facts."""
        return self.confirmed + self.survey_only + self.from_memory + self.without

    @property
    def share(self) -> float:
        """The share with confirmed evidence, from 0 to 1; 1 if there are no facts."""
        return self.confirmed / self.total if self.total else 1.0


@dataclass(frozen=True)
class TextCount:
    """How many texts the entries of one kind have, and how many of them in Chinese."""

    kind: str
    total: int
    chinese: int

    @property
    def share(self) -> float:
        """The share in Chinese, from 0 to 1; 1 if there are no texts."""
        return self.chinese / self.total if self.total else 1.0


@dataclass(frozen=True)
class Coverage:
    """All counts of a catalog.

    ``untranslated`` lists (file, path) of the texts without Chinese; ``speakers`` counts
    checkpoints by language trained on or claimed, most first.
    """

    kinds: tuple[KindCount, ...]
    facts: tuple[FactCount, ...]
    texts: int
    untranslated: tuple[tuple[str, str], ...]
    speakers: tuple[tuple[str, int], ...]
    texts_by_kind: tuple[TextCount, ...] = ()

    @property
    def all_facts(self) -> FactCount:
        """The facts of all kinds together."""
        sums = [
            sum(getattr(f, name) for f in self.facts) for name in ("confirmed", "survey_only", "from_memory", "without")
        ]
        return FactCount("all", *sums)

    @property
    def translated_share(self) -> float:
        """The share of texts with a Chinese version, from 0 to 1."""
        return 1 - len(self.untranslated) / self.texts if self.texts else 1.0

    def count(self, kind: str) -> int:
        """How many of ``kind`` there are."""
        return next((k.count for k in self.kinds if k.kind == kind), 0)


def coverage(catalog: Catalog) -> Coverage:
    """Count everything once."""
    untranslated: list[tuple[str, str]] = []
    texts: Counter[str] = Counter()
    chinese: Counter[str] = Counter()
    for document in catalog.documents:
        for path, text in texts_of(document.content):
            kind = document.kind.name if document.kind.holds == "entry" else document.kind.name.removesuffix("s")
            texts[kind] += 1
            if text.zh is None:
                untranslated.append((document.file, ".".join(str(step) for step in path)))
            else:
                chinese[kind] += 1
    by_kind = tuple(TextCount(kind, count, chinese[kind]) for kind, count in sorted(texts.items()) if kind != "catalog")
    return Coverage(_kinds(catalog), _facts(catalog), texts.total(), tuple(untranslated), _speakers(catalog), by_kind)


def _kinds(catalog: Catalog) -> tuple[KindCount, ...]:
    counts = {
        "family": len(catalog.families),
        "checkpoint": len(catalog.checkpoints),
        "dataset": len(catalog.datasets),
        "benchmark": len(catalog.benchmarks),
        "protocol": len(catalog.protocols),
        "claim": len(catalog.claims),
        "statement": len(catalog.statements),
        "measurement": len(catalog.measurements),
        "tool": len(catalog.tools),
        "technique": len(catalog.techniques),
        "application": len(catalog.applications),
        "license": len(catalog.licenses),
        "source": len(catalog.sources),
        "verification": len(catalog.verifications),
    }
    return tuple(KindCount(kind, count) for kind, count in counts.items())


def _facts(catalog: Catalog) -> tuple[FactCount, ...]:
    counts: dict[str, Counter[str | None]] = {}
    for document, entry in catalog.entries():
        counter = counts.setdefault(document.kind.name, Counter())
        counter.update(fact.status for fact in entry.facts())
    return tuple(
        FactCount(kind, c["confirmed"], c["survey-only"], c["from-memory"], c[None]) for kind, c in counts.items()
    )


def _speakers(catalog: Catalog) -> tuple[tuple[str, int], ...]:
    counter: Counter[str] = Counter()
    for checkpoint in catalog.checkpoints.values():
        if checkpoint.languages is not None:
            counter.update({*checkpoint.languages.trained, *checkpoint.languages.claimed})
    return tuple(sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))


def texts_of(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Text]]:
    """Every :class:`Text` inside a value, with its place."""
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, Model):
        for shape in field_shapes(type(value)):
            if shape.model is not None:
                yield from texts_of(getattr(value, shape.name), (*path, shape.name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts_of(item, (*path, key))
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from texts_of(item, (*path, place))
