"""Forward mode: the engine's tangent program, one pass an element of the arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradlab.engine.compile import compile_program
from gradlab.engine.forward import forward
from gradlab.engine.program import evaluate
from gradlab.methods import Derivation, Estimate, Problem, Unsupported
from gradlab.numbers.precise import Precise

TITLE = "forward mode"
MOST_PASSES = 400
MOST_EXACT_OPERATIONS = 100_000
"""In many digits; beyond, it is judged in float64 alone (it is no witness: reverse mode has the same rules)."""


def derive(problem: Problem) -> Derivation:
    """The program of tangents of the function's trace."""
    program = problem.needs_program()
    if problem.columns > MOST_PASSES:
        raise Unsupported(
            f"it would need {problem.columns} passes, one an element; {MOST_PASSES} are the most it makes"
        )
    tangent = forward(program, problem.traced_inputs)

    def exact(at: Problem, digits: int) -> list[Any]:
        if at.columns * tangent.operations() > at.effort * MOST_EXACT_OPERATIONS:
            raise Unsupported("too many operations in many digits")
        numbers = Precise(digits)
        inputs = [numbers.constant(x) for x in at.traced_inputs]
        columns = []
        for direction in _directions(at):
            (column,) = evaluate(tangent, [*inputs, *(numbers.constant(d) for d in direction)], numbers)
            columns.append(np.ravel(np.asarray(column, dtype=object)).tolist())
        return [numbers.number(column[i]) for i in range(at.rows) for column in columns]

    def estimate(at: Problem) -> Estimate:
        with np.errstate(all="ignore"):
            columns = [
                np.ravel(np.asarray(evaluate(tangent, [*at.traced_inputs, *d])[0], dtype=np.float64))
                for d in _directions(at)
            ]
        return Estimate(np.stack(columns, axis=1))

    def bare(at: Problem) -> Callable[[], Any]:
        directions = list(_directions(at))
        function = compile_program(tangent, (*at.traced_inputs, *directions[0]))
        inputs = at.traced_inputs
        return lambda: [function(*inputs, *d) for d in directions]

    passes = [("tangent passes", problem.columns * tangent.operations())]
    return Derivation(estimate, exact, bare, same_branch=True, sizes=passes)


def _directions(at: Problem) -> Iterator[list[Any]]:
    """A unit tangent for each element that is derived by, over all the program's inputs."""
    still = [np.zeros(np.shape(x)) if np.shape(x) else 0.0 for x in at.traced_inputs]
    for place in at.wrt_places:
        shape = np.shape(at.traced_inputs[place])
        for unit in list(np.eye(int(np.prod(shape))).reshape(-1, *shape)) if shape else [1.0]:
            yield [unit if i == place else x for i, x in enumerate(still)]
