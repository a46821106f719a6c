"""Is the function differentiable here? Branches and selections tell by how much they were decided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradlab.engine.program import Program, run
from gradlab.engine.trace import at_line
from gradlab.judge.verdict import derivative_by
from gradlab.methods import Problem, function_value
from gradlab.methods.finite_difference import precision_of

MOST_COLUMNS = 2000
"""Elements whose slopes are looked at."""


@dataclass(frozen=True)
class Kink:
    """A place where the function is decided by nothing: which operation, and where it stands."""

    operation: str
    location: str


@dataclass(frozen=True)
class Slopes:
    """One-sided slopes of one output by one element."""

    row: int
    column: int
    left: float
    right: float
    closing: float
    """What is left of their distance when the step is 64 times shorter, as a share of it."""

    @property
    def agree(self) -> bool:
        """Whether they are the same, or become the same as the step shrinks (as of |x|^1.5 at 0)."""
        if not self.are_finite:
            return False
        return (
            self.closing < 0.7
            or abs(self.right - self.left) <= 1e-4 * max(abs(self.left), abs(self.right)) + 1e-9
        )

    @property
    def are_finite(self) -> bool:
        """Whether both are numbers."""
        return math.isfinite(self.left) and math.isfinite(self.right)

    @property
    def surely_differ(self) -> bool:
        """Whether they differ by more than noise could feign, of a function of which nothing else is known."""
        if self.are_finite:
            return not self.agree and self.closing < 1.5
        return math.isnan(self.left) != math.isnan(self.right)


def kinks_at(program: Program, inputs: Sequence[object]) -> list[Kink]:
    """The branches and selections whose margin is zero at the point."""
    found = [Kink("the comparison", b.location) for b in program.branches if b.margin == 0]
    with np.errstate(all="ignore"):
        values = run(program, inputs)
        for equation, location in zip(program.equations, program.locations, strict=True):
            primitive = equation.primitive
            if primitive.kinks is None or (
                primitive.partials is not None
                and all(p is None for p in primitive.partials)
                and not _steers(program, equation.result)
            ):
                continue
            operands = [np.asarray(values[i]) for i in equation.operands]
            margin = np.asarray(
                primitive.kinks(np.asarray(values[equation.result]), *operands, **equation.parameters)
            )
            if np.any(margin == 0):
                found.append(Kink(primitive.name, location))
    return found


def _steers(program: Program, slot: int) -> bool:
    """Whether a comparison's result goes into a selection (np.where) or arithmetic."""
    return any(slot in e.operands for e in program.equations)


def one_sided_slopes(problem: Problem) -> list[Slopes]:
    """Left and right slopes of every output of the user's function by each element, by extrapolated
    one-sided differences.
    """
    x = problem.flat()
    here = function_value(problem, x)
    found = []
    for j in range(min(x.size, MOST_COLUMNS)):
        h = (1e-5 if precision_of(problem) < 1e-10 else 1e-2) * max(1.0, abs(x[j]))
        left, right, near_left, near_right = (
            _slope(problem, x, here, j, step) for step in (-h, h, -h / 64, h / 64)
        )
        with np.errstate(all="ignore"):
            closing = np.abs(near_right - near_left) / np.abs(right - left)
        found += [
            Slopes(i, j, float(left[i]), float(right[i]), float(closing[i])) for i in range(problem.rows)
        ]
    return found


def _slope(problem: Problem, x: np.ndarray, here: np.ndarray, j: int, h: float) -> np.ndarray:
    """The slopes on one side, extrapolated; infinite where they grow as the step shrinks."""
    near, far = (_difference(problem, x, here, j, step) for step in (h / 2, h))
    slope: np.ndarray = np.where(np.abs(near) > 1.3 * np.abs(far), np.copysign(np.inf, near), 2 * near - far)
    return slope


def _difference(problem: Problem, x: np.ndarray, here: np.ndarray, j: int, step: float) -> np.ndarray:
    moved = x.copy()
    moved[j] += step
    with np.errstate(all="ignore"):
        change = function_value(problem, moved) - here
    change[np.abs(change) <= 8 * precision_of(problem) * np.abs(here)] = 0.0  # rounding, not slope
    difference: np.ndarray = change / (moved[j] - x[j])
    return difference


@dataclass(frozen=True)
class Broken:
    """A point where the function is not differentiable: what is said of it, and the slopes that differ."""

    sentences: tuple[str, ...]
    slopes: tuple[Slopes, ...]
    reason: str

    def holds(self, row: int, column: int) -> bool:
        """Whether this component of the derivative is one that does not exist."""
        return any(s.row == row and s.column == column for s in self.slopes)


def broken_at(problem: Problem, components: Sequence[str]) -> Broken | None:
    """Where the one-sided slopes differ: at a kink that the trace shows, or for a function that can't be
    traced, wherever noise could not feign it. None where the function is differentiable.
    """
    if problem.program is None:
        sentences = []
        slopes = [s for s in one_sided_slopes(problem) if s.surely_differ]
    else:
        kinks = kinks_at(problem.program, problem.traced_inputs)
        sentences = [f"{kink.operation} is exactly at its kink{at_line(kink.location)}" for kink in kinks]
        slopes = [s for s in one_sided_slopes(problem) if not s.agree] if kinks else []
    if not slopes:
        return None
    of_slopes = [
        f"{derivative_by(components[s.row * problem.columns + s.column])}: {_told(s)}" for s in slopes
    ]
    reason = f"not differentiable here: {'; '.join([*sentences[:1], of_slopes[0]])}"
    return Broken((*sentences, *of_slopes), tuple(slopes), reason)


def _told(slopes: Slopes) -> str:
    left, right = (
        "not defined" if math.isnan(s) else "unbounded" if math.isinf(s) else f"{s:.6g}"
        for s in (slopes.left, slopes.right)
    )
    sides = f"{left} from both sides" if left == right else f"{left} from the left and {right} from the right"
    return f"the slope is {sides}"


def against_slopes(broken: Broken, claimed: np.ndarray) -> tuple[bool, str]:
    """(whether every claimed value lies between the one-sided slopes, what is said of it)."""
    said = ""
    for slopes in broken.slopes:
        value = float(claimed[slopes.row, slopes.column])
        if slopes.are_finite and math.isfinite(value):
            low, high = sorted((slopes.left, slopes.right))
            if not low - 1e-6 <= value <= high + 1e-6:
                return False, f"the claimed {value:g} is not between them"
            said = said or f"the claimed {value:g} is a value between them, as a subgradient may be"
    return True, said
