"""The rules of the books in place of the engine's own, where these see to more than there is at a point.

The engine's rule of x^p looks after x = 0, and that of max shares among ties. Where there is neither, both say the
same as the books, at length; and a quotient's rule is told in its operands, not in its result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradlab.engine.primitive import Primitive, Value
from gradlab.engine.program import Program
from gradlab.engine.rules.elementary import log
from gradlab.engine.rules.selection import choose, equal
from gradlab.engine.rules.shapes import reshape_array
from gradlab.engine.rules.spreading import kept_shape, reduce_sum, spread
from gradlab.engine.trace import shape_of

_LARGE = 1e150
"""Up to here float64 holds the square of a divisor, and one over it."""

Rewriting = Callable[[Primitive, Value, Sequence[Value], Mapping[str, Any]], Primitive]
"""(a primitive, its result, its operands, its parameters) -> the same with the rule of the books."""


def with_textbook_rules(program: Program, values: Sequence[Value]) -> Program:
    """The program, to be differentiated by the rules of the books, where those hold at its slots' values."""
    equations = []
    for equation in program.equations:
        primitive, operands, parameters, result = equation
        if primitive.name in _RULES:
            rewrite = _RULES[primitive.name]
            told = rewrite(primitive, values[result], [values[i] for i in operands], parameters)
            equation = equation._replace(primitive=told)
        equations.append(equation)
    return replace(program, equations=tuple(equations))


def _quotient(primitive: Primitive, y: Value, x: Sequence[Value], parameters: Mapping[str, Any]) -> Primitive:
    divisor = np.abs(np.asarray(x[1], dtype=np.float64))
    if not np.all((divisor > 1 / _LARGE) & (divisor < _LARGE)):
        return primitive
    return replace(primitive, partials=(lambda y, a, b: 1.0 / b, lambda y, a, b: -(a / (b * b))))


def _power(primitive: Primitive, y: Value, x: Sequence[Value], parameters: Mapping[str, Any]) -> Primitive:
    if not np.all(x[0]):
        return primitive
    return replace(primitive, partials=(lambda y, x, p: p * x ** (p - 1), lambda y, x, p: y * log(x)))


def _extreme(primitive: Primitive, y: Value, x: Sequence[Value], parameters: Mapping[str, Any]) -> Primitive:
    """All of it goes to the winner, where there is but one."""
    if primitive.kinks is None or not np.all(primitive.kinks(y, *x, **parameters)):
        return primitive
    return replace(
        primitive,
        vjp=lambda i, g, y, x, axis, keepdims: spread(g, x, axis) * _winners(x, y, axis),
        jvp=lambda t, y, x, axis, keepdims: reduce_sum(
            t[0] * _winners(x, y, axis), axis=axis, keepdims=keepdims
        ),
    )


def _winners(x: Value, y: Value, axis: tuple[int, ...]) -> Value:
    return choose(equal(x, reshape_array(y, kept_shape(shape_of(x), axis))), 1.0, 0.0)


_RULES: Mapping[str, Rewriting] = {
    "divide": _quotient,
    "sqrt": lambda primitive, *_: replace(primitive, partials=(lambda y, x: 1.0 / (2.0 * y),)),
    "power": _power,
    "max": _extreme,
    "min": _extreme,
}
