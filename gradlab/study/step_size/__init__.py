"""The error of difference quotients against their step: truncation falls with it, round-off grows.

The user's own function is called; the errors are those to the derivative at 50 digits.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradlab.cases import is_real
from gradlab.engine.rounding import UNIT, Sensitivity
from gradlab.methods import (
    Derivation,
    Problem,
    Unsupported,
    complex_step,
    component_names,
    element_names,
    reverse,
)
from gradlab.numbers.precise import Precise
from gradlab.record import StepSizes, number
from gradlab.record.step_sizes import Curve
from gradlab.study.step_size.balance import Taylor, balance, derivatives_of, taylor
from gradlab.study.step_size.curves import shape_of
from gradlab.study.step_size.quotients import (
    CALLS,
    DOUBLE,
    METHODS,
    SINGLE,
    Line,
    Precision,
    in_precision,
    quotients,
)
from gradlab.study.step_size.remarks import USELESS, advice, least_accurate, oddities, unit_remarks
from gradlab.study.timing.clock import silenced

DECADES = 16
PER_DECADE = (3, 2, 1)
"""Steps a decade: as many as there is time for."""
COMPONENTS = 20
SECONDS = 5.0
"""For all calls of the function; PATIENCE of them, if a single component can't be had in less."""
PATIENCE = 3
PATIENT, LONGER = 0.03, 50
"""Seconds that a call may take beside the point, or so many times as long as at it."""
TRIES = 3
"""Calls to see how long one takes."""
MOST_OPERATIONS = 200_000
"""Of the function, its gradient and its seven-point stencil together, in many digits."""
MOST_STENCILS = 50_000
"""Operations of the stencils of all components."""
SPARE = 30
SHORT, ONE_SIDED = 1e-3, 1e-6
"""A best step of less than so much of the argument, and of this, is told in units of the argument."""


@dataclass(frozen=True)
class _Plan:
    """What there is time for."""

    steps: np.ndarray
    chosen: list[int]
    """Components, as indices into the flattened derivative."""
    with_complex: bool
    patience: float
    """Seconds that one call may take."""


def study_step_sizes(problem: Problem) -> StepSizes:
    """The V curves at a point. Raises Unsupported where there is no derivative at 50 digits, or no time."""
    with np.errstate(all="ignore"), silenced():
        return _study(problem)


def _study(problem: Problem) -> StepSizes:
    if problem.program is None:
        raise Unsupported(
            "the errors of difference quotients are measured against the derivative at 50 digits, and there is none: "
            f"{problem.untraceable}"
        )
    operations = problem.straight.operations() * (4 * problem.rows + 7)
    if operations > MOST_OPERATIONS:
        raise Unsupported(
            f"the derivative at 50 digits would take {operations:.1e} operations; {MOST_OPERATIONS:.0e} are the most "
            "that is spent on it"
        )
    derived = reverse.derive(problem)
    refused = _refused_complex(problem)
    plan = _plan(problem, not refused)
    names = _names(problem)
    notes: list[str] = []
    if len(plan.chosen) < len(names):
        shown = ", ".join(names[k] for k in plan.chosen[:3])
        notes.append(
            f"{len(plan.chosen)} of {len(names):,} components were studied: {shown}{', …' * (len(plan.chosen) > 3)}"
        )
    if refused:
        notes.append(f"no complex step: {refused}")
    exact = _exact(derived, problem)
    infinite = [names[k] for k in plan.chosen if not math.isfinite(exact[k])]
    if infinite:
        notes.append(f"no number is the derivative by {', '.join(infinite)}")
        plan = replace(plan, chosen=[k for k in plan.chosen if math.isfinite(exact[k])])
    known = _known(problem, plan.chosen, exact)
    curves: list[Curve] = []
    for precision in (DOUBLE, SINGLE):
        found = _type_of(problem, precision)
        if found != precision.name:
            notes.append(_other_type(precision, found))
            if precision is SINGLE:
                continue
        posed = _rounded(problem) if precision is SINGLE else problem
        exact = _exact(derived, posed)
        made, said = _curves(posed, precision, plan, names, exact, known)
        curves += made
        notes += [text for text in said if text not in notes]
    if not curves:
        raise Unsupported("; ".join(notes))
    drawn = least_accurate(curves)
    notes += unit_remarks(curves) + advice(
        [curve for curve in curves if curve.component == drawn], plan.steps
    )
    return StepSizes(steps=tuple(plan.steps.tolist()), curves=tuple(curves), notes=tuple(notes), drawn=drawn)


def _names(problem: Problem) -> list[str]:
    rows = [f"y{row}" for row in element_names((problem.rows,))] if problem.rows > 1 else [""]
    return component_names(problem.inputs, problem.wrt, rows)


def _rounded(problem: Problem) -> Problem:
    """The same at the point that float32 makes of it: it is there that its quotients are."""
    single = in_precision(problem.inputs, SINGLE)
    rounded = {name: np.float64(single[name]) for name, value in problem.inputs.items() if is_real(value)}
    return replace(problem, inputs={**problem.inputs, **rounded})


def _exact(derived: Derivation, problem: Problem) -> list[Any]:
    """The derivative in many digits, row by row."""
    assert derived.exact is not None
    try:
        return derived.exact(problem, problem.digits + SPARE)
    except (LookupError, ArithmeticError, ValueError, TypeError) as error:
        what = str(error) or type(error).__name__
        raise Unsupported(
            f"there is no derivative at 50 digits to hold the quotients against: {what}"
        ) from None


def _known(problem: Problem, chosen: Sequence[int], exact: Sequence[Any]) -> dict[int, Taylor]:
    """What is known of each component's quotients beforehand."""
    sensitivity = Sensitivity(problem.straight, problem.traced_inputs)
    x = np.abs(problem.flat())
    units = np.where((x > 0) & (x < 1), x, np.maximum(1.0, x)).tolist()
    stencils = {
        column: derivatives_of(problem, column, units[column])
        for column in {k % problem.columns for k in chosen}
    }
    known = {}
    for k in chosen:
        row, column = divmod(k, problem.columns)
        value = float(problem.value[row])
        rounding = max(sensitivity.of_operations(element=row), UNIT * abs(value))
        known[k] = taylor(value, stencils[column][row], exact[k], units[column], rounding)
    return known


def _refused_complex(problem: Problem) -> str:
    """Why there is no complex step; "" if there is one."""
    try:
        complex_step.derive(problem).estimate(problem)
    except Unsupported as why:
        return str(why)
    return ""


def _plan(problem: Problem, with_complex: bool) -> _Plan:
    """The most components, and the most steps for each, that there is time for."""
    call = min(_seconds_of_a_call(problem) for _ in range(TRIES))
    for a_decade in PER_DECADE:
        count = DECADES * a_decade + 1
        cost = 2 * CALLS * count * call  # float64 and float32
        if cost <= SECONDS:
            break
    else:
        if cost > PATIENCE * SECONDS:
            raise Unsupported(
                f"it would call the function {2 * CALLS * count} times, which takes about {cost:.0f} s"
            )
    total = problem.rows * problem.columns
    stencil = 7 * max(1, problem.straight.operations())
    most = int(np.clip(min(SECONDS / max(cost, 1e-9), MOST_STENCILS / stencil), 1, COMPONENTS))
    chosen = np.unique(np.linspace(0, total - 1, min(most, total)).round().astype(int)).tolist()
    return _Plan(10.0 ** (-np.arange(count) / a_decade), chosen, with_complex, max(PATIENT, LONGER * call))


def _seconds_of_a_call(problem: Problem) -> float:
    start = time.perf_counter()
    problem.call(problem.inputs)
    return time.perf_counter() - start


def _type_of(problem: Problem, precision: Precision) -> str:
    """The type of what f gives for inputs in a precision."""
    try:
        result = np.asarray(problem.call(in_precision(problem.inputs, precision)))
    except Exception:
        return "nothing"
    return str(result.dtype)


def _other_type(precision: Precision, found: str) -> str:
    if found == "nothing":
        return f"nothing in {precision.name}: the function can't be called with it"
    less = ", so that there are no float32 curves" if precision is SINGLE else ""
    return f"the function computes in {found} whatever it is given{less}"


def _curves(
    problem: Problem,
    precision: Precision,
    plan: _Plan,
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
                notes += oddities(names[k], made, slopes, scale * plan.steps, known[k], precision)
    return curves, notes


def _sampled(
    line: Line, plan: _Plan, rows: Sequence[int], exact: Sequence[Any], known: Mapping[int, Taylor]
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
        errors=tuple(map(number, errors.tolist())),
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
