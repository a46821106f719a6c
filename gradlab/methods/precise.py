"""50-digit centered differences of the function's trace: nobody's derivative rules.

With a step of 1e-30 of the argument's size, the truncation error is of order 1e-60, and enough
digits are carried that the difference keeps its own. Two step sizes give the error estimate.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradlab.engine.program import evaluate
from gradlab.engine.rounding import UNIT, Sensitivity
from gradlab.methods import Derivation, Estimate, Problem, Unsupported
from gradlab.numbers.precise import Precise

TITLE = "50-digit differences"
MOST_OPERATIONS = 1_000_000
STEP_DIGITS = 30


def derive(problem: Problem) -> Derivation:
    """Nothing to derive: the primal program is evaluated beside the point, in many digits."""
    program = problem.needs_program()
    operations = 4 * problem.columns * max(program.operations(), 1)
    most = problem.effort * MOST_OPERATIONS
    if operations > most:
        raise Unsupported(
            f"it would take {operations:.1e} operations in {problem.digits} digits; {most:.0e} are the most it makes here"
        )

    def estimate(at: Problem) -> Estimate:
        exact = differences(at)
        values = [float(v) for v, _ in exact]
        return Estimate(
            np.array(values).reshape(at.rows, at.columns), evaluations=4 * at.columns, exact=exact
        )

    return Derivation(estimate)


def differences(at: Problem) -> list[tuple[Any, Any]]:
    """(derivative, error estimate) for every component, in mpmath numbers, row by row."""
    program = at.straight
    flat = at.flat()
    smallest = min((abs(x) for x in flat.tolist() if x), default=1.0)
    numbers = Precise(at.digits + 2 * STEP_DIGITS + 10 + max(0, -math.floor(math.log10(smallest))))
    context = numbers.context
    fixed = [numbers.constant(x) for x in at.traced_inputs]
    sensitivity = Sensitivity(program, at.traced_inputs)
    # by how much more than the value itself its roundings count, where f cancels; 0 where float64 can't say
    moved = [sensitivity.of_operations(element=i) / UNIT for i in range(at.rows)]
    spread = [s if math.isfinite(s) else 0.0 for s in moved]

    def value(place: int, element: tuple[int, ...], moved: Any) -> list[Any]:
        inputs = list(fixed)
        if element:
            inputs[place] = fixed[place].copy()
            inputs[place][element] = moved
        else:
            inputs[place] = moved
        (result,) = evaluate(program, inputs, numbers)
        return [context.mpf(v) for v in np.ravel(np.asarray(result, dtype=object)).tolist()]

    first = at.wrt_places[0]
    here = value(first, (), fixed[first])
    size = [max(abs(v), s) for v, s in zip(here, spread, strict=True)]
    columns = []
    for place in at.wrt_places:
        for element in np.ndindex(np.shape(at.traced_inputs[place])):
            x = fixed[place][element] if element else fixed[place]
            step = (abs(x) if 0 < abs(x) < 1 else context.mpf(1)) * context.mpf(10) ** -STEP_DIGITS
            wide, narrow = (
                [
                    (a - b) / (2 * h)
                    for a, b in zip(value(place, element, x + h), value(place, element, x - h), strict=True)
                ]
                for h in (step, step / 2)
            )
            noise = context.mpf(10) ** (6 - context.dps) / step
            columns.append(
                [
                    (n, abs(n - w) + noise * (s + abs(n * x)))
                    for w, n, s in zip(wide, narrow, size, strict=True)
                ]
            )
    return [column[i] for i in range(at.rows) for column in columns]
