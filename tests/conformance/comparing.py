"""Comparing numbers, and the programs of a single primitive that the checks compare.

Against 150-digit values 40 digits are asked for. In float64 the bound is the rounding error that a
backward stable evaluation may have: each value of the program is allowed a few units in its last
place, times what the result changes by it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradlab.engine.forward import forward
from gradlab.engine.primitive import Primitive, Value
from gradlab.engine.program import Program, evaluate, run
from gradlab.engine.reverse import cotangents_of, reverse
from gradlab.engine.trace import trace
from tests.conformance import witnesses
from tests.conformance.trials import Trial
from tests.conformance.witnesses import PRECISE, components, precise

ULPS = 8 * float(np.finfo(np.float64).eps)
"""NumPy's functions are good to 4 units in the last place; their arguments may be rounded too (π·x)."""
TINY = 1e-300
"""Below this float64 loses digits to underflow."""


def agree(got: Any, want: Any, digits: int = witnesses.DIGITS) -> bool:
    """Whether two 150-digit numbers (or truth values) are equal to so many significant digits."""
    if isinstance(want, bool) or isinstance(got, bool):
        return bool(got) == bool(want)
    context = PRECISE.context
    return bool(abs(got - want) <= context.mpf(10) ** -digits * max(abs(want), context.mpf(10) ** -20))


def compare(got: Sequence[Any], want: Sequence[Any], where: str) -> None:
    """All components, to 40 digits."""
    assert len(got) == len(want), f"{where}: {len(got)} components in place of {len(want)}"
    for i, (g, w) in enumerate(zip(got, want, strict=True)):
        assert agree(g, w), (
            f"{where}, component {i}: {PRECISE.context.nstr(g, 45)} in place of {PRECISE.context.nstr(w, 45)}"
        )


def compare_doubles(got: Value, want: Value, bound: Value, where: str) -> None:
    """float64 against 150 digits, within a bound for each component."""
    parts = zip(
        components(got), components(want), components(np.broadcast_to(bound, np.shape(want))), strict=True
    )
    for i, (g, w, b) in enumerate(parts):
        error = abs(PRECISE.number(g) - w)
        assert math.isfinite(b), f"{where}: no bound is known"
        assert error <= b + TINY, (
            f"{where}, component {i}: {g!r} in place of {PRECISE.context.nstr(w, 20)}, "
            f"where rounding explains {b:.1e}"
        )


def rounding(program: Program, inputs: Sequence[Value]) -> list[float]:
    """For each output: how far off a backward stable float64 evaluation may be (largest component)."""
    with np.errstate(all="ignore"):
        values = run(program, inputs)
        bounds: list[float] = []
        for slot in program.outputs:
            flows = cotangents_of(program, values, [(slot, np.ones(program.shapes[slot])[()])])
            moved = sum(
                float(np.sum(np.abs(f * v))) for f, v in zip(flows, values, strict=True) if f is not None
            )
            bounds.append(ULPS * (moved + float(np.max(np.abs(values[slot]), initial=0.0))))
    return bounds


# Programs of one primitive


def program_of(primitive: Primitive, trial: Trial) -> Program:
    """The primitive as a program of the trial's inputs."""
    return trace(lambda *x: primitive(*trial.filled(x), **trial.parameters), trial.inputs)[0]


def reversed_program(primitive: Primitive, trial: Trial) -> Program:
    """As recorded, so that no simplification can hide or mend a rule."""
    return reverse(program_of(primitive, trial), trial.inputs, optimise=False)


def forward_program(primitive: Primitive, trial: Trial) -> Program:
    return forward(program_of(primitive, trial), trial.inputs, optimise=False)


def cotangent(primitive: Primitive, trial: Trial) -> Value:
    return trial.weights(np.shape(primitive.impl(*trial.operands, **trial.parameters)))[0]


def tangents(trial: Trial) -> list[Value]:
    return trial.weights(*map(np.shape, trial.inputs))


def precisely(program: Program, inputs: Sequence[Value]) -> list[Value]:
    return evaluate(program, precise(inputs), PRECISE)
