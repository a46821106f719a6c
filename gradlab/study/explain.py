"""A derivation as a lecture teaches it."""

from __future__ import annotations

from dataclasses import dataclass

from gradlab.cases import Case
from gradlab.methods import Problem
from gradlab.record import Explanation


@dataclass(frozen=True)
class Explaining:
    """What is asked for."""

    mode: str = "reverse"
    step: float | None = None


def explain_derivation(case: Case, problem: Problem, how: Explaining) -> Explanation:
    """How the derivative comes about at a point."""
    raise NotImplementedError
