"""Operations and times in two runs."""

from __future__ import annotations

from gradlab.record import CaseRecord
from gradlab.record.comparison import Course, OperationsChange, TimingChange

__all__ = ["operations_changes", "timing_changes"]

_FUNCTION, _FORMS_OF_IT = "f", ("f", "f as a tree")
"""The function itself, and the forms that are no derivative of it."""
_BETWEEN_PROCESSES = 0.1
"""By how much times of the same code differ from one process to another, beyond what either run states."""


def operations_changes(old: CaseRecord, new: CaseRecord) -> tuple[OperationsChange, ...]:
    """The forms with another count of operations, where both runs have counted.

    More is worse where the function itself is the same and takes as many as before; otherwise the question is
    another one.
    """
    before, after = _operations(old), _operations(new)
    found = []
    for (form, size), count in after.items():
        then = before.get((form, size))
        if then is None or then == count:
            continue
        same = old.function == new.function and before.get((_FUNCTION, size)) == after.get((_FUNCTION, size))
        told = same and form not in _FORMS_OF_IT
        course: Course = "other" if not told else "worse" if count > then else "better"
        found.append(OperationsChange(form=form, size=size, old=then, new=count, course=course))
    return tuple(found)


def _operations(case: CaseRecord) -> dict[tuple[str, int | None], int]:
    """The operations of each form, and in a sweep at each size, where they are known."""
    found: dict[tuple[str, int | None], int] = {}
    for row in case.swell:
        if row.operations is not None:
            found[row.form, None] = row.operations
    for depth in case.sweep.depths if case.sweep is not None else ():
        for form in depth.forms:
            if form.operations is not None:
                found[form.form, depth.size] = form.operations
    return found


def timing_changes(old: CaseRecord, new: CaseRecord, *, timed: bool) -> tuple[TimingChange, ...]:
    """The methods whose gradient takes longer or shorter, in evaluations of f, beyond the noise.

    Beyond the noise is a change after which the intervals between the quartiles do not overlap, even where each is
    widened on both sides by its own length, by the noise that its run states (by how much f, timed against itself,
    differs), and by a tenth more. None is better or worse unless `timed`.
    """
    if old.timing is None or new.timing is None or old.timing.noise is None or new.timing.noise is None:
        return ()
    before = {d.method: d for d in old.timing.durations}
    found = []
    for now in new.timing.durations:
        then = before.get(now.method)
        if then is None or then.evaluate_ratio is None or now.evaluate_ratio is None:
            continue
        if then.quartiles is None or now.quartiles is None:
            continue
        first, last = _widened(then.quartiles, old.timing.noise), _widened(now.quartiles, new.timing.noise)
        if last[0] > first[1] or last[1] < first[0]:
            found.append(
                TimingChange(
                    method=now.method,
                    old=then.evaluate_ratio,
                    new=now.evaluate_ratio,
                    old_quartiles=then.quartiles,
                    new_quartiles=now.quartiles,
                    course="other" if not timed else "worse" if last[0] > first[1] else "better",
                )
            )
    return tuple(found)


def _widened(quartiles: tuple[float, float], noise: float) -> tuple[float, float]:
    """An interval between quartiles, widened by its length, by a relative noise and by that between processes.

    >>> _widened((2.0, 3.0), 0.15)
    (0.8, 5.0)
    """
    low, high = quartiles
    factor = 1 + noise + _BETWEEN_PROCESSES
    return (low - (high - low)) / factor, (high + (high - low)) * factor
