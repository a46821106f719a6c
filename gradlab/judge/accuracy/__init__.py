"""Why a method's float64 value has fewer correct digits than it could have: a sentence with the cause.

Right and accurate are two questions. A value is compared here with what its own method gives in many
digits, so that a wrong rule is no inaccuracy. Nothing is calculated for values that are accurate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gradlab.judge.accuracy.culprit import Twice, in_short
from gradlab.judge.accuracy.located import WAYS, Evaluation
from gradlab.judge.accuracy.steps import cause_in_difference, unit_of
from gradlab.judge.compare import Exact, Reference, correct_digits
from gradlab.judge.verdict import derivative_by
from gradlab.methods import Estimate, Problem, Unsupported
from gradlab.numbers.precise import Precise

FEWEST = 0.5
"""Of the digits of its type: a value that has fewer is explained (8 digits of float64's 16)."""
FEWEST_OF_DIFFERENCES = 0.32
"""The same for finite differences, of which some ten digits of sixteen are as many as there can be: 5."""
MOST_NUMBERS = 20_000
"""In a program in which the cause is looked for."""
MORE_DIGITS = (60, 360, 960)
"""Carried besides those wanted, one after the other, until the value in many digits settles."""
_FAILURES = (Unsupported, LookupError, ArithmeticError, ValueError, TypeError, RecursionError)


def lost_digits(
    method: str,
    estimate: Estimate,
    exact: Sequence[Exact] | None,
    digits: Sequence[float | None],
    problem: Problem,
    reference: Sequence[Reference],
    components: Sequence[str],
) -> list[str]:
    """A sentence on the component with the fewest correct digits, and how many others have few.

    exact: the method's own derivative in many digits, where it has one; digits: against the reference.
    Empty where all components have their digits, or where no more could be expected of them.
    """
    full = -math.log10(unit_of(problem))
    share = FEWEST_OF_DIFFERENCES if method == "finite_difference" else FEWEST
    values = estimate.value.ravel().tolist()
    poor: list[tuple[float, int, Exact]] = []
    for k, (known, r) in enumerate(zip(digits, reference, strict=True)):
        if known is None or known >= share * full or r.exact is None:
            continue
        if estimate.known is not None and not estimate.known[k % problem.columns]:
            continue
        target = exact[k] if exact is not None else r.exact
        own = correct_digits(values[k], target.value) if target.is_finite else None
        if own is not None and own < share * full and _settled(target, values[k]):
            poor.append((own, k, target))
    if not poor:
        return []
    own, k, target = min(poor, key=lambda found: (int(found[0]), found[1]))
    why = _why(method, estimate, exact is not None, problem, target, k)
    if not why:
        return []
    have = _counted(own) if math.isfinite(values[k]) else f"{values[k]}"
    said = f"{derivative_by(components[k])}: {have}: {why}"
    if len(poor) > 1:
        others = f"{len(poor) - 1} other component{'s have' if len(poor) > 2 else ' has'}"
        said += f"; {others} fewer than {math.floor(share * full) + 1} correct digits, too"
    return [said]


def _settled(target: Exact, value: float) -> bool:
    """Whether a value is known well enough to say which digits of another are wrong."""
    return not math.isfinite(value) or bool(target.error <= 0.1 * abs(target.value - value))


def _counted(digits: float) -> str:
    count = int(digits)
    return "no correct digit" if count == 0 else f"{count} correct digit{'' if count == 1 else 's'}"


def _why(method: str, estimate: Estimate, evaluated: bool, problem: Problem, target: Exact, k: int) -> str:
    limits = np.finfo(np.float64)
    size, told = abs(target.value), in_short(target.value, Precise(30))
    if 0 < size < limits.smallest_normal:
        return f"underflow: the derivative itself, {told}, is too small for float64 to hold with all digits"
    if size > limits.max:
        return f"overflow: the derivative itself, {told}, is larger than any float64"
    if method == "finite_difference":
        return cause_in_difference(estimate, problem, target, *divmod(k, problem.columns))
    if problem.program is None or not (evaluated or method == "complex_step"):
        return ""
    value = float(estimate.value.flat[k])
    for way in WAYS.get(method, ()):
        try:
            evaluation = way(problem, *divmod(k, problem.columns))
            if sum(map(math.prod, evaluation.program.shapes)) > problem.effort * MOST_NUMBERS:
                return "the cause is not looked for in a program so large"
            found = _cause(evaluation, problem, target, value)
        except _FAILURES:
            continue
        if found:
            return found
    if method == "symbolic":
        what = "rounding" if math.isfinite(value) else "overflow or a division by 0"
        return (
            f"{what} in SymPy's form of the derivative; with {problem.digits} digits the same form is right"
        )
    return "rounding in complex arithmetic" if method == "complex_step" else ""


def _cause(evaluation: Evaluation, problem: Problem, target: Exact, value: float) -> str:
    """The equation to blame; "" where this program in float64 has the digits that the method has not."""
    for more in MORE_DIGITS:
        numbers = Precise(problem.digits + more)
        twice = Twice(evaluation.program, evaluation.inputs, evaluation.places, numbers)
        right = twice.exact[evaluation.output][evaluation.element]
        if abs(right - target.value) <= abs(target.value) * 1e-10:
            break
    else:
        return ""
    own = twice.value(evaluation.output, evaluation.element)
    digits = correct_digits(own, target.value)
    if digits is None or digits >= FEWEST * twice.full or math.isfinite(own) != math.isfinite(value):
        return ""
    return twice.cause(evaluation.output, evaluation.element)
