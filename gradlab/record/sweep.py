"""Expression swell over the sizes of a family: how every form of the derivative grows."""

from __future__ import annotations

from typing import Literal

import msgspec

from gradlab.record.words import Kind, Number


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """One form of the function or of its derivative, at one size."""

    form: str
    """`f`, `f as a tree`, `f′ as a tree`, `f′ expanded`, `f′ factored`, `f′ simplified`, `f′ shared`,
    `gradient recorded`, `gradient program`, `finite difference`."""
    operations: int | None = None
    length: int | None = None
    """Characters, written out."""
    derive_ratio: float | None = None
    """Seconds to derive it / seconds to evaluate f."""
    compile_ratio: float | None = None
    evaluate_ratio: float | None = None
    """The median over interleaved rounds of seconds to evaluate it / seconds to evaluate f."""
    quartiles: tuple[float, float] | None = None
    digits: float | None = None
    """Correct significant digits of its value in float64."""
    error: Number | None = None
    """The relative error of its value in float64."""
    text: str = ""
    """Written out, where that is short."""
    note: str = ""
    """Why there are no numbers."""


class Depth(msgspec.Struct, frozen=True, kw_only=True):
    """One size of the family."""

    size: int
    verdict: Kind
    """`agree` where all forms are the same derivative in 50 digits."""
    reason: str = ""
    forms: tuple[Form, ...] = ()
    """Empty where the function fails at this size."""
    function: float | None = None
    """Seconds an evaluation of f: the median."""
    components: int = 0


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """How a form's operations grow with the size: a fit, with how well it fits."""

    form: str
    law: Literal["constant", "linear", "quadratic", "cubic", "exponential", "unclear"]
    coefficients: tuple[float, ...] = ()
    base: float | None = None
    """Of an exponential one."""
    worst: float | None = None
    """The largest relative distance of a count from the fit."""
    sentence: str = ""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The derivative written out at one size, by SymPy and by the engine."""

    size: int
    tree: str
    shared: tuple[str, ...]
    program: tuple[str, ...]


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """A family over a range of sizes."""

    depths: tuple[Depth, ...]
    growth: tuple[Growth, ...] = ()
    crossings: tuple[str, ...] = ()
    """Sentences: from which size on one form costs more than another."""
    written: tuple[Written, ...] = ()
    budget: float = 0.0
    """Seconds allowed to a form."""
    rounds: int = 0
    notes: tuple[str, ...] = ()
