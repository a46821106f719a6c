"""What there is time for: how many components are studied, and at how many steps."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from gradlab.methods import Problem, Unsupported
from gradlab.study.step_size.quotients import CALLS

DECADES = 16
PER_DECADE = (3, 2, 1)
"""Steps a decade: as many as there is time for."""
COMPONENTS = 20
SECONDS = 5.0
"""For all calls of the function; PATIENCE of them, if a single component can't be had in less."""
PATIENCE = 3
PATIENT, LONGER = 0.03, 50
"""Seconds that a call may take beside the point, or so many times as long as at it."""
TRIES = 3
"""Calls to see how long one takes."""
MOST_STENCILS = 50_000
"""Operations of the stencils of all components."""


@dataclass(frozen=True)
class Plan:
    """What there is time for."""

    steps: np.ndarray
    chosen: list[int]
    """Components, as indices into the flattened derivative."""
    with_complex: bool
    patience: float
    """Seconds that one call may take."""


def plan_study(problem: Problem, *, with_complex: bool, only: int | None = None) -> Plan:
    """The most components (or `only` one), and the most steps for each, that there is time for. Raises Unsupported
    if there is none.
    """
    call = min(_seconds_of_a_call(problem) for _ in range(TRIES))
    for a_decade in PER_DECADE if only is None else PER_DECADE[1:]:  # a picture needs no more
        count = DECADES * a_decade + 1
        cost = 2 * CALLS * count * call  # float64 and float32
        if cost <= SECONDS:
            break
    else:
        if cost > PATIENCE * SECONDS:
            raise Unsupported(
                f"it would call the function {2 * CALLS * count} times, which takes about {cost:.0f} s"
            )
    if only is not None:
        return Plan(10.0 ** (-np.arange(count) / a_decade), [only], with_complex, max(PATIENT, LONGER * call))
    total = problem.rows * problem.columns
    stencil = 7 * max(1, problem.straight.operations())
    most = int(np.clip(min(SECONDS / max(cost, 1e-9), MOST_STENCILS / stencil), 1, COMPONENTS))
    chosen = np.unique(np.linspace(0, total - 1, min(most, total)).round().astype(int)).tolist()
    return Plan(10.0 ** (-np.arange(count) / a_decade), chosen, with_complex, max(PATIENT, LONGER * call))


def _seconds_of_a_call(problem: Problem) -> float:
    start = time.perf_counter()
    problem.call(problem.inputs)
    return time.perf_counter() - start
