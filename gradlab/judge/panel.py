"""The panel: every method asked at one point, held against one another, and judged."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradlab.cases import InputError
from gradlab.engine.program import Program
from gradlab.engine.reverse import reverse
from gradlab.engine.rounding import Sensitivity
from gradlab.judge.compare import Exact, Reference, agree_on, correct_digits, exact_values
from gradlab.judge.verdict import (
    AGREEMENT_DIGITS,
    Verdict,
    derivative_by,
    describe_difference,
    judge_double,
    judge_exact,
    summary,
)
from gradlab.methods import Derivation, Estimate, Method, Problem, Unsupported
from gradlab.methods.claimed import noise_of_claim
from gradlab.numbers.precise import Precise
from gradlab.record import Kind

WITNESSES = ("precise", "symbolic", "reverse")
"""Three ways to 50 digits that share no derivative rules. Forward mode shares the engine's."""
FAMILIES = {"forward": "reverse"}
"""Methods that share derivative rules are one voice."""
MOST_NOISE_COMPONENTS = 64
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
    except (InputError, KeyboardInterrupt):
        raise
    except BaseException as error:  # sys.exit too
        what = "the hand derivative" if name == "claimed" else method.TITLE
        return Testimony(name, Verdict("error", f"{what} raises {type(error).__name__}: {error}"))


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
    if exact:
        return [
            agree_on({name: values[k] for name, values in exact.items()}, AGREEMENT_DIGITS)
            for k in range(problem.rows * problem.columns)
        ]
    return _from_differences(problem)


def _from_differences(problem: Problem) -> list[Reference]:
    """For a black box: extrapolated differences with their error estimates."""
    from gradlab.methods.finite_difference import MOST_COLUMNS, extrapolated

    if problem.columns > MOST_COLUMNS:
        return [Reference(None)] * (problem.rows * problem.columns)
    number = Precise(30).number
    best = extrapolated(problem)
    assert best.error is not None
    pairs = zip(best.value.ravel().tolist(), best.error.ravel().tolist(), strict=True)
    return [
        Reference(Exact(number(v), number(e)), witnesses=("finite_difference",))
        if math.isfinite(v) and math.isfinite(e)
        else Reference(None)
        for v, e in pairs
    ]


@dataclass(frozen=True)
class Noise:
    """What rounding may do to each component: of the constants in the code, and of float64 evaluation."""

    constants: np.ndarray
    double: np.ndarray


def noise_of(problem: Problem) -> Noise:
    """By the gradient program; for many components the largest of a sample stands for all."""
    shape = (problem.rows, problem.columns)
    if problem.program is None:
        return Noise(np.zeros(shape), np.zeros(shape))
    gradient = reverse(problem.program, problem.traced_inputs, wrt=problem.wrt_places)
    constants, double = np.zeros(shape), np.zeros(shape)
    step = max(1, problem.columns // MOST_NOISE_COMPONENTS)
    for row, seed in enumerate(_seeds(problem.program)[:MOST_NOISE_COMPONENTS]):
        sensitivity = Sensitivity(gradient, [*problem.traced_inputs, seed])
        elements = [
            (output, k)
            for output, slot in enumerate(gradient.outputs)
            for k in range(math.prod(gradient.shapes[slot]))
        ]
        for column in range(0, problem.columns, step):
            constants[row, column] = sensitivity.of_constants(*elements[column])
            double[row, column] = sensitivity.of_operations(*elements[column])
    if step > 1:
        constants[:], double[:] = constants.max(), double.max()
    return Noise(constants, np.nan_to_num(double, nan=math.inf))


def _seeds(program: Program) -> list[Any]:
    shape = program.shapes[program.outputs[0]]
    return list(np.eye(int(np.prod(shape))).reshape(-1, *shape)) if shape else [1.0]


def judge(
    testimony: Testimony,
    problem: Problem,
    reference: Sequence[Reference],
    noise: Noise,
    components: Sequence[str],
    derived: Derived,
) -> None:
    """Fill in a testimony's verdicts and digits."""
    if testimony.estimate is None:
        return
    _judge(testimony, testimony.estimate, problem, reference, noise, components)
    if "disagree" in testimony.verdicts and testimony.exact is not None and not testimony.refined:
        refine(testimony, problem, derived)
        _judge(testimony, testimony.estimate, problem, reference, noise, components)


def _judge(
    testimony: Testimony,
    estimate: Estimate,
    problem: Problem,
    reference: Sequence[Reference],
    noise: Noise,
    components: Sequence[str],
) -> None:
    values = estimate.value.ravel().tolist()
    testimony.digits = [
        None if r.exact is None else correct_digits(v, r.exact.value)
        for v, r in zip(values, reference, strict=True)
    ]
    known = estimate.known
    asked = [known is None or bool(known[k % problem.columns]) for k in range(len(values))]
    if testimony.method == "claimed":
        testimony.verdicts = _judge_claim(testimony, problem, reference, noise, asked)
    elif testimony.exact is not None:
        testimony.verdicts = [
            judge_exact(e, r, n)
            for e, r, n in zip(testimony.exact, reference, noise.constants.ravel().tolist(), strict=True)
        ]
    else:
        given = estimate.error
        own = (4 * noise.double + _left_by_step(estimate) if given is None else given).ravel().tolist()
        testimony.verdicts = [judge_double(v, r, e) for v, r, e in zip(values, reference, own, strict=True)]
    kind = summary([v for v, a in zip(testimony.verdicts, asked, strict=True) if a])
    testimony.verdict = Verdict(kind, _reason(testimony, reference, components, kind, values))


def _left_by_step(estimate: Estimate) -> Any:
    """What a step h leaves, where a method gives no error: h²f‴, which shows where the derivative is 0,
    and what is lost below the smallest float64 before the division by h.
    """
    if estimate.step is None:
        return 0.0
    return 1e6 * estimate.step**2 + np.finfo(np.float64).smallest_subnormal / estimate.step


def _judge_claim(
    testimony: Testimony,
    problem: Problem,
    reference: Sequence[Reference],
    noise: Noise,
    asked: Sequence[bool],
) -> list[Kind]:
    """The claim: at 50 digits if it could be traced, else in float64 or in the digits it was given in."""
    assert testimony.estimate is not None and problem.claim is not None
    values = testimony.estimate.value.ravel().tolist()
    if testimony.exact is not None and problem.program is not None:
        own = (noise.constants + noise_of_claim(problem)).ravel().tolist()
        return [
            judge_exact(e, r, n) if a else "agree"
            for e, r, n, a in zip(testimony.exact, reference, own, asked, strict=True)
        ]
    rounding = noise.double.ravel().tolist()
    names = [name for name in problem.wrt for _ in range(int(np.size(problem.inputs[name])))] * problem.rows
    verdicts: list[Kind] = []
    for value, r, error, name, a in zip(values, reference, rounding, names, asked, strict=True):
        if not a:
            verdicts.append("agree")
            continue
        decimals = problem.claim.digits.get(name)
        typed = 0.5 * 10.0**-decimals if decimals is not None else 0.0
        verdicts.append(_judge_number(value, r, error, typed))
    return verdicts


def _judge_number(value: float, reference: Reference, rounding: float, typed: float) -> Kind:
    """A number: right if it differs by no more than its typed digits, or float64 rounding, leave open."""
    if reference.exact is None:
        return "inconclusive"
    if not math.isfinite(value):
        return "error"
    difference = float(abs(reference.exact.value - value))
    size = float(abs(reference.exact.value))
    uncertain = 3 * float(reference.exact.error)
    if difference <= 1.0001 * typed + 64 * rounding + 2.0**-50 * size + uncertain:
        return (
            "agree"
            if uncertain <= 0.05 * max(size, difference) or size == 0 or difference <= typed
            else "inconclusive"
        )
    return "inconclusive" if difference <= 3 * uncertain else "disagree"


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
        return _unseen(reference) or _useless(testimony, components, values)
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
        claimed = values[k] if testimony.exact is None else testimony.exact[k].value
        return describe_difference(components[k], claimed, exact.value)
    if kind == "disagree":
        return (
            f"{derivative_by(components[k])}: {values[k]:.10g}, "
            f"where {' and '.join(reference[k].witnesses)} have {float(exact.value):.10g}"
        )
    error = testimony.estimate.error if testimony.estimate is not None else None
    estimated = "" if error is None else f"; its own error estimate is {error.ravel()[k]:.1g}"
    return f"{derivative_by(components[k])}: {values[k]:.10g} is off by {float(abs(exact.value - values[k])):.1g}{estimated}"


def _unseen(reference: Sequence[Reference]) -> str:
    """What a claim may be off by unnoticed, where the reference is differences in float64."""
    if not any(r.witnesses == ("finite_difference",) for r in reference):
        return ""
    shares = [
        3 * float(r.exact.error / abs(r.exact.value))
        for r in reference
        if r.exact is not None and r.exact.value
    ]
    return f"a claim that is off by a relative {max(shares):.0e} would not be noticed" if shares else ""


def _useless(testimony: Testimony, components: Sequence[str], values: Sequence[float]) -> str:
    """What float64 makes of a claim that is right."""
    if testimony.exact is None:
        return ""
    for component, value, digits in zip(components, values, testimony.digits, strict=True):
        if digits is not None and digits < FEWEST_DIGITS:
            lost = f"keeps {int(digits)} correct digits" if math.isfinite(value) else f"is {value}"
            return f"{derivative_by(component)}: the claim is right, but in float64 it {lost} here"
    return ""
