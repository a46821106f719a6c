"""gradlab on a pair: as it stands, and with function and claim as black boxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.verdicts.mutants import relative_errors
from benchmarks.verdicts.subject import Inputs, Subject
from benchmarks.verdicts.tools import Answer, Word
from benchmarks.verdicts.verify import at_many_digits, in_float64
from gradlab.cases import Claim, InputError, call
from gradlab.harness import Settings, case_of, check_case
from gradlab.record import CaseRecord, Point, real

TRACED, BLACK = "gradlab", "gradlab, black boxes"
WORDS: Mapping[str, Word] = {"agree": "passed", "inconclusive": "undecided", "unsupported": "undecided"}
"""disagree, undefined and error refuse the claim."""
_ROUNDED_CONSTANTS = 1e-14
"""What is judged at 50 digits is right but for the rounding of decimal constants."""
SETTINGS = Settings(timed=False)
"""As `gradlab.check` has them, without the timing of methods, which no verdict depends on."""


def opaque(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, as if it were compiled: its arguments are copied into plain arrays first."""

    def black_box(**inputs: Any) -> Any:
        return call(function, {name: _copied(value) for name, value in inputs.items()})

    return black_box


def _copied(value: Any) -> Any:
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return float(value)
    return np.array(value, dtype=getattr(value, "dtype", np.float64)) if np.ndim(value) else float(value)


@dataclass(frozen=True)
class Variant:
    """How gradlab is given a function and a claim."""

    wrap: Callable[[Callable[..., Any]], Callable[..., Any]]

    def __call__(self, subject: Subject, inputs: Inputs, claim: Callable[..., Any]) -> Answer:
        """`gradlab.check` of one claim."""
        try:
            case = case_of(
                self.wrap(subject.function), inputs, wrt=subject.wrt, hand=self.wrap(claim), name=subject.name
            )
            record = check_case(case, SETTINGS)
        except InputError as error:
            return Answer("error", f"InputError: {error}")
        word = WORDS.get(record.verdict, "refused")
        return Answer(word, f"{record.verdict}: {record.reason}", record)

    def refused(self, subject: Subject, inputs: Inputs, claims: Sequence[Callable[..., Any]]) -> list[str]:
        """For each of many claims checked as one case, why it was refused; "" where it was not.

        What is said of one claim does not depend on the others, so that a claim refused here is refused
        alone too; one that is not is to be checked alone.
        """
        case = case_of(self.wrap(subject.function), inputs, wrt=subject.wrt, name=subject.name)
        case = replace(case, claims=tuple(Claim(self.wrap(claim)) for claim in claims))
        reasons = [""] * len(claims)
        for point in check_case(case, SETTINGS).points:
            heard = [e for e in point.estimates if e.method == "claimed"]
            for k, estimate in enumerate(heard if point.verdict != "undefined" else ()):
                if estimate.verdict in ("disagree", "error"):
                    reasons[k] = reasons[k] or f"{estimate.verdict}: {estimate.reason}"
        return reasons


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


TOOLS = {
    TRACED: Variant(_as_it_is),
    BLACK: Variant(opaque),
}


def above_detectable(
    tool: str, record: CaseRecord, subject: Subject, inputs: Inputs, claim: Callable[..., Any]
) -> list[str]:
    """The components whose error is larger than what the record says would have been seen.

    At every point of the record, given or drawn; for a claim that agreed, there should be none. A component
    that is zero has no relative error: there the claim must lie within the reference's error bar. What is
    judged at 50 digits has nothing that is not detectable.
    """
    slipped = []
    judged_in_double = tool != TRACED
    for point in record.points:
        at = {**inputs, **_inputs_of(point, inputs)}
        right = at_many_digits(subject.gradient, at, subject.wrt)
        estimates = [e for e in point.estimates if e.method == "claimed" and e.verdict == "agree"]
        for estimate in estimates:
            claimed = (
                in_float64(claim, at, subject.wrt)
                if judged_in_double
                else at_many_digits(claim, at, subject.wrt)
            )
            for k, error in enumerate(relative_errors(claimed, right)):
                seen: float | None = 0.0 if judged_in_double else _ROUNDED_CONSTANTS
                if k < len(estimate.detectable):
                    seen = estimate.detectable[k]
                bar = real(point.bars[k]) if k < len(point.bars) else 0.0
                above = abs(claimed[k] - right[k]) > bar if seen is None or not right[k] else error > seen
                if above and error:
                    slipped.append(
                        f"{point.components[k]}: off by {error:.2g}, detectable {seen}, bar {bar:.2g}"
                    )
    return slipped


def inaccuracy(subject: Subject, inputs: Inputs, record: CaseRecord | None) -> float:
    """How far the right gradient is off in float64: relative, of the worst component at the worst point.

    A zero is held against the largest component.
    """
    worst = 0.0
    for at in (
        inputs,
        *({**inputs, **_inputs_of(point, inputs)} for point in (record.points if record else ())),
    ):
        right = at_many_digits(subject.gradient, at, subject.wrt)
        largest = max(map(abs, right))
        for c, r in zip(in_float64(subject.gradient, at, subject.wrt), right, strict=True):
            if c != r:
                worst = max(worst, float(abs(c - r) / (abs(r) or largest)) if largest else float("inf"))
    return worst


def _inputs_of(point: Point, like: Inputs) -> dict[str, Any]:
    """A record's point as arrays, as far as it is kept there."""
    found: dict[str, Any] = {}
    for given in point.inputs:
        if not given.differentiated:
            continue
        values = np.array([real(v) for v in given.values])
        found[given.name] = (
            values.reshape(given.shape).astype(np.asarray(like[given.name]).dtype)
            if given.shape
            else float(values[0])
        )
    return found
