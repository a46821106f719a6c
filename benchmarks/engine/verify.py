"""Nobody is timed on wrong numbers.

The gradient by hand is checked against complex steps of the function itself (Squire & Trapp 1998),
which use no rule of differentiation of ours; every other contestant against the one by hand.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.engine.peers import Task, flat

TOLERANCE = 1e-10
"""Of the largest component, each argument by itself."""
STEP = 1e-40


class WrongGradientError(AssertionError):
    """A contestant's gradient is not that of the function."""


class ComplexNumPy:
    """NumPy, with what it refuses on complex numbers."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    @staticmethod
    def logaddexp(a: Any, b: Any) -> Any:
        """ln(e^a + e^b)."""
        larger = np.maximum(np.real(a), np.real(b))
        return larger + np.log(np.exp(a - larger) + np.exp(b - larger))

    @staticmethod
    def max(a: Any, **where: Any) -> Any:
        """The largest real part: what is subtracted and added again may be any constant."""
        return np.max(np.real(a), **where)


def verify_by_hand(task: Task, seed: int = 1, directions: int = 3) -> None:
    """Slopes of the function along random directions against the gradient by hand.

    Raises WrongGradientError where one differs.
    """
    function = task.written(ComplexNumPy())
    result = task.by_hand(*task.point)
    gradient = [result] if len(task.wrt) == 1 else list(result)
    random = np.random.default_rng(seed)
    for only in (*task.wrt, *[None] * directions):
        moved = list(task.point)
        expected = size = 0.0
        for position, part in zip(task.wrt, gradient, strict=True):
            if only not in (None, position):
                continue
            direction = random.standard_normal(np.shape(part))
            moved[position] = task.point[position] + 1j * STEP * direction
            expected += float(np.sum(part * direction))
            size += float(np.linalg.norm(part))
        slope = float(np.imag(function(*moved))) / STEP
        if not abs(slope - expected) <= TOLERANCE * size:
            raise WrongGradientError(f"by hand: slope {expected} where a complex step gives {slope}")


def verify(name: str, result: Any, task: Task) -> None:
    """A contestant's gradient against the one by hand.

    Raises WrongGradientError where a component differs.
    """
    expected = flat(task.by_hand(*task.point))
    got = flat(result)
    if len(got) == 1 and len(expected) > 1:  # one vector for all arguments
        got = [part.reshape(()) for part in got[0].ravel()]
    if len(got) != len(expected):
        raise WrongGradientError(f"{name}: {len(got)} gradients where {len(expected)} are due")
    for position, (mine, theirs) in enumerate(zip(expected, got, strict=True)):
        if mine.shape != theirs.shape:
            raise WrongGradientError(f"{name}: shape {theirs.shape} for {mine.shape} in argument {position}")
        error = np.max(np.abs(mine - theirs))
        if not error <= TOLERANCE * np.max(np.abs(mine)):
            raise WrongGradientError(f"{name}: off by {error:.3g} in argument {position}")
