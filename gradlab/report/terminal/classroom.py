"""What a class has in common: how many students' work passed, and the mistakes that most of them made."""

from __future__ import annotations

from rich.text import Text

from gradlab.record import Record
from gradlab.report._words.classroom import common_mistakes, students
from gradlab.report._words.wording import plural
from gradlab.report.terminal.layout import Lines, Page, rule, table
from gradlab.report.terminal.palette import NAME, QUIET

__all__ = ["class_lines"]


def class_lines(record: Record, page: Page) -> Lines:
    """Nothing for a record that is of no class."""
    everyone = students(record)
    if len(everyone) < 2:
        return []
    well = sum(all(c.passed for c in record.cases if c.student == student) for student in everyone)
    lines = [rule(Text("class", NAME), Text(), page.width)]
    lines.append(Text(f"{plural(len(everyone), 'student')}, of whom {well:,} passed everything"))
    common = common_mistakes(record)
    if common:
        lines.append(Text("the most common mistakes:", QUIET))
        rows = [[Text(plural(mistake.students, "student"), QUIET), Text(mistake.kind)] for mistake in common]
        lines += [Text.assemble("  ", line) for line in table(rows, "rl")]
    return lines
