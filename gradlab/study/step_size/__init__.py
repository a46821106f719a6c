"""The error of difference quotients against their step: truncation falls with it, round-off grows.

The user's own function is called; the errors are those to the derivative at 50 digits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
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
from gradlab.record import StepSizes
from gradlab.record.step_sizes import Curve
from gradlab.study.step_size.balance import Taylor, derivatives_of, taylor
from gradlab.study.step_size.measuring import measure_curves
from gradlab.study.step_size.planning import plan_study
from gradlab.study.step_size.quotients import DOUBLE, SINGLE, Precision, in_precision
from gradlab.study.step_size.remarks import advice, least_accurate, unit_remarks
from gradlab.study.timing.clock import silenced

MOST_OPERATIONS = 200_000
"""Of the function, its gradient and its seven-point stencil together, in many digits."""
SPARE = 30


def study_step_sizes(problem: Problem, *, only: int | None = None) -> StepSizes:
    """The V curves at a point, of the component `only` (in float64) or of as many as there is time for.

    Raises Unsupported where there is no derivative at 50 digits, or no time.
    """
    with np.errstate(all="ignore"), silenced():
        return _study(problem, only)


def _study(problem: Problem, only: int | None) -> StepSizes:
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
    plan = plan_study(problem, with_complex=not refused, only=only)
    names = _names(problem)
    notes: list[str] = []
    if only is None and len(plan.chosen) < len(names):
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
    for precision in (DOUBLE, SINGLE) if only is None else (DOUBLE,):
        found = _type_of(problem, precision)
        if found != precision.name:
            notes.append(_other_type(precision, found))
            if precision is SINGLE:
                continue
        posed = _rounded(problem) if precision is SINGLE else problem
        exact = _exact(derived, posed)
        made, said = measure_curves(posed, precision, plan, names, exact, known)
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
