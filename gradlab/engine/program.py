"""Program: a function as a straight line of equations, and its evaluation in any number system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

import numpy as np

from gradlab.engine.primitive import Primitive, Value


class Equation(NamedTuple):
    """`result = primitive(*operands, **parameters)`; operands and result are slots."""

    primitive: Primitive
    operands: tuple[int, ...]
    parameters: dict[str, Any]
    result: int


class Branch(NamedTuple):
    """A value that steered the Python code: `if x > 0`, a boolean mask, an index found by argmax."""

    condition: int
    """The slot of the deciding value."""
    taken: Any
    """What it was: True, False, a mask, an index."""
    margin: float
    """By how much it was decided (|a − b| of a comparison); nan where that has no meaning."""
    location: str
    """file:line of the deciding code."""


@dataclass(frozen=True)
class Program:
    """Slots are numbered; each is an input, a constant, or the result of one equation, in order."""

    inputs: tuple[int, ...]
    constants: Mapping[int, Value]
    equations: tuple[Equation, ...]
    outputs: tuple[int, ...]
    shapes: tuple[tuple[int, ...], ...]
    """The shape of every slot."""
    branches: tuple[Branch, ...] = ()
    locations: tuple[str, ...] = ()
    """file:line of each equation, where the trace was asked for them."""

    def signature(self) -> tuple[Any, ...]:
        """Equal for two programs that compute the same for every input."""
        constants = tuple(
            (slot, np.shape(c), str(np.asarray(c).dtype), np.asarray(c).tobytes())
            for slot, c in self.constants.items()
        )
        equations = tuple(
            (e.primitive.name, e.operands, repr(e.parameters), e.result) for e in self.equations
        )
        return (self.inputs, constants, equations, self.outputs, self.shapes)

    def operations(self) -> int:
        """Scalar operations of one evaluation: additions, multiplications, functions; moves are free."""
        total = 0
        shaped = [np.broadcast_to(np.float64(0), shape) for shape in self.shapes]
        for primitive, operands, parameters, result in self.equations:
            total += primitive.operations(shaped[result], *(shaped[i] for i in operands), **parameters)
        return total


def without_idle(program: Program) -> Program:
    """The program without what no output needs, such as what only decides its branches; slots keep their numbers."""
    needed, kept = set(program.outputs), []
    for k in reversed(range(len(program.equations))):
        if program.equations[k].result in needed:
            needed.update(program.equations[k].operands)
            kept.append(k)
    kept.reverse()
    return replace(
        program,
        constants={slot: value for slot, value in program.constants.items() if slot in needed},
        equations=tuple(program.equations[k] for k in kept),
        locations=tuple(program.locations[k] for k in kept) if program.locations else (),
        branches=(),
    )


class Numbers(Protocol):
    """A number system: float64, symbols, 50 digits."""

    def constant(self, value: Value) -> Value:
        """A constant of the program, exactly."""

    def apply(self, primitive: Primitive, operands: Sequence[Value], parameters: Mapping[str, Any]) -> Value:
        """One equation."""


class Double:
    """float64: NumPy itself. Also what runs a program on tracers."""

    def constant(self, value: Value) -> Value:
        """The constant as it is."""
        return value

    def apply(self, primitive: Primitive, operands: Sequence[Value], parameters: Mapping[str, Any]) -> Value:
        """The primitive itself, on its operands."""
        return primitive(*operands, **parameters)


def run(program: Program, inputs: Sequence[Value], numbers: Numbers | None = None) -> list[Value]:
    """Evaluate a program and keep every slot's value, in the order of the slots."""
    if len(inputs) != len(program.inputs):
        raise ValueError(f"the program has {len(program.inputs)} inputs, and {len(inputs)} were given")
    numbers = numbers or Double()
    values: list[Value] = [None] * len(program.shapes)
    for slot, value in program.constants.items():
        values[slot] = numbers.constant(value)
    for slot, value in zip(program.inputs, inputs, strict=True):
        values[slot] = value
    for primitive, operands, parameters, result in program.equations:
        values[result] = numbers.apply(primitive, [values[i] for i in operands], parameters)
    return values


def evaluate(program: Program, inputs: Sequence[Value], numbers: Numbers | None = None) -> list[Value]:
    """The outputs of a program at the inputs, in float64 or in the given number system.

    >>> from gradlab.engine.trace import trace
    >>> program, _ = trace(lambda x, y: x * y + x, [2.0, 5.0])
    >>> evaluate(program, [3.0, 1.0])
    [6.0]
    """
    values = run(program, inputs, numbers)
    return [values[i] for i in program.outputs]
