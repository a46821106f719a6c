"""The slopes of a V curve's two sides, written beside them where there is room."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from gradlab.report.html.figures.axes import Scale, width_of
from gradlab.report.html.figures.paths import Place, line, path
from gradlab.report.html.figures.svg import element

__all__ = ["Branch", "slopes"]

_AWAY, _BESIDE = 9.0, 5.0
"""From the curve to its guide, and from that to its label, in pixels."""
_HALF = 28.0
"""Of a guide: its half length."""
_HEIGHT, _MARGIN = 16.0, 8.0
_CELL = 5.0
"""What curves and labels cover is counted in squares of this side."""
_ALIKE = 0.2
"""A slope here may differ from that of the whole side by this share."""


@dataclass(frozen=True)
class Branch:
    """A curve with its slopes: of truncation to the right of the best step, of round-off to the left of it."""

    places: Sequence[Place | None]
    best: float
    truncation: float | None
    round_off: float | None
    colour: int


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def cells(self) -> Iterator[tuple[int, int]]:
        """The cells that it lies on."""
        for column in range(int(self.left // _CELL), int(self.right // _CELL) + 1):
            for row in range(int(self.top // _CELL), int(self.bottom // _CELL) + 1):
                yield column, row

    def meets(self, other: _Box) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True)
class _Note:
    """A guide through its middle, half of it being a step, with its label on the side that is away from the curve."""

    middle: Place
    step: Place
    aside: int
    """1 where the label is to the right, -1 to the left."""
    below: int
    """1 where it is below the middle, -1 above."""
    width: float

    @property
    def box(self) -> _Box:
        """What the label covers."""
        x, y = self.middle
        left = x + _BESIDE if self.aside > 0 else x - _BESIDE - self.width
        top = y - 1 if self.below > 0 else y - _HEIGHT + 1
        return _Box(left, top, left + self.width, top + _HEIGHT)

    def drawn(self, label: str, colour: int) -> Markup:
        """The guide and its label."""
        (x, y), (dx, dy) = self.middle, self.step
        written = element(
            "text",
            label,
            x=round(x + self.aside * _BESIDE),
            y=round(y + (13 if self.below > 0 else -2)),
            class_=None if self.aside > 0 else "e",
        )
        guide = path(line([(x - dx, y - dy), (x + dx, y + dy)]), "w")
        return element("g", guide, written, class_=f"s{colour} h")


def slopes(
    branches: Sequence[Branch], others: Sequence[Sequence[Place | None]], scales: tuple[Scale, Scale]
) -> Markup:
    """A thin line along each side, with its slope; none where another of the same slope is beside it.

    others: the curves without slopes, which labels should not hide either.
    """
    ink = {cell for places in [*(branch.places for branch in branches), *others] for cell in _inked(places)}
    taken: list[_Box] = []
    told: set[str] = set()
    parts: list[Markup] = []
    for branch in branches:
        for slope, right in ((branch.truncation, True), (branch.round_off, False)):
            if slope is None or _label(slope) in told:
                continue
            notes = [
                note for note in _notes(branch, slope, right, scales) if not any(map(note.box.meets, taken))
            ]
            if not notes:
                continue
            best = min(notes, key=lambda note: sum(cell in ink for cell in note.box.cells()))
            told.add(_label(slope))
            taken.append(best.box)
            parts.append(best.drawn(_label(slope), branch.colour))
    return Markup("").join(parts)


def _label(slope: float) -> str:
    """The slope, whole where it is no further from a whole number than an estimate is good for.

    >>> _label(2.0007), _label(-0.94), _label(1.5)
    ('slope 2', 'slope −1', 'slope 1.5')
    """
    whole = round(slope)
    text = f"{whole}" if abs(slope - whole) < 0.15 else f"{slope:.1f}"
    return f"slope {text.replace('-', '−')}"


def _notes(branch: Branch, slope: float, right: bool, scales: tuple[Scale, Scale]) -> Iterator[_Note]:
    """Where a slope can be told: beside each place whose surroundings have it, below the curve first, then above."""
    x, y = scales
    rise = -slope * y.unit / x.unit
    length = math.hypot(1, rise)
    step = (_HALF / length, rise * _HALF / length)
    middles = [
        place
        for before, place, after in zip(branch.places, branch.places[2:], branch.places[4:], strict=False)
        if before is not None and place is not None and after is not None
        if (place[0] > branch.best) == right and abs(before[0] - after[0]) >= 1
        if abs((before[1] - after[1]) / (before[0] - after[0]) - rise) <= _ALIKE * abs(rise)
    ]
    for below in (1, -1):
        # What is below a curve that rises is to the right of it, and to the left of one that falls.
        aside = below if slope > 0 else -below
        for across, down in middles:
            middle = (across + aside * _AWAY * abs(rise) / length, down + below * _AWAY / length)
            note = _Note(middle, step, aside, below, width_of(_label(slope)) + _MARGIN)
            box = note.box
            if x.start <= box.left and box.right <= x.end and y.end <= box.top and box.bottom <= y.start:
                yield note


def _inked(places: Sequence[Place | None]) -> Iterator[tuple[int, int]]:
    """The cells that a curve goes through."""
    for one, other in pairwise(places):
        if one is not None and other is not None:
            count = 1 + int(math.dist(one, other) // _CELL)
            for part in range(count + 1):
                x, y = (a + (b - a) * part / count for a, b in zip(one, other, strict=True))
                yield int(x // _CELL), int(y // _CELL)
