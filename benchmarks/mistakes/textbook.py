"""Functions as textbooks and lectures have them: products, quotients, chains, roots, activations, losses.

Each is a SymPy tree with a point. Tags tell what a slip needs to know: which symbols are data, which terms
are a regulariser, how many terms a sum or mean has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy import atan, cos, exp, log, pi, sin, sqrt, tan, tanh

from benchmarks.mistakes.expressions import log10, maximum, relu, sigmoid, softplus


@dataclass(frozen=True, eq=False)
class Subject:
    """A function to be derived."""

    name: str
    tree: Any
    at: dict[str, float]
    wrt: tuple[str, ...]
    """Of its symbols, those to derive by."""
    regulariser: Any = None
    """The terms of `tree` that are one, as a tree."""
    terms: int = 0
    """How many like terms are summed or averaged."""
    case: str = ""
    """The library's case by that name, whose function in NumPy is asked about; without, a typed formula is."""


_NAMES = "a A b B c d k m n r s t u v w x y z lam omega phi t1 t2 t3 w1 w2 v1 v2 x1 x2 x3 h1 h2 b1 b2 m1 m2 G K V R g"
(
    a, A, b, B, c, d, k, m, n, r, s, t, u, v, w, x, y, z, lam, omega, phi, t1, t2, t3, w1, w2, v1, v2, x1, x2,
    x3, h1, h2, b1, b2, m1, m2, G, K, V, R, g,
) = sp.symbols(_NAMES, real=True)  # fmt: skip

_VALUES = dict(
    a=1.3, A=1.7, b=0.4, B=0.6, c=0.7, d=2.1, k=0.8, m=0.3, n=1.6, r=1.4, s=0.9, t=0.35, u=0.65, v=-0.75, w=0.55,
    x=0.85, y=1.45, z=0.6, lam=0.15, omega=1.9, phi=0.25, t1=0.3, t2=-0.45, t3=0.8, w1=0.7, w2=-0.35, v1=1.15,
    v2=-0.6, x1=0.5, x2=1.25, x3=-0.65, h1=0.3, h2=0.9, b1=0.2, b2=-0.1, m1=1.8, m2=0.95, G=1.1, K=2.3, V=1.65,
    R=2.4, g=1.2,
)  # fmt: skip
DATA = {"x", "x1", "x2", "x3", "t", "t1", "t2", "t3", "lam", "h1", "h2"}
"""In a loss these are given, and not derived by."""

_FUNCTIONS: dict[str, Any] = {
    "square times sine": x**2 * sin(x),
    "x by exp": x * exp(-x),
    "product and sine of it": x * y + sin(x * y),
    "sine times cosine": sin(x) * cos(y),
    "cube times logarithm": x**3 * log(x),
    "damped wave": A * exp(-k * y) * sin(omega * y + phi),
    "three factors": x * y * z,
    "three factors in one variable": x * exp(x) * cos(x),
    "wave packet": exp(-(x**2)) * cos(3 * x),
    "root times line": sqrt(x) * (x - 1),
    "sinc": sin(x) / x,
    "logarithm by x": log(x) / x,
    "x by a square": x / (1 + x**2),
    "rational": (x**2 + 1) / (x + 3),
    "exponential by line": exp(x) / (1 + x),
    "fraction of lines": (a * x + b) / (c * x + d),
    "product by z": x * y / z,
    "square by sum": (x - y) ** 2 / (x + y),
    "cosine by root": cos(x) / sqrt(1 + x),
    "saturation": V * s / (K + s),
    "sine of a square": sin(x**2),
    "cosine of a line": cos(3 * x + 1),
    "bell": exp(-(x**2) / 2),
    "normal density": exp(-((x - m) ** 2) / (2 * s**2)) / s,
    "logarithm of a square": log(1 + x**2),
    "logarithm of a product": log(x + y * z),
    "root of a square": sqrt(1 + x**2),
    "distance": sqrt(x**2 + y**2),
    "geometric mean": sqrt(x * y + z),
    "half circle": sqrt(4 - x**2),
    "exponential of a root": exp(-sqrt(x)),
    "root of a sine": y * sqrt(sin(x)),
    "root by a sum": sqrt(x) / (x + y),
    "reciprocal": 1 / (x**2 + y),
    "lens": 1 / (1 / x + 1 / y),
    "fifth power": (3 * x + 2) ** 5,
    "fourth power": (x**2 + 3 * x) ** 4,
    "sine cubed": sin(x) ** 3,
    "cosine squared": cos(x) ** 2,
    "tangent times x": x * tan(x),
    "power of two": x * 2**x,
    "power of a": x * a**x,
    "half-life": A * 2 ** (-y / h1),
    "tripling": 3 ** (k * x) + x,
    "power of a product": a ** (x * y),
    "decimal logarithm": log10(1 + x**2),
    "decibels": 10 * log10(x / y),
    "magnitude": r - 5 * log10(d) + 5,
    "acidity": x * log10(x * y + z),
    "decimal logarithm of a root": log10(sqrt(x) + y),
    "sine of degrees": x * sin(pi * x / 180),
    "cosine of degrees": r * cos(pi * x / 180),
    "sine of degrees squared": sin(pi * x / 180) ** 2,
    "tangent of degrees": d * tan(pi * x / 180),
    "throw": V**2 * sin(pi * a / 180) * cos(pi * a / 180) / g,
    "sector": r**2 * (pi * a / 180 - sin(pi * a / 180)) / 2,
    "sine in a quotient": 2 / sin(exp(-x)),
    "angle": atan(y / x),
    "logarithm squared": log(x) ** 2,
    "sine of an exponential": sin(exp(x)),
    "exponential of a product": exp(y * sin(x)),
    "square of a product and a sum": (x * y + z) ** 2,
    "entropy": -x * log(x) - (1 - x) * log(1 - x),
    "x to the y": x**y,
    "two paths": x * sin(x) + sin(x) ** 2,
    "two paths of a square": (x**2 + y) * sin(x**2),
    "gravitation": G * m1 * m2 / r**2,
    "pendulum": 2 * pi * sqrt(a / g),
    "wave": A * sin(omega * y + phi),
    "larger one times z": z * maximum(x, y),
    "larger one squared": (maximum(x * y, z) - 1) ** 2,
    "larger of two lines": maximum(w * x, u * x + b) ** 2,
    "sine of the larger one": sin(maximum(x, y * z)),
    "larger one and a sum": x * maximum(x, y) + y**2,
    "swish": x * sigmoid(x),
    "logistic growth": K / (1 + A * exp(-r * x)),
    "sigmoid of a line": sigmoid(w * x + b),
    "sigmoid of a sum of two": sigmoid(w1 * x1 + w2 * x2 + b),
    "tanh of a line": tanh(w * x + b),
    "tanh squared": tanh(w * x + b) ** 2,
    "tanh in tanh": tanh(w * tanh(u * x)),
    "skip connection": sigmoid(u * tanh(w * x) + w * x),
    "gate": sigmoid(u * x + b) * tanh(w * x),
    "softplus of a line": softplus(w * x + b),
    "two weights": v * relu(w * x + b),
}
_THIRD = sp.Rational(1, 3)  # SymPy would multiply it into the sum at once
_LOSSES: dict[str, tuple[Any, Any, int]] = {
    "ridge": ((w * x + b - t) ** 2, lam * w**2, 0),
    "ridge, half": ((w * x + b - t) ** 2 / 2, lam * w**2 / 2, 0),
    "tanh and ridge": ((tanh(w * x + b) - t) ** 2 / 2, lam * (w**2 + b**2) / 2, 0),
    "ridge in two": ((t - w1 * x1 - w2 * x2) ** 2, lam * (w1**2 + w2**2), 0),
    "logistic loss and ridge": (-log(sigmoid(w * x + b)), lam * w**2 / 2, 0),
    "cross-entropy": (-t * log(sigmoid(w * x + b)) - (1 - t) * log(1 - sigmoid(w * x + b)), 0, 0),
    "margin loss": (log(1 + exp(-t * (w * x + b))), 0, 0),
    "two layers": ((v * sigmoid(w * x + b) + c - t) ** 2, 0, 0),
    "two layers, tanh": ((v * tanh(w * x + b) + c - t) ** 2 / 2, lam * (v**2 + w**2) / 2, 0),
    "two hidden": ((v1 * tanh(w1 * x) + v2 * tanh(w2 * x) - t) ** 2 / 2, 0, 0),
    "relu unit": ((relu(w1 * x1 + w2 * x2 + b) - t) ** 2 / 2, 0, 0),
    "relu and sigmoid": ((v * relu(w * x + b) - t) ** 2, 0, 0),
    "mean of three": (
        sp.Mul(_THIRD, (w * x1 - t1) ** 2 + (w * x2 - t2) ** 2 + (w * x3 - t3) ** 2, evaluate=False),
        0,
        3,
    ),
    "mean of three with bias": (
        sp.Mul(
            _THIRD, (w * x1 + b - t1) ** 2 + (w * x2 + b - t2) ** 2 + (w * x3 + b - t3) ** 2, evaluate=False
        ),
        lam * w**2,
        3,
    ),
    "sum of three": ((w * x1 - t1) ** 2 + (w * x2 - t2) ** 2 + (w * x3 - t3) ** 2, 0, 3),
    "sum of three sigmoids": (
        (sigmoid(w * x1 + b) - t1) ** 2 + (sigmoid(w * x2 + b) - t2) ** 2 + (sigmoid(w * x3 + b) - t3) ** 2,
        0,
        3,
    ),
    "sum of three tanh": (
        (tanh(w * x1) - t1) ** 2 + (tanh(w * x2) - t2) ** 2 + (tanh(w * x3) - t3) ** 2,
        lam * w**2,
        0,
    ),
    "sum of three log-losses": (
        log(1 + exp(-t1 * (w * x1 + b)))
        + log(1 + exp(-t2 * (w * x2 + b)))
        + log(1 + exp(-t3 * (w * x3 + b))),
        0,
        3,
    ),
    "mean of three log-losses": (
        sp.Mul(
            _THIRD,
            log(1 + exp(-t1 * (w * x1 + b)))
            + log(1 + exp(-t2 * (w * x2 + b)))
            + log(1 + exp(-t3 * (w * x3 + b))),
            evaluate=False,
        ),
        0,
        3,
    ),
    "mean of three sigmoids": (
        sp.Mul(
            _THIRD,
            (sigmoid(w * x1 + b) - t1) ** 2
            + (sigmoid(w * x2 + b) - t2) ** 2
            + (sigmoid(w * x3 + b) - t3) ** 2,
            evaluate=False,
        ),
        lam * w**2,
        3,
    ),
    "scored softmax": (log(exp(w * x1) + exp(w * x2) + exp(w * x3)) - w * x1, 0, 0),
    "shared weight": ((w * tanh(w * x) - t) ** 2 / 2, 0, 0),
}


def textbook() -> list[Subject]:
    """All of them."""
    found = [_subject(name, tree, tuple(_names(tree))) for name, tree in _FUNCTIONS.items()]
    for name, (data, regulariser, terms) in _LOSSES.items():
        tree = data + regulariser
        wrt = tuple(symbol for symbol in _names(tree) if symbol not in DATA)
        found.append(_subject(name, tree, wrt, regulariser=regulariser or None, terms=terms))
    return found


def _names(tree: Any) -> list[str]:
    return sorted(symbol.name for symbol in tree.free_symbols)


def _subject(name: str, tree: Any, wrt: tuple[str, ...], **tags: Any) -> Subject:
    return Subject(name, tree, {n: _VALUES[n] for n in _names(tree)}, wrt, **tags)
