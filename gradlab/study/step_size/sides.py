"""What keeps difference quotients from settling at a point: a kink, or a jump."""

from __future__ import annotations

import numpy as np

NEAR = (1e-8, 1e-4)
"""Steps at which the two sides are looked at."""
APART = 0.01
"""Slopes that differ by this share are two …"""
STEADY = 0.1
"""… if each is the same at all of these steps but for this share of their difference."""
NOISE = 1e4
"""A jump is more than so many roundings of f."""


def what_happens(
    steps: np.ndarray, forward: np.ndarray, backward: np.ndarray, value: float, epsilon: float
) -> str:
    """A sentence about a kink or a jump; "" where there is none. forward, backward: the quotients of either side,
    at steps that are absolute.

    >>> h = 10.0 ** -np.arange(0, 16, 0.5)
    >>> what_happens(h, np.ones_like(h), -np.ones_like(h), 0.0, 1e-16)
    'there is a kink: the slope is -1 from the left and 1 from the right'
    """
    near = (steps >= NEAR[0]) & (steps <= NEAR[1]) & np.isfinite(forward) & np.isfinite(backward)
    if np.count_nonzero(near) < 3:
        return ""
    right, left = forward[near], backward[near]
    apart = float(np.min(np.abs(right - left)))
    spread = float(np.ptp(right) + np.ptp(left))
    if spread <= STEADY * apart and apart > APART * float(np.max(np.abs([right, left]))):
        return (
            f"there is a kink: the slope is {np.median(left):.4g} from the left "
            f"and {np.median(right):.4g} from the right"
        )
    for side, slopes in (("to the right", right), ("to the left", left)):
        change = np.abs(slopes) * steps[near]
        if np.min(change) > 0.5 * np.max(change) and np.min(change) > NOISE * epsilon * max(
            abs(value), 1e-300
        ):
            return f"f jumps by about {np.median(change):.3g} {side} of the point"
    return ""
