"""A family over its sizes: each form at each size in a process with a budget, as one case's record."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradlab import record as rec
from gradlab.cases import Case, InputError
from gradlab.judge.verdict import Verdict
from gradlab.methods import Unsupported, symbolic
from gradlab.methods.claimed import Misbehaviour
from gradlab.record.sweep import Depth, Form, Sweep, Written
from gradlab.recording import case_record
from gradlab.study.swell.comparing import compare_forms
from gradlab.study.swell.forms import TABLE, Subject
from gradlab.study.swell.growth import fit_growth
from gradlab.study.swell.projecting import Sample, foresee, in_words, refuse_large, sample
from gradlab.study.swell.side_by_side import write_side_by_side
from gradlab.study.swell.weighing import GAVE_UP, NOT_EVALUATED, Weighed, steps_of, weigh, why
from gradlab.study.timing.clock import silenced
from gradlab.sweeping.posing import NoDerivative, subject_of
from gradlab.worker import Begin, Crashed, InternalError, Job, run_each

BUDGET = 5.0
"""Seconds for one form at one size."""
LEAST_BUDGET = 0.1
"""To start a process alone takes some hundredths of a second."""
MOST_SIZES = 100
CLEARLY = 1.2
"""The factor by which one time is longer than another, so that it is no noise."""
THE_FUNCTION = "the function"
HOPELESS = 2
"""A form is not begun that is foreseen to take so many times its budget."""
NOTHING_TO_COMPARE = "nothing is left to compare the engine's gradient program with"
_IS_SO = {GAVE_UP: "is given up", NOT_EVALUATED: "is only counted"}


@dataclass(frozen=True)
class _Failed:
    """The function has no derivative to sweep at this size, and why."""

    reason: str
    verdict: rec.Kind = "error"


@dataclass(frozen=True)
class _Known:
    """What the jobs of a sweep know of one another: forms that are given up, and sizes that fail.

    The parent keeps it up to date for processes to come, and each process for its own jobs.
    """

    skipped: dict[str, str] = field(default_factory=dict)
    """Steps that larger sizes need not try, with the reason."""
    failed: dict[int, _Failed] = field(default_factory=dict)
    seconds: dict[str, dict[int, float]] = field(default_factory=dict)
    """To derive each form, by size."""
    subjects: dict[int, Subject] = field(default_factory=dict)
    """The one of the size that is under way."""


def sweep(
    case: Case,
    sizes: Sequence[int],
    *,
    budget: float = BUDGET,
    parameter: str = "n",
    on_size: Callable[[int, int], None] = lambda done, size: None,
) -> rec.CaseRecord:
    """Every form of a family's derivative at every size: its operations, its length, its digits and its time.

    case: one with a `family`, which gives the point of any size. budget: seconds for one form at one size; one
    that takes longer is given up, and so are larger sizes of it. on_size: is told how many sizes are done, and
    the last of them. What is done when Ctrl-C comes is kept, and said to be incomplete.

    Raises InputError where there is nothing to sweep: no family, no size, or sizes beyond all bounds.

    >>> from gradlab.library import select
    >>> (family,) = select(["logistic-map"])
    >>> swept = sweep(family, [2, 3]).sweep
    >>> [(depth.size, form.operations) for depth in swept.depths for form in depth.forms if form.form == "f′ as a tree"]
    [(2, 2), (3, 21)]
    """
    _check(case, sizes, budget)
    symbolic.load()  # before any process is forked
    start = time.perf_counter()
    _refuse_sizes(case, sizes, budget, parameter)
    known, depths, written = _Known(), [], []
    interrupted = False
    try:
        for done, size in enumerate(sizes, 1):
            found = list(_weighed(case, size, budget, parameter, known))
            depths.append(_depth(size, found, known))
            written += [text for _, text in found if text is not None]
            on_size(done, size)
    except KeyboardInterrupt:
        if not depths:
            raise
        interrupted = True
    counts = {form: _column(depths, form, "operations") for form in TABLE}
    times = {form: _column(depths, form, "evaluate_ratio") for form in TABLE}
    verdict = _verdict(depths, parameter)
    if interrupted and verdict.ok:
        verdict = Verdict("inconclusive", f"interrupted after {parameter} = {depths[-1].size}")
    made = Sweep(
        parameter=parameter,
        depths=tuple(depths),
        growth=tuple(fit_growth(form, count, parameter) for form, count in counts.items() if len(count) > 1),
        crossings=compare_forms(counts, parameter, "takes more operations than"),
        measured=compare_forms(times, parameter, "takes longer than", CLEARLY),
        written=tuple(written),
        budget=budget,
        interrupted=interrupted,
    )
    plain = replace(case, verdict="agree", because="", claims=(), chains=())  # a sweep judges no claim
    seconds = time.perf_counter() - start
    alone = [str(depth.size) for depth in depths if depth.reason == NOTHING_TO_COMPARE]
    notes = [f"at {parameter} = {', '.join(alone)}: {NOTHING_TO_COMPARE}"] if alone else []
    return case_record(plain, verdict, passed=verdict.ok, notes=notes, sweep=made, seconds=seconds)


def _check(case: Case, sizes: Sequence[int], budget: float) -> None:
    if case.family is None:
        raise InputError(
            f"{case.name} has no size: decorate a function that gives the point of size n with @….family, "
            "or name an argument with --size"
        )
    if not sizes:
        raise InputError("there is no size to look at: give a range such as --depth 1:8")
    if min(sizes) < 1:
        raise InputError(f"a size of {min(sizes)}: sizes are 1 and more, as in --depth 1:8")
    if not math.isfinite(budget):
        raise InputError(
            f"a budget of {budget:g} s is none: give the seconds that a form may take, such as {BUDGET:g}"
        )
    if budget < LEAST_BUDGET:
        raise InputError(
            f"a budget of {budget:g} s is too little for anything: starting a process takes about as long; give {LEAST_BUDGET:g} s or more"
        )


def _refuse_sizes(case: Case, sizes: Sequence[int], budget: float, parameter: str) -> None:
    """Refuse what would be too large, as a few small sizes show it. Raises InputError."""

    def job(begin: Begin, skip: dict[str, str]) -> Sample | None:
        begin(THE_FUNCTION)
        if THE_FUNCTION in skip:
            return None
        try:
            return sample(lambda size: subject_of(case, size).problem, max(sizes))
        except (InputError, Misbehaviour, Unsupported, NoDerivative):
            return None  # the sweep will tell

    (found,) = run_each([job], budget)
    if isinstance(found, Sample):
        refuse_large(case.name, found, max(sizes), parameter)
    if len(sizes) > MOST_SIZES:
        raise InputError(
            f"{len(sizes):,} sizes are more than anyone reads: {MOST_SIZES} are the most; take every so many-th, as in --depth 2:200:20"
        )


def _weighed(
    case: Case, size: int, budget: float, parameter: str, known: _Known
) -> Iterator[tuple[Weighed | _Failed, Written | None]]:
    """What is found of every form at one size."""

    def job_of(form: str) -> Job:
        def job(begin: Begin, skip: dict[str, str]) -> tuple[Weighed | _Failed, Written | None]:
            words = dict.fromkeys(skip, f"it takes more than {budget:g} s")
            with np.errstate(all="ignore"):
                result, text = _examine(case, size, form, begin, {**known.skipped, **words}, known, budget)
            if isinstance(result, Weighed):
                result = _in_a_sentence(result, size, parameter)
            _remember(result, size, known)  # for the jobs to come in this process
            return result, text

        return job

    for form, found in zip(TABLE, run_each([job_of(form) for form in TABLE], budget), strict=True):
        if isinstance(found, (Crashed, InternalError)):
            if isinstance(found, InternalError):
                sys.stderr.write(f"{found}\n")
            reason = str(found) if isinstance(found, Crashed) else "gradlab itself failed: please report it"
            crashed = Weighed(Form(form=form, note=reason), "inconclusive", GAVE_UP)
            of_function = isinstance(found, Crashed) and reason.endswith(
                THE_FUNCTION
            )  # larger ones may go well
            found = _Failed(reason) if of_function else _in_a_sentence(crashed, size, parameter), None
        _remember(found[0], size, known)  # for the processes to come
        yield found


def _examine(
    case: Case, size: int, form: str, begin: Begin, skip: dict[str, str], known: _Known, budget: float
) -> tuple[Weighed | _Failed, Written | None]:
    """One form at one size, in its process."""
    if THE_FUNCTION in skip:
        return _Failed(f"the function takes more than {budget:g} s"), None
    if size in known.failed:
        return known.failed[size], None
    made_of = TABLE[form].of
    while made_of:  # what a form is made of may be given up already
        before = skip.get(steps_of(made_of)[0])
        if before is not None:
            return Weighed(Form(form=form, note=before), "inconclusive", GAVE_UP), None
        made_of = TABLE[made_of].of
    if size not in known.subjects:
        begin(THE_FUNCTION)
        known.subjects.clear()
        try:
            known.subjects[size] = subject_of(case, size)
        except NoDerivative as kink:
            return _Failed(str(kink), "undefined"), None
        except (InputError, Misbehaviour, Unsupported, RecursionError, MemoryError) as error:
            reason = str(error) if isinstance(error, (InputError, Misbehaviour)) else why(error)
            return _Failed(reason.removeprefix(f"{case.name}: ")), None
    seconds = foresee(known.seconds.get(form, {}), size)
    if seconds > HOPELESS * budget and steps_of(form)[0] not in skip:
        note = f"it would take about {in_words(math.log10(seconds), 1)} s, by what smaller sizes took"
        return Weighed(Form(form=form, note=note), "inconclusive", GAVE_UP), None
    subject = known.subjects[size]
    with silenced():  # it is called thousands of times
        weighed = weigh(subject, form, begin, skip)
    text = None
    if form == "f′ shared" and weighed.form.operations is not None:
        begin("writing")
        text = write_side_by_side(subject, size) if "writing" not in skip else None
    return weighed, text


def _in_a_sentence(weighed: Weighed, size: int, parameter: str) -> Weighed:
    """What is given up, with its reason in a sentence that goes for larger sizes too."""
    form = weighed.form
    told = any(f" {is_so} from {parameter} = " in form.note for is_so in _IS_SO.values())
    if not weighed.outcome or told:
        return weighed
    note = f"{form.form} {_IS_SO[weighed.outcome]} from {parameter} = {size} on: {form.note}"
    return replace(weighed, form=rec.replace(form, note=note))


def _remember(result: Weighed | _Failed, size: int, known: _Known) -> None:
    """Keep what other jobs need to know."""
    if isinstance(result, _Failed):
        known.failed[size] = result
        return
    form = result.form
    if form.derive_ratio is not None and result.function is not None:
        known.seconds.setdefault(form.form, {})[size] = form.derive_ratio * result.function
    if result.outcome:
        known.skipped[steps_of(result.form.form)[result.outcome == NOT_EVALUATED]] = result.form.note


def _depth(size: int, found: Sequence[tuple[Weighed | _Failed, Any]], known: _Known) -> Depth:
    """One size of the sweep."""
    weighed = [one for one, _ in found if isinstance(one, Weighed)]
    if size in known.failed:
        failed = known.failed[size]
        return Depth(size=size, verdict=failed.verdict, reason=failed.reason)
    wrong = [one.form.form for one in weighed if one.verdict == "disagree"]
    derived = [
        one for one in weighed if not TABLE[one.form.form].of_function and one.form.operations is not None
    ]
    verdict: rec.Kind = "disagree" if wrong else "agree" if derived else "inconclusive"
    reason = f"{' and '.join(wrong)}: not the derivative that the gradient program has" if wrong else ""
    if not (wrong or any(one.form.form.startswith("f′") and not one.outcome for one in derived)):
        reason = NOTHING_TO_COMPARE if derived else "every form of the derivative is given up"
    first = next((one for one in weighed if one.form.form == "f"), None)
    return Depth(
        size=size,
        verdict=verdict,
        reason=reason,
        forms=tuple(one.form for one in weighed),
        function=None if first is None else first.function,
        components=0 if first is None else first.components,
        point="" if first is None else first.point,
    )


def _column(depths: Sequence[Depth], form: str, what: str) -> dict[int, Any]:
    """A number of one form by size, where there is one."""
    found = {depth.size: getattr(one, what) for depth in depths for one in depth.forms if one.form == form}
    return {size: value for size, value in found.items() if value is not None and math.isfinite(value)}


def _verdict(depths: Sequence[Depth], parameter: str) -> Verdict:
    """Of the sweep: right at every size that there is, and no size missing."""
    wrong = [depth for depth in depths if depth.verdict == "disagree"]
    if wrong:
        return Verdict("disagree", f"at {parameter} = {wrong[0].size}: {wrong[0].reason}")
    failed = [depth for depth in depths if depth.verdict != "agree"]
    if not failed:
        return Verdict("agree")
    where = ", ".join(str(depth.size) for depth in failed[:6]) + (", …" if len(failed) > 6 else "")
    which = f"; at {failed[0].size}" if len({depth.reason for depth in failed}) > 1 else ""
    reason = f"no derivative at {parameter} = {where}{which}: {failed[0].reason}"
    if len(failed) < len(depths):
        return Verdict("inconclusive", reason)
    undefined = all(depth.verdict == "undefined" for depth in depths)
    return Verdict("undefined" if undefined else "error", reason)
