"""Vectors and matrices in formulas: the shapes that operations give, and their values.

A vector is a column: of shape (n,), and n×1 where matrices are multiplied. Of one element it is a number.
Shapes are settled when a formula is read; None is the shape of what was declared without one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from gradlab.notation.scope import Shape

Way = Literal["product", "elementwise", "matrix", "dot", "identity"]


FREE: Shape = (-1, -1)
"""The shape of an identity matrix whose size its neighbours tell."""


class ShapeError(ValueError):
    """Shapes that don't fit; the message is the end of a sentence."""


def canonical(shape: Shape | None) -> Shape | None:
    """The shape that a formula works with: of one element a number, n×1 a column.

    >>> canonical((1, 1)), canonical((3, 1)), canonical((1, 3))
    ((), (3,), (1, 3))
    """
    if shape is None or not shape or shape == FREE:
        return shape
    if math.prod(shape) == 1:
        return ()
    return shape[:1] if len(shape) == 2 and shape[1] == 1 else shape


def described(shape: Shape | None) -> str:
    """A shape for a sentence: "a column of 3", "a 2×3 matrix".

    >>> described((1, 3))
    'a row of 3 (1×3)'
    """
    match shape:
        case None | ():
            return "a number"
        case (-1, -1):
            return "an identity matrix"
        case (n,):
            return f"a column of {n} ({n}×1)"
        case (1, n):
            return f"a row of {n} (1×{n})"
        case (m, n):
            return f"a {m}×{n} matrix"
    return f"an array of shape {'×'.join(map(str, shape))}"


def spread(first: Shape | None, second: Shape | None, sign: str) -> Shape | None:
    """The shape of what works element by element: equal shapes, or a number and an array. Raises ShapeError."""
    if first is None or second is None:
        return None
    if not first or not second or first == second:
        return first or second
    if FREE in {first, second} and sign in {"+", "−", "⊙"}:
        other = second if first == FREE else first
        if len(other) == 2 and other[0] == other[1]:
            return other
    message = f"'{sign}' needs equal shapes, and here stand {described(first)} and {described(second)}"
    if transposed(first) == second:
        message += ": transpose one of them (xᵀ)"
    raise ShapeError(message)


def spread_all(shapes: Sequence[Shape | None], sign: str) -> Shape | None:
    """The shape of several arguments that work element by element."""
    whole: Shape | None = ()
    for shape in shapes:
        whole = spread(whole, shape, sign)
    return whole


def times(first: Shape | None, second: Shape | None, sign: str) -> tuple[Way, Shape | None]:
    """How two factors are multiplied and the shape of the product.

    The sign is "" where none is typed, '·', '*', '×', '@' or '⊙'. Raises ShapeError where the shapes
    don't fit, or fit in two ways.
    """
    if sign == "@" and (first is None or second is None):
        return "matrix", None
    if first is None or second is None:
        return "product", None
    if not first or not second:
        return "product", first or second
    both = f"{described(first)} and {described(second)}"
    if sign == "⊙":
        return "elementwise", spread(first, second, sign)
    if first == FREE or (second == FREE and (len(first) == 2 or second == first)):
        return "identity", second if first == FREE else first
    if len(first) > 2 or len(second) > 2:
        raise ShapeError(f"here stand {both}, which are only multiplied element by element (⊙)")
    (rows, inner), (other, columns) = size(first), size(second)
    fits = inner == other
    if sign in {"*", "×"}:
        if first == second and not fits and sign == "*":
            return "elementwise", first
        raise ShapeError(
            f"'{sign}' between {both} could mean two things: write ⊙ for the product element by element"
            + (", or @ for the matrix product" if fits else "")
        )
    if fits:
        return "matrix", canonical((rows, columns))
    if first == second and len(first) == 1 and sign:
        return "dot", ()
    if first == second and len(first) == 1:
        raise ShapeError(
            f"two columns of {first[0]} side by side could mean two things: "
            "write ⊙ between them for the product element by element, or transpose the first (xᵀ y) for the dot product"
        )
    raise ShapeError(
        f"the shapes don't fit: {described(first)} times {described(second)} ({rows}×{inner} by {other}×{columns})"
        + _remedy(first, second)
    )


def _remedy(first: Shape, second: Shape) -> str:
    if first == second:
        return ": transpose one of them, or write ⊙ for the product element by element"
    if len(first) == len(second) == 1:
        return ": for the outer product transpose the second (x yᵀ)"
    (rows, _), (_, columns) = size(first), size(second)
    turned = [
        one
        for one, fits in (("first", rows == size(second)[0]), ("second", size(first)[1] == columns))
        if fits
    ]
    return f": transpose the {turned[0]}" if turned else ""


def size(shape: Shape) -> tuple[int, int]:
    """Rows and columns."""
    return (shape[0], 1) if len(shape) == 1 else (shape[0], shape[1])


def power(base: Shape | None, exponent: Shape | None) -> Shape | None:
    """The shape of a power, element by element. Raises ShapeError."""
    if base is not None and len(base) == 2 and base[0] == base[1] and base != FREE:
        raise ShapeError(
            f"a power of {described(base)} could mean two things: "
            "write A ⊙ A for the power of each element, or A @ A for the matrix product"
        )
    return spread(base, exponent, "^")


def transposed(shape: Shape | None) -> Shape | None:
    """The shape of a transpose. Raises ShapeError for more than two axes."""
    if shape is None or not shape or shape == FREE:
        return shape
    if len(shape) > 2:
        raise ShapeError(f"{described(shape)} has no transpose")
    rows, columns = size(shape)
    return canonical((columns, rows))


def derivative(of: Shape | None, by: Shape | None) -> Shape | None:
    """The gradient of a number has the shape of the variable; J[i, j] = ∂y_i/∂x_j."""
    if of is None or by is None:
        return None
    if len(of) == 2 and of[0] == 1:
        of = of[1:]
    return of + by


# Values: numbers, arrays and tracers alike


def standard(value: Any) -> Any:
    """An array in its canonical shape."""
    shape = np.shape(value)
    wanted = canonical(shape)
    return value if wanted == shape else np.reshape(value, wanted)


def matrix_product(a: Any, b: Any) -> Any:
    """The matrix product of columns, rows and matrices; the dot product of two columns."""
    shapes = np.shape(a), np.shape(b)
    if not shapes[0] or not shapes[1]:
        return a * b
    if len(shapes[0]) == 1 and len(shapes[1]) == 2 and shapes[1][0] == 1:
        return np.outer(a, b)
    return standard(np.matmul(a, b))


def transpose(a: Any) -> Any:
    """A column as a row, a row as a column, a matrix with its axes exchanged."""
    shape = np.shape(a)
    if len(shape) == 1:
        return np.reshape(a, (1, *shape))
    return standard(np.transpose(a)) if shape else a


def contracted(a: Any, b: Any, axes: int) -> Any:
    """∑_k a[…, k] b[k, …], where k goes over so many axes."""
    size = math.prod(np.shape(b)[:axes])
    flat = np.matmul(np.reshape(a, (-1, size)), np.reshape(b, (size, -1)))
    return standard(np.reshape(flat, np.shape(a)[:-axes] + np.shape(b)[axes:]))


def norm(a: Any, order: str) -> Any:
    """‖a‖₂ and ‖a‖_F, ‖a‖₁ or ‖a‖_∞."""
    if order == "1":
        return np.sum(np.abs(a))
    if order == "inf":
        return np.max(np.abs(a)) if np.shape(a) else np.abs(a)
    return np.sqrt(squared_norm(a))


def squared_norm(a: Any) -> Any:
    """The sum of squares, which has a derivative at 0 as well."""
    return np.sum(a * a) if np.shape(a) else a * a
