"""The curves: the errors of the quotients of each component, and what they show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradlab.methods import Problem
from gradlab.numbers.precise import Precise
from gradlab.record import number
from gradlab.record.step_sizes import Curve
from gradlab.study.step_size.balance import Taylor, balance
from gradlab.study.step_size.curves import shape_of
from gradlab.study.step_size.planning import Plan
from gradlab.study.step_size.quotients import DOUBLE, METHODS, Line, Precision, quotients
from gradlab.study.step_size.remarks import USELESS, oddities

SHORT, ONE_SIDED = 1e-3, 1e-6
"""A best step of less than so much of the argument, and of this, is told in units of the argument."""


def measure_curves(
    problem: Problem,
    precision: Precision,
    plan: Plan,
    names: Sequence[str],
    exact: Sequence[Any],
    known: Mapping[int, Taylor],
) -> tuple[list[Curve], list[str]]:
    """The curves of the chosen components in a precision, and what is to be said of them."""
    curves: list[Curve] = []
    notes: list[str] = []
    for column in sorted({k % problem.columns for k in plan.chosen}):
        line = Line(problem, column, precision, plan.patience)
        if not np.isfinite(line.origin):
            notes.append(f"{line.place[0]} is beyond {precision.name}")
            continue
        rows = [k // problem.columns for k in plan.chosen if k % problem.columns == column]
        scale, found = _sampled(line, plan, rows, exact, known)
        for row in rows:
            k = row * problem.columns + column
            slopes = {method: values[:, row] for method, values in found.items()}
            made = [
                _curve(names[k], method, slopes[method], line, plan.steps, scale, exact[k], known[k])
                for method in METHODS
                if method != "complex step" or plan.with_complex
            ]
            curves += made
            if precision is DOUBLE:
                notes += oddities(names[k], made, slopes, scale * plan.steps, known[k])
    return curves, notes


def _sampled(
    line: Line, plan: Plan, rows: Sequence[int], exact: Sequence[Any], known: Mapping[int, Taylor]
) -> tuple[float, dict[str, np.ndarray]]:
    """(the unit of the steps, the quotients): max(1, |x|); but |x| where f bends within so little that those
    steps would show one side of the V alone, as of sqrt at 1e-10, or give no digit at all, as of ln at 1e-20.
    """
    size = abs(float(line.origin))
    scale = max(1.0, size)
    expected = [  # in float64, so that both precisions have the same unit
        balance("centered", known[row * line.problem.columns + line.column], 1.0, DOUBLE.epsilon, 0.0)
        for row in rows
    ]
    if size < 1 and all(one.step is not None and one.step < SHORT * min(size, ONE_SIDED) for one in expected):
        scale = size
    found = quotients(line, (plan.steps * scale).tolist(), with_complex=plan.with_complex)
    if 0 < size < 1 and not any(_gives_a_digit(found, row, line, exact) for row in rows):
        finer = quotients(line, (plan.steps * size).tolist(), with_complex=plan.with_complex)
        if any(_gives_a_digit(finer, row, line, exact) for row in rows):
            return size, finer
    return scale, found


def _gives_a_digit(found: dict[str, np.ndarray], row: int, line: Line, exact: Sequence[Any]) -> bool:
    errors = _errors(found["centered"][:, row], exact[row * line.problem.columns + line.column], 0.0)
    return bool(np.any(errors < USELESS))


def _errors(values: np.ndarray, exact: Any, zero: float) -> np.ndarray:
    """Relative; absolute where the derivative is no more than `zero`. nan where there is no value."""
    size = abs(exact)
    unit = 1 if size <= zero else size
    return np.array([float(abs(exact - v) / unit) if math.isfinite(v) else math.nan for v in values.tolist()])


def _curve(
    component: str,
    method: str,
    values: np.ndarray,
    line: Line,
    steps: np.ndarray,
    scale: float,
    exact: Any,
    known: Taylor,
) -> Curve:
    """One method's errors, and what they show."""
    epsilon = line.precision.epsilon
    zero = 1e-40 * abs(known.value) / scale
    is_zero = bool(abs(exact) <= zero)
    errors = _errors(values, exact, zero)
    unit = 1.0 if is_zero else float(abs(exact))
    floor = 4 * epsilon * (abs(known.value) / scale if is_zero else 1.0)
    lost = float(np.spacing(np.abs(line.origin))) / scale
    shape = shape_of(steps, errors, floor, lost, method)
    predicted = balance(method, known, scale, epsilon, lost * scale)
    return Curve(
        component=component,
        method=method,
        precision=line.precision.name,
        errors=tuple(number(float(f"{error:.6g}")) for error in errors.tolist()),
        truncation_slope=shape.truncation,
        round_off_slope=shape.round_off,
        best=None if shape.best is None else float(steps[shape.best]),
        least=None if shape.best is None else number(shape.least),
        predicted=None if predicted.step is None or shape.best is None else predicted.step / scale,
        predicted_error=None if predicted.error is None or shape.best is None else predicted.error / unit,
        predicted_from=predicted.source,
        scale=scale,
        reference=Precise(20).text(exact, 17),
        note="absolute errors: the derivative is 0" if is_zero else "",
    )
