"""What a sweep refuses before it begins: what has no size, no time, or more operations than would ever end."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradlab.cases import Case, InputError
from gradlab.methods import Unsupported
from gradlab.methods.claimed import Misbehaviour
from gradlab.study.swell.projecting import Sample, refuse_large, sample
from gradlab.sweeping.posing import THE_FUNCTION, NoDerivative, subject_of
from gradlab.worker import Begin, run_each

BUDGET = 5.0
"""Seconds for one form at one size."""
LEAST_BUDGET = 0.1
"""To start a process alone takes some hundredths of a second."""
MOST_SIZES = 100


def refuse_unusable(case: Case, sizes: Sequence[int], budget: float) -> None:
    """Refuse what is no sweep: no family, no size, no time. Raises InputError."""
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


def refuse_sizes(case: Case, sizes: Sequence[int], budget: float, parameter: str) -> None:
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
