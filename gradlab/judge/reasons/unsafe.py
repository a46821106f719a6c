"""A claim that is right, and of no use in float64: where it overflows though its value does not, and the form
that is safe (Higham 2002, ch. 1; Blanchard, Higham & Higham 2021 on softmax).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradlab.cases import Claim
from gradlab.engine.program import Equation, Program, evaluate, run
from gradlab.methods import Problem, Unsupported
from gradlab.methods.claimed import traced_claim
from gradlab.numbers.precise import Precise

SIZES = (1e3, -1e3)
"""What the largest element of an argument is scaled to: scores become so large where a step was too long."""
MOST_NUMBERS = 20_000
"""In a claim's program; a larger one is not tried."""
LARGEST = 1e300
DIGITS = 60


@dataclass(frozen=True)
class Remedy:
    """A form that overflows, and what to write in its place."""

    fits: Callable[[_Seen], bool]
    """Whether the first operation that is not finite is part of it."""
    instead: str


@dataclass(frozen=True)
class _Seen:
    """The first operation that is not finite, and the names of those that use it, and that use these."""

    name: str
    users: frozenset[str]
    further: frozenset[str]
    beside_one: bool
    """Whether 1 is added to it: e^z + 1."""


REMEDIES = (
    Remedy(
        lambda seen: (
            seen.name == "exp"
            and ("sum" in seen.users | seen.further or ("add" in seen.users and not seen.beside_one))
        ),
        "subtract the largest element before exp, which changes nothing: exp(z − max z)",
    ),
    Remedy(
        lambda seen: seen.name == "exp" and "add" in seen.users and "log" in seen.further,
        "write ln(1 + e^z) as max(z, 0) + ln(1 + e^(−|z|)), NumPy's logaddexp(0, z)",
    ),
    Remedy(
        lambda seen: seen.name == "exp" and "divide" in seen.users | seen.further,
        "write e^z/(1 + e^z) as σ(z) = 1/(1 + e^(−z))",
    ),
    Remedy(
        lambda seen: seen.name == "log",
        "write ln σ(z) as −ln(1 + e^(−z)), and that as NumPy's −logaddexp(0, −z)",
    ),
)


def overflow_of(claim: Claim, problem: Problem) -> str:
    """Where a right claim gives NaN or an infinity though its value is neither, in a sentence; "" where it
    was not found to. problem: a point where it is right.
    """
    try:
        program, _ = traced_claim(replace(problem, claim=claim))
    except Unsupported:
        return ""
    if program.branches or sum(int(np.prod(shape)) for shape in program.shapes) > MOST_NUMBERS:
        return ""
    for name, inputs in _scaled(problem):
        with np.errstate(all="ignore"):
            values = run(program, inputs)
        if all(np.all(np.isfinite(values[slot])) for slot in program.outputs) or not _is_finite(
            program, inputs
        ):
            continue
        first = next((e for e in program.equations if not np.all(np.isfinite(values[e.result]))), None)
        if first is None:
            continue
        shown = np.ravel(inputs[problem.traced.index(name)])[0]
        more = " …" if np.ndim(problem.inputs[name]) else ""
        said = (
            f"the claim is right, but unsafe in float64: at {name} = {shown:.4g}{more} "
            f"{_operation(first, values)}, and the claim is no number"
        )
        seen = _uses(program, first)
        instead = next((remedy.instead for remedy in REMEDIES if remedy.fits(seen)), "")
        return f"{said}: {instead}" if instead else said
    return ""


def _scaled(problem: Problem) -> Iterator[tuple[str, list[Any]]]:
    """The inputs with one argument scaled up, for each argument and both signs."""
    for name in problem.wrt:
        largest = np.max(np.abs(problem.inputs[name]), initial=0.0)
        for size in SIZES if largest else ():
            scaled = {**problem.inputs, name: problem.inputs[name] * (size / largest)}
            yield name, [scaled[other] for other in problem.traced]


def _is_finite(program: Program, inputs: Sequence[Any]) -> bool:
    """Whether the value itself is one that float64 could hold."""
    numbers = Precise(DIGITS)
    try:
        exact = evaluate(program, [numbers.constant(x) for x in inputs], numbers)
        found = [
            numbers.number(v) for part in exact for v in np.ravel(np.asarray(part, dtype=object)).tolist()
        ]
        return all(bool(abs(v) < LARGEST) for v in found)
    except (ArithmeticError, ValueError, TypeError, LookupError):
        return False


def _operation(first: Equation, values: Sequence[Any]) -> str:
    """`exp of 1000 is inf`, for the element that is not finite."""
    result = np.ravel(np.asarray(values[first.result], dtype=np.float64))
    place = int(np.flatnonzero(~np.isfinite(result))[0])
    operands = [np.ravel(np.asarray(values[slot], dtype=np.float64)) for slot in first.operands]
    shown = [
        f"{o[place if o.size == result.size else 0]:.4g}" for o in operands if o.size in (1, result.size)
    ]
    return f"{first.primitive.name} of {' and '.join(shown)} is {result[place]:g}"


def _uses(program: Program, first: Equation) -> _Seen:
    users = [e for e in program.equations if first.result in e.operands]
    results = {e.result for e in users}
    further = [e for e in program.equations if results & set(e.operands)]
    return _Seen(
        first.primitive.name,
        frozenset(e.primitive.name for e in users),
        frozenset(e.primitive.name for e in further),
        any(
            np.all(program.constants[slot] == 1)
            for e in users
            for slot in e.operands
            if slot in program.constants
        ),
    )
