"""Where a derivation is judged, when the student gives no point: generic numbers, from a fixed seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradlab.homework.header import Assumption, Shape

SMALLEST, LARGEST = 0.3, 1.3
"""Sizes of drawn numbers: where common functions neither saturate nor vanish."""
TRIES = 12
SEED = 20

Test = Callable[[Mapping[str, Any]], bool]


def draw_point(
    shapes: Mapping[str, Shape],
    given: Mapping[str, np.ndarray],
    assumed: Sequence[Assumption],
    works: Test,
) -> dict[str, np.ndarray]:
    """Values for every name: the given ones, and others drawn; positive ones where only those work.

    works: whether everything is finite there. Where none works it is the last one drawn.

    >>> point = draw_point({"x": (2,)}, {}, [], lambda values: bool(np.all(values["x"] > 0)))
    >>> bool(np.all(point["x"] > 0))
    True
    """
    generator = np.random.default_rng(SEED)
    values: dict[str, np.ndarray] = {}
    for attempt in range(2 * TRIES):
        values = {
            name: given[name] if name in given else _drawn(name, shape, assumed, attempt >= TRIES, generator)
            for name, shape in shapes.items()
        }
        if works(values) or shapes.keys() <= given.keys():
            break
    return values


def _drawn(
    name: str, shape: Shape, assumed: Sequence[Assumption], positive: bool, generator: np.random.Generator
) -> np.ndarray:
    signs = np.ones(shape) if positive else generator.choice([-1.0, 1.0], shape)
    value = np.asarray(np.round(generator.uniform(SMALLEST, LARGEST, shape), 3) * signs)
    for assumption in assumed:
        value = assumption.impose(value) if assumption.name == name else value
    return value
