"""Slips with max, min, where and |·|: the gradient goes to the winner alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradlab.engine.primitive import Value
from gradlab.judge.mistakes.slip import Sight, slip


@slip(
    "max routed to the loser",
    "choice",
    "{y} routes the gradient to the operand that is chosen; here it goes to the other one.",
)
def _loser(s: Sight) -> Iterator[Value]:
    yield s.t[0] + s.t[1] - s.moved


@slip(
    "max routed to both",
    "choice",
    "{y} routes the gradient to the operand that is chosen, and nothing to the other: here both get it.",
)
def _both(s: Sight) -> Iterator[Value]:
    yield s.t[0] + s.t[1]
    yield 0.5 * (s.t[0] + s.t[1])


@slip("max for its derivative", "choice", "The value of {y} stands where its derivative belongs.")
def _value(s: Sight) -> Iterator[Value]:
    yield s.y
    yield s.y * s.moved


@slip(
    "max routed nowhere",
    "choice",
    "{y} passes the gradient on to the operand that is chosen: here nothing is left of it.",
)
def _nowhere(s: Sight) -> Iterator[Value]:
    yield 0.0 * s.moved


@slip(
    "sign of a modulus forgotten",
    "function",
    "The derivative of {y} is the sign of {x}: look at it.",
    "absolute",
)
def _modulus(s: Sight) -> Iterator[Value]:
    yield s.t[0]
    yield np.abs(s.x[0]) * s.t[0]
