"""The panel: every method asked at one point, held against one another, and judged."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradlab.cases import InputError
from gradlab.judge.accuracy import lost_digits
from gradlab.judge.arbiter import arbitrate
from gradlab.judge.behaviour import raised_at
from gradlab.judge.claims import judge_numbers, judge_traced, undecided, unseen
from gradlab.judge.compare import Exact, Reference, agree_on, correct_digits, exact_values, same
from gradlab.judge.rounding import Rounding
from gradlab.judge.sampling import Along, measured_references
from gradlab.judge.verdict import (
    AGREEMENT_DIGITS,
    Verdict,
    derivative_by,
    describe_difference,
    judge_double,
    summary,
)
from gradlab.methods import Derivation, Estimate, Method, Problem, Unsupported
from gradlab.methods.claimed import Misbehaviour
from gradlab.numbers.precise import Precise
from gradlab.record import Kind

WITNESSES = ("precise", "symbolic", "reverse")
"""Three ways to 50 digits that share no derivative rules. Forward mode shares the engine's."""
FAMILIES = {"forward": "reverse"}
"""Methods that share derivative rules are one voice."""
FEWEST_DIGITS = 4
"""In float64, of a claim that is right: with fewer it is said to be of little use."""
SPARE_DIGITS = 30
"""Carried besides the digits wanted, so that ordinary cancellation costs nothing."""
_RELATIVE = 1e-40
"""Of a value: where its error estimate is below, it has settled."""
_VAGUE = 1e-10


@dataclass
class Testimony:
    """What one method said at one point, and how it was judged."""

    method: str
    verdict: Verdict
    estimate: Estimate | None = None
    exact: list[Exact] | None = None
    refined: bool = False
    verdicts: list[Kind] = field(default_factory=list)
    digits: list[float | None] = field(default_factory=list)
    detectable: list[float | None] = field(default_factory=list)
    """The relative errors that would have been seen, where the claim was held against error bars."""
    lost: list[str] = field(default_factory=list)
    """Why its float64 values have fewer digits than they could have."""


@dataclass
class Derived:
    """Derivations made so far in a case, by method and program, with the seconds each took."""

    by_program: dict[tuple[str, Any], Derivation] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    latest: dict[str, Derivation] = field(default_factory=dict)
    unsupported: dict[str, str] = field(default_factory=dict)
    given: dict[str, Derivation] = field(default_factory=dict)
    """What each method derived for the point at hand."""

    def get(self, name: str, method: Method, problem: Problem) -> Derivation:
        """The method's derivation for this problem's program, derived now or before."""
        key = (name, problem.program.signature() if problem.program is not None else None)
        known = self.by_program.get(key)
        if known is not None and known.same_branch:
            return known
        start = time.perf_counter()
        made = method.derive(problem)
        self.seconds.setdefault(name, time.perf_counter() - start)
        self.by_program[key] = made
        self.latest.setdefault(name, made)
        return made


def ask(name: str, method: Method, problem: Problem, derived: Derived, skip: Mapping[str, str]) -> Testimony:
    """One method's estimate, in float64 and, where it can, in many digits."""
    try:
        if name in skip:
            raise Unsupported(skip[name])
        derivation = derived.get(name, method, problem)
        derived.given[name] = derivation
        estimate = derivation.estimate(problem)
        return Testimony(name, Verdict("inconclusive"), estimate, _exact(derivation, problem, estimate))
    except Unsupported as reason:
        derived.unsupported.setdefault(name, str(reason))
        return Testimony(name, Verdict("unsupported", str(reason)))
    except Misbehaviour as error:
        return Testimony(name, Verdict("error", str(error)))
    except (InputError, KeyboardInterrupt):
        raise
    except BaseException as error:  # sys.exit too
        what, place = ("the hand derivative", raised_at(error)) if name == "claimed" else (method.TITLE, "")
        return Testimony(name, Verdict("error", f"{what} raises {type(error).__name__}{place}: {error}"))


def _exact(derivation: Derivation, problem: Problem, estimate: Estimate) -> list[Exact] | None:
    """The derivative in many digits, taken to be right to all but the spare ones; see `refine`."""
    if estimate.exact is not None:
        return [Exact(value, error) for value, error in estimate.exact]
    more = _evaluated(derivation, problem, SPARE_DIGITS)
    if more is None:
        return None
    spare = Precise(30).number(10) ** -(problem.digits + SPARE_DIGITS // 2)
    return [Exact(v, abs(v) * spare) for v in more]


def _evaluated(derivation: Derivation, problem: Problem, extra: int) -> list[Any] | None:
    if derivation.exact is None or problem.program is None:
        return None
    try:
        values = derivation.exact(problem, problem.digits + extra)
    except (Unsupported, LookupError, ArithmeticError, ValueError, TypeError):
        return None
    return [math.nan if v is None else v for v in values]


def refine(testimony: Testimony, problem: Problem, derived: Derived) -> None:
    """Give the exact values error estimates that were measured, by evaluations with more and more digits
    until they settle: a formula may cancel more than are spare. Done where values differ or are vague.
    """
    derivation = derived.given.get(testimony.method)
    if testimony.exact is None or testimony.refined or derivation is None or derivation.exact is None:
        return
    testimony.refined = True
    fewer = _evaluated(derivation, problem, 2 * SPARE_DIGITS)
    for extra in (12 * SPARE_DIGITS, 32 * SPARE_DIGITS):
        more = _evaluated(derivation, problem, extra)
        if fewer is None or more is None:
            return
        testimony.exact = exact_values(fewer, more, SPARE_DIGITS)
        if all(e.error <= abs(e.value) * _RELATIVE for e in testimony.exact):
            return
        fewer = more


def references(problem: Problem, testimonies: Sequence[Testimony], derived: Derived) -> list[Reference]:
    """For each component, what the independent witnesses agree on."""
    found = _references(problem, testimonies)
    if all(r.exact is not None and not r.outliers for r in found) and not _vague(testimonies):
        return found
    for testimony in testimonies:
        refine(testimony, problem, derived)
    return _references(problem, testimonies)


def _vague(testimonies: Sequence[Testimony]) -> bool:
    """Whether a witness's own error leaves it with next to no digits of something that is not zero: then
    the others may agree on what their cancellation left over.
    """
    exact = [t.exact for t in testimonies if t.method in WITNESSES and t.exact is not None]
    unclear = {k for values in exact for k, e in enumerate(values) if e.error > abs(e.value) * _VAGUE}
    return any(
        values[k].value != 0 and values[k].is_finite
        for values in exact
        for k in unclear
        if values[k].error <= abs(values[k].value) * _VAGUE
    )


def _references(problem: Problem, testimonies: Sequence[Testimony]) -> list[Reference]:
    exact = {t.method: t.exact for t in testimonies if t.method in WITNESSES and t.exact is not None}
    if not exact:
        return measured_references(problem)
    found = [
        agree_on({name: values[k] for name, values in exact.items()}, AGREEMENT_DIGITS)
        for k in range(problem.rows * problem.columns)
    ]
    for testimony in testimonies:
        if testimony.estimate is not None and testimony.estimate.along is not None:
            found = _borne_out_along(testimony, found, problem)
    return found


def _borne_out_along(testimony: Testimony, found: Sequence[Reference], problem: Problem) -> list[Reference]:
    """The references, with one more witness in each row whose slope along a direction is as this one
    has it; without a value in a row where it is not.
    """
    assert testimony.estimate is not None and testimony.estimate.along is not None
    direction, slopes = testimony.estimate.along
    number, whole = Precise(problem.digits + SPARE_DIGITS).number, list(found)
    agreed = True
    for row, (slope, error) in enumerate(slopes):
        places = range(row * problem.columns, (row + 1) * problem.columns)
        exact = [found[k].exact for k in places]
        if not all(exact):
            continue
        value, own = number(0), number(0)
        for e, v in zip(exact, direction.tolist(), strict=True):
            assert e is not None
            value, own = value + e.value * number(v), own + e.error * abs(number(v))
        agrees = same(Exact(value, own), Exact(slope, error), AGREEMENT_DIGITS)
        agreed = agreed and agrees
        for k in places:
            names = (*found[k].witnesses, testimony.method)
            whole[k] = Reference(found[k].exact if agrees else None, found[k].outliers, names)
    testimony.verdict = Verdict(
        "agree" if agreed else "inconclusive", "asked along a random direction through all components"
    )
    return whole


def judge(
    testimony: Testimony,
    problem: Problem,
    reference: list[Reference],
    rounding: Rounding,
    components: Sequence[str],
    derived: Derived,
    along: Sequence[Along] = (),
) -> None:
    """Fill in a testimony's verdicts and digits. along: slopes through components that were not sampled;
    one that is found to be wrong gets its reference.
    """
    if testimony.estimate is None or testimony.estimate.along is not None:
        return
    _judge(testimony, testimony.estimate, problem, reference, rounding, components, along)
    if "disagree" in testimony.verdicts and testimony.exact is not None and not testimony.refined:
        refine(testimony, problem, derived)
        _judge(testimony, testimony.estimate, problem, reference, rounding, components, along)
    testimony.lost = lost_digits(
        testimony.method,
        testimony.estimate,
        testimony.exact,
        testimony.digits,
        problem,
        reference,
        components,
    )


def _judge(
    testimony: Testimony,
    estimate: Estimate,
    problem: Problem,
    reference: list[Reference],
    rounding: Rounding,
    components: Sequence[str],
    along: Sequence[Along],
) -> None:
    values = estimate.value.ravel().tolist()
    known = estimate.known
    asked = [known is None or bool(known[k % problem.columns]) for k in range(len(values))]
    claimed = testimony.method == "claimed"
    if testimony.exact is not None and problem.program is not None:

        def noise(components: Sequence[int]) -> np.ndarray:
            own = rounding.of_constants(components)
            if claimed:
                own = own + rounding.of_claimed_constants(components) + rounding.of_data(components)
            return own

        testimony.verdicts = judge_traced(testimony.exact, reference, noise)
    elif claimed:
        judged = judge_numbers(estimate, problem, reference, rounding, along)
        testimony.verdicts, testimony.detectable = judged.verdicts, judged.detectable
    else:
        testimony.verdicts = _judge_doubles(estimate, reference, rounding)
        if "disagree" in testimony.verdicts:
            arbitrate(testimony.verdicts, estimate, problem, reference)
    testimony.verdicts = [v if a else "unsupported" for v, a in zip(testimony.verdicts, asked, strict=True)]
    testimony.digits = [
        None if r.exact is None or not a else correct_digits(v, r.exact.value)
        for v, r, a in zip(values, reference, asked, strict=True)
    ]
    kind = summary([v for v, a in zip(testimony.verdicts, asked, strict=True) if a])
    testimony.verdict = Verdict(kind, _reason(testimony, reference, components, kind, values))


def _judge_doubles(estimate: Estimate, reference: Sequence[Reference], rounding: Rounding) -> list[Kind]:
    """A method in float64, by its own error estimate or else by what rounding and its step leave."""
    error = estimate.error
    if error is None:
        operations = rounding.of_operations(range(estimate.value.size))
        error = 4 * operations.reshape(estimate.value.shape) + _left_by_step(estimate)
    each = zip(estimate.value.ravel().tolist(), reference, error.ravel().tolist(), strict=True)
    return [judge_double(v, r, e) for v, r, e in each]


def _left_by_step(estimate: Estimate) -> Any:
    """What a step h leaves, where a method gives no error: h²f‴, which shows where the derivative is 0,
    and what is lost below the smallest float64 before the division by h.
    """
    if estimate.step is None:
        return 0.0
    return 1e6 * estimate.step**2 + np.finfo(np.float64).smallest_subnormal / estimate.step


def _reason(
    testimony: Testimony,
    reference: Sequence[Reference],
    components: Sequence[str],
    kind: Kind,
    values: Sequence[float],
) -> str:
    """The sentence that goes with a verdict; of agree where much could have been missed."""
    if kind == "agree":
        if testimony.method != "claimed":
            return ""
        return unseen(components, testimony.detectable, reference) or _useless(testimony, components, values)
    k = testimony.verdicts.index(kind)
    exact = reference[k].exact
    if exact is None:
        names = reference[k].witnesses
        return (
            f"{derivative_by(components[k])}: {' and '.join(names)} differ at 50 digits, so there is no reference"
            if names
            else f"{derivative_by(components[k])}: there is no reference"
        )
    if kind == "error":
        return f"{derivative_by(components[k])}: {'the hand derivative' if testimony.method == 'claimed' else 'it'} is {values[k]}"
    if testimony.method == "claimed":
        if kind == "inconclusive" and testimony.detectable:
            return undecided(components[k], values[k], reference[k])
        claimed = values[k] if testimony.exact is None else testimony.exact[k].value
        return describe_difference(components[k], claimed, exact.value, float(exact.error))
    if kind == "disagree":
        return (
            f"{derivative_by(components[k])}: {values[k]:.10g}, "
            f"where {' and '.join(reference[k].witnesses)} have {float(exact.value):.10g}"
        )
    error = testimony.estimate.error if testimony.estimate is not None else None
    estimated = "" if error is None else f"; its own error estimate is {error.ravel()[k]:.1g}"
    return f"{derivative_by(components[k])}: {values[k]:.10g} is off by {float(abs(exact.value - values[k])):.1g}{estimated}"


def _useless(testimony: Testimony, components: Sequence[str], values: Sequence[float]) -> str:
    """What float64 makes of a claim that is right."""
    if testimony.exact is None:
        return ""
    known = testimony.estimate.known if testimony.estimate is not None else None
    for k, (component, value, digits) in enumerate(zip(components, values, testimony.digits, strict=True)):
        if known is not None and not known[k % known.size]:
            continue
        if digits is not None and digits < FEWEST_DIGITS:
            lost = f"keeps {int(digits)} correct digits" if math.isfinite(value) else f"is {value}"
            return f"{derivative_by(component)}: the claim is right, but in float64 it {lost} here"
    return ""
