"""What templates ask for besides fragments: groupings, addresses and questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from markupsafe import Markup

from gptalt_catalog.domain.corpus import Benchmark, Dataset
from gptalt_catalog.domain.license import Commercial, LicenseEntry, Quotation
from gptalt_catalog.domain.quantity import Quantity
from gptalt_catalog.domain.reports import Statement
from gptalt_catalog.domain.resource import Application, PrintedRow, Source, Technique, Tool
from gptalt_catalog.render.escape import html, safe
from gptalt_catalog.render.fragments import Fragments
from gptalt_catalog.render.places import ENTRY_KINDS, folder
from gptalt_catalog.render.questions import asked
from gptalt_catalog.views.lineage import EffectiveUse
from gptalt_catalog.views.open_problems import Finding
from gptalt_catalog.views.words import field_label, value_label

Card = tuple[str, str, Markup, Markup]
"""(id, name, summary, badges) of an entry in a list."""

_UNITS_ZH = {"questions": "题", "models": "个模型", "aspects": "个方面", "shots": "样例"}


class PageTools(Fragments):
    """Everything a template calls: fragments, and the choices that would clutter a template."""

    def folder(self, kind: str) -> str:
        """The address of the list of a kind."""
        return f"{folder(kind)}/"

    def list_address(self, kind: str) -> str | None:
        """The address of the list in which a kind is counted; ``None`` if it has none."""
        if kind in ("checkpoint", "measurement"):
            return "models/"
        if kind == "claim":
            return "benchmarks/"
        return self.folder(kind) if kind in ENTRY_KINDS else None

    def list_title(self, kind: str) -> str:
        """The title of the list of a kind."""
        return str(getattr(self.t, {"tool": "tools", "technique": "techniques", "application": "applications"}[kind]))

    def data_path(self, kind: str, key: str) -> str:
        """The path of an entry's JSON below the folder of data files."""
        return f"{folder(kind)}/{key}.json"

    def edit_url(self, kind: str, key: str) -> str | None:
        """Where to edit an entry's file; ``None`` if the catalog does not say where it lives."""
        about = self.catalog.about
        return f"{about.repository}/edit/main/catalog/{folder(kind)}/{key}.yaml" if about else None

    def survey_field(self, name: str) -> Markup:
        """The name of a column of the survey's tables."""
        return safe(field_label("survey", name, self.language))

    def category(self, item: Tool | Technique | Application) -> str:
        """The word by which a tool, technique or application is grouped."""
        return item.field if isinstance(item, Application) else item.category

    def printed_cells(self, item: Any) -> tuple[tuple[str, str], ...]:
        """The cells of the survey's row of a tool or an application."""
        row = getattr(item, "survey", None)
        if not isinstance(row, PrintedRow):
            return ()
        names = ("name", "category", "use", "by", "backbone", "link")
        return tuple((name, str(getattr(row, name))) for name in names if getattr(row, name))

    def finding(self, sentence: str, found: Finding) -> Markup:
        """A finding's sentence with its numbers and the entries that it speaks of."""
        numbers = {name: f"{value:,}" for name, value in found.numbers.items()}
        links = self._listed(self.link(kind, key) for kind, key in found.links)
        return self.fill(sentence, links=links, **numbers)

    def code_text(self, text: str) -> Markup:
        """A text in which back-quotes mark code, as change logs have it."""
        parts = text.split("`")
        return html("".join(f"<code>{safe(p)}</code>" if place % 2 else safe(p) for place, p in enumerate(parts)))

    def answers(self, family: str) -> tuple[Commercial, ...]:
        """The different commercial-use answers of a family's checkpoints."""
        found = {self.data.lineage.use(key).answer for key in self.catalog.families[family].checkpoints}
        return tuple(answer for answer in get_args(Commercial) if answer in found)

    def quotation(self, use: EffectiveUse) -> tuple[str, Quotation] | None:
        """The words of the first license that decides an answer: (license id, quotation)."""
        for reason in use.decisive:
            entry = self.catalog.licenses.get(reason.license or "")
            if entry is not None and entry.quotation is not None and reason.license is not None:
                return reason.license, entry.quotation
        return None

    def questions(self) -> list[tuple[str, str]]:
        """(address, question) for questions that the catalog's entries answer (docs/questions.md)."""
        return asked(self.catalog, self.language)

    def amount_said(self, statement: Statement) -> Markup:
        """The number of a statement with its unit, ``57 %``; empty if it has none."""
        if not statement.value:
            return Markup()
        unit = statement.unit or ""
        if unit == "percent":
            unit = "%"
        elif self.language == "zh":
            unit = _UNITS_ZH.get(unit, unit)
        return safe(f"{statement.value} {unit}".strip())

    def grouped(self, kind: str, entries: Mapping[str, Any]) -> Iterator[tuple[Markup, list[Card]]]:
        """The entries of a list under their headings, as cards, names in order."""
        groups: dict[str, list[Card]] = {}
        for key, entry in entries.items():
            groups.setdefault(self._group(entry), []).append(self._card(kind, key, entry))
        for name in sorted(groups, key=self._group_order):
            yield self._group_label(kind, name), sorted(groups[name], key=lambda card: card[1].casefold())

    @staticmethod
    def _group(entry: object) -> str:
        if isinstance(entry, Benchmark):
            return entry.task
        if isinstance(entry, LicenseEntry):
            return entry.terms.commercial
        if isinstance(entry, Application):
            return entry.field
        if isinstance(entry, Dataset | Source):
            return entry.kind
        return entry.category if isinstance(entry, Tool | Technique) else ""

    @staticmethod
    def _group_order(name: str) -> tuple[int, str]:
        answers = get_args(Commercial)
        return (answers.index(name), "") if name in answers else (0, name)

    def _group_label(self, kind: str, name: str) -> Markup:
        if kind == "benchmark":
            return safe(self.name("task", name))
        label = value_label(name, self.language)
        if kind == "license":
            return html(f"{safe(self.t.commercial)}: {safe(label)}")
        return safe(label[:1].upper() + label[1:])

    def _card(self, kind: str, key: str, entry: Any) -> Card:
        if isinstance(entry, Source):
            extra = safe(entry.commit or entry.version or "")
            return key, entry.title, Markup(), extra
        return key, entry.title(self.language), self.text(entry.summary), self._extra(kind, key, entry)

    def _extra(self, kind: str, key: str, entry: Any) -> Markup:
        if isinstance(entry, LicenseEntry):
            return self.use(entry.terms.commercial) + (self.badge(entry.spdx) if entry.spdx else Markup())
        if kind == "benchmark":
            count = len(self.data.book.by_benchmark.get(key, ()))
            return self.badge(self.fill(self.t.claims_of, count=count)) if count else Markup()
        if kind == "dataset":
            size = entry.size
            amounts = [size.tokens, size.bytes, size.samples, size.documents] if size else []
            return Markup().join(self.badge(self.amount(a)) for a in amounts if isinstance(a, Quantity))
        return Markup()
