"""Slips with terms: a sign, one that is missing, one that is constant and was kept."""

from __future__ import annotations

from collections.abc import Iterator

from gradlab.engine.primitive import Value
from gradlab.judge.mistakes.slip import About, Sight, slip


@slip(
    "bias treated as a weight",
    "sum",
    "{by} is a bias: it is added in {y}, so its local derivative there is 1, and not {z}, which is for the weight.",
)
def _bias(s: Sight) -> Iterator[Value]:
    reading = s.scene.reading
    for slot in s.place.operands:
        if not s.is_moving(slot) and reading.by(slot, "multiply", "negative"):
            for factor in reading.factors(slot)[0]:
                if reading.number(factor) is None:
                    yield About(s.moved * s.scene.values[factor], factor)
        matrices = reading.by(slot, "matmul", "einsum")
        for factor in matrices.operands if matrices is not None and not s.is_moving(slot) else ():
            if s.scene.program.shapes[factor] == s.scene.program.shapes[s.place.result]:
                yield About(s.moved * s.scene.values[factor], factor)


@slip("sign of a term", "sum", "The sign of {z} is wrong in the derivative of {y}.")
def _sign(s: Sight) -> Iterator[Value]:
    for slot, sign in zip(s.place.operands, s.place.signs, strict=True):
        if s.is_moving(slot):
            yield About(s.moved - 2.0 * sign * s.tangent(slot), slot)


@slip(
    "term missing",
    "sum",
    "A term is missing: {z} has a derivative too, and of {y} each term has to be differentiated.",
)
def _missing(s: Sight) -> Iterator[Value]:
    moving = [k for k, slot in enumerate(s.place.operands) if s.is_moving(slot)]
    if len(moving) > 1:
        for k in moving:
            slot = s.place.operands[k]
            yield About(s.moved - s.place.signs[k] * s.tangent(slot), slot)


@slip(
    "last path overwrites the sum",
    "sum",
    "Only the derivative of {z} is left: the contributions of all terms of {y} have to be added.",
)
def _only_one(s: Sight) -> Iterator[Value]:
    moving = [k for k, slot in enumerate(s.place.operands) if s.is_moving(slot)]
    for k in moving if len(moving) > 2 else ():
        slot = s.place.operands[k]
        yield About(s.place.signs[k] * s.tangent(slot), slot)


@slip(
    "constant term kept",
    "sum",
    "{z} does not depend on {by}, so that its derivative is 0: here something is left of it.",
    at_rest=True,
)
def _kept(s: Sight) -> Iterator[Value]:
    for slot, sign in zip(s.place.operands, s.place.signs, strict=True):
        if not s.is_moving(slot):
            yield About(s.moved + sign * s.scene.values[slot], slot)
            yield About(s.moved + sign * 1.0, slot)


@slip("term not differentiated", "sum", "{z}, a term of {y}, is left as it is, and not differentiated.")
def _undone(s: Sight) -> Iterator[Value]:
    for slot, sign in zip(s.place.operands, s.place.signs, strict=True):
        if s.is_moving(slot):
            yield About(s.moved + sign * (s.scene.values[slot] - s.tangent(slot)), slot)


@slip("mean for sum", "sum", "{y} is a sum: here its derivative is divided by the number of terms.")
def _mean(s: Sight) -> Iterator[Value]:
    if len(s.place.operands) > 2 and all(map(s.is_moving, s.place.operands)):
        yield s.moved / float(len(s.place.operands))


@slip("sum for mean", "sum", "{y} is a mean, and so is its derivative: here the number of terms is missing.")
def _sum_for_mean(s: Sight) -> Iterator[Value]:
    reading = s.scene.reading
    for count in range(2, len(s.place.operands) + 1):
        own = [
            (slot, sign)
            for slot, sign in zip(s.place.operands, s.place.signs, strict=True)
            if any(
                reading.number(i) in (count, 1 / count) for part in reading.factors(slot)[:2] for i in part
            )
        ]
        if len(own) == count:
            yield s.moved + (count - 1.0) * sum((sign * s.tangent(slot) for slot, sign in own), start=0.0)
