"""Axes: where values stand on them, which of these are labelled, and the frame, the grid and the legend of a plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from gradlab.report.html.figures.paths import line, marks, path
from gradlab.report.html.figures.svg import element, shared

__all__ = [
    "Scale",
    "Style",
    "Tick",
    "apart",
    "frame",
    "legend",
    "power",
    "powers",
    "rounds",
    "scientific",
    "width_of",
]

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_STRIDES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 50, 100)
_A_CHARACTER = 9.0
"""Pixels, on the average and on a narrow screen, where the style sheet makes letters larger."""
_ZERO = 0.65
"""The share of the strip for 0 that is above the 0."""
_SAMPLE = 30
"""The length of a legend's line."""


@dataclass(frozen=True)
class Scale:
    """An axis: from `low` at `start` to `high` at `end`, in pixels; of a logarithmic one low and high are powers."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where a value stands; what is beyond the ends stands at them.

        >>> Scale(-2, 2, 0, 100, logarithmic=True).place(10.0), Scale(0, 4, 0, 100).place(5)
        (75.0, 100.0)
        """
        if self.logarithmic:
            value = math.log10(value) if value > 0 else -math.inf
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)

    def zero(self, foot: float) -> float:
        """Where 0 stands on a logarithmic axis that has a strip for it below its lowest value."""
        return self.start + _ZERO * foot

    @property
    def unit(self) -> float:
        """Pixels of a unit, or of a power of ten."""
        return abs((self.end - self.start) / (self.high - self.low))


@dataclass(frozen=True)
class Tick:
    """A place on an axis, and what is written there."""

    place: float
    label: str


@dataclass(frozen=True)
class Style:
    """How a series is drawn: the number of its colour, the shape of its marks, and whether its line is dashed."""

    colour: int
    shape: str
    dashed: bool = False

    @property
    def line_class(self) -> str:
        """The classes of its line."""
        return "l d" if self.dashed else "l"


def power(exponent: int) -> str:
    """A power of ten.

    >>> power(-8), power(0), power(1), power(12)
    ('10⁻⁸', '1', '10', '10¹²')
    """
    return {0: "1", 1: "10"}.get(exponent) or f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def scientific(value: float) -> str:
    """A number of which a digit is known, as it is written by hand.

    >>> scientific(4.6e-8), scientific(9.6e-4), scientific(0.02), scientific(3.0), scientific(0.0)
    ('5·10⁻⁸', '10⁻³', '0.02', '3', '0')
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    mantissa, _, exponent = f"{value:.0e}".partition("e")
    if -3 < int(exponent) < 3:
        return f"{float(f'{value:.0e}'):g}"
    return power(int(exponent)) if mantissa == "1" else f"{mantissa}·{power(int(exponent))}"


def powers(scale: Scale, room: float, *, plain: bool = False) -> list[Tick]:
    """Powers of ten at least `room` pixels from one another; where there are fewer than two, also their 2- and 5-fold.

    plain: whether those that are not far from 1 are written out: 0.01, 1,000.

    >>> [tick.label for tick in powers(Scale(-16, 0, 0, 400, logarithmic=True), 80)]
    ['10⁻¹⁶', '10⁻¹²', '10⁻⁸', '10⁻⁴', '1']
    >>> [tick.label for tick in powers(Scale(0, 1.2, 0, 100, logarithmic=True), 25)]
    ['1', '2', '5', '10']
    """
    stride = next((stride for stride in _STRIDES if stride * scale.unit >= room), 200)
    first, last = math.ceil(scale.low - 1e-9), math.floor(scale.high + 1e-9)
    if stride == 1 and last - first < 2 and scale.unit >= 3 * room:
        fine = [(m, e) for e in range(first - 1, last + 1) for m in (1, 2, 5)]
        return [
            Tick(scale.place(m * 10.0**e), f"{m * 10.0**e:g}")
            for m, e in fine
            if scale.low - 1e-9 <= math.log10(m) + e <= scale.high + 1e-9
        ]
    chosen = [exponent for exponent in range(first, last + 1) if exponent % stride == 0]
    written = plain and all(-3 <= exponent <= 3 for exponent in chosen)
    return [
        Tick(scale.place(10.0**exponent), f"{10.0**exponent:,g}" if written else power(exponent))
        for exponent in chosen
    ]


def rounds(scale: Scale, room: float, *, whole: bool = False) -> list[Tick]:
    """Round numbers at least `room` pixels from one another; whole ones alone where there are no others.

    >>> [tick.label for tick in rounds(Scale(0, 24, 0, 300), 50)], [t.label for t in rounds(Scale(1, 3, 0, 300), 50, whole=True)]
    (['0', '5', '10', '15', '20'], ['1', '2', '3'])
    """
    least = room / scale.unit
    exponent = math.floor(math.log10(least))
    step = next(m * 10.0**exponent for m in (1, 2, 5, 10, 20) if m * 10.0**exponent >= least * (1 - 1e-9))
    step = max(step, 1.0) if whole else step
    first, last = math.ceil(scale.low / step - 1e-9), math.floor(scale.high / step + 1e-9)
    return [
        Tick(scale.place(count * step), f"{float(f'{count * step:.6g}'):,g}")
        for count in range(first, last + 1)
    ]


def apart(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places for labels as near to those wanted as can be, `gap` from one another, in the same order.

    >>> apart([10.0, 12.0, 50.0], 10, 0, 100)
    [6.0, 16.0, 50.0]
    """
    order = sorted(range(len(places)), key=places.__getitem__)
    # Labels that touch become one block, which stands around the middle of what it labels.
    blocks: list[tuple[float, list[int]]] = []
    for index in order:
        members = [index]
        middle = places[index]
        while True:
            half = gap * (len(members) - 1) / 2
            middle = min(max(middle, low + half), high - half)
            if not blocks:
                break
            before, others = blocks[-1]
            if middle - half - gap >= before + gap * (len(others) - 1) / 2 - 1e-9:
                break
            blocks.pop()
            members = others + members
            middle = sum(places[member] for member in members) / len(members)
        blocks.append((middle, members))
    found = [0.0] * len(places)
    for middle, members in blocks:
        for number, member in enumerate(members):
            found[member] = middle + gap * (number - (len(members) - 1) / 2)
    return found


def frame(
    x: Scale, y: Scale, along: Sequence[Tick], up: Sequence[Tick], titles: tuple[str, str], foot: float = 0.0
) -> Markup:
    """Grid, axes, labels and titles: that of x below the middle, that of y above its axis.

    foot: the height of a strip below the lowest value, for what a logarithmic axis has no place for: 0.
    """
    bottom = y.start + foot
    width, height = x.end - x.start, bottom - y.end
    rows = "".join(f"M{_round(x.start)} {_round(tick.place)}h{_round(width)}" for tick in up)
    columns = "".join(f"M{_round(tick.place)} {_round(bottom)}v{_round(-height)}" for tick in along)
    ends = f"M{_round(x.start)} {_round(y.end)}v{_round(height)}h{_round(width)}"
    below = [element("text", tick.label, x=tick.place) for tick in along]
    below.append(element("text", titles[0], x=(x.start + x.end) / 2, y=23))
    beside = [element("text", tick.label, y=tick.place) for tick in up]
    beside += [element("text", "0", y=y.zero(foot))] if foot else []
    across = element("g", *beside, class_="y", transform=f"translate({_round(x.start - 7)} 5)")
    title = element("text", titles[1], x=4, y=y.end - 14)
    return shared(
        path(columns, "g"),
        path(ends, "a"),
        element("g", *below, class_="x", transform=f"translate(0 {_round(bottom + 20)})"),
        class_="plot",
    ) + (shared(path(rows, "g"), across, title, class_="plot") if beside else Markup())


def _round(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def width_of(text: str) -> float:
    """The room that a text takes at most, by a guess: no font is known here.

    >>> width_of("forward")
    63.0
    """
    return _A_CHARACTER * len(text)


def legend(entries: Sequence[tuple[Style, str]], x: float, y: float) -> Markup:
    """A sample of each line with its mark, and its name, in a row from x on."""
    parts = []
    for style, name in entries:
        sample = line([(x, y - 5), (x + _SAMPLE, y - 5)])
        parts.append(
            element(
                "g",
                path(sample, style.line_class),
                path(marks(style.shape, [(x + _SAMPLE / 2, y - 5)], 4), "m"),
                class_=f"s{style.colour}",
            )
        )
        parts.append(element("text", name, x=x + _SAMPLE + 6, y=y))
        x += _SAMPLE + 6 + width_of(name) + 16
    return Markup("").join(parts)
