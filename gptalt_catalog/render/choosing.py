"""What templates call to show memory, commands and reasons; all texts in it are escaped."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from gptalt_catalog.domain.memory import GIB, Precision
from gptalt_catalog.render.escape import code, fill, html, safe
from gptalt_catalog.render.fragments import Fragments
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings.choosing import ChoosingStrings, choosing_strings
from gptalt_catalog.views.fit_table import FitCell
from gptalt_catalog.views.memory_fit import CARDS, Fit
from gptalt_catalog.views.run_commands import HowToRun, RunOption, run_text
from gptalt_catalog.views.run_support import SUPPORT
from gptalt_catalog.views.shortlist import Pick
from gptalt_catalog.views.words import Language

USUAL_CONTEXT = 4096
NAMES_SHOWN = 2
"""Checkpoints that a reason names; it counts the rest."""


def gigabytes(count: float) -> str:
    """Bytes as what cards are sold by: GiB with one digit below a hundred (``15.6``)."""
    value = count / GIB
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


@dataclass(frozen=True)
class Choosing:
    """Pieces of HTML about memory and commands in one language."""

    data: SiteData
    language: Language

    @property
    def c(self) -> ChoosingStrings:
        """The texts."""
        return choosing_strings(self.language)

    def precision(self, precision: Precision) -> str:
        """The name of a precision."""
        return str(getattr(self.c, f"precision_{precision.replace('-', '_')}"))

    def interval(self, fit: Fit) -> str:
        """The interval of a need: ``12.3–17.8``."""
        return f"{gigabytes(fit.low)}–{gigabytes(fit.high)}"

    def fit_cell(self, cell: FitCell) -> Markup:
        """A cell of the fit table: the smallest card that is enough, doubtful ones, and the interval."""
        c = self.c
        card = fill(c.fit_card, card=cell.card) if cell.card else fill(c.fit_none, card=CARDS[-1])
        tight = ", ".join(str(card) for card in cell.tight)
        maybe = f" <i>{fill(c.fit_tight, cards=tight)}</i>" if tight else ""
        kind = cell.card or "none"
        return html(f'<td class="ga-card--{kind}"><b>{card}</b>{maybe}<small>{self.interval(cell.fit)} GB</small></td>')

    def commands(self, how: HowToRun, context: int | None) -> list[tuple[RunOption, Markup, Markup]]:
        """(option, heading, commands) with each program's usual precision, for as many tokens as are usual."""
        tokens = min(USUAL_CONTEXT, context or USUAL_CONTEXT)
        found = []
        for option in how.options:
            precision: Precision = option.precisions[0] if option.precisions else "fp16"
            heading = (
                fill(self.c.run_in, program=option.program, precision=self.precision(precision))
                if option.precisions
                else fill(self.c.run_as_published, program=option.program)
            )
            found.append((option, heading, code(run_text(option, precision, tokens))))
        return found

    def note(self, name: str) -> str:
        """The sentence of a note of :mod:`.run_commands`."""
        return str(getattr(self.c, f"note_{name.replace('-', '_')}"))

    def hindrance(self, name: str) -> str:
        """The sentence for what keeps a checkpoint from being run."""
        return str(getattr(self.c, f"not_{name.replace('-', '_')}"))

    def evidence(self, h: Fragments, option: RunOption) -> Markup | None:
        """Where it was read that a program runs it; ``None`` where the entry's own facts say so."""
        support = SUPPORT.get(option.program)
        if support is None:
            return None
        return fill(self.c.run_evidence, program=option.program, source=h.link("source", support.source))

    # ---- reasons of a short list -------------------------------------------------------------------

    def reasons(self, h: Fragments, pick: Pick, memory: int) -> list[Markup]:
        """Why a pick is on a list for ``memory`` GiB, one sentence each, without full stops."""
        c, found = self.c, []
        if pick.fit is not None:
            spare = gigabytes(memory * GIB - pick.fit.high)
            found.append(fill(c.fits_spare, spare=spare, context=f"{pick.fit.context:,}"))
        found.append(self.standing(h, pick))
        conditions = h.t.list_separator.join(h.word(name) for name in pick.row.use.conditions)
        answer = h.word(pick.row.commercial)
        if conditions:
            found.append(fill(c.use_conditions, answer=answer, conditions=html(conditions)))
        else:
            found.append(fill(c.use_plain, answer=answer))
        if pick.row.superseded_by:
            found.append(fill(c.succeeded, names=h.links("family", pick.row.superseded_by)))
        return found

    def standing(self, h: Fragments, pick: Pick) -> Markup:
        """How it compares within the list."""
        c, standing = self.c, pick.standing
        if standing is None:
            return safe(c.never_compared)
        names: object = h.t.list_separator.join(h.name("checkpoint", key) for key in standing.tied[:NAMES_SHOWN])
        if len(standing.tied) > NAMES_SHOWN:
            names = fill(c.others_too, names=names, count=len(standing.tied) - NAMES_SHOWN)
        template = (
            (c.best_tied if standing.tied else c.best_of)
            if standing.first == 1
            else (c.rank_tied if standing.tied else c.rank_of)
        )
        text = fill(
            template,
            of=standing.of,
            benchmark=h.link("benchmark", standing.benchmark),
            first=standing.first,
            last=standing.last,
            names=names,
        )
        return fill(c.compared_on, text=text, count=pick.benchmarks) if pick.benchmarks > 1 else text
