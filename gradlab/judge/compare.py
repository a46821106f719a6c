"""Comparing derivatives at 50 digits: a reference from independent witnesses, and correct digits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from gradlab.numbers.precise import Precise

MOST_DIGITS = 17
"""More than a float64 can have."""


@dataclass(frozen=True)
class Exact:
    """A component's value in many digits, with an estimate of its error (mpmath numbers)."""

    value: Any
    error: Any

    @property
    def is_finite(self) -> bool:
        """Whether the value and its error are numbers."""
        return bool(abs(self.value) < math.inf and self.error < math.inf)


@dataclass(frozen=True)
class Reference:
    """One component's derivative as the witnesses have it."""

    exact: Exact | None
    """None where they don't agree, or there is none."""
    outliers: tuple[str, ...] = ()
    """The witnesses that a majority contradicts."""
    witnesses: tuple[str, ...] = ()
    """Those that bear it out."""
    scale: float = 0.0
    """f as large as it was seen, by unit of the argument, where slopes were measured."""
    stepped: bool = False
    """Whether f goes in steps, each a good share of it: then it is flat between them, or rounded."""
    sampled: bool = True
    """False where there are so many components that this one was only asked along with others."""


def exact_values(fewer: Sequence[Any], more: Sequence[Any], digits_gained: int) -> list[Exact]:
    """Values with error estimates, from two evaluations of which one carries more digits.

    Their difference is the rounding error of the shorter one; the longer one's is smaller by the
    digits gained, of which half are counted on. Of two that have no digit in common the longer one may be
    nothing but rounding itself.
    """
    shrink, tenth = _ten_to(-(digits_gained // 2)), _ten_to(-1)
    found = []
    for a, b in zip(fewer, more, strict=True):
        error = abs(b - a)
        found.append(Exact(b, max(error * shrink, abs(b)) if error > abs(b) * tenth else error * shrink))
    return found


def same(a: Exact, b: Exact, digits: int) -> bool:
    """Whether two values differ by no more than their errors and the last digits asked for. NaN and
    infinity are the same as nothing.

    >>> number = Precise(50).number
    >>> same(Exact(number(1), number(0)), Exact(number(1) + number(1e-12), number(0)), 40)
    False
    """
    difference = abs(a.value - b.value)
    allowed = a.error + b.error + _ten_to(-digits) * max(abs(a.value), abs(b.value))
    return bool(difference <= allowed) and a.is_finite and b.is_finite


@cache
def _ten_to(exponent: int) -> Any:
    return Precise(30).number(10) ** exponent


def relative_error(a: Exact, b: Exact) -> float:
    """The distance of two values as a share of the larger one."""
    larger = max(abs(a.value), abs(b.value))
    return float(abs(a.value - b.value) / larger) if larger else 0.0


def agree_on(witnesses: Mapping[str, Exact], digits: int) -> Reference:
    """The reference for one component: what most of the witnesses say, and who says otherwise.

    A majority is more than half of those that say something finite.
    """
    finite = {name: value for name, value in witnesses.items() if value.is_finite}
    best: tuple[str, ...] = ()
    for value in finite.values():
        camp = tuple(name for name, other in finite.items() if other is value or same(value, other, digits))
        if len(camp) > len(best):
            best = camp
        if len(camp) == len(finite):
            break
    if not best or 2 * len(best) <= len(finite):
        return Reference(None, witnesses=tuple(finite))
    chosen = min((finite[name] for name in best), key=lambda v: v.error)
    return Reference(chosen, tuple(name for name in finite if name not in best), best)


def correct_digits(value: float, reference: Any) -> float | None:
    """Correct significant digits of a float64 value, 0 to 17; None where the reference is 0 and the value isn't.

    >>> number = Precise(50).number
    >>> round(correct_digits(3.1416, number("3.14159265358979")), 1)
    5.6
    """
    if not math.isfinite(value):
        return 0.0
    difference = abs(reference - value)
    if difference == 0:
        return float(MOST_DIGITS)
    if reference == 0:
        return None
    return float(min(MOST_DIGITS, max(0.0, float(-_log10(difference / abs(reference))))))


def decimal_text(exact: Exact, digits: int, beyond: int = 0) -> str:
    """A reference in decimal with the digits that its error leaves known, and some beyond these."""
    known = digits
    if exact.error and exact.error >= abs(exact.value):
        return "0"
    if exact.error:
        known = math.floor(float(-_log10(exact.error / abs(exact.value)))) + beyond
        known = min(digits, max(1, known))
    return Precise(digits + 10).text(exact.value, known)


def _log10(x: Any) -> Any:
    return Precise(30).context.log10(x)
