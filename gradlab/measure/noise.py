"""The noise of a computed function, from its values at points close to each other.

ECnoise: J. J. Moré and S. M. Wild, Estimating computational noise, SIAM J. Sci. Comput. 33 (2011).
Differences of a smooth function vanish as their order grows, and those of noise don't: where three
orders in a row give the same standard deviation, and their signs change, it is the noise's.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

VALUES = 13
"""Points on the line."""
SPACINGS = (-44, -36, -28, -20, -12, -6)
"""Powers of two of the argument's size, tried in turn: a function that rounds its result, or works in
float32, has the same value at points that are too close.
"""
CROOKED = 0.7548776662466927
"""Spacings are shortened by it: at round ones an inner rounding may be the same at every point."""
AGAIN = 2
"""So many spacings have to show noise, and the largest counts: at one of them it may be hidden by chance."""
AGAIN_ROUNDED = 4
"""Of a function that has the same value at close points: what it is rounded to hides more often."""
NOISE = 1e-6
"""A structure that is smaller than this share of the function counts as noise at every spacing: the roundings
of a cancellation look smooth from nearby.
"""
BROKEN = 1e-6
"""What vanishes beside a kink or a jump: squares."""
STRUCTURE = 1e-2
"""What is larger than this share of the function, and shows at a wider spacing alone, is the function."""
ALIKE = 4.0
"""Standard deviations of three orders that differ by no more are the same."""


def ecnoise(values: np.ndarray) -> np.ndarray:
    """The standard deviation of the noise in each column of values at equally spaced points.

    values: shape (points, columns), 6 points at least. NaN where the differences do not look like noise
    or more than half the neighbours are equal: the points are too far from each other, or too close.

    >>> random = np.random.default_rng(0).normal(0, 1e-9, 9)
    >>> smooth = np.exp(1e-4 * np.arange(9.0))
    >>> np.round(np.log10(ecnoise(np.stack([smooth + random, np.ones(9)], axis=1))), 0)
    array([-9., nan])
    """
    points, columns = values.shape
    with np.errstate(all="ignore"):
        unit = np.max(np.abs(values), axis=0)  # so that squares neither overflow nor underflow
        differences = np.diff(values / unit, axis=0)
        broken = _are_broken(differences)
        sizes, changes = np.full((points - 1, columns), np.nan), np.zeros((points - 1, columns), dtype=bool)
        for order in range(1, points):
            share = math.factorial(order) ** 2 / math.factorial(2 * order)
            sizes[order - 1] = np.sqrt(share * np.mean(differences**2, axis=0))
            changes[order - 1] = (differences.min(axis=0) < 0) & (differences.max(axis=0) > 0)
            differences = np.diff(differences, axis=0)
        found = np.full(columns, np.nan)
        for order in range(points - 3):
            three = sizes[order : order + 3]
            alike = (three.max(axis=0) <= ALIKE * three.min(axis=0)) & changes[order]
            found = np.where(np.isnan(found) & alike, sizes[order], found)
    found[_are_too_close(values) | broken] = np.nan
    noise: np.ndarray = found * unit
    return noise


def direction_of(size: np.ndarray, seed: int = 0) -> np.ndarray:
    """A random direction whose elements are about as large as `size` has them. They are short fractions of
    powers of two, so that x moved by a power of two of it is exact wherever it stays in its binade.

    >>> direction_of(np.array([1.0, 0.1, 1e-20])) / [1.0, 0.1, 1e-20]
    array([-1.75      , -0.9375    , -1.01643954])
    """
    generator = np.random.default_rng(seed)
    share = generator.choice([1.0, 1.25, 1.5, 1.75], size.shape) * generator.choice([-1.0, 1.0], size.shape)
    direction: np.ndarray = np.where(size == 0, 0.0, np.ldexp(share, np.frexp(size)[1] - 1))
    return direction


def measured(along: Callable[[float], np.ndarray], coarsest: float = 2.0**-52) -> np.ndarray:
    """The noise of each output of a function on a line, around its origin.

    along: gives the outputs, shape (outputs,), at a distance in units of the argument's size. coarsest:
    the ε of the argument's type; closer points would not be apart. Zero where no noise shows; where the
    differences never look like noise, the least that they leave.

    >>> noisy = lambda t: np.array([np.round(np.exp(t), 5), np.exp(t)])
    >>> measured(noisy) < [1e-5, 1e-15]
    array([ True,  True])
    """
    middle = (VALUES - 1) / 2
    seen: list[np.ndarray] = []
    wanted, least, size = np.array(AGAIN), np.array(np.nan), np.abs(along(0.0))
    for exponent in SPACINGS:
        if 2.0**exponent < 16 * coarsest and exponent < SPACINGS[-1]:
            continue
        spacing = 2.0**exponent * CROOKED
        values = np.array([along((i - middle) * spacing) for i in range(VALUES)])
        seen.append(ecnoise(values))
        least = np.fmin(least, _left_at_last(values))
        wanted = np.where(_are_too_close(values), AGAIN_ROUNDED, wanted)
    order, noises = np.cumsum(np.isfinite(seen), axis=0), np.array(seen)
    small = (noises <= NOISE * size) | ((order <= wanted) & (noises <= STRUCTURE * size))
    counts = (order <= 1) | small
    found = np.fmax.reduce(np.where(counts, seen, np.nan))
    return np.nan_to_num(np.where(np.isnan(found), least, found))


def _are_broken(differences: np.ndarray) -> np.ndarray:
    """Whether all of the second differences but three neighbours vanish beside these: a kink or a jump in a
    smooth function, or two about the point, which is no noise.
    """
    squares = np.diff(differences, axis=0) ** 2
    largest = np.max(squares[2:] + squares[1:-1] + squares[:-2], axis=0)
    broken: np.ndarray = np.sum(squares, axis=0) - largest <= BROKEN * largest
    return broken


def _left_at_last(values: np.ndarray) -> np.ndarray:
    """What the highest order leaves, as if it were noise; NaN where the values hardly differ."""
    order = len(values) - 3
    share = math.factorial(order) ** 2 / math.factorial(2 * order)
    with np.errstate(all="ignore"):
        unit = np.max(np.abs(values), axis=0)
        left = unit * np.sqrt(share * np.mean(np.diff(values / unit, order, axis=0) ** 2, axis=0))
    return np.where(_are_too_close(values), np.nan, left)


def _are_too_close(values: np.ndarray) -> np.ndarray:
    """Whether more than half the neighbours in each column are equal."""
    too_close: np.ndarray = np.mean(np.diff(values, axis=0) == 0, axis=0) > 0.5
    return too_close
