"""The error of difference quotients against their step: the V curve, and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from gradlab.record import CaseRecord, replace
from gradlab.record.step_sizes import Curve
from gradlab.report._words.step_sizes import HEADS, METHODS, cells, components, heading, meanings
from gradlab.report._words.wording import plural
from gradlab.report.html.figures.v_curve import draw_v_curve
from gradlab.report.html.rendering import render
from gradlab.report.html.sections._compact import compact

__all__ = ["section"]


class _Group(NamedTuple):
    """The rows of one precision."""

    precision: str
    rows: list[tuple[str, list[str]]]


class _Component(NamedTuple):
    title: str
    errors: str
    groups: list[_Group]


def section(case: CaseRecord, identifier: str, *, brief: bool = False) -> Markup:
    """The section as HTML; empty where the record holds nothing for it.

    brief: the curves in float64 without their numbers, where there are any.
    """
    study = case.step_sizes
    if study is None:
        return Markup("")
    double = tuple(curve for curve in study.curves if curve.precision == "float64")
    figure = draw_v_curve(replace(study, curves=double) if brief else study)
    names = [] if brief and figure is not None else components(study)
    tables = [_component([curve for curve in study.curves if curve.component == name]) for name in names]
    return compact(
        render(
            "step_sizes",
            place=identifier.replace("-", " "),
            notes=study.notes,
            figure=figure,
            heads=HEADS,
            first=tables[:1],
            others=tables[1:],
            said=plural(len(tables) - 1, "other component"),
            meanings=meanings(study.curves).items(),
        )
    )


def _component(curves: Sequence[Curve]) -> _Component:
    """The table of one component: method × precision."""
    precisions = dict.fromkeys(curve.precision for curve in curves)
    groups = [_group(name, [curve for curve in curves if curve.precision == name]) for name in precisions]
    return _Component(*heading(curves[0]), groups)


def _group(precision: str, curves: Sequence[Curve]) -> _Group:
    return _Group(precision, [(curve.method, cells(curve)) for curve in sorted(curves, key=_rank)])


def _rank(curve: Curve) -> int:
    return METHODS.index(curve.method) if curve.method in METHODS else len(METHODS)
