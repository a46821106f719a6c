"""Slips with the chain rule f(u)′ = f′(u)·u′, for any function f."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradlab.engine.primitive import PRIMITIVES, Value
from gradlab.engine.rules.elementary import DEGREE, RADIAN
from gradlab.judge.mistakes.slip import About, Sight, slip, unit, without_factor


def local(s: Sight, u: Value) -> Value:
    """f′ at a number."""
    primitive = PRIMITIVES[s.place.name]
    assert primitive.partials is not None
    partial = primitive.partials[0]
    return partial(primitive(u), u) if callable(partial) else float(partial or 0)


@slip(
    "local derivative forgotten",
    "function",
    "The local derivative is missing: by the chain rule {y} brings a factor {slope}.",
)
def _outer(s: Sight) -> Iterator[Value]:
    yield s.scale * s.sign * s.t[0]


@slip(
    "inner derivative forgotten",
    "function",
    "The inner derivative is missing: by the chain rule {y} brings a factor, the derivative of {x}.",
)
def _inner(s: Sight) -> Iterator[Value]:
    slope = s.scale * local(s, s.sign * s.x[0])
    yield slope * unit(s.t[0])
    yield slope * s.sign * unit(s.t[0])


@slip(
    "chain rule applied twice",
    "function",
    "The inner derivative, that of {x}, belongs to {y} once, and it is there twice.",
)
def _twice(s: Sight) -> Iterator[Value]:
    yield s.moved * s.t[0]
    yield s.moved * s.sign * s.t[0]


@slip(
    "local derivative twice",
    "function",
    "The local derivative {slope} belongs there once, and it is there twice.",
)
def _outer_twice(s: Sight) -> Iterator[Value]:
    yield s.moved * local(s, s.sign * s.x[0])


@slip(
    "outer derivative at the wrong place",
    "function",
    "The outer derivative of {y} has to be taken at {x}, and not at {by} or at the inner derivative.",
)
def _elsewhere(s: Sight) -> Iterator[Value]:
    if s.is_bare:
        return
    inside = s.sign * s.t[0]
    yield s.scale * local(s, s.variable) * inside
    yield s.scale * local(s, inside) * inside
    yield s.scale * local(s, inside)


@slip(
    "function in place of its derivative",
    "function",
    "The function itself, {y}, stands where its derivative belongs.",
)
def _undone(s: Sight) -> Iterator[Value]:
    yield s.y * s.sign * s.t[0]


@slip(
    "inner derivative forgotten",
    "function power",
    "The inner derivative is missing: {y} is inside another function, and by the chain rule brings a factor {slope}.",
)
def _in_between(s: Sight) -> Iterator[Value]:
    if s.place.result in s.scene.reading.inside:
        yield s.scale * s.sign * s.t[0]


@slip(
    "inner derivative forgotten",
    "product quotient",
    "The inner derivative is missing: {y} is inside another function, and by the chain rule brings a factor {z}.",
)
def _factor_inside(s: Sight) -> Iterator[Value | About]:
    if s.place.result in s.scene.reading.inside and len(s.x) == 2:
        for tangent, slot in without_factor(s, below=False):
            yield About(tangent, slot)


@slip(
    "inner derivative forgotten",
    "quotient",
    "The inner derivative is missing: {y} is inside another function, and the chain rule brings a division by {z}.",
)
def _divisor_inside(s: Sight) -> Iterator[Value | About]:
    if s.place.result in s.scene.reading.inside and len(s.x) == 2:
        for tangent, slot in without_factor(s, above=False):
            yield About(tangent, slot)


@slip(
    "sign of a rule",
    "function power exponential",
    "The sign of the derivative of {y} is wrong.",
)
def _sign(s: Sight) -> Iterator[Value]:
    yield -s.moved


@slip(
    "degrees for radians",
    "function",
    "A factor π/180 stands wrongly at {y}: angles are in radians.",
    "sin cos tan",
)
def _degrees(s: Sight) -> Iterator[Value]:
    yield s.moved * DEGREE
    yield s.moved * RADIAN
    u = s.x[0]
    yield local(s, u * DEGREE) * s.t[0]
    yield local(s, u * DEGREE) * s.t[0] * DEGREE


@slip("sign of a rule", "choice", "The sign of the derivative of {y} is wrong.", "absolute")
def _modulus(s: Sight) -> Iterator[Value]:
    yield np.abs(s.moved)


@slip(
    "value before for the value after",
    "function",
    "The value before the activation stands where the one after it belongs: look at {y}.",
)
def _before_activation(s: Sight) -> Iterator[Value]:
    (slot,) = s.place.operands
    for after, before in s.scene.activations:
        if s.scene.depends(slot, after):
            yield s.scale * local(s, s.sign * s.scene.with_value(after, before)[slot]) * (s.sign * s.t[0])
