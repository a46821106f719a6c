"""What a run has to say, as plain, versioned data: enough to draw every report again.

A `Record` is what `check` returns inside its result, what `--format json` writes and what
`gradlab show FILE` reads back. It imports nothing of the project, and no numbers library.

Floats that JSON cannot carry are kept as the words "NaN", "Infinity" and "-Infinity";
`number` and `real` go to and fro.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec
from msgspec.structs import replace

__all__ = [
    "SCHEMA",
    "CaseRecord",
    "Chain",
    "Counterexample",
    "Duration",
    "Estimate",
    "Input",
    "Kind",
    "Line",
    "Mistake",
    "Number",
    "Point",
    "Record",
    "Size",
    "Timing",
    "number",
    "real",
    "replace",
]

SCHEMA = "gradlab/record/1"

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


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """One argument of the function at one point."""

    name: str
    shape: tuple[int, ...]
    values: tuple[Number, ...]
    """Row by row; the first 1000 of a larger array."""
    differentiated: bool
    """Whether the derivative by this argument is asked for."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What one method says about the derivative at one point, and how it was judged."""

    method: str
    """`reverse`, `forward`, `symbolic`, `finite_difference`, `complex_step`, `precise`, `claimed`."""
    verdict: Kind
    reason: str = ""
    values: tuple[Number, ...] = ()
    """One a component, in the order of `Point.components`; empty where the method gave none."""
    digits: tuple[float | None, ...] = ()
    """Correct significant digits against the reference (at most 17 in float64); None where unknown."""
    verdicts: tuple[Kind, ...] = ()
    """One a component."""
    errors: tuple[Number, ...] = ()
    """The method's own error estimate (not a bound), where it gives one."""
    steps: tuple[Number, ...] = ()
    """The step h of each component, where the method takes one."""
    evaluations: int = 0
    """How often the function was called."""
    detectable: tuple[float | None, ...] = ()
    """Of a claim that was held against error bars: the smallest relative error of each component that
    would have been seen; None where the component is zero. Empty where it was judged at 50 digits."""
    lost: tuple[str, ...] = ()
    """Sentences on why its float64 values have fewer correct digits than they could have."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One point, the reference there, and every method's estimate."""

    given: bool
    """True for the user's own point, False for one drawn around it."""
    inputs: tuple[Input, ...]
    value: tuple[Number, ...]
    """The function's value(s), in float64."""
    components: tuple[str, ...]
    """`w`, `W0[0, 1]`, or for a Jacobian `y[1] by x[0]`."""
    reference: tuple[str, ...]
    """The derivative in decimal, as many digits as are known (up to 50); "" where there is none."""
    verdict: Kind
    reason: str = ""
    bars: tuple[Number, ...] = ()
    """The reference's error bars, one a component, where it was measured in float64; else empty."""
    asked: str = ""
    """Which components were asked, where not all of them were."""
    estimates: tuple[Estimate, ...] = ()
    kinks: tuple[str, ...] = ()
    """Sentences on branches and selections that are decided by nothing, or by little, here."""


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


class Counterexample(msgspec.Struct, frozen=True, kw_only=True):
    """The simplest point found at which a claim is still wrong, and code that shows it."""

    inputs: tuple[Input, ...]
    component: str
    claimed: str
    """The claimed value in decimal."""
    derivative: str
    """The derivative in decimal."""
    snippet: str
    """Python code that reproduces it, to be pasted."""


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """Why a derivation is wrong, as far as that can be said."""

    kind: str
    """The slip's name; "" where no one slip explains it, but something can be said of ratio or difference."""
    sentence: str
    by: tuple[str, ...] = ()
    """The arguments whose derivative it spoils."""
    also: tuple[str, ...] = ()
    """Other slips that give the very same answer."""
    line: int | None = None
    """The line of the derivation that it was made in, from 1."""
    location: str = ""
    """file:line."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a derivation; the first, number 0, is what is derived."""

    text: str
    """As written."""
    verdict: Kind
    """Against the line before: `inconclusive` where they can't be compared."""
    right: Kind
    """Against what is derived."""
    read_as: str = ""
    reason: str = ""
    location: str = ""
    """file:line."""


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """A derivation, judged line by line."""

    title: str
    """`∂L/∂w`."""
    by: str
    """The argument of the derivative; "" for an identity."""
    verdict: Kind
    lines: tuple[Line, ...]
    reason: str = ""


class CaseRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One case: its question, its points, and its verdict."""

    name: str
    verdict: Kind
    reason: str = ""
    expected: Kind = "agree"
    passed: bool
    """Whether the verdict is the expected one (for a case that declares its reason: and that too)."""
    function: str
    """The function as a formula or as its source lines."""
    read_as: str = ""
    """How a typed formula was understood."""
    claims: tuple[str, ...] = ()
    """The claimed derivative(s), as text."""
    source: str = ""
    """Where the case comes from: a lecture, a book."""
    location: str = ""
    """file:line of the function."""
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What was done on the user's behalf ("x: integers converted to floats") and what is assumed."""
    points: tuple[Point, ...] = ()
    counterexample: Counterexample | None = None
    chains: tuple[Chain, ...] = ()
    """Derivations, line by line."""
    mistakes: tuple[Mistake, ...] = ()
    """Why claims and derivations are wrong."""
    swell: tuple[Size, ...] = ()
    timing: Timing | None = None
    seconds: float = 0.0
    student: str = ""
    """Whose submission it is from, where many were checked."""
    problem: str = ""
    """What it is called within the submission."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    schema: str = SCHEMA
    gradlab: str
    """gradlab's version."""
    verdict: Kind
    """`agree` where every case passed."""
    reason: str = ""
    command: str = ""
    started: str = ""
    """ISO 8601, UTC."""
    seconds: float = 0.0
    seed: int = 0
    points: int = 0
    """Random points besides the given ones."""
    methods: tuple[str, ...] = ()
    digits: int = 50
    timeout: float | None = None
    versions: dict[str, str] = {}
    cases: tuple[CaseRecord, ...] = ()
    interrupted: bool = False
