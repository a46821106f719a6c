"""Which points of a case are shown: the given ones, and of those drawn around them what they add."""

from __future__ import annotations

from dataclasses import dataclass

from gradlab.record import CaseRecord, Input, Point, Record
from gradlab.report._words.numerals import ELLIPSIS, array
from gradlab.report._words.wording import plural, tally

__all__ = ["Points", "in_short", "input_value", "point_value", "points_of"]


@dataclass(frozen=True)
class Points:
    """The points of a case."""

    given: list[Point]
    drawn: list[Point]

    @property
    def news(self) -> list[Point]:
        """The first drawn point that does not agree; where the given one fails alike, it has nothing to add."""
        told = {point.verdict for point in self.given}
        return [p for p in self.drawn if p.verdict != "agree" and p.verdict not in told][:1]

    def sentence(self, record: Record) -> str:
        """How it is at the drawn points; "" where there are none."""
        if not self.drawn:
            return ""
        alike = len({point.verdict for point in self.drawn}) == 1
        everywhere = self.drawn[0].verdict if len(self.drawn) == 1 else f"all {self.drawn[0].verdict}"
        words = everywhere if alike else tally(point.verdict for point in self.drawn)
        return f"Also at {plural(len(self.drawn), 'point')} drawn around it (seed {record.seed}): {words}."


def points_of(case: CaseRecord) -> Points:
    """The given points, or else the first, and the others."""
    given = [point for point in case.points if point.given] or list(case.points[:1])
    return Points(given, [point for point in case.points if point not in given])


def in_short(case: CaseRecord) -> str:
    """How much of a case was checked."""
    if case.sweep is not None and not case.points:
        sizes = [depth.size for depth in case.sweep.depths]
        spans = [str(size) for size in dict.fromkeys([*sizes[:1], *sizes[-1:]])]
        return f"{case.sweep.parameter} = {' to '.join(spans)}" if sizes else ""
    components = max((len(point.components) for point in case.points), default=0)
    return f"{plural(components, 'component')} at {plural(len(case.points), 'point')}"


def input_value(item: Input, *, full: bool = False) -> str:
    """What follows the name of an argument: its shape where that can't be seen, and its value.

    >>> input_value(Input(name="A", shape=(2, 1), values=(1.0, 0.5), differentiated=True))
    ' (2×1) = [[1], [0.5]]'
    """
    value, rounded = array(item.shape, item.values, full=full)
    shape = f" ({'×'.join(map(str, item.shape))})" if len(item.shape) > 1 or ELLIPSIS in value else ""
    return f"{shape} {'≈' if rounded else '='} {value}"


def point_value(point: Point, *, full: bool = False) -> str:
    """The function at a point: `f`, or `y` where it has several outputs."""
    name = "y" if any(" by " in component for component in point.components) else "f"
    shape = () if len(point.value) == 1 else (len(point.value),)
    value, rounded = array(shape, point.value, full=full)
    return f"{name} {'≈' if rounded else '='} {value}"
