"""Derivatives misremembered, function by function; for each the wrong ones that are met."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from gradlab.engine.primitive import Value
from gradlab.engine.rules.elementary import DEGREE, LN2, LN10, sigmoid
from gradlab.engine.rules.special import TWO_BY_ROOT_PI
from gradlab.judge.mistakes.slip import Sight, slip

Partial = Callable[[Value, Value], Value]
CALLED = {"log": "ln", "absolute": "|u|", "log10": "log₁₀", "log2": "log₂", "exp2": "2^u"}


def _enter(kind: str, names: str, told: str, *partials: Partial) -> None:
    """Local derivatives as functions of (y, u), any of which may be used instead of the right one."""

    @slip(kind, "function", told, names)
    def wrong(s: Sight) -> Iterator[Value]:
        u, y = s.sign * s.x[0], s.y / s.scale
        for partial in partials:
            yield s.scale * partial(y, u) * (s.sign * s.t[0])


def _enter_all(told: str, table: dict[str, Sequence[Partial]]) -> None:
    for name, partials in table.items():
        _enter(f"{CALLED.get(name, name)} misremembered", name, told, *partials)


_enter(
    "σ for σ′",
    "sigmoid",
    "The derivative of {y} is σ·(1 − σ): here σ itself stands in its place.",
    lambda y, u: y,
)
_enter(
    "1 − σ for σ′",
    "sigmoid",
    "The derivative of {y} is σ·(1 − σ): here only 1 − σ is left of it.",
    lambda y, u: 1.0 - y,
)
_enter(
    "σ′ of the value before",
    "sigmoid",
    "σ′ = σ·(1 − σ) is written with the value after the activation, {y}, and not with the one before, {x}.",
    lambda y, u: y * (1.0 - u),
    lambda y, u: u * (1.0 - u),
    lambda y, u: u * (1.0 - y),
    lambda y, u: 1.0 - u,
)
_enter(
    "σ′ of the value after",
    "sigmoid",
    "The derivative of {y} is σ′ at {x}: here σ is applied once more, to the value after the activation.",
    lambda y, u: sigmoid(y) * (1.0 - sigmoid(y)),
)
_enter(
    "σ′ misremembered",
    "sigmoid",
    "The derivative of {y} is σ·(1 − σ): look at what stands there.",
    lambda y, u: y * (1.0 + y),
    lambda y, u: y * y,
    lambda y, u: 1.0 - y * y,
    lambda y, u: (1.0 - y) * (1.0 - y),
    lambda y, u: y * y * (1.0 - y),
    lambda y, u: y * (1.0 - y * y),
    lambda y, u: 1.0 + y,
    lambda y, u: u,
    lambda y, u: np.exp(-u),
    lambda y, u: y * np.exp(-u),
)
_enter(
    "1 − tanh for tanh′",
    "tanh",
    "The derivative of {y} is 1 − tanh²: here the square is missing.",
    lambda y, u: 1.0 - y,
)
_enter(
    "tanh′ misremembered",
    "tanh",
    "The derivative of {y} is 1 − tanh²: look at what stands there.",
    lambda y, u: 1.0 + y * y,
    lambda y, u: 1.0 / np.cosh(u),
    lambda y, u: y * (1.0 - y),
    lambda y, u: y * y,
    lambda y, u: 1.0 + y,
    lambda y, u: (1.0 - y) * (1.0 - y),
    lambda y, u: 1.0 / np.cosh(u) / np.sinh(u),
    lambda y, u: np.cosh(u),
    lambda y, u: 1.0 / np.sinh(u),
)
_enter(
    "tanh′ of the value before",
    "tanh",
    "tanh′ = 1 − tanh² is written with the value after the activation, {y}, and not with the one before, {x}.",
    lambda y, u: 1.0 - u * u,
    lambda y, u: 1.0 - u,
)
_enter(
    "tanh′ of the value after",
    "tanh",
    "The derivative of {y} is 1 − tanh² at {x}: here tanh is applied once more, to the value after the activation.",
    lambda y, u: 1.0 - np.tanh(y) ** 2,
)
_enter(
    "relu for relu′",
    "relu",
    "The derivative of {y} is 1 or 0: here relu itself stands in its place.",
    lambda y, u: y,
    lambda y, u: u,
)
_enter(
    "relu′ left open",
    "relu",
    "The derivative of {y} is 0 where {x} < 0: what is closed there passes on nothing.",
    lambda y, u: 1.0,
)
_enter(
    "relu′ the wrong way round",
    "relu",
    "The derivative of {y} is 1 where {x} > 0 and 0 where it is less: here it is the other way round.",
    lambda y, u: np.where(u > 0, 0.0, 1.0),
    lambda y, u: np.where(u > 0, 1.0, -1.0),
)
_enter(
    "e^u by the power rule",
    "exp",
    "The derivative of {y} is {y} itself (times the inner one): the power rule is not for exponentials.",
    lambda y, u: u * np.exp(u - 1.0),
)
_enter(
    "sign of a rule",
    "sin",
    "The derivative of sin is cos, with a plus: look at {y}.",
    lambda y, u: -np.cos(u),
)
_enter(
    "sign of a rule",
    "cos",
    "The derivative of cos is −sin: the minus is missing at {y}.",
    lambda y, u: np.sin(u),
)
_enter(
    "ln 10",
    "log10",
    "The derivative of {y} is 1/(u ln 10): look at the factor ln 10.",
    lambda y, u: 1.0 / u,
    lambda y, u: LN10 / u,
)
_enter(
    "logarithm of another base",
    "log",
    "The derivative of {y} is 1/u: it is the natural logarithm, and no ln of a base belongs there.",
    lambda y, u: 1.0 / (LN10 * u),
    lambda y, u: 1.0 / (LN2 * u),
    lambda y, u: LN10 / u,
)
_enter(
    "logarithm of another base",
    "log2",
    "The derivative of {y} is 1/(u ln 2): look at the factor ln 2.",
    lambda y, u: 1.0 / u,
    lambda y, u: LN2 / u,
    lambda y, u: 1.0 / (LN10 * u),
)
_enter_all(
    "The derivative of {y} is {slope}, times that of {x}: look at what stands there.",
    {
        "exp": (
            lambda y, u: u * y,
            lambda y, u: y / u,
            lambda y, u: np.exp(u - 1.0),
            lambda y, u: u,
            lambda y, u: np.log(np.abs(u)),
            lambda y, u: 1.0 / u,
            lambda y, u: (u + 1.0) * np.exp(u),
        ),
        "exp2": (lambda y, u: y, lambda y, u: u * np.exp2(u - 1.0), lambda y, u: y / LN2),
        "log": (
            lambda y, u: np.exp(u),
            lambda y, u: y / u,
            lambda y, u: 1.0 / (u * u),
            lambda y, u: -1.0 / (u * u),
            lambda y, u: 1.0 / y,
            lambda y, u: u,
            lambda y, u: y,
            lambda y, u: u * np.log(u) - u,
        ),
        "log10": (lambda y, u: 1.0 / (LN2 * u), lambda y, u: y / u),
        "log1p": (lambda y, u: 1.0 / u, lambda y, u: 1.0 / (1.0 + u) ** 2),
        "sin": (lambda y, u: y, lambda y, u: -y, lambda y, u: 1.0 / np.cos(u), lambda y, u: np.tan(u)),
        "cos": (lambda y, u: y, lambda y, u: -y, lambda y, u: -np.cos(u), lambda y, u: 1.0 / np.sin(u)),
        "tan": (
            lambda y, u: 1.0 / np.cos(u),
            lambda y, u: 1.0 - y * y,
            lambda y, u: 1.0 / np.sin(u) ** 2,
            lambda y, u: -1.0 / np.sin(u) ** 2,
            lambda y, u: 1.0 + y,
            lambda y, u: 1.0 / y,
            lambda y, u: y / np.cos(u),
            lambda y, u: np.cos(u) ** 2,
        ),
        "arcsin": (
            lambda y, u: 1.0 / (1.0 - u * u),
            lambda y, u: 1.0 / np.sqrt(1.0 + u * u),
            lambda y, u: np.sqrt(1.0 - u * u),
            lambda y, u: 1.0 / (1.0 + u * u),
            lambda y, u: np.arccos(u),
        ),
        "arccos": (
            lambda y, u: -1.0 / (1.0 - u * u),
            lambda y, u: -1.0 / np.sqrt(1.0 + u * u),
            lambda y, u: -1.0 / (1.0 + u * u),
        ),
        "arctan": (
            lambda y, u: 1.0 / (1.0 - u * u),
            lambda y, u: 1.0 / np.sqrt(1.0 + u * u),
            lambda y, u: 1.0 / np.sqrt(1.0 - u * u),
            lambda y, u: 1.0 / (1.0 + u),
            lambda y, u: 1.0 / (u * u),
            lambda y, u: 1.0 / (1.0 + u * u) ** 2,
            lambda y, u: 1.0 + u * u,
        ),
        "sinh": (lambda y, u: np.sinh(u), lambda y, u: np.cos(u)),
        "cosh": (lambda y, u: np.cosh(u), lambda y, u: np.sin(u)),
        "softplus": (
            lambda y, u: y,
            lambda y, u: 1.0 - sigmoid(u),
            lambda y, u: sigmoid(u) * (1.0 - sigmoid(u)),
        ),
        "erf": (
            lambda y, u: np.exp(-u * u),
            lambda y, u: TWO_BY_ROOT_PI * np.exp(u * u),
            lambda y, u: TWO_BY_ROOT_PI * np.exp(-u),
            lambda y, u: 0.5 * TWO_BY_ROOT_PI * np.exp(-u * u),
            lambda y, u: np.exp(-u * u / 2.0) / np.sqrt(2.0 * np.pi),
            lambda y, u: -TWO_BY_ROOT_PI * np.exp(-u * u),
        ),
        "erfc": (lambda y, u: TWO_BY_ROOT_PI * np.exp(-u * u), lambda y, u: -np.exp(-u * u)),
        "absolute": (lambda y, u: 1.0, lambda y, u: -1.0, lambda y, u: y),
        "radians": (lambda y, u: 1.0, lambda y, u: 1.0 / DEGREE),
        "degrees": (lambda y, u: 1.0, lambda y, u: DEGREE),
    },
)
