"""What a V curve shows, in every format's words: slopes, best steps and least errors."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradlab.record import real
from gradlab.record.step_sizes import Curve, StepSizes
from gradlab.report._words.numerals import shortened
from gradlab.report._words.wording import derivative

__all__ = ["HEADS", "METHODS", "cells", "components", "heading", "meanings"]

METHODS = ("centered", "forward", "five-point", "complex step")
"""In the order in which they are told."""
HEADS = ("best h", "predicted", "least error", "truncation", "round-off")


def components(study: StepSizes) -> list[str]:
    """The components that there are curves of, the one to draw first."""
    found = list(dict.fromkeys(curve.component for curve in study.curves))
    return sorted(found, key=lambda component: component != study.drawn)


def heading(curve: Curve) -> tuple[str, str]:
    """A component's derivative with its value, and what its errors are."""
    value = f" = {shortened(curve.reference, 16)}" if curve.reference else ""
    what = "absolute" if curve.note else "relative"
    return derivative(curve.component) + value, f"{what} error against the step h"


def cells(curve: Curve) -> list[str]:
    """A row of the table: a cell for each of `HEADS`."""
    star = "*" if curve.predicted is not None and curve.predicted_from == "precision" else ""
    return [
        _one_digit(curve.best),
        _one_digit(curve.predicted) + star,
        _one_digit(None if curve.least is None else real(curve.least)),
        _slope(curve.truncation_slope),
        _slope(curve.round_off_slope),
    ]


def _slope(slope: float | None) -> str:
    return "–" if slope is None else f"{slope:.1f}"


def _one_digit(value: float | None) -> str:
    """An order and a digit: no more is known of what comes in thirds of orders.

    >>> _one_digit(0.00046), _one_digit(1.0), _one_digit(0.0), _one_digit(None)
    ('5e-4', '1', '0', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    mantissa, _, exponent = f"{value:.0e}".partition("e")
    return f"{mantissa}e{int(exponent)}" if int(exponent) else mantissa


def meanings(curves: Sequence[Curve]) -> dict[str, str]:
    """What the words of the table mean."""
    guessed = any(curve.predicted_from == "precision" for curve in curves)
    return {
        "predicted": "where truncation and round-off should balance, from f's derivatives and the rounding of its "
        f"operations{' (* from the precision alone)' if guessed else ''}",
        "truncation, round-off": "the slopes of the two sides: the error goes with h to that power",
    }
