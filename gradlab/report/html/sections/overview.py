"""The overview: what did not pass, and a table of cases × methods, which is the index of the page."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from gradlab.record import CaseRecord, Kind, Record
from gradlab.report._words.components import fewest
from gradlab.report._words.numerals import digits
from gradlab.report._words.wording import MARKS, Outcome, outcome, why
from gradlab.report.html.rendering import render

__all__ = ["section"]

_TOLD = 50
"""Cases that did not pass, told with their reasons; more are found in the table."""


@dataclass(frozen=True)
class _Cell:
    """What one method does in one case: its worst verdict, and its fewest correct digits."""

    kind: Kind
    digits: str
    calm: bool
    """Whether it disagrees as the case declares."""


@dataclass(frozen=True)
class _Row:
    """One case."""

    number: int
    name: str
    outcome: Outcome
    cells: list[_Cell | None]


def section(record: Record, *, reasons: bool) -> Markup:
    """The section as HTML; empty where there is one case, or none.

    reasons: whether to tell why what did not pass did not: of a class each student's cases tell it.
    """
    if len(record.cases) < 2:
        return Markup()
    methods = _methods(record)
    rows = [
        _Row(number, case.name, outcome(case), [_cell(case, method) for method in methods])
        for number, case in enumerate(record.cases, 1)
    ]
    failed = [(number, case) for number, case in enumerate(record.cases, 1) if reasons and not case.passed]
    return render(
        "overview",
        failed=[(number, case.name, outcome(case).kind, why(case)) for number, case in failed[:_TOLD]],
        untold=max(0, len(failed) - _TOLD),
        methods=methods,
        rows=rows,
        kinds=_kinds(rows),
        marks=MARKS,
    )


def _methods(record: Record) -> list[str]:
    """The methods that said anything, what is judged before its witnesses."""
    seen = {estimate.method for case in record.cases for point in case.points for estimate in point.estimates}
    ordered = [*(m for m in record.methods if m in seen), *sorted(seen - set(record.methods))]
    return sorted(ordered, key=lambda method: method != "claimed")


def _cell(case: CaseRecord, method: str) -> _Cell | None:
    """Over all points of a case, and all claims; None where the method was not asked."""
    found = [e for point in case.points for e in point.estimates if e.method == method]
    if not found:
        return None
    known, kind = fewest(found)
    calm = kind == "disagree" and case.passed and case.verdict == "disagree"
    return _Cell(kind, digits(known), calm)


def _kinds(rows: list[_Row]) -> list[Kind]:
    """The verdicts that the table holds, for its legend: the best first."""
    seen = {row.outcome.kind for row in rows} | {cell.kind for row in rows for cell in row.cells if cell}
    return [kind for kind in MARKS if kind in seen]
