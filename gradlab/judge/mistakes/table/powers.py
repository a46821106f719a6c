"""Slips with u^p: the exponent not brought down, not reduced; 1/u and √u misremembered; and with a^u and u^v."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradlab.engine.primitive import Value
from gradlab.engine.rules.elementary import LN10
from gradlab.judge.mistakes.slip import Sight, slip, unit

_RULE = "{y} has the derivative {slope} times that of {x}"


def power(u: Value, p: float) -> Value:
    """u^p, by multiplication where that will do: u may be negative."""
    if p == 0:
        return 1.0
    if p == 1:
        return u
    if p in (2, 3, 4, 5, 6) or p in (-1, -2, -3, -4):
        result = u
        for _ in range(int(abs(p)) - 1):
            result = result * u
        return result if p > 0 else 1.0 / result
    return np.sqrt(u) if p == 0.5 else 1.0 / np.sqrt(u) if p == -0.5 else np.power(u, p)


@slip("1/u misremembered", "power", "The derivative of 1/u is −1/u², not ln u: look at {y}.")
def _reciprocal_as_logarithm(s: Sight) -> Iterator[Value]:
    if s.place.number == -1:
        yield s.scale * np.log(np.abs(s.x[0])) * s.t[0]


@slip("1/u misremembered", "power", "The derivative of 1/u is −1/u²: the minus is missing at {y}.")
def _reciprocal_without_minus(s: Sight) -> Iterator[Value]:
    if s.place.number == -1:
        yield s.scale * power(s.x[0], -2) * s.t[0]


@slip("1/u misremembered", "power", "The derivative of 1/u is −1/u²: the square is missing at {y}.")
def _reciprocal_without_square(s: Sight) -> Iterator[Value]:
    if s.place.number == -1:
        yield -(s.scale * s.t[0] / s.x[0])


@slip("1/u misremembered", "power", "The derivative of 1/u is −1/u², not 1/u′: look at {y}.")
def _reciprocal_of_derivative(s: Sight) -> Iterator[Value]:
    if s.place.number == -1:
        yield s.scale / s.t[0]


@slip("√u misremembered", "power", "The derivative of √u is 1/(2√u): the ½ is missing at {y}.")
def _root_without_half(s: Sight) -> Iterator[Value]:
    if s.place.number == 0.5:
        yield s.t[0] / np.sqrt(s.x[0])


@slip("√u misremembered", "power", "The derivative of √u is 1/(2√u): look at {y}.")
def _root_misremembered(s: Sight) -> Iterator[Value]:
    if s.place.number == 0.5:
        root = np.sqrt(s.x[0])
        yield 0.5 * root * s.t[0]
        yield 2.0 / root * s.t[0]
        yield 0.5 / s.x[0] * s.t[0]
        yield np.sqrt(s.t[0])
        yield 2.0 * root * s.t[0]


@slip("exponent not brought down", "power", "The exponent {p} of {y} is not brought down as a factor.")
def _not_brought_down(s: Sight) -> Iterator[Value]:
    yield s.scale * power(s.x[0], s.place.number - 1) * s.t[0]


@slip("exponent not reduced", "power", "The exponent {p} of {y} is brought down, but not reduced by one.")
def _not_reduced(s: Sight) -> Iterator[Value]:
    p = s.place.number
    yield s.scale * p * power(s.x[0], p) * s.t[0]


@slip(
    "exponent changed the wrong way",
    "power",
    "The exponent {p} of {y} has to be reduced by one: here it became another.",
)
def _wrong_way(s: Sight) -> Iterator[Value]:
    p = s.place.number
    if p != -1:
        yield s.scale * p * power(s.x[0], p + 1) * s.t[0]


@slip(
    "wrong factor brought down",
    "power",
    "The factor that comes down from {y} is its exponent, {p}, before it is reduced.",
)
def _wrong_factor(s: Sight) -> Iterator[Value]:
    p = s.place.number
    if p != 2:
        yield s.scale * (p - 1) * power(s.x[0], p - 1) * s.t[0]


@slip("integrated instead", "power", "{y} was integrated here, and it has to be differentiated.")
def _integrated(s: Sight) -> Iterator[Value]:
    p = s.place.number
    if p == -1:
        yield s.scale * np.log(np.abs(s.x[0]))
    else:
        yield s.scale / (p + 1) * power(s.x[0], p + 1) * s.t[0]


@slip(
    "inner derivative forgotten",
    "power",
    "The inner derivative is missing: by the chain rule {y} brings a factor, the derivative of {x}.",
)
def _inner(s: Sight) -> Iterator[Value]:
    p = s.place.number
    yield s.scale * p * power(s.x[0], p - 1) * unit(s.t[0])


@slip(
    "chain rule applied twice",
    "power",
    "The inner derivative, that of {x}, belongs to {y} once, and it is there twice.",
)
def _twice(s: Sight) -> Iterator[Value]:
    p = s.place.number
    yield s.scale * p * power(s.x[0], p - 1) * s.t[0] * s.t[0]


@slip(
    "outer derivative at the wrong place",
    "power",
    "The outer derivative of {y} has to be taken at {x}, and not at {by} or at the inner derivative.",
)
def _elsewhere(s: Sight) -> Iterator[Value]:
    if s.is_bare:
        return
    p = s.place.number
    yield s.scale * p * power(s.variable, p - 1) * s.t[0]
    yield s.scale * p * power(s.t[0], p - 1) * s.t[0]
    yield s.scale * p * power(s.t[0], p - 1)
    if p >= 2:
        yield s.scale * power(s.t[0], p)


@slip(
    "a power for an exponential",
    "exponential",
    "In {y} the exponent varies: its derivative is {y} times ln of the base; the power rule is for fixed exponents.",
)
def _as_power(s: Sight) -> Iterator[Value]:
    a, v = s.x
    yield v * np.power(a, v - 1.0) * s.t[1]


@slip(
    "ln of the base forgotten",
    "exponential",
    "The derivative of {y} has a factor ln of its base: it is missing.",
)
def _without_logarithm(s: Sight) -> Iterator[Value]:
    if not s.is_moving(s.place.operands[0]):
        yield s.y * s.t[1]
        yield s.y * np.log10(s.x[0]) * s.t[1]
        yield s.y * s.t[1] / np.log(s.x[0])


@slip("ln 10", "exponential", "A factor ln 10 is wrong: look at {y}.")
def _ten(s: Sight) -> Iterator[Value]:
    yield s.moved * LN10
    yield s.moved / LN10


@slip(
    "one part of u^v forgotten",
    "exponential",
    "In {y} both base and exponent vary: one of the two parts of the derivative is missing.",
)
def _one_part(s: Sight) -> Iterator[Value]:
    if all(map(s.is_moving, s.place.operands)):
        a, v = s.x
        yield v * np.power(a, v - 1.0) * s.t[0]
        yield s.y * np.log(a) * s.t[1]


@slip(
    "inner derivative forgotten",
    "exponential",
    "The inner derivative is missing: by the chain rule {y} brings a factor, the derivative of {x1}.",
)
def _inner_of_exponent(s: Sight) -> Iterator[Value]:
    if not s.is_moving(s.place.operands[0]):
        yield s.y * np.log(s.x[0]) * unit(s.t[1])


@slip(
    "chain rule applied twice",
    "exponential",
    "The inner derivative, that of {x1}, belongs to {y} once, and it is there twice.",
)
def _twice_of_exponent(s: Sight) -> Iterator[Value]:
    if not s.is_moving(s.place.operands[0]):
        yield s.moved * s.t[1]


@slip(
    "local derivative forgotten",
    "power",
    "The local derivative is missing: by the chain rule {y} brings a factor, its derivative by {x}.",
)
def _local(s: Sight) -> Iterator[Value]:
    yield s.scale * s.t[0]


@slip("exponent not brought down", "exponential", "The exponent of {y} is not brought down as a factor.")
def _base_without_exponent(s: Sight) -> Iterator[Value]:
    if not s.is_moving(s.place.operands[1]):
        a, v = s.x
        yield np.power(a, v - 1.0) * s.t[0]


@slip("exponent not reduced", "exponential", "The exponent of {y} is brought down, but not reduced by one.")
def _base_with_whole_exponent(s: Sight) -> Iterator[Value]:
    if not s.is_moving(s.place.operands[1]):
        yield s.x[1] * s.y * s.t[0]


@slip(
    "an exponential for a power",
    "exponential",
    "In {y} the base varies and the exponent does not: its derivative follows the power rule, without a logarithm.",
)
def _as_exponential(s: Sight) -> Iterator[Value]:
    if not s.is_moving(s.place.operands[1]):
        yield s.y * np.log(s.x[0]) * s.t[0]


@slip(
    "inner derivative forgotten",
    "exponential",
    "The inner derivative is missing: by the chain rule {y} brings a factor, the derivative of {x}.",
)
def _inner_of_base(s: Sight) -> Iterator[Value]:
    if not s.is_moving(s.place.operands[1]):
        a, v = s.x
        yield v * np.power(a, v - 1.0) * unit(s.t[0])
