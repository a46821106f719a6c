"""The table of a point: a row a method, a column a component, the digits of a component under one another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from gradlab.record import Estimate, Kind, Point
from gradlab.report._words.components import (
    bar,
    column,
    elision,
    fewest,
    is_given,
    known_digits,
    labels,
    split_at_error,
    worst,
    wrong_ones,
)
from gradlab.report._words.numerals import aligned, digits
from gradlab.report._words.wording import MARKS, Finding, claims_first, derivative, plural, verdict_of
from gradlab.report.html.rendering import mark
from gradlab.report.html.sections._footnotes import Footnotes

__all__ = ["Components", "components"]

_ABREAST = 3
_LISTED = 200
"""Components side by side; and that are listed below, where not all are shown."""


@dataclass(frozen=True)
class Row:
    """A method, or the reference."""

    label: Markup
    claim: bool
    cells: list[Markup]
    """Two for each component, the value and its digits; and then one for each of the band's `wholes`."""


@dataclass(frozen=True)
class Band:
    """As many components as stand side by side."""

    label: str
    heads: list[str]
    wholes: list[str]
    """The heads of the last columns, which tell of all components, and of the points drawn around this one."""
    rows: list[Row]


@dataclass
class Components:
    """All that is shown of a point's components."""

    bands: list[Band]
    notes: Footnotes
    elided: str
    """Which of many are shown."""
    methods: list[str]
    listed: list[tuple[str, list[Markup]]]
    """Of those that are not shown: the name, the reference and for each method its digits."""
    listing: str
    counted: str
    """How many disagree, where they are many."""
    wrong: list[Finding]


def components(point: Point, around: list[Point], at_once: int, *, calm: bool, brief: bool) -> Components:
    """The tables of a point, with the fewest digits at the points that were drawn around it.

    at_once: so many components are shown; of more, the worst few, and, if it is not to be brief, the others in short.
    """
    count = len(point.components)
    shown = list(range(count)) if count <= at_once else worst(point)
    notes, estimates = Footnotes(), claims_first(point.estimates)
    names = [
        (name, Markup("<sup>, </sup>").join(map(notes.sign, remarks))) for name, remarks in labels(point)
    ]
    wholes = (
        [(f"fewest of {plural(count, 'component')}", [[e] for e in estimates])] if len(shown) < count else []
    )
    if around:
        wholes.append((f"fewest at {plural(len(around), 'drawn point')}", _at(around, estimates)))
    parts = [shown[start : start + _ABREAST] for start in range(0, len(shown), _ABREAST)]
    rest = [] if brief else [index for index in range(count) if index not in shown][:_LISTED]
    counted, wrong = wrong_ones(point, shown)
    return Components(
        bands=[
            _band(point, estimates, names, part, wholes if part is parts[-1] else [], calm) for part in parts
        ],
        notes=notes,
        elided=f"{elision(point, len(shown))}." if len(shown) < count else "",
        methods=[name for name, _ in names],
        listed=[(derivative(point.components[i]), _listed(point, estimates, i, calm)) for i in rest],
        listing=_listing(len(rest), count - len(shown)),
        counted=counted,
        wrong=wrong,
    )


def _at(points: list[Point], estimates: list[Estimate]) -> list[list[Estimate]]:
    """What each method says at other points."""
    found = [claims_first(point.estimates) for point in points]
    return [
        [other[place] for other in found if place < len(other) and other[place].method == estimate.method]
        for place, estimate in enumerate(estimates)
    ]


def _listing(listed: int, all_others: int) -> str:
    if listed == all_others:
        return f"The other {plural(listed, 'component')}"
    return f"The first {listed:,} of the {all_others:,} other components"


def _band(
    point: Point,
    estimates: list[Estimate],
    names: list[tuple[str, Markup]],
    part: list[int],
    wholes: list[tuple[str, list[list[Estimate]]]],
    calm: bool,
) -> Band:
    columns = {index: aligned(column(point, estimates, index)) for index in part}
    reference = [
        Markup('<td colspan="2">{}{}</td>').format(columns[index][0], bar(point, index)) for index in part
    ]
    rows = [Row(Markup("reference"), False, reference + [Markup("<td></td>")] * len(wholes))]
    for place, (estimate, (name, sign)) in enumerate(zip(estimates, names, strict=True)):
        cells = [_cells(columns[index][place + 1], estimate, index, calm) for index in part]
        cells += [_whole(found[place], calm) for _, found in wholes]
        rows.append(Row(Markup("{}{}").format(name, sign), estimate.method == "claimed", cells))
    heads = [derivative(point.components[index]) for index in part]
    label = heads[0] if len(heads) == 1 else f"{heads[0]} to {heads[-1]}"
    return Band(label, heads, [head for head, _ in wholes], rows)


def _cells(numeral: str, estimate: Estimate, index: int, calm: bool) -> Markup:
    """A value and its digits."""
    if not is_given(estimate, index):
        return Markup('<td><i>{}</i></td><td class="n"></td>').format(numeral)
    known, kind = known_digits(estimate, index), verdict_of(estimate, index)
    right, wrong, rest = split_at_error(numeral, known)
    loud = Markup(' class="wrong"') if kind == "disagree" and not calm else ""
    part = Markup("<i{}>{}</i>").format(loud, wrong) if wrong else ""
    return Markup("<td>{}{}{}</td>").format(right, part, rest) + _digits(known, kind, calm)


def _whole(estimates: list[Estimate], calm: bool) -> Markup:
    """The fewest digits of several estimates."""
    return _digits(*fewest(estimates), calm) if estimates else Markup("<td></td>")


def _listed(point: Point, estimates: list[Estimate], index: int, calm: bool) -> list[Markup]:
    cells = [Markup("<td>{}</td>").format(column(point, [], index)[0])]
    for estimate in estimates:
        if is_given(estimate, index):
            cells.append(_digits(known_digits(estimate, index), verdict_of(estimate, index), calm))
        else:
            cells.append(Markup('<td class="n"></td>'))
    return cells


def _digits(known: float | None, kind: Kind, calm: bool) -> Markup:
    return _digit_cell(digits(known), kind, calm and kind == "disagree")


@cache
def _digit_cell(count: str, kind: Kind, calm: bool) -> Markup:
    """Correct digits and the sign of the verdict; the style sheet draws a bar as long as its class says."""
    tone = "" if kind == "agree" else " calm" if calm else f" {kind}"
    sign = MARKS[kind] if kind == "agree" else mark(kind)
    return Markup('<td class="n{}{}">{} {}</td>').format(count, tone, count, sign)
