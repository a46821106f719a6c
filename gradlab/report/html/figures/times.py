"""What each method costs, as bars."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from gradlab.record import Duration, Timing
from gradlab.report._words.cost import noise
from gradlab.report._words.numerals import seconds, times
from gradlab.report._words.wording import method_name
from gradlab.report.html.figures import Figure
from gradlab.report.html.figures.axes import Scale, frame, powers, rounds, width_of
from gradlab.report.html.figures.paths import path
from gradlab.report.html.figures.svg import element, picture, shared

__all__ = ["draw_times"]

_WIDTH, _RIGHT, _TOP = 640, 560, 8
_ROW, _BAR = 30.0, 16.0
_WIDE = 30
"""Where the dearest method costs so many times as much as the cheapest, the axis is logarithmic."""
_HIGHEST = 1e300
"""No axis ends above, or its end would be no number."""


def draw_times(timing: Timing) -> Figure | None:
    """A bar a method with the quartiles, in evaluations of f; None where nothing was timed."""
    timed = [
        (one, one.evaluate_ratio)
        for one in timing.durations
        if one.evaluate_ratio is not None and 0 < one.evaluate_ratio < math.inf
    ]
    if not timed:
        return None
    left = 14 + max(width_of(method_name(one.method)) for one, _ in timed)
    bottom = _TOP + _ROW * len(timed) + 6
    x = _scale([value for one, ratio in timed for value in (ratio, *(one.quartiles or ()))], left)
    along = powers(x, 60, plain=True) if x.logarithmic else rounds(x, 60)
    unit = "evaluations of f" + (" (logarithmic)" if x.logarithmic else "")
    svg = picture(
        _WIDTH,
        bottom + 50,
        "What a gradient costs",
        _description(timed, timing),
        frame(x, Scale(0, 1, bottom, _TOP), along, [], (f"one gradient, in {unit}", "")),
        shared(_names(timed, x), class_="plot"),
        path(f"M{x.place(1):.0f} {_TOP}V{bottom:.0f}", "o"),
        _bars(timed, x),
        class_="plot",
    )
    return Figure(svg, _caption(timing, logarithmic=x.logarithmic))


def _scale(values: Sequence[float], left: float) -> Scale:
    """From 0, or from a power of ten below the least value and below f itself."""
    highest = min(max(values), _HIGHEST)
    least = min(value for value in values if value > 0)
    if highest <= _WIDE * least:
        return Scale(0, math.ceil(max(highest, 1.0) * 1.02), left, _RIGHT)
    low = min(0, math.floor(math.log10(least)))
    return Scale(low, math.ceil(2 * math.log10(highest) + 0.1) / 2, left, _RIGHT, logarithmic=True)


def _middle(number: int) -> float:
    """Of a row, from 0."""
    return _TOP + _ROW * (number + 0.5) + 3


def _names(timed: Sequence[tuple[Duration, float]], x: Scale) -> Markup:
    """The methods, beside their bars."""
    return Markup("").join(
        element(
            "text", method_name(one.method), x=round(x.start - 7), y=round(_middle(number) + 5), class_="e"
        )
        for number, (one, _) in enumerate(timed)
    )


def _bars(timed: Sequence[tuple[Duration, float]], x: Scale) -> Markup:
    """Bars, whiskers and numbers."""
    bars, whiskers, numbers = "", "", []
    for number, (one, ratio) in enumerate(timed):
        middle, end = _middle(number), x.place(ratio)
        bars += f"M{x.start:.0f} {middle - _BAR / 2:.0f}H{end:.1f}v{_BAR:.0f}H{x.start:.0f}z"
        furthest = end
        if one.quartiles is not None:
            low, high = map(x.place, one.quartiles)
            whiskers += f"M{low:.1f} {middle - 5:.0f}v10m0-5H{high:.1f}m0-5v10"
            furthest = max(end, high)
        numbers.append(element("text", times(ratio), x=round(furthest + 8), y=round(middle + 5)))
    return path(bars, "f") + path(whiskers, "i") + element("g", *numbers, class_="h")


def _caption(timing: Timing, *, logarithmic: bool) -> str:
    """What the bars and whiskers are, and how far they can be trusted."""
    rounds = f" of {timing.rounds} rounds" if timing.rounds else ""
    said = f"Medians{rounds}, with the quartiles as whiskers; f takes {seconds(timing.function)}."
    if timing.noise is not None:
        scatter = noise(timing.noise).replace(" ", "\N{NO-BREAK SPACE}")
        said += f" Timed against itself it scatters by ±{scatter}."
    return said + (
        " The axis is logarithmic: the bars’ ends count, not their lengths." if logarithmic else ""
    )


def _description(timed: Sequence[tuple[Duration, float]], timing: Timing) -> str:
    """The same for who does not see it."""
    told = ", ".join(f"{method_name(one.method)} {times(ratio).removeprefix('×')}" for one, ratio in timed)
    return f"Evaluations of f that take as long as one gradient: {told}. f takes {seconds(timing.function)}."
