"""What the methods say at the points of a case, component by component."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from gradlab.record import CaseRecord, Kind, Point, Record
from gradlab.report._words.numerals import difference
from gradlab.report._words.points import input_value, point_value, points_of
from gradlab.report._words.wording import derivative, method_name
from gradlab.report.html.rendering import render
from gradlab.report.html.sections._components import Components, components

__all__ = ["section"]


@dataclass(frozen=True)
class _Point:
    """One point, ready to be set."""

    title: str
    place: str
    point: Point
    facts: list[tuple[str, str, Kind | None]]
    """A name, a text, and the verdict that it tells of."""
    table: Components | None
    wrong: list[tuple[str, str, str]]
    """What disagrees: the component, the method, how far it is off."""


def section(
    case: CaseRecord, record: Record, identifier: str, at_once: int, *, brief: bool = False
) -> Markup:
    """The section as HTML; empty where no point was looked at.

    at_once: of so many components all are shown, of more the worst few; where it is 0, there are no tables.
    brief: of the others nothing is told.
    """
    points = points_of(case)
    if not points.given:
        return Markup()
    shown = [("", point) for point in points.given]
    if len(shown) > 1:
        shown = [(f"Point {number}", point) for number, point in enumerate(points.given, 1)]
    shown += [("The first drawn point that does not agree", point) for point in points.news]
    place = identifier.replace("-", " ")
    return render(
        "points",
        points=[
            _shown(
                point,
                case,
                title,
                f"point {number}, {place}",
                [] if number > 1 else points.drawn,
                at_once,
                brief=brief,
            )
            for number, (title, point) in enumerate(shown, 1)
        ],
        sentence=points.sentence(record),
        where=[] if case.passed else points.drawn,
        input_value=input_value,
    )


def _shown(
    point: Point,
    case: CaseRecord,
    title: str,
    place: str,
    around: list[Point],
    at_once: int,
    *,
    brief: bool,
) -> _Point:
    calm = case.passed and case.verdict == "disagree"
    facts: list[tuple[str, str, Kind | None]] = []
    if point.value:
        facts.append(("value", point_value(point), None))
    if point.reason and point.reason not in case.reason:
        facts.append((point.verdict, point.reason, None if calm else point.verdict))
    facts += [("kink", kink, None) for kink in point.kinks]
    if point.asked:
        facts.append(("asked", point.asked, None))
    table = (
        components(point, around, at_once, calm=calm, brief=brief) if point.components and at_once else None
    )
    found = table.wrong if table is not None else []
    wrong = [
        (
            derivative(point.components[one.component]),
            method_name(one.method),
            difference(one.value, point.reference[one.component]),
        )
        for one in found
    ]
    return _Point(title, place, point, facts, table, wrong)
