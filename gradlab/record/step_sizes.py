"""The error of difference quotients against their step: the V curve."""

from __future__ import annotations

import math

import msgspec

from gradlab.record.words import Number, real


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """One formula, in one precision, for one component. All steps are in units of `scale`."""

    component: str
    method: str
    """`forward`, `centered`, `five-point`, `complex step`."""
    precision: str
    """`float32` or `float64`."""
    errors: tuple[Number, ...]
    """Relative (absolute where the derivative is zero), one for each of `StepSizes.steps`, to six digits; NaN where the
    function gives no number, and where the step is lost in the rounding of the argument."""
    truncation_slope: float | None = None
    """Of the error against the step, on logarithmic axes, where truncation rules: the order, an estimate."""
    round_off_slope: float | None = None
    best: float | None = None
    """The step with the least error; of several the longest."""
    least: Number | None = None
    """That error: the median of it and its neighbours', so that a lucky step does not count."""
    predicted: float | None = None
    """The step at which truncation and round-off should balance; null where either is missing."""
    predicted_error: float | None = None
    predicted_from: str = ""
    """`derivatives`, of f at the point, and its rounding; or `precision`, where these are not known."""
    scale: float = 1.0
    """The size of the argument, or 1 if larger: what the steps are multiplied with."""
    reference: str = ""
    """The derivative that the errors are those to."""
    note: str = ""


class StepSizes(msgspec.Struct, frozen=True, kw_only=True):
    """The V curves of a function at one point."""

    steps: tuple[float, ...]
    """From 1 down to 1e-16; each component's own step is this times `Curve.scale`."""
    curves: tuple[Curve, ...]
    notes: tuple[str, ...] = ()
    drawn: str = ""
    """The component to draw, where there is room for one: that for which centered differences are the worst."""

    def __post_init__(self) -> None:
        if not all(0 < step < math.inf for step in self.steps):
            raise ValueError("a step is to be larger than 0, and finite")
        count = len(self.steps)
        if any(len(curve.errors) != count for curve in self.curves):
            raise ValueError(f"a curve is to have an error for each of the {count} steps")
        if any(real(error) < 0 for curve in self.curves for error in curve.errors):
            raise ValueError("an error is to be no less than 0")
