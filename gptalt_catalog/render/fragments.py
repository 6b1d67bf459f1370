"""Small pieces of HTML that many pages share: links, badges, evidence marks, scores."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from gptalt_catalog.domain.base import Text
from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.claim import Protocol
from gptalt_catalog.domain.evidence import Entry
from gptalt_catalog.domain.license import Commercial
from gptalt_catalog.domain.quantity import Quantity
from gptalt_catalog.render.escape import fill, href, safe
from gptalt_catalog.render.places import ENTRY_KINDS, Place, entry_address
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings import Strings, strings
from gptalt_catalog.views.conflicts import PARTS, Cause
from gptalt_catalog.views.facts import EvidencePiece, FactRow, Part
from gptalt_catalog.views.formats import percent_text, quantity_text, text_in, untranslated
from gptalt_catalog.views.scores import Reason, Score
from gptalt_catalog.views.words import Language, Word, kind_label, value_label

_SIGNS: dict[str, str] = {"yes": "✓", "conditional": "◐", "no": "✕", "unclear": "?"}
_PART_WORDS = {
    "split": Word("split", "数据划分"),
    "metric": Word("metric", "指标"),
    "shots": Word("number of examples", "样例数"),
    "prompt": Word("prompt", "提示方式"),
    "scoring": Word("scoring", "计分方式"),
    "harness": Word("harness", "评测程序"),
    "variant": Word("variant", "变体"),
}


@dataclass(frozen=True)
class Fragments:
    """Makes HTML for one page. Everything returned is safe to print; every text in it is escaped."""

    data: SiteData
    here: Place

    @cached_property
    def t(self) -> Strings:
        """The texts of the page's language."""
        return strings(self.here.language)

    @property
    def language(self) -> Language:
        """The page's language."""
        return self.here.language

    @property
    def catalog(self) -> Catalog:
        """The catalog."""
        return self.data.catalog

    # ---- words and texts ---------------------------------------------------------------------------

    def text(self, text: Text | None) -> Markup:
        """A text in the page's language, marked where it is not translated."""
        if text is None:
            return Markup()
        if not untranslated(text, self.language):
            return safe(text_in(text, self.language))
        mark = Markup('<span class="ga-untranslated">{}</span>').format(safe(self.t.untranslated))
        return Markup('<span lang="en">{}</span> {}').format(safe(text.en), mark)

    def word(self, value: str, field: str = "") -> Markup:
        """A value of a closed list."""
        return safe(value_label(value, self.language, field))

    def kind(self, kind: str, *, plural: bool = False) -> Markup:
        """The name of a kind."""
        return safe(kind_label(kind, self.language, plural=plural))

    def fill(self, template: str, **parts: object) -> Markup:
        """A sentence with its places filled."""
        return fill(template, **parts)

    # ---- links -------------------------------------------------------------------------------------

    def link(self, kind: str, key: str, label: object = None) -> Markup:
        """A link to an entry's page (to its place on the family's page for a checkpoint)."""
        text = safe(label if label is not None else self.name(kind, key))
        target = self.target(kind, key)
        if target is None:
            return Markup('<span class="ga-missing">{}</span>').format(text)
        return Markup('<a href="{}">{}</a>').format(safe(target), text)

    def target(self, kind: str, key: str) -> str | None:
        """The relative address of an entry; ``None`` if the catalog does not have it."""
        if kind == "checkpoint":
            checkpoint = self.catalog.checkpoints.get(key)
            return f"{self.here.to(entry_address('family', checkpoint.family))}#{key}" if checkpoint else None
        if kind not in ENTRY_KINDS or key not in self._table(kind):
            return None
        return self.here.to(entry_address(kind, key))

    def _table(self, kind: str) -> object:
        others = {"tool": "tools", "technique": "techniques", "application": "applications"}
        return getattr(self.catalog, others[kind]) if kind in others else self.catalog.tables[kind]

    def name(self, kind: str, key: str) -> str:
        """The name of an entry in the page's language; its id if the catalog does not have it."""
        if kind in ("tool", "technique", "application"):
            entry: Entry | None = self._table(kind).get(key)  # type: ignore[attr-defined]
            return entry.title(self.language) if entry else key
        return self.data.readers[self.language].named(kind, key)

    def links(self, kind: str, keys: Iterable[str]) -> Markup:
        """Links to several entries, separated as the language does."""
        return Markup(safe(self.t.list_separator)).join(self.link(kind, key) for key in keys)

    def outside(self, url: str, label: object) -> Markup:
        """A link that leaves the site."""
        return Markup('<a class="ga-out" href="{}" rel="external noopener">{}</a>').format(href(url), safe(label))

    def license(self, key: str) -> Markup:
        """A link to a license under its short name."""
        return self.link("license", key, short_license(self.catalog, key, self.language))

    # ---- facts and evidence ------------------------------------------------------------------------

    def parts(self, parts: Iterable[Part]) -> Markup:
        """A value with its links."""
        return Markup(safe(self.t.list_separator)).join(self._part(part) for part in parts)

    def _part(self, part: Part) -> Markup:
        if part.kind is not None and part.id is not None:
            body = self.link(part.kind, part.id, part.text)
        elif part.url is not None:
            body = self.outside(part.url, part.text)
        else:
            body = safe(part.text)
        return Markup('<span class="ga-rel">{}</span> {}').format(safe(part.prefix), body) if part.prefix else body

    def fact(self, row: FactRow) -> Markup:
        """A value with its evidence marks, and a word where its evidence is weak."""
        body = Markup("{}{}").format(self.parts(row.parts), self.marks(row.evidence))
        if row.status in ("from-memory", "survey-only"):
            label = self.t.from_memory if row.status == "from-memory" else self.t.survey_only
            body += Markup(' <span class="ga-weak">{}</span>').format(safe(label))
        return body

    def marks(self, pieces: Iterable[EvidencePiece]) -> Markup:
        """Superscript numbers that lead to the evidence list of the page."""
        marks = [f'<a class="ga-ev" href="#_e{piece.number}">{piece.number}</a>' for piece in pieces]
        return Markup(f'<sup class="ga-evs">{"".join(marks)}</sup>') if marks else Markup()  # noqa: S704  numbers only

    def amount(self, quantity: Quantity) -> Markup:
        """An amount with its unit."""
        return safe(quantity_text(quantity, self.language))

    # ---- licenses ----------------------------------------------------------------------------------

    def use(self, answer: Commercial) -> Markup:
        """The badge of a commercial-use answer: word, sign and color."""
        return Markup('<span class="ga-use ga-use--{}"><i aria-hidden="true">{}</i>{}</span>').format(
            Markup(answer), Markup(_SIGNS[answer]), safe(value_label(answer, self.language))  # noqa: S704  closed lists
        )

    def badge(self, text: object, kind: str = "plain") -> Markup:
        """A small label."""
        return Markup('<span class="ga-badge ga-badge--{}">{}</span>').format(safe(kind), safe(text))

    # ---- scores ------------------------------------------------------------------------------------

    def protocol(self, spec: Protocol, *, harness: bool = True) -> Markup:
        """A protocol in words: examples, metric, harness, and what sets it apart."""
        t = self.t
        shots = fill(t.shots, count=spec.shots) if isinstance(spec.shots, int) else safe(t.shots_unknown)
        words = [shots, self.word(spec.metric)]
        if spec.prompt not in ("standard", "unknown"):
            words.append(self.word(spec.prompt, "prompt"))
        if spec.scoring == "generation":
            words.append(self.word(spec.scoring))
        if harness:
            unknown = fill(t.reason_part, part=self.part("harness"))
            words.append(self.word(spec.harness) if spec.harness != "unknown" else unknown)
        if spec.variant != "default":
            words.append(safe(spec.variant))
        if spec.split not in ("test", "unknown"):
            words.append(safe(spec.split))
        return Markup(" · ").join(words)

    def part(self, name: str) -> str:
        """The name of a part of a protocol."""
        return _PART_WORDS[name].in_(self.language)

    def part_values(self, parts: Iterable[str], low: Protocol, high: Protocol) -> Markup:
        """In what two protocols differ, with both values: ``number of examples (0, 25)``."""
        pieces = []
        for part in parts:
            values = (self.word(str(getattr(spec, part)), part) for spec in (low, high))
            pieces.append(Markup("{} ({})").format(safe(self.part(part)), Markup(" / ").join(values)))
        return Markup(safe(self.t.list_separator)).join(pieces)

    def unknown_parts(self, spec: Protocol) -> str:
        """The unknown parts of a protocol in words."""
        return self.t.list_separator.join(self.part(p) for p in PARTS if p in spec.unknown_parts())

    def reason(self, reason: Reason) -> Markup:
        """Why a score is not ranked, as a sentence."""
        t = self.t
        if reason.code == "defect":
            return fill(t.reason_defect, name=self.defect(reason.detail))
        if reason.code == "flag":
            return self.word(reason.detail)
        if reason.code == "unknown-part":
            return fill(t.reason_part, part=self.part(reason.detail))
        return safe(t.reason_unstated)

    def score(self, score: Score) -> Markup:
        """A value with its interval; struck if it is not ranked; the printed text as a hint."""
        hint = [score.printed]
        if score.counts:
            hint.append(score.counts)
        if not score.version_stated:
            hint.append(self.t.version_unstated)
        value = Markup("{}").format(safe(percent_text(score.percent, 2)))
        value = value if score.ranked else Markup("<s>{}</s>").format(value)
        interval = ""
        if score.interval is not None and score.ranked:
            interval = Markup(' <span class="ga-ci">{}–{}</span>').format(
                safe(percent_text(score.interval[0])), safe(percent_text(score.interval[1]))
            )
        return Markup('<span class="ga-score" title="{}">{}{}</span>').format(safe(" · ".join(hint)), value, interval)

    def bar(self, score: Score) -> Markup:
        """A value with its interval on a scale from 0 to 100."""
        low, high = score.interval or (score.percent, score.percent)
        style = f"--v:{score.percent:.2f};--lo:{low:.2f};--hi:{high:.2f}"
        return Markup(f'<span class="ga-bar" style="{style}" aria-hidden="true"></span>')  # noqa: S704  numbers only

    @staticmethod
    def scale(low: float, high: float, chance: float | None = None) -> Markup:
        """The style that sets the scale of the bars inside an element, in percent."""
        mark = f";--chance:{chance:.2f}" if chance is not None else ""
        return Markup(f"--from:{low:.2f};--to:{high:.2f}{mark}")  # noqa: S704  numbers only

    def target_link(self, key: str) -> Markup:
        """A link to what a score is of: a checkpoint, or a family whose checkpoint is unstated."""
        return self.link("checkpoint" if key in self.catalog.checkpoints else "family", key)

    def other_values(self, scores: Iterable[Score]) -> Markup:
        """Further values of one checkpoint under one protocol, with their sources."""
        pieces = (
            Markup("{} ({})").format(safe(percent_text(s.percent, 2)), self.link("source", s.source)) for s in scores
        )
        return Markup(safe(self.t.list_separator)).join(pieces)

    def defect(self, key: str) -> Markup:
        """A known defect by its name, which leads to its definition on the page."""
        defect = self.catalog.defects.get(key)
        name = self.text(defect.name) if defect else safe(key)
        return Markup('<a href="#_defect-{}">{}</a>').format(safe(key), name)

    def claim_note(self, score: Score) -> Markup:
        """The notes of a claim and of its set."""
        row, place = score.claim.row, score.claim.place
        notes = [safe(row.note)] if row.note else []
        if place.note is not None:
            notes.append(self.text(place.note))
        return Markup(" ").join(notes)

    def cause(self, cause: Cause) -> Markup:
        """A known cause of a disagreement, as a sentence."""
        source = self.link("source", cause.score.source)
        if cause.kind == "defect":
            return fill(self.t.cause_defect, source=source, name=self.defect(cause.detail))
        if cause.kind == "flag":
            return fill(self.t.cause_flag, source=source, flag=self.word(cause.detail))
        if cause.kind == "revision":
            return fill(self.t.cause_revision, source=source, revision=cause.detail)
        return Markup("{}: {}").format(source, self.claim_note(cause.score))


def short_license(catalog: Catalog, key: str, language: Language) -> str:
    """The short name of a license: its SPDX id, else its name without what stands in brackets."""
    entry = catalog.licenses.get(key)
    if entry is None:
        return key
    name = entry.title(language)
    return entry.spdx or re.split(r"\s*[(（]", name)[0] or name
