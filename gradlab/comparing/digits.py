"""Correct digits in two runs, of values that can be compared: those at the same points."""

from __future__ import annotations

from collections.abc import Iterator

from gradlab.record import CaseRecord, Estimate, Point
from gradlab.record.comparison import Course, DigitsChange

__all__ = ["digits_changes"]

_FULL = 15.0
"""A float64 next to the true value has 15.95 digits: what is beyond is chance."""
_CHANGE = 1.0


def digits_changes(old: CaseRecord, new: CaseRecord) -> tuple[DigitsChange, ...]:
    """The methods, and forms of a sweep, whose fewest correct digits are others by one or more.

    What disagrees in either run is left out: of a wrong value the digits say nothing.
    """
    before, after = _fewest(old, new), _fewest(new, old)
    found = []
    for key in before.keys() & after.keys():
        least, now = before[key], after[key]
        if abs(now - least) >= _CHANGE:
            name, size = key
            course: Course = "better" if now > least else "worse"
            found.append(DigitsChange(method=name, size=size, old=least, new=now, course=course))
    return tuple(sorted(found, key=lambda change: (change.method, change.size or 0)))


def _fewest(case: CaseRecord, other: CaseRecord) -> dict[tuple[str, int | None], float]:
    """The fewest digits of each method over all points that the other run has too; of each form, at each size."""
    found: dict[tuple[str, int | None], float] = {}
    asked = set(map(_asked, other.points))
    wrong = {
        e.method for c in (case, other) for p in c.points for e in p.estimates if e.verdict == "disagree"
    }
    for point in case.points:
        if _asked(point) not in asked:
            continue
        for estimate in point.estimates:
            key = (estimate.method, None)
            for digits in _known(estimate) if estimate.method not in wrong else ():
                found[key] = min(found.get(key, _FULL), digits)
    if case.sweep is not None:
        for depth in case.sweep.depths:
            for form in depth.forms:
                if form.digits is not None:
                    found[form.form, depth.size] = _bounded(form.digits)
    return found


def _asked(point: Point) -> object:
    return point.inputs, point.components


def _known(estimate: Estimate) -> Iterator[float]:
    return (_bounded(digits) for digits in estimate.digits if digits is not None)


def _bounded(digits: float) -> float:
    """Digits from none to all: of a value that is wrong by orders of magnitude none is right.

    >>> _bounded(-7.0), _bounded(16.4)
    (0.0, 15.0)
    """
    return min(max(digits, 0.0), _FULL)
