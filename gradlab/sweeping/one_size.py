"""Every form at one size, each in a process with a budget; larger sizes need not try what was given up."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from gradlab import record as rec
from gradlab.cases import Case, InputError
from gradlab.methods import Unsupported
from gradlab.methods.claimed import Misbehaviour
from gradlab.record.sweep import Form, Written
from gradlab.study.swell.forms import TABLE, Subject
from gradlab.study.swell.projecting import foresee, in_words
from gradlab.study.swell.side_by_side import write_side_by_side
from gradlab.study.swell.weighing import GAVE_UP, NOT_EVALUATED, Weighed, steps_of, weigh, why
from gradlab.study.timing.clock import silenced
from gradlab.sweeping.posing import THE_FUNCTION, NoDerivative, subject_of
from gradlab.worker import Begin, Crashed, InternalError, Job, run_each

HOPELESS = 2
"""A form is not begun that is foreseen to take so many times its budget."""
WRITING = "writing"
_IS_SO = {GAVE_UP: "is given up", NOT_EVALUATED: "is only counted"}


@dataclass(frozen=True)
class Failed:
    """The function has no derivative to sweep at this size, and why."""

    reason: str
    verdict: rec.Kind = "error"


Found = tuple[Weighed | Failed, Written | None]
"""Of one form, and the derivative written out where that is short."""


@dataclass(frozen=True)
class Known:
    """What the jobs of a sweep know of one another: forms that are given up, and sizes that fail.

    The parent keeps it up to date for processes to come, and each process for its own jobs.
    """

    skipped: dict[str, str] = field(default_factory=dict)
    """Steps that larger sizes need not try, with the reason: a sentence."""
    failed: dict[int, Failed] = field(default_factory=dict)
    seconds: dict[str, dict[int, float]] = field(default_factory=dict)
    """To derive each form, by size."""
    subjects: dict[int, Subject] = field(default_factory=dict)
    """The one of the size that is under way."""
    brief: bool = False
    """Whether forms are only counted and verified: neither measured nor rewritten."""


def weigh_forms(case: Case, size: int, budget: float, parameter: str, known: Known) -> Iterator[Found]:
    """What is found of every form at one size."""

    def job_of(form: str) -> Job:
        def job(begin: Begin, skip: dict[str, str]) -> Found:
            overrun = dict.fromkeys(skip, f"it takes more than {budget:g} s")
            with np.errstate(all="ignore"):
                result, text = _examine(case, size, form, begin, {**known.skipped, **overrun}, known, budget)
            if isinstance(result, Weighed):
                result = _in_a_sentence(result, size, parameter, known)
            _remember(result, size, known)  # for the jobs to come in this process
            return result, text

        return job

    forms = [form for form in TABLE if not (known.brief and TABLE[form].rewritten)]
    for form, found in zip(forms, run_each([job_of(form) for form in forms], budget), strict=True):
        if isinstance(found, (Crashed, InternalError)):
            found = _unfinished(form, found, size, parameter, known), None
        _remember(found[0], size, known)  # for the processes to come
        yield found


def _examine(
    case: Case, size: int, form: str, begin: Begin, skip: dict[str, str], known: Known, budget: float
) -> Found:
    """One form at one size, in its process."""
    if THE_FUNCTION in skip:
        return Failed(f"the function takes more than {budget:g} s"), None
    if size in known.failed:
        return known.failed[size], None
    hopeless = _why_hopeless(form, size, skip, known, budget)
    if hopeless:
        return Weighed(Form(form=form, note=hopeless), "inconclusive", GAVE_UP), None
    if size not in known.subjects:
        begin(THE_FUNCTION)
        known.subjects.clear()
        try:
            known.subjects[size] = subject_of(case, size)
        except NoDerivative as kink:
            return Failed(str(kink), "undefined"), None
        except (InputError, Misbehaviour, Unsupported, RecursionError, MemoryError) as error:
            reason = str(error) if isinstance(error, (InputError, Misbehaviour)) else why(error)
            return Failed(reason.removeprefix(f"{case.name}: ")), None
    subject = known.subjects[size]
    with silenced():  # it is called thousands of times
        weighed = weigh(subject, form, begin, skip, brief=known.brief)
    text = None
    if form == "f′ shared" and not known.brief and weighed.form.operations is not None:
        begin(WRITING)
        text = write_side_by_side(subject, size) if WRITING not in skip else None
    return weighed, text


def _why_hopeless(form: str, size: int, skip: dict[str, str], known: Known, budget: float) -> str:
    """Why a form is not begun: what it is made of is given up, or it would take too long; "" where it is begun."""
    made_of = TABLE[form].of
    while made_of:
        deriving, _ = steps_of(made_of)
        if deriving in skip:
            return skip[deriving]
        made_of = TABLE[made_of].of
    deriving, _ = steps_of(form)
    seconds = foresee(known.seconds.get(form, {}), size)
    if seconds > HOPELESS * budget and deriving not in skip:
        return f"it would take about {in_words(math.log10(seconds), 1)} s, by what smaller sizes took"
    return ""


def _unfinished(
    form: str, ended: Crashed | InternalError, size: int, parameter: str, known: Known
) -> Weighed | Failed:
    """What is known of a form whose process died, or in which gradlab failed."""
    reason = str(ended)
    if isinstance(ended, InternalError):
        sys.stderr.write(f"{ended}\n")
        reason = "gradlab itself failed: please report it"
    elif reason.endswith(THE_FUNCTION):  # larger sizes may go well
        return Failed(reason)
    weighed = Weighed(Form(form=form, note=reason), "inconclusive", GAVE_UP)
    return _in_a_sentence(weighed, size, parameter, known)


def _in_a_sentence(weighed: Weighed, size: int, parameter: str, known: Known) -> Weighed:
    """What is given up, with its reason in a sentence that goes for larger sizes too."""
    form = weighed.form
    told = form.note in known.skipped.values()  # of a smaller size, or of what it is made of
    if not weighed.outcome or told:
        return weighed
    note = f"{form.form} {_IS_SO[weighed.outcome]} from {parameter} = {size} on: {form.note}"
    return replace(weighed, form=rec.replace(form, note=note))


def _remember(result: Weighed | Failed, size: int, known: Known) -> None:
    """Keep what other jobs need to know."""
    if isinstance(result, Failed):
        known.failed[size] = result
        return
    form = result.form
    if form.derive_ratio is not None and result.function is not None:
        known.seconds.setdefault(form.form, {})[size] = form.derive_ratio * result.function
    if result.outcome:
        deriving, measuring = steps_of(form.form)
        known.skipped[measuring if result.outcome == NOT_EVALUATED else deriving] = form.note
