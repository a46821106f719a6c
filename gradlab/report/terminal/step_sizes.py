"""The error of difference quotients against their step: V curves, and what they show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from rich.text import Text

from gradlab.record import CaseRecord, StepSizes, real
from gradlab.record.step_sizes import Curve
from gradlab.report._words.step_sizes import HEADS, METHODS, cells, components, heading, meanings
from gradlab.report._words.wording import derivative, plural
from gradlab.report.terminal.layout import Lines, Page, beside, hanging, indented, table, width_of
from gradlab.report.terminal.palette import NAME, QUIET
from gradlab.report.terminal.plots import Axis, Series, can_plot, plot, plot_width

__all__ = ["step_size_lines"]

_MARKS = {
    "complex step": ("i", "magenta"),
    "five-point": ("5", "green"),
    "forward": ("f", "yellow"),
    "centered": ("c", "cyan"),
}
"""Letter and colour; where several meet, the last of them is seen."""
_A_DECADE = 3
"""Columns."""
_HIGHEST, _LOWEST = 3, -18
"""Errors beyond 10**_HIGHEST stand in the first row, none are below 10**_LOWEST but zeros."""
_GUTTER = 4


def step_size_lines(case: CaseRecord, page: Page) -> Lines:
    """The study, where the case has one: one component drawn, or all where much is wanted."""
    study = case.step_sizes
    if study is None:
        return []
    names = components(study)
    inner = page.narrowed(2)
    lines: Lines = [Text()]
    for note in study.notes:
        lines += hanging(Text("· ", QUIET), Text(note), inner)
    drawn = names if page.verbosity > 0 else names[:1]
    for component in drawn:
        lines += [Text(), *_component(study, component, inner)]
    if len(drawn) < len(names):
        lines += [Text(), *_others(study, names[1:], inner)]
    return indented(lines)


def _component(study: StepSizes, component: str, page: Page) -> Lines:
    """Title, plots, legend and table of one component."""
    curves = [curve for curve in study.curves if curve.component == component]
    if not curves:
        return []
    value, what = heading(curves[0])
    name = derivative(component)
    title = Text.assemble((name, NAME), value.removeprefix(name), (f"   {what}", QUIET))
    lines = hanging(Text(), title, page)
    precisions = list(dict.fromkeys(curve.precision for curve in curves))
    fine = page.verbosity > 0 and can_plot(page)
    draw = partial(_fine_plot, plot_width(page)) if fine else _plot
    plots = [draw(study.steps, [c for c in curves if c.precision == p], p) for p in precisions]
    if len(plots) == 2 and width_of(plots[0]) + _GUTTER + width_of(plots[1]) <= page.width:
        plots = [beside(plots[0], plots[1], _GUTTER)]
    for drawn in plots:
        lines += [Text(), *drawn]
    legend = Text("   ").join(
        _name(method) for method in METHODS if any(curve.method == method for curve in curves)
    )
    lines += [Text(), *hanging(Text(), legend, page), Text()]
    lines += _table(curves, precisions)
    return [*lines, *_explained(curves, page)]


def _name(method: str) -> Text:
    letter, colour = _MARKS.get(method, ("?", ""))
    return Text.assemble((letter, colour), f" {method}")


def _plot(steps: Sequence[float], curves: Sequence[Curve], title: str) -> Lines:
    """A row for each order of the error, a column for each third of an order of the step."""
    places = [round(_A_DECADE * math.log10(step)) for step in steps]
    left, right = min(places, default=0), max(places, default=0)
    marked: dict[tuple[int, int], Text] = {}
    for method, (letter, colour) in _MARKS.items():
        for curve in (c for c in curves if c.method == method):
            for place, error in zip(places, map(real, curve.errors), strict=False):
                if not math.isnan(error):
                    marked[_order(error), place] = Text(letter, colour)
    rows = [row for row, _ in marked]
    if not rows:
        return [Text(title, NAME), Text("no numbers at any step", QUIET)]
    # Zeros stand right below the least error, for there is no order between.
    above = [row for row in rows if row != _LOWEST]
    shown = [*range(max(above), min(above) - 1, -1)] if above else []
    lines = [Text(f"{title:>7}", NAME)]
    for row in shown + [_LOWEST] * (_LOWEST in rows):
        line = Text.assemble((f"{_label(row):>7} |", QUIET))
        for place in range(left, right + 1):
            line.append_text(marked.get((row, place), Text(" ")))
        line.rstrip()
        lines.append(line)
    return lines + _axis(left, right)


def _fine_plot(width: int, steps: Sequence[float], curves: Sequence[Curve], title: str) -> Lines:
    """The same in lines of dots."""
    decades = [math.log10(step) for step in steps]
    series, zeros = [], [" "] * width
    x = _decades(decades, 4)
    for method in METHODS:
        letter, colour = _MARKS[method]
        for curve in (c for c in curves if c.method == method):
            errors = [real(error) for error in curve.errors]
            places = [_place(*pair) for pair in zip(decades, errors, strict=False)]
            series.append(Series(letter, colour, places))
            for decade, error in zip(decades, errors, strict=False):
                if error == 0:
                    zeros[x.cell(decade, width, 2)] = letter
    orders = [place[1] for one in series for place in one.places if place is not None]
    if not orders:
        return _plot(steps, curves, title)
    row = "".join(zeros).rstrip()
    below = [Text.assemble((f"{_label(_LOWEST):>7} |", QUIET), row)] if row else []
    return [Text(f"{title:>7}", NAME), *plot(series, x, _decades(orders, 3), "h", width, below)]


def _place(decade: float, error: float) -> tuple[float, float] | None:
    """Where an error stands, in orders; those that are no number, or none at all, have no place."""
    if math.isnan(error) or error == 0:
        return None
    order = math.log10(error) if math.isfinite(error) else _HIGHEST
    return decade, max(_LOWEST + 1.0, min(float(_HIGHEST), order))


def _decades(values: Sequence[float], apart: int) -> Axis:
    """An axis of orders, every so many of them labelled."""
    low, high = math.floor(min(values, default=0) + 1e-9), math.ceil(max(values, default=0) - 1e-9)
    high = max(high, low + 1)
    return Axis(low, high, {order: _power(order) for order in range(low, high + 1) if order % apart == 0})


def _order(error: float) -> int:
    """The order of an error, by which its row is found; that of 0 is below all others."""
    if error == 0:
        return _LOWEST
    return max(_LOWEST + 1, min(_HIGHEST, round(math.log10(error)) if math.isfinite(error) else _HIGHEST))


def _label(order: int) -> str:
    if order == _LOWEST:
        return "none"
    return _power(order) if order % 3 == 0 else ""


def _power(order: int) -> str:
    return "1" if order == 0 else f"1e{order}"


def _axis(left: int, right: int) -> Lines:
    """The line below a plot, with a mark and a number at every fourth order of the step."""
    line, labels = list("─" * (right - left + 1)), [" "] * (right - left + 6)
    for place in range(left, right + 1):
        if place % (4 * _A_DECADE) == 0:
            line[place - left] = "+" if place > left else "─"
            text = _power(place // _A_DECADE)
            labels[place - left : place - left + len(text)] = text
    margin = " " * 8
    return [Text(f"{margin}+{''.join(line)}", QUIET), Text(f"{'h':>7}  {''.join(labels).rstrip()}", QUIET)]


def _table(curves: Sequence[Curve], precisions: Sequence[str]) -> Lines:
    rows: list[list[Text]] = []
    for precision in precisions:
        if rows:
            rows.append([Text()] * 6)
        rows.append([Text(precision, NAME), *_heads()])
        rows += [
            [_name(curve.method), *_cells(curve)]
            for method in METHODS
            for curve in curves
            if curve.precision == precision and curve.method == method
        ]
    return table(rows, "lrrrrr")


def _heads() -> list[Text]:
    return [Text(head, QUIET) for head in HEADS]


def _cells(curve: Curve) -> list[Text]:
    return list(map(Text, cells(curve)))


def _explained(curves: Sequence[Curve], page: Page) -> Lines:
    """What the words of the plots and the table mean."""
    words = {"marks": "where several meet, the first of them is seen"} | meanings(curves)
    return [
        line
        for word, meaning in words.items()
        for line in hanging(Text(f"{word}  ", QUIET), Text(meaning, QUIET), page)
    ]


def _others(study: StepSizes, names: Sequence[str], page: Page) -> Lines:
    """The other components, of each its centered differences."""
    others = [
        curve
        for curve in study.curves
        if curve.component in names and (curve.method, curve.precision) == ("centered", "float64")
    ]
    rows = [[Text(derivative(curve.component)), *_cells(curve)] for curve in others]
    rows.insert(0, [Text("centered, float64", NAME), *_heads()])
    said = f"{plural(len(names), 'other component')}; -v draws all"
    return table(rows, "lrrrrr") + hanging(Text(), Text(said, QUIET), page)
