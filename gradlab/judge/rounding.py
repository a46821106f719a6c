"""What rounding may do to each component of a derivative: that of the constants in the code, and that of
float64 arithmetic. Only asked where values differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from gradlab.engine.program import Program, evaluate, run
from gradlab.engine.reverse import reverse
from gradlab.engine.rounding import Sensitivity, is_exact
from gradlab.engine.trace import Tape, as_input
from gradlab.methods import Problem, Unsupported
from gradlab.methods.claimed import traced_claim
from gradlab.numbers.precise import Precise

MOST_COMPONENTS = 64
"""Asked one by one, a reverse pass each; the largest of them stands for any more."""
TRIALS = 8
"""Of constants moved, where first-order analysis overflows."""


def _of_constants(sensitivity: Sensitivity, output: int, element: int) -> Any:
    """What rounding the constants may do: to first order in float64, or where that overflows by trying."""
    noise = sensitivity.of_constants(output, element)
    return noise if math.isfinite(noise) else _by_trial(sensitivity, output, element)


def _by_trial(sensitivity: Sensitivity, output: int, element: int) -> Any:
    """The most that one element changes by, at 40 digits, when each constant moves to a float64 beside it."""
    program, numbers = sensitivity.program, Precise(40)
    inputs = [numbers.constant(sensitivity.values[slot]) for slot in program.inputs]
    generator = np.random.default_rng(0)

    def value(constants: Mapping[int, Any]) -> Any:
        moved = replace(program, constants={**program.constants, **constants})
        return _element(evaluate(moved, inputs, numbers)[output], element)

    here = value({})
    changes = []
    for _ in range(TRIALS):
        toward = {
            slot: np.nextafter(program.constants[slot], generator.choice([-math.inf, math.inf]))
            for slot in sensitivity.inexact
        }
        changes.append(abs(value(toward) - here))
    return max(changes)


def _element(value: Any, element: int) -> Any:
    """One element of an array or number, row by row."""
    return np.reshape(value, (-1,))[element]


class Rounding:
    """The roundings of one problem, and of its claim. Components are numbered row by row; error estimates
    have the derivative's own unit.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def of_constants(self, components: Sequence[int]) -> np.ndarray:
        """By decimal constants (0.1, 1/3) in the function's code; numbers of any kind."""
        return self._each(components, lambda k: _of_constants(self._function(k), *self._place(k)))

    def of_operations(self, components: Sequence[int]) -> np.ndarray:
        """By float64 arithmetic in the derivative; infinite where it can't be said."""
        noise = self._each(components, lambda k: self._function(k).of_operations(*self._place(k))).astype(
            float
        )
        known: np.ndarray = np.nan_to_num(noise, nan=math.inf)
        return known

    def of_claimed_constants(self, components: Sequence[int]) -> np.ndarray:
        """By decimal constants in the claim's code."""
        sensitivity, places = self._claim
        return self._each(
            components, lambda k: _of_constants(sensitivity, *places[k]) if k in places else 0.0
        )

    def of_data(self, components: Sequence[int]) -> np.ndarray:
        """By decimals among the data, as far as the claim's difference from the derivative depends on them: p − y
        is right if the y add up to 1, and in binary 0.3 and 0.7 do not.
        """
        problem = self.problem
        data = [
            place
            for place, name in enumerate(problem.traced)
            if name not in problem.wrt and not is_exact(problem.inputs[name])
        ]
        rows: dict[int, list[int]] = {}
        for k in components[:MOST_COMPONENTS] if data else ():
            if k in self._claim[1]:
                rows.setdefault(k // problem.columns, []).append(k)
        found: dict[int, float] = {}
        for own in rows.values():
            difference = self._difference(own)
            found |= {k: difference.of_inputs(data, output) for output, k in enumerate(own)}
        return self._each(components, lambda k: found.get(k, 0.0))

    def _difference(self, components: Sequence[int]) -> Sensitivity:
        """Of the derivative less the claim, over the problem's traced inputs; the components are of one row."""
        inputs = self.problem.traced_inputs
        tape = Tape()
        tracers = [tape.input(as_input(x)) for x in inputs]
        derived, claimed = self._function(components[0]), self._claim[0].program
        right = run(derived.program, [*tracers, derived.values[derived.program.inputs[-1]]])
        said = run(claimed, tracers)
        differences = []
        for k in components:
            (output, element), (part, place) = self._place(k), self._claim[1][k]
            own = _element(right[derived.program.outputs[output]], element)
            differences.append(own - _element(said[claimed.outputs[part]], place))
        return Sensitivity(tape.program(tracers, differences), inputs)

    def _each(self, components: Sequence[int], noise: Callable[[int], Any]) -> np.ndarray:
        if self.problem.program is None:
            return np.zeros(len(components))
        found = [noise(k) for k in components[:MOST_COMPONENTS]]
        return np.array(found + [max(found, default=0.0)] * (len(components) - len(found)), dtype=object)

    def _place(self, component: int) -> tuple[int, int]:
        """(output, element) of the gradient program that hold it."""
        return self._elements[component % self.problem.columns]

    @cached_property
    def _elements(self) -> list[tuple[int, int]]:
        sizes = [np.size(self.problem.inputs[name]) for name in self.problem.wrt]
        return [(output, element) for output, size in enumerate(sizes) for element in range(size)]

    @cached_property
    def _gradient(self) -> Program:
        problem = self.problem
        return reverse(problem.needs_program(), problem.traced_inputs, wrt=problem.wrt_places)

    def _function(self, component: int) -> Sensitivity:
        row = component // self.problem.columns
        if row not in self._rows:
            program = self.problem.needs_program()
            shape = program.shapes[program.outputs[0]]
            seed: Any = 1.0
            if shape:
                seed = np.zeros(shape)
                seed.flat[row] = 1.0
            self._rows[row] = Sensitivity(self._gradient, [*self.problem.traced_inputs, seed])
        return self._rows[row]

    @cached_property
    def _rows(self) -> dict[int, Sensitivity]:
        return {}

    @cached_property
    def _claim(self) -> tuple[Sensitivity, dict[int, tuple[int, int]]]:
        """The claim's program, and the (output, element) of each component that it has."""
        try:
            program, outputs = traced_claim(self.problem)
        except Unsupported:
            return Sensitivity(self.problem.needs_program(), self.problem.traced_inputs), {}
        places = {
            row * self.problem.columns + column: (output, row * len(columns) + element)
            for output, columns in enumerate(outputs)
            for row in range(self.problem.rows)
            for element, column in enumerate(columns)
        }
        return Sensitivity(program, self.problem.traced_inputs), places
