"""What changed from one run to another, as data."""

from __future__ import annotations

from typing import Literal

import msgspec

from gradlab.record.words import Kind

COMPARISON = "gradlab/comparison/1"

Course = Literal["worse", "better", "other", "same"]
"""The way that something went; `other` is a change for neither better nor worse."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a case came out in one run."""

    verdict: Kind
    expected: Kind
    passed: bool
    reason: str = ""


class DigitsChange(msgspec.Struct, frozen=True, kw_only=True):
    """The fewest correct digits of a method, over the components at the points that both runs have."""

    method: str
    """Or a form, in a sweep."""
    size: int | None = None
    """Of the family, in a sweep."""
    old: float
    new: float
    course: Course


class OperationsChange(msgspec.Struct, frozen=True, kw_only=True):
    """The operations of one form of the function or of its derivative."""

    form: str
    size: int | None = None
    """Of the family, in a sweep."""
    old: int
    new: int
    course: Course
    """`worse` where a derivative takes more operations of a function that takes as many as before."""


class TimingChange(msgspec.Struct, frozen=True, kw_only=True):
    """The time of a gradient, in evaluations of f: medians, and between which quartiles they lie."""

    method: str
    old: float
    new: float
    old_quartiles: tuple[float, float]
    new_quartiles: tuple[float, float]
    course: Course


class CaseChange(msgspec.Struct, frozen=True, kw_only=True):
    """What changed of one case."""

    name: str
    student: str = ""
    problem: str = ""
    course: Course
    old: Standing | None
    """None for a case that is new."""
    new: Standing | None
    """None for a case that is gone."""
    edited: tuple[str, ...] = ()
    """Which of `function`, `claims` and `points` are not what they were."""
    digits: tuple[DigitsChange, ...] = ()
    operations: tuple[OperationsChange, ...] = ()
    timing: tuple[TimingChange, ...] = ()
    mistakes_gone: tuple[str, ...] = ()
    """Names of mistakes that were found then, and are not now."""
    mistakes_new: tuple[str, ...] = ()


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the runs do not have in common: a version, a seed."""

    name: str
    old: str
    new: str


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One of the runs, in short."""

    verdict: Kind
    gradlab: str
    started: str
    command: str
    cases: int
    passed: int
    interrupted: bool


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All that changed from an old run to a new one."""

    schema: str = COMPARISON
    course: Course
    """`worse` if anything is: a case, or the run, which was cut off or has found nothing to check."""
    old: Run
    new: Run
    timed: bool = False
    """Whether a slower gradient counts as worse."""
    settings: tuple[Setting, ...] = ()
    cases: tuple[CaseChange, ...] = ()
    """Those that changed: what is worse first, then what is better, then the others."""
    same: int = 0
    """How many cases did not change."""
