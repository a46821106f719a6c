"""Plus, minus, times, divided by, power, and their like."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from gradlab.engine.primitive import UFUNCS, Primitive, Traced, Value, elementwise
from gradlab.engine.rules.elementary import log
from gradlab.engine.rules.selection import choose, equal, logical_and

add: Primitive = elementwise(
    np.add,
    1,
    1,
    scalar=operator.add,
    operator="+",
    commutative=True,
    symbolic=lambda s, a, b: a + b,
    precise=lambda m, a, b: a + b,
)
subtract: Primitive = elementwise(
    np.subtract,
    1,
    -1,
    scalar=operator.sub,
    operator="-",
    symbolic=lambda s, a, b: a - b,
    precise=lambda m, a, b: a - b,
)
multiply: Primitive = elementwise(
    np.multiply,
    lambda y, a, b: b,
    lambda y, a, b: a,
    scalar=operator.mul,
    operator="*",
    commutative=True,
    symbolic=lambda s, a, b: a * b,
    precise=lambda m, a, b: a * b,
)
divide: Primitive = elementwise(
    np.divide,
    lambda y, a, b: 1.0 / b,
    lambda y, a, b: -(y / b),
    scalar=operator.truediv,
    operator="/",
    symbolic=lambda s, a, b: a / b,
    precise=lambda m, a, b: a / b,
    domain=lambda a, b: b != 0,
)
negative: Primitive = elementwise(
    np.negative, -1, scalar=operator.neg, operator="-", symbolic=lambda s, a: -a, precise=lambda m, a: -a
)
positive: Primitive = elementwise(
    np.positive, 1, scalar=operator.pos, operator="+", symbolic=lambda s, a: a, precise=lambda m, a: a
)
square: Primitive = elementwise(
    np.square,
    lambda y, x: 2.0 * x,
    scalar=lambda x: x * x,
    source=lambda x: f"{x} * {x}" if x.isidentifier() else f"{x} ** 2",
    symbolic=lambda s, x: x**2,
    precise=lambda m, x: x * x,
)
reciprocal: Primitive = elementwise(
    np.reciprocal,
    lambda y, x: -(y * y),
    scalar=lambda x: 1.0 / x,
    source=lambda x: f"1.0 / {x}",
    symbolic=lambda s, x: 1 / x,
    precise=lambda m, x: 1 / x,
    domain=lambda x: x != 0,
)


def _power_by_base(y: Value, x: Value, p: Value) -> Value:
    """p·x^(p−1); for p = 0 that is 0 even at x = 0."""
    if isinstance(p, (int, float)) and p == 0:
        return 0.0
    if not isinstance(p, Traced) and np.all(p):
        return p * power(x, p - 1)
    return p * power(choose(logical_and(equal(x, 0.0), equal(p, 0.0)), 1.0, x), p - 1)


def _power_by_exponent(y: Value, x: Value, p: Value) -> Value:
    """x^p·ln x; where x = 0, the limit 0."""
    return y * log(choose(equal(x, 0.0), 1.0, x))


def _power(x: Any, p: Any) -> Any:
    """np.power, but a whole array to a whole number goes by multiplication, as NumPy's x**2 does."""
    if isinstance(p, int) and isinstance(x, np.ndarray):
        return x**p if p >= 0 else 1.0 / x**-p
    return np.power(x, p)


power: Primitive = elementwise(
    _power,
    _power_by_base,
    _power_by_exponent,
    name="power",
    scalar=math.pow,
    symbolic=lambda s, x, p: x**p,
    precise=lambda m, x, p: x**p,
    domain=lambda x, p: (x > 0) | ((p == np.round(p)) & ((x != 0) | (p >= 0))),
    kinks=lambda y, x, p: np.where((p == np.round(p)) & (p >= 0), np.inf, x),
)
UFUNCS[np.power] = power

floor_divide: Primitive = elementwise(
    np.floor_divide,
    0,
    0,
    operator="//",
    analytic=False,
    symbolic=lambda s, a, b: s.floor(a / b),
    precise=lambda m, a, b: m.floor(a / b),
    kinks=lambda y, a, b: a / b - np.round(a / b),
    domain=lambda a, b: b != 0,
)
remainder: Primitive = elementwise(
    np.remainder,
    1,
    lambda y, a, b: -np.floor(a / b),
    operator="%",
    analytic=False,
    symbolic=lambda s, a, b: a - b * s.floor(a / b),
    precise=lambda m, a, b: a - b * m.floor(a / b),
    kinks=lambda y, a, b: a / b - np.round(a / b),
    domain=lambda a, b: b != 0,
)
fmod: Primitive = elementwise(
    np.fmod,
    1,
    lambda y, a, b: -np.trunc(a / b),
    analytic=False,
    symbolic=lambda s, a, b: a - b * s.sign(a / b) * s.floor(s.Abs(a / b)),
    precise=lambda m, a, b: a - b * m.sign(a / b) * m.floor(abs(a / b)),
    kinks=lambda y, a, b: a / b - np.round(a / b),
    domain=lambda a, b: b != 0,
)
hypot: Primitive = elementwise(
    np.hypot,
    lambda y, a, b: a / y,
    lambda y, a, b: b / y,
    scalar=math.hypot,
    analytic=False,
    symbolic=lambda s, a, b: s.sqrt(a**2 + b**2),
    kinks=lambda y, a, b: y,
)
