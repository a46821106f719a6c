"""Moving values about without calculating: reshape, transpose, concatenate, index.

Five primitives; all the rest of NumPy's shape functions here are written with them.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradlab.engine.primitive import Primitive, Traced, Value, implements, structural
from gradlab.engine.trace import Tracer, shape_of

Axes = int | tuple[int, ...] | None


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """An axis argument as a sorted tuple of numbers from 0; None means all.

    >>> axes_of(-1, 3), axes_of(None, 2)
    ((2,), (0, 1))
    """
    if axis is None:
        return (0,) if ndim == 1 else tuple(range(ndim))
    given = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    axes = []
    for i in given:
        place = operator.index(i)
        if not -ndim <= place < ndim:
            raise np.exceptions.AxisError(place, ndim)
        axes.append(place % ndim)
    return tuple(sorted(axes))


# The primitives

reshape: Primitive = structural(
    "reshape",
    lambda x, shape: x.reshape(shape) if x.__class__ is np.ndarray else np.reshape(x, shape),
    lambda i, g, y, x, shape: reshape(g, shape=shape_of(x)),
    linear="each",
    source=lambda x, shape: f"{x}.reshape({shape})",
    examples=((np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]]), {"shape": (3, 2)}),),
)
transpose: Primitive = structural(
    "transpose",
    lambda x, axes: x.transpose(axes),
    lambda i, g, y, x, axes: transpose(g, axes=tuple(int(k) for k in np.argsort(axes))),
    linear="each",
    source=lambda x, axes: f"{x}.transpose({axes})",
    examples=(
        (np.arange(6.0).reshape(1, 2, 3), {"axes": (2, 0, 1)}),
        (np.arange(6.0).reshape(2, 3), {"axes": (1, 0)}),
    ),
)


def _concatenate_vjp(position: int, g: Value, y: Value, *xs: Value, axis: int) -> Value:
    start = sum(shape_of(x)[axis] for x in xs[:position])
    return index(g, key=(slice(None),) * axis + (slice(start, start + shape_of(xs[position])[axis]),))


join: Primitive = structural(
    "concatenate",
    lambda *xs, axis: np.concatenate(xs, axis),
    _concatenate_vjp,
    linear="jointly",
    examples=((np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]]), {"axis": 0}),),
)


def _is_basic(key: Any) -> bool:
    parts = key if isinstance(key, tuple) else (key,)
    return all(part is None or part is Ellipsis or isinstance(part, (int, slice)) for part in parts)


def _scatter(g: Any, key: Any, shape: tuple[int, ...]) -> Any:
    """Zeros of a shape with g added at a key; a place that is named twice gets both."""
    dtype = getattr(g, "dtype", None)
    whole = np.zeros(
        shape, dtype if dtype is not None else np.float64 if isinstance(g, (int, float)) else object
    )
    if _is_basic(key):
        whole[key] = g
    else:
        np.add.at(whole, key, g)
    return whole


index: Primitive = structural(
    "index",
    lambda x, key: x[key],
    lambda i, g, y, x, key: scatter(g, key=key, shape=shape_of(x)),
    linear="each",
    source=lambda x, key: f"{x}[{key}]",
    examples=(
        (np.array([1.0, 2.0, 3.0, 4.0]), {"key": slice(1, None, 2)}),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), {"key": (1, 0)}),
        (np.array([1.0, 2.0, 3.0]), {"key": np.array([2, 0, 2])}),
        (np.array([1.0, 2.0, 3.0]), {"key": np.array([True, False, True])}),
    ),
)
scatter: Primitive = structural(
    "scatter",
    _scatter,
    lambda i, g, y, x, key, shape: index(g, key=key),
    linear="each",
    operations=lambda y, x, key, shape: (
        x.size - int(np.count_nonzero(_scatter(np.ones(x.shape), key, shape)))
    ),
    examples=(
        (np.array([1.0, 2.0]), {"key": slice(1, 3), "shape": (4,)}),
        (np.array([1.0, 2.0, 5.0]), {"key": np.array([2, 0, 2]), "shape": (3,)}),
    ),
)


def _plain_key(key: Any) -> Any:
    """A key without tracers: a mask or position that depends on the input is recorded as a branch."""
    if isinstance(key, Tracer):
        if key.dtype.kind not in "biu":
            raise IndexError(
                "an array can be indexed by whole numbers, slices and masks, not by traced floats"
            )
        return key.freeze()
    if isinstance(key, list):
        return np.asarray([_plain_key(k) for k in key])
    if isinstance(key, np.integer):
        return int(key)
    return tuple(map(_plain_key, key)) if isinstance(key, tuple) else key


@implements(operator.getitem)
def getitem(x: Value, key: Any) -> Value:
    """x[key], for basic, integer and boolean keys."""
    if not shape_of(x) and key not in ((), Ellipsis):
        raise IndexError("a traced number can't be indexed: it has no axes")
    return index(x, key=_plain_key(key))


# NumPy's functions, written with them


@implements(np.shape)
def shape(a: Value) -> tuple[int, ...]:
    """np.shape."""
    return shape_of(a)


@implements(np.ndim)
def ndim(a: Value) -> int:
    """np.ndim."""
    return len(shape_of(a))


@implements(np.size)
def size(a: Value, axis: int | None = None) -> int:
    """np.size."""
    return math.prod(shape_of(a)) if axis is None else shape_of(a)[axis]


@implements(np.reshape)
def reshape_array(
    a: Value, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None
) -> Value:
    """np.reshape in C order, one length possibly -1."""
    if order != "C":
        raise TypeError("np.reshape is traced in C order: transpose first for order='F'")
    wanted = shape if shape is not None else newshape if newshape is not None else ()
    lengths = (
        tuple(map(operator.index, wanted)) if isinstance(wanted, (tuple, list)) else (operator.index(wanted),)
    )
    have, known = math.prod(shape_of(a)), math.prod(n for n in lengths if n != -1)
    if lengths.count(-1) == 1 and known and have % known == 0:
        lengths = tuple(have // known if n == -1 else n for n in lengths)
    if -1 in lengths or math.prod(lengths) != have:
        raise ValueError(f"cannot reshape array of shape {shape_of(a)} into shape {wanted}")
    return a if lengths == shape_of(a) else reshape(a, shape=lengths)


@implements(np.ravel)
def ravel(a: Value, order: str = "C") -> Value:
    """np.ravel."""
    return a if len(shape_of(a)) == 1 else reshape_array(a, -1, order)


@implements(np.transpose, np.permute_dims)
def transpose_array(a: Value, axes: Any = None) -> Value:
    """np.transpose."""
    n = ndim(a)
    order = tuple(range(n))[::-1] if axes is None else tuple(operator.index(i) % n for i in axes)
    return a if order == tuple(range(n)) else transpose(a, axes=order)


@implements(np.matrix_transpose)
def matrix_transpose(x: Value, /) -> Value:
    """np.matrix_transpose."""
    return swapaxes(x, -1, -2)


@implements(np.swapaxes)
def swapaxes(a: Value, axis1: int, axis2: int) -> Value:
    """np.swapaxes."""
    order = list(range(ndim(a)))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return transpose_array(a, order)


@implements(np.moveaxis)
def moveaxis(a: Value, source: Any, destination: Any) -> Value:
    """np.moveaxis."""
    order = np.moveaxis(np.empty((0,) * ndim(a) or ()), source, destination)  # checks the axes as NumPy does
    n = order.ndim
    sources = [i % n for i in (source if isinstance(source, (tuple, list)) else [source])]
    targets = [i % n for i in (destination if isinstance(destination, (tuple, list)) else [destination])]
    rest = [i for i in range(n) if i not in sources]
    for target, origin in sorted(zip(targets, sources, strict=True)):
        rest.insert(target, origin)
    return transpose_array(a, rest)


@implements(np.expand_dims)
def expand_dims(a: Value, axis: Any) -> Value:
    """np.expand_dims."""
    given = axis if isinstance(axis, (tuple, list)) else (axis,)
    places = axes_of(tuple(given), ndim(a) + len(given))
    rest = iter(shape_of(a))
    return reshape(a, shape=tuple(1 if i in places else next(rest) for i in range(ndim(a) + len(places))))


@implements(np.squeeze)
def squeeze(a: Value, axis: Any = None) -> Value:
    """np.squeeze."""
    have = shape_of(a)
    places = tuple(i for i, n in enumerate(have) if n == 1) if axis is None else axes_of(axis, len(have))
    if any(have[i] != 1 for i in places):
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return reshape_array(a, tuple(n for i, n in enumerate(have) if i not in places))


@implements(np.concatenate, np.concat)
def concatenate(arrays: Sequence[Value], axis: int | None = 0, out: None = None) -> Value:
    """np.concatenate."""
    parts = [ravel(x) for x in arrays] if axis is None else list(arrays)
    parts = [x if isinstance(x, Traced) else np.asarray(x) for x in parts]
    return join(*parts, axis=axes_of(axis or 0, ndim(parts[0]))[0])


@implements(np.stack)
def stack(arrays: Sequence[Value], axis: int = 0, out: None = None) -> Value:
    """np.stack."""
    parts = [x if isinstance(x, Traced) else np.asarray(x) for x in arrays]
    shapes = {shape_of(x) for x in parts}
    if len(shapes) != 1:
        raise ValueError(f"all input arrays must have the same shape, and these have {sorted(shapes)}")
    return concatenate([expand_dims(x, axis) for x in parts], axis)


def _at_least(n: int, x: Value) -> Value:
    have = shape_of(x)
    return x if len(have) >= n else reshape_array(x, (1,) * (n - len(have)) + have)


@implements(np.atleast_1d)
def atleast_1d(*arrays: Value) -> Value:
    """np.atleast_1d."""
    parts = tuple(_at_least(1, x) for x in arrays)
    return parts[0] if len(parts) == 1 else parts


@implements(np.atleast_2d)
def atleast_2d(*arrays: Value) -> Value:
    """np.atleast_2d."""
    parts = tuple(_at_least(2, x) for x in arrays)
    return parts[0] if len(parts) == 1 else parts


@implements(np.hstack)
def hstack(tup: Sequence[Value]) -> Value:
    """np.hstack."""
    parts = [_at_least(1, x) for x in tup]
    return concatenate(parts, 0 if ndim(parts[0]) == 1 else 1)


@implements(np.vstack)
def vstack(tup: Sequence[Value]) -> Value:
    """np.vstack."""
    return concatenate([_at_least(2, x) for x in tup], 0)


@implements(np.column_stack)
def column_stack(tup: Sequence[Value]) -> Value:
    """np.column_stack."""
    return concatenate([reshape_array(x, (-1, 1)) if ndim(x) < 2 else x for x in tup], 1)


@implements(np.flip)
def flip(m: Value, axis: Any = None) -> Value:
    """np.flip."""
    places = axes_of(axis, ndim(m))
    return index(m, key=tuple(slice(None, None, -1) if i in places else slice(None) for i in range(ndim(m))))


@implements(np.roll)
def roll(a: Value, shift: int, axis: int | None = None) -> Value:
    """np.roll, along one axis or the flattened array."""
    if axis is None:
        return reshape_array(roll(ravel(a), shift, 0), shape_of(a))
    place = axes_of(axis, ndim(a))[0]
    n = shape_of(a)[place]
    return index(a, key=(slice(None),) * place + ((np.arange(n) - shift) % max(n, 1),))


@implements(np.diff)
def diff(a: Value, n: int = 1, axis: int = -1) -> Value:
    """np.diff."""
    place = (slice(None),) * axes_of(axis, ndim(a))[0]
    for _ in range(n):
        a = index(a, key=(*place, slice(1, None))) - index(a, key=(*place, slice(None, -1)))
    return a


@implements(np.repeat)
def repeat(a: Value, repeats: Any, axis: int | None = None) -> Value:
    """np.repeat."""
    if axis is None:
        a, axis = ravel(a), 0
    place = axes_of(axis, ndim(a))[0]
    return index(a, key=(slice(None),) * place + (np.repeat(np.arange(shape_of(a)[place]), repeats),))


@implements(np.tile)
def tile(A: Value, reps: Any) -> Value:
    """np.tile."""
    counts = (reps,) if isinstance(reps, int) else tuple(reps)
    n = max(len(counts), ndim(A))
    a = _at_least(n, A)
    for axis, times in enumerate((1,) * (n - len(counts)) + counts):
        a = a if times == 1 else concatenate([a] * times, axis)
    return a


@implements(np.diagonal)
def diagonal(a: Value, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value:
    """np.diagonal: the diagonal becomes the last axis."""
    a = moveaxis(a, (axis1, axis2), (-2, -1))
    rows, columns = shape_of(a)[-2:]
    along = np.arange(max(0, min(rows + min(offset, 0), columns - max(offset, 0))))
    return index(a, key=(Ellipsis, along - min(offset, 0), along + max(offset, 0)))


@implements(np.diag)
def diag(v: Value, k: int = 0) -> Value:
    """np.diag, both ways."""
    if ndim(v) == 2:
        return diagonal(v, k)
    n = shape_of(v)[0] + abs(k)
    along = np.arange(shape_of(v)[0])
    return scatter(v, key=(along - min(k, 0), along + max(k, 0)), shape=(n, n))


@implements(np.tril)
def tril(m: Value, k: int = 0) -> Value:
    """np.tril."""
    rows, columns = shape_of(m)[-2:]
    return m * np.tri(rows, columns, k=k)


@implements(np.triu)
def triu(m: Value, k: int = 0) -> Value:
    """np.triu."""
    rows, columns = shape_of(m)[-2:]
    return m * (1.0 - np.tri(rows, columns, k=k - 1))


@implements(np.zeros_like)
def zeros_like(a: Value, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None) -> Value:
    """np.zeros_like: a constant."""
    return np.zeros(shape_of(a) if shape is None else shape, dtype or a.dtype)


@implements(np.ones_like)
def ones_like(a: Value, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None) -> Value:
    """np.ones_like: a constant."""
    return np.ones(shape_of(a) if shape is None else shape, dtype or a.dtype)


@implements(np.copy)
def copy(a: Value, order: str = "K", subok: bool = False) -> Value:
    """np.copy: a traced value is never changed, so it is its own copy."""
    return a


@implements(np.real)
def real(val: Value) -> Value:
    """np.real of a real value."""
    return val
