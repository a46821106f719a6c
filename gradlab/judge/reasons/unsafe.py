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
    """The first operation that is not finite, and what becomes of it and of others like it."""

    name: str
    beside_number: bool
    """Whether a number is added to it: e^z + 1."""
    over_sum: bool
    """Whether it is divided by a sum of its like: e^z/(e^z + 1)."""
    logarithm: bool
    """Whether the logarithm of such a sum is taken."""
    logarithm_of_share: bool
    """Whether that of a quotient by such a sum is: ln(1/(e^z + 1))."""


REMEDIES = (
    Remedy(
        lambda seen: seen.name == "exp" and not seen.beside_number and (seen.over_sum or seen.logarithm),
        "subtract the largest element before exp, which changes nothing: exp(z − max z)",
    ),
    Remedy(
        lambda seen: seen.name == "exp" and seen.beside_number and seen.logarithm,
        "write ln(1 + e^z) as max(z, 0) + ln(1 + e^(−|z|)), NumPy's logaddexp(0, z)",
    ),
    Remedy(
        lambda seen: seen.name == "exp" and seen.beside_number and seen.over_sum,
        "write e^z/(1 + e^z) as σ(z) = 1/(1 + e^(−z))",
    ),
    Remedy(
        lambda seen: seen.logarithm_of_share,
        "write ln σ(z) as −ln(1 + e^(−z)), and that as NumPy's −logaddexp(0, −z)",
    ),
)
_MOVED = frozenset(("broadcast_to", "reshape", "transpose", "index", "concatenate", "where", "multiply"))
_SUMMED = frozenset(("sum", "add"))


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
        said = (
            f"the claim is right, but unsafe in float64: at {_largest(name, inputs[problem.traced.index(name)])} "
            f"{_operation(first, values)}, and the claim is no number"
        )
        seen = _uses(program, first, values)
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


def _largest(name: str, value: Any) -> str:
    """`x[2] = 1000, the rest in proportion,`; of a number `x = 1000`."""
    if not np.ndim(value):
        return f"{name} = {value:.4g},"
    place = np.unravel_index(int(np.argmax(np.abs(value))), np.shape(value))
    index = ", ".join(map(str, place))
    rest = ", the rest in proportion," if np.size(value) > 1 else ","
    return f"{name}[{index}] = {value[place]:.4g}{rest}"


def _operation(first: Equation, values: Sequence[Any]) -> str:
    """`exp of 1000 is inf`, for the element that is not finite."""
    result = np.ravel(np.asarray(values[first.result], dtype=np.float64))
    place = int(np.flatnonzero(~np.isfinite(result))[0])
    operands = [np.ravel(np.asarray(values[slot], dtype=np.float64)) for slot in first.operands]
    shown = [
        f"{o[place if o.size == result.size else 0]:.4g}" for o in operands if o.size in (1, result.size)
    ]
    return f"{first.primitive.name} of {' and '.join(shown)} is {result[place]:g}"


def _uses(program: Program, first: Equation, values: Sequence[Any]) -> _Seen:
    name = first.primitive.name
    terms = {
        e.result
        for e in program.equations
        if e.primitive.name == name == "exp" and not np.all(np.isfinite(values[e.result]))
    }
    sums: set[int] = set()
    shares = {e.result for e in program.equations if e.primitive.name == "sigmoid"}
    beside_number = over_sum = logarithm = logarithm_of_share = False
    for primitive, x, _, result in program.equations:
        if primitive.name in _MOVED | _SUMMED and not terms.isdisjoint(x):
            terms.add(result)
            if primitive.name in _SUMMED or not sums.isdisjoint(x):
                sums.add(result)
            numbers = [program.constants[slot] for slot in x if slot in program.constants]
            beside_number |= primitive.name == "add" and bool(numbers) and bool(np.all(numbers[0]))
        elif primitive.name in ("divide", "reciprocal") and x[-1] in sums:
            shares.add(result)
            over_sum |= x[0] in terms and primitive.name == "divide"
        elif primitive.name in _MOVED | {"subtract"} and not shares.isdisjoint(x):
            shares.add(result)
        elif primitive.name == "log":
            logarithm |= x[0] in sums
            logarithm_of_share |= x[0] in shares
    return _Seen(name, beside_number, over_sum, logarithm, logarithm_of_share)
