"""Verdicts, numbers and formulas as a record keeps them."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

Kind = Literal["agree", "disagree", "inconclusive", "undefined", "unsupported", "error"]
Number = float | Literal["NaN", "Infinity", "-Infinity"]


class Formula(msgspec.Struct, frozen=True, kw_only=True):
    """A line of mathematics: a name and what it stands for."""

    name: str
    """`x1`, `∂f/∂w`."""
    formula: str
    latex: str = ""
    """The formula as LaTeX that we have written of what was read, never a user's own."""


def number(value: float) -> Number:
    """A float as the record keeps it.

    >>> number(1.5), number(float("-inf"))
    (1.5, '-Infinity')
    """
    if math.isfinite(value):
        return float(value)
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def real(value: Number) -> float:
    """The float that a record's number stands for.

    >>> real("Infinity")
    inf
    """
    return float(value)
