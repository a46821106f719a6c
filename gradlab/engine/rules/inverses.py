"""Matrices solved for: np.linalg.solve, inv, det and slogdet, of one square matrix.

Their derivatives are those of The Matrix Cookbook (Petersen & Pedersen 2012), sections 2.1 and 2.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gradlab.engine.primitive import Primitive, Traced, Value, implements, structural
from gradlab.engine.rules.linalg import matmul, outer
from gradlab.engine.rules.reductions import array_sum
from gradlab.engine.rules.selection import sign
from gradlab.engine.rules.shapes import swapaxes
from gradlab.engine.trace import shape_of

MOST_ROWS_IN_SYMBOLS = 5
"""An inverse in symbols is written with minors, whose number doubles with each row."""
MOST_ROWS_OF_MINORS = 8
"""Cofactors of larger matrices are those of a regular one, det(A) A⁻ᵀ."""


def _or_nan(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with NaN where the matrix is singular: a program that is evaluated must not raise."""

    def guarded(a: Any, *b: Any) -> Any:
        try:
            return function(a, *b)
        except np.linalg.LinAlgError:
            return np.full(np.shape([a, *b][-1]), np.nan)

    return guarded


def _in_symbols(s: Any, a: Any) -> Any:
    """The matrix for SymPy. Raises LookupError where its minors would be hopeless."""
    if len(a) > MOST_ROWS_IN_SYMBOLS:
        raise LookupError(
            f"a matrix of {len(a)} rows; {MOST_ROWS_IN_SYMBOLS} are the most that are inverted in symbols"
        )
    return s.Matrix(a.tolist())


def _symbolic_det(s: Any, a: Any) -> Any:
    return _in_symbols(s, a).det(method="berkowitz")  # without a division, whatever vanishes at a point


def _symbolic_adjugate(s: Any, a: Any) -> Any:
    return np.array(_in_symbols(s, a).adjugate(method="berkowitz").tolist(), dtype=object)


def _symbolic_inv(s: Any, a: Any) -> Any:
    return _symbolic_adjugate(s, a) / _symbolic_det(s, a)


def _precise_inv(m: Any, a: Any) -> Any:
    return np.array(m.inverse(m.matrix(a.tolist())).tolist(), dtype=object)


def _precise_det(m: Any, a: Any) -> Any:
    return m.det(m.matrix(a.tolist()))


def _square(name: str, a: Value) -> Value:
    """The matrix. Raises TypeError where it is not one matrix, and square."""
    shape = shape_of(a if isinstance(a, Traced) else np.asarray(a))
    if len(shape) != 2 or shape[0] != shape[1]:
        raise TypeError(f"np.linalg.{name} is traced of one square matrix, and this has the shape {shape}")
    return a


def _transposed(a: Value) -> Value:
    return swapaxes(a, 0, 1)


def _cubic(y: Any, a: Any, *b: Any) -> int:
    """An elimination's multiplications and additions, and those of its right sides."""
    n = len(a)
    total: int = 2 * n**3 // 3 + sum(2 * n * x.size for x in b)
    return total


_MATRICES = (
    np.array([[2.0, -0.5], [0.75, 1.5]]),
    np.array([[1.5, 0.25, -1.0], [0.5, -2.0, 0.75], [1.25, 0.5, 3.0]]),
)

_inv = _or_nan(np.linalg.inv)
inverse: Primitive = structural(
    "inv",
    _inv,
    lambda i, g, y, a: -matmul(matmul(_transposed(y), g), _transposed(y)),
    jvp=lambda t, y, a: -matmul(matmul(y, t[0]), y),
    symbolic=_symbolic_inv,
    precise=_precise_inv,
    on_arrays=True,
    operations=lambda y, a: 2 * len(a) ** 3,
    examples=tuple((a, {}) for a in _MATRICES),
)


def _solve_vjp(position: int, g: Value, y: Value, a: Value, b: Value) -> Value:
    """b̄ = A⁻ᵀ ȳ, and Ā = −b̄ yᵀ."""
    b_bar = solution(_transposed(a), g)
    if position == 1:
        return b_bar
    return -outer(b_bar, y) if len(shape_of(y)) == 1 else -matmul(b_bar, _transposed(y))


def _solve_jvp(tangents: Any, y: Value, a: Value, b: Value) -> Value:
    """A ẏ = ḃ − Ȧ y."""
    by_a, by_b = tangents
    if by_a is None:
        return solution(a, by_b)
    moved = matmul(by_a, y)
    return solution(a, -moved if by_b is None else by_b - moved)


solution: Primitive = structural(
    "solve",
    _or_nan(np.linalg.solve),
    _solve_vjp,
    jvp=_solve_jvp,
    symbolic=lambda s, a, b: _symbolic_inv(s, a) @ b,
    precise=lambda m, a, b: _precise_inv(m, a) @ b,
    on_arrays=True,
    operations=_cubic,
    examples=(
        (_MATRICES[0], np.array([0.5, -1.5]), {}),
        (_MATRICES[1], np.array([0.5, -1.5, 2.0]), {}),
        (_MATRICES[0], np.array([[0.5, 1.25, -1.0], [-1.5, 2.0, 0.75]]), {}),
    ),
)


def _minors(a: Any, det: Callable[[Any], Any]) -> Any:
    """The cofactors one by one, which are there for a singular matrix too."""
    n = len(a)
    rest = [[k for k in range(n) if k != i] for i in range(n)]
    return np.array(
        [[(-1) ** (i + j) * det(a[rest[i]][:, rest[j]]) for j in range(n)] for i in range(n)]
        if n > 1
        else [[det(a) * 0 + 1]]
    )


def _cofactors(a: Any) -> Any:
    return _minors(a, np.linalg.det) if len(a) <= MOST_ROWS_OF_MINORS else np.linalg.det(a) * _inv(a).T


def _precise_cofactors(m: Any, a: Any) -> Any:
    if len(a) <= MOST_ROWS_OF_MINORS:
        return _minors(a, lambda minor: _precise_det(m, minor))
    return _precise_det(m, a) * _precise_inv(m, a).T


cofactors: Primitive = structural(
    "cofactors",
    _cofactors,
    lambda i, g, y, a: (array_sum(g * y) * y - matmul(matmul(y, _transposed(g)), y)) / determinant(a),
    jvp=lambda t, y, a: (array_sum(y * t[0]) * y - matmul(matmul(y, _transposed(t[0])), y)) / determinant(a),
    symbolic=lambda s, a: _symbolic_adjugate(s, a).T,
    precise=_precise_cofactors,
    on_arrays=True,
    operations=lambda y, a: 2 * len(a) ** 3,
    examples=tuple((a, {}) for a in (*_MATRICES, np.array([[2.5]]))),
)

determinant: Primitive = structural(
    "det",
    np.linalg.det,
    lambda i, g, y, a: g * cofactors(a),
    jvp=lambda t, y, a: array_sum(cofactors(a) * t[0]),
    symbolic=_symbolic_det,
    precise=_precise_det,
    on_arrays=True,
    operations=_cubic,
    examples=tuple((a, {}) for a in _MATRICES),
)

log_determinant: Primitive = structural(
    "logabsdet",
    lambda a: np.linalg.slogdet(a)[1],
    lambda i, g, y, a: g * _transposed(inverse(a)),
    jvp=lambda t, y, a: array_sum(_transposed(inverse(a)) * t[0]),
    symbolic=lambda s, a: s.log(s.Abs(_symbolic_det(s, a))),
    precise=lambda m, a: m.log(abs(_precise_det(m, a))),
    on_arrays=True,
    analytic=False,  # the absolute value is real
    operations=_cubic,
    examples=tuple((a, {}) for a in _MATRICES),
)


class SignAndLog(NamedTuple):
    """What np.linalg.slogdet returns."""

    sign: Value
    logabsdet: Value


@implements(np.linalg.inv)
def inv(a: Value) -> Value:
    """np.linalg.inv of one matrix."""
    return inverse(_square("inv", a))


@implements(np.linalg.solve)
def solve(a: Value, b: Value) -> Value:
    """np.linalg.solve of one matrix, with one right side or several as columns."""
    return solution(_square("solve", a), b)


@implements(np.linalg.det)
def det(a: Value) -> Value:
    """np.linalg.det of one matrix."""
    return determinant(_square("det", a))


@implements(np.linalg.slogdet)
def slogdet(a: Value) -> SignAndLog:
    """np.linalg.slogdet of one matrix; the derivative is that of log|det|."""
    return SignAndLog(sign(determinant(_square("slogdet", a))), log_determinant(a))
