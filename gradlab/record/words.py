"""Verdicts, numbers and formulas as a record keeps them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

Kind = Literal["agree", "disagree", "inconclusive", "undefined", "unsupported", "error"]
Number = float | Literal["NaN", "Infinity", "-Infinity"]
Count = Annotated[int, msgspec.Meta(ge=0)]
"""Of operations: a tree may have more than a float can hold."""
Whole = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
"""A whole number that is a float, too."""

_MOST_AXES = 64  # of an array in NumPy
_FEWEST_KEPT = 300
"""Values: arrays are kept whole up to here at least."""


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


def check_shape(shape: Sequence[int], values: Sequence[Number]) -> None:
    """That these are the values of an array of this shape, or the first few hundred of a large one, or none.

    Raises ValueError.

    >>> check_shape((2, 3), (1.0, 2.0))
    Traceback (most recent call last):
    ValueError: 2 values for an array of shape [2, 3]
    """
    if len(shape) > _MOST_AXES or any(length < 0 for length in shape):
        raise ValueError(f"{list(shape[:_MOST_AXES])} is the shape of no array")
    size = math.prod(shape)
    if len(values) not in {0, size} and not _FEWEST_KEPT <= len(values) < size:
        raise ValueError(f"{len(values)} values for an array of shape {list(shape)}")
