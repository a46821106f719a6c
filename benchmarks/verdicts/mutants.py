"""Wrong gradients, made of a right one by rule.

Most multiply the gradient, or one component of it, by a constant. Two kinds are made inside: the
gradient by hand is recorded as a program, and in one addition an operand becomes 0 (a dropped term),
or in one multiplication or division an operand becomes 1 (a dropped chain factor); of the ways to do so,
the first and the last that change the gradient are taken.

A mutant is held against the right gradient at 120 digits, without gradlab: at the point itself and at
five moved ones. One that equals it everywhere is no mutant, and left out. One that equals it at the
point alone is kept, and counted apart as hidden.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.verdicts.digits import CONTEXT
from benchmarks.verdicts.subject import Inputs, Subject, by_name, components
from benchmarks.verdicts.verify import at_many_digits
from gradlab.cases import call, is_real
from gradlab.engine import evaluate, trace
from gradlab.engine.program import Program
from gradlab.engine.simplify import simplify

Claim = Callable[..., Any]
SMALLEST = 0.99e-10
"""Relative: what changes no component by so much is no mutant."""
_SAME = 1e-30
MOVED = 5
FACTORS = {
    "sign": -1.0,
    "factor 2": 2.0,
    "factor 1/2": 0.5,
    "1 + 1e-2": 1 + 1e-2,
    "1 + 1e-4": 1 + 1e-4,
    "1 + 1e-7": 1 + 1e-7,
    "1 + 1e-10": 1 + 1e-10,
    "degrees": np.pi / 180,
}
KINDS = (
    *FACTORS,
    "factor N",
    "term dropped",
    "factor dropped",
    "entries swapped",
    "transposed",
    "largest zeroed",
    "smallest zeroed",
    "largest off by 1e-2",
    "smallest off by 1e-2",
    "constant added",
    "next point's",
    "one NaN",
)
"""All there are. One component is spoiled only where there are several; what is all NaN is no harder."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """A claim that is wrong."""

    kind: str
    claim: Claim
    size: float
    """The largest relative error of a component at the point; infinite where it should be 0, and for NaN."""
    hidden: bool
    """Right at the point itself, wrong beside it: `size` is then that beside it."""


def mutants(subject: Subject, inputs: Inputs) -> list[Mutant]:
    """All kinds that can be made of this gradient at this point."""
    right = at_many_digits(subject.gradient, inputs, subject.wrt)
    beside = _beside(subject, inputs)
    beside_right = [at_many_digits(subject.gradient, point, subject.wrt) for point in beside]
    found = []
    taken: dict[str, int] = {}
    for kind, claim in _made(subject, inputs):
        if taken.get(kind, 0) == 2:
            continue
        errors = relative_errors(at_many_digits(claim, inputs, subject.wrt), right)
        size, hidden = max(errors), False
        if size < _SAME:
            sizes = [
                max(relative_errors(at_many_digits(claim, point, subject.wrt), values))
                for point, values in zip(beside, beside_right, strict=True)
            ]
            size, hidden = max(sizes, default=0.0), True
        if size >= SMALLEST:
            found.append(Mutant(kind, claim, size, hidden))
            taken[kind] = taken.get(kind, 0) + 1
    return found


def relative_errors(claimed: Sequence[Any], right: Sequence[Any]) -> list[float]:
    """Of each component; infinite where 0 is missed, and for what is no number."""
    errors = []
    nothing = max(map(abs, right)) * CONTEXT.mpf(10) ** -90  # what roundings at 120 digits leave of a zero
    for c, r in zip(claimed, right, strict=True):
        if not CONTEXT.isfinite(c):
            errors.append(float("inf"))
        elif abs(c - r) <= nothing:
            errors.append(0.0)
        else:
            errors.append(float(abs(c - r) / abs(r)) if r else float("inf"))
    return errors


def _beside(subject: Subject, inputs: Inputs) -> list[Inputs]:
    """Points moved by up to a tenth, at which the gradient is finite."""
    random = np.random.default_rng(zlib.crc32(subject.name.encode()))
    points = []
    for _ in range(MOVED):
        moved = dict(inputs)
        for name in subject.wrt:
            x = np.asarray(inputs[name])
            y = x * (1 + random.uniform(-0.1, 0.1, x.shape)) + random.uniform(-0.1, 0.1, x.shape) * (x == 0)
            moved[name] = y.astype(x.dtype) if x.ndim else float(y)
        if all(map(CONTEXT.isfinite, at_many_digits(subject.gradient, moved, subject.wrt))):
            points.append(moved)
    return points


def _made(subject: Subject, inputs: Inputs) -> Iterator[tuple[str, Claim]]:
    """Every candidate by its kind."""
    wrt, gradient = subject.wrt, subject.gradient
    places = list(components(inputs, wrt))
    values = np.array([float(v) for v in at_many_digits(gradient, inputs, wrt)])
    sizes = np.abs(values)

    def each(change: Callable[[str, Any], Any]) -> Claim:
        def claim(**at: Any) -> dict[str, Any]:
            return {name: change(name, part) for name, part in by_name(call(gradient, at), wrt).items()}

        return claim

    def at_one(k: int, factor: float) -> Claim:
        where, index = places[k]
        mask = np.ones(np.shape(inputs[where]))
        mask[index] = factor
        mask = mask if mask.ndim else mask.item()
        return each(lambda name, part: part * mask if name == where else part)

    for kind, factor in FACTORS.items():
        yield kind, each(lambda name, part, factor=factor: part * factor)
    if len(places) > 1:
        yield "factor N", each(lambda name, part: part * float(len(places)))
        largest = int(np.argmax(sizes))
        smallest = int(np.argmin(np.where(sizes > 0, sizes, np.inf)))
        for word, k in (("largest", largest), ("smallest", smallest)):
            yield f"{word} zeroed", at_one(k, 0.0)
            yield f"{word} off by 1e-2", at_one(k, 1.01)
    yield "one NaN", at_one(zlib.crc32(subject.name.encode()) % len(places), np.nan)
    constant = 1e-3 * float(np.max(sizes)) or 1e-3
    yield "constant added", each(lambda name, part: part + constant)
    yield "next point's", lambda **at: call(gradient, {**at, wrt[0]: at[wrt[0]] * 1.001})
    yield from _rearranged(subject, inputs, values, each)
    yield from _dropped(subject, inputs)


def _rearranged(
    subject: Subject, inputs: Inputs, values: np.ndarray, each: Callable[[Callable[[str, Any], Any]], Claim]
) -> Iterator[tuple[str, Claim]]:
    """Two neighbours with different values swapped, and a matrix laid out the other way round."""
    wrt = subject.wrt
    start = 0
    for name in wrt:
        shape = np.shape(inputs[name])
        size = int(np.prod(shape))
        own = values[start : start + size]
        start += size
        different = np.flatnonzero(np.diff(own))
        if size > 1 and len(different):
            order = np.arange(size)
            i = int(different[0])
            order[[i, i + 1]] = order[[i + 1, i]]
            yield (
                "entries swapped",
                each(
                    lambda n, part, name=name, shape=shape, order=order: (
                        np.reshape(np.reshape(part, -1)[order], shape) if n == name else part
                    )
                ),
            )
        if len(shape) == 2 and min(shape) > 1:
            yield (
                "transposed",
                each(
                    lambda n, part, name=name, shape=shape: np.reshape(part.T, shape) if n == name else part
                ),
            )
    numbers = [name for name in wrt if not np.shape(inputs[name])]
    if len(numbers) > 1:
        first, second = numbers[:2]

        def swapped(**at: Any) -> dict[str, Any]:
            parts = by_name(call(subject.gradient, at), wrt)
            return {**parts, first: parts[second], second: parts[first]}

        yield "entries swapped", swapped


def _dropped(subject: Subject, inputs: Inputs) -> Iterator[tuple[str, Claim]]:
    """One operand of an addition made 0, or one of a multiplication or division made 1: from both ends
    of the program, so that the first two that change anything are an early one and a late one.
    """
    names = [name for name in inputs if is_real(inputs[name])]
    parts_of = {}

    def parts(*values: Any) -> list[Any]:
        found = by_name(
            call(subject.gradient, {**inputs, **dict(zip(names, values, strict=True))}), subject.wrt
        )
        parts_of["order"] = list(found)
        return list(found.values())

    with np.errstate(all="ignore"):
        program, _ = trace(parts, [inputs[name] for name in names])
    program = simplify(program, branches=False)
    order = parts_of["order"]

    def claim_of(mutated: Program) -> Claim:
        def claim(**at: Any) -> dict[str, Any]:
            return dict(zip(order, evaluate(mutated, [at[name] for name in names]), strict=True))

        return claim

    neutral = {"add": 0.0, "subtract": 0.0, "multiply": 1.0, "divide": 1.0}
    for kind, primitives in (
        ("term dropped", ("add", "subtract")),
        ("factor dropped", ("multiply", "divide")),
    ):
        spots = [
            (number, operand)
            for number, equation in enumerate(program.equations)
            if equation.primitive.name in primitives
            for operand in (0, 1)
        ]
        for number, operand in _from_both_ends(spots):
            value = neutral[program.equations[number].primitive.name]
            yield kind, claim_of(_without(program, number, operand, value))


def _from_both_ends(spots: list[Any]) -> Iterator[Any]:
    """First, last, second, last but one …"""
    low, high = 0, len(spots) - 1
    while low <= high:
        yield spots[low]
        if high > low:
            yield spots[high]
        low, high = low + 1, high - 1


def _without(program: Program, number: int, operand: int, value: float) -> Program:
    """The program with a constant in place of one operand of one equation."""
    equation = program.equations[number]
    slot = len(program.shapes)
    shape = program.shapes[equation.operands[operand]]
    operands = tuple(slot if k == operand else s for k, s in enumerate(equation.operands))
    return replace(
        program,
        constants={**program.constants, slot: np.full(shape, value) if shape else value},
        equations=(
            *program.equations[:number],
            equation._replace(operands=operands),
            *program.equations[number + 1 :],
        ),
        shapes=(*program.shapes, shape),
    )
