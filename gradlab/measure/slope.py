"""Slopes of a function that can only be called, by centered differences, each with an error bar.

Differences at many steps are extrapolated (Richardson 1911; Ridders 1982). Truncation shows as a change
from step to step, noise grows as 1/h; the entry of the table is taken that has the least of both. A bar
is an estimate, and made so that it is seldom too small: also the differences at all finer steps must be
explained by it and by the noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FIRST = -3
"""The widest step is 2**FIRST of the scale."""
SHORTER = 2
"""Each step is shorter by 2**SHORTER than the one before."""
LEVELS = 15
ORDERS = 6
CHANGE = 2.0
"""A bar is so many times the last changes in the table …"""
DEVIATIONS = 3.0
"""… and so many standard deviations of the noise."""
EVENLY = 12**-0.5
"""The standard deviation of what is rounded to whole numbers."""
MULTIPLES = 4
"""The least change that is seen is no more quanta."""
WHOLE = 0.01
"""A ratio so near a whole number is one …"""
WHOLE_OF_TWO = 1e-6
"""… where there is more than one; a single ratio has to be this near."""
NOISE = 1e-6
"""A function varies by more than this share of itself, or is flat."""
NOISY = 20.0
"""One that varies by no more than so many standard deviations of its noise shows no slope."""
_TINY = np.finfo(np.float64).smallest_subnormal


@dataclass(frozen=True)
class Samples:
    """Centered differences of many slopes at one step; each array has an entry a slope."""

    step: np.ndarray
    """Half the distance between the two points."""
    difference: np.ndarray
    """f above − f below, divided by the distance."""
    change: np.ndarray
    """|f above − f below|"""
    size: np.ndarray
    """The larger of |f above| and |f below|."""
    varied: np.ndarray
    """By how much they differ from f in the middle at most."""
    skew: np.ndarray
    """What the rounding of the two points, to one side, may do to the difference."""


@dataclass(frozen=True)
class Slopes:
    """Slopes with their error bars, an entry each."""

    value: np.ndarray
    bar: np.ndarray
    """Infinite where the differences settle nowhere."""
    step: np.ndarray
    """The finest step that the value is made of."""

    def better_of(self, other: Slopes) -> Slopes:
        """Of each slope the one with the shorter bar."""
        chosen = self.bar <= other.bar
        return Slopes(
            np.where(chosen, self.value, other.value),
            np.where(chosen, self.bar, other.bar),
            np.where(chosen, self.step, other.step),
        )


def steps(scale: np.ndarray) -> list[np.ndarray]:
    """The steps for slopes of these scales, powers of two, from the widest.

    >>> [float(h[0]) for h in steps(np.array([1.0]))[:3]]
    [0.125, 0.03125, 0.0078125]
    """
    exponent = np.frexp(scale)[1] - 1
    return [np.ldexp(1.0, exponent + FIRST - SHORTER * k) for k in range(LEVELS)]


def extrapolated(samples: Sequence[Samples], noise: np.ndarray, quantum: np.ndarray | float = 0.0) -> Slopes:
    """The best entry of each slope's table, and its bar.

    samples: from the widest step to the finest. noise: the standard deviation of the noise of f, an entry
    a slope; that of rounding f to float64 is added. quantum: the least that f is known to change by.

    >>> def sample(h):
    ...     above, below = np.exp(1 + h), np.exp(1 - h)
    ...     change = above - below
    ...     return Samples(h, change / (2 * h), np.abs(change), above, above - np.e, np.zeros(1))
    >>> found = extrapolated([sample(h) for h in steps(np.ones(1))], np.zeros(1))
    >>> abs(found.value - np.e) < found.bar, found.bar < 1e-11
    (array([ True]), array([ True]))
    """
    with np.errstate(all="ignore"):
        return _Table(samples, noise, quantum).best()


def quantum_of(samples: Sequence[Samples]) -> np.ndarray:
    """The quantum of which each function's three smallest changes are multiples (or two, where there are no
    more); infinite where they are not.

    >>> levels = [Samples(*np.array([[h], [0], [c], [1], [1], [0]])) for h, c in ((8, 7e-6), (4, 2e-6), (2, 0))]
    >>> quantum_of(levels)
    array([1.e-06])
    """
    changes = np.array([s.change for s in samples])
    smallest = np.sort(np.where(changes > 0, changes, np.inf), axis=0)[:3]
    least, others = smallest[0], smallest[1:]
    quantum = np.full(least.shape, np.inf)
    with np.errstate(all="ignore"):
        known = np.isfinite(others)
        grows = np.any(known & (others >= 2 * least), axis=0)  # or else it is one jump
        tolerance = np.where(np.all(known, axis=0), WHOLE, WHOLE_OF_TWO)
        for multiple in range(1, MULTIPLES + 1):
            ratios = others * multiple / least
            is_whole = (np.abs(ratios - np.round(ratios)) < tolerance) | ~known
            found = grows & np.all(is_whole, axis=0) & np.isinf(quantum)
            quantum = np.where(found, least / multiple, quantum)
    return quantum


class _Table:
    """Differences by step, widest first, and what noise is in them; arrays of shape (steps, slopes)."""

    def __init__(self, samples: Sequence[Samples], noise: np.ndarray, quantum: np.ndarray | float) -> None:
        self.step = np.array([s.step for s in samples])
        self.difference = np.array([s.difference for s in samples])
        self.skew = np.array([s.skew for s in samples])
        # where f is the same on both sides at some steps only, the least that it changes by is noise
        same = np.any([s.change == 0 for s in samples], axis=0)
        least = np.where(same & np.isfinite(quantum), EVENLY * quantum, 0.0)
        rounding = np.maximum(2.0**-53 * np.array([s.size for s in samples]), _TINY)
        self.noise = np.maximum(np.maximum(noise, least), rounding) / self.step
        # nothing can be told of a function that does nothing but vary, and no more than its noise
        varied, size = (np.fmax.reduce([getattr(s, of) for s in samples]) for of in ("varied", "size"))
        self.noise[:, (varied > NOISE * size) & (varied < NOISY * noise)] = np.inf
        # truncation shrinks by 4**SHORTER from step to step
        narrowing = np.abs(np.diff(self.difference, axis=0, prepend=np.nan)) / (4.0**SHORTER - 1)
        self.explained = 2 * DEVIATIONS * self.noise + 2 * narrowing + self.skew

    def best(self) -> Slopes:
        """Each slope's entry with the shortest bar."""
        shape = self.difference[0].shape
        best = Slopes(np.full(shape, np.nan), np.full(shape, np.inf), self.step[0])
        coarser: list[tuple[np.ndarray, np.ndarray]] = []
        for level in range(len(self.step)):
            row = [(self.difference[level], self.noise[level])]
            for order, (above, its_noise) in enumerate(coarser[:ORDERS]):
                last, last_noise = row[-1]
                gain = 4.0 ** (SHORTER * (order + 1))
                value = last + (last - above) / (gain - 1)
                row.append((value, (gain * last_noise + its_noise) / (gain - 1)))
                change = np.maximum(np.abs(value - last), np.abs(value - above))
                if len(coarser) > order + 1:
                    change = np.maximum(change, np.abs(value - coarser[order + 1][0]))
                if level > 1:
                    bar = self._bar(level, value, change, row[-1][1])
                    best = Slopes(value, bar, self.step[level]).better_of(best)
            coarser = row
        return best

    def _bar(self, level: int, value: np.ndarray, change: np.ndarray, noise: np.ndarray) -> np.ndarray:
        bar = CHANGE * change + DEVIATIONS * noise + self.skew[level] + 2.0**-52 * np.abs(value)
        off = np.abs(self.difference[level + 2 :] - value)
        unexplained = np.where(off > self.explained[level + 2 :], off, 0.0)
        bar = np.maximum(bar, np.max(unexplained, axis=0, initial=0.0))
        return np.where(np.isfinite(bar), bar, np.inf)
