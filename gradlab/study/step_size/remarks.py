"""What is to be said of V curves: what is odd about them, and what follows for the choice of a step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradlab.record.step_sizes import Curve
from gradlab.study.step_size.balance import Taylor
from gradlab.study.step_size.quotients import DOUBLE
from gradlab.study.step_size.sides import what_happens

NOISY = 1e3
"""The least error is so many times what is expected: then something else is at work."""
USELESS = 0.01
"""An error that leaves next to no digit."""
UNITS = 4
"""So many of the arguments' sizes are told."""
ADVISED = 1e-4
"""The step that lectures advise for a two-sided difference."""


def oddities(
    component: str,
    curves: Sequence[Curve],
    slopes: Mapping[str, np.ndarray],
    steps: np.ndarray,
    known: Taylor,
) -> list[str]:
    """What is unlike a smooth function that is as precise as float64."""
    sides = what_happens(steps, slopes["forward"], slopes["backward"], known.value, DOUBLE.epsilon)
    if sides:
        return [
            f"{component}: {sides}; the errors are those to {float(curves[0].reference):.4g}, which the trace has there"
        ]
    (centered,) = (curve for curve in curves if curve.method == "centered")
    if centered.least is None:
        return [f"{component}: the function does not give numbers on both sides of the point"]
    least = float(centered.least)
    if centered.predicted_error is not None and least > NOISY * centered.predicted_error:
        said = (
            f"{component}: the least error of a centered difference is {least:.0e}, and the rounding of its operations "
            f"accounts for {centered.predicted_error:.0e}: f is noisy, or bends within the shortest steps"
        )
        return [said]
    return []


def unit_remarks(curves: Sequence[Curve]) -> list[str]:
    """What the steps are multiplied with, where that is not 1."""
    scales = {curve.component.rpartition(" by ")[2]: curve.scale for curve in curves if curve.scale != 1}
    if not scales:
        return []
    shown = ", ".join(f"{scale:.4g} for {name}" for name, scale in list(scales.items())[:UNITS])
    return [f"h is in units of the argument's size: {shown}{', …' if len(scales) > UNITS else ''}"]


def advice(curves: Sequence[Curve], steps: np.ndarray) -> list[str]:
    """What a second evaluation of f gives, in digits, for one component in float64."""
    first = {curve.method: curve for curve in curves if curve.precision == DOUBLE.name and not curve.note}
    forward, centered = first.get("forward"), first.get("centered")
    if forward is None or centered is None or not _has_digits(forward) or not _has_digits(centered):
        return []
    said = (
        f"{centered.component}: at its best a centered difference has {_digits(centered.least)} digits, a forward "
        f"one {_digits(forward.least)}"
    )
    k = int(np.argmin(np.abs(np.log(steps / ADVISED))))
    at = [float(curve.errors[k]) for curve in (centered, forward)]
    if all(math.isfinite(error) for error in at):
        there = [_digits(error) for error in at]
        said += f"; at h = {ADVISED:.0e}, which lectures advise, they have {there[0]} and {there[1]}".replace(
            "e-0", "e-"
        )
    if any(curve.least == 0 and curve.predicted_error for curve in (forward, centered)):
        said += "; short steps are exact here, for the point is a round number: any other shows the round-off"
    return [said]


def least_accurate(curves: Sequence[Curve]) -> str:
    """The component whose centered differences are the worst at their best: that with the most to be seen."""
    centered = [curve for curve in curves if curve.method == "centered" and curve.precision == DOUBLE.name]
    return max(centered, key=lambda c: math.inf if c.least is None else float(c.least)).component


def _has_digits(curve: Curve) -> bool:
    return curve.least is not None and float(curve.least) < USELESS


def _digits(error: Any) -> int:
    """Right digits, rounded down, at most those of float64.

    >>> _digits(2e-11), _digits(0.0), _digits(3.0)
    (10, 16, 0)
    """
    return min(16, max(0, math.floor(-math.log10(max(float(error), 1e-17)))))
