"""What all pages are made from: the catalog with its indexes, computed once for both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.protocol_table import ProtocolRows
from gptalt_catalog.loading.protocol_table import read_protocol_table
from gptalt_catalog.views.backlinks import Backlinks
from gptalt_catalog.views.conflicts import Conflict, conflicts
from gptalt_catalog.views.corrections import Correction, corrections
from gptalt_catalog.views.coverage import Coverage, coverage
from gptalt_catalog.views.facts import FactReader
from gptalt_catalog.views.family_graph import Tree, trees
from gptalt_catalog.views.lineage import Lineage
from gptalt_catalog.views.memory_fit import MemoryFit
from gptalt_catalog.views.model_list import ModelRow, model_rows
from gptalt_catalog.views.ranking import ProtocolRanking, rankings
from gptalt_catalog.views.scores import ScoreBook
from gptalt_catalog.views.size_scores import SizePlot, size_plots
from gptalt_catalog.views.timeline import Milestone, milestones
from gptalt_catalog.views.verifiability import Verifiability, verifiability
from gptalt_catalog.views.verified import VerificationBook
from gptalt_catalog.views.words import Language

K = TypeVar("K")
V = TypeVar("V")


class Lazily(dict[K, V]):
    """A mapping whose values are made when they are first asked for: a preview of one page needs few."""

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> V:
        self[key] = self._make(key)
        return self[key]


@dataclass(frozen=True)
class SiteData:
    """A catalog with everything that more than one page needs; ``change_log`` is the project's, as Markdown.

    ``schemas`` are the file names of the JSON Schemas that the site publishes.
    """

    catalog: Catalog
    change_log: str = ""
    schemas: tuple[str, ...] = ()

    @cached_property
    def lineage(self) -> Lineage:
        """Base edges and effective licenses."""
        return Lineage(self.catalog)

    @cached_property
    def book(self) -> ScoreBook:
        """Published scores."""
        return ScoreBook(self.catalog)

    @cached_property
    def fitting(self) -> MemoryFit:
        """Estimates of memory."""
        return MemoryFit(self.catalog)

    @cached_property
    def backlinks(self) -> Backlinks:
        """Who uses what."""
        return Backlinks(self.catalog)

    @cached_property
    def coverage(self) -> Coverage:
        """Counts."""
        return coverage(self.catalog)

    @cached_property
    def corrections(self) -> dict[Language, tuple[Correction, ...]]:
        """All corrections of the survey, by language."""
        return Lazily(lambda language: corrections(self.catalog, language))

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """All disagreements between sources."""
        return conflicts(self.book)

    @cached_property
    def rows(self) -> dict[Language, tuple[ModelRow, ...]]:
        """The rows of the model list, by language."""
        return Lazily(lambda language: model_rows(self.catalog, language, self.lineage, self.book))

    @cached_property
    def family_rows(self) -> dict[Language, dict[str, list[ModelRow]]]:
        """The rows of each family, by language; a family without checkpoints has none."""
        return Lazily(lambda language: _by_family(self.rows[language]))

    @cached_property
    def milestones(self) -> dict[Language, tuple[Milestone, ...]]:
        """First releases, by language."""
        return Lazily(lambda language: milestones(self.catalog, language))

    @cached_property
    def trees(self) -> tuple[Tree, ...]:
        """The family trees."""
        return trees(self.lineage)

    @cached_property
    def size_plots(self) -> dict[Language, dict[str, SizePlot]]:
        """Sizes and scores by benchmark, by language."""
        return Lazily(lambda language: size_plots(self.book, self.rows[language]))

    @cached_property
    def readers(self) -> dict[Language, FactReader]:
        """Readers of facts, by language."""
        return Lazily(lambda language: FactReader(self.catalog, language))

    @cached_property
    def rankings(self) -> dict[str, tuple[ProtocolRanking, ...]]:
        """The rankings of each benchmark, one per comparable protocol."""
        return Lazily(lambda key: rankings(self.book, key))

    @cached_property
    def verified(self) -> VerificationBook:
        """Verification records, by claim."""
        return VerificationBook(self.catalog)

    @cached_property
    def verifiable(self) -> tuple[Verifiability, ...]:
        """What can be verified, checkpoint by checkpoint."""
        return verifiability(self.catalog, read_protocol_table(ProtocolRows), fitting=self.fitting)


def _by_family(rows: tuple[ModelRow, ...]) -> dict[str, list[ModelRow]]:
    found: dict[str, list[ModelRow]] = {}
    for row in rows:
        found.setdefault(row.family, []).append(row)
    return found


def site_data(catalog: Catalog, change_log: str = "", schema: Path | None = None) -> SiteData:
    """The data of a site that also publishes the JSON Schemas in the folder ``schema``."""
    names = sorted(path.name for path in schema.iterdir()) if schema is not None else ()
    return SiteData(catalog, change_log, tuple(names))
