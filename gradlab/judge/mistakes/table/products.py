"""Slips with (fg)′ = f′g + fg′ and (f/g)′ = (f′g − fg′)/g²."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from gradlab.engine.primitive import Value
from gradlab.engine.rules.elementary import DEGREE, RADIAN
from gradlab.judge.mistakes.slip import About, Sight, slip, without_factor


def _times(values: Sequence[Value]) -> Value:
    result: Value = 1.0
    for value in values:
        result = result * value
    return result


def _part(s: Sight, chosen: Sequence[int]) -> tuple[Value, Value]:
    """The product of some of the factors, and its tangent."""
    x, t = s.x, s.t
    moved: Value = 0.0
    for i in chosen:
        if s.is_moving(s.place.operands[i]):
            moved = moved + t[i] * _times([x[k] for k in chosen if k != i])
    return _times([x[k] for k in chosen]), moved


def _splits(s: Sight, chosen: Sequence[int]) -> Iterator[tuple[tuple[Value, Value], tuple[Value, Value]]]:
    """The ways to see a product as one of two, both of which move."""
    first, rest = chosen[0], chosen[1:]
    for count in range(len(rest)):
        for some in combinations(rest, count):
            one = (first, *some)
            other = tuple(i for i in rest if i not in some)
            if _moves(s, one) and _moves(s, other):
                yield _part(s, one), _part(s, other)


def _moves(s: Sight, chosen: Sequence[int]) -> bool:
    return any(s.is_moving(s.place.operands[i]) for i in chosen)


@slip(
    "product rule: f′g′",
    "product",
    "The derivative of a product is f′g + fg′, and not f′g′: look at {y}.",
)
def _both_differentiated(s: Sight) -> Iterator[Value]:
    chosen = range(len(s.x))
    for (_, f), (_, g) in _splits(s, chosen):
        yield s.sign * f * g
    if len(s.x) > 2 and all(map(s.is_moving, s.place.operands)):
        yield s.sign * _times(s.t)


@slip(
    "product rule: one term missing",
    "product",
    "The derivative of a product is f′g + fg′: a term is missing at {y}.",
)
def _one_term(s: Sight) -> Iterator[Value]:
    chosen = range(len(s.x))
    for (f, df), (g, dg) in _splits(s, chosen):
        yield s.sign * df * g
        yield s.sign * f * dg
    moving = [i for i in chosen if s.is_moving(s.place.operands[i])]
    for i in moving if len(moving) > 2 else ():
        left_out = s.t[i] * _times([x for k, x in enumerate(s.x) if k != i])
        yield s.moved - s.sign * left_out


@slip(
    "product rule: wrong sign",
    "product",
    "The derivative of a product is f′g + fg′, with a plus: look at {y}.",
)
def _minus(s: Sight) -> Iterator[Value]:
    for (f, df), (g, dg) in _splits(s, range(len(s.x))):
        yield s.sign * (df * g - f * dg)
        yield s.sign * (f * dg - df * g)


@slip(
    "product rule: wrong factors",
    "product",
    "The derivative of a product is f′g + fg′: at {y} a factor is differentiated or kept that should not be.",
)
def _mixed(s: Sight) -> Iterator[Value]:
    for (f, df), (g, dg) in _splits(s, range(len(s.x))):
        yield s.sign * (df + dg)
        yield s.sign * (df * f + dg * g)
        yield s.sign * (df + f * dg)
        yield s.sign * (df * g + dg)


@slip(
    "constant factor lost",
    "product quotient",
    "The constant {z} stays when {y} is differentiated: here it is lost.",
)
def _constant_lost(s: Sight) -> Iterator[Value | About]:
    for tangent, slot in without_factor(s):
        yield About(tangent, slot)


@slip(
    "constant factor twice",
    "product quotient",
    "{z} belongs to the derivative of {y} once, and it is there twice.",
)
def _constant_twice(s: Sight) -> Iterator[Value]:
    split = int(s.place.number) or len(s.x)
    for i, slot in enumerate(s.place.operands):
        if not s.is_moving(slot):
            yield About(s.moved * s.x[i] if i < split else s.moved / s.x[i], slot)


@slip(
    "wrong factor",
    "product",
    "Differentiating {y} by {by}, what stays is the other factor, and not {by} itself.",
)
def _own_factor(s: Sight) -> Iterator[Value]:
    for i, slot in enumerate(s.place.operands) if len(s.x) == 2 else ():
        if s.is_moving(slot):
            yield s.sign * s.t[i] * s.x[i]


def _quotients(s: Sight) -> Iterator[tuple[Value, Value, Value, Value]]:
    """(f, f′, g, g′) of a quotient: with all its denominator, and with what of it moves."""
    split = int(s.place.number)
    above, below = range(split), range(split, len(s.x))
    moving = [i for i in below if s.is_moving(s.place.operands[i])]
    f, df = _part(s, above)
    if moving:
        yield (f * s.sign, df * s.sign, *_part(s, below))
        still = [i for i in below if i not in moving]
        if still:
            k, _ = _part(s, still)
            yield (f * s.sign / k, df * s.sign / k, *_part(s, moving))


@slip(
    "quotient rule: order",
    "quotient",
    "The quotient rule is (f′g − fg′)/g², in this order: at {y} the two terms are exchanged.",
)
def _order(s: Sight) -> Iterator[Value]:
    for f, df, g, dg in _quotients(s):
        yield (f * dg - df * g) / (g * g)


@slip(
    "quotient rule: square missing",
    "quotient",
    "The quotient rule is (f′g − fg′)/g²: at {y} the denominator is not squared.",
)
def _no_square(s: Sight) -> Iterator[Value]:
    for f, df, g, dg in _quotients(s):
        yield (df * g - f * dg) / g
        yield (df - f * dg) / g


@slip(
    "quotient rule: denominator missing",
    "quotient",
    "The quotient rule is (f′g − fg′)/g²: at {y} the denominator is missing.",
)
def _no_denominator(s: Sight) -> Iterator[Value]:
    for f, df, g, dg in _quotients(s):
        yield df * g - f * dg


@slip(
    "quotient rule: f′/g′",
    "quotient",
    "The derivative of a quotient is (f′g − fg′)/g², and not f′/g′: look at {y}.",
)
def _each_alone(s: Sight) -> Iterator[Value]:
    for f, df, _, dg in _quotients(s):
        yield df / dg
        yield f / dg


@slip(
    "quotient rule: wrong sign",
    "quotient",
    "The quotient rule is (f′g − fg′)/g², with a minus: look at {y}.",
)
def _plus(s: Sight) -> Iterator[Value]:
    for f, df, g, dg in _quotients(s):
        yield (df * g + f * dg) / (g * g)
        yield -(df * g + f * dg) / (g * g)


@slip(
    "quotient rule: one term missing",
    "quotient",
    "The quotient rule is (f′g − fg′)/g²: at {y} one of the two terms is missing.",
)
def _one_of_two(s: Sight) -> Iterator[Value]:
    for f, df, g, dg in _quotients(s):
        yield df / g
        yield -f * dg / (g * g)


@slip(
    "quotient rule: wrong factors",
    "quotient",
    "The quotient rule is (f′g − fg′)/g²: at {y} the wrong factors are differentiated, or the denominator is.",
)
def _wrong_factors(s: Sight) -> Iterator[Value]:
    for f, df, g, dg in _quotients(s):
        yield (df * f - dg * g) / (g * g)
        yield (df * g - f * dg) / (f * f)
        yield (df * g - f * dg) / (dg * dg)
        yield (df - f * dg) / (g * g)
        yield (df * g - dg) / (g * g)
        yield (df * g - f * dg) / (2.0 * g)


@slip(
    "inner derivative forgotten",
    "quotient",
    "The inner derivative is missing: by the chain rule {y} brings a factor, that of its denominator.",
)
def _inner_of_denominator(s: Sight) -> Iterator[Value]:
    for f, df, g, _ in _quotients(s):
        yield (df * g - f) / (g * g)


@slip(
    "degrees for radians",
    "product quotient",
    "Degrees become radians by a factor π/180, which stays when {y} is differentiated: it is lost or stands there twice.",
)
def _degrees(s: Sight) -> Iterator[Value]:
    numbers = [s.scene.reading.number(slot) for slot in s.place.operands]
    if any(n is not None and abs(n - math.pi) < 1e-9 for n in numbers):
        yield s.moved * RADIAN
        yield s.moved * DEGREE


@slip(
    "sum for mean",
    "quotient",
    "{y} is a mean, and so is its derivative: here the number of terms is missing.",
)
def _sum_for_mean(s: Sight) -> Iterator[Value]:
    count = s.scene.reading.number(s.place.operands[-1])
    if (
        count is not None
        and count > 1
        and any(len(s.scene.reading.terms(slot)) == count for slot in s.place.operands[: int(s.place.number)])
    ):
        yield s.moved * count
