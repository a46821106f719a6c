"""Choosing: where, max, min, abs, clip, comparisons, and the steps whose slope is zero.

Each says by what margin it misses its kink or jump; that is how a point that is not
differentiable is known. At a tie the slope taken here is a convention, never a verdict.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from gradlab.engine.primitive import UFUNCS, Primitive, Value, elementwise, implements


def _comparison(ufunc: np.ufunc, scalar: Any, sign: str, symbolic: str) -> Primitive:
    return elementwise(
        ufunc,
        None,
        None,
        scalar=scalar,
        operator=sign,
        analytic=False,
        symbolic=lambda s, a, b: getattr(s, symbolic)(a, b),
        precise=lambda m, a, b: scalar(a, b),
        kinks=lambda y, a, b: np.subtract(a, b, dtype=np.float64),
    )


less: Primitive = _comparison(np.less, operator.lt, "<", "Lt")
less_equal: Primitive = _comparison(np.less_equal, operator.le, "<=", "Le")
greater: Primitive = _comparison(np.greater, operator.gt, ">", "Gt")
greater_equal: Primitive = _comparison(np.greater_equal, operator.ge, ">=", "Ge")
equal: Primitive = _comparison(np.equal, operator.eq, "==", "Eq")
not_equal: Primitive = _comparison(np.not_equal, operator.ne, "!=", "Ne")
logical_and: Primitive = elementwise(
    np.logical_and,
    None,
    None,
    analytic=False,
    symbolic=lambda s, a, b: s.And(a, b),
    precise=lambda m, a, b: bool(a) and bool(b),
    examples=((True, False, {}),),
)
logical_or: Primitive = elementwise(
    np.logical_or,
    None,
    None,
    analytic=False,
    symbolic=lambda s, a, b: s.Or(a, b),
    precise=lambda m, a, b: bool(a) or bool(b),
    examples=((True, False, {}),),
)
logical_not: Primitive = elementwise(
    np.logical_not,
    None,
    analytic=False,
    symbolic=lambda s, a: s.Not(a),
    precise=lambda m, a: not a,
    examples=((True, {}),),
)
UFUNCS[np.bitwise_and] = logical_and
UFUNCS[np.bitwise_or] = logical_or
UFUNCS[np.invert] = logical_not
isfinite: Primitive = elementwise(
    np.isfinite, None, symbolic=lambda s, a: s.true, precise=lambda m, a: m.isfinite(a)
)
isnan: Primitive = elementwise(np.isnan, None, symbolic=lambda s, a: s.false, precise=lambda m, a: m.isnan(a))
isinf: Primitive = elementwise(np.isinf, None, symbolic=lambda s, a: s.false, precise=lambda m, a: m.isinf(a))


def _where_of_numbers(condition: Any, a: Any, b: Any) -> Any:
    chosen = np.where(condition, a, b)
    return chosen if chosen.ndim else chosen[()]


choose: Primitive = elementwise(
    _where_of_numbers,
    None,
    lambda y, condition, a, b: choose(condition, 1.0, 0.0),
    lambda y, condition, a, b: choose(condition, 0.0, 1.0),
    name="where",
    source=lambda c, a, b: f"where({c}, {a}, {b})",
    symbolic=lambda s, c, a, b: s.Piecewise((a, c), (b, True)),
    precise=lambda m, c, a, b: a if c else b,
    operations=lambda y, *x: 0,
    analytic=False,
    examples=((True, 1.5, 2.0, {}),),
)


@implements(np.where)
def where(condition: Value, x: Value = None, y: Value = None) -> Value:
    """np.where with three arguments."""
    if x is None or y is None:
        raise TypeError(
            "np.where with one argument gives positions, which have no derivative: "
            "use the condition itself, with three arguments"
        )
    return choose(condition, x, y)


maximum: Primitive = elementwise(
    np.maximum,
    lambda y, a, b: choose(a >= b, 1.0, 0.0),
    lambda y, a, b: choose(a >= b, 0.0, 1.0),
    symbolic="Max",
    precise=lambda m, a, b: max(a, b),
    kinks=lambda y, a, b: a - b,
    analytic=False,
    commutative=False,
)
minimum: Primitive = elementwise(
    np.minimum,
    lambda y, a, b: choose(a <= b, 1.0, 0.0),
    lambda y, a, b: choose(a <= b, 0.0, 1.0),
    symbolic="Min",
    precise=lambda m, a, b: min(a, b),
    kinks=lambda y, a, b: a - b,
    analytic=False,
)
UFUNCS[np.fmax] = maximum
UFUNCS[np.fmin] = minimum
absolute: Primitive = elementwise(
    np.absolute,
    lambda y, x: sign(x),
    scalar=abs,
    symbolic=lambda s, x: s.Abs(x) if x.is_extended_real else s.Piecewise((x, x >= 0), (-x, True)),
    precise=lambda m, x: abs(x),
    kinks=lambda y, x: x,
    analytic=False,
)
UFUNCS[np.fabs] = absolute
relu: Primitive = elementwise(
    lambda x: np.maximum(x, 0.0),
    lambda y, x: choose(x > 0, 1.0, 0.0),
    name="relu",
    scalar=lambda x: 0.0 if x <= 0 else x,  # so that nan stays
    symbolic=lambda s, x: s.Max(x, 0),
    precise=lambda m, x: max(x, m.mpf(0)),
    kinks=lambda y, x: x,
    analytic=False,
)


@implements(np.clip)
def clip(
    a: Value, a_min: Value = None, a_max: Value = None, *, min: Value = None, max: Value = None
) -> Value:
    """np.clip as minimum(maximum(a, low), high)."""
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    a = a if low is None else maximum(a, low)
    return a if high is None else minimum(a, high)


def _step(ufunc: np.ufunc, symbolic: Any, precise: Any, kinks: Any) -> Primitive:
    """Constant between its jumps: the slope is zero."""
    return elementwise(ufunc, 0, analytic=False, symbolic=symbolic, precise=precise, kinks=kinks)


sign: Primitive = _step(np.sign, "sign", "sign", lambda y, x: x)
floor: Primitive = _step(np.floor, "floor", "floor", lambda y, x: x - np.round(x))
ceil: Primitive = _step(np.ceil, "ceiling", "ceil", lambda y, x: x - np.round(x))
trunc: Primitive = _step(
    np.trunc,
    lambda s, x: s.sign(x) * s.floor(s.Abs(x)),
    lambda m, x: m.sign(x) * m.floor(abs(x)),
    lambda y, x: x - np.round(x),
)
rint: Primitive = _step(
    np.rint, lambda s, x: s.floor(x + s.Rational(1, 2)), "nint", lambda y, x: x - np.floor(x) - 0.5
)
heaviside: Primitive = elementwise(
    np.heaviside,
    0,
    lambda y, x, half: choose(x == 0, 1.0, 0.0),
    analytic=False,
    symbolic=lambda s, x, half: s.Piecewise((0, x < 0), (1, x > 0), (half, True)),
    precise=lambda m, x, half: m.mpf(0) if x < 0 else m.mpf(1) if x > 0 else half,
    kinks=lambda y, x, half: x,
)
copysign: Primitive = elementwise(
    np.copysign,
    lambda y, a, b: sign(a) * choose(signbit(b), -1.0, 1.0),
    0,
    analytic=False,
    symbolic=lambda s, a, b: s.Abs(a) * s.sign(b),
    precise=lambda m, a, b: abs(a) if b >= 0 else -abs(a),
    kinks=lambda y, a, b: np.minimum(abs(a), abs(b)),
)
signbit: Primitive = elementwise(
    np.signbit,
    None,
    analytic=False,
    symbolic=lambda s, x: s.Lt(x, 0),
    precise=lambda m, x: x < 0,
    kinks=lambda y, x: x,
)


@implements(np.round, np.around)
def round(a: Value, decimals: int = 0, out: None = None) -> Value:
    """np.round: to whole numbers, or scaled so."""
    return rint(a) if decimals == 0 else rint(a * 10.0**decimals) / 10.0**decimals
