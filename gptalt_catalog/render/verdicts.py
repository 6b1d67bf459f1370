"""Verdicts of verifications as small pieces of HTML: the sign beside a score, and the cells of its row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Literal

from markupsafe import Markup

from gptalt_catalog.domain.verification import Verdict
from gptalt_catalog.render.escape import fill, html, safe
from gptalt_catalog.render.strings.verifiable import verifiable_strings
from gptalt_catalog.render.strings.verified import VerifiedStrings, verified_strings
from gptalt_catalog.views.formats import percent_text
from gptalt_catalog.views.scores import Score
from gptalt_catalog.views.verified import CONFIRMED, REFUTED, VerifiedClaim

if TYPE_CHECKING:
    from gptalt_catalog.render.fragments import Fragments

Side = Literal["yes", "no", "open"]
_SIGNS: Final[dict[Side, str]] = {"yes": "✓", "no": "✕", "open": "◐"}
_WITH_TABLE: Final = ("models/", "benchmarks/", "verifications/")
"""Pages below these addresses have a table of the verified claims that they show."""


def record_address(record: str) -> str:
    """The address of a record's page."""
    return f"verifications/{record}/"


def anchor(one: VerifiedClaim) -> str:
    """The id of a verified claim's row."""
    return f"_v-{one.record.replace('/', '-')}-{one.place}"


def side(verdict: Verdict) -> Side:
    """Whether a verdict is for the claim, against it, or neither."""
    return "yes" if verdict in CONFIRMED else "no" if verdict in REFUTED else "open"


def verdict_sign(verdict: Verdict) -> str:
    """The sign that stands for a verdict wherever there is no room for its word."""
    return _SIGNS[side(verdict)]


def mark_classes(one: VerifiedClaim) -> str:
    """The classes of the sign of a verdict."""
    return f"ga-vf ga-vf--{side(one.audited.verdict)}{' ga-vf--stale' if one.stale else ''}"


class Verdicts:
    """Makes HTML about verified claims for one page; everything returned is safe to print."""

    def __init__(self, fragments: Fragments) -> None:
        self._h = fragments
        self.x: VerifiedStrings = verified_strings(fragments.language)

    def of(self, score: Score) -> VerifiedClaim | None:
        """What speaks for a score, if anybody ran it again."""
        return self._h.data.verified.best(score.claim)

    # ---- the sign beside a score

    def mark(self, one: VerifiedClaim) -> Markup:
        """The sign of a verdict, which leads to all that the record says of the claim."""
        says, sign = safe(self.sentence(one)), verdict_sign(one.audited.verdict)
        target = f'class="{mark_classes(one)}" href="{safe(self.href(one))}"'
        return html(f'<a {target} title="{says}" aria-label="{says}">{sign}</a>')

    def href(self, one: VerifiedClaim) -> str:
        """Where a claim's row is: on this page if it has such a table, else on the record's own page."""
        here = self._h.here
        if here.address.startswith(_WITH_TABLE) and here.address not in _WITH_TABLE:
            return f"#{anchor(one)}"
        return f"{here.to(record_address(one.record))}#{anchor(one)}"

    def sentence(self, one: VerifiedClaim) -> str:
        """All that counts about a verdict, in one sentence."""
        audited, x = one.audited, self.x
        said = (x.mark if audited.items_used else x.mark_undrawn).format(
            verdict=x.verdicts[audited.verdict][0],
            estimate=percent_text(100 * float(audited.estimate), 2),
            low=_percent(audited.interval[0]),
            high=_percent(audited.interval[1]),
            points=_number(100 * float(audited.tolerance)),
            risk=_number(100 * float(audited.risk)),
            hardware=self.hardware(one),
            date=one.verification.date,
            trust=x.trusts[one.verification.trust][0],
        )
        return f"{said}; {self.stale_text(one)}" if one.stale else said

    def stale_text(self, one: VerifiedClaim) -> str:
        """Why a record no longer speaks for the claim."""
        changes = (self.x.changes[c.what].format(name=c.name, ran=c.ran, now=c.now) for c in one.changes)
        return self.x.mark_stale.format(changes=self._h.t.list_separator.join(changes))

    # ---- the cells of a row

    @staticmethod
    def anchor(one: VerifiedClaim) -> str:
        """The id of a claim's row."""
        return anchor(one)

    @staticmethod
    def address(one: VerifiedClaim) -> str:
        """The address of a claim's record."""
        return record_address(one.record)

    def protocol(self, one: VerifiedClaim) -> Markup:
        """The benchmark and the way to run it, and how the run is related to the claim's."""
        h, key = self._h, one.audited.protocol
        benchmark, spec = h.catalog.protocol_benchmark.get(key), h.catalog.protocols.get(key)
        name = h.link("benchmark", benchmark) if benchmark is not None else safe(key)
        ways = f' <span class="ga-dim">{h.protocol(spec)}</span>' if spec is not None else ""
        word = self.x.comparabilities[one.audited.comparability]
        related = f"{safe(self.x.comparability)}: {safe(word[0])}"
        shown = f'{name}{ways} <span class="ga-evmeta" title="{safe(word[1])}">{related}</span>'
        if one.audited.compared_with is None:
            return html(shown)
        other = fill(self.x.compared_with, link=self.record_link(one.audited.compared_with))
        return html(f'{shown}<span class="ga-evmeta">{other}</span>')

    def badge(self, one: VerifiedClaim) -> Markup:
        """The verdict with its sign and word, and a mark if it is stale."""
        badge = self.verdict_badge(one.audited.verdict)
        if not one.stale:
            return badge
        return html(f'{badge} <span class="ga-weak" title="{safe(self.stale_text(one))}">{safe(self.x.stale)}</span>')

    def verdict_badge(self, verdict: Verdict, count: int | None = None) -> Markup:
        """A verdict's sign and word; with a ``count`` before it."""
        number = f"{count} " if count is not None else ""
        word = safe(self.x.verdicts[verdict][0])
        sign = f'<i aria-hidden="true">{verdict_sign(verdict)}</i>'
        return html(f'<span class="ga-use ga-use--{_USES[side(verdict)]}">{sign}{number}{word}</span>')

    def published(self, one: VerifiedClaim) -> Markup:
        """The claim as printed; a fraction in percent, too."""
        claimed = one.audited.claimed
        if one.audited.unit == "percent":
            return safe(f"{claimed} %")
        return html(f'{safe(claimed)} <span class="ga-dim">({_number(100 * float(claimed))} %)</span>')

    def estimate(self, one: VerifiedClaim) -> Markup:
        """What came out, with its interval, in percent; a dash if no item had to be run."""
        if not one.audited.items_used:
            return safe("–")
        low, high = one.audited.interval
        value = percent_text(100 * float(one.audited.estimate), 2)
        return html(
            f'<span class="ga-nowrap">{value} % <span class="ga-ci">{_percent(low)}–{_percent(high)}</span></span>'
        )

    def items(self, one: VerifiedClaim) -> Markup:
        """How many items were drawn, of how many."""
        said = fill(self.x.items_of, used=f"{one.audited.items_used:,}", all=f"{one.audited.items:,}")
        return html(f'<span class="ga-nowrap">{said}</span>')

    def tolerance(self, one: VerifiedClaim) -> Markup:
        """The tolerance in percentage points."""
        return fill(self.x.points, points=_number(100 * float(one.audited.tolerance)))

    def risk(self, one: VerifiedClaim) -> Markup:
        """The accepted chance of a wrong verdict."""
        return fill(self.x.risk_of, risk=_number(100 * float(one.audited.risk)))

    @staticmethod
    def hardware(one: VerifiedClaim) -> str:
        """What it ran on, and in which data type."""
        environment = one.verification.environment
        return f"{environment.gpu or 'CPU'} · {environment.dtype}"

    def trust(self, one: VerifiedClaim) -> Markup:
        """How much stands behind the record."""
        return safe(self.x.trusts[one.verification.trust][0])

    def counts(self, claims: Iterable[VerifiedClaim]) -> Markup:
        """The verdicts of several claims, each with its number."""
        found: dict[Verdict, int] = {}
        for one in claims:
            found[one.audited.verdict] = found.get(one.audited.verdict, 0) + 1
        ordered = [verdict for verdict in self.x.verdicts if verdict in found]
        return html(" ".join(self.verdict_badge(verdict, found[verdict]) for verdict in ordered))

    # ---- links

    def list_link(self) -> Markup:
        """A link to the list of all records."""
        return html(f'<a href="{self._h.here.to("verifications/")}">{safe(self.x.title)}</a>')

    def record_link(self, record: str) -> Markup:
        """A link to a record; its name alone if the catalog does not have it."""
        if record not in self._h.catalog.verifications:
            return safe(record)
        return html(f'<a href="{self._h.here.to(record_address(record))}">{safe(record)}</a>')

    def can_link(self) -> Markup:
        """A link to the page that says which checkpoints can be verified."""
        title = verifiable_strings(self._h.language).title
        return html(f'<a href="{self._h.here.to("verifiable/")}">{safe(title)}</a>')

    def data_link(self, name: str) -> Markup:
        """A link to a data file."""
        return html(f'<a href="{self._h.here.data(name)}">{safe(name)}</a>')


_USES: Final[dict[Side, str]] = {"yes": "yes", "no": "no", "open": "unclear"}


def _percent(share: str) -> str:
    return percent_text(100 * float(share))


def _number(value: float) -> str:
    return f"{round(value, 6):g}"
