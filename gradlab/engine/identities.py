"""The identities by which `simplify` makes a program smaller: one function a primitive.

Each is given the builder, the operands' slots, the parameters and the result's shape, and returns the
slot of something simpler, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from gradlab.engine.builder import Builder, Identity
from gradlab.engine.primitive import PRIMITIVES

IDENTITIES: dict[str, Identity] = {}


def _identity(name: str) -> Callable[[Identity], Identity]:
    def enter(rule: Identity) -> Identity:
        IDENTITIES[name] = rule
        return rule

    return enter


@_identity("add")
def _add(b: Builder, x: tuple[int, ...], parameters: Mapping[str, Any], shape: tuple[int, ...]) -> int | None:
    for one, other in (x, x[::-1]):
        if b.number(one) == 0.0 and b.shapes[other] == shape:
            return other
        merged = _merged(b, one, other, shape)
        if merged is not None:
            return merged
        negated = b.made_by("negative", one)
        if negated is not None:
            return b.apply("subtract", other, negated[0], shape=shape)
    return None


@_identity("subtract")
def _subtract(
    b: Builder, x: tuple[int, ...], parameters: Mapping[str, Any], shape: tuple[int, ...]
) -> int | None:
    if b.number(x[1]) == 0.0 and b.shapes[x[0]] == shape:
        return x[0]
    if b.number(x[0]) == 0.0 and b.shapes[x[1]] == shape:
        return b.apply("negative", x[1], shape=shape)
    negated = b.made_by("negative", x[1])
    return b.apply("add", x[0], negated[0], shape=shape) if negated is not None else None


@_identity("multiply")
def _multiply(
    b: Builder, x: tuple[int, ...], parameters: Mapping[str, Any], shape: tuple[int, ...]
) -> int | None:
    for one, other in (x, x[::-1]):
        c = b.number(one)
        if c is not None:
            return b.scale(c, other, shape)
    for position, other in ((0, x[1]), (1, x[0])):
        inner = b.scaled(x[position])
        if inner is not None and b.scaled(inner[1]) is None:  # constants that don't fold stay where they are
            return b.times(
                inner[0],
                b.apply(
                    "multiply", *((inner[1], other) if position == 0 else (other, inner[1])), shape=shape
                ),
                shape,
            )
        quotient = b.made_by("divide", x[position])
        if quotient is not None and b.number(quotient[0]) == 1.0:
            return b.apply("divide", other, quotient[1], shape=shape)
    return None


@_identity("divide")
def _divide(
    b: Builder, x: tuple[int, ...], parameters: Mapping[str, Any], shape: tuple[int, ...]
) -> int | None:
    if b.number(x[1]) == 1.0 and b.shapes[x[0]] == shape:
        return x[0]
    for position in (0, 1):
        negated = b.made_by("negative", x[position])
        if negated is not None:
            rest = (negated[0], x[1]) if position == 0 else (x[0], negated[0])
            return b.apply("negative", b.apply("divide", *rest, shape=shape), shape=shape)
    return None


@_identity("negative")
def _negative(
    b: Builder, x: tuple[int, ...], parameters: Mapping[str, Any], shape: tuple[int, ...]
) -> int | None:
    inner = b.scaled(x[0])
    if inner is not None:
        return b.times(-inner[0], inner[1], shape)
    difference = b.made_by("subtract", x[0])
    return b.apply("subtract", *difference[::-1], shape=shape) if difference is not None else None


@_identity("power")
def _power(
    b: Builder, x: tuple[int, ...], parameters: Mapping[str, Any], shape: tuple[int, ...]
) -> int | None:
    exponent = b.number(x[1])
    if exponent == 1.0:
        return x[0]
    if exponent == 2.0:
        return b.apply("square", x[0], shape=shape)
    return None


@_identity("where")
def _where(
    b: Builder, x: tuple[int, ...], parameters: Mapping[str, Any], shape: tuple[int, ...]
) -> int | None:
    condition = b.constants.get(x[0])
    if condition is None or np.ndim(condition):
        return None
    return b.emit(PRIMITIVES["broadcast_to"], (x[1] if condition else x[2],), {"shape": shape}, shape)


@_identity("logical_and")
def _logical_and(
    b: Builder, x: tuple[int, ...], parameters: Mapping[str, Any], shape: tuple[int, ...]
) -> int | None:
    for one, other in (x, x[::-1]):
        condition = b.constants.get(one)
        if condition is not None and not np.ndim(condition):
            return b.emit(PRIMITIVES["broadcast_to"], (other if condition else one,), {"shape": shape}, shape)
    return None


def _same_shape(
    b: Builder, x: tuple[int, ...], parameters: Mapping[str, Any], shape: tuple[int, ...]
) -> int | None:
    return x[0] if b.shapes[x[0]] == shape else None


@_identity("reshape")
def _reshape(
    b: Builder, x: tuple[int, ...], parameters: Mapping[str, Any], shape: tuple[int, ...]
) -> int | None:
    inner = b.made_by("reshape", x[0])
    if inner is not None:
        return b.emit(PRIMITIVES["reshape"], inner, parameters, shape)
    return _same_shape(b, x, parameters, shape)


IDENTITIES["broadcast_to"] = _same_shape


@_identity("transpose")
def _transpose(
    b: Builder, x: tuple[int, ...], parameters: Mapping[str, Any], shape: tuple[int, ...]
) -> int | None:
    equation = b.equations.get(x[0])
    if equation is None or equation.primitive.name != "transpose":
        return None
    axes = tuple(equation.parameters["axes"][i] for i in parameters["axes"])
    if axes == tuple(range(len(axes))):
        return equation.operands[0]
    return b.emit(PRIMITIVES["transpose"], equation.operands, {"axes": axes}, shape)


class _Piece(NamedTuple):
    """Part of an array that is zero elsewhere: `slot` lies at [start, stop) of one axis."""

    slot: int
    axis: int
    start: int
    stop: int


def _piece(b: Builder, slot: int) -> _Piece | None:
    """The piece that a scatter puts into zeros, where it goes by a slice or a whole number."""
    equation = b.equations.get(slot)
    if equation is None or equation.primitive.name != "scatter":
        return None
    key, shape = equation.parameters["key"], equation.parameters["shape"]
    parts = key if isinstance(key, tuple) else (key,)
    axis, last = len(parts) - 1, parts[-1] if parts else None
    if any(not isinstance(part, slice) or part != slice(None) for part in parts[:-1]):
        return None
    if isinstance(last, slice):
        start, stop, step = last.indices(shape[axis])
        return _Piece(equation.operands[0], axis, start, stop) if step == 1 and start < stop else None
    if not isinstance(last, int):
        return None
    place = last % shape[axis]
    one = (*shape[:axis], 1, *shape[axis + 1 :])
    return _Piece(
        b.emit(PRIMITIVES["reshape"], equation.operands, {"shape": one}, one), axis, place, place + 1
    )


def _merged(b: Builder, one: int, other: int, shape: tuple[int, ...]) -> int | None:
    """The sum of two pieces that lie side by side: one piece, with no addition. `other` may be a sum
    that holds the neighbour.
    """
    mine = _piece(b, one)
    if mine is None:
        return None
    theirs = _piece(b, other)
    if (
        theirs is not None
        and theirs.axis == mine.axis
        and (mine.stop == theirs.start or theirs.stop == mine.start)
    ):
        first, second = (mine, theirs) if mine.stop == theirs.start else (theirs, mine)
        length = second.stop - first.start
        whole = (*shape[: mine.axis], length, *shape[mine.axis + 1 :])
        joined = b.emit(PRIMITIVES["concatenate"], (first.slot, second.slot), {"axis": mine.axis}, whole)
        key = (slice(None),) * mine.axis + (slice(first.start, second.stop),)
        return b.emit(PRIMITIVES["scatter"], (joined,), {"key": key, "shape": shape}, shape)
    terms = b.made_by("add", other)
    for term, rest in (terms, terms[::-1]) if terms is not None else ():
        merged = _merged(b, one, term, shape) if _piece(b, term) is not None else None
        if merged is not None:
            return b.apply("add", merged, rest, shape=shape)
    return None


@_identity("scatter")
def _scatter(
    b: Builder, x: tuple[int, ...], parameters: Mapping[str, Any], shape: tuple[int, ...]
) -> int | None:
    key = parameters["key"]
    parts = key if isinstance(key, tuple) else (key,)
    whole = all(
        isinstance(part, slice) and part.indices(n) == (0, n, 1)
        for part, n in zip(parts, shape, strict=False)
    )
    return x[0] if whole and b.shapes[x[0]] == shape else None


@_identity("concatenate")
def _concatenate(
    b: Builder, x: tuple[int, ...], parameters: Mapping[str, Any], shape: tuple[int, ...]
) -> int | None:
    flat: list[int] = []
    for slot in x:
        inner = b.equations.get(slot)
        nested = (
            inner is not None
            and inner.primitive.name == "concatenate"
            and inner.parameters == dict(parameters)
        )
        flat += inner.operands if inner is not None and nested else (slot,)
    return b.emit(PRIMITIVES["concatenate"], tuple(flat), parameters, shape) if len(flat) > len(x) else None
