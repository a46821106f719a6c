"""A method in float64 contradicts 50 digits: is it broken, or is the function hard on its step?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradlab.judge.bars import element_slopes
from gradlab.judge.compare import Reference
from gradlab.judge.verdict import GREY
from gradlab.methods import Estimate, Problem
from gradlab.methods.finite_difference import centered
from gradlab.record import Kind

MOST_COLUMNS = 64
ALIKE = 1e-6
"""Two evaluations of one quotient are the same to this share."""


def arbitrate(
    verdicts: list[Kind], estimate: Estimate, problem: Problem, references: Sequence[Reference]
) -> None:
    """Turn those disagreements into `inconclusive` that speak neither against the function nor against the
    method: it did evaluate its quotient at its step, and differences at many steps do not contradict the
    reference. A step was too long, then, or a value underflowed.
    """
    if problem.program is None:  # differences at many steps are the reference, and decide
        verdicts[:] = ["inconclusive" if verdict == "disagree" else verdict for verdict in verdicts]
        return
    if estimate.step is None:
        return
    off = [k for k, verdict in enumerate(verdicts) if verdict == "disagree"]
    columns = sorted({k % problem.columns for k in off})[:MOST_COLUMNS]
    slopes = element_slopes(problem, columns)
    for place, column in enumerate(columns):
        step = float(np.broadcast_to(estimate.step, problem.columns)[column])
        own, quotients = estimate.value[:, column], _quotients(problem, column, step)
        for k in (k for k in off if k % problem.columns == column):
            row, exact = k // problem.columns, references[k].exact
            did_it = any(abs(q[row] - own[row]) <= ALIKE * abs(own[row]) for q in quotients)
            off_by = abs(float(slopes.value[row, place]) - float(exact.value)) if exact is not None else 0.0
            if did_it and not off_by > GREY * slopes.bar[row, place]:
                verdicts[k] = "inconclusive"


def _quotients(problem: Problem, column: int, step: float) -> list[np.ndarray]:
    """The centered difference and the complex step of each output, at a step."""
    beside = problem.flat().astype(np.complex128)
    beside[column] += 1j * step
    found = [centered(problem, column, step)]
    with np.errstate(all="ignore"):
        try:
            found.append(np.imag(np.ravel(np.asarray(problem.call(problem.with_values(beside))))) / step)
        except Exception:  # many functions don't take complex numbers
            return found
    return found
