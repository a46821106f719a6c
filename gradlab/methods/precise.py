"""50-digit centered differences of the function's trace: nobody's derivative rules.

With a step of 1e-30 of the argument's size, the truncation error is of order 1e-60, and enough
digits are carried that the difference keeps its own. Two step sizes give the error estimate.

Where there are too many elements to ask each, the derivative along a random direction is taken: what is
wrong in any element shows in it, unless by a coincidence of probability zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from gradlab.engine.program import evaluate
from gradlab.engine.rounding import UNIT, Sensitivity
from gradlab.methods import Derivation, Estimate, Problem, Unsupported
from gradlab.numbers.precise import Precise

TITLE = "50-digit differences"
MOST_OPERATIONS = 1_000_000
MOST_ALONG = 2_000_000
"""Operations for one direction through all elements."""
STEP_DIGITS = 30


def derive(problem: Problem) -> Derivation:
    """Nothing to derive: the primal program is evaluated beside the point, in many digits."""
    program = problem.needs_program()
    once = 4 * max(program.operations(), 1)
    operations = once * problem.columns
    if operations <= problem.effort * MOST_OPERATIONS:
        return Derivation(_by_element)
    if once <= MOST_ALONG:
        return Derivation(_along_a_direction)
    raise Unsupported(
        f"it would take {operations:.1e} operations in {problem.digits} digits, {once:.1e} along one direction; "
        f"{MOST_OPERATIONS:.0e} and {MOST_ALONG:.0e} are the most it makes"
    )


def _by_element(at: Problem) -> Estimate:
    exact = differences(at)
    values = np.array([float(v) for v, _ in exact]).reshape(at.rows, at.columns)
    return Estimate(values, evaluations=4 * at.columns, exact=exact)


def _along_a_direction(at: Problem) -> Estimate:
    flat = at.flat()
    direction = np.random.default_rng(0).uniform(0.5, 1.0, flat.size) * np.where(flat == 0, 1.0, flat)
    nothing = np.full((at.rows, at.columns), np.nan)
    known = np.zeros(at.columns, dtype=bool)
    return Estimate(nothing, evaluations=4, known=known, along=(direction, difference_along(at, direction)))


def differences(at: Problem) -> list[tuple[Any, Any]]:
    """(derivative, error estimate) for every component, in mpmath numbers, row by row."""
    primal = _Primal(at)
    columns = []
    for k, place in enumerate(at.wrt_places):
        for element in np.ndindex(np.shape(at.traced_inputs[place])):
            x = primal.fixed[place][element] if element else primal.fixed[place]
            step = (abs(x) if 0 < abs(x) < 1 else primal.context.mpf(1)) * primal.tiny
            columns.append(primal.slopes(partial(primal.moved, k, element), step, abs(x)))
    return [column[i] for i in range(at.rows) for column in columns]


def difference_along(at: Problem, direction: np.ndarray) -> list[tuple[Any, Any]]:
    """(derivative, error estimate) of each output along a direction, shape (columns,), in mpmath numbers."""
    primal = _Primal(at)
    parts, start = [], 0
    for place in at.wrt_places:
        shape = np.shape(at.traced_inputs[place])
        part = direction[start : start + math.prod(shape)].reshape(shape)
        parts.append(primal.numbers.constant(part if shape else float(part)))
        start += math.prod(shape)

    def moved(h: Any) -> list[Any]:
        inputs = list(primal.fixed)
        for place, part in zip(at.wrt_places, parts, strict=True):
            inputs[place] = inputs[place] + h * part
        return inputs

    return primal.slopes(moved, primal.tiny, primal.context.mpf(1))


class _Primal:
    """The function's program beside a point, in many digits."""

    def __init__(self, at: Problem) -> None:
        self.at, self.program = at, at.straight
        sizes = [1.0, *(abs(x) for x in at.flat().tolist() if x)]
        spare = math.ceil(math.log10(max(sizes)) - math.log10(min(sizes)))
        self.numbers = Precise(at.digits + 2 * STEP_DIGITS + 10 + spare)
        self.context = self.numbers.context
        self.tiny = self.context.mpf(10) ** -STEP_DIGITS
        self.fixed = [self.numbers.constant(x) for x in at.traced_inputs]
        sensitivity = Sensitivity(self.program, at.traced_inputs)
        # by how much more than the value itself its roundings count, where f cancels; 0 where float64 can't say
        spread = [sensitivity.of_operations(element=i) / UNIT for i in range(at.rows)]
        here = self.values(self.fixed)
        self.size = [max(abs(v), s if math.isfinite(s) else 0.0) for v, s in zip(here, spread, strict=True)]

    def values(self, inputs: list[Any]) -> list[Any]:
        (result,) = evaluate(self.program, inputs, self.numbers)
        return [self.context.mpf(v) for v in np.ravel(np.asarray(result, dtype=object)).tolist()]

    def moved(self, k: int, element: tuple[int, ...], h: Any) -> list[Any]:
        """The inputs with one element of the k-th argument in wrt moved."""
        place = self.at.wrt_places[k]
        inputs = list(self.fixed)
        if element:
            inputs[place] = inputs[place].copy()
            inputs[place][element] += h
        else:
            inputs[place] = inputs[place] + h
        return inputs

    def slopes(self, moved: Callable[[Any], list[Any]], step: Any, size: Any) -> list[tuple[Any, Any]]:
        """(slope, error estimate) of each output where the inputs move by a distance."""
        wide, narrow = (
            [(a - b) / (2 * h) for a, b in zip(self.values(moved(h)), self.values(moved(-h)), strict=True)]
            for h in (step, step / 2)
        )
        noise = self.context.mpf(10) ** (6 - self.context.dps) / step
        return [
            (n, abs(n - w) + noise * (s + abs(n * size)))
            for w, n, s in zip(wide, narrow, self.size, strict=True)
        ]
