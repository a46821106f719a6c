"""How large a family will be at a size, as its small sizes show it: what is hopeless is refused before it is begun."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gradlab.cases import InputError
from gradlab.methods import Problem, Unsupported
from gradlab.methods.symbolic import expressions, projected_operations
from gradlab.record.sweep import Growth
from gradlab.study.swell.forms import derived_by
from gradlab.study.swell.growth import fit_growth, predict

SMALL = (3, 4, 5, 6, 7, 8)
"""Sizes that show how a family grows."""
MOST_OPERATIONS = 100_000
"""Of f: a trace and its gradient program of so many take some seconds."""
TELLING = 0.2
"""Seconds: less may be noise, and says nothing of what comes."""


@dataclass(frozen=True)
class Sample:
    """The operations of a family's small sizes."""

    function: Mapping[int, int]
    derivative: Mapping[int, int]
    """As a tree, projected."""


def sample(pose: Callable[[int], Problem], largest: int) -> Sample | None:
    """The operations of f and of its derivative at small sizes; None where all sizes are small."""
    if largest <= max(SMALL):
        return None
    function, derivative = {}, {}
    for size in SMALL:
        problem = pose(size)
        function[size] = problem.straight.operations()
        try:
            arguments, outputs = expressions(problem.straight, problem)
        except Unsupported:
            continue
        by = derived_by(problem, arguments)
        derivative[size] = sum(projected_operations(y, x) for y in outputs for x in by)
    return Sample(function, derivative)


def refuse_large(name: str, found: Sample, largest: int, parameter: str) -> None:
    """Raises InputError, with the projected sizes, where f itself would be too large at the largest size."""
    growth = fit_growth("f", found.function, parameter)
    if growth.law == "unclear":
        return
    operations = predict(growth, largest)
    if operations <= MOST_OPERATIONS:
        return
    reach = largest
    while reach > 1 and predict(growth, reach) > MOST_OPERATIONS:
        reach = reach * 9 // 10
    advice = f": go no further than --depth {_rounded(reach)}" if reach > 1 else ""
    tree = in_words(log_of(fit_growth("f′", found.derivative, parameter), largest))
    written = f", and its derivative about {tree} as a tree" if tree else ""
    raise InputError(
        f"{name} at {parameter} = {largest:,} would have about {in_words(log_of(growth, largest))} operations{written}; "
        f"{MOST_OPERATIONS:,} operations of f are the most a sweep takes{advice}"
    )


def foresee(seconds: Mapping[int, float], size: int) -> float:
    """About how long something takes at a size, if it goes on to grow as it did between the last two; 0 where
    these are too short, or too few, to tell.

    >>> foresee({5: 0.1, 6: 1.0, 7: 5.0}, 9), foresee({6: 1e-3, 7: 1e-2}, 9), foresee({7: 5.0}, 9)
    (125.0, 0.0, 0.0)
    """
    known = sorted(k for k in seconds if k < size)[-2:]
    if len(known) < 2 or seconds[known[1]] < TELLING:
        return 0.0
    (n, first), (m, last) = ((k, max(seconds[k], 1e-3)) for k in known)
    return max(last, last * math.pow(last / first, min((size - m) / (m - n), 20.0)))


def log_of(growth: Growth, size: int) -> float | None:
    """The decimal logarithm of what a law gives at a size, which may be beyond all floats."""
    if growth.law == "unclear":
        return None
    if growth.base is None:
        value = predict(growth, size)
        return math.log10(value) if value > 0 else None
    power = {"exponential": 0, "size × exponential": 1, "size² × exponential": 2}[growth.law]
    front = growth.coefficients[0]
    return (
        math.log10(front) + power * math.log10(size) + size * math.log10(growth.base) if front > 0 else None
    )


def in_words(log: float | None, digits: int = 2) -> str:
    """A number by its decimal logarithm, to the digits that an estimate has.

    >>> in_words(6.477), in_words(6.99999), in_words(301036.2), in_words(3.4), in_words(3.4, 1), in_words(None)
    ('3.0e6', '1.0e7', '10^301,036', '2,500', '3,000', '')
    """
    if log is None:
        return ""
    if log < 6:
        return f"{float(f'{10**log:.{digits}g}'):,.0f}"
    if log < 300:
        mantissa, exponent = f"{10**log:.1e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    return f"10^{log:,.0f}"


def _rounded(size: int) -> str:
    """A size with one digit, rounded down."""
    unit = 10 ** (len(str(size)) - 1)
    return str(size // unit * unit)
