"""Centered finite differences of the user's own function, never of its trace.

D(h) = (f(x+h) − f(x−h)) / 2h with h = cbrt(ε)·max(1, |x|), which balances the truncation error
h²f‴/6 against the round-off εf/h (Nocedal & Wright 2006, ch. 8.1). A second difference with 2h
estimates the truncation. Where f is not finite beside the point the step shrinks.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from gradlab.engine.rounding import Sensitivity
from gradlab.methods import Derivation, Estimate, Problem, Unsupported, function_value

TITLE = "centered difference"
MOST_COLUMNS = 2000
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
"""Their roots are spread evenly, and not on a grid."""
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
    where the estimate is no smaller than the value, as of x³ at 0, unless many steps in a row will do.
    Where none will, the error is infinite.
    """
    x = problem.flat()
    steps = default_steps(problem)
    values, errors = np.full((problem.rows, x.size), np.nan), np.full((problem.rows, x.size), np.inf)
    noise = _noise_of_function(problem)
    evaluations = 0
    for j in range(x.size):
        h, in_a_row = steps[j], 0
        for _ in range(SHRINKS):
            wide, middle, narrow = (_centered(problem, x, j, k * h) for k in (2.0, 1.0, 0.25))
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


def _centered(problem: Problem, x: np.ndarray, j: int, h: float) -> np.ndarray:
    """One column. The points' own distance is divided by, so that rounding x ± h does no harm."""
    above, below = x.copy(), x.copy()
    above[j] += h
    below[j] -= h
    if precision_of(problem) > 1e-10:
        above, below = (
            above.astype(np.float32).astype(np.float64),
            below.astype(np.float32).astype(np.float64),
        )
    difference = function_value(problem, above) - function_value(problem, below)
    slope: np.ndarray = difference / (above[j] - below[j])
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


def measured_noise(problem: Problem) -> np.ndarray:
    """The noise of each output: what a cubic leaves of its values at points close to each other.

    The least over several distances; not where the values hardly differ, because steps hide noise there
    (a function that rounds, or works in float32).
    """
    x = problem.flat()
    direction = np.random.default_rng(0).uniform(0.5, 1.0, x.size) * np.maximum(np.abs(x), 1e-3)
    where = np.modf(np.sqrt(PRIMES))[0] * 2 - 1
    basis = np.linalg.qr(np.vander(where, 4))[0]
    least, coarsest = np.full(problem.rows, np.inf), np.zeros(problem.rows)
    for distance in 10.0 ** np.arange(-6, 0):
        values = np.array([function_value(problem, x + distance * t * direction) for t in where])
        left = values - values[0] - basis @ (basis.T @ (values - values[0]))
        noise = np.sqrt(np.sum(left**2, axis=0) / (len(where) - 4))
        different = np.array([len(set(column)) for column in values.T.tolist()])
        usable = (different > len(where) / 2) & np.isfinite(noise)
        least[usable] = np.minimum(least, noise)[usable]
        coarsest = np.fmax(coarsest, noise)
    return np.where(np.isfinite(least), least, coarsest)


def extrapolated(problem: Problem) -> Estimate:
    """Differences extrapolated once (Richardson 1911), with the step whose two finest results agree best:
    for functions that can't be traced. The error estimate includes the noise seen between steps.
    """
    x = problem.flat()
    values, errors = np.full((2, problem.rows, x.size), np.inf)
    evaluations = 0
    coarse = precision_of(problem) > 1e-10
    noise = _noise_of_function(problem)
    for j in range(x.size):
        size = max(1.0, abs(x[j])) if abs(x[j]) > 1e-3 else 1e-3
        columns = [_centered(problem, x, j, size * 0.1 * 2.0**-k) for k in range(8 if coarse else 16)]
        evaluations += 2 * len(columns)
        refined = [(4 * b - a) / 3 for a, b in pairwise(columns)]
        for k in range(2, len(refined)):
            a, b = refined[k - 2], refined[k]
            error = np.maximum(np.abs(b - a), np.abs(b - refined[k - 1])) + noise / (size * 0.05 * 2.0**-k)
            better = error < errors[:, j]
            values[better, j], errors[better, j] = b[better], error[better]
    return Estimate(
        values, np.maximum(2 * errors, 4 * precision_of(problem) * np.abs(values)), evaluations=evaluations
    )
