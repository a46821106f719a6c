"""The derivative put together: the chain rule's pieces as one formula, with what they share named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradlab.engine.program import Program, run
from gradlab.engine.reverse import cotangents_of, zeros
from gradlab.engine.simplify import simplify
from gradlab.engine.trace import Recording, Tape, as_input
from gradlab.methods import Problem
from gradlab.notation import tree
from gradlab.notation.latex.write import to_latex
from gradlab.notation.names import printed
from gradlab.notation.programs import write_program
from gradlab.notation.write import write
from gradlab.record.explanation import Formula
from gradlab.study.explaining.graph import Graph, without_idle

MOST_WRITTEN = 12
"""Elements of a constant array."""


def closed_form(graph: Graph, problem: Problem) -> tuple[Formula, ...]:
    """Lines of shared parts and of what the code names, and then the derivative by each argument.

    Of several outputs there is none: each has its own.
    """
    if not graph.is_scalar:
        return ()
    program, names = _gradient(graph, problem)
    written = write_program(program, names)
    constants = [
        Formula(name=printed(written.names[slot]), formula=_array(np.asarray(value)))
        for slot, value in program.constants.items()
        if slot in written.names
    ]
    shared = [
        _line(printed(written.names[slot]), node, written.sigma) for slot, node in written.formulas.items()
    ]
    f = graph.called(graph.output)
    named = (f"∂{f}/∂{graph.called(slot)}" for slot in graph.wrt)
    derivatives = [
        _line(name, node, written.sigma) for name, node in zip(named, written.outputs, strict=True)
    ]
    return (*dict.fromkeys(constants), *shared, *derivatives)


def _array(value: np.ndarray) -> str:
    """A constant that is written out if it is small."""
    if value.size > MOST_WRITTEN:
        return f"a constant array of shape {value.shape}"
    return np.array2string(value + 0.0, separator=", ", formatter={"all": "{:.6g}".format}).replace("\n", "")


def _line(name: str, node: tree.Node, sigma: str) -> Formula:
    return Formula(name=name, formula=write(node, sigma=sigma), latex=to_latex(node))


def _gradient(graph: Graph, problem: Problem) -> tuple[Program, dict[int, str]]:
    """The gradient's program, simplified, and what its slots are called: inputs, and what the code names."""
    program, tape = graph.program, Tape()
    with np.errstate(all="ignore"):
        inputs = [tape.input(as_input(x)) for x in problem.traced_inputs]
        recording = Recording(tape)
        values = run(program, inputs, recording)
        shape = program.shapes[graph.output]
        seed = recording.constant(np.ones(shape) if shape else 1.0)
        cotangents = cotangents_of(program, values, [(graph.output, seed)])
    derivatives = [
        zeros(program.shapes[slot]) if cotangents[slot] is None else cotangents[slot] for slot in graph.wrt
    ]
    own = [slot for slot in graph.steps if slot in graph.given]
    both = simplify(tape.program(inputs, [*derivatives, *(values[slot] for slot in own)]))
    count = len(derivatives)
    gradient = without_idle(replace(both, outputs=both.outputs[:count]))
    results = {equation.result for equation in gradient.equations} - set(gradient.outputs)
    names = {slot: graph.names[old] for slot, old in zip(gradient.inputs, program.inputs, strict=True)}
    for slot, old in zip(both.outputs[count:], own, strict=True):
        if slot in results:
            names.setdefault(slot, graph.names[old])
    return gradient, names
