"""NumPy's elementary functions: exponentials, logarithms, trigonometry, and those written stably here."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradlab.engine.primitive import UFUNCS, Exact, Primitive, Value, elementwise, implements
from gradlab.engine.rules.selection import choose, equal

LN2 = Exact("ln 2", math.log(2.0), lambda s: s.log(2), lambda m: m.log(2))
LN10 = Exact("ln 10", math.log(10.0), lambda s: s.log(10), lambda m: m.log(10))
PI = Exact("pi", math.pi, lambda s: s.pi, lambda m: +m.pi)
DEGREE = Exact("degree", math.pi / 180.0, lambda s: s.pi / 180, lambda m: m.pi / 180)
RADIAN = Exact("radian", 180.0 / math.pi, lambda s: 180 / s.pi, lambda m: 180 / m.pi)

exp: Primitive = elementwise(np.exp, lambda y, x: y, scalar=math.exp)
exp2: Primitive = elementwise(
    np.exp2,
    lambda y, x: y * LN2,
    scalar=math.exp2,
    symbolic=lambda s, x: 2**x,
    precise=lambda m, x: m.mpf(2) ** x,
)
expm1: Primitive = elementwise(
    np.expm1, lambda y, x: exp(x), scalar=math.expm1, symbolic=lambda s, x: s.exp(x) - 1, precise="expm1"
)
log: Primitive = elementwise(np.log, lambda y, x: 1.0 / x, scalar=math.log, domain=lambda x: x > 0)
log2: Primitive = elementwise(
    np.log2,
    lambda y, x: 1.0 / (x * LN2),  # LN2 on the left would make it a Python float, which 1/0 raises for
    scalar=math.log2,
    symbolic=lambda s, x: s.log(x) / s.log(2),
    precise=lambda m, x: m.log(x) / m.log(2),
    domain=lambda x: x > 0,
)
log10: Primitive = elementwise(
    np.log10,
    lambda y, x: 1.0 / (x * LN10),  # likewise
    scalar=math.log10,
    symbolic=lambda s, x: s.log(x) / s.log(10),
    precise=lambda m, x: m.log10(x),
    domain=lambda x: x > 0,
)
log1p: Primitive = elementwise(
    np.log1p,
    lambda y, x: 1.0 / (1.0 + x),
    scalar=math.log1p,
    symbolic=lambda s, x: s.log(1 + x),
    precise="log1p",
    domain=lambda x: x > -1,
)
logaddexp: Primitive = elementwise(
    np.logaddexp,
    lambda y, a, b: sigmoid(a - b),
    lambda y, a, b: sigmoid(b - a),
    commutative=True,
    analytic=False,  # NumPy has it for real numbers alone, and so too the next, and radians and degrees
    symbolic=lambda s, a, b: s.log(s.exp(a) + s.exp(b)),
    precise=lambda m, a, b: m.log(m.exp(a) + m.exp(b)),
)
logaddexp2: Primitive = elementwise(
    np.logaddexp2,
    lambda y, a, b: exp2(a - y),
    lambda y, a, b: exp2(b - y),
    commutative=True,
    analytic=False,
    symbolic=lambda s, a, b: s.log(2**a + 2**b) / s.log(2),
    precise=lambda m, a, b: m.log(m.mpf(2) ** a + m.mpf(2) ** b) / m.log(2),
)
sqrt: Primitive = elementwise(
    np.sqrt, lambda y, x: 0.5 / y, scalar=math.sqrt, domain=lambda x: x > 0, kinks=lambda y, x: x
)
cbrt: Primitive = elementwise(
    np.cbrt,
    lambda y, x: y / (3.0 * x),
    scalar=math.cbrt,
    analytic=False,
    symbolic=lambda s, x: s.sign(x) * s.Abs(x) ** s.Rational(1, 3),
    precise=lambda m, x: m.sign(x) * m.cbrt(abs(x)),
    domain=lambda x: x != 0,
    kinks=lambda y, x: x,
)

sin: Primitive = elementwise(np.sin, lambda y, x: cos(x), scalar=math.sin)
cos: Primitive = elementwise(np.cos, lambda y, x: -sin(x), scalar=math.cos)
tan: Primitive = elementwise(np.tan, lambda y, x: 1.0 + y * y, scalar=math.tan)
arcsin: Primitive = elementwise(
    np.arcsin,
    lambda y, x: 1.0 / sqrt(1.0 - x * x),
    scalar=math.asin,
    symbolic="asin",
    domain=lambda x: abs(x) < 1,
    kinks=lambda y, x: 1 - abs(x),
)
arccos: Primitive = elementwise(
    np.arccos,
    lambda y, x: -1.0 / sqrt(1.0 - x * x),
    scalar=math.acos,
    symbolic="acos",
    domain=lambda x: abs(x) < 1,
    kinks=lambda y, x: 1 - abs(x),
)
arctan: Primitive = elementwise(
    np.arctan, lambda y, x: 1.0 / (1.0 + x * x), scalar=math.atan, symbolic="atan"
)
arctan2: Primitive = elementwise(
    np.arctan2,
    lambda z, y, x: x / (x * x + y * y),
    lambda z, y, x: -y / (x * x + y * y),
    scalar=math.atan2,
    analytic=False,
    symbolic="atan2",
    domain=lambda y, x: (y != 0) | (x > 0),
    kinks=lambda z, y, x: np.where(x > 0, np.hypot(y, x), y),  # the cut is the negative x axis
)
sinh: Primitive = elementwise(np.sinh, lambda y, x: cosh(x), scalar=math.sinh)
cosh: Primitive = elementwise(np.cosh, lambda y, x: sinh(x), scalar=math.cosh)
tanh: Primitive = elementwise(np.tanh, lambda y, x: 1.0 - y * y, scalar=math.tanh)
arcsinh: Primitive = elementwise(
    np.arcsinh, lambda y, x: 1.0 / sqrt(1.0 + x * x), scalar=math.asinh, symbolic="asinh"
)
arccosh: Primitive = elementwise(
    np.arccosh,
    lambda y, x: 1.0 / (sqrt(x - 1.0) * sqrt(x + 1.0)),
    scalar=math.acosh,
    symbolic="acosh",
    domain=lambda x: x > 1,
    kinks=lambda y, x: x - 1,
)
arctanh: Primitive = elementwise(
    np.arctanh,
    lambda y, x: 1.0 / (1.0 - x * x),
    scalar=math.atanh,
    symbolic="atanh",
    domain=lambda x: abs(x) < 1,
)
sinc: Primitive = elementwise(
    np.sinc,
    lambda y, x: sinc_slope(x),
    symbolic=lambda s, x: s.sinc(s.pi * x),
    precise=lambda m, x: m.sincpi(x),
)
implements(np.sinc)(sinc)
radians: Primitive = elementwise(
    np.radians,
    lambda y, x: DEGREE,
    symbolic=lambda s, x: x * s.pi / 180,
    precise=lambda m, x: m.radians(x),
    analytic=False,
)
degrees: Primitive = elementwise(
    np.degrees,
    lambda y, x: RADIAN,
    symbolic=lambda s, x: x * 180 / s.pi,
    precise=lambda m, x: m.degrees(x),
    analytic=False,
)
UFUNCS[np.deg2rad] = radians
UFUNCS[np.rad2deg] = degrees


def _sinc_slope(x: Any) -> Any:
    """(cos πx − sinc x)/x.

    Near 0, where that cancels, its series −π²x/3 (1 − (πx)²/10 (1 − (πx)²/28 (…))).
    """
    square = (math.pi * x) ** 2
    series = 1.0
    for k in range(9, 0, -1):
        series = 1.0 - square * series / (2 * k * (2 * k + 3))
    near = np.abs(x) < 0.3
    far = np.where(near, 1.0, x)
    return np.where(near, -(math.pi**2) * x / 3.0 * series, (np.cos(math.pi * far) - np.sinc(far)) / far)[()]


sinc_slope: Primitive = elementwise(
    _sinc_slope,
    # From x s″ + 2 s′ + π² x s = 0; at 0, s″ = −π²/3.
    lambda y, x: (
        -(PI * (PI * sinc(x))) / choose(equal(x, 0.0), 3.0, 1.0)
        - choose(equal(x, 0.0), 0.0, 2.0 * y / choose(equal(x, 0.0), 1.0, x))
    ),
    name="sinc_slope",
    analytic=False,  # it is holomorphic, but chosen by |x|
    symbolic=lambda s, x: -(s.pi**2) * x / 3 * s.hyper([], [s.Rational(5, 2)], -((s.pi * x) ** 2) / 4),
    precise=lambda m, x: -(m.pi**2) * x / 3 * m.hyp0f1(m.mpf(5) / 2, -((m.pi * x) ** 2) / 4),
)


def _sigmoid(x: Value) -> Value:
    """1/(1 + e^(−x)) without overflow; a complex x comes from a complex step."""
    if np.iscomplexobj(x):
        return 1.0 / (1.0 + np.exp(-x))
    z = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1.0, z) / (1.0 + z)


def _sigmoid_of_float(x: float) -> float:
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    z = math.exp(x)
    return z / (1.0 + z)


def _softplus(x: Value) -> Value:
    """ln(1 + e^x) without overflow; complex as for sigmoid."""
    return np.log1p(np.exp(x)) if np.iscomplexobj(x) else np.logaddexp(x, 0.0)


def _softplus_of_float(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


sigmoid: Primitive = elementwise(
    _sigmoid,
    lambda y, x: y * (1.0 - y),
    name="sigmoid",
    scalar=_sigmoid_of_float,
    symbolic=lambda s, x: 1 / (1 + s.exp(-x)),
    precise=lambda m, x: 1 / (1 + m.exp(-x)),
)
softplus: Primitive = elementwise(
    _softplus,
    lambda y, x: sigmoid(x),
    name="softplus",
    scalar=_softplus_of_float,
    symbolic=lambda s, x: s.log(1 + s.exp(x)),
    precise=lambda m, x: m.log1p(m.exp(x)),
)
