"""What a record has to say of a class: whose cases, which problems, where in which file, which mistakes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from gradlab.record import CaseRecord, Record

__all__ = ["Common", "Problem", "common_mistakes", "mistakes_told", "place", "problems", "students"]


@dataclass(frozen=True)
class Problem:
    """One problem of one student, which may be checked as several cases."""

    student: str
    name: str
    cases: tuple[CaseRecord, ...]

    @property
    def passed(self) -> bool:
        """Whether all of its cases did."""
        return all(case.passed for case in self.cases)


@dataclass(frozen=True)
class Common:
    """One kind of mistake, and how common it is."""

    kind: str
    students: int
    times: int


def students(record: Record) -> tuple[str, ...]:
    """Everyone of whom there is a case, in the order of the cases."""
    return tuple(dict.fromkeys(case.student for case in record.cases if case.student))


def problems(record: Record) -> list[Problem]:
    """The cases by student and problem, in the order in which they first come.

    >>> case = CaseRecord(name="ann: 1", verdict="agree", passed=True, function="", student="ann", problem="1")
    >>> [p.name for p in problems(Record(gradlab="0.1", verdict="agree", cases=(case, case)))]
    ['1']
    """
    grouped: defaultdict[tuple[str, str, str], list[CaseRecord]] = defaultdict(list)
    for number, case in enumerate(record.cases):
        # Without a problem's name nothing says that two cases belong together; nor do two files' problems.
        key = f"{place(case)[0]}" if case.problem else f"{number}"
        grouped[case.student, case.problem or case.name, key].append(case)
    return [Problem(student, name, tuple(cases)) for (student, name, _), cases in grouped.items()]


def place(case: CaseRecord) -> tuple[str, str]:
    """(file, line) of what is wrong in a case, or else of the case; "" where it is not known.

    >>> place(CaseRecord(name="f", verdict="agree", passed=True, function="", location="a/hw3.md:14"))
    ('a/hw3.md', '14')
    """
    wrong = [m.location for m in case.mistakes] + [
        line.location for chain in case.chains for line in chain.lines if line.verdict == "disagree"
    ]
    location = next((text for text in [*wrong, case.location] if text), "")
    file, colon, line = location.rpartition(":")
    return (file, line) if colon and line.isdigit() else (location, "")


def mistakes_told(cases: Iterable[CaseRecord]) -> list[str]:
    """The names of the mistakes in some cases, each once, in order."""
    return list(dict.fromkeys(m.kind for case in cases for m in case.mistakes if m.kind))


def common_mistakes(record: Record, most: int = 10) -> list[Common]:
    """The mistakes that most students made, the most common first; equal ones by their names."""
    who: defaultdict[str, set[str]] = defaultdict(set)
    times: Counter[str] = Counter()
    for case in record.cases:
        for kind in mistakes_told([case]):
            who[kind].add(case.student)
            times[kind] += 1
    ordered = sorted(times, key=lambda kind: (-len(who[kind]), -times[kind], kind))
    return [Common(kind, len(who[kind]), times[kind]) for kind in ordered[:most]]
