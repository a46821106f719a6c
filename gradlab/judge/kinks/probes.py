"""What a function that can only be called does on each side of a point, judged from float64 values.

One-sided differences at distances from a tenth of the argument's size down to its last digits. A kink is
a difference of the two sides' slopes that stays as the distance shrinks (that of a smooth function goes as
the distance), a jump a change of the value that stays. Both must rise above the noise of the function,
which is measured on each side by itself, and must stay down to the finest distance that noise leaves legible:
what is steep or oscillates looks like a jump from afar, and a knot beside the point like a kink.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from gradlab.judge.kinks.sides import NOWHERE, Side, Sides, called
from gradlab.methods import Problem
from gradlab.methods.finite_difference import measured_noise, precision_of

CLEAR = 10.0
"""What is this many times its noise is seen."""
STEADY = 0.15
"""What changes by no more, relatively, over three distances stays."""
GROWING = 1.3
"""Slopes that grow by this much from distance to distance are unbounded."""
ASIDE = 2.0**-5
"""Where the noise is measured, in units of the argument's size: beside the point, for a kink is not noise."""
REACH = 8.0
"""Of the line that shows the noise, in units of how far aside it is: it does not reach back to the point."""
DEVIATIONS = 3.0
_FARTHER = 10.0 ** -np.array([18, 22, 27, 33, 40, 60, 80, 100, 120, 140, 160, 180, 200, 250])
"""Of an argument that is 0, whose size is anything."""


def probed_sides(problem: Problem, direction: np.ndarray, noise: np.ndarray) -> list[Sides]:
    """Both sides of every output along a direction; noise is that of the outputs, from `noise_beside`.

    Slopes are by the direction's own length. Sides that can't be told apart have the same slope.
    """
    levels = [_around(problem, direction, h, noise) for h in _distances(problem, direction)]
    return [_judged([level[i] for level in levels]) for i in range(problem.rows)]


def noise_beside(problem: Problem) -> np.ndarray:
    """The noise of each output, measured on both sides of the point: the larger."""
    x = problem.flat()
    size = np.where(x == 0, 1.0, np.abs(x))
    aside = ASIDE * size * np.random.default_rng(0).choice([1.0, -1.0], x.size)
    noise = np.zeros(problem.rows)
    for move in (aside, -aside):
        value = called(problem, move)
        if np.all(np.isfinite(value)):
            moved = replace(problem, inputs=problem.with_values(x + move), value=value)
            noise = np.fmax(noise, np.nan_to_num(measured_noise(moved, REACH * np.abs(aside)), posinf=0.0))
    return DEVIATIONS * noise


def _distances(problem: Problem, direction: np.ndarray) -> list[float]:
    """From wide to fine, in units of the direction; powers of two, so that x moved by them is exact."""
    x, moving = problem.flat(), direction != 0
    finest = 4 * precision_of(problem)
    length = np.abs(direction[moving])
    wide = float(np.min(np.maximum(1.0, np.abs(x[moving])) / length))
    found = [wide * 10.0**-k for k in range(1, 16) if 10.0**-k > finest]
    size = float(np.min(np.abs(x[moving]) / length))
    if 0 < size < 1e-2 * wide:
        found += [size * 10.0**-k for k in range(1, 16) if 10.0**-k > finest]
    if not np.any(x[moving]):
        found += list(wide * _FARTHER)
    return sorted((2.0 ** round(math.log2(h)) for h in found), reverse=True)


@dataclass(frozen=True)
class _Around:
    """One output around the point, at one distance."""

    distance: float
    here: float
    right: float
    farther_right: float
    left: float
    farther_left: float
    noise: float

    def change(self, side: int) -> float:
        """The value that a line through the side's two points has at the point, less the value there."""
        near, far = (self.right, self.farther_right) if side > 0 else (self.left, self.farther_left)
        return 2 * near - far - self.here

    def slope(self, side: int, jumps: bool) -> float:
        """Of a parabola through the point and the side's two; of the two alone where the value jumps."""
        near, far = (self.right, self.farther_right) if side > 0 else (self.left, self.farther_left)
        rise = far - near if jumps else (4 * near - far - 3 * self.here) / 2
        return side * rise / self.distance + 0.0


def _around(problem: Problem, direction: np.ndarray, h: float, noise: np.ndarray) -> list[_Around]:
    """Every output at a distance and at twice that, on both sides."""
    values = [called(problem, k * h * direction) for k in (1, 2, -1, -2)]
    size = np.max(np.nan_to_num(np.abs([problem.value, *values]), nan=0.0, posinf=0.0), axis=0)
    rounding = noise + 4 * precision_of(problem) * size
    columns = np.array([problem.value, *values, rounding], dtype=float).T.tolist()
    return [_Around(h, *column) for column in columns]


def _judged(values: list[_Around]) -> Sides:
    with np.errstate(all="ignore"):
        left, right = _one(values, -1), _one(values, 1)
        if not (left.defined and right.defined) or left.jumps or right.jumps or not left.settles:
            return left, right
        gaps = [(v.slope(1, False) - v.slope(-1, False), 8 * v.noise / v.distance) for v in values]
        at = _steady(gaps)
    if at is None:  # nothing to tell them apart by
        return left, replace(left, limit=right.limit)
    apart = abs(left.slope - right.slope) / 4  # that they differ is settled
    return replace(left, error=min(left.error, apart)), replace(right, error=min(right.error, apart))


def _one(values: list[_Around], side: int) -> Side:
    """One side by itself: is it there, does the value jump, is the slope bounded?"""
    near = [v.right if side > 0 else v.left for v in values]
    if not any(math.isfinite(n) for n in near[-8:]):
        return NOWHERE
    at = _steady([(v.change(side), 4 * v.noise) for v in values])
    jumps = at is not None
    slopes = [(v.slope(side, jumps), 4 * v.noise / v.distance) for v in values]
    at = _decisive(slopes)
    if at is None:
        value, error = min(slopes, key=lambda s: abs(s[0]) + s[1] if math.isfinite(s[0]) else math.inf)
        return Side(value + 0.0, abs(value) + error, near[-1], jumps)
    first, second, last = (abs(slope) for slope, _ in slopes[at - 2 : at + 1])
    if not jumps and last > GROWING * second > GROWING * GROWING * first:
        return Side(math.copysign(math.inf, slopes[at][0]), math.inf, near[-1])
    level = min(range(max(1, at - 6), at + 1), key=lambda k: _uncertain(slopes, k))
    return Side(slopes[level][0], _uncertain(slopes, level), near[-1], jumps)


def _uncertain(slopes: list[tuple[float, float]], k: int) -> float:
    change = abs(slopes[k][0] - slopes[k - 1][0])
    return change + slopes[k][1] if math.isfinite(change) else math.inf


def _decisive(measured: list[tuple[float, float]]) -> int | None:
    """The finest place whose noise is below what is seen there or at the two before."""
    for at in range(len(measured) - 1, 1, -1):
        seen = [abs(value) for value, _ in measured[at - 2 : at + 1]]
        if all(math.isfinite(s) for s in seen) and CLEAR * measured[at][1] < max(seen):
            return at
    return None


def _steady(measured: list[tuple[float, float]]) -> int | None:
    """The finest legible place, if what is measured stays the same towards it."""
    at = _decisive(measured)
    if at is None:
        return None
    three = [value for value, _ in measured[at - 2 : at + 1]]
    low, high = min(three), max(three)
    return at if low * high > 0 and high - low <= STEADY * max(abs(low), abs(high)) else None
