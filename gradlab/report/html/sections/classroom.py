"""A class: how each student did on each problem, and the mistakes that most of them made."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup

from gradlab.record import Kind, Record
from gradlab.report._words.classroom import Problem, common_mistakes, problems, students
from gradlab.report._words.wording import SEVERITY, outcome, plural
from gradlab.report.html.rendering import render

__all__ = ["section"]

_COLUMNS = 12
"""Problems that stand side by side; of more, or where few students share them, each one's are told in a row."""
_LINE = re.compile(r", line \d+\Z")
"""Where what can't be read is, in its name: the column is that of its problem."""


@dataclass
class _Student:
    """One row: the problems by their names."""

    name: str
    marks: dict[str, list[tuple[int, str, Kind]]] = field(default_factory=lambda: defaultdict(list))
    """Of each problem: the numbers of its cases, what they are about, and how they came out."""
    passed: int = 0
    total: int = 0


def section(record: Record) -> Markup:
    """The section as HTML; empty for a record that is of no class."""
    everyone = students(record)
    if len(everyone) < 2:
        return Markup()
    rows = {student: _Student(student) for student in everyone}
    numbers = {id(case): number for number, case in enumerate(record.cases, 1)}
    for problem in problems(record):
        if problem.student:
            _count(rows[problem.student], problem, numbers)
    names = list(dict.fromkeys(name for row in rows.values() for name in row.marks))
    well = sum(row.passed == row.total for row in rows.values())
    return render(
        "classroom",
        summary=f"{plural(len(everyone), 'student')}, of whom {well:,} passed everything.",
        rows=list(rows.values()),
        names=names if len(names) <= _COLUMNS and _shared(names, rows.values()) else [],
        common=common_mistakes(record),
    )


def _shared(names: list[str], rows: Iterable[_Student]) -> bool:
    """Whether a table of students × problems has at least as many cells filled as empty."""
    marks = [row.marks for row in rows]
    return 2 * sum(map(len, marks)) >= len(names) * len(marks)


def _count(row: _Student, problem: Problem, numbers: dict[int, int]) -> None:
    name = _LINE.sub("", problem.name.removeprefix(f"{problem.student}: "))
    row.total += 1
    row.passed += problem.passed
    worst = min(problem.cases, key=lambda case: (case.passed, SEVERITY.index(outcome(case).kind)))
    row.marks[name].append((numbers[id(worst)], name, outcome(worst).kind))
