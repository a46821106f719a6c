"""A program at a point with all that flows through it: values, cotangents back, tangents forth.

A slip at one place changes the derivative by ⟨cotangent, wrong tangent − right tangent⟩, whatever lies around
that place: so a thousand slips cost one pass each way, and a few operations apiece.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gradlab.engine.forward import push_forward
from gradlab.engine.primitive import Value
from gradlab.engine.program import Program, run, without_idle
from gradlab.engine.reverse import cotangents_of
from gradlab.engine.trace import Recording, Tape, Tracer, as_input, shape_of
from gradlab.judge.mistakes.places import Reading

ACTIVATIONS = frozenset(("sigmoid", "tanh", "relu", "softplus"))
MOST_ACTIVATIONS = 12


@dataclass(frozen=True)
class Column:
    """One element of an argument that is derived by."""

    name: str
    slot: int
    element: tuple[int, ...]
    """Its place in the argument; () for a number."""
    number: int
    """Its column of the derivative."""
    index: int
    """Its place in the argument, flattened."""

    def seed(self, shape: tuple[int, ...]) -> Value:
        """The tangent that moves this element alone."""
        if not shape:
            return 1.0
        one = np.zeros(shape)
        one[self.element] = 1.0
        return one


@dataclass(frozen=True)
class Scene:
    """Values, cotangents and tangents of every slot; floats and arrays, or tracers of them."""

    program: Program
    values: list[Value]
    cotangents: list[Any]
    """None where nothing flows back."""
    columns: tuple[Column, ...]
    tangents: list[list[Any]]
    """By column, then slot; None where a slot does not move."""

    @cached_property
    def reading(self) -> Reading:
        """What its slots are."""
        return Reading(self.program)

    @cached_property
    def activations(self) -> list[tuple[int, Value]]:
        """(slot, value before) of every activation: σ, tanh, relu and their like."""
        found = []
        for equation in self.program.equations:
            logistic, rectified = self.reading.logistic(equation), self.reading.rectified(equation)
            if logistic is not None and (logistic[2] is None or self.reading.number(logistic[2]) == 1.0):
                found.append((equation.result, logistic[1] * self.values[logistic[0]]))
            elif rectified is not None:
                found.append((equation.result, self.values[rectified]))
            elif equation.primitive.name in ACTIVATIONS:
                found.append((equation.result, self.values[equation.operands[0]]))
        return found[:MOST_ACTIVATIONS]

    @cached_property
    def _revalued(self) -> dict[int, list[Value]]:
        return {}

    @cached_property
    def _behind(self) -> dict[int, set[int]]:
        """Of each activation, the slots that depend on it."""
        found: dict[int, set[int]] = {}
        for after, _ in self.activations:
            own = found[after] = {after}
            for equation in self.program.equations:
                if any(i in own for i in equation.operands):
                    own.add(equation.result)
        return found

    def depends(self, slot: int, activation: int) -> bool:
        """Whether a slot depends on an activation's result."""
        return slot in self._behind[activation]

    def with_value(self, slot: int, value: Value) -> list[Value]:
        """The values of all slots, had an activation another one."""
        if slot not in self._revalued:
            values = list(self.values)
            values[slot] = value
            for primitive, operands, parameters, result in self.program.equations:
                if result != slot and result in self._behind[slot]:
                    values[result] = primitive(*(values[i] for i in operands), **parameters)
            self._revalued[slot] = values
        return self._revalued[slot]

    def slope(self, column: int) -> Value:
        """The right derivative by a column."""
        total: Value = 0.0
        for slot in dict.fromkeys(self.program.inputs):
            moved = self.tangents[column][slot]
            if moved is not None and self.cotangents[slot] is not None:
                total = total + inner(self.cotangents[slot], moved)
        return total

    def variable(self, column: int) -> Value:
        """The number that is derived by."""
        own = self.columns[column]
        value = self.values[own.slot]
        return value[own.element] if own.element else value


def survey(
    program: Program,
    inputs: Sequence[Value],
    columns: Sequence[Column],
    weights: Value = 1.0,
    tape: Tape | None = None,
) -> Scene:
    """Everything that flows, at the inputs: on numbers, or recorded on a tape that the inputs are tracers of.

    weights: the cotangent of the output, of its shape.
    """
    values = run(program, inputs, Recording(tape) if tape is not None else None)
    cotangents = cotangents_of(program, values, [(program.outputs[0], weights)], constants=True)
    tangents = []
    for column in columns:
        own: list[Any] = [None] * len(values)
        own[column.slot] = column.seed(program.shapes[column.slot])
        push_forward(program.equations, values, own)
        tangents.append(own)
    return Scene(program, values, cotangents, tuple(columns), tangents)


def record_scene(
    program: Program, inputs: Sequence[Value], columns: Sequence[Column], weights: Value
) -> tuple[Tape, list[Tracer], Scene]:
    """The same on a new tape, with the tracers of the inputs."""
    tape = Tape()
    tracers = [tape.input(as_input(x)) for x in inputs]
    return tape, tracers, survey(program, tracers, columns, weights, tape)


def inner(cotangent: Value, tangent: Value) -> Value:
    """⟨cotangent, tangent⟩, the smaller of the two spread."""
    product = cotangent * tangent
    return np.sum(product) if shape_of(product) else product


def recorded(tape: Tape, inputs: Sequence[Tracer], outputs: Sequence[Value]) -> Program:
    """The program of some outputs, without what only others need: a tape may hold a thousand slips."""
    return without_idle(tape.program(inputs, outputs))
