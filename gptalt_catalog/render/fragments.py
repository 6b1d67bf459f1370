"""Small pieces of HTML that many pages share: links, badges, evidence marks, scores."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from markupsafe import Markup

from gptalt_catalog.domain.base import Text
from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.claim import Protocol
from gptalt_catalog.domain.evidence import Entry
from gptalt_catalog.domain.license import Commercial
from gptalt_catalog.domain.quantity import Quantity
from gptalt_catalog.render.escape import fill, href, html, safe
from gptalt_catalog.render.places import ENTRY_KINDS, Place, entry_address
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings import Strings, strings
from gptalt_catalog.render.verdicts import Verdicts
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
        mark = html(f'<span class="ga-untranslated">{safe(self.t.untranslated)}</span>')
        return html(f'<span lang="en">{safe(text.en)}</span> {mark}')

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
        if label is not None:
            return self._link(kind, key, label)
        if (kind, key) not in self._links:
            self._links[kind, key] = self._link(kind, key, self.name(kind, key))
        return self._links[kind, key]

    @cached_property
    def _links(self) -> dict[tuple[str, str], Markup]:
        return {}

    def _link(self, kind: str, key: str, label: object) -> Markup:
        text = safe(label)
        target = self.target(kind, key)
        if target is None:
            return html(f'<span class="ga-missing">{text}</span>')
        return html(f'<a href="{safe(target)}">{text}</a>')

    def target(self, kind: str, key: str) -> str | None:
        """The relative address of an entry; ``None`` if the catalog does not have it."""
        if kind == "checkpoint":
            checkpoint = self.catalog.checkpoints.get(key)
            return f"{self.here.to(entry_address('family', checkpoint.family))}#{key}" if checkpoint else None
        if kind not in ENTRY_KINDS or key not in self._table(kind):
            return None
        return self.here.to(entry_address(kind, key))

    def _table(self, kind: str) -> Mapping[str, Any]:
        others = {"tool": "tools", "technique": "techniques", "application": "applications"}
        found: Mapping[str, Any] = getattr(self.catalog, others[kind]) if kind in others else self.catalog.tables[kind]
        return found

    def name(self, kind: str, key: str) -> str:
        """The name of an entry in the page's language; its id if the catalog does not have it."""
        if kind in ("tool", "technique", "application"):
            entry: Entry | None = self._table(kind).get(key)
            return entry.title(self.language) if entry else key
        return self.data.readers[self.language].named(kind, key)

    def _listed(self, pieces: Iterable[Markup]) -> Markup:
        return html(safe(self.t.list_separator).join(pieces))

    def links(self, kind: str, keys: Iterable[str]) -> Markup:
        """Links to several entries, separated as the language does."""
        return self._listed(self.link(kind, key) for key in keys)

    def outside(self, url: str, label: object) -> Markup:
        """A link that leaves the site."""
        return html(f'<a class="ga-out" href="{href(url)}" rel="external noopener">{safe(label)}</a>')

    def license(self, key: str) -> Markup:
        """A link to a license under its short name."""
        return self.link("license", key, short_license(self.catalog, key, self.language))

    # ---- facts and evidence ------------------------------------------------------------------------

    def parts(self, parts: Iterable[Part]) -> Markup:
        """A value with its links; several parts that say what they are stand on lines of their own."""
        found = list(parts)
        if len(found) > 1 and any(part.prefix for part in found):
            return html("<br>".join(self._part(part) for part in found))
        return self._listed(self._part(part) for part in found)

    def _part(self, part: Part) -> Markup:
        if part.kind is not None and part.id is not None:
            body = self.link(part.kind, part.id, part.text)
        elif part.url is not None:
            body = self.outside(part.url, part.text)
        else:
            body = safe(part.text)
        return html(f'<span class="ga-rel">{safe(part.prefix)}</span> {body}') if part.prefix else body

    def fact(self, row: FactRow) -> Markup:
        """A value with its evidence marks, and a word where its evidence is weak."""
        body = html(f"{self.parts(row.parts)}{self.marks(row.evidence)}")
        if row.status in ("from-memory", "survey-only"):
            label = self.t.from_memory if row.status == "from-memory" else self.t.survey_only
            body += html(f' <span class="ga-weak">{safe(label)}</span>')
        return body

    def marks(self, pieces: Iterable[EvidencePiece]) -> Markup:
        """Superscript numbers that lead to the evidence list of the page."""
        marks = [f'<a class="ga-ev" href="#_e{piece.number}">{piece.number}</a>' for piece in pieces]
        return html(f'<sup class="ga-evs">{"".join(marks)}</sup>') if marks else Markup()

    def amount(self, quantity: Quantity) -> Markup:
        """An amount with its unit."""
        return safe(quantity_text(quantity, self.language))

    # ---- licenses ----------------------------------------------------------------------------------

    def use(self, answer: Commercial) -> Markup:
        """The badge of a commercial-use answer: word, sign and color."""
        sign = f'<i aria-hidden="true">{_SIGNS[answer]}</i>'
        return html(f'<span class="ga-use ga-use--{answer}">{sign}{self.word(answer)}</span>')

    def badge(self, text: object, kind: str = "plain") -> Markup:
        """A small label."""
        return html(f'<span class="ga-badge ga-badge--{safe(kind)}">{safe(text)}</span>')

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
        return html(" · ".join(words))

    def part(self, name: str) -> str:
        """The name of a part of a protocol."""
        return _PART_WORDS[name].in_(self.language)

    def part_values(self, parts: Iterable[str], low: Protocol, high: Protocol) -> Markup:
        """In what two protocols differ, with both values: ``number of examples (0, 25)``."""
        pieces = []
        for part in parts:
            values = " / ".join(self.word(str(getattr(spec, part)), part) for spec in (low, high))
            pieces.append(html(f"{safe(self.part(part))} ({values})"))
        return self._listed(pieces)

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

    @cached_property
    def verdicts(self) -> Verdicts:
        """What was verified, in HTML."""
        return Verdicts(self)

    def score(self, score: Score) -> Markup:
        """A value with its interval and the sign of its verdict, if it was verified; struck if it is not ranked."""
        hint = [score.printed]
        if score.counts:
            hint.append(score.counts)
        if not score.version_stated:
            hint.append(self.t.version_unstated)
        value = percent_text(score.percent, 2)
        if not score.ranked:
            value = f"<s>{value}</s>"
        interval = ""
        if score.interval is not None and score.ranked:
            low, high = score.interval
            interval = f' <span class="ga-ci">{percent_text(low)}–{percent_text(high)}</span>'
        shown = f'<span class="ga-score" title="{safe(" · ".join(hint))}">{value}{interval}</span>'
        verified = self.verdicts.of(score)
        return html(f"{shown} {self.verdicts.mark(verified)}") if verified is not None else html(shown)

    def bar(self, score: Score) -> Markup:
        """A value with its interval on a scale from 0 to 100."""
        low, high = score.interval or (score.percent, score.percent)
        style = f"--v:{score.percent:.2f};--lo:{low:.2f};--hi:{high:.2f}"
        return html(f'<span class="ga-bar" style="{style}" aria-hidden="true"></span>')

    @staticmethod
    def scale(low: float, high: float, chance: float | None = None) -> Markup:
        """The style that sets the scale of the bars inside an element, in percent."""
        mark = f";--chance:{chance:.2f}" if chance is not None else ""
        return html(f"--from:{low:.2f};--to:{high:.2f}{mark}")

    def target_link(self, key: str) -> Markup:
        """A link to what a score is of: a checkpoint, or a family whose checkpoint is unstated."""
        return self.link("checkpoint" if key in self.catalog.checkpoints else "family", key)

    def other_values(self, scores: Iterable[Score]) -> Markup:
        """Further values of one checkpoint under one protocol, with their sources."""
        pieces = (html(f"{percent_text(s.percent, 2)} ({self.link('source', s.source)})") for s in scores)
        return self._listed(pieces)

    def defect(self, key: str) -> Markup:
        """A known defect by its name, which leads to its definition on the page."""
        defect = self.catalog.defects.get(key)
        name = self.text(defect.name) if defect else safe(key)
        return html(f'<a href="#_defect-{safe(key)}">{name}</a>')

    def claim_note(self, score: Score) -> Markup:
        """The notes of a claim and of its set."""
        row, place = score.claim.row, score.claim.place
        notes = [safe(row.note)] if row.note else []
        if place.note is not None:
            notes.append(self.text(place.note))
        return html(" ".join(notes))

    def cause(self, cause: Cause) -> Markup:
        """A known cause of a disagreement, as a sentence."""
        source = self.link("source", cause.score.source)
        if cause.kind == "defect":
            return fill(self.t.cause_defect, source=source, name=self.defect(cause.detail))
        if cause.kind == "flag":
            return fill(self.t.cause_flag, source=source, flag=self.word(cause.detail))
        if cause.kind == "revision":
            return fill(self.t.cause_revision, source=source, revision=cause.detail)
        return html(f"{source}: {self.claim_note(cause.score)}")


def short_license(catalog: Catalog, key: str, language: Language) -> str:
    """The short name of a license: its SPDX id, else its name without what stands in brackets."""
    entry = catalog.licenses.get(key)
    if entry is None:
        return key
    name = entry.title(language)
    return entry.spdx or re.split(r"\s*[(（]", name)[0] or name
