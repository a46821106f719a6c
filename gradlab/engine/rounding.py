"""How far rounding can carry a result: first-order error analysis by one reverse pass.

A rounding of relative size u in slot k changes the output by about |v̄ₖ vₖ| u, where v̄ₖ is the
output's cotangent there (Griewank & Walther 2008, ch. 3; Linnainmaa 1976). These are estimates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from gradlab.engine.primitive import Value
from gradlab.engine.program import Program, run
from gradlab.engine.reverse import cotangents_of

UNIT = 2.0**-53
"""The relative rounding error of one float64 operation, at most."""


class Sensitivity:
    """How roundings inside a program, evaluated at some inputs, move the elements of its outputs.

    >>> from gradlab.engine.trace import trace
    >>> cancelling, _ = trace(lambda x: (x + 1e8) - 1e8, [1.0])
    >>> Sensitivity(cancelling, [1.0]).of_operations() > 1e-9
    True
    >>> decimal, _ = trace(lambda x: 0.1 * x, [3.0])
    >>> 0 < Sensitivity(decimal, [3.0]).of_constants() < 1e-16
    True
    """

    def __init__(self, program: Program, inputs: Sequence[Value]) -> None:
        self.program = program
        with np.errstate(all="ignore"):
            self.values = run(program, inputs)
        shaped = [np.broadcast_to(np.float64(0), shape) for shape in program.shapes]
        self.worked = [
            e.result
            for e in program.equations
            if e.primitive.operations(shaped[e.result], *(shaped[i] for i in e.operands), **e.parameters)
        ]
        self.inexact = [slot for slot, value in program.constants.items() if not is_exact(value)]

    def of_operations(self, output: int = 0, element: int = 0) -> float:
        """The rounding error to expect in one element of an output, evaluated in float64."""
        return UNIT * self._effect(output, element, self.worked)

    def of_constants(self, output: int = 0, element: int = 0) -> float:
        """What rounding the program's decimal constants (0.1, 1/3) may do to one element of an output."""
        return UNIT * self._effect(output, element, self.inexact) if self.inexact else 0.0

    def of_inputs(self, inputs: Sequence[int], output: int = 0, element: int = 0) -> float:
        """What rounding some of the inputs, by their places, may do to one element of an output."""
        return UNIT * self._effect(output, element, [self.program.inputs[place] for place in inputs])

    def _effect(self, output: int, element: int, slots: Sequence[int]) -> float:
        """Σ |v̄ v| over the slots."""
        slot = self.program.outputs[output]
        seed: Value = 1.0
        if self.program.shapes[slot]:
            seed = np.zeros(self.program.shapes[slot])
            seed.flat[element] = 1.0
        with np.errstate(all="ignore"):
            cotangents = cotangents_of(self.program, self.values, [(slot, seed)], constants=True)
            flowing = [s for s in slots if cotangents[s] is not None]
            return float(
                sum(np.sum(np.abs(cotangents[s] * np.asarray(self.values[s], dtype=float))) for s in flowing)
            )


def is_exact(constant: Value) -> bool:
    """Whether a constant is just what its shortest decimal says, so that no rounding can hide in it."""
    values = np.ravel(constant).tolist()
    return all(
        isinstance(v, (bool, int)) or not math.isfinite(v) or Fraction(repr(v)) == Fraction(v) for v in values
    )
