"""Reverse mode: cotangents flow from the outputs back to the inputs (Griewank & Walther 2008, ch. 3.2).

One pass serves both uses: on numbers it computes a gradient, on tracers it records the program of
one. It is a loop over the equations, so depth costs no recursion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from gradlab.engine.primitive import Rule, Value
from gradlab.engine.program import Equation, Program, run
from gradlab.engine.rules import spreading
from gradlab.engine.simplify import simplify
from gradlab.engine.trace import Recording, Tape, as_input, shape_of

INACTIVE: Final = object()
"""In place of a cotangent: nothing flows here, it is a constant."""


def backpropagate(equations: Sequence[Equation], values: Sequence[Value], cotangents: list[Any]) -> None:
    """Fill in the cotangents of every slot that an output depends on, in place of None.

    cotangents: a list over the slots with the seeds set, INACTIVE where none is wanted, else None.
    """
    for primitive, operands, parameters, result in reversed(equations):
        cotangent = cotangents[result]
        if cotangent is None or cotangent is INACTIVE:
            continue
        y = values[result]
        x = [values[i] for i in operands]
        partials = primitive.partials
        for position, slot in enumerate(operands):
            present = cotangents[slot]
            if present is INACTIVE:
                continue
            if partials is None:
                flow = primitive.vjp(position, cotangent, y, *x, **parameters) if primitive.vjp else None
            else:
                partial = partials[position]
                if partial is None:
                    continue
                if partial.__class__ is int:
                    if partial == 0:
                        continue
                    flow = cotangent if partial == 1 else -cotangent if partial == -1 else partial * cotangent
                else:
                    try:
                        flow = cotangent * partial(y, *x)
                    except ArithmeticError:
                        flow = cotangent * in_numpy(partial, y, x)
                if flow.__class__ is not float:
                    shape = shape_of(x[position])
                    if shape_of(flow) != shape:
                        flow = spreading.unbroadcast(flow, shape)
            if flow is not None:
                cotangents[slot] = flow if present is None else present + flow


def in_numpy(partial: Rule, y: Value, x: Sequence[Value]) -> Value:
    """A local derivative where Python's own floats raise (1/0, overflow): inf or nan, as NumPy has it."""
    numbers = [np.float64(v) if v.__class__ is float else v for v in (y, *x)]
    result = partial(*numbers)
    return float(result) if isinstance(result, np.float64) else result


def cotangents_of(
    program: Program, values: Sequence[Value], seeds: Iterable[tuple[int, Value]], *, constants: bool = False
) -> list[Any]:
    """The cotangent of every slot, given the outputs' (slot, cotangent) pairs; None where nothing flows.

    values: every slot's value, as from `run`. With `constants`, those get cotangents as well.
    """
    cotangents: list[Any] = [None] * len(values)
    if not constants:
        for slot in program.constants:
            cotangents[slot] = INACTIVE
        for _, operands, _, result in program.equations:
            if all(cotangents[i] is INACTIVE for i in operands):
                cotangents[result] = INACTIVE
    for slot, seed in seeds:
        present = cotangents[slot]
        if present is not INACTIVE:
            cotangents[slot] = seed if present is None else present + seed
    backpropagate(program.equations, values, cotangents)
    return [None if c is INACTIVE else c for c in cotangents]


def reverse(
    program: Program, at: Sequence[Value], *, wrt: Sequence[int] | None = None, optimise: bool = True
) -> Program:
    """The program of cotangents: inputs are those of `program` and then a seed for each output;
    outputs are the cotangents of the inputs (or of those at the places `wrt`), zeros where an input
    takes no part.

    at: a point on the program's branch, for the recording to run at.

    >>> from gradlab.engine.program import evaluate
    >>> from gradlab.engine.trace import trace
    >>> program, _ = trace(lambda x, y: x * y + x, [2.0, 5.0])
    >>> evaluate(reverse(program, [2.0, 5.0]), [2.0, 5.0, 1.0])
    [6.0, 2.0]
    """
    tape = Tape()
    inputs = [tape.input(as_input(x)) for x in at]
    values = run(program, inputs, Recording(tape))
    seeds = [tape.input(as_input(ones(program.shapes[slot]))) for slot in program.outputs]
    cotangents = cotangents_of(program, values, zip(program.outputs, seeds, strict=True))
    wanted = program.inputs if wrt is None else [program.inputs[k] for k in wrt]
    outputs = [zeros(program.shapes[i]) if cotangents[i] is None else cotangents[i] for i in wanted]
    recorded = tape.program([*inputs, *seeds], outputs)
    return simplify(recorded) if optimise else recorded


def ones(shape: tuple[int, ...]) -> Value:
    """1.0, or an array of it."""
    return np.ones(shape) if shape else 1.0


def zeros(shape: tuple[int, ...]) -> Value:
    """0.0, or an array of it."""
    return np.zeros(shape) if shape else 0.0
