"""The programs behind the methods' values, with the lines that their equations come from.

The transforms are recorded anew, equation by equation and not simplified, so that each line is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradlab.engine.forward import push_forward
from gradlab.engine.primitive import Value
from gradlab.engine.program import Program, run
from gradlab.engine.reverse import backpropagate, reverse
from gradlab.engine.trace import Recording, Tape, as_input
from gradlab.methods import Problem
from gradlab.methods.claimed import claim_as_written


@dataclass(frozen=True)
class Evaluation:
    """The program behind a method's value: what it is given, and where the component comes out."""

    program: Program
    inputs: list[Value]
    output: int
    """The slot."""
    element: int
    places: Sequence[str]
    """For each equation, where it comes from."""


def column_of(problem: Problem, column: int) -> tuple[int, int]:
    """Which of the derived arguments a column belongs to, and which element of it."""
    for number, name in enumerate(problem.wrt):
        size = int(np.size(problem.inputs[name]))
        if column < size:
            return number, column
        column -= size
    raise IndexError(column)


def _one_hot(shape: tuple[int, ...], element: int) -> Value:
    if not shape:
        return 1.0
    unit = np.zeros(shape)
    unit.flat[element] = 1.0
    return unit


def _at(location: str) -> str:
    return f" at {location}" if location else ""


class _Located:
    """A transform of the function being recorded equation by equation, so that each line is known."""

    def __init__(self, problem: Problem) -> None:
        self.program = problem.needs_program()
        self.tape = Tape()
        self.inputs = [self.tape.input(as_input(x)) for x in problem.traced_inputs]
        self.values = run(self.program, self.inputs, Recording(self.tape))
        self.lines = self.program.locations or ("",) * len(self.program.equations)
        self.places = [_at(line) for line in self.lines]

    def each(self, record: Callable[[Any], None], backwards: bool) -> None:
        """Let every equation record its part, forwards or backwards."""
        pairs = list(zip(self.program.equations, self.lines, strict=True))
        for equation, line in reversed(pairs) if backwards else pairs:
            record(equation)
            new = len(self.tape.equations) - len(self.places)
            self.places += [f" in the derivative of {equation.primitive.name}{_at(line)}"] * new


def _reverse(problem: Problem, row: int, column: int) -> Evaluation:
    """Cotangents, not simplified."""
    located = _Located(problem)
    program = located.program
    (output,) = program.outputs
    unit = _one_hot(program.shapes[output], row)
    seed = located.tape.input(as_input(unit))
    cotangents: list[Any] = [None] * len(located.values)
    cotangents[output] = seed
    located.each(lambda equation: backpropagate([equation], located.values, cotangents), backwards=True)
    argument, element = column_of(problem, column)
    wanted = cotangents[program.inputs[problem.wrt_places[argument]]]
    recorded = located.tape.program([*located.inputs, seed], [wanted])
    return Evaluation(
        recorded, [*problem.traced_inputs, unit], recorded.outputs[0], element, tuple(located.places)
    )


def _simplified_reverse(problem: Problem, row: int, column: int) -> Evaluation:
    """Cotangents as the method evaluates them; its equations have no lines."""
    program = problem.needs_program()
    gradient = reverse(program, problem.traced_inputs, wrt=problem.wrt_places)
    unit = _one_hot(program.shapes[program.outputs[0]], row)
    argument, element = column_of(problem, column)
    places = [""] * len(gradient.equations)
    return Evaluation(gradient, [*problem.traced_inputs, unit], gradient.outputs[argument], element, places)


def _forward(problem: Problem, row: int, column: int) -> Evaluation:
    """Tangents, not simplified."""
    located = _Located(problem)
    program = located.program
    argument, element = column_of(problem, column)
    place = problem.wrt_places[argument]
    unit = _one_hot(program.shapes[program.inputs[place]], element)
    direction = located.tape.input(as_input(unit))
    tangents: list[Any] = [None] * len(located.values)
    tangents[program.inputs[place]] = direction
    located.each(lambda equation: push_forward([equation], located.values, tangents), backwards=False)
    recorded = located.tape.program([*located.inputs, direction], [tangents[program.outputs[0]]])
    return Evaluation(
        recorded, [*problem.traced_inputs, unit], recorded.outputs[0], row, tuple(located.places)
    )


def _claimed(problem: Problem, row: int, column: int) -> Evaluation:
    """The claim's own trace."""
    program, columns = claim_as_written(problem, locate=True)
    number = next(i for i, own in enumerate(columns) if column in own)
    element = row * len(columns[number]) + columns[number].index(column)
    places = [_at(line) for line in program.locations]
    return Evaluation(program, problem.traced_inputs, program.outputs[number], element, places)


WAYS: dict[str, tuple[Callable[[Problem, int, int], Evaluation], ...]] = {
    "reverse": (_reverse, _simplified_reverse),
    "forward": (_forward,),
    "complex_step": (_forward,),  # to first order its imaginary parts are tangents
    "claimed": (_claimed,),
}
"""By method, the programs to try, the best first."""
