"""Verdicts and numbers as a record keeps them."""

from __future__ import annotations

import math
from typing import Literal

Kind = Literal["agree", "disagree", "inconclusive", "undefined", "unsupported", "error"]
Number = float | Literal["NaN", "Infinity", "-Infinity"]


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
