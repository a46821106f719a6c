"""One case: its verdict, what was asked, what was found, and the sections of its studies."""

from __future__ import annotations

from typing import Literal

from markupsafe import Markup

from gradlab.record import CaseRecord, Record
from gradlab.report._words.points import in_short
from gradlab.report._words.wording import outcome, why
from gradlab.report.html.rendering import render
from gradlab.report.html.sections import (
    cost,
    counterexample,
    derivation,
    explanation,
    points,
    question,
    step_sizes,
    sweep,
)

__all__ = ["Extent", "section"]

Extent = Literal["everything", "pictures", "tables", "words"]
_AT_ONCE: dict[Extent, int] = {"everything": 12, "pictures": 6, "tables": 6, "words": 12}
"""Components of a point that are shown at once."""


def section(
    case: CaseRecord, number: int, record: Record, *, unfolded: bool, extent: Extent, grouped: bool = False
) -> Markup:
    """The section as HTML.

    number: of the case in the record, from 1. unfolded: whether it is open at first. extent: everything,
    the pictures of the studies without their numbers, no studies but the tables of what was checked, or words:
    then a case that passed is told as typed, without its mathematics and tables, too. grouped: whether it stands
    below the name of its student.
    """
    identifier = f"case-{number}"
    brief = case.passed and extent == "words"
    found = [
        derivation.section(case, brief=brief),
        points.section(
            case,
            record,
            identifier,
            0 if brief else _AT_ONCE[extent],
            brief=extent in {"pictures", "tables"},
        ),
        counterexample.section(case, identifier),
    ]
    studies = () if extent in {"tables", "words"} else (explanation, step_sizes, sweep, cost)
    studied = [part.section(case, identifier, brief=extent == "pictures") for part in studies]
    checked = record.study == "check"
    return render(
        "case",
        case=case,
        number=number,
        whose=f"{case.student}: " if grouped and case.name.startswith(f"{case.student}: ") else "",
        outcome=outcome(case),
        short=in_short(case) if case.passed and (case.points or case.sweep) else "",
        reason=case.reason or ("" if case.passed else why(case)),
        question=question.section(case, identifier, brief=brief),
        parts=[*found, *studied] if checked else [*studied, *found],
        unfolded=unfolded,
        spared=extent == "tables",
        several=len(record.cases) > 1,
        up="class" if grouped else "overview",
    )
