"""Small plots of lines in dots of braille, with a letter along each line, so that no colour is needed to follow it.

plotille draws the lines, each on a canvas of its own; colour is rich's, as everywhere else in the terminal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.text import Text

from gradlab.report.terminal.layout import Lines, Page
from gradlab.report.terminal.palette import QUIET

__all__ = ["HEIGHT", "Axis", "Series", "can_plot", "plot", "plot_width"]

HEIGHT = 15
_WIDEST, _NARROWEST = 56, 24
_MARGIN = 9
"""Columns for the numbers beside the vertical axis, and for the axis."""
_APART = 9
"""Columns between the letters of a line."""
_BRAILLE = 0x2800


@dataclass(frozen=True)
class Axis:
    """From the lowest value to the highest, and what is written at some of those between."""

    low: float
    high: float
    labels: Mapping[float, str]

    def cell(self, value: float, cells: int, dots: int) -> int:
        """In which of so many cells a value stands, each so many dots wide."""
        share = (value - self.low) / (self.high - self.low)
        return round(share * (cells * dots - 1)) // dots


@dataclass(frozen=True)
class Series:
    """A line through places, interrupted where one is None; its letter and colour."""

    letter: str
    colour: str
    places: Sequence[tuple[float, float] | None]


def can_plot(page: Page) -> bool:
    """Whether the page shows braille, and is wide enough."""
    return not page.console.options.ascii_only and page.width >= _NARROWEST + _MARGIN


def plot_width(page: Page) -> int:
    """The columns that lines are drawn in."""
    return min(_WIDEST, page.width - _MARGIN)


def plot(
    series: Sequence[Series], x: Axis, y: Axis, name: str, width: int, below: Lines | None = None
) -> Lines:
    """The lines between their axes; where several meet, the first is seen.

    name: of the horizontal axis. below: rows that stand between the lines and that axis, with their labels.
    """
    cells = _cells(series, x, y, width)
    labels = {HEIGHT - 1 - y.cell(value, HEIGHT, 4): label for value, label in y.labels.items()}
    lines: Lines = []
    for row in range(HEIGHT):
        # Not the style of the whole line: what is appended would be as quiet.
        line = Text.assemble((f"{labels.get(row, ''):>{_MARGIN - 2}} |", QUIET))
        for column in range(width):
            line.append_text(cells.get((row, column), Text(" ")))
        line.rstrip()
        lines.append(line)
    ticks = {x.cell(value, width, 2): label for value, label in x.labels.items()}
    stroke = "".join("+" if column in ticks else "─" for column in range(width))
    written = ""
    for column, label in sorted(ticks.items()):
        start = max(0, column - len(label) // 2)
        if start > len(written) or not written:
            written = written.ljust(start) + label
    axis = Text(f"{' ' * (_MARGIN - 1)}+{stroke}", QUIET)
    return [*lines, *(below or []), axis, Text(f"{name:>{_MARGIN - 2}}  {written[: width + 1]}", QUIET)]


def _cells(series: Sequence[Series], x: Axis, y: Axis, width: int) -> dict[tuple[int, int], Text]:
    """What stands in each cell: the dots of all lines that go through it, in the colour of the first, or a letter."""
    dots: dict[tuple[int, int], int] = {}
    colours: dict[tuple[int, int], str] = {}
    letters: dict[tuple[int, int], Text] = {}
    for one in series:
        for row, text in enumerate(_drawn(one, x, y, width)):
            for column, character in enumerate(text):
                if bits := ord(character) & 0xFF if ord(character) >= _BRAILLE else 0:
                    dots[row, column] = dots.get((row, column), 0) | bits
                    colours.setdefault((row, column), one.colour)
        last = math.inf
        for place in sorted(filter(None, one.places), reverse=True):
            column = x.cell(place[0], width, 2)
            cell = HEIGHT - 1 - y.cell(place[1], HEIGHT, 4), column
            if cell not in letters and last - column >= _APART:
                letters[cell], last = Text(one.letter, one.colour), column
    return {cell: Text(chr(_BRAILLE | bits), colours[cell]) for cell, bits in dots.items()} | letters


def _drawn(series: Series, x: Axis, y: Axis, width: int) -> list[str]:
    """The rows of a canvas with the line alone."""
    from plotille import Canvas

    def end(axis: Axis, dots: int) -> float:
        return axis.low + (axis.high - axis.low) * dots / (dots - 1)

    canvas = Canvas(width, HEIGHT, x.low, y.low, end(x, 2 * width), end(y, 4 * HEIGHT))
    for one, other in pairwise(series.places):
        if one is not None and other is not None:
            canvas.line(*one, *other)
    for place in filter(None, series.places):
        canvas.point(*place)
    return str(canvas.plot(linesep="\n")).split("\n")
