"""The derivative put together: the chain rule's pieces as one formula, with what they share named."""

from __future__ import annotations

import numpy as np

from gradlab.engine.program import Program
from gradlab.methods import Problem
from gradlab.notation import tree
from gradlab.notation.latex.write import to_latex
from gradlab.notation.names import printed
from gradlab.notation.programs import write_program
from gradlab.notation.programs.gradient import gradient_with_steps
from gradlab.notation.write import write
from gradlab.record import Formula
from gradlab.study.explain.graph import Graph

MOST_WRITTEN = 12
"""Elements of a constant array."""


def closed_form(graph: Graph, problem: Problem) -> tuple[Formula, ...]:
    """Lines of shared parts and of what the code names, and then the derivative by each argument.

    Of several outputs there is none: each has its own.
    """
    if not graph.is_scalar:
        return ()
    program, names, aliases = _gradient(graph, problem)
    written = write_program(program, names, known_as=aliases, taken=graph.names.values())
    constants = [
        Formula(name=printed(written.names[slot]), formula=written_array(np.asarray(value)))
        for slot, value in program.constants.items()
        if slot in written.names
    ]
    shared = [
        formula_line(printed(written.names[slot]), node, written.sigma)
        for slot, node in written.formulas.items()
    ]
    f = graph.called(graph.output)
    named = (f"∂{f}/∂{graph.called(slot)}" for slot in graph.wrt)
    derivatives = [
        formula_line(name, node, written.sigma) for name, node in zip(named, written.outputs, strict=True)
    ]
    return (*dict.fromkeys(constants), *shared, *derivatives)


def written_array(value: np.ndarray) -> str:
    """A constant that is written out if it is small."""
    if value.size > MOST_WRITTEN:
        return f"a constant array of shape {value.shape}"
    return np.array2string(value + 0.0, separator=", ", formatter={"all": "{:.6g}".format}).replace("\n", "")


def formula_line(name: str, node: tree.Node, sigma: str) -> Formula:
    """A line of mathematics."""
    return Formula(name=name, formula=write(node, sigma=sigma), latex=to_latex(node, sigma=sigma))


def _gradient(graph: Graph, problem: Problem) -> tuple[Program, dict[int, str], dict[int, str]]:
    """The gradient's program, simplified, and what its slots are called: inputs, and what the code names.

    Besides, the names that the explanation has given to what the code does not name: one name is one quantity.
    """
    program = graph.program
    gradient, steps = gradient_with_steps(
        program, problem.traced_inputs, graph.output, graph.wrt, graph.steps
    )
    names = {slot: graph.names[old] for slot, old in zip(gradient.inputs, program.inputs, strict=True)}
    for slot, value in gradient.constants.items():
        for old, constant in program.constants.items():
            if old in graph.names and np.array_equal(value, constant):
                names.setdefault(slot, graph.names[old])
    aliases: dict[int, str] = {}
    for slot, old in steps:
        (names if old in graph.given else aliases).setdefault(slot, graph.names[old])
    return gradient, names, {slot: name for slot, name in aliases.items() if slot not in names}
