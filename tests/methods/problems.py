"""A problem for a method: a function at a point, traced, as the harness poses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradlab.harness import case_of
from gradlab.judge.behaviour import pose
from gradlab.methods import Estimate, Method, Problem


def problem_of(
    f: Callable[..., Any] | str,
    at: Mapping[str, Any] | None = None,
    *,
    wrt: Any = None,
    quantity: str = "gradient",
    **values: Any,
) -> Problem:
    case = case_of(f, {**(at or {}), **values}, wrt=wrt, quantity=quantity)
    return pose(case, case.points[0], 50)


def estimate_of(method: Method, problem: Problem) -> Estimate:
    with np.errstate(all="ignore"):
        return method.derive(problem).estimate(problem)
