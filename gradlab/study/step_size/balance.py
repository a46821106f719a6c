"""The step at which truncation and round-off should balance, from the derivatives of f and its rounding.

The error of a quotient is about T hᵖ + R/h, with T of the first derivative that it misses and R of the rounding
of f, and is least at h = (R/pT)^(1/(p+1)): Nocedal & Wright 2006, ch. 8.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradlab.engine.program import evaluate
from gradlab.methods import Problem
from gradlab.numbers.precise import Precise
from gradlab.study.step_size.curves import ORDERS

APART = 15
"""Points of the stencil are 10**-APART apart, relatively …"""
DIGITS = 160
"""… and that in so many digits, so that the fifth difference keeps more than 60."""
STENCIL: dict[int, tuple[tuple[int, ...], int]] = {
    1: ((-1, 9, -45, 0, 45, -9, 1), 60),
    2: ((2, -27, 270, -490, 270, -27, 2), 180),
    3: ((1, -8, 13, 0, -13, 8, -1), 8),
    5: ((-1, 4, -5, 0, 5, -4, 1), 2),
}
"""Weights of f at seven points for its derivatives, and what their sum is divided by (Fornberg 1988)."""
MISSED = {"forward": 2, "centered": 3, "five-point": 5, "complex step": 3}
"""The order of the derivative that the truncation error begins with …"""
FACTORS = {"forward": 2, "centered": 6, "five-point": 30, "complex step": 6}
"""… and what that is divided by."""
ROUNDINGS = {"forward": 2.0, "centered": 1.0, "five-point": 1.5, "complex step": 0.0}
"""Roundings of f in a quotient, at most, times h."""
DOUBLE_EPSILON = 2.0**-52
ZERO = 1e-40
"""A derivative this small beside f is none."""
ROUGH = 1e45
"""A fifth derivative that is so much larger than f is that of a kink between the points of the stencil."""
SAME = 1e-20
"""The first derivative has to be the reference, relatively: else there is a kink or a jump here."""


@dataclass(frozen=True)
class Taylor:
    """One output of f along one element: its derivatives at the point, and what rounding does to it in float64."""

    value: float
    derivatives: dict[int, float]
    """Of orders 1, 2, 3 and 5; empty where they are not known."""
    rounding: float
    smooth: bool = True
    """Whether it is no kink or jump."""


@dataclass(frozen=True)
class Balance:
    """A step, and the error that is to be expected there, both absolute; None where there is no truncation,
    or nothing but that.
    """

    step: float | None
    error: float | None
    source: str
    """`derivatives` or `precision`."""


def derivatives_of(problem: Problem, column: int, unit: float) -> list[dict[int, Any]]:
    """The derivatives of each output along one element, by differences in 160 digits: nobody's rules. Empty where
    f has no value so near the point: at the end of its domain. unit: the size of the argument, or 1.
    """
    try:
        return _differences(problem, column, unit)
    except (LookupError, ArithmeticError, ValueError, TypeError):
        return [{}] * problem.rows


def _differences(problem: Problem, column: int, unit: float) -> list[dict[int, Any]]:
    numbers = Precise(DIGITS)
    context = numbers.context
    apart = context.mpf(10) ** -APART * context.mpf(unit)
    inputs = [numbers.constant(x) for x in problem.traced_inputs]
    place, element = _place(problem, column)
    rows = []
    for k in range(-3, 4):
        moved = np.array(inputs[place], dtype=object)
        moved.flat[element] += k * apart
        beside = [*inputs[:place], moved if moved.ndim else moved.item(), *inputs[place + 1 :]]
        (result,) = evaluate(problem.straight, beside, numbers)
        rows.append([context.mpf(v) for v in np.ravel(np.asarray(result, dtype=object)).tolist()])
    return [
        {
            order: sum(w * v for w, v in zip(weights, values, strict=True)) / divisor / apart**order
            for order, (weights, divisor) in STENCIL.items()
        }
        for values in zip(*rows, strict=True)
    ]


def taylor(value: float, found: dict[int, Any], reference: Any, unit: float, rounding: float) -> Taylor:
    """What is known of one output; its derivatives, if the first of them is the reference."""
    if not found:
        return Taylor(value, {}, rounding)
    long = Precise(DIGITS).number(unit)  # a power of it may be beyond float64
    sizes = {order: abs(d) * long**order for order, d in found.items()}
    size = max(abs(value), sizes[1], sizes[2], sizes[3])
    same = abs(found[1] - reference) * long <= SAME * size
    smooth = sizes[5] <= ROUGH * max(abs(value), sizes[1], ZERO * size)
    if not same or not smooth:
        return Taylor(value, {}, rounding, smooth=False)
    known = {order: float(d) if sizes[order] > ZERO * size else 0.0 for order, d in found.items()}
    return Taylor(value, known, rounding)


def balance(method: str, known: Taylor, scale: float, epsilon: float, shortest: float) -> Balance:
    """The best step of a method, in a precision. shortest: the step that the argument can still be moved by.

    >>> sine = Taylor(0.8, {1: 0.5, 2: -0.8, 3: -0.5, 5: 0.5}, 1e-16)
    >>> f"{balance('centered', sine, 1.0, 2.0**-52, 1e-16).step:.0e}"
    '8e-06'
    """
    order = ORDERS[method]
    if not known.smooth:
        return Balance(None, None, "derivatives")
    if not known.derivatives:
        return Balance(
            epsilon ** (0.5 if method == "complex step" else 1 / (order + 1)) * scale, None, "precision"
        )
    missed = known.derivatives[MISSED[method]]
    truncation = abs(missed) / FACTORS[method]
    rounding = ROUNDINGS[method] * known.rounding * epsilon / DOUBLE_EPSILON
    if truncation == 0 or not math.isfinite(truncation + rounding):
        return Balance(None, None, "derivatives")
    if method == "complex step":  # no round-off to balance: where truncation is lost in that of the result
        return Balance(
            (epsilon / 2 * abs(known.derivatives[1]) / truncation) ** 0.5 or None, None, "derivatives"
        )
    if rounding == 0:
        return Balance(None, None, "derivatives")
    step = max((rounding / (order * truncation)) ** (1 / (order + 1)), shortest)
    return Balance(step, truncation * step**order + rounding / step, "derivatives")


def _place(problem: Problem, column: int) -> tuple[int, int]:
    """Which of the program's inputs a column belongs to, and which of its elements."""
    owner = problem.owners[column]
    return problem.traced.index(owner), column - problem.owners.index(owner)
