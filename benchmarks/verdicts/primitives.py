"""Every differentiable elementwise primitive of the engine, with its partial derivatives by hand.

Of the table only names, domains and kinks are read; the partials here are those of a book of formulas.
Points are drawn within the domain, away from kinks, over five magnitudes and both signs.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

import gradlab
from benchmarks.verdicts.subject import Subject, subject
from gradlab.engine import transform  # noqa: F401 - loads the table
from gradlab.engine.primitive import PRIMITIVES, Primitive

Function = Callable[..., Any]
WEIGHTS = np.array([0.6, -1.4, 2.2])
POINTS = 2
_POOL = 400
_SMALLEST_MARGIN = 1e-6


def _sinc_slope(x: Any) -> Any:
    t = np.pi * x
    return np.pi * (np.cos(t) / t - np.sin(t) / t**2)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _zero(*x: Any) -> Any:
    return 0 * sum(x)


TABLE: dict[str, tuple[Function, tuple[Function, ...]]] = {
    "maximum": (np.maximum, (lambda x, y: np.where(x > y, 1.0, 0.0), lambda x, y: np.where(x > y, 0.0, 1.0))),
    "minimum": (np.minimum, (lambda x, y: np.where(x < y, 1.0, 0.0), lambda x, y: np.where(x < y, 0.0, 1.0))),
    "where": (
        lambda x, y: np.where(np.array([True, False, True]), x, y),
        (lambda x, y: np.array([1.0, 0.0, 1.0]), lambda x, y: np.array([0.0, 1.0, 0.0])),
    ),
    "absolute": (np.abs, (np.sign,)),
    "relu": (gradlab.relu, (lambda x: np.where(x > 0, 1.0, 0.0),)),
    "sign": (np.sign, (_zero,)),
    "floor": (np.floor, (_zero,)),
    "ceil": (np.ceil, (_zero,)),
    "trunc": (np.trunc, (_zero,)),
    "rint": (np.rint, (_zero,)),
    "heaviside": (np.heaviside, (_zero, _zero)),
    "copysign": (np.copysign, (lambda x, y: np.sign(x) * np.sign(y), _zero)),
    "exp": (np.exp, (np.exp,)),
    "exp2": (np.exp2, (lambda x: np.exp2(x) * np.log(2 + 0 * x),)),
    "expm1": (np.expm1, (np.exp,)),
    "log": (np.log, (lambda x: 1 / x,)),
    "log2": (np.log2, (lambda x: 1 / (x * np.log(2 + 0 * x)),)),
    "log10": (np.log10, (lambda x: 1 / (x * np.log(10 + 0 * x)),)),
    "log1p": (np.log1p, (lambda x: 1 / (1 + x),)),
    "logaddexp": (np.logaddexp, (lambda x, y: _sigmoid(x - y), lambda x, y: _sigmoid(y - x))),
    "logaddexp2": (
        np.logaddexp2,
        (lambda x, y: 1 / (1 + np.exp2(y - x)), lambda x, y: 1 / (1 + np.exp2(x - y))),
    ),
    "sqrt": (np.sqrt, (lambda x: 0.5 / np.sqrt(x),)),
    "cbrt": (np.cbrt, (lambda x: 1 / (3 * np.cbrt(x) ** 2),)),
    "sin": (np.sin, (np.cos,)),
    "cos": (np.cos, (lambda x: -np.sin(x),)),
    "tan": (np.tan, (lambda x: 1 + np.tan(x) ** 2,)),
    "arcsin": (np.arcsin, (lambda x: 1 / np.sqrt(1 - x**2),)),
    "arccos": (np.arccos, (lambda x: -1 / np.sqrt(1 - x**2),)),
    "arctan": (np.arctan, (lambda x: 1 / (1 + x**2),)),
    "arctan2": (np.arctan2, (lambda y, x: x / (x**2 + y**2), lambda y, x: -y / (x**2 + y**2))),
    "sinh": (np.sinh, (np.cosh,)),
    "cosh": (np.cosh, (np.sinh,)),
    "tanh": (np.tanh, (lambda x: 1 / np.cosh(x) ** 2,)),
    "arcsinh": (np.arcsinh, (lambda x: 1 / np.sqrt(1 + x**2),)),
    "arccosh": (np.arccosh, (lambda x: 1 / np.sqrt(x**2 - 1),)),
    "arctanh": (np.arctanh, (lambda x: 1 / (1 - x**2),)),
    "sinc": (np.sinc, (lambda x: np.cos(4 * np.arctan(1 + 0 * x) * x) / x - np.sinc(x) / x,)),
    "radians": (np.radians, (lambda x: np.radians(1 + 0 * x),)),
    "degrees": (np.degrees, (lambda x: np.degrees(1 + 0 * x),)),
    "sigmoid": (gradlab.sigmoid, (lambda x: _sigmoid(x) * _sigmoid(-x),)),
    "softplus": (gradlab.softplus, (_sigmoid,)),
    "add": (np.add, (lambda x, y: 1 + _zero(x, y), lambda x, y: 1 + _zero(x, y))),
    "subtract": (np.subtract, (lambda x, y: 1 + _zero(x, y), lambda x, y: -1 + _zero(x, y))),
    "multiply": (np.multiply, (lambda x, y: y, lambda x, y: x)),
    "divide": (np.divide, (lambda x, y: 1 / y, lambda x, y: -x / y**2)),
    "negative": (np.negative, (lambda x: -1 + _zero(x),)),
    "positive": (np.positive, (lambda x: 1 + _zero(x),)),
    "square": (np.square, (lambda x: 2 * x,)),
    "reciprocal": (np.reciprocal, (lambda x: -1 / x**2,)),
    "power": (
        np.power,
        (lambda x, p: p * x ** (p - 1), lambda x, p: x**p * np.log(x)),
    ),
    "floor_divide": (np.floor_divide, (_zero, _zero)),
    "remainder": (np.remainder, (lambda x, y: 1 + _zero(x, y), lambda x, y: -np.floor(x / y))),
    "fmod": (np.fmod, (lambda x, y: 1 + _zero(x, y), lambda x, y: -np.trunc(x / y))),
    "hypot": (np.hypot, (lambda x, y: x / np.hypot(x, y), lambda x, y: y / np.hypot(x, y))),
}
"""By the primitive's name: what a user writes, and its partial derivatives."""
INTERNAL = {"sinc_slope"}
"""No function of NumPy's: the derivative of sinc, tried by way of it."""


def wanted() -> list[Primitive]:
    """The elementwise primitives of the engine's table that have a derivative."""
    return [p for p in PRIMITIVES.values() if any(partial is not None for partial in p.partials or ())]


def uncovered() -> list[str]:
    """Those for which there are no formulas here."""
    return [p.name for p in wanted() if p.name not in TABLE and p.name not in INTERNAL]


def subjects() -> list[Subject]:
    """One for each primitive: Σ w op(x, y), three elements, at points drawn by its name."""
    return [_of(primitive) for primitive in wanted() if primitive.name in TABLE]


def _of(primitive: Primitive) -> Subject:
    function, partials = TABLE[primitive.name]
    points = _points(primitive, len(partials))
    if len(partials) == 1:
        return subject(
            f"primitive-{primitive.name}",
            "primitive",
            lambda x: np.sum(WEIGHTS * function(x)),
            lambda x: WEIGHTS * partials[0](x),
            points,
        )
    return subject(
        f"primitive-{primitive.name}",
        "primitive",
        lambda x, y: np.sum(WEIGHTS * function(x, y)),
        lambda x, y: (WEIGHTS * partials[0](x, y), WEIGHTS * partials[1](x, y)),
        points,
    )


def _points(primitive: Primitive, arity: int) -> list[dict[str, Any]]:
    """Numbers that are good together; a condition among the operands is not drawn."""
    random = np.random.default_rng(zlib.crc32(primitive.name.encode()))
    operands = [
        10.0 ** random.uniform(-3, 1.5, _POOL) * random.choice([-1.0, 1.0], _POOL) for _ in range(arity)
    ]
    good = np.ones(_POOL, dtype=bool)
    if len(primitive.partials or ()) == arity:
        with np.errstate(all="ignore"):
            y = primitive.impl(*operands)
            for moved in ([x * (1 + s) for x in operands] for s in (0, 1e-3, -1e-3)):
                good &= primitive.domain is None or primitive.domain(*moved)
            if primitive.kinks is not None:
                good &= np.abs(primitive.kinks(y, *operands)) > _SMALLEST_MARGIN
            if primitive.name == "power":
                good &= operands[0] > 0
            good &= np.isfinite(y) & (np.abs(y) < 1e100)
    rows = np.flatnonzero(good)[: 3 * POINTS].reshape(POINTS, 3)
    return [dict(zip("xy", (x[row] for x in operands), strict=False)) for row in rows]
