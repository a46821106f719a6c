"""One form at one size, weighed: its operations, its length, its digits in float64, its times; and whether it is
the same derivative at all.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gradlab.methods import Unsupported
from gradlab.methods.symbolic import about
from gradlab.record import Kind, number, replace
from gradlab.record.sweep import Form
from gradlab.study.swell.forms import PRECISIONS, TABLE, Made, Subject, are_same, make
from gradlab.study.timing import Contender, timing

MOST_COUNTED = 10**12
"""Operations of a tree beyond which it is not worth a try."""

Outcome = Literal["", "given up", "not evaluated"]
GAVE_UP: Outcome = "given up"
NOT_EVALUATED: Outcome = "not evaluated"


@dataclass(frozen=True)
class Weighed:
    """What is known of a form at one size."""

    form: Form
    verdict: Kind = "agree"
    outcome: Outcome = ""
    """`given up` where there is nothing, and `not evaluated` where there are counts alone: larger sizes are not
    worth trying."""
    function: float | None = None
    """Seconds an evaluation of f."""
    components: int = 0
    point: str = ""
    """Where the function was looked at: its numbers."""


def weigh(
    subject: Subject, name: str, begin: Callable[[str], None], skip: dict[str, str], *, brief: bool = False
) -> Weighed:
    """Derive a form and measure it, or if `brief` count and verify it alone. A step in `skip` has used up its budget;
    its reason is the note's.
    """
    deriving, measuring = steps_of(name)
    if deriving in skip:
        return Weighed(Form(form=name, note=skip[deriving]), "inconclusive", GAVE_UP)
    begin(deriving)
    try:
        made = make(subject, name)
    except (Unsupported, RecursionError, MemoryError) as error:
        return Weighed(Form(form=name, note=why(error)), "inconclusive", GAVE_UP)
    if made.operations > MOST_COUNTED:
        note = f"it has about {about(made.operations)} operations"
        return Weighed(Form(form=name, note=note), "inconclusive", GAVE_UP)
    form = Form(form=name, operations=made.operations)
    if measuring in skip:
        return Weighed(replace(form, note=skip[measuring]), "inconclusive", NOT_EVALUATED)
    begin(measuring)
    try:
        return _verified(subject, name, made, form) if brief else _measured(subject, name, made, form)
    except (Unsupported, RecursionError, MemoryError, SyntaxError) as error:
        return Weighed(replace(form, note=why(error)), "inconclusive", NOT_EVALUATED)


def steps_of(name: str) -> tuple[str, str]:
    """The two steps of weighing a form."""
    return f"deriving {name}", f"measuring {name}"


def why(error: BaseException) -> str:
    """Why there is nothing to weigh, in words."""
    if isinstance(error, Unsupported):
        return str(error)
    if isinstance(error, MemoryError):
        return "there is not enough memory for it"
    return "it is nested too deeply for Python, which recurses"


def _verified(subject: Subject, name: str, made: Made, form: Form) -> Weighed:
    """Whether it is the derivative."""
    reference = subject.value if TABLE[name].of_function else subject.reference
    verdict = "agree" if made.exact is None else _same(made.exact, reference)
    return Weighed(form, verdict, components=subject.problem.columns, point=_point_of(subject))


def _measured(subject: Subject, name: str, made: Made, form: Form) -> Weighed:
    """Its length, digits, times and verdict."""
    if made.length is not None:
        form = replace(form, length=made.length())
    if made.compiled is None:
        return Weighed(form)
    start = time.perf_counter()
    run = made.compiled()
    compiling = time.perf_counter() - start
    reference = subject.value if TABLE[name].of_function else subject.reference
    form = _with_digits(form, run, reference)
    verdict = "agree" if made.exact is None else _same(made.exact, reference)
    if verdict == "disagree" and made.rounded:
        verdict, note = "inconclusive", "it cancels the 60 digits that SymPy keeps of a decimal constant"
        form = replace(form, note=form.note or note)
    elif verdict == "inconclusive":
        form = replace(form, note=form.note or f"it cancels more than {PRECISIONS[-1]} digits")
    problem = subject.problem
    times = timing(
        lambda: problem.call(problem.inputs),
        {name: Contender(lambda: run, subject.seconds[name])},
    )
    (duration,) = times.durations
    base = times.function
    form = replace(
        form,
        derive_ratio=None if name == "f" else duration.derive_ratio,
        compile_ratio=None if name in ("f", "finite difference") else compiling / base,
        evaluate_ratio=duration.evaluate_ratio,
        quartiles=duration.quartiles,
        note=form.note or duration.note,
    )
    return Weighed(form, verdict, function=base, components=problem.columns, point=_point_of(subject))


def _point_of(subject: Subject) -> str:
    """The arguments derived by that are numbers."""
    inputs = {name: subject.problem.inputs[name] for name in subject.problem.wrt}
    return ", ".join(f"{name} = {float(x):.4g}" for name, x in inputs.items() if np.ndim(x) == 0)


def _with_digits(form: Form, run: Callable[[], Sequence[Any]], reference: Sequence[Any]) -> Form:
    """The form with the relative error of its worst component in float64, in digits too."""
    try:
        with np.errstate(all="ignore"):
            values = [float(v) for part in run() for v in np.ravel(np.asarray(part, dtype=object))]
    except (ArithmeticError, ValueError) as error:
        return replace(form, note=f"no value in float64: {error}", error=number(math.inf))
    off = max((_relative(v, r, reference) for v, r in zip(values, reference, strict=True)), default=math.inf)
    if not math.isfinite(off):
        return replace(form, error=number(off), note="it overflows in float64")
    return replace(form, error=number(off), digits=17.0 if off == 0 else min(17.0, -math.log10(off)))


def _relative(value: float, true: Any, all_true: Sequence[Any]) -> float:
    """The relative error; of a component that is zero, relative to the largest one."""
    if not math.isfinite(value):
        return math.inf
    size = abs(true) or max(map(abs, all_true)) or 1
    return float(abs(value - true) / size)


def _same(exact: Callable[[int], Sequence[Any]], reference: Sequence[Any]) -> Kind:
    """Whether a form is the reference, in as many digits as it takes to say so."""
    before: list[Any] | None = None
    for digits in PRECISIONS:
        values = list(exact(digits))
        if are_same(values, reference):
            return "agree"
        if before is not None and are_same(values, before):
            return "disagree"
        before = values
    return "inconclusive"
