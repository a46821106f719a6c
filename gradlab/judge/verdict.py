"""Verdicts: what is said of each method's estimate, of a point, and of a case."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gradlab.judge.compare import Exact, Reference, same
from gradlab.numbers.precise import Precise
from gradlab.record import Kind

AGREEMENT_DIGITS = 40
"""Two 50-digit witnesses are the same if they share so many; their stated errors come on top."""
SAFETY = 8.0
"""An error *estimate* may be too small by this factor before it counts as broken."""

VISIBLE = 0.5
"""Error bars that would hide a relative error as large as this are too wide to tell."""
GREY = 4.0
"""A claim has to be so many bars away to be wrong: a bar is an estimate."""
FLAT = 1e-5
"""A derivative is zero as far as can be told if its bar is no longer than this share of the scale …"""
NEXT_TO_NOTHING = 1e-3
"""… and if it is claimed to be no more than this share of the bar, where no other slope is there to compare."""


@dataclass(frozen=True)
class Verdict:
    """A verdict with its reason in a sentence."""

    kind: Kind
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is agree."""
        return self.kind == "agree"


@dataclass(frozen=True)
class Scale:
    """What a zero is small beside."""

    slopes: float
    """The largest derivative of the same output."""
    function: float
    """The function's own size by the argument's."""


_SEVERITY: tuple[Kind, ...] = ("error", "disagree", "undefined", "inconclusive", "unsupported", "agree")


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The most serious of several; `agree` only if all agree; nothing at all is inconclusive."""
    return min(
        verdicts,
        key=lambda v: _SEVERITY.index(v.kind),
        default=Verdict("inconclusive", "nothing was compared"),
    )


def judge_exact(value: Exact, reference: Reference, noise: Any = 0.0) -> Kind:
    """Right or wrong, at 50 digits; `noise` is what rounded decimal constants may do."""
    if reference.exact is None:
        return "inconclusive"
    if not value.is_finite:
        return "error"
    if same(value, reference.exact, AGREEMENT_DIGITS):
        return "agree"
    allowed = SAFETY * noise
    return "agree" if abs(value.value - reference.exact.value) <= allowed else "disagree"


def judge_double(value: float, reference: Reference, error: float) -> Kind:
    """A float64 value with an error estimate: it confirms, contradicts, or can't tell."""
    if reference.exact is None:
        return "inconclusive"
    if not math.isfinite(value):
        return "error"
    difference = float(abs(reference.exact.value - value))
    size = float(abs(reference.exact.value))
    if difference <= SAFETY * error + SAFETY * 2.0**-52 * size:
        return (
            "agree"
            if error <= 0.1 * size or difference <= 1e-3 * size or size <= SAFETY * error
            else "inconclusive"
        )
    return "disagree" if difference > 1000.0 * error and difference > 1e-2 * size else "inconclusive"


def judge_measured(
    value: float, reference: Reference, allowed: float, typed: float, scale: Scale
) -> tuple[Kind, float | None]:
    """A float64 claim against a reference with an error bar: the verdict, and the smallest relative error
    that would have been seen, None where the derivative is zero. allowed: the claim's own error bar.
    typed: what its digits leave open.

    Within both bars it agrees, if they are so short that a wrong sign, a factor 2 or 1/2 would have shown;
    what may be zero has to be small beside the other slopes, or claimed to be next to nothing.
    """
    if reference.exact is None:
        return "inconclusive", None
    if not math.isfinite(value):
        return "error", None
    slack = allowed + float(reference.exact.error)
    bar = slack + typed
    size = float(abs(reference.exact.value))
    difference = float(abs(reference.exact.value - value))
    detectable = 2 * bar / (size - bar) if size > bar else None
    if difference <= bar or difference <= 1.0001 * typed:
        may_be_zero = max(abs(value), size) <= bar
        next_to_nothing = abs(value) <= NEXT_TO_NOTHING * bar and bar <= FLAT * scale.function
        is_zero = may_be_zero and (bar <= FLAT * scale.slopes or next_to_nothing)
        seen = detectable is not None and detectable <= VISIBLE
        told = seen or is_zero or slack <= typed or bar == 0
        return "agree" if told else "inconclusive", detectable
    is_open = difference <= GREY * slack + typed or (value == 0 and reference.stepped)
    return "inconclusive" if is_open else "disagree", detectable


def derivative_by(component: str) -> str:
    """A component as a derivative.

    >>> derivative_by("W[0, 1]"), derivative_by("y[1] by x")
    ('∂/∂W[0, 1]', '∂y[1]/∂x')
    """
    row, by, column = component.rpartition(" by ")
    return f"∂{row}/∂{column}" if by else f"∂/∂{component}"


def describe_difference(component: str, claimed: Any, reference: Any, error: float = 0.0) -> str:
    """In a sentence how a wrong value relates to the right one: by sign, factor, or difference; error: of
    the right one, where it was measured.
    """
    have, right = float(claimed), float(reference)
    told = f"{derivative_by(component)}: the claim gives {_shown(claimed)}, the derivative is {_shown(reference)}"
    if right == 0 or have == 0 or not math.isfinite(have):
        return told
    share = float((claimed - reference) / reference)
    if have == right:
        after = int(-math.log10(abs(share)))
        return f"{told}: the same in float64, but they differ after {after} digits: a term too small to show here, or an approximation"
    ratio, open_to = have / right, max(1e-9, 2 * error / abs(right))
    if abs(ratio + 1) < open_to:
        return f"{told}: the sign is wrong"
    simple = Fraction(ratio).limit_denominator(12)
    # of one element of many 23/4 is a chance of round data; a factor that was lost is simpler
    by_chance = "[" in component and 1 not in (abs(simple.numerator), simple.denominator)
    if (
        abs(ratio - simple) < open_to * abs(ratio)
        and open_to < 1e-3
        and simple != 1
        and abs(simple.numerator) <= (4 if by_chance else 1000)
        and (not by_chance or simple.denominator <= 4)
    ):
        return f"{told}: {simple} times as much"
    if abs(ratio - 1) < 1e-2:
        return f"{told}: off by a relative {share:.2g}"
    return f"{told}: {ratio:.4g} times as much, a difference of {have - right:.6g}"


def _shown(value: Any) -> str:
    """Ten digits; of what float64 can't hold, too."""
    near = float(value)
    if value == near or (near and math.isfinite(near)):
        return f"{near:.10g}"
    return Precise(30).text(value, 10)


def summary(kinds: Sequence[Kind]) -> Kind:
    """One word for many components."""
    return worst([Verdict(kind) for kind in kinds]).kind if kinds else "inconclusive"
