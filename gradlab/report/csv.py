"""A table for a spreadsheet: a row a case, with its student, its verdict and what its mistake is called.

UTF-8, commas, lines that end in a line feed. A cell that a spreadsheet would take for a formula gets an
apostrophe in front (OWASP, CSV Injection), which spreadsheets take for "this is text".
"""

from __future__ import annotations

import csv
import io

from gradlab.record import CaseRecord, Record
from gradlab.report._words.classroom import mistakes_told, place
from gradlab.report._words.cleaning import clean, cleaned
from gradlab.report._words.wording import why

__all__ = ["COLUMNS", "write"]

COLUMNS = ("student", "file", "problem", "verdict", "mistake", "line", "reason")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Signs that begin a formula; the last four are the wide ones, which some spreadsheets take for the same."""


def write(record: Record) -> str:
    r"""The table, with its heading.

    >>> write(Record(gradlab="0.1", verdict="error"))
    'student,file,problem,verdict,mistake,line,reason\n'
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for case in cleaned(record).cases:
        rows.writerow(map(_cell, _row(case)))
    return text.getvalue()


def _row(case: CaseRecord) -> tuple[str, ...]:
    file, line = place(case)
    mistake = "; ".join(mistakes_told([case]))
    reason = case.reason if case.passed else why(case)
    return case.student, file, case.problem or case.name, case.verdict, mistake, line, reason


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> _cell("=1+1"), _cell("x = 1")
    ("'=1+1", 'x = 1')
    """
    text = clean(text).strip()  # a space in front hides a sign from us, but not from all spreadsheets
    return f"'{text}" if text.startswith(_FORMULA) else text
