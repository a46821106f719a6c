"""What a V curve shows: its best step, and the slopes of its two sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ORDERS = {"forward": 1, "centered": 2, "five-point": 4, "complex step": 2}
"""Of the truncation error."""
ALIKE = 1.5
"""Errors that differ by this factor are as good as one another."""
AWAY = 3.0
"""Steps within this factor of the best one belong to neither side."""
ABOVE = 10.0
"""Truncation is what exceeds the least error so many times."""
DECADES = 3.0
"""Of steps, beside the best one, that show truncation's slope: at longer ones f is not yet its Taylor polynomial."""
LOST = 30.0
"""Steps of fewer units in the last place of the argument show the rounding of that."""
FEWEST = 4
"""Points that a slope needs."""
LEAST_ORDER = 0.5
"""A truncation that falls less with the step is none: its order is 1 or more."""
FLAT = 0.2
"""A slope of round-off that is less is none."""
SCATTER = {"truncation": 0.35, "round-off": 1.0}
"""What slopes between single points may scatter by, at most (half the distance between their quartiles)."""


@dataclass(frozen=True)
class Shape:
    """What was found in a curve."""

    best: int | None
    """Which step: the longest that has the least error."""
    least: float = np.nan
    truncation: float | None = None
    round_off: float | None = None


def shape_of(steps: np.ndarray, errors: np.ndarray, floor: float, lost: float, method: str) -> Shape:
    """The best step and the slopes. steps: falling. errors: nan where there is none. floor: an error that
    is as good as none. lost: the step that is one unit in the argument's last place.

    >>> h = 10.0 ** -np.arange(0, 16, 0.5)
    >>> shape = shape_of(h, h**2 + 1e-16 / h, 1e-16, 1e-16, "centered")
    >>> bool(h[shape.best] < 1e-5), round(shape.truncation, 1), round(shape.round_off, 1)
    (True, 2.0, -1.0)
    """
    beside = _beside(errors)
    known = np.isfinite(errors)
    if not np.any(known):
        return Shape(None)
    # a lucky step has unlucky neighbours, so that the largest of three is what counts
    envelope = np.where(known, np.fmax.reduce(beside), np.nan)
    best = int(np.flatnonzero(envelope <= max(ALIKE * float(np.nanmin(envelope)), floor))[0])
    least = float(np.nanmedian(beside[:, best]))
    h = float(steps[best])
    usable = np.isfinite(errors) & (errors > 0)
    wide = usable & (steps > h) & (steps <= h * 10**DECADES) & (errors > ABOVE * max(least, floor))
    fine = usable & (steps < h / AWAY) & (steps > LOST * lost)
    truncation = _slope(steps[wide], errors[wide], SCATTER["truncation"])
    if truncation is not None and truncation < LEAST_ORDER:
        truncation = None
    round_off = None
    grows = bool(np.any(errors[fine] > ABOVE * max(least, floor)))
    if grows and method != "complex step":  # which subtracts nothing
        round_off = _slope(steps[fine], errors[fine], SCATTER["round-off"])
        if round_off is not None and round_off > -FLAT:
            round_off = None
    return Shape(best, least, truncation, round_off)


def _beside(errors: np.ndarray) -> np.ndarray:
    """Each error between its neighbours; shape (3, steps), nan where there is none."""
    padded = np.concatenate([[np.nan], errors, [np.nan]])
    return np.stack([padded[:-2], padded[1:-1], padded[2:]])


def _slope(steps: np.ndarray, errors: np.ndarray, scatter: float) -> float | None:
    """The median of the slopes between all pairs (Theil 1950, Sen 1968); None where they say different things."""
    if steps.size < FEWEST:
        return None
    x, y = np.log10(steps), np.log10(errors)
    i, j = np.triu_indices(x.size, k=max(1, x.size // 4))
    low, middle, high = np.quantile((y[j] - y[i]) / (x[j] - x[i]), [0.25, 0.5, 0.75])
    return float(middle) if (high - low) / 2 <= scatter else None
