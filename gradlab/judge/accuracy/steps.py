"""Why a finite difference has few correct digits, and which step would be better."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradlab.engine.program import evaluate
from gradlab.engine.rounding import Sensitivity
from gradlab.judge.accuracy.culprit import shown
from gradlab.judge.accuracy.located import column_of
from gradlab.judge.compare import Exact
from gradlab.methods import Estimate, Problem, Unsupported, function_value
from gradlab.methods.finite_difference import centered, precision_of
from gradlab.numbers.precise import Precise

FARTHEST = 10.0
"""Of the argument's size, or of 1 if that is smaller: no farther is the function called to try a step."""
_FAILURES = (Unsupported, LookupError, ArithmeticError, ValueError, TypeError)


def unit_of(problem: Problem) -> float:
    """The relative rounding of the coarsest type among the derived arguments."""
    return precision_of(problem) / 2


def cause_in_difference(estimate: Estimate, problem: Problem, target: Exact, row: int, column: int) -> str:
    """Truncation or round-off, what the method itself expected, and the step that would be best."""
    if estimate.step is None:
        return ""
    value, h = float(estimate.value[row, column]), float(estimate.step.ravel()[column])
    if not math.isfinite(value):
        return f"the function is not finite beside the point, with steps down to {shown(h, 1)}"
    off = f"it is off by {shown(abs(float(target.value - value)), 1)} with the step h = {shown(h, 1)}"
    if estimate.error is not None and math.isfinite(estimate.error[row, column]):
        off += f" (its error estimate is {shown(estimate.error[row, column], 1)})"
    along = None
    try:
        along = _Along(problem, row, column)
        truncation = float(along.difference(h) - target.value)
        if along.is_elsewhere(h):
            return f"a branch: within its step the function takes another branch than at the point; {off}"
        round_off = abs(float(target.value) + truncation - value)
    except _FAILURES:
        truncation = _part_by_twice_the_step(problem, value, row, column, h)
        round_off = abs(float(target.value - value)) - truncation
        along = None
    if abs(truncation) > round_off:
        why = "truncation"
    else:
        why = "round-off"
        off += "" if value else "; f(x + h) and f(x − h) are equal in float64"
    return f"{why}: {off}{_advice(along, target, value, round_off * h) if along is not None else ''}"


def _advice(along: _Along, target: Exact, value: float, seen: float) -> str:
    """The step cbrt(3 noise/|f‴|), where truncation h²|f‴|/6 and round-off noise/h are least together
    (Nocedal & Wright 2006, ch. 8.1), if it was tried and leaves less of an error.

    seen: the noise of the function at x ± h.
    """
    try:
        noise, third = max(along.noise(), seen), along.third()
        if noise == 0:
            return ""
        if third == 0:
            return "; the longer the step, the better, because f‴ is 0 here"
        best = math.cbrt(3 * noise / third)
        if best > FARTHEST * max(1.0, abs(along.x)):
            return ""
        expected = noise / best + abs(float(along.difference(best) - target.value))
    except _FAILURES:
        return ""
    tried = abs(along.in_double(best) - float(target.value))
    enough = abs(float(target.value - value)) / 3
    if not (expected < enough and tried < enough):  # nan is no better
        return "; no other step does much better"
    return f"; the best step would be about {shown(best, 1)}, with an error of about {shown(expected, 1)}"


class _Along:
    """One output as a function of one element of the arguments, in many digits."""

    def __init__(self, problem: Problem, row: int, column: int) -> None:
        self.problem, self.row, self.column = problem, row, column
        self.program = problem.straight
        self.numbers = Precise(2 * problem.digits + 60)
        self.inputs = [self.numbers.constant(v) for v in problem.traced_inputs]
        self.x = float(problem.flat()[column])

    def at(self, moved: Any) -> Any:
        """The function with the element replaced by an mpmath number."""
        argument, element = column_of(self.problem, self.column)
        place = self.problem.wrt_places[argument]
        inputs = list(self.inputs)
        if np.shape(inputs[place]):
            inputs[place] = inputs[place].copy()
            inputs[place].flat[element] = moved
        else:
            inputs[place] = moved
        return np.ravel(np.asarray(evaluate(self.program, inputs, self.numbers)[0], dtype=object))[self.row]

    def difference(self, h: float) -> Any:
        """D(h) without rounding."""
        above, below = (self.numbers.number(v) for v in (self.x + h, self.x - h))
        return (self.at(above) - self.at(below)) / (above - below)

    def third(self) -> float:
        """|f‴|, by a difference so short that it has 15 digits and more."""
        number = self.numbers.number
        h = number(abs(self.x) or 1.0) * number(10) ** -10
        values = [self.at(number(self.x) + s * h) for s in (2, 1, -1, -2)]
        return abs(float((values[0] - 2 * values[1] + 2 * values[2] - values[3]) / (2 * h**3)))

    def is_elsewhere(self, h: float) -> bool:
        """Whether the function does otherwise at x ± h than its trace from x."""
        for s in (1, -1):
            moved = self.problem.flat()
            moved[self.column] += s * h
            inputs = self.problem.with_values(moved)
            with np.errstate(all="ignore"):
                (traced,) = evaluate(self.program, [inputs[name] for name in self.problem.traced])
            own = function_value(self.problem, moved)[self.row]
            if not math.isclose(np.ravel(traced)[self.row], own, rel_tol=1e-3, abs_tol=1e-300):
                return True
        return False

    def noise(self) -> float:
        """The rounding error to expect of the function at x; 0 where float64 can't say."""
        sensitivity = Sensitivity(self.problem.needs_program(), self.problem.traced_inputs)
        expected = sensitivity.of_operations(element=self.row) * unit_of(self.problem) / 2.0**-53
        return expected if math.isfinite(expected) else 0.0

    def in_double(self, h: float) -> float:
        """D(h) as the function itself gives it."""
        return float(centered(self.problem, self.column, h)[self.row])


def _part_by_twice_the_step(problem: Problem, value: float, row: int, column: int, h: float) -> float:
    """The truncation of a black box's difference, estimated by another one with twice the step."""
    return abs(float(centered(problem, column, 2 * h)[row]) - value) / 3
