"""The V curve: the error of difference quotients against their step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from gradlab.record import StepSizes, real
from gradlab.record.step_sizes import Curve
from gradlab.report._words.step_sizes import cells
from gradlab.report._words.wording import derivative
from gradlab.report.html.figures import Figure
from gradlab.report.html.figures.axes import Scale, Style, frame, legend, power, powers, scientific, width_of
from gradlab.report.html.figures.paths import Place, line, marks, path, simplified
from gradlab.report.html.figures.slopes import Branch, slopes
from gradlab.report.html.figures.svg import element, picture, shared

__all__ = ["draw_v_curve"]

_COLOURS = {
    "forward": (1, "circle"),
    "centered": (2, "square"),
    "five-point": (3, "triangle"),
    "complex step": (4, "diamond"),
}
_WIDTH, _LEFT, _RIGHT, _TOP = 648, 60, 636, 86
_A_POWER = 17.0
"""Pixels of a power of ten, upwards."""
_HIGHEST, _LOWEST = 3, -18
"""Errors beyond 10**_HIGHEST stand at the upper edge, and those below 10**_LOWEST at the lower one."""
_FOOT = 26.0
_SEEN, _SEEN_DASHED = 1.0, 2.0
"""Pixels that a line may be off."""
_LUCKY = 3
"""So many times less than the least error that neighbouring steps share is luck."""
_FEW_ZEROS = 2
"""Errors that happen to be exactly 0: more of them are a rule."""
_MARKED = 20
"""Of so many steps one has a mark."""


@dataclass(frozen=True)
class _Drawn:
    """A curve with its numbers, and how it is drawn."""

    curve: Curve
    steps: Sequence[float]
    errors: Sequence[float]
    style: Style


def draw_v_curve(step_sizes: StepSizes) -> Figure | None:
    """The curves of the component to draw, on logarithmic axes; None where no error is a number but 0."""
    component = step_sizes.drawn or next((curve.component for curve in step_sizes.curves), "")
    drawn = [
        _Drawn(curve, step_sizes.steps, [real(error) for error in curve.errors], _style(curve))
        for curve in step_sizes.curves
        if curve.component == component and curve.method in _COLOURS
    ]
    found = [error for one in drawn for error in one.errors if not math.isnan(error)]
    if not any(found) or min(step_sizes.steps) <= 0:
        return None
    x, y = _scales(step_sizes.steps, found)
    foot = _FOOT if 0.0 in found else 0.0
    bottom = y.start + foot
    absolute = any(one.curve.note for one in drawn)
    # Where curves meet, the simplest is seen.
    methods = [
        group for name in reversed(_COLOURS) if (group := [one for one in drawn if one.curve.method == name])
    ]
    title = f"The V curve of {derivative(component)}"
    svg = picture(
        _WIDTH,
        bottom + 52,
        title,
        _description(drawn, absolute),
        shared(_legend(drawn), class_="plot"),
        frame(x, y, powers(x, 68), powers(y, 30), (_along(drawn[0].curve), _upward(absolute)), foot),
        shared(
            element("text", "← round-off", x=_LEFT, y=bottom + 43, class_="c"),
            element("text", "truncation →", x=_RIGHT, y=bottom + 43, class_="e"),
            class_="plot",
        ),
        *(_lines(curves, x, y, foot) for curves in methods),
        slopes(
            [branch for one in drawn if (branch := _branch(one, x, y)) is not None],
            [_places(one, x, y) for one in drawn if one.style.dashed],
            (x, y),
        ),
        *(_turning(curves, x, y, foot) for curves in methods),
        class_="plot",
    )
    return Figure(svg, _caption(drawn, component, absolute, y))


def _style(curve: Curve) -> Style:
    colour, shape = _COLOURS[curve.method]
    return Style(colour, shape, dashed=curve.precision != "float64")


def _scales(steps: Sequence[float], errors: Sequence[float]) -> tuple[Scale, Scale]:
    positive = [math.log10(error) for error in errors if 0 < error < math.inf]
    # Even powers, so that most curves of a page stand in the same frame.
    low = max(_LOWEST, 2 * math.floor(min(positive, default=-16) / 2))
    high = max(low + 4, min(_HIGHEST, 2 * math.ceil(max(positive, default=0) / 2)))
    left, right = math.floor(math.log10(min(steps)) + 1e-9), math.ceil(math.log10(max(steps)) - 1e-9)
    x = Scale(left, max(right, left + 1), _LEFT, _RIGHT, logarithmic=True)
    return x, Scale(low, high, _TOP + (high - low) * _A_POWER, _TOP, logarithmic=True)


def _along(curve: Curve) -> str:
    return "step h" if curve.scale == 1 else f"step h, in units of {curve.scale:.3g}"


def _upward(absolute: bool) -> str:
    return "absolute error" if absolute else "relative error"


def _legend(drawn: Sequence[_Drawn]) -> Markup:
    """The methods in a row, and below it what solid and dashed, filled and hollow mean."""
    styles = {one.curve.method: Style(one.style.colour, one.style.shape) for one in drawn}
    first = legend([(styles[method], method) for method in _COLOURS if method in styles], 4, 18)
    precisions = list(dict.fromkeys(one.curve.precision for one in drawn))
    x, parts = 4.0, []
    for precision in precisions:
        parts.append(path(line([(x, 37), (x + 30, 37)]), "l" if precision == "float64" else "l d"))
        parts.append(element("text", precision, x=x + 36, y=42))
        x += 48 + width_of(precision)
    for name, class_, there in (
        ("best step", "b", any(one.curve.best is not None for one in drawn)),
        ("predicted", "p", any(one.curve.predicted is not None for one in drawn)),
    ):
        if there:
            parts.append(path(marks("circle", [(x + 8, 37)], 6), class_))
            parts.append(element("text", name, x=x + 20, y=42))
            x += 32 + width_of(name)
    return first + element("g", *parts, class_="q")


def _lines(drawn: Sequence[_Drawn], x: Scale, y: Scale, foot: float) -> Markup:
    """The curves of a method, interrupted where there is no number; errors that are zero stand in a strip below."""
    parts = []
    for one in drawn:
        pieces = _pieces(one, x, y)
        seen = _SEEN_DASHED if one.style.dashed else _SEEN
        d = "".join(line(simplified(piece, seen), whole=True) for piece in pieces)
        parts.append(path(d, one.style.line_class))
        if not one.style.dashed:
            places = [place for piece in pieces for place in piece]
            parts.append(path(marks(one.style.shape, places[3 * one.style.colour - 2 :: _MARKED], 3), "m"))
        level = _level(one, y, foot)
        zeros = "".join(line([(x.place(a), level), (x.place(b), level)]) for a, b in _runs_of_zeros(one))
        parts.append(path(zeros, f"z {one.style.line_class}"))
    return element("g", *parts, class_=f"s{drawn[0].style.colour}")


def _pieces(one: _Drawn, x: Scale, y: Scale) -> list[list[Place]]:
    """The curve where it can be drawn. A zero or two in between do not interrupt it."""
    pieces: list[list[Place]] = [[]]
    zeros = 0
    for step, error in zip(one.steps, one.errors, strict=False):
        if error == 0:
            zeros += 1
            continue
        if math.isnan(error) or zeros > _FEW_ZEROS:
            pieces.append([])
        zeros = 0
        if not math.isnan(error):
            pieces[-1].append((x.place(step), y.place(error)))
    return [piece for piece in pieces if piece]


def _level(one: _Drawn, y: Scale, foot: float) -> float:
    """Where the zeros of a method stand: beside those of the others."""
    return y.zero(foot) + 4 * (one.style.colour - 2.5) if foot else y.start


def _runs_of_zeros(one: _Drawn) -> list[tuple[float, float]]:
    """The first and the last step of each run of errors that are exactly zero."""
    runs: list[tuple[float, float]] = []
    after = False
    for step, error in zip(one.steps, one.errors, strict=False):
        if error == 0:
            runs = [*runs[:-1], (runs[-1][0], step)] if after else [*runs, (step, step)]
        after = error == 0
    return runs


def _turning(drawn: Sequence[_Drawn], x: Scale, y: Scale, foot: float) -> Markup:
    """The best steps of a method, and those that were predicted, where their errors are known."""
    best, predicted = "", ""
    for one in drawn:
        curve, shape, size = one.curve, one.style.shape, 4.5 if one.style.dashed else 6.0
        if (least := _least(curve)) is None:
            continue
        level = _level(one, y, foot)
        if curve.predicted is not None:
            error = least if curve.predicted_error is None else curve.predicted_error
            predicted += marks(shape, [(x.place(curve.predicted), y.place(error) if error else level)], size)
        if curve.best is not None:
            best += marks(shape, [(x.place(curve.best), y.place(least) if least else level)], size)
    return element("g", path(predicted, "p"), path(best, "b"), class_=f"s{drawn[0].style.colour}")


def _branch(one: _Drawn, x: Scale, y: Scale) -> Branch | None:
    """Whose slopes are told: in float64 those of what has a best step."""
    curve = one.curve
    if one.style.dashed or curve.best is None:
        return None
    places, best = _places(one, x, y), x.place(curve.best)
    return Branch(places, best, curve.truncation_slope, curve.round_off_slope, one.style.colour)


def _places(one: _Drawn, x: Scale, y: Scale) -> list[Place | None]:
    """Where its errors stand, and None where one is zero or no number."""
    return [
        (x.place(step), y.place(error)) if error > 0 else None
        for step, error in zip(one.steps, one.errors, strict=False)
    ]


def _least(curve: Curve) -> float | None:
    """The least error, where it is a number."""
    return None if curve.least is None or not math.isfinite(real(curve.least)) else real(curve.least)


def _caption(drawn: Sequence[_Drawn], component: str, absolute: bool, y: Scale) -> str:
    """What the picture teaches, in numbers."""
    told = [
        f"{scientific(least)} at h = {scientific(one.curve.best)} ({one.curve.method})"
        for one in drawn
        if not one.style.dashed and one.curve.best is not None and (least := _least(one.curve)) is not None
    ]
    name, what = derivative(component), "absolute" if absolute else "relative"
    if not told:
        return f"{name}: the {what} error of difference quotients against their step h."
    said = f"{name} in float64, the least {what} error: {', '.join(told)}."
    if any(_is_lucky(one) for one in drawn if not one.style.dashed):
        said += " Single lucky steps with less do not count."
    double = [one for one in drawn if not one.style.dashed and one.curve.method != "complex step"]
    rounded = any(one.curve.round_off_slope is not None for one in double)
    if rounded and not any(_is_exact(one) for one in double):
        said += " Below its best step a difference only gets worse: f’s rounding error is divided by h."
    if any(0.0 in one.errors for one in drawn):
        said += " In the row “0” are steps whose error is exactly 0."
    return said + _beyond([error for one in drawn for error in one.errors if error > 0], y)


def _is_lucky(one: _Drawn) -> bool:
    """Whether a step has a far smaller error than the best one, which its neighbours do not have."""
    least = _least(one.curve)
    return least is not None and any(error < least / _LUCKY for error in one.errors)


def _is_exact(one: _Drawn) -> bool:
    """Whether short steps have no round-off, as at a round number."""
    return sum(error == 0 for error in one.errors) > _FEW_ZEROS


def _beyond(errors: Sequence[float], y: Scale) -> str:
    """Which errors stand at an edge because there is no room for them."""
    high, low = math.ceil(y.high), math.floor(y.low)
    said = f" Errors above {power(high)} stand at the upper edge." if max(errors) > 10.0**high else ""
    if min(errors) < 10.0**low:
        said += f" Errors below {power(low)} stand at the lower edge."
    return said


def _description(drawn: Sequence[_Drawn], absolute: bool) -> str:
    """The same for who does not see it: the best steps, the least errors and the slopes."""
    what = "Absolute" if absolute else "Relative"
    said = [f"{what} error against the step h, both logarithmic. Least errors"]
    for precision in dict.fromkeys(one.curve.precision for one in drawn):
        rows = [
            (one.curve.method, cells(one.curve))
            for one in drawn
            if one.curve.precision == precision and one.curve.best is not None
        ]
        told = [f"{method} {least} at h = {best}" for method, (best, _, least, *_) in rows]
        said.append(f"in {precision}: {', '.join(told) or 'none'};")
    steep = [
        f"{one.curve.method} {one.curve.truncation_slope:.1f}"
        for one in drawn
        if one.curve.truncation_slope is not None and not one.style.dashed
    ]
    return f"{' '.join(said)} slopes of the truncation error: {', '.join(steep) or 'none'}."
