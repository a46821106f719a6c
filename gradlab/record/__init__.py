"""What a run has to say, as plain, versioned data: enough to draw every report again.

A `Record` is what `check` returns inside its result, what `--format json` writes and what
`gradlab show FILE` reads back. It imports nothing of the project, and no numbers library.

Floats that JSON cannot carry are kept as the words "NaN", "Infinity" and "-Infinity";
`number` and `real` go to and fro.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec.structs import replace

from gradlab.record.cost import Duration, Size, Timing
from gradlab.record.derivations import Chain, Line, Mistake, Repair
from gradlab.record.explanation import Explanation
from gradlab.record.points import Counterexample, Estimate, Input, Point
from gradlab.record.step_sizes import StepSizes
from gradlab.record.sweep import Sweep
from gradlab.record.words import Formula, Kind, Number, number, real

__all__ = [
    "SCHEMA",
    "CaseRecord",
    "Chain",
    "Counterexample",
    "Duration",
    "Estimate",
    "Explanation",
    "Formula",
    "Input",
    "Kind",
    "Line",
    "Mistake",
    "Number",
    "Point",
    "Record",
    "Repair",
    "Size",
    "StepSizes",
    "Study",
    "Sweep",
    "Timing",
    "number",
    "real",
    "replace",
]

SCHEMA = "gradlab/record/1"

Study = Literal["check", "explain", "swell", "step-size"]


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
    formulas: tuple[Formula, ...] = ()
    """The function as mathematics: lines of shared parts, and then `f`. Empty where it is too long or no formula."""
    claimed: tuple[Formula, ...] = ()
    """The claims that were typed, as mathematics: `∂f/∂w`."""
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
    repairs: tuple[Repair, ...] = ()
    """Wrong lines and claims, made right."""
    swell: tuple[Size, ...] = ()
    timing: Timing | None = None
    explanation: Explanation | None = None
    """The derivation as a lecture teaches it, where it was asked for."""
    sweep: Sweep | None = None
    """Expression swell over the sizes of a family, where it was asked for."""
    step_sizes: StepSizes | None = None
    """The error of difference quotients against their step, where it was asked for."""
    undrawn: tuple[str, ...] = ()
    """Which of the pictures that were asked for there is not, and why: sentences."""
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
    study: Study = "check"
    """What was asked for, and so what a report shows first."""
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
