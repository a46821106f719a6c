"""What a derivative costs: operations and time."""

from __future__ import annotations

import msgspec


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """One row of expression swell."""

    form: str
    """`f`, `f as a tree`, `f′ as a tree`, `f′ shared`, `gradient program`."""
    operations: int | None
    ratio: float | None
    """Operations divided by those of f."""
    note: str = ""


class Duration(msgspec.Struct, frozen=True, kw_only=True):
    """One method's time. Seconds are this machine's; the ratios are what to compare."""

    method: str
    derive: float | None
    """Seconds to derive, once."""
    evaluate: float | None
    """Seconds an evaluation: the median."""
    derive_ratio: float | None
    """derive / (seconds to evaluate f)."""
    evaluate_ratio: float | None
    """The median of evaluate/f over interleaved rounds."""
    quartiles: tuple[float, float] | None
    """Of the evaluation ratio."""
    note: str = ""


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """What evaluating f takes, and every method beside it."""

    function: float
    """Seconds an evaluation of f: the median."""
    rounds: int
    durations: tuple[Duration, ...]
