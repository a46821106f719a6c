"""One case in two runs."""

from __future__ import annotations

from collections.abc import Collection

from gradlab.comparing.costs import operations_changes, timing_changes
from gradlab.comparing.digits import digits_changes
from gradlab.record import CaseRecord, Kind
from gradlab.record.comparison import CaseChange, Course, Standing

__all__ = ["ORDER", "case_change", "gone", "joined"]

ORDER: tuple[Course, ...] = ("worse", "better", "other", "same")
"""What is told first."""

_WRONG: frozenset[Kind] = frozenset({"disagree", "error"})


def joined(courses: Collection[Course]) -> Course:
    """The course of a whole of the courses of its parts: worse if any is, and better if nothing is worse.

    >>> joined({"better", "worse"}), joined({"better", "other"}), joined([])
    ('worse', 'better', 'same')
    """
    return next((course for course in ORDER if course in courses), "same")


def gone(case: CaseRecord) -> CaseChange:
    """A case that the new run does not have: worse if it passed."""
    return CaseChange(
        name=case.name,
        student=case.student,
        problem=case.problem,
        course="worse" if case.passed else "other",
        old=_standing(case),
        new=None,
    )


def case_change(old: CaseRecord | None, new: CaseRecord, *, timed: bool) -> CaseChange:
    """What changed of a case; of one that is new, nothing got better or worse."""
    if old is None:
        return CaseChange(
            name=new.name,
            student=new.student,
            problem=new.problem,
            course="other",
            old=None,
            new=_standing(new),
        )
    digits, operations = digits_changes(old, new), operations_changes(old, new)
    timing = timing_changes(old, new, timed=timed)
    before, after = _mistakes(old), _mistakes(new)
    edited = _edited(old, new)
    courses: list[Course] = [_verdicts(old, new), "other" if edited or before != after else "same"]
    courses += [change.course for change in digits]
    courses += [change.course for change in operations]
    courses += [change.course for change in timing]
    return CaseChange(
        name=new.name,
        student=new.student,
        problem=new.problem,
        course=joined(courses),
        old=_standing(old),
        new=_standing(new),
        edited=edited,
        digits=digits,
        operations=operations,
        timing=timing,
        mistakes_gone=tuple(kind for kind in before if kind not in after),
        mistakes_new=tuple(kind for kind in after if kind not in before),
    )


def _standing(case: CaseRecord) -> Standing:
    return Standing(verdict=case.verdict, expected=case.expected, passed=case.passed, reason=case.reason)


def _verdicts(old: CaseRecord, new: CaseRecord) -> Course:
    """Whether it passes comes first; of what does not, undecided is better than wrong."""
    if old.passed != new.passed:
        return "better" if new.passed else "worse"
    if not new.passed and (old.verdict in _WRONG) != (new.verdict in _WRONG):
        return "worse" if new.verdict in _WRONG else "better"
    alike = (old.verdict, old.expected, old.reason) == (new.verdict, new.expected, new.reason)
    return "same" if alike else "other"


def _mistakes(case: CaseRecord) -> list[str]:
    """The names of the mistakes found, each once."""
    return list(dict.fromkeys(mistake.kind for mistake in case.mistakes if mistake.kind))


def _edited(old: CaseRecord, new: CaseRecord) -> tuple[str, ...]:
    """What was asked otherwise; points that are drawn follow from the seed, which is a setting."""
    pairs = {
        "function": (old.function, new.function),
        "claims": (old.claims, new.claims),
        "points": tuple([p.inputs for p in case.points if p.given] for case in (old, new)),
    }
    return tuple(name for name, (before, after) in pairs.items() if before != after)
