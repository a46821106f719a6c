"""What a claim takes for granted: right only where A is symmetric, where x > 0, where t sums to 1.

A wrong claim is tried at its own points with one such property imposed on one argument, and a right one at
points of the other sign. What is found holds at all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradlab.cases import Claim, is_real
from gradlab.engine.program import Program, evaluate
from gradlab.engine.reverse import reverse
from gradlab.methods import Inputs, Problem, Unsupported
from gradlab.methods.claimed import traced_claim
from gradlab.numbers.precise import Precise

MOST_ELEMENTS = 400
"""Of all arguments together: beyond, nothing is tried."""
POINTS = 3
DIGITS = 50
CLOSE = 1e-12
"""Relative, at 50 digits: decimal constants in the code are rounded in float64."""


@dataclass(frozen=True)
class Assumption:
    """A property that an argument may have."""

    words: str
    """Of an argument `{}`."""
    fits: Callable[[np.ndarray], bool]
    """Whether an argument of this shape can have it."""
    impose: Callable[[np.ndarray], np.ndarray]
    """The argument next to it that has it."""


def _is_square(a: np.ndarray) -> bool:
    return a.ndim == 2 and a.shape[0] == a.shape[1] > 1


def _has_rows(a: np.ndarray) -> bool:
    return a.ndim == 2 and a.shape[1] > 1


def _is_vector(a: np.ndarray) -> bool:
    return a.ndim == 1 and a.size > 1


ASSUMPTIONS = (
    Assumption("{} is symmetric", _is_square, lambda a: (a + a.T) / 2),
    Assumption("{} is antisymmetric", _is_square, lambda a: (a - a.T) / 2),
    Assumption("{} is diagonal", _is_square, lambda a: a * np.eye(len(a))),
    Assumption("{} is orthogonal", _is_square, lambda a: np.linalg.qr(a)[0]),
    Assumption("the elements of {} sum to 1", _is_vector, lambda a: a + (1 - np.sum(a)) / a.size),
    Assumption(
        "the rows of {} sum to 1",
        _has_rows,
        lambda a: a + (1 - np.sum(a, axis=1, keepdims=True)) / a.shape[1],
    ),
    Assumption("{} has length 1", _is_vector, lambda a: a / np.linalg.norm(a)),
    Assumption("{} > 0", lambda a: a.size > 0, np.abs),
    Assumption("{} < 0", lambda a: a.size > 0, lambda a: -np.abs(a)),
)
"""From the one that is meant most often to the one that is meant least."""


def needed_by(claim: Claim, problems: Sequence[Problem]) -> str:
    """Of a claim that is wrong: the property of one argument that makes it right; "" where none does.

    problems: the points it was judged at.
    """
    tried = problems[:POINTS]
    trial = _Trial.of(claim, tried[0]) if tried else None
    if trial is None:
        return ""
    for name, value in tried[0].inputs.items():
        for assumption in ASSUMPTIONS if is_real(value) else ():
            if assumption.fits(np.asarray(value)) and _makes_right(trial, tried, name, assumption):
                return f"right only where {assumption.words.format(name)}"
    return ""


def _makes_right(trial: _Trial, problems: Sequence[Problem], name: str, assumption: Assumption) -> bool:
    """Whether with the property what was wrong is right at every point, and nothing else wrong."""
    found = []
    for problem in problems:
        value = np.asarray(problem.inputs[name], dtype=np.float64)
        imposed = assumption.impose(value)
        before, after = trial.compared(problem.inputs), trial.compared({**problem.inputs, name: imposed})
        if before is None or after is None:
            continue
        wrong = [k for k, same in enumerate(before) if same is False]
        if False in after or (np.array_equal(imposed, value) and wrong):
            return False
        found.append(bool(wrong) and all(after[k] for k in wrong))
    return found.count(True) >= min(2, len(problems))


def limits_of(claim: Claim, problem: Problem) -> str:
    """Of a claim that is right: what it takes for granted of one argument (its sign; of what is not derived
    by, a property or the very value), in a sentence with where it is wrong; "" where it was found to take
    nothing.
    """
    trial = _Trial.of(claim, problem)
    if trial is None:
        return ""
    for name in problem.traced:
        value = np.asarray(problem.inputs[name], dtype=np.float64)
        of_one_sign = np.all(value > 0) or np.all(value < 0)
        if of_one_sign and trial.is_right({**problem.inputs, name: -value}) is False:
            of_sign = trial.is_right({**problem.inputs, name: _elsewhere(value)}) is True
            sign = ">" if value.flat[0] > 0 else "<"
            where = f"{name} = {-value:.4g}" if value.ndim == 0 else f"−{name}"
            if of_sign:
                return f"the claim is right for {name} {sign} 0 alone: at {where} it is wrong"
        if name not in problem.wrt and trial.is_right({**problem.inputs, name: _elsewhere(value)}) is False:
            return _limit_of_value(trial, problem, name, value)
    return ""


def _limit_of_value(trial: _Trial, problem: Problem, name: str, value: np.ndarray) -> str:
    other = _elsewhere(value)
    for assumption in ASSUMPTIONS if value.ndim else ():
        if assumption.fits(value) and np.allclose(assumption.impose(value), value, rtol=1e-9, atol=0):
            imposed = {**problem.inputs, name: assumption.impose(other)}
            if trial.is_right(imposed):
                return f"the claim is right where {assumption.words.format(name)}, as here, and not elsewhere"
    if value.ndim:
        return f"the claim is right for {name} as it is given: with other elements it is wrong"
    return f"the claim is right for {name} = {value:.4g} alone: at {name} = {other:.4g} it is wrong"


def _elsewhere(value: np.ndarray) -> np.ndarray:
    """Each element moved by some other share of its size, its sign kept."""
    shares = 1 + 0.1 * np.sqrt(np.arange(2, value.size + 2)).reshape(value.shape)
    return np.where(value == 0, 0.1 * shares, value * shares)


@dataclass(frozen=True)
class _Trial:
    """A claim and the derivative as programs, which hold at other inputs, too: nobody's code is called."""

    traced: tuple[str, ...]
    gradient: Program
    claimed: Program
    columns: tuple[int, ...]
    """Of the derivative, for each element that the claim gives."""

    @classmethod
    def of(cls, claim: Claim, problem: Problem) -> _Trial | None:
        """None where they can't be traced, where a branch was taken, or where there is too much of them."""
        if problem.program is None or problem.rows > 1 or problem.program.branches:
            return None
        if sum(int(np.size(v)) for v in problem.traced_inputs) > MOST_ELEMENTS:
            return None
        try:
            claimed, places = traced_claim(replace(problem, claim=claim))
        except Unsupported:
            return None
        if claimed.branches:
            return None
        gradient = reverse(problem.program, problem.traced_inputs, wrt=problem.wrt_places)
        return cls(problem.traced, gradient, claimed, tuple(j for part in places for j in part))

    def is_right(self, inputs: Inputs) -> bool | None:
        """Whether the claim is the derivative there; None where one of them has no finite value, or all is 0."""
        found = self.compared(inputs)
        if found is None or not any(same is not None for same in found):
            return None
        return False not in found

    def compared(self, inputs: Inputs) -> list[bool | None] | None:
        """For each element of the claim whether it is right, None where it and the derivative are 0, which
        says nothing (relu, where it is off); None in all where something has no finite value.
        """
        numbers = Precise(DIGITS)
        at = [numbers.constant(inputs[name]) for name in self.traced]
        try:
            right = _flat(evaluate(self.gradient, [*at, numbers.number(1.0)], numbers), numbers)
            claimed = _flat(evaluate(self.claimed, at, numbers), numbers)
        except (ArithmeticError, ValueError, TypeError, LookupError):  # it is outside the domain
            return None
        pairs = [(a, right[j]) for a, j in zip(claimed, self.columns, strict=True)]
        return [bool(abs(a - b) <= CLOSE * max(abs(a), abs(b))) if a or b else None for a, b in pairs]


def _flat(parts: Sequence[Any], numbers: Precise) -> list[Any]:
    """The elements of several arrays, one after the other. Raises TypeError where one is complex, ValueError
    where one is not finite.
    """
    found = [numbers.number(v) for part in parts for v in np.ravel(np.asarray(part, dtype=object)).tolist()]
    if not all(abs(float(v)) < float("inf") for v in found):
        raise ValueError("not finite")
    return found
