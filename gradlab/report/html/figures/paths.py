"""The `d` of SVG paths: lines through points, and marks of different shapes, in few bytes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from markupsafe import Markup

__all__ = ["Place", "cross", "line", "marks", "path", "simplified"]

Place = tuple[float, float]


def path(d: str, class_: str) -> Markup:
    """A path, or nothing where nothing is drawn.

    >>> path("M0 0h5", "l"), path("", "l")
    (Markup('<path class="l" d="M0 0h5"/>'), Markup(''))
    """
    return Markup(f'<path class="{class_}" d="{d}"/>') if d else Markup("")  # noqa: S704 (numbers, and a name of ours)


def line(places: Sequence[Place], *, whole: bool = False) -> str:
    """A line through the places, in tenths of a pixel, or in whole ones.

    >>> line([(0.0, 10.0), (10.0, 10.04), (20.5, 0.0)])
    'M0 10h10l10.5-10'
    >>> line([(3.0, 4.0)]), line([])
    ('M3 4h0', '')
    """
    rounded = [_rounded(place, whole=whole) for place in places]
    if not rounded:
        return ""
    parts = [f"M{_pair(*rounded[0])}"]
    before = ""
    for (x, y), (next_x, next_y) in pairwise(rounded):
        step = _tenths(next_x - x) if next_y == y else _pair(next_x - x, next_y - y)
        command = "h" if next_y == y else "l"
        # A command that goes on need not be named again.
        joined = "" if step.startswith("-") else " "
        parts.append(joined + step if command == before else command + step)
        before = command
    return "".join(parts) if before else f"{parts[0]}h0"


def _rounded(place: Place, *, whole: bool = False) -> tuple[int, int]:
    """In tenths of a pixel."""
    x, y = place
    return (10 * round(x), 10 * round(y)) if whole else (round(10 * x), round(10 * y))


def simplified(places: Sequence[Place], seen: float) -> list[Place]:
    """The line with fewer points, no further than `seen` from any of those left out (Douglas and Peucker 1973).

    >>> simplified([(0.0, 0.0), (1.0, 0.1), (2.0, 0.0), (3.0, 5.0)], 0.3)
    [(0.0, 0.0), (2.0, 0.0), (3.0, 5.0)]
    """
    if len(places) < 3:
        return list(places)
    distances = [_distance(place, places[0], places[-1]) for place in places[1:-1]]
    furthest = max(range(len(distances)), key=distances.__getitem__)
    if distances[furthest] <= seen:
        return [places[0], places[-1]]
    middle = furthest + 1
    return simplified(places[: middle + 1], seen)[:-1] + simplified(places[middle:], seen)


def _distance(place: Place, start: Place, end: Place) -> float:
    """Of a place from the line through two others."""
    (x, y), (x0, y0), (x1, y1) = place, start, end
    length = math.hypot(x1 - x0, y1 - y0)
    if length == 0:
        return math.hypot(x - x0, y - y0)
    return abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length


def _pair(x: int, y: int) -> str:
    first, second = _tenths(x), _tenths(y)
    return f"{first}{second}" if second.startswith("-") else f"{first} {second}"


def _tenths(count: int) -> str:
    """A number of tenths as SVG may write it.

    >>> _tenths(-5), _tenths(120), _tenths(3)
    ('-.5', '12', '.3')
    """
    whole, tenth = divmod(abs(count), 10)
    sign = "-" if count < 0 else ""
    return f"{sign}{whole or ''}.{tenth}" if tenth else f"{sign}{whole}"


def _circle(x: int, y: int, r: int) -> str:
    return f"M{_pair(x, y - r)}a{_pair(r, r)} 0 1 0 .1 0z"


def _square(x: int, y: int, r: int) -> str:
    half = round(r / 1.2)
    side = _tenths(2 * half)
    return f"M{_pair(x - half, y - half)}h{side}v{side}h-{side}z"


def _triangle(x: int, y: int, r: int) -> str:
    half = round(r / 0.75)
    return f"M{_pair(x, y - half)}l{_pair(half, round(1.75 * half))}h-{_tenths(2 * half)}z"


def _turned(x: int, y: int, r: int) -> str:
    half = round(r / 0.75)
    return f"M{_pair(x, y + half)}l{_pair(half, -round(1.75 * half))}h-{_tenths(2 * half)}z"


def _diamond(x: int, y: int, r: int) -> str:
    half = round(r / 0.75)
    return f"M{_pair(x, y - half)}l{_pair(half, half)}{_pair(-half, half)}{_pair(-half, -half)}z"


def _bar(x: int, y: int, r: int) -> str:
    half = round(0.5 * r)
    high = _tenths(round(2.4 * r))
    return f"M{_pair(x - half, y - round(1.2 * r))}h{_tenths(2 * half)}v{high}h-{_tenths(2 * half)}z"


_SHAPES: dict[str, Callable[[int, int, int], str]] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "diamond": _diamond,
    "turned": _turned,
    "bar": _bar,
}
"""Marks, told apart by their outlines: from the middle and the radius, in tenths of a pixel."""


def marks(shape: str, places: Iterable[Place], radius: float) -> str:
    """A mark at each place, to the pixel.

    >>> marks("square", [(10.2, 10.0)], 6)
    'M5 5h10v10h-10z'
    """
    return "".join(_SHAPES[shape](*_rounded(place, whole=True), round(10 * radius)) for place in places)


def cross(place: Place, radius: float) -> str:
    """A cross, as two lines.

    >>> cross((10.0, 10.0), 3)
    'M7 7l6 6m0-6l-6 6'
    """
    (x, y), r = _rounded(place), round(10 * radius)
    return f"M{_pair(x - r, y - r)}l{_pair(2 * r, 2 * r)}m{_pair(0, -2 * r)}l{_pair(-2 * r, 2 * r)}"
