"""The program of a derivative in which what the function's own steps are called is still known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradlab.engine.primitive import Value
from gradlab.engine.program import Program, run, without_idle
from gradlab.engine.reverse import cotangents_of, ones, zeros
from gradlab.engine.simplify import simplify
from gradlab.engine.trace import Recording, Tape, as_input


def gradient_with_steps(
    program: Program, at: Sequence[Value], output: int, wrt: Sequence[int], steps: Sequence[int]
) -> tuple[Program, list[tuple[int, int]]]:
    """The gradient of one output, simplified, without what it does not need; and (slot of the gradient, slot of the
    function) for each step of the function that it still has.

    at: a point on the program's branch. wrt, steps: slots of `program`.

    >>> import numpy as np
    >>> from gradlab.engine.trace import trace
    >>> program, _ = trace(lambda x: np.tanh(x) ** 2, [3.0])
    >>> inner = program.equations[0].result
    >>> gradient, steps = gradient_with_steps(program, [3.0], program.outputs[0], program.inputs, [inner])
    >>> [old == inner for _, old in steps]
    [True]
    """
    tape = Tape()
    inputs = [tape.input(as_input(x)) for x in at]
    recording = Recording(tape)
    values = run(program, inputs, recording)
    seed = recording.constant(ones(program.shapes[output]))
    cotangents = cotangents_of(program, values, [(output, seed)])
    derivatives = [
        zeros(program.shapes[slot]) if cotangents[slot] is None else cotangents[slot] for slot in wrt
    ]
    both = simplify(tape.program(inputs, [*derivatives, *(values[slot] for slot in steps)]))
    gradient = without_idle(replace(both, outputs=both.outputs[: len(wrt)]))
    results = {equation.result for equation in gradient.equations}
    ends = zip(both.outputs[len(wrt) :], steps, strict=True)
    return gradient, [(slot, old) for slot, old in ends if slot in results]
