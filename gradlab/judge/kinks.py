"""Is the function differentiable here? Branches and selections tell by how much they were decided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradlab.engine.program import Program, run
from gradlab.methods import Problem, function_value

MOST_COMPONENTS = 64


@dataclass(frozen=True)
class Kink:
    """A place where the function is decided by nothing: which operation, and where it stands."""

    operation: str
    location: str


@dataclass(frozen=True)
class Slopes:
    """One-sided slopes of one component."""

    column: int
    left: float
    right: float

    @property
    def agree(self) -> bool:
        if not (math.isfinite(self.left) and math.isfinite(self.right)):
            return False
        return abs(self.right - self.left) <= 1e-4 * max(abs(self.left), abs(self.right)) + 1e-9


def kinks_at(program: Program, inputs: Sequence[object]) -> list[Kink]:
    """The branches and selections whose margin is zero at the point."""
    found = [Kink("the comparison", b.location) for b in program.branches if b.margin == 0]
    with np.errstate(all="ignore"):
        values = run(program, inputs)
        for equation, location in zip(program.equations, program.locations, strict=True):
            primitive = equation.primitive
            if primitive.kinks is None or primitive.partials is not None and all(p is None for p in primitive.partials) and not _steers(program, equation.result):
                continue
            operands = [np.asarray(values[i]) for i in equation.operands]
            margin = np.asarray(primitive.kinks(np.asarray(values[equation.result]), *operands, **equation.parameters))
            if np.any(margin == 0):
                found.append(Kink(primitive.name, location))
    return found


def _steers(program: Program, slot: int) -> bool:
    """Whether a comparison's result goes into a selection (np.where) or arithmetic."""
    return any(slot in e.operands for e in program.equations)


def one_sided_slopes(problem: Problem) -> list[Slopes]:
    """Left and right slopes of the user's function by each component, by extrapolated one-sided
    differences; for the sum of the outputs where there are several."""
    x = problem.flat()
    here = function_value(problem, x)
    slopes = []
    for j in range(min(x.size, MOST_COMPONENTS)):
        sides = []
        for sign in (-1.0, 1.0):
            h = sign * 1e-5 * max(1.0, abs(x[j]))
            near, far = (_difference(problem, x, here, j, step) for step in (h / 2, h))
            sides.append(math.copysign(math.inf, near) if abs(near) > 1.3 * abs(far) else 2 * near - far)
        slopes.append(Slopes(j, *sides))
    return slopes


def _difference(problem: Problem, x: np.ndarray, here: np.ndarray, j: int, step: float) -> float:
    moved = x.copy()
    moved[j] += step
    return float(np.sum(function_value(problem, moved) - here) / (moved[j] - x[j]))
