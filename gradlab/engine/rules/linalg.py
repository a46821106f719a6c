"""Products of arrays: matmul and einsum as primitives; dot, outer, tensordot, norm and others with them."""

from __future__ import annotations

import math
import operator
import string
from typing import Any

import numpy as np

from gradlab.engine.primitive import UFUNCS, Primitive, Traced, Value, implements, structural
from gradlab.engine.rules import spreading
from gradlab.engine.rules.elementary import sqrt
from gradlab.engine.rules.reductions import array_max, array_min, array_sum
from gradlab.engine.rules.selection import absolute
from gradlab.engine.rules.shapes import (
    axes_of,
    diagonal,
    expand_dims,
    getitem,
    ravel,
    reshape,
    reshape_array,
    swapaxes,
    transpose_array,
)
from gradlab.engine.trace import shape_of


def _matmul_vjp(position: int, g: Value, y: Value, a: Value, b: Value) -> Value:
    """ā = ȳ bᵀ and b̄ = aᵀ ȳ, with vectors as rows or columns and repeated batches summed."""
    if (
        a.__class__ is b.__class__ is g.__class__ is np.ndarray and a.ndim == 2 >= b.ndim
    ):  # the usual case, on numbers
        if position == 1:
            return a.T @ g
        return g @ b.T if b.ndim == 2 else g[:, None] * b
    shape_a, shape_b = shape_of(a), shape_of(b)
    if len(shape_a) == len(shape_b) == 1:
        return g * (b if position == 0 else a)
    if len(shape_b) == 1 and len(shape_a) == 2:
        return outer(g, b) if position == 0 else matmul(swapaxes(a, 0, 1), g)
    if len(shape_a) == 1 and len(shape_b) == 2:
        return matmul(b, g) if position == 0 else outer(a, g)
    row = reshape_array(a, (1, *shape_a)) if len(shape_a) == 1 else a
    column = reshape_array(b, (*shape_b, 1)) if len(shape_b) == 1 else b
    full = expand_dims(g, -2) if len(shape_a) == 1 else g
    full = expand_dims(full, -1) if len(shape_b) == 1 else full
    if position == 0:
        return reshape_array(
            spreading.unbroadcast(matmul(full, swapaxes(column, -1, -2)), shape_of(row)), shape_a
        )
    return reshape_array(
        spreading.unbroadcast(matmul(swapaxes(row, -1, -2), full), shape_of(column)), shape_b
    )


matmul: Primitive = structural(
    "matmul",
    np.matmul,
    _matmul_vjp,
    linear="each",
    operator="@",
    operations=lambda y, a, b: (2 * a.shape[-1] - 1) * y.size,
    examples=(
        (np.array([[1.0, 2.0, 0.5], [3.0, -1.0, 4.0]]), np.array([[1.0, 0.5], [2.0, -1.0], [0.3, 0.7]]), {}),
        (np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([1.0, 0.5]), {}),
        (np.array([1.0, 0.5]), np.array([[1.0, 2.0, 3.0], [3.0, -1.0, 0.1]]), {}),
        (np.array([1.0, 0.5]), np.array([2.0, -3.0]), {}),
        (np.arange(8.0).reshape(2, 2, 2) / 3, np.array([[1.0, 0.5], [2.0, -1.0]]), {}),
        (np.arange(8.0).reshape(2, 2, 2) / 3, np.array([1.0, 0.5]), {}),
    ),
)
UFUNCS[np.matmul] = matmul


def _einsum_vjp(position: int, g: Value, y: Value, *xs: Value, subscripts: str) -> Value:
    """The same contraction with the cotangent in the operand's place; letters that only it had are spread."""
    inputs, output = subscripts.split("->")
    letters = inputs.split(",")
    mine = letters.pop(position)
    others = [x for i, x in enumerate(xs) if i != position]
    available = [c for c in mine if c in output or any(c in part for part in letters)]
    flow = contract(g, *others, subscripts=",".join([output, *letters]) + "->" + "".join(available))
    places = tuple(i for i, c in enumerate(mine) if c not in available)
    return spreading.broadcast_array(expand_dims(flow, places), shape_of(xs[position])) if places else flow


def _contractions(y: Any, *xs: Any, subscripts: str) -> int:
    sizes = {
        c: n
        for part, x in zip(subscripts.split("->", maxsplit=1)[0].split(","), xs, strict=True)
        for c, n in zip(part, x.shape, strict=True)
    }
    total: int = len(xs) * math.prod(sizes.values()) - int(y.size)
    return total


contract: Primitive = structural(
    "einsum",
    lambda *xs, subscripts: np.einsum(subscripts, *xs, optimize=len(xs) > 1),
    _einsum_vjp,
    linear="each",
    operations=_contractions,
    examples=(
        (
            np.array([[1.0, 2.0, 0.5], [3.0, -1.0, 4.0]]),
            np.array([[1.0, 0.5], [2.0, -1.0], [0.3, 0.7]]),
            {"subscripts": "ij,jk->ki"},
        ),
        (np.array([[1.0, 2.0], [3.0, -1.0]]), {"subscripts": "ij->j"}),
        (np.array([1.0, 2.0]), np.array([3.0, 0.5]), np.array([0.1, 0.2]), {"subscripts": "i,j,i->j"}),
    ),
)


def _without_dots(subscripts: str, xs: list[Value]) -> tuple[list[str], str]:
    """Subscripts with `...` as letters of their own, and the output written out."""
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    free = [c for c in string.ascii_letters if c not in subscripts]
    parts, widest = [], 0
    for part, x in zip(inputs.split(","), xs, strict=True):
        dots = len(shape_of(x)) - len(part.replace("...", "")) if "..." in part else 0
        widest = max(widest, dots)
        parts.append(part.replace("...", "".join(free[:dots][::-1])))
    if not arrow:
        once = sorted(c for c in set("".join(inputs.split(","))) - set(".") if inputs.count(c) == 1)
        output = ("..." if "..." in inputs else "") + "".join(once)
    return parts, output.replace("...", "".join(free[:widest][::-1]))


@implements(np.einsum)
def einsum(subscripts: str, *operands: Value, out: Any = None, optimize: Any = False) -> Value:
    """np.einsum with subscripts as a string. A letter repeated within one operand takes its diagonal."""
    if not isinstance(subscripts, str):
        raise TypeError("np.einsum is traced with its subscripts as a string, 'ij,jk->ik'")
    xs = [x if isinstance(x, Traced) else np.asarray(x) for x in operands]
    parts, output = _without_dots(subscripts, xs)
    for i, part in enumerate(parts):
        letters = part
        for c in sorted(set(part)):
            while letters.count(c) > 1:
                first, second = letters.index(c), letters.index(c, letters.index(c) + 1)
                xs[i] = diagonal(xs[i], 0, first, second)
                letters = "".join(d for k, d in enumerate(letters) if k not in (first, second)) + c
        parts[i] = letters
    return contract(*xs, subscripts=",".join(parts) + "->" + output)


@implements(np.dot)
def dot(a: Value, b: Value, out: Any = None) -> Value:
    """np.dot."""
    if not shape_of(a) or not shape_of(b):
        return a * b
    if len(shape_of(b)) == 1 or len(shape_of(a)) <= 2 == len(shape_of(b)):
        return matmul(a, b)
    return tensordot(a, b, (-1, -2))


@implements(np.vdot)
def vdot(a: Value, b: Value, /) -> Value:
    """np.vdot of real arrays."""
    return matmul(ravel(a), ravel(b))


@implements(np.inner)
def inner(a: Value, b: Value, /) -> Value:
    """np.inner: over the last axes."""
    return a * b if not shape_of(a) or not shape_of(b) else tensordot(a, b, (-1, -1))


@implements(np.outer)
def outer(a: Value, b: Value, out: Any = None) -> Value:
    """np.outer: a column times a row."""
    return reshape(ravel(a), shape=(math.prod(shape_of(a)), 1)) * ravel(b)


@implements(np.tensordot)
def tensordot(a: Value, b: Value, axes: Any = 2) -> Value:
    """np.tensordot, as one matrix product."""
    shape_a, shape_b = shape_of(a), shape_of(b)
    if isinstance(axes, int):
        first, second = tuple(range(len(shape_a) - axes, len(shape_a))), tuple(range(axes))
    else:
        first, second = (
            tuple(operator.index(i) for i in (part if isinstance(part, (tuple, list)) else (part,)))
            for part in axes
        )
    first, second = tuple(i % len(shape_a) for i in first), tuple(i % len(shape_b) for i in second)
    if [shape_a[i] for i in first] != [shape_b[i] for i in second]:
        raise ValueError("shape-mismatch for sum")
    rest_a = [i for i in range(len(shape_a)) if i not in first]
    rest_b = [i for i in range(len(shape_b)) if i not in second]
    shared = math.prod(shape_a[i] for i in first)
    left = reshape_array(
        transpose_array(a, [*rest_a, *first]), (math.prod(shape_a[i] for i in rest_a), shared)
    )
    right = reshape_array(
        transpose_array(b, [*second, *rest_b]), (shared, math.prod(shape_b[i] for i in rest_b))
    )
    return reshape_array(
        matmul(left, right), tuple(shape_a[i] for i in rest_a) + tuple(shape_b[i] for i in rest_b)
    )


@implements(np.cross)
def cross(a: Value, b: Value, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Value:
    """np.cross of vectors of three, which lie along the last axis."""
    a, b = (x if isinstance(x, Traced) else np.asarray(x) for x in (a, b))
    if {axisa, axisb, axisc, axis} - {-1, None} or shape_of(a)[-1:] != (3,) or shape_of(b)[-1:] != (3,):
        raise TypeError("np.cross is traced of vectors of three, which lie along the last axis")
    (a1, a2), (b1, b2) = (
        [getitem(x, (..., list(order))) for order in ((1, 2, 0), (2, 0, 1))] for x in (a, b)
    )
    return a1 * b2 - a2 * b1


@implements(np.trace)
def trace(
    a: Value, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Value:
    """np.trace."""
    return array_sum(diagonal(a, offset, axis1, axis2), -1)


@implements(np.linalg.norm)
def norm(x: Value, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Value:  # noqa: A002 - NumPy's name
    """np.linalg.norm: the Euclidean and Frobenius norms, and for vectors ord 1, inf, −inf and p > 0."""
    over = axes_of(axis, len(shape_of(x)))
    if ord is None or (ord == 2 and len(over) == 1) or (ord == "fro" and len(over) == 2):
        return sqrt(array_sum(x * x, over, keepdims=keepdims))
    if len(over) != 1:
        raise TypeError(f"np.linalg.norm of a matrix with ord={ord!r} is not traced: 'fro' is")
    if ord in (math.inf, -math.inf):
        return (array_max if ord > 0 else array_min)(absolute(x), over, keepdims=keepdims)
    if ord == 1:
        return array_sum(absolute(x), over, keepdims=keepdims)
    if isinstance(ord, (int, float)) and ord > 0:
        return array_sum(absolute(x) ** ord, over, keepdims=keepdims) ** (1.0 / ord)
    raise TypeError(f"np.linalg.norm with ord={ord!r} is not traced")
