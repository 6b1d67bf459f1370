"""The survey's five directions, and what the catalog can show on each: counts, never opinions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.family import Checkpoint
from gptalt_catalog.domain.quantity import Quantity
from gptalt_catalog.views.lineage import Lineage
from gptalt_catalog.views.model_list import release_date
from gptalt_catalog.views.scores import ScoreBook
from gptalt_catalog.views.size_scores import SizePlot, SizePoint
from gptalt_catalog.views.statements import DIRECTIONS, Said, said_in

REFERENCE: Final = "llama-65b"
"""The largest open model of the survey's main line: what its score takes today."""
REACHED: Final = ("mmlu", "hellaswag", "winogrande", "gsm8k")


@dataclass(frozen=True)
class Finding:
    """A counted fact: ``id`` names its sentence, ``numbers`` fill it, ``links`` are entries it speaks of."""

    id: str
    numbers: Mapping[str, int | float]
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reach:
    """The smallest checkpoint that scores at least as high as a reference on one benchmark."""

    benchmark: str
    reference: SizePoint
    smallest: SizePoint


@dataclass(frozen=True)
class TokenRate:
    """Training tokens per parameter of the checkpoints of one year: their median and number."""

    year: str
    median: float
    checkpoints: int


@dataclass(frozen=True)
class Direction:
    """One direction: the statement, and what the catalog shows; ``id`` also names what it cannot show."""

    id: str
    said: Said
    findings: tuple[Finding, ...]
    reach: tuple[Reach, ...] = field(default=())
    rates: tuple[TokenRate, ...] = field(default=())


def directions(
    catalog: Catalog, lineage: Lineage, book: ScoreBook, plots: Mapping[str, SizePlot]
) -> tuple[Direction, ...]:
    """The directions in the article's order."""
    shown: dict[str, Callable[[], Iterator[Finding]]] = {
        "scale": lambda: _scale(catalog),
        "data": lambda: _data(catalog),
        "interpretability": lambda: _interpretability(catalog, book),
        "safety": lambda: _safety(catalog, lineage, book),
        "instructions": lambda: _instructions(catalog),
    }
    found = []
    for said in said_in(catalog, DIRECTIONS):
        key = said.id.removeprefix("direction-")
        findings = tuple(shown[key]()) if key in shown else ()
        reach = reaching(plots) if key == "scale" else ()
        rates = token_rates(catalog) if key == "data" else ()
        found.append(Direction(key, said, findings, reach, rates))
    return tuple(found)


# ---- size and performance ------------------------------------------------------------------------


def reaching(plots: Mapping[str, SizePlot]) -> tuple[Reach, ...]:
    """What it takes to reach the reference on each benchmark that has it."""
    found = []
    for benchmark in REACHED:
        points = plots[benchmark].points if benchmark in plots else ()
        reference = next((p for p in points if p.checkpoint == REFERENCE), None)
        if reference is not None:
            least = reference.score.percent
            smallest = min(
                (p for p in points if p.score.percent >= least), key=lambda p: (p.parameters, -p.score.percent)
            )
            found.append(Reach(benchmark, reference, smallest))
    return tuple(found)


def _scale(catalog: Catalog) -> Iterator[Finding]:
    shapes = [c.shape for c in catalog.checkpoints.values() if c.shape is not None]
    experts = sum(shape.experts is not None for shape in shapes)
    yield Finding("experts", {"count": experts, "total": len(shapes)})
    without = sum(shape.design in ("recurrent", "hybrid") for shape in shapes)
    yield Finding("not_attention_alone", {"count": without, "total": len(shapes)})
    yield _techniques(catalog, "light_techniques", ("quantization", "parameter-efficient"))


def _techniques(catalog: Catalog, name: str, categories: tuple[str, ...]) -> Finding:
    found = [key for key, technique in catalog.techniques.items() if technique.category in categories]
    return Finding(name, {"count": len(found)}, tuple(("technique", key) for key in found))


# ---- data ----------------------------------------------------------------------------------------


def _data(catalog: Catalog) -> Iterator[Finding]:
    tuning = [d for d in catalog.datasets.values() if d.kind in ("instruction", "alignment") and d.origin is not None]
    by_model = sum(d.origin is not None and d.origin.made_by in ("model", "people-and-model") for d in tuning)
    known = sum(d.origin is not None and d.origin.made_by != "unknown" for d in tuning)
    yield Finding("written_by_models", {"count": by_model, "total": known})
    yield _techniques(catalog, "data_techniques", ("data-quality", "data-synthesis"))


def token_rates(catalog: Catalog) -> tuple[TokenRate, ...]:
    """Tokens seen per parameter of checkpoints trained from scratch, by year, where both are published."""
    rates: dict[str, list[float]] = {}
    for checkpoint in catalog.checkpoints.values():
        tokens, count = _tokens(checkpoint), checkpoint.parameters.total if checkpoint.parameters else None
        scratch = checkpoint.lineage is not None and checkpoint.lineage.bases == ()
        date = release_date(checkpoint, catalog.families[checkpoint.family])
        if scratch and tokens is not None and isinstance(count, int) and date is not None:
            rates.setdefault(date[:4], []).append(tokens / count)
    return tuple(TokenRate(year, median(found), len(found)) for year, found in sorted(rates.items()))


def _tokens(checkpoint: Checkpoint) -> int | None:
    seen = checkpoint.training.tokens_seen if checkpoint.training is not None else None
    return seen.amount if isinstance(seen, Quantity) and seen.unit == "tokens" else None


# ---- interpretability ----------------------------------------------------------------------------


def _interpretability(catalog: Catalog, book: ScoreBook) -> Iterator[Finding]:
    base = [c for c in catalog.checkpoints.values() if "base" in c.roles]
    named = [c for c in base if c.training is not None and c.training.datasets not in ("unknown", "undisclosed", ())]
    families = tuple(dict.fromkeys(c.family for c in named if _open_data(catalog, c)))
    yield Finding("data_named", {"count": len(named), "total": len(base)})
    yield Finding("data_open", {"count": len(families)}, tuple(("family", key) for key in families))
    counted = sum(score.counts is not None for score in book.scores)
    yield Finding("scores_counted", {"count": counted, "total": len(book.scores)})


def _open_data(catalog: Catalog, checkpoint: Checkpoint) -> bool:
    """Whether the weights and all data sets that it was trained on can be had without asking."""
    datasets = checkpoint.training.datasets if checkpoint.training is not None else ()
    if isinstance(datasets, str) or not datasets or checkpoint.hub is None or checkpoint.hub.access != "open":
        return False
    rights = [entry.rights if (entry := catalog.datasets.get(key)) is not None else None for key in datasets]
    return all(right is not None and right.access == "open" for right in rights)


# ---- safety and instructions -----------------------------------------------------------------------


def _safety(catalog: Catalog, lineage: Lineage, book: ScoreBook) -> Iterator[Finding]:
    sets = [key for key, dataset in catalog.datasets.items() if dataset.kind == "alignment"]
    yield Finding("alignment_sets", {"count": len(sets)}, tuple(("dataset", key) for key in sets))
    yield _techniques(catalog, "alignment_techniques", ("alignment",))
    truthful = len(book.by_benchmark.get("truthfulqa", ()))
    yield Finding("truthfulness", {"count": truthful}, (("benchmark", "truthfulqa"),) if truthful else ())
    restricted = sum("use-restrictions" in lineage.use(key).conditions for key in catalog.checkpoints)
    yield Finding("use_restrictions", {"count": restricted, "total": len(catalog.checkpoints)})


def _instructions(catalog: Catalog) -> Iterator[Finding]:
    talking = [c for c in catalog.checkpoints.values() if {"chat", "instruct"} & set(c.roles)]
    prompts = sum(c.prompt is not None for c in talking)
    yield Finding("prompt_documented", {"count": prompts, "total": len(talking)})
    weights = [c for c in catalog.checkpoints.values() if c.weights is not None and c.weights.loader != "unknown"]
    native = sum(c.weights is not None and c.weights.loader == "native" for c in weights)
    yield Finding("loads_natively", {"count": native, "total": len(weights)})
    licenses = [c.license for c in catalog.checkpoints.values() if c.license is not None]
    stated = sum(not isinstance(entry.weights, str) for entry in licenses)
    yield Finding("license_stated", {"count": stated, "total": len(licenses)})
    measured = {m.checkpoint for _, m in catalog.measurements}
    yield Finding("memory_published", {"count": len(measured), "total": len(catalog.checkpoints)})
