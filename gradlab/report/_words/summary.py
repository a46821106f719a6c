"""What a report begins and ends with: the counts by outcome, and what the words of its tables mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from gradlab.record import CaseRecord, Record
from gradlab.report._words.wording import SEVERITY, Outcome, outcome

__all__ = ["legend", "outcomes"]


def outcomes(cases: Iterable[CaseRecord]) -> list[tuple[Outcome, int]]:
    """How many cases came out how, the best first."""
    counts = Counter(map(outcome, cases))
    return sorted(counts.items(), key=lambda pair: -SEVERITY.index(pair[0].kind))


def legend(record: Record) -> dict[str, str]:
    """What the words of the component tables mean; empty where there is none.

    >>> legend(Record(gradlab="0.1", verdict="agree"))
    {}
    """
    points = [point for case in record.cases for point in case.points]
    if not any(point.components for point in points):
        return {}
    measured = "; with ±, measured, and its error bar" if any(point.bars for point in points) else ""
    return {
        "reference": f"the derivative, computed with {record.digits} digits{measured}",
        "digits": "how many leading digits of a value are right (a float64 has 15 to 17)",
    }
