"""The error of difference quotients against their step: V curves, and what they show."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.text import Text

from gradlab.record import CaseRecord, StepSizes, real
from gradlab.record.step_sizes import Curve
from gradlab.report._numerals import shortened
from gradlab.report._wording import derivative, plural
from gradlab.report.terminal.layout import Lines, Page, beside, hanging, indented, table, width_of
from gradlab.report.terminal.palette import NAME, QUIET

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
    components = list(dict.fromkeys(curve.component for curve in study.curves))
    first = study.drawn if study.drawn in components else "".join(components[:1])
    inner = page.narrowed(2)
    lines: Lines = [Text()]
    for note in study.notes:
        lines += hanging(Text("· ", QUIET), Text(note), inner)
    drawn = components if page.verbosity > 0 else [first]
    for component in drawn:
        lines += [Text(), *_component(study, component, inner)]
    if len(drawn) < len(components):
        lines += [Text(), *_others(study, [name for name in components if name != first], inner)]
    return indented(lines)


def _component(study: StepSizes, component: str, page: Page) -> Lines:
    """Title, plots, legend and table of one component."""
    curves = [curve for curve in study.curves if curve.component == component]
    if not curves:
        return []
    value = shortened(curves[0].reference, 16) if curves[0].reference else ""
    title = Text.assemble((derivative(component), NAME), f" = {value}" if value else "")
    what = "absolute" if curves[0].note else "relative"
    title.append(f"   {what} error against the step h", QUIET)
    lines = hanging(Text(), title, page)
    precisions = list(dict.fromkeys(curve.precision for curve in curves))
    plots = [_plot(study.steps, [c for c in curves if c.precision == p], p) for p in precisions]
    if len(plots) == 2 and width_of(plots[0]) + _GUTTER + width_of(plots[1]) <= page.width:
        plots = [beside(plots[0], plots[1], _GUTTER)]
    for plot in plots:
        lines += [Text(), *plot]
    legend = Text("   ").join(
        _name(method) for method in reversed(_MARKS) if any(c.method == method for c in curves)
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
    cells: dict[tuple[int, int], Text] = {}
    for method, (letter, colour) in _MARKS.items():
        for curve in (c for c in curves if c.method == method):
            for place, error in zip(places, map(real, curve.errors), strict=False):
                if not math.isnan(error):
                    cells[_order(error), place] = Text(letter, colour)
    rows = [row for row, _ in cells]
    if not rows:
        return [Text(title, NAME), Text("no numbers at any step", QUIET)]
    # Zeros stand right below the least error, for there is no order between.
    above = [row for row in rows if row != _LOWEST]
    shown = [*range(max(above), min(above) - 1, -1)] if above else []
    lines = [Text(f"{title:>7}", NAME)]
    for row in shown + [_LOWEST] * (_LOWEST in rows):
        line = Text(f"{_label(row):>7} |", QUIET)
        for place in range(left, right + 1):
            line.append_text(cells.get((row, place), Text(" ")))
        line.rstrip()
        lines.append(line)
    return lines + _axis(left, right)


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
            for method in reversed(_MARKS)
            for curve in curves
            if curve.precision == precision and curve.method == method
        ]
    return table(rows, "lrrrrr")


def _heads() -> list[Text]:
    return [Text(head, QUIET) for head in ("best h", "predicted", "least error", "truncation", "round-off")]


def _cells(curve: Curve) -> list[Text]:
    texts = [
        _one_digit(curve.best),
        _predicted(curve),
        _one_digit(None if curve.least is None else real(curve.least)),
        f"{curve.truncation_slope:.1f}" if curve.truncation_slope is not None else "–",
        f"{curve.round_off_slope:.1f}" if curve.round_off_slope is not None else "–",
    ]
    return list(map(Text, texts))


def _predicted(curve: Curve) -> str:
    star = "*" if curve.predicted is not None and curve.predicted_from == "precision" else ""
    return _one_digit(curve.predicted) + star


def _one_digit(value: float | None) -> str:
    """An order and a digit: no more is known of what comes in thirds of orders.

    >>> _one_digit(0.00046), _one_digit(1.0), _one_digit(0.0), _one_digit(None)
    ('5e-4', '1', '0', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    mantissa, _, exponent = f"{value:.0e}".partition("e")
    return f"{mantissa}e{int(exponent)}" if int(exponent) else mantissa


def _explained(curves: Sequence[Curve], page: Page) -> Lines:
    """What the words of the plots and the table mean."""
    guessed = any(curve.predicted_from == "precision" for curve in curves)
    words = {
        "marks": "where several meet, the first of them is seen",
        "predicted": "where truncation and round-off should balance, from f's derivatives and the rounding of its "
        f"operations{' (* from the precision alone)' if guessed else ''}",
        "truncation, round-off": "the slopes of the two sides: the error goes with h to that power",
    }
    return [
        line
        for word, meaning in words.items()
        for line in hanging(Text(f"{word}  ", QUIET), Text(meaning, QUIET), page)
    ]


def _others(study: StepSizes, components: Sequence[str], page: Page) -> Lines:
    """The other components, of each its centered differences."""
    others = [
        curve
        for curve in study.curves
        if curve.component in components and (curve.method, curve.precision) == ("centered", "float64")
    ]
    rows = [[Text(derivative(curve.component)), *_cells(curve)] for curve in others]
    rows.insert(0, [Text("centered, float64", NAME), *_heads()])
    said = f"{plural(len(components), 'other component')}; -v draws all"
    return table(rows, "lrrrrr") + hanging(Text(), Text(said, QUIET), page)
