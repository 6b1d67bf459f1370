"""Places for labels where nothing else is: no text over a mark, none over another text."""

from __future__ import annotations

from dataclasses import dataclass, field

from gptalt_catalog.render.charts.svg import FONT_SIZE, text_width

BAND = 24.0


@dataclass(frozen=True)
class Box:
    """A rectangle: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def within(self, other: Box) -> bool:
        """Whether it lies inside the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True)
class Spot:
    """Where a label goes: the end of its baseline that ``anchor`` names."""

    x: float
    y: float
    anchor: str


@dataclass
class Sheet:
    """The plane of a chart with what is taken already; ``bounds`` may not be left."""

    bounds: Box
    _bands: dict[int, list[Box]] = field(default_factory=dict)

    def take(self, box: Box) -> None:
        """Keep labels away from a mark."""
        for band in _bands(box):
            self._bands.setdefault(band, []).append(box)

    def free(self, box: Box) -> bool:
        """Whether nothing is there yet."""
        return not any(box.meets(other) for band in _bands(box) for other in self._bands.get(band, ()))

    def place(self, text: str, x: float, y: float, gap: float) -> Spot | None:
        """A spot beside a mark at a point, to the right, left, above or below; ``None`` if all are taken."""
        width, half = text_width(text), FONT_SIZE * 0.55
        spots = (
            (Spot(x + gap, y + half * 0.65, "start"), Box(x + gap, y - half, x + gap + width, y + half)),
            (Spot(x - gap, y + half * 0.65, "end"), Box(x - gap - width, y - half, x - gap, y + half)),
            (Spot(x, y - gap - 2, "middle"), Box(x - width / 2, y - gap - 2 * half, x + width / 2, y - gap)),
            (
                Spot(x, y + gap + FONT_SIZE * 0.75, "middle"),
                Box(x - width / 2, y + gap, x + width / 2, y + gap + 2 * half),
            ),
        )
        for spot, box in spots:
            if box.within(self.bounds) and self.free(box):
                self.take(box)
                return spot
        return None


def _bands(box: Box) -> range:
    """The horizontal bands of the plane that a box touches: only boxes of one band can meet."""
    return range(int(box.top // BAND), int(box.bottom // BAND) + 1)


def first_free_row(rows: list[float], left: float, right: float) -> int:
    """The first row that is free from ``left`` on; it is then taken up to ``right``.

    ``rows`` holds how far each row is taken and grows by one when all are.
    """
    for index, end in enumerate(rows):
        if end <= left:
            rows[index] = right
            return index
    rows.append(right)
    return len(rows) - 1
