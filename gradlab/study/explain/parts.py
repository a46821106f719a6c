"""The chain rule along single edges: what one operation gives back to each operand, or takes from it.

The rules are the engine's own, asked for one edge at a time; what a pass has at a node is the sum of its parts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradlab.engine.forward import tangent_of
from gradlab.engine.primitive import Value
from gradlab.engine.program import Equation
from gradlab.engine.reverse import INACTIVE, backpropagate, in_numpy
from gradlab.methods import element_names


@dataclass(frozen=True)
class Part:
    """What flows along one edge."""

    equation: Equation
    position: int
    """Of the operand among the equation's."""
    value: Value

    @property
    def operand(self) -> int:
        """The operand's slot."""
        return self.equation.operands[self.position]


def give_back(
    equation: Equation, values: Sequence[Value], cotangent: Value, active: Collection[int]
) -> Iterator[Part]:
    """The part of the cotangent of each operand that is active, where there is one."""
    primitive, operands, parameters, result = equation
    count = len(operands)
    # An operand that stands twice (x·x) has two edges: so each gets a slot of its own.
    alone = Equation(primitive, tuple(range(count)), parameters, count)
    cotangents = [None if slot in active else INACTIVE for slot in operands]
    cotangents.append(cotangent)
    backpropagate([alone], [*(values[i] for i in operands), values[result]], cotangents)
    for position, part in enumerate(cotangents[:-1]):
        if part is not None and part is not INACTIVE:
            yield Part(equation, position, part)


def pass_on(equation: Equation, values: Sequence[Value], tangents: Mapping[int, Value]) -> Iterator[Part]:
    """The part of the result's tangent that comes of each operand with a tangent."""
    primitive, operands, parameters, result = equation
    x = [values[i] for i in operands]
    for position, slot in enumerate(operands):
        if slot in tangents:
            moving = [None] * len(operands)
            moving[position] = tangents[slot]
            part = tangent_of(primitive, moving, values[result], x, parameters)
            if part is not None:
                yield Part(equation, position, part)


def backward(
    equations: Sequence[Equation],
    values: Sequence[Value],
    seed: tuple[int, Value],
    active: Collection[int],
) -> tuple[dict[int, Value], list[Part]]:
    """(the cotangent of each slot that something flows to; the parts, in the order of the equations)."""
    slot, cotangent = seed
    cotangents: dict[int, Value] = {slot: cotangent} if slot in active else {}
    parts: list[Part] = []
    for equation in reversed(equations):
        if equation.result in cotangents:
            given = list(give_back(equation, values, cotangents[equation.result], active))
            for part in given:
                present = cotangents.get(part.operand)
                cotangents[part.operand] = part.value if present is None else present + part.value
            parts += reversed(given)
    return cotangents, parts[::-1]


def onward(
    equations: Sequence[Equation], values: Sequence[Value], seed: tuple[int, Value]
) -> tuple[dict[int, Value], list[Part]]:
    """(the tangent of each slot that depends on the seed's; the parts, in the order of the equations)."""
    tangents: dict[int, Value] = dict([seed])
    parts: list[Part] = []
    for equation in equations:
        for part in pass_on(equation, values, tangents):
            present = tangents.get(equation.result)
            tangents[equation.result] = part.value if present is None else present + part.value
            parts.append(part)
    return tangents, parts


def local_value(part: Part, values: Sequence[Value]) -> Value:
    """∂y/∂x where it is a factor, elementwise; None where the operation moves, sums or multiplies arrays."""
    primitive, operands, _, result = part.equation
    if primitive.partials is None:
        return None
    partial = primitive.partials[part.position]
    x = [values[i] for i in operands]
    if not callable(partial):
        return None if partial is None else float(partial)
    try:
        return partial(values[result], *x)
    except ArithmeticError:
        return in_numpy(partial, values[result], x)


def units(value: Value) -> Iterator[tuple[str, Value]]:
    """(its name, 1 there and 0 elsewhere) for each element of a value: `[0, 1]`; "" for a number."""
    shape = np.shape(value)
    for place, name in enumerate(element_names(shape)):
        seed = np.zeros(shape)
        seed.flat[place] = 1.0
        yield name, seed if shape else 1.0
