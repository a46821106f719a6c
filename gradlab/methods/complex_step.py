"""The complex step: ∂f/∂x = Im f(x + ih)/h, without subtraction and so without cancellation.

For functions that are analytic and that NumPy can evaluate at complex arguments (Squire & Trapp
1998). It calls the user's own function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradlab.engine.program import Program, evaluate
from gradlab.methods import Derivation, Estimate, Problem, Unsupported

TITLE = "complex step"
STEP = 1e-20
"""Of the argument's size, or of 1 if that is smaller: the error is of order h², far below rounding."""
MOST_COLUMNS = 2000


def derive(problem: Problem) -> Derivation:
    """Nothing to derive; refused where the trace holds what is not analytic."""
    program = problem.straight
    refused = sorted({e.primitive.name for e in program.equations if not e.primitive.analytic})
    if refused:
        raise Unsupported(f"{', '.join(refused)} {'is' if len(refused) == 1 else 'are'} not analytic")
    if problem.columns > MOST_COLUMNS:
        raise Unsupported(
            f"it would call the function {problem.columns} times; {MOST_COLUMNS} are the most it makes"
        )

    def bare(at: Problem) -> Callable[[], Any]:
        points, call = at.moved(1j * steps(at)), at.call
        return lambda: [np.imag(call(point)) for point in points]

    def estimate(at: Problem) -> Estimate:
        _refuse_moduli(at, program)
        return Estimate(_columns(at), step=steps(at), evaluations=at.columns + 1)

    return Derivation(estimate, evaluate=bare)


def steps(at: Problem) -> np.ndarray:
    """h for every element."""
    size = np.abs(at.flat())
    return STEP * np.where((size > 0) & (size < 1), size, 1.0)


def _refuse_moduli(at: Problem, program: Program) -> None:
    """A norm or a variance is analytic in real numbers, but NumPy's of complex numbers is another
    function: refused, if the function and its trace differ beside the point.
    """
    beside = at.with_values(at.flat() + 1j * steps(at) * (1.0 + np.arange(at.columns) % 7 / 8))
    own = np.imag(_at_complex(at, beside))
    with np.errstate(all="ignore"):
        (result,) = evaluate(program, [beside[name] for name in at.traced])
    traced = np.imag(np.ravel(np.asarray(result)))
    if np.any(np.abs(own - traced) > 1e-6 * np.max(np.abs(traced))):
        raise Unsupported(
            "the function does otherwise with complex numbers: a norm, say, takes their modulus"
        )


def _at_complex(at: Problem, inputs: Mapping[str, Any]) -> np.ndarray:
    """The user's function at complex inputs, flattened."""
    try:
        with np.errstate(all="ignore"):
            return np.ravel(np.asarray(at.call(inputs)))
    except Exception as error:
        raise Unsupported(f"the function can't be called with complex numbers ({error})") from None


def _columns(at: Problem) -> np.ndarray:
    h = steps(at)
    columns = [
        np.imag(_at_complex(at, point)) / step for point, step in zip(at.moved(1j * h), h, strict=True)
    ]
    return np.stack(columns, axis=1)
