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


def rounding_noise(program: Program, inputs: Sequence[Value], output: int = 0, element: int = 0) -> float:
    """The rounding error to expect in one element of an output, evaluated in float64.

    >>> from gradlab.engine.trace import trace
    >>> program, _ = trace(lambda x: (x + 1e8) - 1e8, [1.0])
    >>> rounding_noise(program, [1.0]) > 1e-9
    True
    """
    slots = [e.result for e in program.equations if e.primitive.operations(*_shaped(program, e.result, e.operands), **e.parameters)]
    return UNIT * _effect(program, inputs, output, element, slots)


def constant_noise(program: Program, inputs: Sequence[Value], output: int = 0, element: int = 0) -> float:
    """What the rounding of the program's decimal constants (0.1, 1/3) may do to one element of an output.

    >>> from gradlab.engine.trace import trace
    >>> program, _ = trace(lambda x: 0.1 * x, [3.0])
    >>> 0 < constant_noise(program, [3.0]) < 1e-16
    True
    """
    slots = [slot for slot, value in program.constants.items() if not is_exact(value)]
    return UNIT * _effect(program, inputs, output, element, slots) if slots else 0.0


def is_exact(constant: Value) -> bool:
    """Whether a constant is just what its shortest decimal says, so that no rounding can hide in it."""
    values = np.ravel(constant).tolist()
    return all(isinstance(v, (bool, int)) or not math.isfinite(v) or Fraction(repr(v)) == Fraction(v) for v in values)


def _shaped(program: Program, *slots: int | tuple[int, ...]) -> list[np.ndarray]:
    flat = [s for slot in slots for s in (slot if isinstance(slot, tuple) else (slot,))]
    return [np.broadcast_to(np.float64(0), program.shapes[s]) for s in flat]


def _effect(program: Program, inputs: Sequence[Value], output: int, element: int, slots: Sequence[int]) -> float:
    """Σ |v̄ v| over the slots."""
    with np.errstate(all="ignore"):
        values = run(program, inputs)
        slot = program.outputs[output]
        seed: Value = 1.0
        if program.shapes[slot]:
            seed = np.zeros(program.shapes[slot])
            seed.flat[element] = 1.0
        cotangents = cotangents_of(program, values, [(slot, seed)], constants=True)
        return float(sum(np.sum(np.abs(cotangents[s] * np.asarray(values[s], dtype=float))) for s in slots if cotangents[s] is not None))
