"""The error of difference quotients against their step."""

from __future__ import annotations

from gradlab.methods import Problem
from gradlab.record import StepSizes


def study_step_sizes(problem: Problem) -> StepSizes:
    """The V curves at a point."""
    raise NotImplementedError
