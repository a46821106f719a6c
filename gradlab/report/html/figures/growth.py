"""Expression swell against the size of a family."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from gradlab.record import Sweep
from gradlab.record.sweep import Growth
from gradlab.report.html.figures import Figure
from gradlab.report.html.figures.axes import Scale, Style, Tick, apart, frame, powers, rounds
from gradlab.report.html.figures.paths import Place, cross, line, marks, path, simplified
from gradlab.report.html.figures.svg import element, picture

__all__ = ["draw_growth"]

_STYLES = {
    "f": Style(6, "circle"),
    "f as a tree": Style(6, "square", dashed=True),
    "f′ as a tree": Style(2, "square"),
    "f′ shared": Style(5, "diamond"),
    "f′ expanded": Style(4, "triangle"),
    "f′ factored": Style(4, "turned", dashed=True),
    "f′ simplified": Style(5, "bar", dashed=True),
    "gradient recorded": Style(1, "bar", dashed=True),
    "gradient program": Style(1, "circle"),
    "finite difference": Style(3, "turned"),
}
_TELLING = ("f′ as a tree", "f′ shared", "gradient program")
_WIDTH, _LEFT, _RIGHT, _TOP = 640, 62, 450, 34
_HEIGHT = 300.0
_FOOT = 28.0
_LABEL = 20.0
"""Between labels, in pixels."""
_SEEN = 0.5
"""Pixels that a line may be off."""
_AN_INTERVAL = 8
"""Points of a fit between two sizes."""
_UNEVEN = 8
"""Where some sizes lie so many times as far apart as others, their axis is logarithmic."""


@dataclass(frozen=True)
class _Series:
    """The counts of a form by size, where they are known; and from where on it was given up, where it was."""

    form: str
    counts: dict[int, int]
    given_up: bool
    growth: Growth | None

    @property
    def style(self) -> Style:
        return _STYLES[self.form]


def draw_growth(sweep: Sweep) -> Figure | None:
    """The operations of every form against the size, on a logarithmic axis, with the fits; None of a single size."""
    series = list(_series(sweep))
    sizes = sorted({size for one in series for size in one.counts})
    largest = max((count for one in series for count in one.counts.values()), default=0)
    if len(sizes) < 2 or largest < 2:
        return None
    zeros = any(0 in one.counts.values() for one in series)
    foot = _FOOT if zeros else 0.0
    x = _across(sizes)
    y = Scale(0, math.log10(largest) * 1.02, _TOP + _HEIGHT, _TOP, logarithmic=True)

    def place(size: float, count: float) -> Place:
        return x.place(size), y.place(count) if count >= 1 else y.zero(foot)

    along = _sizes(x, sizes)
    svg = picture(
        _WIDTH,
        y.start + foot + 52,
        f"Expression swell over {sweep.parameter}",
        _description(series, sweep.parameter),
        frame(x, y, along, powers(y, 30, plain=True), (f"size {sweep.parameter}", "operations"), foot),
        *(_drawn(one, place) for one in series),
        _crossings(sweep.crossings, series, place),
        _labels(series, place, x.end, y.start + foot),
        class_="plot",
    )
    return Figure(svg, _caption(series, sweep))


def _series(sweep: Sweep) -> Iterator[_Series]:
    """The forms in the order of the legend, those alone that have counts."""
    growth = {one.form: one for one in sweep.growth}
    for name in _STYLES:
        forms = [(depth.size, form) for depth in sweep.depths for form in depth.forms if form.form == name]
        counts = {size: form.operations for size, form in forms if form.operations is not None}
        if counts:
            last = max(counts)
            given_up = any(form.operations is None and form.note and size > last for size, form in forms)
            yield _Series(name, counts, given_up, growth.get(name))


def _across(sizes: Sequence[int]) -> Scale:
    gaps = [after - before for before, after in pairwise(sizes)]
    if sizes[0] > 0 and max(gaps) > _UNEVEN * min(gaps):
        return Scale(math.log10(sizes[0]), math.log10(sizes[-1]), _LEFT, _RIGHT, logarithmic=True)
    return Scale(sizes[0], sizes[-1], _LEFT, _RIGHT)


def _sizes(x: Scale, sizes: Sequence[int]) -> list[Tick]:
    if not x.logarithmic:
        return rounds(x, 34, whole=True)
    ticks: list[Tick] = []
    for size in sizes:
        if not ticks or x.place(size) - ticks[-1].place >= 50:
            ticks.append(Tick(x.place(size), f"{size:,}"))
    return ticks


def _drawn(one: _Series, place: Callable[[float, float], Place]) -> Markup:
    """The counts as a broad, pale line with marks, the fit as a thin one on it, and a cross where it was given up."""
    places = [place(size, count) for size, count in sorted(one.counts.items())]
    known = [place(size, count) for size, count in sorted(one.counts.items()) if count > 0]
    fit = _fit(one.growth) if one.growth is not None else []
    parts = [
        path(line(simplified(known, _SEEN), whole=True), "k" if fit else one.style.line_class),
        path(
            line(simplified([place(size, count) for size, count in fit], _SEEN)),
            "w d" if one.style.dashed else "w",
        ),
        path(marks(one.style.shape, places, 3), "m"),
    ]
    if one.given_up:
        end = places[-1]
        parts.append(path(f"{line([end, (end[0] + 12, end[1])])}{cross((end[0] + 17, end[1]), 5)}", "w u"))
    return element("g", *parts, class_=f"s{one.style.colour}")


def _fit(growth: Growth) -> list[tuple[float, float]]:
    """Points of the law, over the sizes that it was fitted to; none where there is no law, or none below 1."""
    if growth.first is None or growth.last is None or not growth.coefficients:
        return []
    steps = (growth.last - growth.first) * _AN_INTERVAL
    sizes = [growth.first + step / _AN_INTERVAL for step in range(min(steps, 400) + 1)]
    return [(size, count) for size in sizes if (count := _value(growth, size)) >= 1]


def _value(growth: Growth, size: float) -> float:
    """What the law says of a size.

    >>> law = Growth(form="f", law="size × exponential", coefficients=(2.0, -1.0), base=2.0)
    >>> _value(law, 3), _value(Growth(form="f", law="linear", coefficients=(1.0, 4.0)), 2)
    (47.0, 9.0)
    """
    c, b = growth.coefficients, growth.base
    if b is None:
        return math.fsum(coefficient * math.pow(size, power) for power, coefficient in enumerate(c))
    exponential = math.pow(b, size)
    if growth.law == "size² × exponential":
        return exponential * math.fsum(x * math.pow(size, 2 - power) for power, x in enumerate(c))
    first = c[0] * exponential * (size if growth.law == "size × exponential" else 1)
    return first + sum(c[1:])


def _crossings(
    sentences: Sequence[str], series: Sequence[_Series], place: Callable[[float, float], Place]
) -> Markup:
    """A ring where the lines of two forms meet, of which a sentence says that one overtakes the other."""
    counts = {one.form: one.counts for one in series}
    rings = ""
    for sentence in sentences:
        pair = _pair(sentence, list(counts))
        if pair is None:
            continue
        dearer, cheaper = counts[pair[0]], counts[pair[1]]
        both = [size for size in sorted(dearer) if cheaper.get(size) and dearer[size]]
        for before, after in reversed(list(pairwise(both))):
            if dearer[before] <= cheaper[before] and dearer[after] > cheaper[after]:
                start, end = (
                    math.log(dearer[before] / cheaper[before]),
                    math.log(dearer[after] / cheaper[after]),
                )
                share = -start / (end - start)
                low, high = place(before, dearer[before]), place(after, dearer[after])
                middle = (low[0] + share * (high[0] - low[0]), low[1] + share * (high[1] - low[1]))
                rings += marks("circle", [middle], 7)
                break
    return path(rings, "r")


def _pair(sentence: str, forms: Sequence[str]) -> tuple[str, str] | None:
    """The two forms that a sentence on a crossing names, the dearer one first.

    >>> _pair("from n = 3 on, f′ as a tree takes more operations than a finite difference", list(_STYLES))
    ('f′ as a tree', 'finite difference')
    """
    before, _, after = sentence.partition(" takes more operations than ")
    ends = [form for form in forms if before.endswith(f" {form}")]
    starts = [form for form in forms if after.removeprefix("a ").removeprefix("the ").startswith(form)]
    return (max(ends, key=len), max(starts, key=len)) if ends and starts else None


def _labels(
    series: Sequence[_Series], place: Callable[[float, float], Place], right: float, bottom: float
) -> Markup:
    """The name of each form beside the end of its line, and a thread to it where it had to move."""
    ends = [place(max(one.counts), one.counts[max(one.counts)]) for one in series]
    levels = apart([end[1] for end in ends], _LABEL, _TOP, bottom)
    parts = []
    for one, (x, y), level in zip(series, ends, levels, strict=True):
        start = (x + (24 if one.given_up else 6), y)
        threads = [start, (right + 6, y), (right + 16, level)] if x >= right else [start, (right + 16, level)]
        thread = line(threads, whole=True)
        name = element("text", one.form, x=right + 20, y=round(level + 5))
        parts.append(element("g", path(thread, "t"), name, class_=f"s{one.style.colour} n"))
    return Markup("").join(parts)


def _caption(series: Sequence[_Series], sweep: Sweep) -> str:
    """The laws of the forms that say the most, in words."""
    telling = [one for one in series if one.form in _TELLING and one.growth is not None] or list(series)
    laws = [f"{one.form}: {_law(one.growth)}" for one in telling if one.growth is not None]
    said = f"{'; '.join(laws)}. " if laws else ""
    said += "Thin lines are the fits."
    if any(0 in one.counts.values() for one in series):
        said += " In the row “0”: no operation at all."
    if sweep.crossings:
        said += " Rings: one form overtakes another."
    if any(one.given_up for one in series):
        said += " Crosses: given up there, for it takes too long."
    return said


def _law(growth: Growth) -> str:
    """The sentence on it, with powers as they are written by hand.

    >>> _law(Growth(form="f", law="exponential", sentence="exponential: 1.5·2^n − 4, for n = 2…8"))
    'exponential: 1.5·2ⁿ − 4, for n = 2…8'
    """
    return (growth.sentence or growth.law).replace("^n", "ⁿ")


def _description(series: Sequence[_Series], parameter: str) -> str:
    """The same for who does not see it: the operations of each form at its first and last size."""
    told = []
    for one in series:
        first, last = min(one.counts), max(one.counts)
        end = " and is given up after it" if one.given_up else ""
        told.append(f"{one.form} {one.counts[first]:,} at {first} and {one.counts[last]:,} at {last}{end}")
    return f"Operations against the size {parameter}, on a logarithmic axis: {'; '.join(told)}."
