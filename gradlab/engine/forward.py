"""Forward mode: tangents flow with the values from the inputs to the outputs.

Griewank & Walther 2008, ch. 3.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradlab.engine.primitive import Primitive, Value
from gradlab.engine.program import Equation, Program, run
from gradlab.engine.reverse import in_numpy, zeros
from gradlab.engine.rules.spreading import broadcast_to
from gradlab.engine.simplify import simplify
from gradlab.engine.trace import Recording, Tape, as_input, shape_of


def push_forward(equations: Sequence[Equation], values: Sequence[Value], tangents: list[Any]) -> None:
    """Fill in the tangents of every slot that an input with a tangent reaches; None stands for zero."""
    for primitive, operands, parameters, result in equations:
        moving = [tangents[i] for i in operands]
        if all(t is None for t in moving):
            continue
        x = [values[i] for i in operands]
        tangents[result] = tangent_of(primitive, moving, values[result], x, parameters)


def tangent_of(
    primitive: Primitive, moving: list[Any], y: Value, x: list[Value], parameters: dict[str, Any]
) -> Value | None:
    """ẏ = Σ ∂y/∂xᵢ ẋᵢ for one equation; None for zero."""
    if primitive.jvp is not None:
        return primitive.jvp(moving, y, *x, **parameters)
    if primitive.linear == "jointly":
        filled = [zeros(shape_of(v)) if t is None else t for t, v in zip(moving, x, strict=True)]
        return primitive(*filled, **parameters)
    total = None
    for position, tangent in enumerate(moving):
        if tangent is None:
            continue
        if primitive.linear == "each":
            part = primitive(*x[:position], tangent, *x[position + 1 :], **parameters)
        elif primitive.partials is not None:
            partial = primitive.partials[position]
            if partial is None or partial == 0:
                continue
            try:
                part = (
                    tangent * (partial(y, *x) if callable(partial) else partial) if partial != 1 else tangent
                )
            except ArithmeticError:
                part = tangent * in_numpy(partial, y, x)  # type: ignore[arg-type]
            if shape_of(part) != shape_of(y):
                part = broadcast_to(part, shape=shape_of(y))
        else:
            continue
        total = part if total is None else total + part
    return total


def forward(program: Program, at: Sequence[Value], *, optimise: bool = True) -> Program:
    """The program of tangents: inputs are those of `program` and then a tangent for each;
    outputs are the tangents of the outputs.

    at: a point on the program's branch, for the recording to run at.

    >>> from gradlab.engine.program import evaluate
    >>> from gradlab.engine.trace import trace
    >>> program, _ = trace(lambda x, y: x * y + x, [2.0, 5.0])
    >>> evaluate(forward(program, [2.0, 5.0]), [2.0, 5.0, 1.0, 0.0])
    [6.0]
    """
    tape = Tape()
    inputs = [tape.input(as_input(x)) for x in at]
    moving = [tape.input(as_input(np.ones(shape_of(x)))) for x in inputs]
    values = run(program, inputs, Recording(tape))
    tangents: list[Any] = [None] * len(values)
    for slot, tangent in zip(program.inputs, moving, strict=True):
        tangents[slot] = tangent
    push_forward(program.equations, values, tangents)
    outputs = [zeros(program.shapes[i]) if tangents[i] is None else tangents[i] for i in program.outputs]
    recorded = tape.program([*inputs, *moving], outputs)
    return simplify(recorded) if optimise else recorded
