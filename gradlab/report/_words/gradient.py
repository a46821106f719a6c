"""What an explanation comes to, in every format's words: the derivative, and a step of gradient descent by it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from gradlab.record import CaseRecord, Formula, Kind, Number, real
from gradlab.record.explanation import Explanation
from gradlab.report._words.numerals import array, plain
from gradlab.report._words.passes import equal, rounded, same

__all__ = [
    "Outcome",
    "convention",
    "descended",
    "descent",
    "is_short",
    "outcomes",
    "rounding",
    "rule",
    "title",
    "trust",
]

_ALL_DIGITS = 16
"""An array of so many elements is shown with all of its digits."""
_MOST_ROUNDED = 4
_SHORT, _FEW_LINES = 600, 12
"""Characters of a closed form, and its lines."""


class Outcome(NamedTuple):
    """A derivative that a pass gives."""

    name: str
    shape: tuple[int, ...]
    values: tuple[Number, ...]

    def value(self, *, full: bool = False) -> tuple[str, str]:
        """`=` or `≈`, and the value: with all digits where it is small, or asked for in full."""
        text, cut = array(self.shape, self.values, full=full or math.prod(self.shape) <= _ALL_DIGITS)
        return "≈" if cut else "=", text


def outcomes(told: Explanation) -> list[Outcome]:
    """The derivatives by every argument, pass by pass; 0 where nothing flows."""
    found = []
    for one in told.passes:
        if told.mode == "forward":
            output = told.nodes[told.output]
            found.append((f"∂{output.name}/∂{one.of}", output.shape, one.derivatives[told.output]))
            continue
        for place, node in enumerate(told.nodes):
            if node.differentiated:
                found.append((f"∂{one.of}/∂{node.name}", node.shape, one.derivatives[place]))
    return [
        Outcome(name, shape, values or (0.0,) * min(1000, math.prod(shape))) for name, shape, values in found
    ]


def is_short(closed: Sequence[Formula]) -> bool:
    """Whether a closed form can be taken in at a glance, so that it may stand beside the function."""
    return len(closed) <= _FEW_LINES and sum(len(line.formula) for line in closed) <= _SHORT


def title(told: Explanation) -> str:
    """What it is that the passes give."""
    if math.prod(told.nodes[told.output].shape) == 1:
        return "the gradient"
    return f"the Jacobian, by {'rows' if told.mode == 'reverse' else 'columns'}"


def convention(verdict: Kind) -> str:
    """That what the passes give is no derivative, where it is none."""
    return "by convention: there is no derivative here" if verdict == "undefined" else ""


def trust(told: Explanation, verdict: Kind) -> str:
    """What the digits shown are worth."""
    small = all(math.prod(outcome.shape) <= _ALL_DIGITS for outcome in outcomes(told))
    return convention(verdict) or ("all digits of float64" if small else "")


def rounding(told: Explanation, case: CaseRecord) -> str:
    """Which elements of a gradient are 0, and only seem to be something: what float64's rounding leaves."""
    if told.mode == "forward" or len(told.passes) != 1 or not case.points:
        return ""
    point, (one,) = case.points[0], told.passes
    zeros = {name for name, value in zip(point.components, point.reference, strict=True) if _is_zero(value)}
    found = []
    for node, derivative in zip(told.nodes, one.derivatives, strict=True):
        if node.differentiated:
            names = (node.name + element for element in _elements(node.shape))
            pairs = zip(names, derivative, strict=False)
            found += [f"∂{one.of}/∂{name}" for name, value in pairs if value and name in zeros]
    if not found:
        return ""
    shown = ", ".join(found[:_MOST_ROUNDED]) + (", …" if len(found) > _MOST_ROUNDED else "")
    return f"{shown}: exactly 0; what is shown is float64's rounding"


def _is_zero(reference: str) -> bool:
    try:
        return Decimal(reference) == 0
    except ArithmeticError:  # there is none
        return False


def _elements(shape: Sequence[int]) -> Iterator[str]:
    """`[0, 1]` for each element, row by row; "" for a number."""
    for place in range(math.prod(shape)):
        index: list[str] = []
        for length in reversed(shape):
            place, along = divmod(place, length)
            index.insert(0, str(along))
        yield f"[{', '.join(index)}]" if index else ""


def rule(told: Explanation) -> str:
    """What a step of gradient descent does to each argument."""
    rate = plain(told.step or 0.0)
    rate = f"({rate})" if rate.startswith("-") else rate
    return f"each x becomes x − {rate}·∂{told.nodes[told.output].name}/∂x"


def descended(told: Explanation) -> list[tuple[str, str, str]]:
    """The arguments after a step: their names, `=` or `≈`, and their values."""
    found = []
    for item in told.after:
        exact = [rounded(value, 6) for value in item.values]
        value, cut = array(item.shape, exact, full=math.prod(item.shape) <= _ALL_DIGITS)
        found.append((item.name, "≈" if cut or not same(exact, item.values) else "=", value))
    return found


def descent(told: Explanation) -> str:
    """The function before and after a step, and what is to be said of it; "" where no step was asked for."""
    if told.step is None or told.before_value is None or told.after_value is None:
        return ""
    before, after = (equal((), (value,)) for value in (told.before_value, told.after_value))
    words = _verdict_on(told.step, real(told.before_value), real(told.after_value))
    return f"{told.nodes[told.output].name} {before} before, {after} after: {words}"


def _verdict_on(rate: float, before: float, after: float) -> str:
    if math.isnan(after):
        return "the step left the function's domain"
    if math.isinf(after):
        return "the step is too large"
    if after == before:
        return "no change"
    if after < before:
        return "it went down"
    return "it went up: the rate is too large" if rate > 0 else "it went up, as a negative rate means it to"
