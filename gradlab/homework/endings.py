"""How chains of equations end: with a condition (`2(w − 3) = 0`), with numbers put in, or with what is claimed.

A formula that takes many values can't be meant to be equal to a number; one that takes a single value can
(`sin² x + cos² x = 1`), and is checked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from gradlab.notation.formula import Formula
from gradlab.notation.tree import Apply, Call, Derivative, Name, Number, Prime

_DECIMAL = re.compile(r"\s*[-+−]?\s*(?:\d+\.\d*|\.\d+)(?:[eE][-+−]?\d+)?\s*")
TRIES = 8
SEED = 7


def is_condition(members: Sequence[Formula]) -> bool:
    """Whether it is a formula that is set to a number: one that depends on its symbols, and is no name of anything.

    >>> from gradlab.notation.formula import parse_chain
    >>> is_condition(parse_chain("x^2 + y^2 = 1", {"x": (), "y": ()}))
    True
    >>> is_condition(parse_chain("sin(x)^2 + cos(x)^2 = 1", {"x": ()}))
    False
    """
    *before, last = members
    if last.names or not before or not before[-1].names or last.shape:
        return False
    if len(members) == 2 and isinstance(before[0].tree, Name | Call | Derivative | Prime | Apply):
        return False
    return _varies(before[-1])


def _varies(formula: Formula) -> bool:
    """Whether the formula has several values; False where it has none at all."""
    shapes = dict(formula.shapes)
    generator = np.random.default_rng(SEED)
    values: list[float] = []
    for _ in range(TRIES):
        point = {name: generator.uniform(0.3, 1.3, shapes.get(name) or ()) for name in sorted(formula.names)}
        try:
            value = np.asarray(formula(**point), dtype=np.float64)
        except (TypeError, ValueError, ArithmeticError, LookupError):
            return False
        if value.shape == () and np.isfinite(value):
            values.append(float(value))
    return bool(values) and max(values) - min(values) > 1e-6 * max(map(abs, values))


def without_zero(members: list[Formula]) -> tuple[list[Formula], tuple[str, ...]]:
    """The members without a last one that sets the derivative to zero: `dJ/dw = 2(w − 3) = 0`."""
    if len(members) < 3 or members[-1].tree != Number(0) or not is_condition(members[-2:]):
        return members, ()
    return members[:-1], (f"'{flat(members[-2].text)} = 0' is taken as a condition, and not checked",)


def without_numbers(
    members: list[Formula], has_point: bool
) -> tuple[list[Formula], str, int, tuple[str, ...]]:
    """(the members, a decimal number at their end, how many numbers are among them, notes).

    Where a point is given, `∂L/∂w = (y − t) x = (0.62 − 1)·2 = −0.76` ends with its values put in. The last
    number is as good as its decimals; what is rounded before it is not judged.
    """
    if not has_point:
        return members, "", 0, ()
    value = ""
    notes: tuple[str, ...] = ()
    if len(members) > 1 and _DECIMAL.fullmatch(members[-1].text) and not members[-1].names:
        value = re.sub(r"\s", "", members[-1].text).replace("−", "-").removeprefix("+")
        members = members[:-1]
    start = len(members)
    while start > 1 and not members[start - 1].names:
        start -= 1
    rounded = next((k for k in range(start, len(members)) if "." in members[k].text), len(members))
    if rounded < len(members):
        notes = (
            f"'{members[rounded].text}' is rounded numbers: only the last number is held against the value",
        )
        members = members[:rounded]
    return members, value, len(members) - start, notes


def flat(text: str) -> str:
    """The text in one line."""
    return re.sub(r"\s+", " ", text).strip()
