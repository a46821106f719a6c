"""Expression swell over the sizes of a family: how every form of the derivative grows."""

from __future__ import annotations

from typing import Literal

import msgspec

from gradlab.record.words import Count, Kind, Number, Whole

Law = Literal[
    "constant",
    "linear",
    "quadratic",
    "cubic",
    "exponential",
    "size × exponential",
    "size² × exponential",
    "unclear",
]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """One form of the function or of its derivative, at one size."""

    form: str
    """`f`, `f as a tree`, `f′ as a tree`, `f′ shared`, `gradient recorded`, `gradient program`,
    `finite difference`, `f′ simplified`, `f′ factored`, `f′ expanded`."""
    operations: Count | None = None
    """Of all components together."""
    length: Count | None = None
    """Characters, written out."""
    derive_ratio: float | None = None
    """Seconds to derive it, with what it is made of / seconds to evaluate f."""
    compile_ratio: float | None = None
    evaluate_ratio: float | None = None
    """The median over interleaved rounds of seconds to evaluate it / seconds to evaluate f."""
    quartiles: tuple[float, float] | None = None
    """Of the evaluation ratio."""
    digits: float | None = None
    """Correct significant digits of its value in float64, of the worst component; below 0 where it is wrong by
    that many orders of magnitude."""
    error: Number | None = None
    """The relative error of its value in float64, of the worst component."""
    note: str = ""
    """Why there are no numbers, or what is wrong with its value in float64."""


class Depth(msgspec.Struct, frozen=True, kw_only=True):
    """One size of the family."""

    size: Whole
    verdict: Kind
    """`agree` where all forms are the same derivative in many digits."""
    reason: str = ""
    forms: tuple[Form, ...] = ()
    """Empty where the function fails at this size."""
    function: float | None = None
    """Seconds an evaluation of f: the median."""
    components: int = 0
    point: str = ""
    """The numbers that it is derived at, in words."""


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """How a form's operations grow with the size: a fit, with how well it fits."""

    form: str
    law: Law
    coefficients: tuple[float, ...] = ()
    """Of 1, n, n², … in a polynomial; of bⁿ or n·bⁿ, and then of 1; or of n²·bⁿ, n·bⁿ and bⁿ."""
    base: float | None = None
    """The b of an exponential."""
    first: int | None = None
    """The sizes that it is fitted to."""
    last: int | None = None
    worst: float | None = None
    """The largest relative distance of a count from the fit."""
    sentence: str = ""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The derivative written out at one size, by SymPy and by the engine."""

    size: int
    tree: tuple[str, ...]
    """A line for each component."""
    shared: tuple[str, ...]
    program: tuple[str, ...]


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """A family over a range of sizes."""

    parameter: str = "n"
    """What the size is called."""
    depths: tuple[Depth, ...]
    growth: tuple[Growth, ...] = ()
    crossings: tuple[str, ...] = ()
    """From which size on one form has more operations than another: sentences."""
    measured: tuple[str, ...] = ()
    """The same of times, as measured on one machine."""
    written: tuple[Written, ...] = ()
    budget: float = 0.0
    """Seconds allowed to a form."""
    interrupted: bool = False
    """Whether sizes are missing because it was stopped."""
