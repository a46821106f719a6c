"""A function that is code, as mathematics: the lines that its code gives a name to, what it uses twice, and its value."""

from __future__ import annotations

import numpy as np

from gradlab.cases import Case
from gradlab.methods import Problem
from gradlab.notation.names import printed
from gradlab.notation.programs import write_program
from gradlab.record import Formula
from gradlab.study.explain.closed import formula_line, written_array
from gradlab.study.explain.graph import draw_graph

MOST_OPERATIONS = 60
"""Of a function that is written as mathematics."""


def function_lines(case: Case, problem: Problem) -> tuple[Formula, ...]:
    """The lines, the value last; none for a function of too many operations, or of several values that are not one
    array. Raises Unsupported where it can't be traced.
    """
    whole = problem.needs_program()
    if whole.operations() > MOST_OPERATIONS or len(whole.outputs) > 1:
        return ()
    graph = draw_graph(case, problem)
    program = graph.program
    names = {slot: graph.names[slot] for slot in (*program.inputs, *graph.given)}
    written = write_program(program, names)
    constants = [
        Formula(name=printed(written.names[slot]), formula=written_array(np.asarray(value)))
        for slot, value in program.constants.items()
        if slot in written.names
    ]
    lines = [
        formula_line(printed(written.names[slot]), tree, written.sigma)
        for slot, tree in written.formulas.items()
        if slot not in program.constants
    ]
    return (*constants, *lines)
