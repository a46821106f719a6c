"""The complex step: ∂f/∂x = Im f(x + ih)/h, without subtraction and so without cancellation.

For functions that are analytic and that NumPy can evaluate at complex arguments (Squire & Trapp
1998). It calls the user's own function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradlab.engine.simplify import simplify
from gradlab.methods import Derivation, Estimate, Problem, Unsupported

TITLE = "complex step"
STEP = 1e-20
"""Of the argument's size, or of 1 if that is smaller: the error is of order h², far below rounding."""
MOST_COLUMNS = 2000


def derive(problem: Problem) -> Derivation:
    """Nothing to derive; refused where the trace holds what is not analytic."""
    program = problem.needs_program()
    refused = sorted({e.primitive.name for e in simplify(program, branches=False).equations if not e.primitive.analytic})
    if refused:
        raise Unsupported(f"{', '.join(refused)} {'is' if len(refused) == 1 else 'are'} not analytic")
    if problem.columns > MOST_COLUMNS:
        raise Unsupported(f"it would call the function {problem.columns} times; {MOST_COLUMNS} are the most it makes")

    def bare(at: Problem) -> Callable[[], Any]:
        points, call = at.moved(1j * steps(at)), at.call
        return lambda: [np.imag(call(point)) for point in points]

    return Derivation(lambda at: Estimate(_columns(at), step=steps(at), evaluations=at.columns), evaluate=bare)


def steps(at: Problem) -> np.ndarray:
    """h for every element."""
    size = np.abs(at.flat())
    return STEP * np.where((size > 0) & (size < 1), size, 1.0)


def _columns(at: Problem) -> np.ndarray:
    x = at.flat().astype(np.complex128)
    columns = []
    for j, step in enumerate(steps(at)):
        moved = x.copy()
        moved[j] += 1j * step
        try:
            with np.errstate(all="ignore"):
                result = np.ravel(np.asarray(at.call(at.with_values(moved))))
        except TypeError as error:
            raise Unsupported(f"the function can't be called with complex numbers ({error})") from None
        columns.append(np.imag(result) / step)
    return np.stack(columns, axis=1)
