"""Sum and broadcast_to: one value from many and many from one, each the other's transpose."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradlab.engine.primitive import Primitive, Value, implements, structural
from gradlab.engine.rules.shapes import reshape, reshape_array
from gradlab.engine.trace import shape_of


def kept_shape(shape: tuple[int, ...], axis: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with the reduced axes kept as 1."""
    return tuple(1 if i in axis else n for i, n in enumerate(shape))


def spread(g: Value, x: Value, axis: tuple[int, ...]) -> Value:
    """A reduced value given back to every element it came from."""
    if g.__class__ is float and x.__class__ is np.ndarray:
        return np.full(x.shape, g)
    return broadcast_array(reshape_array(g, kept_shape(shape_of(x), axis)), shape_of(x))


def total(x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """A whole sum as a Python float: what follows is then several times faster than with np.float64."""
    whole: Any = np.add.reduce(x, axis, keepdims=keepdims)  # type: ignore[call-overload]
    return whole.item() if whole.__class__ is np.float64 else whole


reduce_sum: Primitive = structural(
    "sum",
    total,
    lambda i, g, y, x, axis, keepdims: spread(g, x, axis),
    linear="each",
    source=lambda x, axis, keepdims: f"add_reduce({x}, {axis}, keepdims={keepdims})",
    operations=lambda y, x, axis, keepdims: x.size - y.size,
    examples=(
        (np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]]), {"axis": (0,), "keepdims": False}),
        (np.arange(8.0).reshape(2, 2, 2), {"axis": (0, 2), "keepdims": True}),
    ),
)


broadcast_to: Primitive = structural(
    "broadcast_to",
    lambda x, shape: np.broadcast_to(x, shape),
    lambda i, g, y, x, shape: unbroadcast(g, shape_of(x)),
    linear="each",
    examples=((np.array([[1.0], [2.0]]), {"shape": (3, 2, 2)}), (1.5, {"shape": (2, 2)})),
)


def unbroadcast(cotangent: Value, shape: tuple[int, ...]) -> Value:
    """Sum over the axes along which an operand of this shape was repeated."""
    have = shape_of(cotangent)
    if have == shape:
        return cotangent
    added = len(have) - len(shape)
    axes = tuple(range(added)) + tuple(
        added + i for i, n in enumerate(shape) if n == 1 and have[added + i] != 1
    )
    if axes:
        cotangent = reduce_sum(cotangent, axis=axes, keepdims=False)
    return reshape(cotangent, shape=shape) if shape_of(cotangent) != shape else cotangent


@implements(np.broadcast_to)
def broadcast_array(array: Value, shape: Any, subok: bool = False) -> Value:
    """np.broadcast_to."""
    wanted = (shape,) if isinstance(shape, int) else tuple(shape)
    return array if wanted == shape_of(array) else broadcast_to(array, shape=wanted)


@implements(np.full_like)
def full_like(a: Value, fill_value: Value, dtype: Any = None) -> Value:
    """np.full_like."""
    return broadcast_array(fill_value, shape_of(a))
