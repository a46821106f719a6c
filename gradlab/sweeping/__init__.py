"""A family over its sizes: each form at each size in a process with a budget, as one case's record."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from gradlab import record as rec
from gradlab.cases import Case
from gradlab.judge.verdict import Verdict
from gradlab.methods import symbolic
from gradlab.record.sweep import Depth, Sweep
from gradlab.recording import case_record
from gradlab.study.swell.comparing import compare_forms
from gradlab.study.swell.forms import TABLE
from gradlab.study.swell.growth import fit_growth
from gradlab.study.swell.weighing import Weighed
from gradlab.sweeping.one_size import Found, Known, weigh_forms
from gradlab.sweeping.refusing import BUDGET, refuse_sizes, refuse_unusable

CLEARLY = 1.2
"""The factor by which one time is longer than another, so that it is no noise."""
NOTHING_TO_COMPARE = "nothing is left to compare the engine's gradient program with"


def sweep(
    case: Case,
    sizes: Sequence[int],
    *,
    budget: float = BUDGET,
    parameter: str = "n",
    brief: bool = False,
    on_size: Callable[[int, int], None] = lambda done, size: None,
) -> rec.CaseRecord:
    """Every form of a family's derivative at every size: its operations, its length, its digits and its time.

    case: one with a `family`, which gives the point of any size. budget: seconds for one form at one size; one
    that takes longer is given up, and so are larger sizes of it. brief: forms
    are neither measured nor rewritten (expanded, factored, simplified). on_size: is told how many sizes are done, and
    the last of them. What is done when Ctrl-C comes is kept, and said to be incomplete.

    Raises InputError where there is nothing to sweep: no family, no size, or sizes beyond all bounds.

    >>> from gradlab.library import select
    >>> (family,) = select(["logistic-map"])
    >>> swept = sweep(family, [2, 3]).sweep
    >>> [(depth.size, form.operations) for depth in swept.depths for form in depth.forms if form.form == "f′ as a tree"]
    [(2, 2), (3, 21)]
    """
    refuse_unusable(case, sizes, budget)
    symbolic.load()  # before any process is forked
    start = time.perf_counter()
    refuse_sizes(case, sizes, budget, parameter)
    known, depths, written = Known(brief=brief), [], []
    interrupted = False
    try:
        for done, size in enumerate(sizes, 1):
            found = list(weigh_forms(case, size, budget, parameter, known))
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
    if verdict.ok and len(alone) == len(depths):  # an empty comparison is none
        verdict, notes = Verdict("inconclusive", notes[0]), []
    return case_record(plain, verdict, passed=verdict.ok, notes=notes, sweep=made, seconds=seconds)


def _depth(size: int, found: Sequence[Found], known: Known) -> Depth:
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
