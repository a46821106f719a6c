"""What was judged, as a record: plain data, and no more of an array than a report can use."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradlab import record as rec
from gradlab.cases import Case
from gradlab.judge.compare import Exact, decimal_text
from gradlab.judge.counterexample import Failure
from gradlab.judge.derivation import JudgedChain
from gradlab.judge.mistakes import Mistake
from gradlab.judge.panel import Testimony
from gradlab.judge.point import Judged
from gradlab.judge.repair import Right
from gradlab.judge.verdict import Verdict, derivative_by
from gradlab.numbers.precise import Precise
from gradlab.recording.mathematics import claimed_formulas, latex_of
from gradlab.snippet import snippet

BESIDE_A_BAR = 2
"""Digits of a measured reference that its error bar, shown with it, leaves open."""
MOST_SHOWN = 1000
"""Values of an array that a record keeps."""


def case_record(
    case: Case, verdict: Verdict, *, passed: bool | None = None, notes: Sequence[str] = (), **fields: Any
) -> rec.CaseRecord:
    """One case; it passed if its verdict is the declared one, unless that is known better."""
    return rec.CaseRecord(
        name=case.name,
        verdict=verdict.kind,
        reason=verdict.reason,
        expected=case.verdict,  # type: ignore[arg-type]
        passed=verdict.kind == case.verdict if passed is None else passed,
        function=case.text or case.name,
        read_as=case.read_as,
        claims=tuple(c.text for c in case.claims if c.text),
        claimed=claimed_formulas(case),
        source=case.source,
        location=case.location,
        tags=case.tags,
        notes=(
            *case.notes,
            *([f"{_declared(case)}: {case.because}"] if case.because else []),
            *notes,
        ),
        **fields,
    )


def _declared(case: Case) -> str:
    return "declared to disagree" if case.verdict == "disagree" else f"declared {case.verdict}"


def point_record(judged: Judged) -> rec.Point:
    """One point."""
    problem, wrt = judged.problem, judged.problem.wrt
    exact = [r.exact for r in judged.reference]
    beyond = 0 if problem.program is not None else BESIDE_A_BAR
    return rec.Point(
        given=judged.point.given,
        inputs=tuple(_input(name, value, name in wrt) for name, value in judged.point.inputs.items()),
        value=tuple(rec.number(float(v)) for v in problem.value[:MOST_SHOWN]),
        components=judged.components,
        reference=tuple(
            "" if value is None else decimal_text(value, problem.digits, beyond) for value in exact
        ),
        verdict=judged.verdict.kind,
        reason=judged.verdict.reason,
        estimates=tuple(map(_estimate, judged.testimonies)),
        kinks=judged.kinks,
        bars=_bars(judged),
        asked=judged.asked,
    )


def _bars(judged: Judged) -> tuple[rec.Number, ...]:
    """The reference's error bars, where it was measured in float64."""
    if judged.problem.program is not None:
        return ()
    exact = [r.exact for r in judged.reference]
    return tuple(rec.number(math.inf if e is None else float(e.error)) for e in exact)


def _input(name: str, value: Any, differentiated: bool) -> rec.Input:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        return rec.Input(name=name, shape=(), values=(), differentiated=False)
    return rec.Input(
        name=name,
        shape=array.shape,
        values=tuple(rec.number(float(v)) for v in array.ravel()[:MOST_SHOWN]),
        differentiated=differentiated,
    )


def counterexample_record(case: Case, failure: Failure) -> rec.Counterexample:
    """A claim's failure, with code that shows it."""
    component = failure.judged.components[failure.component]
    # ten digits, or as many more as it takes to see the difference
    digits = min(50, 10 + max(0, math.ceil(-math.log10(failure.error or 1.0)) - 6))
    claimed, derivative = (_decimal(value, digits) for value in (failure.claimed, failure.derivative))
    remark = f"{derivative_by(component)}: the claim gives {claimed}, the derivative is {derivative}"
    return rec.Counterexample(
        inputs=tuple(_input(name, value, name in case.wrt) for name, value in failure.point.inputs.items()),
        component=component,
        claimed=claimed,
        derivative=derivative,
        snippet=snippet(case, failure.claim, failure.point, remark),
    )


def _decimal(value: Exact, digits: int) -> str:
    number = Precise(60).number
    return decimal_text(Exact(number(value.value), number(value.error)), digits)


def chain_record(judged: JudgedChain) -> rec.Chain:
    """A derivation with a finding on every line."""
    chain = judged.chain
    return rec.Chain(
        title=chain.title,
        by=chain.by,
        verdict=judged.verdict.kind,
        reason=judged.verdict.reason,
        lines=tuple(
            rec.Line(
                text=step.text,
                read_as=step.read_as,
                latex=latex_of(step.formula),
                location=step.location,
                verdict=finding.follows,
                right=finding.right,
                reason=finding.reason,
            )
            for step, finding in zip(chain.steps, judged.findings, strict=True)
        ),
    )


def mistake_record(mistake: Mistake, *, line: int | None = None, location: str = "") -> rec.Mistake:
    """A mistake, and of a derivation the line that it was made in."""
    return rec.Mistake(
        kind=mistake.kind,
        sentence=mistake.sentence,
        by=mistake.by,
        also=mistake.also,
        line=line,
        location=location,
    )


def repair_record(right: Right, by: str, *, line: int | None = None, location: str = "") -> rec.Repair:
    """A line of the derivation by an argument, or the claim, as it would be right."""
    return rec.Repair(
        by=by, text=right.text, latex=right.latex, line=line, change=right.change, location=location
    )


def _estimate(testimony: Testimony) -> rec.Estimate:
    estimate = testimony.estimate
    if estimate is not None and estimate.known is not None and not np.any(estimate.known):
        estimate = None  # it was asked along a direction alone

    def numbers(values: np.ndarray | None) -> tuple[rec.Number, ...]:
        return () if values is None else tuple(rec.number(float(v)) for v in (values + 0.0).ravel())

    return rec.Estimate(
        method=testimony.method,
        verdict=testimony.verdict.kind,
        reason=testimony.verdict.reason,
        values=numbers(estimate.value) if estimate else (),
        digits=tuple(None if d is None else math.floor(100 * d) / 100 for d in testimony.digits),
        verdicts=tuple(testimony.verdicts),
        errors=numbers(estimate.error) if estimate else (),
        steps=numbers(None if estimate.step is None else np.broadcast_to(estimate.step, estimate.value.shape))
        if estimate
        else (),
        evaluations=estimate.evaluations if estimate else 0,
        detectable=tuple(testimony.detectable),
        lost=tuple(testimony.lost),
    )
