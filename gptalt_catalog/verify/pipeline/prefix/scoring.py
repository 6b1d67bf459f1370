"""Answers questions about rows by the fastest way that has been checked, and by the stock way if none has.

The check comes first (:meth:`RowScoring.check`); it is repeated when rows come that are much longer than
those checked. An error in a fast way, at any time, ends its use: what is left is scored the stock way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from gptalt_catalog.verify.pipeline import stock
from gptalt_catalog.verify.pipeline.batches import Batches, out_of_memory, release_memory, too_long
from gptalt_catalog.verify.pipeline.prefix.decoding import Decoder
from gptalt_catalog.verify.pipeline.prefix.expected import shared_prefix
from gptalt_catalog.verify.pipeline.prefix.outputs import CannotPickError
from gptalt_catalog.verify.pipeline.prefix.selfcheck import Check, Difference, difference, dtype_of, noted
from gptalt_catalog.verify.pipeline.prefix.ways import Candidates, Way, candidates
from gptalt_catalog.verify.pipeline.requests import NotANumberError, PipelineError
from gptalt_catalog.verify.pipeline.stock import Fed, Found, Row

Choice = Literal["auto", "prefix", "stock"]
CHOICES: tuple[Choice, ...] = ("auto", "prefix", "stock")

_LEAST_ROW = 32
_LONGER = 2
"""Rows so many times as long as those checked are checked again."""

FAILURES = (
    CannotPickError, RuntimeError, TypeError, ValueError, AttributeError, KeyError, IndexError, AssertionError,
    NotImplementedError, ImportError,
)  # fmt: skip
"""What a class of transformers may do when it is used in a way that it was not written for."""


class RowScoring:
    """Scores rows with one model."""

    def __init__(self, model: Any, max_length: int, batches: Batches, choice: Choice = "auto") -> None:
        self.model = model
        self.batches = batches
        self.choice: Choice = choice
        self.checked = Check()
        self._checked_length = 0
        self._way: Way | None = None
        self._open: list[Way] = []
        self._found: Candidates | None = None
        self._reasons: list[str] = []
        self._kept: dict[str, tuple[float, bool]] = {}
        if choice != "stock":
            self._prepare(max_length)

    def _prepare(self, max_length: int) -> None:
        try:
            self._found = candidates(self.model, max_length)
        except FAILURES as error:
            self._reasons.append(f"no shared prefixes: {_named(error)}")
            return
        self._open = list(self._found.ways)
        if self._found.note:
            self._reasons.append(self._found.note)

    @property
    def name(self) -> str:
        """The way in use, with its version."""
        return stock.NAME if self._way is None else self._way.name

    def decoder(self) -> Decoder | None:
        """A way to generate texts with the same model, if its output head can be used alone."""
        return None if self._found is None else Decoder(self._found.outputs, self.batches)

    def settle(self) -> None:
        """Stay with what is: without a check, the stock way."""
        if self.checked.outcome == "not-run":
            self.choice = "stock"

    @property
    def stored_bytes(self) -> int:
        """The memory that expected prefixes take."""
        return 0 if self._found is None else self._found.expected.store.size

    def forget(self) -> None:
        """Compute everything anew from here on, also what checks and earlier batches have left."""
        self._kept.clear()
        if self._found is not None:
            self._found.expected.store.empty()

    @property
    def outputs_fed(self) -> int:
        """Tokens that went through the model in the fast ways, padding and self-checks included."""
        return 0 if self._found is None else self._found.outputs.fed

    def expect(self, groups: Sequence[Sequence[tuple[int, ...]]]) -> None:
        """Tell what is coming: of each group of rows, what they begin with is computed once and kept."""
        if self._found is not None:
            found = [shared_prefix(group) for group in groups]
            self._found.expected.add(prefix for prefix in found if prefix is not None)

    def check(self, rows: Sequence[Row], items: Sequence[Sequence[str]]) -> Check:
        """Choose the way by real rows, and say what came out. ``items``: the names of each item's choices.

        Raises :class:`PipelineError` if a fast way was insisted on and none is right.
        """
        if self.choice == "stock" or not rows:
            return self.checked
        rows = sorted(rows, key=lambda row: row.inputs)
        wanted = stock.score_rows(self.model, rows, self.batches, _unheard)
        self._checked_length = max(len(row.inputs) for row in rows)
        while self._open:
            way = self._open[0]
            compared = self._compare(way, rows, items, wanted)
            if compared is not None and compared.close:
                self._way = way
                self._kept = dict(wanted)
                self.checked = Check("passed", noted(self._reasons), compared)
                return self.checked
            if compared is not None:
                self._reasons.append(
                    f"{way.name}: predictions change"
                    if compared.changed
                    else f"{way.name}: log-likelihoods differ by more than rounding explains"
                )
            self._open.pop(0)
        self._way = None
        self.checked = Check("fallback", noted(self._reasons))
        if self.choice == "prefix":
            raise PipelineError(f"prefixes cannot be shared with this model ({self.checked.note}); use --scorer stock")
        return self.checked

    def _compare(
        self, way: Way, rows: Sequence[Row], items: Sequence[Sequence[str]], wanted: Sequence[Found]
    ) -> Difference | None:
        """How far a way is from the stock one; ``None`` if it cannot be used."""
        try:
            found = self._tried(way, rows)
        except FAILURES as error:
            self._reasons.append(f"{way.name}: {_named(error)}")
            return None
        except PipelineError as error:
            self._reasons.append(f"{way.name}: {error}")
            return None
        return difference(rows, items, wanted, found, dtype_of(self.model))

    def _tried(self, way: Way, rows: Sequence[Row]) -> list[Found]:
        """The answers of a way, in rows that the memory holds."""
        while True:
            try:
                return [answer for some in way.score(rows, self._budget(way, rows), _unheard) for answer in some]
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
                self._shrink(way, rows)

    def score(self, rows: Sequence[Row], fed: Fed) -> list[Found]:
        """The answers to all questions about rows with distinct inputs."""
        if not rows:
            return []
        if self.checked.outcome == "passed":
            longest = max(rows, key=lambda row: len(row.inputs))
            if len(longest.inputs) > _LONGER * self._checked_length:
                self.check(_with_neighbours(rows, longest), [])
        found: list[Found] = []
        left = sorted((row for row in rows if not self._take(row, found, fed)), key=lambda row: row.inputs)
        if self._way is not None:
            left = self._score_fast(self._way, left, found, fed)
        if left:
            found.extend(stock.score_rows(self.model, left, self.batches, fed))
        return found

    def _take(self, row: Row, found: list[Found], fed: Fed) -> bool:
        """Whether the check has answered all questions about a row, in the stock way; then they are taken from it."""
        if not all(name in self._kept for name, _ in row.asked):
            return False
        found.extend((name, self._kept.pop(name)) for name, _ in row.asked)
        fed(row, len(row.inputs))
        return True

    def _score_fast(self, way: Way, rows: list[Row], found: list[Found], fed: Fed) -> list[Row]:
        """Score in a fast way; the rows that are left when it fails."""
        while rows:
            done: set[str] = set()
            try:
                for some in way.score(rows, self._budget(way, rows), fed):
                    found.extend(some)
                    done |= {name for name, _ in some}
            except NotANumberError as error:  # the stock way tells whether it is the model or the way
                self._way = None
                self._note(f"{way.name}: {error}")
                return [row for row in rows if row.asked[0][0] not in done]
            except FAILURES as error:
                rows = [row for row in rows if row.asked[0][0] not in done]
                if not out_of_memory(error):
                    self._give_up(f"{way.name}: {_named(error)}")
                    return rows
                self._shrink(way, rows)
                continue
            return []
        return []

    def _shrink(self, way: Way, rows: Sequence[Row]) -> None:
        """Use less memory. Raises :class:`PipelineError` if there is nothing left to save."""
        longest = max(len(row.inputs) for row in rows)
        if self._budget(way, rows) <= _LEAST_ROW:
            raise too_long(longest)
        before = self._budget(way, rows)
        while self._budget(way, rows) >= before and self._budget(way, rows) > _LEAST_ROW:
            self.batches.halve()
        if self._found is not None:
            self._found.expected.store.shrink()
        release_memory()

    def _give_up(self, reason: str) -> None:
        self._way = None
        self._note(reason)
        if self.choice == "prefix":
            raise PipelineError(f"prefixes cannot be shared with this model ({reason}); use --scorer stock")

    def _note(self, reason: str) -> None:
        self._reasons.append(reason)
        self.checked = Check("fallback", noted(self._reasons))

    def _budget(self, way: Way, rows: Sequence[Row]) -> int:
        """Tokens of a packed row or a staged batch."""
        tokens = self.batches.tokens // way.rows_of_a_batch.get(self.model.device.type, 1)
        if self.batches.rows is not None:
            tokens = min(tokens, self.batches.rows * max(len(row.inputs) for row in rows))
        return max(_LEAST_ROW, tokens)


def _with_neighbours(rows: Sequence[Row], one: Row) -> list[Row]:
    """A row with some that begin alike, if there are any."""
    alike = [row for row in rows if row.inputs[:32] == one.inputs[:32]]
    return [one, *[row for row in alike if row is not one][:3]]


def _unheard(row: Row, tokens: int) -> None:
    """Tokens of a check are not counted."""


def _named(error: BaseException) -> str:
    """An error in one line that is the same on every machine."""
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text[:80]}" if text else type(error).__name__
