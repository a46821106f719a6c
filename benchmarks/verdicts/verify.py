"""Is what is called right, right? Every gradient by hand against differences at 120 digits.

Neither gradlab nor any rule of differentiation takes part: see `digits`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.verdicts.digits import CONTEXT, differences, flat, lifted
from benchmarks.verdicts.subject import Inputs, Subject, by_name
from gradlab.cases import call

EXACT = 1e-40
"""Relative: a gradient that agrees so far is the same formula."""
ROUNDED = 1e-14
"""Relative: one that agrees so far differs by a constant that float64 rounded, such as √3 or 0.1."""


class WrongGradientError(AssertionError):
    """A gradient of the corpus is not that of its function."""


@dataclass(frozen=True)
class Verified:
    """The right gradient at one point, by hand, at 120 digits: one number a component."""

    values: tuple[Any, ...]
    exact: bool
    """Whether it is right to 40 digits, not only to those of a rounded constant."""


def at_many_digits(gradient: Callable[..., Any], inputs: Inputs, wrt: Sequence[str]) -> list[Any]:
    """What a gradient in code gives at 120 digits, one number a component."""
    with np.errstate(all="ignore"):
        given = by_name(call(gradient, {k: lifted(v) for k, v in inputs.items()}), wrt)
    return [v for name in wrt for v in flat(given[name])]


def in_float64(gradient: Callable[..., Any], inputs: Inputs, wrt: Sequence[str]) -> list[Any]:
    """What it gives in float64, as numbers of mpmath."""
    with np.errstate(all="ignore"):
        given = by_name(call(gradient, inputs), wrt)
    return [v for name in wrt for v in flat(np.asarray(given[name], dtype=np.float64))]


def verify(subject: Subject, inputs: Inputs) -> Verified:
    """Raises WrongGradientError where the gradient by hand is wrong in any component."""
    right = differences(subject.function, inputs, subject.wrt)
    claimed = at_many_digits(subject.gradient, inputs, subject.wrt)
    if len(right) != len(claimed):
        raise WrongGradientError(f"{subject.name}: {len(claimed)} components, and there are {len(right)}")
    exact = True
    for k, (r, c) in enumerate(zip(right, claimed, strict=True)):
        difference = abs(r.value - c)
        if difference <= EXACT * abs(r.value) + r.error:
            continue
        exact = False
        if not difference <= ROUNDED * abs(r.value) + r.error:
            raise WrongGradientError(
                f"{subject.name}: component {k} is {CONTEXT.nstr(c, 20)} by hand and "
                f"{CONTEXT.nstr(r.value, 20)} by differences"
            )
    return Verified(tuple(claimed), exact)
