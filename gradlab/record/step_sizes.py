"""The error of difference quotients against their step: the V curve."""

from __future__ import annotations

import msgspec

from gradlab.record.words import Number


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """One formula, in one precision, for one component."""

    component: str
    method: str
    """`forward`, `centered`, `five-point`, `complex step`."""
    precision: str
    """`float32` or `float64`."""
    errors: tuple[Number, ...]
    """Relative (absolute where the derivative is zero), one for each of `StepSizes.steps`; NaN where the
    function gives no number."""
    truncation_slope: float | None = None
    """Of the error against the step, on logarithmic axes, where truncation rules: the order, an estimate."""
    round_off_slope: float | None = None
    best: float | None = None
    """The step with the smallest error."""
    least: Number | None = None
    """That error."""
    predicted: float | None = None
    """The step at which truncation and round-off should balance."""
    predicted_error: float | None = None
    note: str = ""


class StepSizes(msgspec.Struct, frozen=True, kw_only=True):
    """The V curves of a function at one point."""

    steps: tuple[float, ...]
    """From 1 down to 1e-16; each component's own step is this times the size of the argument, or 1 if larger."""
    curves: tuple[Curve, ...]
    notes: tuple[str, ...] = ()
