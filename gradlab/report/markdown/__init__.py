"""The report as Markdown, for a comment on a pull request or for a page.

A headline, the counts, a table of what did not pass, then each of these cases in a fold of its own, and a table of
all cases. GitHub takes 65,536 characters: folds for which there is no room are left out, and the report says so.
"""

from __future__ import annotations

from gradlab.record import CaseRecord, Record
from gradlab.report._words.classroom import common_mistakes, students
from gradlab.report._words.cleaning import cleaned
from gradlab.report._words.numerals import seconds
from gradlab.report._words.points import in_short
from gradlab.report._words.summary import outcomes
from gradlab.report._words.wording import MARKS, closing, outcome, plural
from gradlab.report.markdown.cases import details, row, studied
from gradlab.report.markdown.escaping import code, cut, fitting, prose, table

__all__ = ["MOST", "write"]

MOST = 65_536
"""Characters of a comment on GitHub."""
_RESERVE = 400
"""For the sentences on what is left out."""
_FOR_ROWS = MOST // 2
"""For the table of what did not pass; the rest is for the details."""


def write(record: Record) -> str:
    """The report.

    >>> write(Record(gradlab="0.1", verdict="error")).splitlines()[0]
    '## ! gradlab: Nothing was checked, so nothing is shown to be right.'
    """
    record = cleaned(record)
    failed = [case for case in record.cases if not case.passed]
    head, foot = _head(record), _foot(record)
    parts = [
        *_failures(failed),
        *(details(case, record, alone=len(failed) == 1) for case in failed),
        *([] if record.study == "check" else [part for case in record.cases for part in studied(case)]),
        *_everything(record),
    ]
    room = MOST - _RESERVE - len(head) - len(foot)
    middle: list[str] = []
    for part in parts:
        if len(part) + 2 <= room:
            room -= len(part) + 2
            middle.append(part)
    missing = [_missing(len(parts) - len(middle))] if len(middle) < len(parts) else []
    return "\n\n".join([head, *middle, *missing, foot]) + "\n"


def _missing(count: int) -> str:
    return f"*{plural(count, 'part')} with details left out: a comment on GitHub takes {MOST:,} characters.*"


def _head(record: Record) -> str:
    end = closing(record)
    parts = [f"## {MARKS[end.kind]} gradlab: {prose(cut(end.text))}"]
    if len(record.cases) > 1:
        counts = [
            f"{MARKS[result.kind]} {count:,} {result.words}" for result, count in outcomes(record.cases)
        ]
        parts.append(" · ".join(counts))
    everyone = students(record)
    if len(everyone) > 1:
        well = sum(all(c.passed for c in record.cases if c.student == student) for student in everyone)
        parts.append(f"{plural(len(everyone), 'student')}, of whom {well:,} passed everything.")
        rows = [[str(mistake.students), prose(mistake.kind)] for mistake in common_mistakes(record)]
        parts += [table(["students", "mistake"], rows, "rl")] if rows else []
    return "\n\n".join(parts)


def _failures(failed: list[CaseRecord]) -> list[str]:
    """The table of what did not pass, as far as there is room."""
    found, left = fitting(["", "case", "verdict", "where", "reason"], row, failed, _FOR_ROWS)
    return [*found, f"… and {plural(left, 'more case')} that did not pass."] if left else found


def _everything(record: Record) -> list[str]:
    """The table of all cases, folded."""
    if len(record.cases) < 2:
        return []
    rows = [
        [MARKS[outcome(case).kind], code(case.name), outcome(case).words, prose(in_short(case))]
        for case in record.cases
    ]
    everything = table(["", "case", "verdict", "checked"], rows)
    return [f"<details>\n<summary>{plural(len(rows), 'case')} in all</summary>\n\n{everything}\n\n</details>"]


def _foot(record: Record) -> str:
    versions = [f"{name} {version}" for name, version in record.versions.items()]
    took = seconds(record.seconds) if record.seconds else ""
    drawn = f"{plural(record.points, 'point')} drawn around each" if record.points else ""
    parts = [f"gradlab {record.gradlab}", drawn, f"seed {record.seed}", *versions, took, record.started]
    line = prose(cut(" · ".join(filter(None, parts))))
    return f"{line}\n\n{code(cut(record.command))}" if record.command else line
