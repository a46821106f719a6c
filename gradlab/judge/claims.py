"""Judging a claim: at 50 digits if it could be traced; else in float64, against error bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradlab.judge.bars import element_slopes
from gradlab.judge.compare import Exact, Reference, relative_error
from gradlab.judge.rounding import Rounding
from gradlab.judge.sampling import Along, element_that_is_off
from gradlab.judge.verdict import GREY, VISIBLE, Scale, derivative_by, judge_exact, judge_measured, summary
from gradlab.measure.noise import direction_of, measured
from gradlab.methods import Estimate, Problem
from gradlab.methods.claimed import estimate as evaluated
from gradlab.methods.finite_difference import precision_of
from gradlab.record import Kind

OPERATIONS = 4.0
"""A claim's float64 arithmetic may be so many times worse than the engine's, of which each rounding counts …"""
OPERATIONS_UNSEEN = 64.0
"""… and that of numbers, which someone's code has calculated: so many times."""
DEVIATIONS = 8.0
"""And so many standard deviations of what noise its values show."""
WORTH_TELLING = 1e-9
"""Relative errors that could hide in a claim that is judged in float64, against a reference of 50 digits."""
ULPS = 8 * 2.0**-53


@dataclass(frozen=True)
class Judgement:
    """The verdict on each component, and what would have been seen where that is limited."""

    verdicts: list[Kind]
    detectable: list[float | None]
    """Relative errors; empty at 50 digits."""


def judge_traced(
    exact: Sequence[Exact], references: Sequence[Reference], noise: Callable[[Sequence[int]], np.ndarray]
) -> list[Kind]:
    """At 50 digits: what differs is wrong, unless rounded constants explain it. noise: what they do to
    some components; it is asked where values differ.
    """
    verdicts = [judge_exact(e, r) for e, r in zip(exact, references, strict=True)]
    open_ones = [k for k, verdict in enumerate(verdicts) if verdict == "disagree"]
    open_ones.sort(key=lambda k: -relative_error(exact[k], references[k].exact))  # type: ignore[arg-type]
    for k, own in zip(open_ones, noise(open_ones) if open_ones else (), strict=True):
        verdicts[k] = judge_exact(exact[k], references[k], own)
    return verdicts


def judge_numbers(
    estimate: Estimate,
    problem: Problem,
    references: list[Reference],
    rounding: Rounding,
    along: Sequence[Along] = (),
) -> Judgement:
    """In float64: against the reference's own error, the digits typed, and the rounding in the claim.

    Components that were not sampled are held against the slopes along directions; one that is found to be
    wrong gets its reference.
    """
    assert problem.claim is not None
    values = estimate.value.ravel()
    allowed = ULPS * np.abs(values) + (0.0 if estimate.error is None else estimate.error.ravel())
    worse = OPERATIONS_UNSEEN
    if not problem.claim.is_number:
        allowed, worse = allowed + DEVIATIONS * noise_of_claim(problem), OPERATIONS
    allowed = allowed + worse * _of_operations(values, references, allowed, rounding)
    typed = np.array([_typed(problem, name) for name in problem.owners] * problem.rows)
    scales = _scales(problem, references)
    each = zip(values.tolist(), references, allowed.tolist(), typed.tolist(), scales, strict=True)
    judged = [judge_measured(v, r, a, t, s) for v, r, a, t, s in each]
    judgement = Judgement([kind for kind, _ in judged], [detectable for _, detectable in judged])
    if along:
        _judge_along(judgement, estimate, problem, references, allowed + typed, along)
    return judgement


def _scales(problem: Problem, references: Sequence[Reference]) -> list[Scale]:
    """What a zero is small beside, by component."""
    shape = (problem.rows, problem.columns)
    slopes = np.reshape([0.0 if r.exact is None else float(abs(r.exact.value)) for r in references], shape)
    largest = np.broadcast_to(np.max(slopes, axis=1, initial=0.0, keepdims=True), shape)
    own = np.abs(problem.value)[:, None] / np.maximum(1.0, np.abs(problem.flat()))
    seen = np.maximum(own, np.reshape([r.scale for r in references], shape))
    return [Scale(*pair) for pair in zip(largest.ravel().tolist(), seen.ravel().tolist(), strict=True)]


def _of_operations(
    values: np.ndarray, references: Sequence[Reference], allowed: np.ndarray, rounding: Rounding
) -> np.ndarray:
    """What the engine's own arithmetic would do, where a claim does not hold without it."""
    found = np.zeros(len(values))
    off = {
        k: float(abs(r.exact.value - value))
        for k, (value, r) in enumerate(zip(values.tolist(), references, strict=True))
        if r.exact is not None and not abs(r.exact.value - value) <= allowed[k] + r.exact.error
    }
    open_ones = sorted(off, key=lambda k: -off[k])
    noise = rounding.of_operations(open_ones)
    found[open_ones] = np.where(np.isfinite(noise), noise, 0.0)
    return found


def _judge_along(
    judgement: Judgement,
    estimate: Estimate,
    problem: Problem,
    references: list[Reference],
    allowed: np.ndarray,
    along: Sequence[Along],
) -> None:
    """Give the components that were not sampled the verdict of the directions."""
    for row in range(problem.rows):
        first = row * problem.columns
        unsampled = [k for k in range(first, first + problem.columns) if not references[k].sampled]
        claimed, own = estimate.value[row], allowed[first : first + problem.columns]
        kinds: list[Kind] = []
        shortest = np.full(problem.columns, np.inf)
        for one in along:
            exact, v = one.references[row].exact, one.direction.sizes
            if exact is None:
                kinds.append("inconclusive")
                continue
            bar = float(exact.error) + float(np.abs(v) @ own)
            shortest = np.minimum(shortest, bar / np.abs(v))
            kinds.append(_kind_along(float(exact.value), bar, claimed * v))
        kind = summary(kinds)
        for k in unsampled:
            judgement.verdicts[k] = "agree" if kind == "agree" else "inconclusive"
            size = abs(claimed[k - first])
            judgement.detectable[k] = float(2 * shortest[k - first] / size) if size else None
        if kind == "disagree" and "disagree" not in judgement.verdicts:
            direction = along[kinds.index("disagree")].direction
            column = element_that_is_off(problem, row, claimed, own, direction)
            references[first + column] = element_slopes(problem, [column]).reference(row, 0)
            judgement.verdicts[first + column] = "disagree"


def _kind_along(slope: float, bar: float, parts: np.ndarray) -> Kind:
    """Of a claim along a direction, by its parts that make up the slope."""
    difference = abs(slope - float(np.sum(parts)))
    if difference <= bar:
        return (
            "agree" if bar <= VISIBLE / 2 * float(np.sqrt(np.sum(parts**2))) or bar == 0 else "inconclusive"
        )
    return "disagree" if difference > GREY * bar else "inconclusive"


def unseen(
    components: Sequence[str], detectable: Sequence[float | None], references: Sequence[Reference]
) -> str:
    """What would have been seen, in a sentence; "" where it is everything that matters."""
    known = [(share, name) for share, name in zip(detectable, components, strict=False) if share is not None]
    measured_ones = any(r.witnesses == ("finite_difference",) for r in references)
    if not known or (not measured_ones and max(known)[0] < WORTH_TELLING):
        return ""
    (least, fine), (most, coarse) = min(known), max(known)
    told = f"an error of {percent(most)} in {derivative_by(coarse)} would have been seen"
    if least < most / 10:
        told = (
            f"an error of {percent(least)} in {derivative_by(fine)} would have been seen, "
            f"in {derivative_by(coarse)} only one of {percent(most)}"
        )
    return told


def undecided(component: str, value: float, reference: Reference) -> str:
    """Why a claim can be called neither right nor wrong."""
    assert reference.exact is not None
    slope, bar = float(reference.exact.value), float(reference.exact.error)
    told = f"{derivative_by(component)}: the claim gives {value:.10g}, the slope is {slope:.10g} ± {bar:.1g} as measured"
    if abs(slope - value) <= bar:
        return f"{told}: the error bar is too wide to tell"
    return f"{told}: too near to be called wrong, too far to be called right"


def percent(share: float) -> str:
    """A relative error in percent, to one or two digits.

    >>> percent(0.0002), percent(0.4), percent(3e-12)
    ('0.02 %', '40 %', '3e-10 %')
    """
    return f"{100 * share:.2g} %"


def _typed(problem: Problem, name: str) -> float:
    """Half a unit of the last decimal that was typed."""
    assert problem.claim is not None
    decimals = problem.claim.digits.get(name)
    return 0.5 * 10.0**-decimals if decimals is not None else 0.0


def noise_of_claim(problem: Problem) -> np.ndarray:
    """The noise of each component of a claim that can be called, as its values beside the point show it."""
    x = problem.flat()
    size = np.where(x == 0, 2.0**-10 * (np.max(np.abs(x), initial=0.0) or 1.0), np.abs(x))
    direction = direction_of(size)

    def along(distance: float) -> np.ndarray:
        beside = replace(problem, inputs=problem.with_values(x + distance * direction))
        values: np.ndarray = evaluated(beside).value.ravel()
        return values

    try:
        return measured(along, precision_of(problem))
    except Exception:  # it was asked at other points than its own, and may refuse
        return np.zeros(problem.rows * problem.columns)
