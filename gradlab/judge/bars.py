"""What can only be called: its slopes with error bars, along elements and other directions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradlab.judge.compare import Exact, Reference
from gradlab.measure.noise import SPACINGS, VALUES
from gradlab.measure.slope import Samples, extrapolated, quantum_of, steps
from gradlab.methods import Problem, function_value
from gradlab.methods.finite_difference import measured_noise
from gradlab.numbers.precise import Precise

FINER = 28
"""Where a slope does not settle, its next steps begin shorter by 2**FINER …"""
FAMILIES = 4
"""… so often at most."""
SETTLED = 2.0**-10
"""A slope has settled if its bar is no longer than this share of it …"""
FLAT = 1e-7
"""… or than this share of f itself, as along x of cos x at 0."""
UNSOUND = 1e-9
"""A computed function is another than the one that was meant: by this share its slopes may differ …"""
CONDITION = 10.0
"""… and by so many times its relative noise, which tells how it magnifies roundings."""
TINY = 2.0**-8
"""An element that is smaller is asked with steps of its own size too."""
JUMPS = 2.0**9
"""Jumps are looked for so many steps to the left and right, and up to twice as many."""
STEP = 1e-3
"""A function that goes in steps of more than this share of its size may be meant to be flat between them."""


@dataclass(frozen=True)
class Direction:
    """A direction in the space of the derived arguments, by its elements that are not zero."""

    columns: np.ndarray
    sizes: np.ndarray

    def of(self, derivative: np.ndarray) -> np.ndarray:
        """The slopes along it, shape (rows,), of what has a derivative of shape (rows, columns)."""
        slopes: np.ndarray = derivative[:, self.columns] @ self.sizes
        return slopes


@dataclass(frozen=True)
class Measured:
    """Slopes along directions, with error bars; arrays of shape (rows, directions)."""

    value: np.ndarray
    bar: np.ndarray
    size: np.ndarray
    """Of f, as large as it was seen, by unit of the argument."""
    step: np.ndarray
    """The finest that the slope is made of."""
    same: np.ndarray
    """Whether f was the same on both sides at every step so far."""
    stepped: np.ndarray
    """Whether f goes in steps of more than STEP of its size."""
    calls: int

    def refined_by(self, finer: Measured, places: Sequence[int]) -> Measured:
        """With the slopes at finer steps in some places, where their bars are shorter; or where they
        contradict: what looks like noise from afar may be the function. Where f does not change any more at
        the finer steps it may be flat, or rounded: then either may be right.
        """
        value, bar, size, step = self.value.copy(), self.bar.copy(), self.size.copy(), self.step.copy()
        with np.errstate(invalid="ignore"):
            apart = np.abs(finer.value - value[:, places]) > finer.bar + bar[:, places]
        better = ((finer.bar < bar[:, places]) | apart) & np.isfinite(finer.bar) & np.isfinite(finer.value)
        silent = finer.same & ~self.same[:, places]
        either = silent & apart
        better &= ~silent
        bar[:, places] = np.where(either, bar[:, places] + np.abs(value[:, places]), bar[:, places])
        value[:, places] = np.where(better, finer.value, value[:, places])
        bar[:, places] = np.where(better, finer.bar, bar[:, places])
        size[:, places] = np.where(better, finer.size, size[:, places])
        step[:, places] = np.where(better, finer.step, step[:, places])
        stepped, same = self.stepped.copy(), self.same.copy()
        stepped[:, places] |= finer.stepped
        same[:, places] &= finer.same
        return Measured(value, bar, size, step, same, stepped, self.calls + finer.calls)

    def reference(self, row: int, place: int) -> Reference:
        """One slope as a reference; without a value where it did not settle."""
        value, bar = float(self.value[row, place]), float(self.bar[row, place])
        if not (math.isfinite(value) and math.isfinite(bar)):
            return Reference(None)
        number = Precise(30).number
        exact = Exact(number(value), number(bar))
        size, stepped = float(self.size[row, place]), bool(self.stepped[row, place])
        return Reference(exact, witnesses=("finite_difference",), scale=size, stepped=stepped)

    def is_settled(self) -> np.ndarray:
        """Which directions have a bar that tells something, for all rows."""
        short = np.maximum(SETTLED * np.abs(self.value), FLAT * self.size)
        settled: np.ndarray = self.bar <= np.maximum(short, np.finfo(np.float64).tiny)
        everywhere: np.ndarray = np.all(settled, axis=0)
        return everywhere


def element_slopes(problem: Problem, columns: Sequence[int]) -> Measured:
    """The derivatives by some elements. Steps begin at the element's size and at least 1; and again at
    its own size where that is tiny.
    """
    x = problem.flat()[list(columns)]
    lines = [Direction(np.array([j]), np.ones(1)) for j in columns]
    tiny = [k for k in range(len(columns)) if 0 < abs(x[k]) < TINY]
    return slopes_along(problem, lines, np.maximum(1.0, np.abs(x)), {k: abs(x[k]) for k in tiny})


def slopes_along(
    problem: Problem, directions: Sequence[Direction], sizes: np.ndarray, again: Mapping[int, float]
) -> Measured:
    """The slopes along directions, by steps that begin at a power of two near each one's size, and again
    at another size. Where a slope does not settle its steps go on, as far as float64 has numbers between.
    """
    shape = (problem.rows, len(directions))
    found = Measured(
        np.full(shape, np.nan),
        np.full(shape, np.inf),
        np.zeros(shape),
        np.ones(shape),
        np.ones(shape, dtype=bool),
        np.zeros(shape, dtype=bool),
        0,
    )
    quantum = np.full(shape, np.inf)
    exponents = np.frexp(sizes)[1] - 1
    units = np.ldexp(1.0, exponents)
    left = list(range(len(directions)))
    with np.errstate(all="ignore"):
        for _ in range(FAMILIES):
            found = _asked_again(problem, directions, exponents, left, found, quantum)
            exponents = exponents - FINER
            left = [k for k, settled in enumerate(found.is_settled()) if not settled]
            if not left:
                break
        if again:
            left = list(again)
            exponents[left] = np.frexp(list(again.values()))[1] - 1
            found = _asked_again(problem, directions, exponents, left, found, quantum)
        _widen_over_jumps(problem, directions, found, units)
    return found


def _widen_over_jumps(
    problem: Problem, directions: Sequence[Direction], found: Measured, units: np.ndarray
) -> None:
    """Lengthen the bars of slopes that are the same at the point and to both sides of it, but are not those
    of f on the whole in an interval on either side: there are jumps all over, as a cancellation makes them
    that leaves few digits. One jump is the edge of a branch, and in one of the intervals at most.
    """
    x = problem.flat()
    for k, direction in enumerate(directions):
        h = float(np.min(found.step[:, k]))
        aside = min(JUMPS * h, 2.0**-11 * float(units[k]))
        if aside < 8 * h:
            continue

        def beside(distance: float, direction: Direction = direction) -> np.ndarray:
            point = x.copy()
            point[direction.columns] += distance * direction.sizes
            return function_value(problem, point)

        value, bar = found.value[:, k], found.bar[:, k]
        off, jumps = np.full(problem.rows, np.inf), np.ones(problem.rows, dtype=bool)
        for side in (-aside, aside):
            local = (beside(2 * side + h) - beside(2 * side - h)) / (2 * h)
            on_the_whole = (beside(2 * side) - beside(side)) / side
            jumps &= np.abs(local - value) <= 0.01 * np.abs(value) + bar
            off = np.minimum(off, np.abs(on_the_whole - value))
        jumps &= off > 0.1 * np.abs(value) + 8 * bar
        found.bar[:, k] = np.where(jumps, bar + off, bar)


def _asked_again(
    problem: Problem,
    directions: Sequence[Direction],
    exponents: np.ndarray,
    places: Sequence[int],
    found: Measured,
    quantum: np.ndarray,
) -> Measured:
    """Some slopes with steps of other sizes; the quantum that has been seen is kept."""
    units = np.ldexp(1.0, exponents[list(places)])
    lines = [
        Direction(directions[k].columns, directions[k].sizes * unit)
        for k, unit in zip(places, units, strict=True)
    ]
    samples = _samples(problem, lines)
    if len(samples) < 3:
        return found
    return found.refined_by(_extrapolated(problem, lines, samples, units, places, quantum), places)


def _extrapolated(
    problem: Problem,
    lines: Sequence[Direction],
    samples: Sequence[Samples],
    units: np.ndarray,
    places: Sequence[int],
    quantum: np.ndarray,
) -> Measured:
    """The slopes that samples give, by units of the argument."""
    table = (problem.rows, len(lines))
    quantum[:, places] = np.minimum(quantum[:, places], quantum_of(samples).reshape(table))
    noise = measured_noise(problem, _sizes(problem, lines))
    slopes = extrapolated(samples, np.repeat(noise, len(lines)), quantum[:, places].ravel())
    size = np.fmax.reduce([s.size for s in samples]).reshape(table)
    unsound = np.minimum(1.0, UNSOUND + CONDITION * noise[:, None] / size)
    value, bar = slopes.value.reshape(table), slopes.bar.reshape(table)
    return Measured(
        value / units,
        (bar + unsound * np.abs(value)) / units,
        size / units,
        slopes.step.reshape(table) * units,
        np.all([s.change == 0 for s in samples], axis=0).reshape(table),
        (samples[-1].change == 0).reshape(table)
        & np.isfinite(quantum[:, places])
        & (quantum[:, places] > STEP * size),
        2 * len(samples) * len(lines) + len(SPACINGS) * VALUES + 1,
    )


def _sizes(problem: Problem, lines: Sequence[Direction]) -> np.ndarray:
    """How far the lines reach in each element; 0 where none goes."""
    sizes = np.zeros(problem.columns)
    for line in lines:
        sizes[line.columns] = np.maximum(sizes[line.columns], np.abs(line.sizes))
    return sizes


def _samples(problem: Problem, lines: Sequence[Direction]) -> list[Samples]:
    """Differences along every line, from the widest step to the finest that the numbers allow; arrays in
    the order of (rows, lines).
    """
    x, types = problem.flat(), problem.types
    middle = np.abs(problem.value)
    found = []
    for h in steps(np.ones(1)):
        step = float(h[0])
        columns = [_sample(problem, x, types, line, step) for line in lines]
        if all(column is None for column in columns):
            break
        nothing = np.full((5, problem.rows), np.nan)
        table = np.stack([nothing if c is None else c for c in columns], axis=2)
        difference, change, size, varied, skew = table.reshape(5, -1)
        size = np.fmax(size, np.repeat(middle, len(lines)))
        size[size == 0] = 1.0  # of a function that is 0 here nothing is known: as if its parts were of size 1
        found.append(Samples(np.full(size.shape, step), difference, change, size, varied, skew))
    return found


def _sample(
    problem: Problem, x: np.ndarray, types: Sequence[np.dtype], line: Direction, h: float
) -> np.ndarray | None:
    """(difference, |change|, size, varied, skew) of each output; None where the two points do not lie apart."""
    here, own = x[line.columns], [types[j] for j in line.columns]
    beside = [
        np.array([t.type(v) for t, v in zip(own, here + side * h * line.sizes, strict=True)], dtype=float)
        for side in (1, -1)
    ]
    up, down = ((points - here) / line.sizes for points in beside)
    if not (np.all(up > 0) and np.all(down < 0)):
        return None
    above, below = x.copy(), x.copy()
    above[line.columns], below[line.columns] = beside
    f_above, f_below = function_value(problem, above), function_value(problem, below)
    change = f_above - f_below
    distance = float(np.mean(up - down))
    astray = float(np.max(np.abs(up - down - distance)))
    bend = np.abs(f_above - problem.value + (f_below - problem.value))
    difference = change / distance
    rounded = 2.0**-52 * np.max(np.abs(here / line.sizes))  # as if the inner roundings were x's
    astray_by = (np.max(np.abs(up + down)) / 2 + rounded) / h**2
    skew = bend * astray_by + np.abs(difference) * astray / h
    size = np.fmax(np.abs(f_above), np.abs(f_below))
    varied = np.fmax(np.abs(f_above - problem.value), np.abs(f_below - problem.value))
    return np.array([difference, np.abs(change), size, varied, skew])
