"""What a derivative costs: operations, time and memory."""

from __future__ import annotations

import msgspec

from gradlab.record.words import Count, Whole


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """One row of expression swell."""

    form: str
    """`f`, `f as a tree`, `f′ as a tree`, `f′ shared`, `gradient program`."""
    operations: Count | None
    ratio: float | None
    """Operations divided by those of f."""
    note: str = ""


class Duration(msgspec.Struct, frozen=True, kw_only=True):
    """What one method costs. Seconds are this machine's; the ratios are what to compare."""

    method: str
    derive: float | None
    """Seconds to derive, once."""
    evaluate: float | None
    """Seconds a gradient, once there was a first: the median."""
    derive_ratio: float | None
    """derive / (seconds to evaluate f)."""
    evaluate_ratio: float | None
    """The median of evaluate/f over interleaved rounds."""
    quartiles: tuple[float, float] | None
    """Of the evaluation ratio."""
    note: str = ""
    first: float | None = None
    """Seconds to the first gradient: to trace the function where that is needed, to derive, to compile and to
    evaluate once."""
    first_ratio: float | None = None
    """first / (seconds to evaluate f)."""
    operations: Count | None = None
    """Of one gradient."""
    operations_ratio: float | None = None
    """Operations divided by those of f."""
    pays_after: Whole | None = None
    """The number of gradients from which on it has taken less time than finite differences, the first gradient
    included; None where it never does, or where it can't be told."""
    memory: Whole | None = None
    """Bytes in use at most, at any one time, during one gradient."""
    memory_ratio: float | None = None
    """memory / that of f; None where f takes next to none."""


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """What evaluating f takes, and every method beside it."""

    function: float
    """Seconds an evaluation of f: the median."""
    rounds: int
    durations: tuple[Duration, ...]
    noise: float | None = None
    """Half the distance between the quartiles of f timed against itself, in the same rounds: a ratio is known no
    better."""
    memory: Whole | None = None
    """Bytes in use at most, at any one time, during one evaluation of f."""
