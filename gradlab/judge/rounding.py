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

from gradlab.engine.program import Program, evaluate
from gradlab.engine.reverse import reverse
from gradlab.engine.rounding import Sensitivity
from gradlab.methods import Problem, Unsupported
from gradlab.methods.claimed import traced_claim
from gradlab.numbers.precise import Precise

MOST_COMPONENTS = 64
"""Asked one by one, a reverse pass each; the largest of them stands for any more."""


TRIALS = 8


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
        return np.ravel(np.asarray(evaluate(moved, inputs, numbers)[output], dtype=object))[element]

    here = value({})
    changes = []
    for _ in range(TRIALS):
        toward = {
            slot: np.nextafter(program.constants[slot], generator.choice([-math.inf, math.inf]))
            for slot in sensitivity.inexact
        }
        changes.append(abs(value(toward) - here))
    return max(changes)


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
