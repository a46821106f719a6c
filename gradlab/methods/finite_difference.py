"""Centered finite differences of the user's own function, never of its trace.

D(h) = (f(x+h) − f(x−h)) / 2h with h = cbrt(ε)·max(1, |x|), which balances the truncation error
h²f‴/6 against the round-off εf/h (Nocedal & Wright 2006, ch. 8.1). A second difference with 2h
estimates the truncation. Where f is not finite beside the point the step shrinks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradlab.engine.rounding import Sensitivity
from gradlab.measure.noise import direction_of, measured
from gradlab.methods import Derivation, Estimate, Problem, Unsupported, function_value

TITLE = "centered difference"
MOST_COLUMNS = 2000
SHRINKS = 20
ENOUGH = 6
"""Steps in a row that are consistent, though their error is no smaller than the value."""


def derive(problem: Problem) -> Derivation:
    """Nothing to derive: the function is called 6 times an element."""
    if problem.columns > MOST_COLUMNS:
        raise Unsupported(
            f"it would call the function {6 * problem.columns} times, 6 an element; {6 * MOST_COLUMNS} are the most it makes"
        )

    def bare(at: Problem) -> Callable[[], Any]:
        steps, call = default_steps(at), at.call
        pairs = list(zip(at.moved(steps), at.moved(-steps), (2 * steps).tolist(), strict=True))
        return lambda: [(call(above) - call(below)) / distance for above, below, distance in pairs]

    return Derivation(estimate, evaluate=bare)


def precision_of(problem: Problem) -> float:
    """The ε of the coarsest type among the derived arguments: 2.2e-16 for float64, 1.2e-7 for float32."""
    return float(
        max(np.finfo(getattr(problem.inputs[name], "dtype", np.float64)).eps for name in problem.wrt)
    )


def default_steps(problem: Problem) -> np.ndarray:
    """h = cbrt(ε)·max(1, |x|) for every element."""
    steps: np.ndarray = np.cbrt(precision_of(problem)) * np.maximum(1.0, np.abs(problem.flat()))
    return steps


def estimate(problem: Problem) -> Estimate:
    """Centered differences, with their error estimates and the steps taken.

    A shorter step must change a difference by no more than the estimate says. Where it does, a kink or a
    scale shorter than the step lies inside it, and the step shrinks; likewise where f is not finite, and
    where the estimate is no smaller than the value, as of x³ at 0, unless many steps in a row will do. A
    noisy function gets longer steps.
    Where none will, the error is infinite.
    """
    x = problem.flat()
    values, errors = np.full((problem.rows, x.size), np.nan), np.full((problem.rows, x.size), np.inf)
    noise = _noise_of_function(problem)
    steps = default_steps(problem) * _longer_for(noise, problem)
    evaluations = 0
    for j in range(x.size):
        h, in_a_row = steps[j], 0
        for _ in range(SHRINKS):
            wide, middle, narrow = (centered(problem, j, k * h) for k in (2.0, 1.0, 0.25))
            evaluations += 6
            truncation = np.abs(wide - middle) / 3
            error = truncation + noise / h
            consistent = np.all(np.abs(narrow - middle) <= 4 * error + 8 * noise / h)
            in_a_row = in_a_row + 1 if consistent else 0
            values[:, j], steps[j] = middle, h
            small = np.all(error <= np.maximum(1e-2 * np.abs(middle), 4 * noise / h))
            if consistent and (small or in_a_row == ENOUGH):
                errors[:, j] = error
                break
            if x[j] + h / 8 == x[j]:
                break
            h /= 8
    return Estimate(values, errors, steps, evaluations)


def _longer_for(noise: np.ndarray, problem: Problem) -> float:
    """By how much the steps are longer than for a function that is as precise as its arguments: the cube
    root of its noise, as h = cbrt(3 noise/|f‴|) has it; at most a tenth of max(1, |x|).
    """
    with np.errstate(all="ignore"):
        relative = np.nan_to_num(noise / np.abs(problem.value), nan=0.0, posinf=0.0)
    longest = 0.1 / np.cbrt(precision_of(problem))
    return float(np.clip(np.cbrt(np.max(relative) / (8 * precision_of(problem))), 1.0, longest))


def centered(problem: Problem, column: int, h: float) -> np.ndarray:
    """D(h) of every output by one element; nan where the function fails beside the point, or rounding leaves
    no step. The points' own distance is divided by, so that rounding x ± h does no harm.
    """
    x = problem.flat()
    above, below = x.copy(), x.copy()
    above[column] += h
    below[column] -= h
    above[column], below[column] = (
        float(problem.types[column].type(v)) for v in (above[column], below[column])
    )
    with np.errstate(all="ignore"):
        difference = function_value(problem, above) - function_value(problem, below)
        slope: np.ndarray = difference / (above[column] - below[column])
    return slope


def _noise_of_function(problem: Problem) -> np.ndarray:
    """The rounding error to expect in each output: from the trace, or else as it is measured."""
    smallest = np.finfo(np.float64).smallest_subnormal
    floor = np.maximum(precision_of(problem) * np.abs(problem.value.astype(np.float64)), smallest)
    if problem.program is None:
        measured: np.ndarray = np.maximum(4 * floor, 3 * measured_noise(problem))
        return measured
    sensitivity = Sensitivity(problem.program, problem.traced_inputs)
    traced = [sensitivity.of_operations(element=i) for i in range(problem.rows)]
    noise: np.ndarray = np.maximum(np.nan_to_num(np.array(traced) * precision_of(problem) * 2.0**52), floor)
    return noise


def measured_noise(problem: Problem, size: np.ndarray | None = None) -> np.ndarray:
    """The noise of each output, as its values on a line through the point show it. size: of the line, by
    element; that of the arguments, and at least 1, where none is given.
    """
    x = problem.flat()
    size = np.maximum(1.0, np.abs(x)) if size is None else size
    direction = direction_of(size)
    moving = size > 0
    apart = precision_of(problem) * float(np.max(np.abs(x[moving]) / size[moving], initial=0.0))
    return measured(lambda t: function_value(problem, x + t * direction), apart)
