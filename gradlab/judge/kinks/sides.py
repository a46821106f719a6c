"""What a traced function does on each side of a point: its slope there, and the value it tends to.

Nobody's derivative rules: the function is traced anew a little beside the point, so that Python's own
branches are those of that side, and its program is evaluated at 50 digits ever closer to the point. Four
values on a line, none of them at the point itself, give the slope there (a cubic through them). Where the
slopes settle as the distance shrinks, they have a limit; where they grow, they are unbounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from gradlab.engine.program import Program, evaluate
from gradlab.engine.rounding import UNIT, Sensitivity
from gradlab.engine.simplify import simplify
from gradlab.engine.trace import TraceError, as_input, trace
from gradlab.judge.compare import Exact
from gradlab.methods import Problem, function_value
from gradlab.numbers.precise import Precise

STAGES = (((3, 0, -3, -6, -20, -40), 140), ((-20, -40, -110, -150, -200, -330), 760))
"""Powers of ten, in units of the distance at which the kink is left in float64, and the digits carried. The
finest are asked only where the slopes have not settled: a kink in float64 may be at another place at 50
digits, a rounding away.
"""
SPARE = 20
"""Of the digits, for what the function itself cancels."""
SETTLED = 1e-15
"""Slopes at two distances that differ by less, relatively, have settled."""
CLOSING = 0.75
"""Differences of slopes that shrink by this from distance to distance have a limit."""
LASTING = 0.9
"""What is left of a jump from distance to distance."""
ROUNDINGS = 64
VAGUE = 1e-9
"""Of a value, for its noise where that is not known."""
_SLOPE = (-26, 57, -42, 11)
"""Six times the derivative at 0 of the cubic through values at 1, 2, 3, 4."""
_LIMIT = (4, -6, 4, -1)
"""Its value at 0."""


class Unevaluable(Exception):
    """The function's trace can't be evaluated at 50 digits beside the point."""


@dataclass(frozen=True)
class Side:
    """One output on one side of the point."""

    slope: float
    """inf where it is unbounded, nan where there is none."""
    error: float = 0.0
    """An estimate of the slope's."""
    limit: float = math.nan
    """What the value tends to."""
    jumps: bool = False
    """Whether that is not the value at the point."""
    defined: bool = True
    exact: Exact | None = None
    """The slope at 50 digits."""

    @property
    def settles(self) -> bool:
        """Whether the slope is a number."""
        return math.isfinite(self.slope)


NOWHERE = Side(math.nan, defined=False)
"""Beyond the edge of the domain."""

Sides = tuple[Side, Side]
"""Left and right."""


def exact_sides(problem: Problem, direction: np.ndarray, distance: float) -> list[Sides]:
    """Both sides of every output along a direction of the derived arguments' elements.

    distance: how far from the point, in units of the direction, the function is off its kinks. Slopes are
    by the direction's own length. Raises Unevaluable.
    """
    left, right = (_side(problem, sign * direction, distance) for sign in (-1, 1))
    return [(_mirrored(a), b) for a, b in zip(left, right, strict=True)]


def _mirrored(side: Side) -> Side:
    exact = None if side.exact is None else Exact(-side.exact.value, side.exact.error)
    return Side(0.0 - side.slope, side.error, side.limit, side.jumps, side.defined, exact)


def _side(problem: Problem, direction: np.ndarray, distance: float) -> list[Side]:
    """Every output as the point is approached from where the direction shows."""
    move = direction * distance
    program = _program_at(problem, move)
    if program is None:
        return [NOWHERE] * problem.rows
    plain, noise = called(problem, move), _noise(problem, program, move)
    for exponents, digits in STAGES:
        approaches = _approached(program, problem, direction, distance, exponents, digits)
        if all(_has_settled(approach) for approach in approaches):
            break
    return [
        _as_side(approach, float(problem.value[i]), noise[i]) if math.isfinite(plain[i]) else NOWHERE
        for i, approach in enumerate(approaches)
    ]


@dataclass(frozen=True)
class _Near:
    """What four values of one output, at one distance, say of the point; mpmath numbers."""

    slope: Any
    limit: Any
    rounding: Any
    """Of the values, at these digits."""
    step: Any

    @property
    def slope_rounding(self) -> Any:
        return self.rounding / self.step


def _approached(
    program: Program,
    problem: Problem,
    direction: np.ndarray,
    distance: float,
    exponents: Sequence[int],
    digits: int,
) -> list[list[_Near]]:
    """For every output, what is seen ever closer to the point; no closer than where all have settled."""
    smallest = float(np.min(np.abs(direction[direction != 0]))) * distance
    numbers = Precise(digits + max(0, -math.floor(math.log10(smallest))))
    value = _along(program, problem, direction, numbers)
    outputs: list[list[_Near]] = [[] for _ in range(problem.rows)]
    for exponent in exponents:
        step = numbers.number(distance) * numbers.number(10) ** exponent
        points = [value(k * step) for k in (1, 2, 3, 4)]
        for seen, values in zip(outputs, zip(*points, strict=True), strict=True):
            rounding = numbers.number(10) ** (SPARE - digits) * max(map(abs, values))
            seen.append(
                _Near(_weighed(_SLOPE, values) / (6 * step), _weighed(_LIMIT, values), rounding, step)
            )
        if all(len(seen) > 2 and _has_settled(seen) for seen in outputs):
            break
    return outputs


def _noise(problem: Problem, program: Program, move: np.ndarray) -> list[float]:
    """What rounding may do to each output, in float64 as in the program's constants: less is no jump."""
    sensitivity = Sensitivity(program, moved_inputs(problem, move))
    found = []
    for i, here in enumerate(np.abs(problem.value).tolist()):
        rounding = sensitivity.of_operations(element=i) + sensitivity.of_constants(element=i)
        found.append(ROUNDINGS * (rounding + UNIT * here) if math.isfinite(rounding) else VAGUE * here)
    return found


def called(problem: Problem, move: np.ndarray) -> np.ndarray:
    """The user's own function beside the point; nan where it is not defined."""
    return function_value(problem, problem.flat() + move).astype(np.float64)


def moved_inputs(problem: Problem, move: np.ndarray) -> list[Any]:
    """The program's inputs, as the engine takes them, with the derived arguments' elements moved."""
    inputs = [as_input(x) for x in problem.traced_inputs]
    start = 0
    for place in problem.wrt_places:
        shape = np.shape(inputs[place])
        size = math.prod(shape)
        part = move[start : start + size]
        start += size
        if np.any(part):
            inputs[place] = inputs[place] + (part.reshape(shape) if shape else float(part[0]))
    return inputs


def _program_at(problem: Problem, move: np.ndarray) -> Program | None:
    """The program of that side, without what only decides its branches; None beyond the domain's edge."""
    program = problem.needs_program()
    if not program.branches:
        return problem.straight

    def on_tracers(*values: Any) -> Any:
        return problem.call({**problem.inputs, **dict(zip(problem.traced, values, strict=True))})

    try:
        with np.errstate(all="ignore"):
            beside, _ = trace(on_tracers, moved_inputs(problem, move))
    except TraceError as error:
        raise Unevaluable(str(error)) from None
    except (ArithmeticError, ValueError):
        return None
    return simplify(beside, branches=False)


def _along(
    program: Program, problem: Problem, direction: np.ndarray, numbers: Precise
) -> Callable[[Any], list[Any]]:
    """The outputs at a distance in the direction; nan where one is not a real number."""
    fixed = [numbers.constant(x) for x in problem.traced_inputs]
    moving = []
    start = 0
    for place in problem.wrt_places:
        shape = np.shape(problem.traced_inputs[place])
        size = math.prod(shape)
        part = direction[start : start + size]
        start += size
        if np.any(part):
            moving.append((place, numbers.constant(part.reshape(shape) if shape else float(part[0]))))

    def value(distance: Any) -> list[Any]:
        inputs = list(fixed)
        for place, part in moving:
            inputs[place] = fixed[place] + distance * part
        try:
            (result,) = evaluate(program, inputs, numbers)
        except (LookupError, ArithmeticError, ValueError, TypeError) as error:
            raise Unevaluable(str(error)) from None
        return [_real(numbers, v) for v in np.ravel(np.asarray(result, dtype=object)).tolist()]

    return value


def _real(numbers: Precise, value: Any) -> Any:
    try:
        return numbers.context.mpf(value)
    except TypeError:  # complex
        return numbers.context.nan


def _weighed(weights: Sequence[int], values: Sequence[Any]) -> Any:
    return sum((w * v for w, v in zip(weights, values, strict=True)), start=0 * values[0])


def _has_settled(seen: Sequence[_Near]) -> bool:
    before, last = seen[-2:]
    allowed = SETTLED * abs(last.slope) + last.slope_rounding
    return bool(abs(last.slope - before.slope) <= allowed)


def _as_side(seen: Sequence[_Near], here: float, noise: float) -> Side:
    """What slopes and values ever closer to the point come to."""
    last = seen[-1]
    if not abs(last.slope) < math.inf:
        return NOWHERE
    slopes = [near.slope for near in seen]
    off = [abs(near.limit - here) for near in seen[-2:]]
    jumps = bool(off[1] > LASTING * off[0] and off[1] > noise + last.rounding)
    limit = float(last.limit)
    changes = [abs(b - a) for a, b in pairwise(slopes)]
    now = changes[-1]
    if _has_settled(seen):
        error = now + last.slope_rounding
        return Side(float(last.slope), float(error), limit, jumps, exact=Exact(last.slope, error))
    if all(b <= CLOSING * a for a, b in pairwise(changes[-3:])):
        tends = last.slope if abs(last.slope) > now else 0 * now
        return Side(float(tends), float(2 * now), limit, jumps, exact=Exact(tends, 2 * now))
    if abs(slopes[-1]) > abs(slopes[-2]) > abs(slopes[-3]):
        return Side(math.inf if slopes[-1] > 0 else -math.inf, math.inf, limit, jumps)
    return Side(math.nan, math.inf, limit, jumps)
